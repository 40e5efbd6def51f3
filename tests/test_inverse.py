"""From where relations lead to a node: read, asked about the inverse graph, and told the right way round."""

from __future__ import annotations

import json

import pytest

from graphdnc.answers import NamedTriple
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import CapacityError, NoAnswer, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kin_sentences import Kin
from graphdnc.questions import Inverse, Traversal
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner
from graphdnc.sentences import MAX_STEPS, describe, parse_question

COMPANY = [
    ("Ann", "reports to", "Bob"),
    ("Carl", "reports to", "Bob"),
    ("Bob", "reports to", "Dora"),
    ("Ann", "manager", "Bob"),
    ("Bob", "manager", "Dora"),
    ("Bob", "is part of", "Sales"),
    ("Dora", "seat of", "Sales"),
    ("France", "capital", "Paris"),
    ("Bob", "LIKES", "Paris"),
]
GRAPH = Graph.from_triples(COMPANY)
FILE = "source,relation,target\n" + "".join(",".join(triple) + "\n" for triple in COMPANY)


def node(name):
    return GRAPH.node_names.index(name)


def to(goal, *relations):
    return Inverse(node(goal), tuple(map(GRAPH.relation_names.index, relations)))


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Who reports to Bob?", to("Bob", "reports to")),
        ("who report to bob", to("Bob", "reports to")),
        ("Tell me who reports to Bob, please", to("Bob", "reports to")),
        ("Who likes Paris?", to("Paris", "LIKES")),
        ("What is part of Sales?", to("Sales", "is part of")),
        ("What is the seat of Sales?", to("Sales", "seat of")),
        ("Whose manager is Bob?", to("Bob", "manager")),
        ("Whose manager's manager is Dora?", to("Dora", "manager", "manager")),
        ("What is Paris the capital of?", to("Paris", "capital")),
        ("Who is Dora the manager of?", to("Dora", "manager")),
        ("What is Dora the seat of?", Traversal(node("Dora"), to("Sales", "seat of").relations)),
        ("Who does Bob report to?", Traversal(node("Bob"), to("Bob", "reports to").relations)),
    ],
)
def test_sentences(sentence, question):
    assert parse_question(sentence, GRAPH) == question


def test_where_the_relation_itself_can_be_followed_it_is():
    both = Graph.from_triples([("France", "capital", "Paris"), ("Paris", "capital of", "France")])
    assert parse_question("What is the capital of France?", both) == Traversal(0, (0,))
    one = Graph.from_triples([("Paris", "capital of", "France")])
    assert parse_question("What is the capital of France?", one) == Inverse(1, (0,))


def test_of_a_family_kin_is_asked_for():
    family = Graph.from_triples([("Freya", "mother", "Ida"), ("Tom", "father of", "Max")])
    assert isinstance(parse_question("Who is Freya's mother?", family), Kin)
    assert parse_question("Whose mother is Ida?", family) == Inverse(1, (0,))


@pytest.mark.parametrize(
    ("sentence", "error", "message"),
    [
        ("Who reports to Bbo?", UnknownName, "no node is called 'Bbo'; the nearest: 'Bob'"),
        ("reports to Bob", UsageError, "not understood"),
        ("What capital Paris?", UsageError, "'capital Paris' is not understood"),
        ("Who reports to Bob and Dora?", UsageError, "say for example"),
        ("Who reports to?", UsageError, "say for example"),
        ("Whose manager is?", UsageError, "say for example"),
        ("Whose is Bob?", UsageError, "say for example"),
        ("What is Paris the capital?", UsageError, "say for example"),
        ("Is part of Sales?", UsageError, "say for example"),
        ("Who never reports to Bob?", UsageError, "say for example"),
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(sentence, error, message):
    with pytest.raises(error, match=message) as found:
        parse_question(sentence, GRAPH)
    assert len(str(found.value).splitlines()) == 1


def test_a_description_is_read_as_what_it_describes():
    for triple in GRAPH:
        question = Inverse(triple.target, (triple.relation,))
        assert parse_question(describe(GRAPH, question), GRAPH) == question
    two = to("Dora", "manager", "manager")
    assert describe(GRAPH, two) == "Whose manager's manager is Dora?"


def test_two_meanings_are_refused_with_both():
    graph = Graph.from_triples([("A", "is in", "the B"), ("A", "is in the", "B")])
    with pytest.raises(UsageError, match=r"\"What is in the B\?\".*use --follow RELATION,RELATION --to NODE"):
        parse_question("Who is in the B?", graph)


def test_a_question_has_a_relation():
    with pytest.raises(ValueError, match="at least one"):
        Inverse(0, ())


@pytest.fixture(scope="module")
def reasoner():
    return Reasoner(GRAPH)


def test_the_network_answers_and_triples_are_told_as_they_are_in_the_file(reasoner):
    answer = reasoner.ask("Who reports to Bob?")
    assert set(answer.ends) == {"Ann", "Carl"}
    assert (answer.check, answer.complete, answer.kind, answer.model) == (
        *("agrees", True),
        *("traversal", "traversal"),
    )
    assert {tuple(path) for path in answer.paths} == {
        (NamedTriple("Ann", "reports to", "Bob"),),
        (NamedTriple("Carl", "reports to", "Bob"),),
    }
    assert answer.question == to("Bob", "reports to")
    two = reasoner.ask(to("Dora", "reports to", "reports to"))
    assert set(two.ends) == {"Ann", "Carl"}
    assert two.path[1] == NamedTriple("Bob", "reports to", "Dora")
    assert two.path[0] in (NamedTriple("Ann", "reports to", "Bob"), NamedTriple("Carl", "reports to", "Bob"))


def test_questions_of_all_kinds_can_come_together(reasoner):
    asked = ["Who does Ann report to?", "Who reports to Dora?", "Who reports to Ann?", "Ann to Dora"]
    forth, back, nobody, way = reasoner.ask_all(asked)
    assert (forth.ends, back.ends, way.ends) == (["Bob"], ["Bob"], ["Dora"])
    assert isinstance(nobody, NoAnswer)
    assert forth.answer.memorised == back.answer.memorised == len(GRAPH)


def test_unchecked(reasoner):
    answer = Reasoner(GRAPH, check=False).ask("Whose manager is Bob?")
    assert (answer.ends, answer.check) == (["Ann"], "off")


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            to("Ann", "reports to"),
            "'reports to' does not lead to 'Ann'; nothing leads to it",
        ),
        (to("Paris", "manager"), "'manager' does not lead to 'Paris'; what leads to it: LIKES, capital"),
        (to("Bob", "manager", "reports to"), "'manager' and then 'reports to' lead from nowhere to 'Bob'"),
    ],
)
def test_where_nothing_leads_there_the_message_says_what_does(question, message, reasoner):
    with pytest.raises(NoAnswer, match=message):
        reasoner.ask(question)


