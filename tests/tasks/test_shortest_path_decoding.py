"""How a network is asked for shortest paths: what it hears, when it ends, and which path it names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import SEARCH
from stand_ins import CODE, Seeker, Talker
from step_answers import (
    ALOUD,
    END_OF_ALL,
    FIRST,
    LABELS,
    LINE,
    MOVE,
    ON,
    PLAN,
    QUERY,
    SILENT,
    Babbler,
    answer,
    graphs,
    rng,
    seeker,
)

from graphdnc.answering.decoding import Decoder
from graphdnc.episodes.labels import END, Labels, draw_labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import BLANK
from graphdnc.graph import Graph, Triple
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.oracle.distances import distances
from graphdnc.oracle.solve import is_answer, is_path
from graphdnc.questions import ShortestPath
from graphdnc.starts.initialise import initialise
from graphdnc.tasks.shortest_path.layout import teach
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.tasks.votes import Vote


def bound(graphs, planning):
    """Return the most steps that answering may take: the query, the plan, and a move a node."""
    return 1 + max(planning.budget(graph.nodes) + graph.nodes for graph in graphs)


@settings(max_examples=25)
@given(graphs(), st.integers(0, 1000), st.sampled_from([ALOUD, SILENT]))
def test_who_speaks_as_is_taught_finds_shortest_paths_or_denies(graph, seed, planning):
    """A network that plans in silence has no way to deny: it is not asked where there is none."""
    asked = [ShortestPath(start, goal) for start in range(graph.nodes) for goal in range(graph.nodes)]
    if not planning.aloud:
        asked = [each for each in asked if distances(graph, each.goal)[each.start] >= 0]
    network = seeker()
    votes = answer(network, [graph] * len(asked), asked, planning, seed=seed)
    assert network.steps <= bound([graph], planning)
    for index, (question, vote) in enumerate(zip(asked, votes, strict=True)):
        reachable = distances(graph, question.goal)[question.start] >= 0
        assert vote.denies == (not reachable)
        assert (vote.path is not None) == reachable
        if reachable:
            assert is_answer(graph, question, vote.path)
            assert vote.probability == pytest.approx(1, abs=1e-3)
        if question.start == question.goal:
            assert vote == Vote((), 1.0)
            assert network.heard[index] == [], "there is nothing to say"


def test_what_a_network_hears_is_what_it_said_and_then_how_it_moved():
    network = seeker()
    votes = answer(network, [LINE], [ShortestPath(4, 2)], labels=[LABELS])
    assert votes == [Vote((Triple(4, 0, 0), Triple(0, 0, 1), Triple(1, 0, 2)), pytest.approx(1), False)]
    heard = network.heard[0]
    assert heard[:3] == [((500, -1, 300), QUERY), ((300, -1, -1), FIRST), ((-1, -1, 300), PLAN)]
    assert heard[-3:] == [((-1, -1, 500), MOVE), ((500, 0, 100), ON), ((100, 0, 200), ON)]
    planned = [triple for triple, channels in heard[2:-3]]
    assert {channels for _, channels in heard[2:-3]} == {PLAN}
    assert planned[-1] == (500, 0, 100), "it hears that the start was found, and plans no more"
    assert planned.count((500, 0, 100)) == 1


def test_a_plan_in_which_there_is_nothing_to_choose_is_heard_as_it_is_taught():
    line = Graph(np.array([(node, node % 2, node + 1) for node in range(6)]), 7, 2)
    names = Labels(np.arange(7) + 10, np.array([0, 3]))
    network = seeker()
    answer(network, [line], [ShortestPath(0, 6)], labels=[names])
    taught = [heard for heard, _ in teach(line, 6, rng())]
    until = next(index for index, heard in enumerate(taught) if heard[0] == 0)
    in_labels = [
        (a if a == BLANK else a + 10, b if b == BLANK else 3 * b, c if c == BLANK else c + 10)
        for a, b, c in taught[: until + 1]
    ]
    assert [triple for triple, channels in network.heard[0][1:] if channels[2]] == in_labels


def test_a_relation_with_the_label_of_an_end_is_heard():
    """Label 0 in a triple found is a relation; beside an END it is a blank."""
    network = seeker()
    (vote,) = answer(network, [LINE], [ShortestPath(0, 3)], labels=[LABELS])
    heard = [triple for triple, channels in network.heard[0] if channels == PLAN]
    assert (200, 0, 300) in heard
    assert (300, -1, -1) in heard
    assert (-1, -1, 200) in heard
    assert vote.path == (Triple(0, 0, 1), Triple(1, 0, 2), Triple(2, 0, 3))


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ((200, 0, 300), (200, 0, 300)),  # a relation may have the label of END
        ((200, 9, 100), (200, 9, 100)),
        ((100, 9, END), (100, -1, -1)),
        ((END, 9, 100), (-1, -1, 100)),
    ],
)
def test_ends_are_heard_as_blanks(said, heard):
    network = Talker(lambda triples, number: lambda given, channels: said if channels[2] else None)
    answer(network, [LINE], [ShortestPath(0, 3)], labels=[LABELS])
    plan = [triple for triple, channels in network.heard[0] if channels == PLAN]
    assert plan == [heard] * (ALOUD.budget(5) - 1), "and that is no reason to stop before its time is over"


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ((200, 9, 300), (200, 0, 300)),  # another relation
        ((230, 0, 300), (200, 0, 300)),  # no such node: a blend of two labels
        ((107, END, END), (100, -1, -1)),
        ((END, END, 209), (-1, -1, 200)),
    ],
)
def test_what_is_not_about_the_graph_is_heard_as_what_is_most_like_it(said, heard):
    network = Talker(lambda triples, number: lambda given, channels: said if channels[2] else None)
    answer(network, [LINE], [ShortestPath(0, 3)], labels=[LABELS])
    plan = [triple for triple, channels in network.heard[0] if channels == PLAN]
    assert plan == [heard] * (ALOUD.budget(5) - 1)


def test_a_silent_plan_is_as_long_as_its_budget():
    network = seeker()
    pair = Graph(np.array([[0, 0, 1]]), 2, 1)
    silent = Planning(aloud=False, steps=1, steps_per_node=0.5)
    asked = [ShortestPath(0, 2), ShortestPath(0, 1), ShortestPath(1, 1)]
    votes = answer(network, [LINE, pair, pair], asked, silent)
    assert [len(vote.path) for vote in votes] == [2, 1, 0]
    assert [len(heard) for heard in network.heard] == [1 + 3 + 2, 1 + 2 + 1, 0]
    for heard in network.heard[:2]:
        assert all(len(channels) == 2 for _, channels in heard)
        assert heard[0][1] == (1, 0)
    assert network.heard[1][1:3] == [((-1, -1, -1), (0, 0))] * 2
    assert [channels for _, channels in network.heard[0][4:]] == [(1, 1), (0, 1)]


def test_the_probability_is_shared_among_the_triples_that_leave_the_node():
    """Node 0 is left by two triples whose labels differ in three digits, node 1 by one."""
    fork = Graph(np.array([[0, 0, 1], [0, 0, 2], [1, 0, 3]]), 4, 1)
    names = Labels(np.array([5, 111, 222, 7]), np.array([0]))
    network = Talker(Seeker, sure=1.5)
    (vote,) = answer(network, [fork], [ShortestPath(0, 3)], labels=[names])
    assert vote.path == (Triple(0, 0, 1), Triple(1, 0, 3))
    assert vote.probability == pytest.approx(np.exp(4.5) / (1 + np.exp(4.5)), rel=1e-4)


def is_sound(graph, question, vote):
    assert not (vote.denies and vote.path is not None)
    assert 0 <= vote.probability <= 1 + 1e-6
    if vote.path is not None:
        assert is_path(graph, question, vote.path)
        passed = [question.start, *(triple.target for triple in vote.path)]
        assert len(set(passed)) == len(passed), "no node is passed twice"


@settings(max_examples=60)
@given(graphs(), st.integers(0, 2**32 - 1), st.sampled_from([ALOUD, SILENT]), st.booleans())
def test_nonsense_names_no_path_that_is_not_there_and_comes_to_an_end(graph, seed, planning, random):
    def mind(triples, number):
        noise = rng(seed + number)
        if random:
            return lambda heard, channels: 3 * noise.normal(size=90).astype(np.float32)
        return Babbler(triples, seed + number)

    network = Talker(mind)
    asked = [ShortestPath(start, goal) for start in range(graph.nodes) for goal in range(graph.nodes)][:12]
    votes = answer(network, [graph] * len(asked), asked, planning, seed=seed % 1000)
    assert network.steps <= bound([graph], planning)
    for question, vote in zip(asked, votes, strict=True):
        is_sound(graph, question, vote)
        assert planning.aloud or not vote.denies


@pytest.mark.parametrize("spoken", [float("nan"), float("inf"), -float("inf"), 0.0, 1e30])
def test_numbers_that_are_none_are_nonsense_too(spoken):
    network = Talker(lambda triples, number: lambda heard, channels: np.full(90, spoken, np.float32))
    for planning in (ALOUD, SILENT):
        (vote,) = answer(network, [LINE], [ShortestPath(0, 3)], planning)
        assert network.steps <= bound([LINE], planning)
        if vote.path is not None:
            assert is_path(LINE, ShortestPath(0, 3), vote.path)


def test_who_walks_in_a_circle_is_lost():
    """From 1 it goes back to 0, where it came from; the memory does not change, so it would go on so."""
    back = Labels(np.array([100, 200, 300, 400, 500]), np.array([7, 9]))
    moves = {100: (100, 7, 200), 200: (200, 9, 100)}

    def mind(triples, number):
        seek = Seeker(triples)
        return lambda heard, channels: moves.get(heard[2]) if channels[1] else seek(heard, channels)

    network = Talker(mind)
    (vote,) = answer(network, [LINE], [ShortestPath(0, 3)], labels=[back])
    assert (vote.path, vote.denies) == (None, False)
    assert [triple for triple, channels in network.heard[0] if channels[1]] == [(-1, -1, 100), (100, 7, 200)]


def test_who_comes_to_a_dead_end_is_lost():
    trap = Graph(np.array([[0, 0, 1], [0, 0, 2], [2, 0, 3]]), 4, 1)
    names = Labels(np.array([100, 200, 300, 400]), np.array([7]))

    def mind(triples, number):
        seek = Seeker(triples)
        return lambda heard, channels: (100, 7, 200) if channels[1] else seek(heard, channels)

    network = Talker(mind)
    (vote,) = answer(network, [trap], [ShortestPath(0, 3)], labels=[names])
    assert (vote.path, vote.denies) == (None, False)


def test_a_move_is_a_triple_that_leaves_whatever_else_is_likelier():
    """It says all the time that 3 leads to 2; the one triple that leaves the node reached is taken."""
    line = Graph(np.array([[0, 0, 1], [1, 0, 2], [2, 0, 3], [3, 0, 2]]), 4, 1)
    names = Labels(np.array([100, 200, 300, 400]), np.array([7]))
    network = Talker(lambda triples, number: lambda heard, channels: (400, 7, 300))
    (vote,) = answer(network, [line], [ShortestPath(0, 3)], labels=[names])
    assert vote.path == (Triple(0, 0, 1), Triple(1, 0, 2), Triple(2, 0, 3))
    assert vote.probability == pytest.approx(1)


def test_a_node_is_denied_only_by_who_says_that_nothing_is_left():
    """The end that follows a find of the start comes too late; so does one that follows it at once."""
    pair = Graph(np.array([[0, 0, 1]]), 2, 1)
    names = Labels(np.array([100, 200]), np.array([7]))
    script = {(200, -1, -1): (END, END, 200), (-1, -1, 200): (100, 7, 200), (100, 7, 200): END_OF_ALL}
    network = Talker(lambda triples, number: lambda heard, channels: script.get(tuple(heard)))
    assert answer(network, [pair], [ShortestPath(0, 1)], labels=[names])[0].path == (Triple(0, 0, 1),)
    network = Talker(lambda triples, number: lambda heard, channels: END_OF_ALL)
    (vote,) = answer(network, [pair], [ShortestPath(0, 1)], labels=[names])
    assert (vote.path, vote.denies) == (None, True)
    assert len(network.heard[0]) == 2, "who denies does not move"


SMALL = Graph(np.array([[0, 0, 1], [1, 0, 0], [1, 0, 1]]), 2, 1)


MIXED = [
    (LINE, ShortestPath(0, 3)),
    (SMALL, ShortestPath(0, 1)),
    (LINE, ShortestPath(2, 4)),
    (SMALL, ShortestPath(1, 1)),
    (LINE, ShortestPath(4, 1)),
    (SMALL, ShortestPath(1, 0)),
]


@pytest.mark.parametrize("planning", [ALOUD, SILENT])
@pytest.mark.parametrize("mind", [Seeker, Babbler])
@pytest.mark.parametrize("seed", range(5))
def test_questions_asked_together_are_answered_as_alone(mind, planning, seed):
    labels = [draw_labels(rng(index), graph, CODE) for index, (graph, _) in enumerate(MIXED)]
    many = Talker(lambda triples, number: mind(triples, 10 * seed + number))
    together = answer(many, *zip(*MIXED, strict=True), planning, labels)
    for index, (graph, question) in enumerate(MIXED):
        one = Talker(lambda triples, number, index=index: mind(triples, 10 * seed + index))
        alone = answer(one, [graph], [question], planning, [labels[index]])
        assert many.heard[index] == one.heard[0]
        assert together[index] == alone[0]


def test_a_plan_beside_a_longer_one_is_no_longer_for_it():
    """Who denies at a step beyond the budget of its graph has no such step, whoever is asked with it."""

    def mind(triples, number):
        count = iter(range(10**6))
        return lambda heard, channels: (
            None if not channels[2] else END_OF_ALL if next(count) > ALOUD.budget(2) else (END, END, 888)
        )

    for beside in ([], [(LINE, ShortestPath(0, 3))]):
        asked = [(SMALL, ShortestPath(0, 1)), *beside]
        network = Talker(mind)
        (vote, *_) = answer(network, *zip(*asked, strict=True))
        assert not vote.denies
        assert sum(channels[2] for _, channels in network.heard[0]) == ALOUD.budget(2)


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("planning", [ALOUD, SILENT])
def test_a_real_network_is_not_disturbed_by_who_is_asked_with_it(planning, fast):
    torch.manual_seed(3)
    config = SEARCH if planning.aloud else replace(SEARCH, input_size=92, start="plain")
    network = initialise(DNC(config)).eval()
    network.use_kernels = fast
    with torch.no_grad():  # so that it says one thing here and another there
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    asked = MIXED * 4
    task = ShortestPathTask(CODE, planning)
    described = task.encode_graphs([graph for graph, _ in asked], rng())
    speaker, rows = Decoder(EagerNetwork(network), task), len(LINE) + planning.rows(5)

    def ask(*chosen):
        own = list(chosen)
        lengths = described.lengths[own]
        state = speaker.network.memorise(described.inputs[: lengths.max(), own], lengths, rows)
        pairs = [asked[index] for index in own]
        return speaker.answer(state, *zip(*pairs, strict=True), [described.labels[index] for index in own])

    together = ask(*range(len(asked)))
    for index, vote in enumerate(together):
        (alone,) = ask(index)
        assert (vote.path, vote.denies) == (alone.path, alone.denies)
        assert vote.probability == pytest.approx(alone.probability, rel=1e-3)
        is_sound(*asked[index], vote)
    assert len({vote.path for vote in together}) > 3
