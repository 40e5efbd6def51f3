"""Asking a graph held in memory, and measuring accuracy, with stand-ins that answer by rule."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools

import numpy as np
import pytest
import torch
from networks import SEARCH
from stand_ins import CODE, Seeker, Talker, Walker, checkpoint, seeking

from graphdnc.answering import memory
from graphdnc.answering.memory import GraphMemory, room
from graphdnc.answering.session import GraphSession
from graphdnc.answering.subgraph_session import load_session
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.questions.shortest_path import random_shortest_path
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.episodes.encoding import output_size
from graphdnc.episodes.planning import Planning
from graphdnc.errors import CapacityError, CheckpointError, UsageError
from graphdnc.evaluation import Accuracy, Report, evaluate
from graphdnc.graph import Graph, Triple
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.model.kernels.cpu.build import build_failure
from graphdnc.model.runtime.compiled import CompiledNetwork
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.networks import checkpoint as loading
from graphdnc.networks.calibration import Agreement
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Example, ShortestPath, Traversal
from graphdnc.starts.initialise import initialise
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.tasks.traversal import TraversalTask
from graphdnc.tasks.votes import Vote

GRAPH = Graph.from_triples(
    [("a", "r", "b"), ("b", "r", "c"), ("c", "s", "a"), ("b", "s", "b"), ("a", "t", "c"), ("a", "t", "b")]
)
A, B, C = range(3)
R, S, T = range(3)


def test_an_answer_is_the_path_in_the_numbers_of_the_graph():
    answer = GraphSession(checkpoint(Walker()), GRAPH).answer(Traversal(A, (R, S, R)), votes=5)
    assert answer.path == (Triple(A, R, B), Triple(B, S, B), Triple(B, R, C))
    assert (answer.votes, answer.agreeing, answer.memorised) == (5, 5, 6)
    assert answer.confidence == pytest.approx(1, abs=1e-3)
    assert answer.seconds > 0


def test_most_votes_win_and_the_confidence_tells_of_the_others():
    network = Walker(wrong=[0, 3])
    answer = GraphSession(checkpoint(network), GRAPH).answer(Traversal(A, (R, R)), votes=5)
    assert answer.path == (Triple(A, R, B), Triple(B, R, C))
    assert answer.agreeing == 3
    assert answer.confidence == pytest.approx(3 / 5, abs=1e-3)


def test_an_answer_that_ends_at_once_is_none():
    network = Walker(wrong=[0, 1, 2], first=0)
    holder = GraphSession(checkpoint(network), GRAPH)
    answer = holder.answer(Traversal(A, (R, R)), votes=2)
    assert (answer.path, answer.confidence) == (None, 0.0)
    assert holder.answer(Traversal(A, (R, R)), votes=2).agreeing == 1, "the one that names a path wins"


def test_one_try_has_the_probability_that_the_network_gives_it():
    unsure = GraphSession(checkpoint(Walker(sure=3.0)), GRAPH).answer(Traversal(A, (R,)))
    digit = np.exp(3) / (np.exp(3) + 9)
    assert unsure.confidence == pytest.approx(digit ** (2 * 3 * 3), rel=1e-3)


def test_a_graph_is_memorised_once_and_asked_many_times():
    network = Walker()
    holder = GraphSession(checkpoint(network), GRAPH)
    for start, relations in [(A, (R,)), (B, (R, S)), (C, (S, T))]:
        holder.answer(Traversal(start, relations), votes=3)
    assert network.memorised == 1
    holder.answer(Traversal(A, (R,)), votes=3, seed=1)
    assert network.memorised == 2
    holder.answer(Traversal(B, (S,) * 100), votes=3, seed=1)
    assert network.memorised == 3, "more steps need more rows"


def as_needed(network, tries=2):
    """Return a session that asks no more often than it needs."""
    measured = dataclasses.replace(checkpoint(network), enough=Agreement(tries, right=98, asked=98))
    return GraphSession(measured, GRAPH, as_needed=True)


def test_tries_that_agree_are_enough():
    network = Walker()
    answer = as_needed(network).answer(Traversal(A, (R, S)), votes=9)
    assert (network.answered, answer.votes, answer.agreeing) == (2, 2, 2)
    assert answer.path == (Triple(A, R, B), Triple(B, S, B))
    assert answer.confidence == 0.99, "as measured, not the share of votes"


def test_a_question_on_which_the_first_tries_disagree_is_asked_as_often_as_there_are_votes():
    network = Walker(wrong=[1])
    together = as_needed(network).answer_all([Traversal(A, (R, R)), Traversal(B, (R, S))], votes=9)
    assert [answer.votes for answer in together] == [9, 2]
    assert [answer.agreeing for answer in together] == [9, 2]
    assert network.answered == 2 * 2 + 9
    assert [answer.path for answer in together] == [
        (Triple(A, R, B), Triple(B, R, C)),
        (Triple(B, R, C), Triple(C, S, A)),
    ]


def test_a_walk_that_may_branch_is_asked_as_often_as_there_are_votes():
    answer = as_needed(Walker()).answer(Traversal(A, (T,)), votes=9)
    assert answer.votes == 9
    assert len(answer.paths) == 2


@pytest.mark.parametrize(("votes", "tries"), [(1, 2), (2, 2), (3, 4)])
def test_there_are_never_more_first_tries_than_votes(votes, tries):
    network = Walker()
    assert as_needed(network, tries).answer(Traversal(A, (R,)), votes).votes == votes
    assert network.answered == votes


def test_of_several_answers_all_are_given():
    answer = GraphSession(checkpoint(Walker()), GRAPH).answer(Traversal(A, (T,)), votes=9)
    assert sorted(answer.paths) == [(Triple(A, T, B),), (Triple(A, T, C),)]
    assert answer.path == answer.paths[0]
    assert (answer.agreeing, answer.votes, answer.complete, answer.memorised) == (9, 9, True, 6)


@pytest.fixture(scope="module")
def real():
    torch.manual_seed(0)
    config = DNCConfig(
        input_size=TraversalTask(CODE).input_size,
        output_size=output_size(CODE),
        controller_size=16,
        memory_width=8,
        read_heads=2,
    )
    return checkpoint(EagerNetwork(DNC(config).eval()))


def test_a_kept_memory_answers_as_a_fresh_one(real):
    kept = GraphSession(real, GRAPH)
    questions = [Traversal(A, (R, S)), Traversal(B, (R,)), Traversal(A, (R, S))]
    answers = [kept.answer(question, votes=2) for question in questions]
    fresh = [GraphSession(real, GRAPH).answer(question, votes=2) for question in questions]
    assert [(a.path, a.confidence) for a in answers] == [(a.path, a.confidence) for a in fresh]


def test_questions_asked_together_are_answered_as_one_by_one(real, monkeypatch):
    questions = [Traversal(A, (R, S)), Traversal(B, (R,)), Traversal(C, (S, R, S, T)), Traversal(B, (S,))]
    holder = GraphSession(real, GRAPH)
    alone = [holder.answer(question, votes=3) for question in questions]
    for most in (memory.AT_ONCE, 1):
        monkeypatch.setattr(memory, "AT_ONCE", most)
        together = holder.answer_all(questions, votes=3)
        assert [(a.question, a.path, a.agreeing) for a in together] == [
            (a.question, a.path, a.agreeing) for a in alone
        ]
        assert [a.confidence for a in together] == pytest.approx([a.confidence for a in alone], rel=1e-5)
    assert holder.answer_all([]) == []


def test_nothing_that_is_asked_changes_what_is_kept(real):
    kept = GraphMemory.of(real, GRAPH, 3, 9, np.random.default_rng(0))
    tensors = kept.state.tensors
    assert tensors.memory.age is None, "rows have ages only where a full memory overwrites"
    before = [value.clone() for value in (*tensors.memory, *tensors.controller) if value is not None]
    for questions in ([Traversal(A, (R, S))], [Traversal(A, (R, S)), Traversal(B, (R, R, R, R))]):
        kept.vote(questions)
        after = [value for value in (*tensors.memory, *tensors.controller) if value is not None]
        assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))
        assert not any(value.requires_grad for value in after)


def test_a_graph_too_large_for_dense_links_gets_sparse_ones(real, monkeypatch):
    question = Traversal(A, (R, S))
    dense = GraphSession(real, GRAPH).answer(question, votes=2)
    monkeypatch.setattr(memory, "MOST_DENSE", 1000)
    holder = GraphSession(real, GRAPH)
    sparse = holder.answer(question, votes=2)
    assert holder.memorise(2, spare=5).decoder.network.config.links == "sparse"
    assert (sparse.path, sparse.agreeing) == (dense.path, dense.agreeing)
    assert real.network.config.links == "dense"
    assert room(real.network.config, 1000) > 10 * room(real.with_links("sparse").network.config, 1000)


def test_what_does_not_fit_is_refused_before_any_work(real, monkeypatch):
    monkeypatch.setattr(memory.BUDGET, "limit", 8 * 10**6)
    many = random_graph(np.random.default_rng(0), 400, (24, 24))
    with pytest.raises(CapacityError, match="fewer votes"):
        GraphSession(real, many).answer(Traversal(0, (0,)), votes=10)
    names = Graph.from_triples((str(number), "r", "0") for number in range(1200))
    with pytest.raises(CapacityError, match="999 nodes"):
        GraphMemory.of(real, names, 1, 3, np.random.default_rng(0))


@pytest.mark.skipif(build_failure("forward") is not None, reason="the kernels cannot be built here")
def test_where_there_are_kernels_an_answer_needs_no_torch():
    network = load_session(GRAPH).checkpoint.network
    assert isinstance(network, CompiledNetwork)
    assert network.threads == 1


@pytest.mark.parametrize("task", ["traversal", "shortest-path"])
@pytest.mark.parametrize("in_torch", [False, True])
def test_the_number_of_cores_changes_no_answer(task, in_torch, monkeypatch):
    """More of them than questions or votes, too."""
    shipped = load_checkpoint(task, threads=1)
    if in_torch:
        network = loading.in_torch(shipped.network.config, shipped.network.weights)
        shipped = dataclasses.replace(shipped, network=network)
    graph, questions = GRAPH, [Traversal(A, (R, S)), Traversal(B, (R,)), Traversal(C, (S, R))]
    if task == "shortest-path":
        graph, questions = (
            ROADS,
            [ShortestPath(START, GOAL), ShortestPath(FAR, GOAL), ShortestPath(GOAL, FAR)],
        )
    found = []
    for count in (1, 2, 5):
        monkeypatch.setattr(memory, "cores", lambda count=count: count)
        for asked in (questions, questions[:1]):
            kept = GraphMemory.of(shipped, graph, 5, 64, np.random.default_rng(0))
            found.append([vote for tries in kept.vote(asked) for vote in tries])
    assert [len(votes) for votes in found] == [15, 5] * 3
    for votes, expected in zip(found[2:], found[:2] * 2, strict=True):
        for vote, same in zip(votes, expected, strict=True):
            assert (vote.path, vote.denies) == (same.path, same.denies)
            assert vote.probability == pytest.approx(same.probability, rel=1e-3)


def test_a_network_that_is_not_there():
    with pytest.raises(CheckpointError, match="no such network"):
        load_session(GRAPH, "no such network")


def examples(count, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        graph = random_graph(rng, int(rng.integers(5, 12)), (2, 3))
        yield random_traversal(rng, graph, int(rng.integers(1, 6)))


def test_a_network_that_walks_by_rule_is_always_right():
    told = []

    def report(counted):
        told.append((counted.correct, counted.named, counted.episodes))

    found = evaluate(checkpoint(Walker()), examples(100), votes=2, report=report)
    assert found.accuracy == found.valid == Accuracy(100, 100)
    assert (found.correct, found.episodes) == (100, 100)
    assert told[-1] == (100, 100, 100)
    assert [episodes for *_, episodes in told] == sorted({episodes for *_, episodes in told})


def test_every_wrong_episode_counts_once():
    question = Traversal(A, (R, R))
    same = [Example(GRAPH, question, (Triple(A, R, B), Triple(B, R, C)))] * 50
    assert evaluate(checkpoint(Walker(wrong=[3, 17, 49])), same).correct == 47
    assert evaluate(checkpoint(Walker(wrong=[0, 1, 3, 6])), same, votes=3).correct == 49


def test_one_graph_is_memorised_once_for_many_questions():
    network = Walker()
    example = next(examples(1))
    found = evaluate(checkpoint(network), [example] * 100, votes=2)
    assert (found.accuracy, network.memorised) == (Accuracy(100, 100), 4)
    assert evaluate(checkpoint(network), examples(100)).episodes == 100
    assert network.memorised >= 4 + 2, "other graphs have memories of their own"


def test_examples_are_drawn_only_as_they_are_needed():
    found = evaluate(checkpoint(Walker()), itertools.islice(examples(10**9), 20))
    assert found.episodes == 20


@pytest.mark.parametrize(
    ("correct", "episodes", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (990, 1000, 0.982, 0.995), (1, 2, 0.095, 0.905)],
)
def test_the_interval_is_wilsons(correct, episodes, low, high):
    assert Accuracy(correct, episodes).interval == pytest.approx((low, high), abs=6e-4)


# --- shortest paths ---------------------------------------------------------------------------------------

#   a -r-> b -r-> d        a -s-> c -s-> e -s-> d        f -r-> a, and nothing leads to f or leaves d
ROADS = Graph.from_triples(
    [("a", "r", "b"), ("b", "r", "d"), ("a", "s", "c"), ("c", "s", "e"), ("e", "s", "d"), ("f", "r", "a")]
)
START, GOAL, FAR = 0, 2, 5
SHORTEST = (Triple(0, 0, 1), Triple(1, 0, 2))
DETOUR = (Triple(0, 1, 3), Triple(3, 1, 4), Triple(4, 1, 2))


def seeker(detours=(), denying=()):
    """Return a network that seeks; some episodes, counted over all calls, take a detour or deny."""

    def mind(triples, number):
        return Seeker(triples, number, detour=number in detours, denies=number in denying)

    return Talker(mind)


def test_the_shortest_path_found_is_the_answer():
    holder = GraphSession(seeking(seeker(detours=[0, 1, 3], denying=[4])), ROADS)
    answer = holder.answer(ShortestPath(START, GOAL), votes=5)
    assert answer.path == SHORTEST
    assert (answer.agreeing, answer.votes, answer.denies, answer.memorised) == (1, 5, False, 6)
    assert answer.confidence == pytest.approx(1 / 5)
    again = holder.answer(ShortestPath(START, GOAL), votes=5)
    assert (again.path, again.agreeing) == (SHORTEST, 5)


def test_that_there_is_no_way_is_an_answer_of_its_own():
    for question in (ShortestPath(START, FAR), ShortestPath(GOAL, START)):
        answer = GraphSession(seeking(seeker()), ROADS).answer(question, votes=3)
        assert (answer.path, answer.denies, answer.agreeing) == (None, True, 3)
        assert answer.confidence == 1
    wrong = GraphSession(seeking(seeker(denying=[0, 1])), ROADS).answer(ShortestPath(START, GOAL), votes=2)
    assert (wrong.path, wrong.denies) == (None, True)


def test_where_the_start_is_the_goal_the_answer_is_the_empty_path():
    answer = GraphSession(seeking(seeker()), ROADS).answer(ShortestPath(FAR, FAR), votes=2)
    assert (answer.path, answer.denies, answer.agreeing, answer.confidence) == ((), False, 2, 1)


def test_a_network_that_plans_in_silence_is_asked_in_the_same_way():
    network = seeker()
    silent = Planning(aloud=False, steps=4)
    answers = GraphSession(seeking(network, silent), ROADS).answer_all(
        [ShortestPath(START, GOAL), ShortestPath(FAR, GOAL)], votes=2
    )
    assert [answer.path for answer in answers] == [SHORTEST, (Triple(5, 0, 0), *SHORTEST)]


def test_ways_are_asked_of_what_was_memorised_once():
    network = seeker()
    holder = GraphSession(seeking(network), ROADS)
    pairs = [(start, goal) for start in range(ROADS.nodes) for goal in range(ROADS.nodes)]
    together = holder.answer_all([ShortestPath(*pair) for pair in pairs], votes=2)
    alone = [holder.answer(ShortestPath(*pair), votes=2) for pair in pairs]
    assert network.memorised == 1
    for one, other in zip(together, alone, strict=True):
        assert (one.question, one.path, one.denies) == (other.question, other.path, other.denies)
        assert one.denies == (one.path is None)
        assert one.path is None or is_answer(ROADS, one.question, one.path)


@pytest.mark.parametrize("planning", [Planning(), Planning(aloud=False, steps=6)])
def test_a_real_network_keeps_its_memory_from_one_way_to_the_next(planning):
    torch.manual_seed(1)
    size = ShortestPathTask(CODE, planning).input_size
    config = SEARCH if planning.aloud else dataclasses.replace(SEARCH, input_size=size, start="plain")
    made = seeking(EagerNetwork(initialise(DNC(config)).eval()), planning)
    kept, questions = GraphSession(made, ROADS), [ShortestPath(START, GOAL), ShortestPath(FAR, GOAL)]
    answers = [kept.answer(question, votes=2) for question in (*questions, questions[0])]
    fresh = [GraphSession(made, ROADS).answer(question, votes=2) for question in (*questions, questions[0])]
    assert [(a.path, a.denies, a.confidence) for a in answers] == [
        (a.path, a.denies, a.confidence) for a in fresh
    ]
    together = kept.answer_all(questions, votes=2)
    assert [(a.path, a.denies) for a in together] == [(a.path, a.denies) for a in answers[:2]]


def test_a_network_refuses_what_it_was_not_trained_for():
    walker, talker = Walker(), seeker()
    with pytest.raises(UsageError, match="'stand-in' was trained for traversal, not for shortest-path"):
        GraphSession(checkpoint(walker), ROADS).answer(ShortestPath(START, GOAL))
    with pytest.raises(UsageError, match="trained for shortest-path, not for traversal; choose another"):
        GraphSession(seeking(talker), ROADS).answer_all([ShortestPath(START, GOAL), Traversal(START, (0,))])
    assert walker.memorised == talker.memorised == 0, "it is refused before any work"


def ways(count, seed=0):
    rng = np.random.default_rng(seed)
    while count:
        graph = random_graph(rng, int(rng.integers(5, 12)), (1, 3))
        with contextlib.suppress(ValueError):
            yield random_shortest_path(rng, graph, int(rng.integers(1, 4)))
            count -= 1


def test_a_network_that_seeks_by_rule_is_always_right():
    told = []
    network = seeking(seeker())
    found = evaluate(network, ways(60), votes=2, report=lambda counted: told.append(counted.episodes))
    assert found.accuracy == found.valid == Accuracy(60, 60)
    assert sum(part.episodes for part in found.by("length").values()) == 60
    assert set(found.by("length")) == {1, 2, 3}
    assert all(part.correct == part.episodes > 0 for part in found.by("length").values())
    assert told[-1] == 60


def test_a_detour_is_valid_and_not_correct():
    same = [Example(ROADS, ShortestPath(START, GOAL), SHORTEST)] * 20
    found = evaluate(seeking(seeker(detours=range(3), denying=range(3, 8))), same)
    assert (found.correct, found.named, found.episodes) == (12, 15, 20)
    assert (found.accuracy, found.valid) == (Accuracy(12, 20), Accuracy(15, 20))
    assert found.by("length") == {2: Accuracy(12, 20)}


def test_what_is_counted_is_told_by_the_length_of_the_exact_answer():
    report = Report()
    by_s = Example(ROADS, ShortestPath(3, GOAL), DETOUR[1:])
    long = Example(ROADS, ShortestPath(FAR, GOAL), (Triple(5, 0, 0), *SHORTEST))
    short = Example(ROADS, ShortestPath(START, GOAL), SHORTEST)
    for example, path, denies in [
        (long, (Triple(5, 0, 0), *DETOUR), False),
        (short, SHORTEST, False),
        (short, DETOUR, False),
        (long, None, True),
        (by_s, DETOUR[1:], False),
        (short, None, False),
    ]:
        report.add(example, [Vote(path, 0.5, denies)], rows=7 + len(example.answer))
    assert report.accuracy == Accuracy(2, 6)
    assert report.valid == Accuracy(4, 6)
    assert report.by("length") == {2: Accuracy(2, 4), 3: Accuracy(0, 2)}
    assert list(report.by("length")) == [2, 3], "in order"
    assert report.by("rows") == {9: Accuracy(2, 4), 10: Accuracy(0, 2)}


def test_an_answer_that_is_no_walk_through_the_graph_is_not_valid():
    """A traversal's labels may name nodes and relations that no triple of the graph puts together."""
    report = Report()
    example = Example(ROADS, Traversal(START, (0, 0)), SHORTEST)
    for path in (SHORTEST, (Triple(0, 0, 4), Triple(4, 0, 2)), SHORTEST[:1], DETOUR):
        report.add(example, [Vote(path, 0.5)], rows=9)
    assert report.accuracy == report.valid == Accuracy(1, 4)
