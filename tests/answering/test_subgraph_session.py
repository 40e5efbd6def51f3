"""Large graphs asked in parts, and all ends of walks that branch, with stand-ins that answer by rule."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import Seeker, Talker, Walker, checkpoint, seeking

from graphdnc.answering import all_ends, subgraph_session
from graphdnc.answering.session import GraphSession
from graphdnc.answering.subgraph import SubgraphLimits
from graphdnc.answering.subgraph_choice import around
from graphdnc.answering.subgraph_session import SubgraphSession, limits_of, open_session
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.questions.shortest_path import pairs
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.solve import is_answer, traverse
from graphdnc.questions import ShortestPath, Traversal
from graphdnc.reasoner import Reasoner
from graphdnc.tasks.fan_out import branches, most_targets, one_of_each, shown_in_all

SMALL = SubgraphLimits(12, 12, 40)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Let parts be small."""
    monkeypatch.setattr(subgraph_session, "USUAL", SMALL)


def walking(graph, network=None, limits=SMALL):
    """Return a network that walks by rule in parts of a graph."""
    return SubgraphSession(checkpoint(network or Walker()), graph, limits)


def ends(paths):
    return {path[-1].target for path in paths}


def test_a_long_walk_goes_on_from_part_to_part():
    rng = np.random.default_rng(0)
    graph = random_graph(rng, 60, (3, 3), 3)
    network = Walker()
    holder = walking(graph, network)
    for length in (1, 4, 12):
        example = random_traversal(rng, graph, length)
        answer = holder.answer(example.question, votes=3)
        assert answer.path == example.answer
        assert (answer.question, answer.paths, answer.complete) == (example.question, (example.answer,), True)
        assert (answer.votes, answer.agreeing) == (3, 3)
        assert 0 < answer.memorised <= len(graph)
    assert network.memorised > 3
    before = network.memorised
    holder.answer(example.question, votes=3)
    assert network.memorised == before, "the same parts are not memorised again"


def test_a_walk_is_as_sure_as_its_least_sure_part():
    graph = random_graph(np.random.default_rng(1), 60, (3, 3), 3)
    example = random_traversal(np.random.default_rng(1), graph, 12)
    answer = walking(graph, Walker(wrong=[4], first=0)).answer(example.question, votes=3)
    assert answer.path == example.answer
    assert (answer.agreeing, answer.votes, answer.confidence) == (2, 3, pytest.approx(2 / 3))


def test_a_walk_that_breaks_off_is_shown_as_far_as_it_goes():
    graph = random_graph(np.random.default_rng(1), 60, (3, 3), 3)
    example = random_traversal(np.random.default_rng(1), graph, 12)
    first = walking(graph, Walker(wrong=[0], first=1)).answer(example.question)
    assert first.path == example.answer[: len(first.path)]
    assert 0 < len(first.path) < 12
    assert walking(graph, Walker(wrong=[0], first=0)).answer(example.question).path is None


def test_shortest_paths_are_asked_of_parts():
    graph = random_graph(np.random.default_rng(2), 80, (2, 4), 5)
    network = Talker(lambda triples, number: Seeker(triples, number))
    holder = SubgraphSession(seeking(network), graph, SubgraphLimits(40, 40, 99))
    for start, goal in np.random.default_rng(0).permutation(pairs(graph))[:20].tolist():
        answer = holder.answer(ShortestPath(start, goal), votes=2)
        assert is_answer(graph, answer.question, answer.path)
        assert answer.memorised <= 99 < len(graph)
    apart = np.ones((graph.nodes, graph.nodes), bool)
    apart[tuple(pairs(graph).T)] = False
    start, goal = next(pair for pair in np.argwhere(apart).tolist() if pair[0] != pair[1])
    answer = holder.answer(ShortestPath(start, goal), votes=2)
    assert (answer.path, answer.denies) == (None, True)


def test_only_what_is_too_large_is_asked_in_parts():
    limits = limits_of(checkpoint(Walker()))
    fits = Graph(np.array([(n, 0, n + 1) for n in range(limits.nodes - 1)]), limits.nodes, 1)
    larger = Graph(np.array([(n, 0, n + 1) for n in range(limits.nodes)]), limits.nodes + 1, 1)
    question = Traversal(0, (0, 0))
    whole, part = (open_session(checkpoint(Walker()), graph).answer(question) for graph in (fits, larger))
    assert whole.path == part.path
    assert (whole.memorised, part.memorised) == (len(fits), SMALL.nodes - 1)


# --- relations that lead to several places ----------------------------------------------------------------

#   a -r-> b -s-> d        a -r-> c -s-> e, f        b -r-> b
FORK = Graph.from_triples(
    [("a", "r", "b"), ("b", "s", "d"), ("a", "r", "c"), ("c", "s", "e"), ("c", "s", "f"), ("b", "r", "b")]
)


def test_one_of_each_shows_every_triple_in_turn():
    told = one_of_each(FORK, 2, np.random.default_rng(0))
    assert [len(graph) for graph in told] == [4, 4]
    assert set(told[0]) | set(told[1]) == set(FORK)
    assert shown_in_all(FORK, 2) == 6
    assert shown_in_all(FORK, 1) == 4
    rng = np.random.default_rng(0)
    sure = Graph.from_triples([("a", "r", "b"), ("a", "s", "c")])
    assert one_of_each(sure, 3, rng) == [sure] * 3
    assert rng.integers(2**30) == np.random.default_rng(0).integers(2**30), "nothing is drawn"


