"""Asking a graph held in memory, voting, and measuring accuracy, with a network that walks by rule."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
import torch

from graphdnc import memorised, reasoner
from graphdnc.datasets.random_graphs import random_graph
from graphdnc.datasets.tasks import random_traversal
from graphdnc.episodes.encoding import BLANK, CHANNELS, input_size, output_size
from graphdnc.episodes.labels import END, DigitCode
from graphdnc.errors import CapacityError, CheckpointError
from graphdnc.evaluation import Accuracy, evaluate
from graphdnc.graph import Graph, Triple
from graphdnc.memorised import Memorised, Vote, room
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.questions import Traversal
from graphdnc.reasoner import Reasoner, majority
from graphdnc.training.checkpoint import Checkpoint

CODE = DigitCode()
GRAPH = Graph.from_triples(
    [("a", "r", "b"), ("b", "r", "c"), ("c", "s", "a"), ("b", "s", "b"), ("a", "t", "c"), ("a", "t", "b")]
)
A, B, C = range(3)
R, S, T = range(3)


class State(list):
    def repeated(self, times):
        return State(self * times)


class Walker:
    """Stands in for a network: reads the labels it is shown and walks by rule.

    Episodes whose number, counted over all calls, is in ``wrong`` answer with the first triples only.
    """

    config = DNCConfig()

    def __init__(self, wrong=(), sure=20.0, first=1):
        self.wrong, self.sure, self.first = set(wrong), sure, first
        self.memorised = self.answered = 0

    def memorise(self, description, lengths, rows):
        self.memorised += 1
        assert len(description) <= rows
        labels = read_labels(description)
        return State(labels[:length, index].tolist() for index, length in enumerate(lengths.tolist()))

    def __call__(self, steps, state, active):
        labels, logits = read_labels(steps), torch.zeros(*steps.shape[:2], output_size(CODE))
        for index, triples in enumerate(state):
            begin = int(steps[:, index, -1].argmax())
            path = walk(triples, labels[:begin, index].tolist())
            if self.answered in self.wrong:
                path = path[: self.first]
            rows = np.array([*path, (END, END, END)])
            bits = torch.from_numpy(CODE.encode(rows)).reshape(len(rows), -1)
            logits[begin : begin + len(rows), index] = self.sure * bits
            self.answered += 1
        return logits, state


def read_labels(inputs):
    bits = inputs[..., :-CHANNELS].unflatten(-1, (3, CODE.width))
    return torch.where(bits.any(-1), CODE.decode(bits), BLANK)


def walk(triples, query):
    node, path = query[0][0], []
    for _, relation, _ in query:
        path.append(next(row for row in triples if row[:2] == [node, relation]))
        node = path[-1][2]
    return path


def checkpoint(network):
    return Checkpoint(network, CODE, "traversal", {}, "stand-in")


def test_an_answer_is_the_path_in_the_numbers_of_the_graph():
    answer = Reasoner(checkpoint(Walker()), GRAPH).ask(Traversal(A, (R, S, R)), votes=5)
    assert answer.path == (Triple(A, R, B), Triple(B, S, B), Triple(B, R, C))
    assert (answer.votes, answer.agreeing, answer.memorised) == (5, 5, 6)
    assert answer.confidence == pytest.approx(1, abs=1e-3)
    assert answer.seconds > 0


def test_most_votes_win_and_the_confidence_tells_of_the_others():
    network = Walker(wrong=[0, 3])
    answer = Reasoner(checkpoint(network), GRAPH).ask(Traversal(A, (R, R)), votes=5)
    assert answer.path == (Triple(A, R, B), Triple(B, R, C))
    assert answer.agreeing == 3
    assert answer.confidence == pytest.approx(3 / 5, abs=1e-3)


def test_an_answer_that_ends_at_once_is_none():
    network = Walker(wrong=[0, 1, 2], first=0)
    reasoner = Reasoner(checkpoint(network), GRAPH)
    answer = reasoner.ask(Traversal(A, (R, R)), votes=2)
    assert (answer.path, answer.confidence) == (None, 0.0)
    assert reasoner.ask(Traversal(A, (R, R)), votes=2).agreeing == 1, "the one that names a path wins"


def test_one_try_has_the_probability_that_the_network_gives_it():
    unsure = Reasoner(checkpoint(Walker(sure=3.0)), GRAPH).ask(Traversal(A, (R,)))
    digit = np.exp(3) / (np.exp(3) + 9)
    assert unsure.confidence == pytest.approx(digit ** (2 * 3 * 3), rel=1e-3)


def test_a_graph_is_memorised_once_and_asked_many_times():
    network = Walker()
    reasoner = Reasoner(checkpoint(network), GRAPH)
    for start, relations in [(A, (R,)), (B, (R, S)), (C, (S, T))]:
        reasoner.ask(Traversal(start, relations), votes=3)
    assert network.memorised == 1
    reasoner.ask(Traversal(A, (R,)), votes=3, seed=1)
    assert network.memorised == 2
    reasoner.ask(Traversal(B, (S,) * 100), votes=3, seed=1)
    assert network.memorised == 3, "more steps need more rows"


def test_of_several_answers_any_may_be_given():
    answer = Reasoner(checkpoint(Walker()), GRAPH).ask(Traversal(A, (T,)), votes=9)
    assert answer.path in [(Triple(A, T, C),), (Triple(A, T, B),)]


P, Q = (Triple(0, 0, 1),), (Triple(0, 0, 2),)


@pytest.mark.parametrize(
    ("votes", "winner"),
    [
        ([(P, 0.1), (Q, 0.9), (P, 0.1)], (P, 2, 2 / 3)),
        ([(P, 0.1), (Q, 0.9)], (Q, 1, 0.5)),
        ([(None, 0.9), (None, 0.9), (P, 0.3)], (P, 1, 1 / 3)),
        ([(P, 0.3)], (P, 1, 0.3)),
        ([(None, 0.9), (None, 0.9)], (None, 2, 0.0)),
    ],
)
def test_the_majority(votes, winner):
    path, agreeing, confidence = majority([Vote(*vote) for vote in votes])
    assert (path, agreeing) == winner[:2]
    assert confidence == pytest.approx(winner[2])


@pytest.fixture(scope="module")
def real():
    torch.manual_seed(0)
    config = DNCConfig(
        input_size=input_size(CODE),
        output_size=output_size(CODE),
        controller_size=16,
        memory_width=8,
        read_heads=2,
    )
    return checkpoint(DNC(config).eval())


def test_a_kept_memory_answers_as_a_fresh_one(real):
    kept = Reasoner(real, GRAPH)
    questions = [Traversal(A, (R, S)), Traversal(B, (R,)), Traversal(A, (R, S))]
    answers = [kept.ask(question, votes=2) for question in questions]
    fresh = [Reasoner(real, GRAPH).ask(question, votes=2) for question in questions]
    assert [(a.path, a.confidence) for a in answers] == [(a.path, a.confidence) for a in fresh]


def test_questions_asked_together_are_answered_as_one_by_one(real, monkeypatch):
    questions = [Traversal(A, (R, S)), Traversal(B, (R,)), Traversal(C, (S, R, S, T)), Traversal(B, (S,))]
    reasoner = Reasoner(real, GRAPH)
    alone = [reasoner.ask(question, votes=3) for question in questions]
    for most in (memorised.AT_ONCE, 1):
        monkeypatch.setattr(memorised, "AT_ONCE", most)
        together = reasoner.ask_all(questions, votes=3)
        assert [(a.question, a.path, a.agreeing) for a in together] == [
            (a.question, a.path, a.agreeing) for a in alone
        ]
        assert [a.confidence for a in together] == pytest.approx([a.confidence for a in alone], rel=1e-5)
    assert reasoner.ask_all([]) == []


def test_nothing_that_is_asked_changes_what_is_kept(real):
    kept = Memorised.graph(real, GRAPH, 3, 9, np.random.default_rng(0))
    before = [value.clone() for value in kept.state.memory] + [
        value.clone() for value in kept.state.controller
    ]
    for questions in ([Traversal(A, (R, S))], [Traversal(A, (R, S)), Traversal(B, (R, R, R, R))]):
        kept.ask(questions)
        after = [*kept.state.memory, *kept.state.controller]
        assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))
        assert not any(value.requires_grad for value in after)


def test_a_graph_too_large_for_dense_links_gets_sparse_ones(real, monkeypatch):
    question = Traversal(A, (R, S))
    dense = Reasoner(real, GRAPH).ask(question, votes=2)
    monkeypatch.setattr(memorised, "MOST_DENSE", 1000)
    reasoner = Reasoner(real, GRAPH)
    sparse = reasoner.ask(question, votes=2)
    assert reasoner.memorise(2, longest=2).network.config.links == "sparse"
    assert (sparse.path, sparse.agreeing) == (dense.path, dense.agreeing)
    assert real.network.config.links == "dense"
    assert room(real.network.config, 1000) > 10 * room(real.with_links("sparse").network.config, 1000)


def test_what_does_not_fit_is_refused_before_any_work(real, monkeypatch):
    monkeypatch.setattr(memorised, "MOST_KEPT", 2 * 10**6)
    many = random_graph(np.random.default_rng(0), 900, (40, 40))
    with pytest.raises(CapacityError, match="fewer votes"):
        Reasoner(real, many).ask(Traversal(0, (0,)), votes=4)
    names = Graph.from_triples((str(number), "r", "0") for number in range(1200))
    with pytest.raises(CapacityError, match="999 nodes"):
        Reasoner(real, names).ask(Traversal(0, (0,)))


@pytest.mark.parametrize("built", [False, True])
def test_an_answer_never_waits_for_a_compiler(real, monkeypatch, built):
    monkeypatch.setattr(reasoner, "load_checkpoint", lambda name: dataclasses.replace(real))
    monkeypatch.setattr(reasoner, "is_built", lambda: built)
    assert Reasoner.load(GRAPH).checkpoint.network.fast is built


def test_a_network_that_is_not_there():
    with pytest.raises(CheckpointError, match="no such network"):
        Reasoner.load(GRAPH, "no such network")


def examples(count, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        graph = random_graph(rng, int(rng.integers(5, 12)), (2, 3))
        yield random_traversal(rng, graph, int(rng.integers(1, 6)))


def test_a_network_that_walks_by_rule_is_always_right():
    told = []
    found = evaluate(checkpoint(Walker()), examples(100), votes=2, report=lambda *counts: told.append(counts))
    assert found == Accuracy(100, 100)
    assert told[-1] == (100, 100)


def test_every_wrong_episode_counts_once():
    question = Traversal(A, (R, R))
    example = next(examples(1))
    same = [type(example)(GRAPH, question, (Triple(A, R, B), Triple(B, R, C)))] * 50
    assert evaluate(checkpoint(Walker(wrong=[3, 17, 49])), same).correct == 47
    assert evaluate(checkpoint(Walker(wrong=[0, 1, 3, 6])), same, votes=3).correct == 49


def test_one_graph_is_memorised_once_for_many_questions():
    network = Walker()
    example = next(examples(1))
    found = evaluate(checkpoint(network), [example] * 100, votes=2)
    assert (found, network.memorised) == (Accuracy(100, 100), 4)
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
