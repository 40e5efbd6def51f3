"""Traversals in time: the layout of the paper, padding, fresh labels."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from tensors import answer_labels
from walk_episodes import CODE, GRAPH, LABELS, LONG, SHORT, TASK, rng, shown, targets

from graphdnc.episodes.encoding import (
    CHANNELS,
    describe,
    output_size,
)
from graphdnc.episodes.labels import END, DigitCode
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, TRANSITION, in_labels
from graphdnc.graph import Graph
from graphdnc.questions import Traversal
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.tasks.traversal import TraversalTask, encode_questions, lay_out
from graphdnc.training.tensors import Batch, encode


def test_the_papers_sizes() -> None:
    assert (TASK.input_size, output_size(CODE)) == (92, 90)
    silent, aloud = (ShortestPathTask(CODE, Planning(aloud=aloud)) for aloud in (False, True))
    assert silent.input_size == 92
    assert aloud.input_size == 93, "one channel more says that it is planning"
    assert (CODE.width, CODE.capacity, CHANNELS) == (30, 1000, 2)


def test_the_layout_is_that_of_the_table() -> None:
    batch = encode([LONG], rng(), TASK)
    nodes, relations = (own.tolist() for own in batch.labels[0])
    triples = [[nodes[s], relations[r], nodes[t]] for s, r, t in GRAPH]
    first, second, third = ([nodes[s], relations[r], nodes[t]] for s, r, t in LONG.answer)

    described, channels = shown(batch.description[:, 0])
    assert sorted(described) == sorted(triples)
    assert channels == [[0, 0]] * 5
    assert batch.lengths.tolist() == [5]

    seen, channels = shown(batch.steps[:, 0])
    assert seen == [
        [nodes[0], relations[0], BLANK],
        [BLANK, relations[1], BLANK],
        [BLANK, relations[0], BLANK],
        [BLANK, BLANK, BLANK],
        [BLANK, BLANK, BLANK],
        [BLANK, BLANK, BLANK],
        [BLANK, BLANK, BLANK],
    ]
    #                   transition, answer wanted
    assert channels == [[1, 0], [0, 0], [0, 0], [1, 1], [0, 1], [0, 1], [0, 1]]
    assert (TRANSITION, ANSWER_WANTED) == (0, 1)
    assert batch.answer_mask[:, 0].tolist() == [False, False, False, True, True, True, True]
    assert targets(batch)[3:, 0].tolist() == [first, second, third, [END, END, END]]
    assert torch.equal(batch.answering, batch.answer_mask), "nothing is planned"
    assert batch.active[:, 0].all()
    assert (batch.spare, batch.rows) == (7, 12)


def test_shapes_and_types() -> None:
    batch = encode([LONG, SHORT, SHORT], rng(), TASK)
    assert batch.description.shape == (5, 3, 92)
    assert batch.steps.shape == (7, 3, 92)
    assert batch.choices.shape == (7, 3, 1, 3)
    assert batch.credit.shape == batch.among.shape == (7, 3, 1)
    assert batch.active.shape == batch.answer_mask.shape == batch.answering.shape == (7, 3)
    assert batch.lengths.shape == (3,)
    assert batch.description.dtype == batch.steps.dtype == torch.float32
    assert batch.choices.dtype == batch.lengths.dtype == torch.int64
    flags = (batch.active, batch.answer_mask, batch.answering, batch.credit, batch.among)
    assert {tensor.dtype for tensor in flags} == {torch.bool}


def test_a_shorter_episode_is_padded_with_blanks() -> None:
    batch = encode([SHORT, LONG], rng(), TASK)
    assert batch.lengths.tolist() == [4, 5]
    assert (batch.description[4:, 0] == 0).all()
    assert (batch.description[:4, 0].sum(-1) == 9).all()
    assert batch.active[:, 0].tolist() == [True] * 3 + [False] * 4
    assert batch.active[:, 1].all()
    assert (batch.steps[3:, 0] == 0).all()
    assert batch.answer_mask[:, 0].tolist() == [False, True, True] + [False] * 4
    assert not (batch.answer_mask & ~batch.active).any()


def test_few_triples_are_shown_beside_others_that_mean_nothing() -> None:
    for seed in range(20):
        batch = encode([SHORT], rng(seed), TASK)
        (labels,) = batch.labels
        rows, flags = shown(batch.description[:, 0])
        assert not any(map(any, flags))
        own = in_labels(SHORT.graph.triples, labels)
        others = [row for row in rows if row not in own]
        assert len(rows) == 4
        assert len(others) == 2
        nodes = [row[place] for row in others for place in (0, 2)]
        assert len({*nodes, *labels.nodes.tolist()}) == 2 + 4, "labels of their own"
        assert END not in nodes
        assert len({*(row[1] for row in others), *labels.relations.tolist()}) == 1 + 2
    planned = ShortestPathTask(CODE, Planning()).encode_graphs([SHORT.graph], rng())
    assert planned.lengths.tolist() == [2], "a search would find them"
    full = Graph(np.array([[0, 0, 1]]), 9, 1)
    assert TraversalTask(DigitCode(1)).encode_graphs([full], rng()).lengths.tolist() == [1], (
        "no labels are left"
    )


def test_an_episode_is_the_same_alone_and_in_a_batch() -> None:
    alone, batched = encode([SHORT], rng(3), TASK), encode([SHORT, LONG], rng(3), TASK)
    # labels are drawn for the whole batch first, so the first episode's are the same
    assert np.array_equal(alone.labels[0].nodes, batched.labels[0].nodes)
    assert torch.equal(alone.steps[:, 0], batched.steps[:3, 0])
    assert torch.equal(targets(alone)[:, 0], targets(batched)[:3, 0])
    assert torch.equal(alone.credit[:, 0], batched.credit[:3, 0])


def test_labels_and_order_are_fresh_each_time_but_follow_the_seed() -> None:
    generator = rng(1)
    first, second = encode([LONG], generator, TASK), encode([LONG], generator, TASK)
    again = encode([LONG], rng(1), TASK)
    assert torch.equal(first.description, again.description)
    assert torch.equal(first.steps, again.steps)
    assert not torch.equal(first.description, second.description)
    assert not np.array_equal(first.labels[0].nodes, second.labels[0].nodes)
    orders = {tuple(describe(GRAPH, LABELS, generator)[:, 0]) for _ in range(50)}
    assert len(orders) > 10, "triples come in a random order"


def test_query_and_answer_by_hand() -> None:
    assert isinstance(LONG.question, Traversal)
    steps = lay_out(LONG.question, LONG.answer, LABELS)
    nothing = [-1, -1, -1]
    assert steps.shown.tolist() == [[500, 0, -1], [-1, 123, -1], [-1, 0, -1], *[nothing] * 4]
    answer = [[500, 0, 7], [7, 123, 90], [90, 0, 999], [0, 0, 0]]
    assert steps.choices[3:, 0].tolist() == answer == answer_labels(LONG.answer, LABELS).tolist()
    assert steps.credit[:, 0].tolist() == [False] * 3 + [True] * 4
    assert not steps.among.any()
    assert sorted(describe(GRAPH, LABELS, rng()).tolist()) == [
        [7, 123, 90],
        [90, 0, 999],
        [500, 0, 7],
        [500, 123, 90],
        [999, 123, 500],
    ]


def test_an_answer_that_is_too_short_or_missing_is_laid_out_as_ends() -> None:
    """Without an answer to compare with, only where answers are wanted matters."""
    question = Traversal(0, (0, 1))
    for answer in (None, (), LONG.answer[:1]):
        steps = lay_out(question, answer, LABELS)
        said = [[500, 0, 7]] if answer else []
        assert steps.choices[2:, 0].tolist() == said + [[END] * 3] * (3 - len(said))
    asked = encode_questions([question, LONG.question], [LABELS, LABELS], CODE)  # type: ignore[list-item]
    assert asked.active.sum(0).tolist() == [5, 7]
    assert asked.answering.sum(0).tolist() == [3, 4]
    assert shown(torch.from_numpy(asked.steps[:, 1]))[0][:3] == [[500, 0, -1], [-1, 123, -1], [-1, 0, -1]]
    assert asked.steps.shape == (7, 2, 92)


def test_a_batch_moves_to_another_device() -> None:
    batch = encode([LONG], rng(), TASK)
    moved = batch.to(torch.device("meta"))
    for field in dataclasses.fields(Batch):
        if field.name not in ("labels", "spare", "examples"):
            assert getattr(moved, field.name).is_meta, field.name
            assert getattr(moved, field.name).shape == getattr(batch, field.name).shape
    assert moved.labels is batch.labels
    assert (moved.spare, moved.rows) == (batch.spare, batch.rows)
    assert moved.examples == batch.examples == (LONG,)