def test_where_a_path_branches():
    path = (Triple(0, 0, 3), Triple(3, 1, 4))
    assert branches(FORK, path) == [0, 1]
    assert branches(FORK, (Triple(1, 1, 2),)) == []
    assert (most_targets(FORK, [0]), most_targets(FORK, [1]), most_targets(FORK, [])) == (2, 2, 0)


def test_all_ends_are_listed_each_with_a_path_of_the_graph():
    question = Traversal(0, (0, 1))
    answer = GraphSession(checkpoint(Walker()), FORK).answer(question, votes=4)
    assert ends(answer.paths) == {2, 4, 5}
    assert all(is_answer(FORK, question, path) for path in answer.paths)
    assert answer.path == answer.paths[0]
    assert (answer.agreeing, answer.votes, answer.confidence) == (4, 4, 1.0)


def test_a_walk_that_does_not_branch_is_asked_as_ever():
    network = Walker()
    answer = GraphSession(checkpoint(network), FORK).answer(Traversal(1, (0, 0, 1)), votes=2)
    assert (answer.paths, network.answered) == (((Triple(1, 0, 1),) * 2 + (Triple(1, 1, 2),),), 2)


def test_as_many_tries_as_there_are_places():
    star = Graph.from_triples([("hub", "r", str(number)) for number in range(20)])
    answer = GraphSession(checkpoint(Walker()), star).answer(Traversal(0, (0,)), votes=2)
    assert ends(answer.paths) == set(range(1, 21))
    assert (answer.votes, answer.agreeing, answer.complete, answer.memorised) == (20, 20, True, 20)
    with mock.patch.object(all_ends, "MOST_SHOWN", 7):
        few = GraphSession(checkpoint(Walker()), star).answer(Traversal(0, (0,)), votes=2)
    assert (len(few.paths), few.complete) == (7, False)


def test_as_many_ends_are_followed_as_there_is_time_for():
    rows = [(0, 0, arm) for arm in range(1, 21)] + [(arm, 1, 20 + arm) for arm in range(1, 21)]
    fan, question = Graph(np.array(rows), 41, 2), Traversal(0, (0, 1))
    assert len(GraphSession(checkpoint(Walker()), fan).answer(question, votes=2).paths) == 20
    with mock.patch.object(all_ends, "MOST_FOLLOWED", 5):
        few = GraphSession(checkpoint(Walker()), fan).answer(question, votes=2)
    assert (len(few.paths), few.complete) == (5, False)
    with mock.patch.object(subgraph_session, "_MOST_FOLLOWED", 3):
        few = walking(fan, limits=SubgraphLimits(22, 2, 21)).answer(question, votes=2)
    assert (len(few.paths), few.complete) == (3, False)


def test_what_is_no_triple_of_the_graph_is_not_listed():
    """Asked for whole walks each try found another end; asked for the first step again, one found none."""
    star = Graph.from_triples([("hub", "r", str(number)) for number in range(4)])
    network = Walker(wrong=[4], first=0)
    answer = GraphSession(checkpoint(network), star).answer(Traversal(0, (0,)), votes=4)
    assert ends(answer.paths) == {1, 2, 3, 4}
    assert (answer.agreeing, answer.votes, answer.confidence) == (3, 4, 0.75)


@settings(max_examples=60)
@given(st.data(), st.booleans())
def test_every_end_is_found_by_a_network_that_makes_no_mistake(data, whole):
    node = st.integers(0, 8)
    rows = data.draw(st.sets(st.tuples(node, st.integers(0, 1), node), min_size=1, max_size=24))
    graph = Graph(np.array(sorted(rows)), 9, 2)
    question = Traversal(
        data.draw(node), tuple(data.draw(st.lists(st.integers(0, 1), min_size=1, max_size=5)))
    )
    reached = {question.start}
    for relation in question.relations:
        reached = {triple.target for here in reached for triple in graph.follow(here, relation)}
    if not reached:
        return
    small = SubgraphLimits(7, 2, 12)
    holder = GraphSession(checkpoint(Walker()), graph) if whole else walking(graph, limits=small)
    answer = holder.answer(question, votes=2)
    if answer.complete:
        assert ends(answer.paths) == reached == ends(traverse(graph, question))
    assert all(is_answer(graph, question, path) for path in answer.paths)


def test_a_question_that_needs_too_much_does_not_stop_the_others():
    chain = Graph(np.array([(n, 0, n + 1) for n in range(1_100)]), 1_101, 1)
    made = seeking(Talker(lambda triples, number: Seeker(triples, number)))
    reasoner = Reasoner(chain, votes=1)
    reasoner.networks.opened["shortest-path", chain] = open_session(made, chain)
    far, near = reasoner.ask_all([ShortestPath(0, 1_050), ShortestPath(7, 9)])
    assert isinstance(far, CapacityError)
    assert "more than 998 steps" in str(far)
    assert near.answer.path == (Triple(7, 0, 8), Triple(8, 0, 9))
    assert near.answer.part


def test_parts_that_differ_in_what_is_asked_alone_are_told_apart():
    """From b nothing is reached by s, which the part around it does not have."""
    graph = Graph(np.array([(0, 0, 1), (1, 0, 2), (3, 1, 4)]), 5, 3)
    keys = {around(graph, Traversal(0, (0, relation)), SubgraphLimits(3, 3, 3)).key for relation in range(3)}
    assert len(keys) == 3
