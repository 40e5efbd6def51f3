"""How networks answer walks that are narrowed by "towards"."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metro import METRO, by_hand, questions
from stand_ins import Walker, checkpoint

from graphdnc.answering.session import GraphSession
from graphdnc.answering.subgraph import SubgraphLimits
from graphdnc.answering.subgraph_session import SubgraphSession
from graphdnc.cli.ask.print_answer import exit_code, print_answer
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph
from graphdnc.oracle.solve import is_answer
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner


def session(graph, whole):
    """Return a session in which a network walks by rule, in the whole graph or in small parts."""
    if whole:
        return GraphSession(checkpoint(Walker()), graph)
    return SubgraphSession(checkpoint(Walker()), graph, SubgraphLimits(7, 2, 12))


@settings(max_examples=150, deadline=None)
@given(questions(), st.booleans())
def test_a_network_that_makes_no_mistake_finds_every_end(case, whole):
    graph, question = case
    exact = by_hand(graph, question)
    if not exact:
        return
    holder = session(graph, whole)
    answer = holder.answer(question, votes=2)
    if answer.complete:
        assert {path[-1].target for path in answer.paths} == {path[-1].target for path in exact}
    assert all(is_answer(graph, question, path) for path in answer.paths)


def test_what_a_network_does_not_name_is_never_filled_in():
    """Of the two memories that say anything none was shown the triple that leads towards c."""
    graph = Graph.from_triples([("a", "r", "b"), ("a", "r", "c")])
    reasoner = Reasoner(graph, votes=2)
    reasoner.networks.opened["traversal", graph] = GraphSession(
        checkpoint(Walker(wrong=range(8), first=0)), graph
    )
    answer = reasoner.ask("from a take r towards c")
    assert (answer.ends, answer.exact_ends, answer.check) == ([], ["c"], "disagrees")


@pytest.mark.parametrize("whole", [True, False])
def test_what_leads_elsewhere_is_no_answer(whole, capsys):
    """Of a hub of 100 places 64 are tried: the place named is among them, or nothing is said to be it."""
    graph = Graph.from_triples([("hub", "r", f"n{number}") for number in range(100)])
    reasoner = Reasoner(graph, votes=2, check=False)
    reasoner.networks.opened["traversal", graph] = session(graph, whole)
    answers = [reasoner.ask(f"from hub take r towards n{number}") for number in range(100)]
    assert {tuple(answer.ends) for answer in answers} > {(), ("n0",)}
    for number, answer in enumerate(answers):
        assert answer.ends in ([f"n{number}"], [])
        assert not answer.answer.complete
    lost = next(answer for answer in answers if not answer.ends)
    assert (lost.path, lost.paths, lost.confidence, exit_code(lost)) == ([], [], 0.0, 1)
    print_answer(lost)
    shown = capsys.readouterr().out
    assert shown.startswith("The network named nothing that leads towards the place asked for.\n")
    assert shown.endswith(
        "note: relations lead to more places than were tried; the end may be among the others\n"
    )


def test_without_a_check_too_a_direction_without_an_answer_is_refused():
    reasoner = Reasoner(METRO, check=False)
    with pytest.raises(NoAnswer, match="'Bank' already"):
        reasoner.read("From Bank take the Northern towards Bank")
    assert reasoner.read("From Bank take the Northern towards Angel").exact is None


def without_directions():
    """Return the Underground, its relations the lines alone."""
    graph = read_graph(real_graph_path("underground"))
    direction = re.compile(r" (north|south|east|west)bound| (anti)?clockwise")
    return Graph.from_triples(
        (graph.node_name(s), direction.sub("", graph.relation_name(r)), graph.node_name(t))
        for s, r, t in graph
    )


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("From Moorgate take the Northern two stops towards Bank", ["London Bridge"]),
        (
            "From Angel take the Northern three stops towards Borough, then Central towards Holborn",
            ["St Paul's"],
        ),
        ("From Moorgate take the Circle towards Tower Hill", ["Liverpool Street", "Temple"]),
        ("From Old Street take the Northern once towards Holborn", ["Moorgate"]),
    ],
)
def test_the_shipped_network_goes_towards_places(sentence, found):
    answer = Reasoner(METRO, votes=4).ask(sentence)
    assert sorted(answer.ends) == sorted(found)
    assert answer.check == "agrees"


def test_the_shipped_network_goes_towards_places_on_the_underground():
    graph = without_directions()
    reasoner = Reasoner(graph)
    asked_for = {
        "From Brixton take the Victoria five stops, then Jubilee one stop towards Stanmore": "Bond Street",
        "From Bank take the Central two stops towards Oxford Circus: where am I?": "Chancery Lane",
        "From Bank take the Central two stops towards Stratford: where am I?": "Bethnal Green",
        "From Moorgate take the Northern via Bank two stops towards Bank": "London Bridge",
        "From Green Park take the Victoria two stops towards King's Cross St Pancras, then the Northern via "
        "Charing Cross one stop towards Waterloo": "Goodge Street",
        "From Baker Street take the Bakerloo three stops towards Waterloo": "Piccadilly Circus",
    }
    answers = reasoner.ask_all(asked_for)
    assert [answer.ends for answer in answers] == [[end] for end in asked_for.values()]
    assert {answer.check for answer in answers} == {"agrees"}
