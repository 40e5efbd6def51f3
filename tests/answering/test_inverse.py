"""Questions from the other end of a relation, answered by networks."""

from __future__ import annotations

import pytest
from company import GRAPH, to

from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph, NamedTriple
from graphdnc.questions import Inverse
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner


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
    said = [step.said for step in trace.asked]
    assert ("Bob", "manager", "Ann") in said
    assert ("Ann", "manager", "Bob") not in said