@pytest.mark.parametrize("name", ["family", "underground_zone1"])
def test_the_shipped_network_finds_all_of_real_graphs(name):
    graph = read_graph(real_graph_path(name))
    asked = dict.fromkeys(Inverse(triple.target, (triple.relation,)) for triple in graph)
    for answer in Reasoner(graph, votes=4).ask_all(asked):
        assert (answer.check, answer.complete) == ("agrees", True), answer.text


def test_many_lead_to_one_node():
    works = [(f"person {number}", "works in", "Sales") for number in range(30)]
    answer = Reasoner(Graph.from_triples(works)).ask("Who works in Sales?")
    assert set(answer.ends) == {source for source, _, _ in works}


def test_of_a_large_graph_the_part_around_the_goal_is_memorised():
    ring = [(f"n{number}", "next", f"n{(number + 1) % 500}") for number in range(500)]
    answer = Reasoner(Graph.from_triples(ring)).ask("Whose next's next is n7?")
    assert (answer.ends, answer.answer.part, answer.check) == (["n5"], True, "agrees")


def test_a_trace_shows_what_the_network_heard_the_other_way_round(reasoner):
    trace = reasoner.trace("Whose manager is Bob?")
    said = [step.said for step in trace.steps]
    assert ("Bob", "manager", "Ann") in said
    assert ("Ann", "manager", "Bob") not in said


@pytest.fixture
def company(tmp_path):
    path = tmp_path / "company.csv"
    path.write_text(FILE)
    return path


def test_printed(run, company):
    code, out, err = run("ask", company, "Who reports to Bob?")
    assert (code, err) == (0, "")
    head, *rows, ends, sure, exact = (line.rstrip() for line in out.splitlines())
    assert head.split() == ["from", "relation", "to"]
    assert {row.split()[0] for row in rows} == {"Ann", "Carl"}
    assert ends in ("These are Ann, Carl.", "These are Carl, Ann.")
    assert (sure, exact) == (
        "confidence: 8 of 8 tries agree",
        "exact check: agrees; all 2 exact answers were found",
    )
    out = run("ask", company, "Whose manager's manager is Dora?")[1]
    assert [line.split() for line in out.splitlines()[:4]] == [
        ["step", "from", "relation", "to"],
        ["1", "Ann", "manager", "Bob"],
        ["2", "Bob", "manager", "Dora"],
        ["That", "is", "Ann."],
    ]


def test_options_and_json(run, company):
    code, out, err = run("ask", company, "--follow", "manager,manager", "--to", "dora", "--json")
    record = json.loads(out)
    assert (code, err) == (0, "")
    assert (record["question"], record["kind"]) == ("Whose manager's manager is Dora?", "traversal")
    assert (record["answers"], record["exact"], record["check"]) == (["Ann"], ["Ann"], "agrees")
    assert (
        record["path"]
        == record["paths"][0]
        == [
            {"source": "Ann", "relation": "manager", "target": "Bob"},
            {"source": "Bob", "relation": "manager", "target": "Dora"},
        ]
    )
    assert (record["complete"], record["narrowing"]) == (True, None)
    assert run("ask", company, "--follow", "manager", "--to", "Bob", "-q") == (0, "Ann\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--follow", "manager", "--to", "Bob", "Who?"], "give a sentence or --follow and --to, not both"),
        (["--follow", "manager towards Dora", "--to", "Bob"], "--follow takes relations alone"),
        (["--follow", "manager", "--to", "Bob", "--of", "Bob"], "--of asks for somebody's relatives"),
        (["--follow", "manager", "--to", "Bob", "--from", "Ann"], "give one pair"),
        (["--follow", "manager", "--to", "Bbo"], "no node is called 'Bbo'; the nearest: 'Bob'"),
        (["--follow", "boss", "--to", "Bob"], "no relation is called 'boss'"),
    ],
)
def test_options_that_do_not_fit(run, company, arguments, message):
    code, out, err = run("ask", company, *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_too_many_steps(run, company):
    code, _, err = run("ask", company, "--follow", ",".join(["manager"] * (MAX_STEPS + 1)), "--to", "Bob")
    assert (code, err.count("\n")) == (CapacityError.exit_code, 1)
    assert "more than 200 steps" in err


def test_nobody(run, company):
    code, out, err = run("ask", company, "Who reports to Ann?")
    assert (code, out) == (NoAnswer.exit_code, "")
    assert (
        err == "error: 'reports to' does not lead to 'Ann'; nothing leads to it; 'reports to' leads from it\n"
    )
