"""From where relations lead to a node: read, asked about the inverse graph, and told the right way round."""

from __future__ import annotations

import json

import pytest

from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import CapacityError, NoAnswer, UnknownName, UsageError
from graphdnc.graph import Graph, NamedTriple
from graphdnc.language.describe import describe
from graphdnc.language.parse import parse_question
from graphdnc.language.walk_grammar import MAX_STEPS
from graphdnc.questions import Inverse, Kin, Traversal
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner

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
        ("which ones report to bob", to("Bob", "reports to")),
        ("List everyone who reports to Bob", to("Bob", "reports to")),
        ("Find all that report to Bob", to("Bob", "reports to")),
        ("What's part of the Sales?", to("Sales", "is part of")),
        ("What's Paris the capital of?", to("Paris", "capital")),
        ("What is Bob part of?", Traversal(node("Bob"), to("Sales", "is part of").relations)),
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


@pytest.mark.parametrize(
    ("relation", "sentences"),
    [
        ("is a", ["What is B?", "What is a B?", "Who is a B?", "What was the B?"]),
        ("is", ["What is B?", "Who is B?", "What is the B?"]),
        ("was", ["What was B?"]),
        ("does", ["What does B?", "Who does B?"]),
        ("has", ["What has B?", "Who has the B?"]),
        ("likes", ["Who is like B?", "What are like B?", "Who is likes B?", "Who like B?"]),
        ("reports to", ["Who is reports to B?", "Who is report to B?", "Who is B reports to?"]),
        ("equals", ["What is equal B?", "What is equals B?"]),
        ("about", ["What about B?", "What is about B?"]),
        ("on", ["What on B?", "What is the on B?", "What on the B?"]),
        ("of", ["What of B?", "What is of B?"]),
        ("to", ["What to B?", "What is to B?", "Which is the to B?"]),
        ("boss", ["Who is the boss B?", "Who boss B?", "What is boss B?"]),
        ("parents", ["Who parents B?", "Who parent B?", "Who are the parents B?"]),
        ("friends", ["Who are friends B?", "Who friends B?"]),
        ("status", ["What is the status B?", "Which status B?"]),
        ("series", ["Which series B?", "What is series B?"]),
        ("stops", ["Which stops B?", "What are the stops B?"]),
        ("address", ["What address B?"]),
        ("bus to", ["Which bus to B?", "What is the bus to B?", "What is bus to B?"]),
        ("trains to", ["Which trains to B?", "Show me which trains to B"]),
        ("way to", ["Which way to B?", "What is the way to B?", "What is way to B?"]),
        ("line from", ["What is the line from B?"]),
        ("sold to", ["Who was sold to B?", "What is sold to B?"]),
        ("reported to", ["Who was reported to B?"]),
        ("next to", ["What is the next to B?"]),
        ("written in", ["What is written in ~B?", "What is written in @B?"]),
    ],
)
def test_what_may_mean_something_else_is_refused(relation, sentences):
    graph = Graph.from_triples([("A", relation, "B"), ("B", relation, "C")])
    for sentence in sentences:
        try:
            read = parse_question(sentence, graph)
        except UsageError:
            continue
        pytest.fail(f"{sentence} is read as {describe(graph, read)}")


@pytest.mark.parametrize(
    ("relation", "sentence", "inverse"),
    [
        ("is in", "Who is in the B?", True),
        ("is in", "What is B in?", False),
        ("in", "Who is in B?", True),
        ("was founded by", "Who was B founded by?", False),
        ("was founded by", "What was founded by B?", True),
        ("founded", "Who founded B?", True),
        ("wrote", "Who wrote B?", True),
        ("sold to", "Who sold to B?", True),
        ("written by", "What is written by B?", True),
        ("next to", "What is next to B?", True),
        ("related to", "Who is related to B?", True),
        ("child of", "Who is the child of B?", True),
        ("child of", "Who is B a child of?", False),
        ("north of", "What is north of B?", True),
        ("friends with", "Who is friends with B?", True),
        ("BORN_IN", "Who was born in B?", True),
        ("depends on", "What does the B depend on?", False),
        ("depends on", "List everything that depends on the B", True),
        ("depends on", "Which ones depend on B?", True),
    ],
)
def test_what_a_triple_says_with_who_for_its_source(relation, sentence, inverse):
    graph = Graph.from_triples([("A", relation, "B"), ("B", relation, "C")])
    assert parse_question(sentence, graph) == (Inverse(1, (0,)) if inverse else Traversal(1, (0,)))


def test_of_two_relations_the_one_that_can_be_followed_is_meant():
    graph = Graph.from_triples([("Ann", "manager", "Bob"), ("Ann", "is the manager of", "Zed")])
    assert parse_question("Who is Ann the manager of?", graph) == Traversal(0, (1,))


