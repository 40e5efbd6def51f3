"""Moves that are sometimes the network's own, and work done ahead on another thread."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from networks import SEARCH
from stand_ins import CODE, read_labels

from graphdnc.datasets.lessons.curriculum import Lesson
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.episodes.labels import Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import BLANK, TRANSITION
from graphdnc.graph import Graph, Triple
from graphdnc.model.dnc import DNC
from graphdnc.oracle.distances import distances
from graphdnc.questions import Example, ShortestPath
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.training.dagger import roll_out
from graphdnc.training.loss import answer_loss
from graphdnc.training.tensors import encode

ALOUD, SILENT = Planning(), Planning(aloud=False, steps=2)
LESSON = Lesson("random", size=(5, 9), path=(2, 3), out_degree=(2, 3), task="shortest-path")


def rng(seed=0):
    return np.random.default_rng(seed)


def network_of(planning):
    torch.manual_seed(0)
    return DNC(replace(SEARCH, input_size=ShortestPathTask(CODE, planning).input_size, start="plain"))


def mixed(examples, planning, teacher, seed=0, network=None):
    """Return the batch laid out beforehand, and logits and the batch of what was done instead."""
    network = network or network_of(planning)
    task = ShortestPathTask(CODE, planning)
    batch = encode(examples, rng(seed), task)
    state = network.memorise(batch.description, batch.lengths, batch.rows)
    return batch, *roll_out(network, batch, state, task, teacher, rng(seed).spawn(len(examples)))


def moves_heard(batch, index):
    """Return the moves that an episode heard, in numbers; the node it starts from as a triple of its own."""
    labels = batch.labels[index]
    nodes, relations = ({int(label): n for n, label in enumerate(own)} for own in labels)
    heard = read_labels(batch.steps[batch.answering[:, index], index].numpy()).tolist()
    return [Triple(nodes.get(a, BLANK), relations[b] if a != BLANK else BLANK, nodes[c]) for a, b, c in heard]


def drawn(count, seed=0):
    generator = rng(seed)
    return [draw_example(generator, LESSON) for _ in range(count)]


@pytest.mark.parametrize("planning", [ALOUD, SILENT])
@pytest.mark.parametrize("teacher", [0.0, 0.5, 1.0])
def test_from_wherever_it_has_come_the_right_moves_are_those_of_a_shortest_way(planning, teacher):
    examples = drawn(12)
    before, logits, after = mixed(examples, planning, teacher)
    assert logits.shape[:2] == after.steps.shape[:2] == after.active.shape
    planned = len(before.steps)
    assert torch.equal(
        after.answer_mask[:planned] & ~after.answering[:planned], before.answer_mask & ~before.answering
    )
    assert not after.answering[:planned].any(), "the plan is the same, moves come after it"
    strayed = 0
    for index, (example, labels) in enumerate(zip(examples, after.labels, strict=True)):
        graph, question = example.graph, example.question
        away, heard = distances(graph, question.goal), moves_heard(after, index)
        assert heard[0] == (BLANK, BLANK, question.start)
        assert len(heard) <= 2 * len(example.answer)
        for move, following in pairwise(heard):
            assert following in graph.leaving(move.target)
        steps = after.answering[:, index].nonzero().flatten().tolist()
        for step, move in zip(steps, heard, strict=True):
            right = after.choices[step, index][after.credit[step, index]].tolist()
            expected = [t for t in graph.leaving(move.target) if away[t.target] == away[move.target] - 1]
            own = [[labels.nodes[a], labels.relations[b], labels.nodes[c]] for a, b, c in expected]
            assert sorted(right) == sorted(own)
            assert right
            assert bool(after.among[step, index].any()) == (not planning.aloud)
            assert bool(after.steps[step, index, 90 + TRANSITION]) == (step == steps[0])
        strayed += sum(away[move.target] >= away[start.target] for start, move in pairwise(heard))
    assert (strayed == 0) == (teacher == 1.0), "left alone, an untrained network strays"
    assert answer_loss(logits, after, CODE).isfinite()


@pytest.mark.parametrize("planning", [ALOUD, SILENT])
def test_a_teacher_alone_teaches_what_was_laid_out(planning):
    """On a line there is one right move only, so nothing is left to chance."""
    line = Graph(np.array([[0, 0, 1], [1, 0, 2], [2, 1, 3], [1, 1, 0], [2, 0, 1]]), 4, 2)
    answer = (Triple(0, 0, 1), Triple(1, 0, 2), Triple(2, 1, 3))
    asked = [Example(line, ShortestPath(0, 3), answer), Example(line, ShortestPath(1, 3), answer[1:])]
    network = network_of(planning)
    before, logits, after = mixed(asked, planning, 1.0, network=network)
    state = network.memorise(before.description, before.lengths, before.rows)
    expected, _ = network(before.steps, state, before.active)
    loss, expected_loss = answer_loss(logits, after, CODE), answer_loss(expected, before, CODE)
    torch.testing.assert_close(loss, expected_loss, rtol=1e-4, atol=0)
    for index in (0, 1):
        own, laid_out = after.active[:, index], before.active[:, index]
        assert torch.equal(after.steps[own, index], before.steps[laid_out, index])
        torch.testing.assert_close(logits[own, index], expected[laid_out, index], rtol=1e-3, atol=1e-3)
        assert moves_heard(after, index) == moves_heard(before, index)


def test_a_network_left_alone_takes_what_it_holds_for_best():
    examples = drawn(6, seed=3)
    _, logits, after = mixed(examples, ALOUD, 0.0)
    for index, example in enumerate(examples):
        heard, labels = moves_heard(after, index), after.labels[index]
        said = logits[after.answering[:, index], index].detach()
        shares = said.unflatten(-1, (3, 3, 10)).log_softmax(-1)
        for step, (move, following) in enumerate(pairwise(heard)):
            scores = {t: score(shares[step], t, labels) for t in example.graph.leaving(move.target)}
            assert scores[following] == max(scores.values())


def score(shares, triple, labels: Labels):
    shown = (labels.nodes[triple[0]], labels.relations[triple[1]], labels.nodes[triple[2]])
    digits = [[label // 100, label // 10 % 10, label % 10] for label in shown]
    return sum(float(shares[a, b, digits[a][b]]) for a in range(3) for b in range(3))


def test_gradients_reach_the_plan_and_the_description_through_own_moves():
    network = network_of(ALOUD)
    _, logits, after = mixed(drawn(4), ALOUD, 0.5, network=network)
    answer_loss(logits, after, CODE).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


def test_the_same_seed_moves_the_same_way():
    first, second, other = (mixed(drawn(8), ALOUD, 0.5, seed)[2] for seed in (1, 1, 2))
    assert torch.equal(first.steps, second.steps)
    assert not torch.equal(first.steps, other.steps)