def test_of_a_family_relatives_are_asked_for_by_what_they_are():
    """One relation says less than what follows from all of them."""
    family = Graph.from_triples([("Freya", "mother", "Ida"), ("Ida", "son", "Tom"), ("Tom", "likes", "Ida")])
    assert isinstance(parse_question("Who is Freya's mother?", family), Kin)
    for sentence in ("Whose mother is Ida?", "Who is Ida the mother of?", "Whose son is Tom?"):
        with pytest.raises(
            UsageError, match="ask for the relatives of a person; try \"Who is Freya's mother"
        ):
            parse_question(sentence, family)
    assert parse_question("Who likes Ida?", family) == Inverse(1, (2,))


@pytest.mark.parametrize(
    ("sentence", "error", "message"),
    [
        ("Who reports to Bbo?", UnknownName, "no node is called 'Bbo'; the nearest: 'Bob'"),
        ("reports to Bob", UsageError, "not understood"),
        ("What capital Paris?", UsageError, "'capital Paris' is not understood"),
        ("Who reports to Bob and Dora?", UsageError, "; try "),
        ("Who reports to?", UsageError, "; try "),
        ("Whose manager is?", UsageError, "; try "),
        ("Whose is Bob?", UsageError, "; try "),
        ("What is Paris the capital?", UsageError, "; try "),
        ("Is part of Sales?", UsageError, "; try "),
        ("Who never reports to Bob?", UsageError, "; try "),
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
    placed = Graph.from_triples([("A", "in", "B"), ("A", "located_in", "B"), ("A", "sold to", "B")])
    said = [describe(placed, Inverse(1, (relation,))) for relation in range(3)]
    assert said == ["What is in B?", "What is located_in B?", "What sold to B?"]


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
        (to("Bob", "manager", "reports to"), "'manager' and then 'reports to' lead to 'Bob' from no node"),
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
    rows = [line.split() for line in out.splitlines()[:4]]
    assert rows == [
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
    assert (record["complete"], record["narrowing"], record["inverse"]) == (True, None, True)
    assert run("ask", company, "--follow", "manager", "--to", "Bob", "-q") == (0, "Ann\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--follow", "manager", "--to", "Bob", "Who?"], "give a sentence or --follow and --to, not both"),
        (["--follow", "manager towards Dora", "--to", "Bob"], "--follow takes relations only"),
        (["--follow", "manager", "--to", "Bob", "--of", "Bob"], "--of asks about the relatives of a person"),
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


@pytest.mark.parametrize("option", ["--start", "--to", "--from"])
def test_half_of_a_pair(run, company, option):
    code, _, err = run("ask", company, option, "Bob")
    assert code == 2
    assert "--follow RELATION --to NODE asks from which nodes it leads there" in err


def test_questions_of_both_kinds_one_a_line(run, company, tmp_path):
    lines = "Who reports to Dora?\nWho does Ann report to?\nWho reports to Ann?\n"
    trace = tmp_path / "trace.jsonl"
    code, out, err = run("ask", company, "--json", "--votes", 2, "--trace", trace, stdin=lines)
    assert code == NoAnswer.exit_code
    assert [json.loads(line)["answers"] for line in out.splitlines()] == [["Bob"], ["Bob"]]
    assert "line 3: 'reports to' does not lead to 'Ann'" in err
    assert {json.loads(line)["question"] for line in trace.read_text().splitlines()} == {1, 2}
    both = run("ask", company, "--undirected", "-q", "Who reports to Bob?")[1]
    assert set(both.strip().split(", ")) == {"Ann", "Carl", "Dora"}


def test_of_many_the_first_are_shown_and_what_was_not_tried_is_told(run, tmp_path):
    path = tmp_path / "works.csv"
    path.write_text(
        "source,relation,target\n" + "".join(f"p{number},works in,Sales\n" for number in range(90))
    )
    code, out, err = run("ask", path, "Who works in Sales?", "--votes", 1)
    shown = out.splitlines()
    assert code == 0
    assert len([line for line in shown if line.endswith("Sales")]) == 20
    ends = next(line for line in shown if line.startswith("These are p"))
    assert "more, which --json lists." in ends
    note = "note: relations lead there from more places than were tried; there may be more than these"
    assert note in shown
    code, out, err = run("ask", path, "Who works in Sales?", "-q", "--no-check")
    assert (code, err) == (0, note + "\n")


def test_of_several_ways_the_others_are_shown_as_ways(run, company):
    out = run("ask", company, "--follow", "reports to,reports to", "--to", "Dora")[1].splitlines()
    assert out[3] in ("These are Ann, Carl.", "These are Carl, Ann.")
    assert out[4].endswith(" -> Bob -> Dora")
