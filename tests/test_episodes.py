"""Episodes: their layout in time, the label codes, and answers read back.

The graph has four nodes 0 to 3 and two relations 0 and 1: 0 -0-> 1 -1-> 2 -0-> 3 -1-> 0, and 0 -1-> 2.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from graphdnc.episodes.encoding import (
    ANSWER_WANTED,
    BLANK,
    CHANNELS,
    TRANSITION,
    Batch,
    answer_loss,
    answer_steps,
    decode,
    describe,
    encode,
    input_size,
    output_size,
    query_steps,
    read_answers,
    whole_answers_right,
)
from graphdnc.episodes.labels import END, DigitCode, Labels, draw_labels
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, Traversal

CODE = DigitCode()
GRAPH = Graph(np.array([[0, 0, 1], [1, 1, 2], [2, 0, 3], [3, 1, 0], [0, 1, 2]], np.int32), 4, 2)
LONG = Example(GRAPH, Traversal(0, (0, 1, 0)), (Triple(0, 0, 1), Triple(1, 1, 2), Triple(2, 0, 3)))
SHORT = Example(
    Graph(np.array([[0, 0, 1], [1, 0, 0]], np.int32), 2, 1), Traversal(1, (0,)), (Triple(1, 0, 0),)
)
LABELS = Labels(np.array([500, 7, 90, 999]), np.array([0, 123]))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def shown(inputs: Tensor) -> tuple[list[list[int]], list[list[int]]]:
    """Read steps ``[S, input]`` back: the labels seen, -1 for a blank, and the two channels."""
    bits = inputs[:, : 3 * CODE.width].unflatten(-1, (3, 3, 10))
    ones = bits.sum(-1)
    assert ((ones == 1).all(-1) | (ones == 0).all(-1)).all(), "one digit a place, or a blank"
    assert set(bits.unique().tolist()) <= {0.0, 1.0}
    digits = bits.argmax(-1)
    labels = digits[..., 0] * 100 + digits[..., 1] * 10 + digits[..., 2]
    blank = (ones == 0).all(-1)
    return torch.where(blank, BLANK, labels).tolist(), inputs[:, 3 * CODE.width :].int().tolist()


def perfect_logits(batch: Batch) -> Tensor:
    """Return the logits of a network that is sure and right."""
    bits = CODE.encode(batch.targets.numpy())
    return torch.from_numpy(bits).flatten(2) * 20


# --- the layout in time -----------------------------------------------------------------------------------


def test_the_papers_sizes() -> None:
    assert (input_size(CODE), output_size(CODE)) == (92, 90)
    assert (CODE.width, CODE.capacity, CHANNELS) == (30, 1000, 2)


def test_the_layout_is_that_of_the_table() -> None:
    batch = encode([LONG], rng(), CODE)
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
    assert batch.wanted[:, 0].tolist() == [False, False, False, True, True, True, True]
    assert batch.targets[3:, 0].tolist() == [first, second, third, [END, END, END]]
    assert batch.active[:, 0].all()


def test_shapes_and_types() -> None:
    batch = encode([LONG, SHORT, SHORT], rng(), CODE)
    assert batch.description.shape == (5, 3, 92)
    assert batch.steps.shape == (7, 3, 92)
    assert batch.targets.shape == (7, 3, 3)
    assert batch.active.shape == batch.wanted.shape == (7, 3)
    assert batch.lengths.shape == (3,)
    assert batch.description.dtype == batch.steps.dtype == torch.float32
    assert batch.targets.dtype == batch.lengths.dtype == torch.int64
    assert batch.active.dtype == batch.wanted.dtype == torch.bool


def test_a_shorter_episode_is_padded_with_blanks() -> None:
    batch = encode([SHORT, LONG], rng(), CODE)
    assert batch.lengths.tolist() == [2, 5]
    assert (batch.description[2:, 0] == 0).all()
    assert (batch.description[:2, 0].sum(-1) == 9).all()
    assert batch.active[:, 0].tolist() == [True] * 3 + [False] * 4
    assert batch.active[:, 1].all()
    assert (batch.steps[3:, 0] == 0).all()
    assert batch.wanted[:, 0].tolist() == [False, True, True] + [False] * 4
    assert not (batch.wanted & ~batch.active).any()


def test_an_episode_is_the_same_alone_and_in_a_batch() -> None:
    alone, batched = encode([SHORT], rng(3), CODE), encode([SHORT, LONG], rng(3), CODE)
    # labels are drawn for the whole batch first, so the first episode's are the same
    assert np.array_equal(alone.labels[0].nodes, batched.labels[0].nodes)
    assert torch.equal(alone.steps[:, 0], batched.steps[:3, 0])
    assert torch.equal(alone.targets[:, 0], batched.targets[:3, 0])


def test_labels_and_order_are_fresh_each_time_but_follow_the_seed() -> None:
    generator = rng(1)
    first, second = encode([LONG], generator, CODE), encode([LONG], generator, CODE)
    again = encode([LONG], rng(1), CODE)
    assert torch.equal(first.description, again.description)
    assert torch.equal(first.steps, again.steps)
    assert not torch.equal(first.description, second.description)
    assert not np.array_equal(first.labels[0].nodes, second.labels[0].nodes)
    orders = {tuple(describe(GRAPH, LABELS, generator)[:, 0]) for _ in range(50)}
    assert len(orders) > 10, "triples come in a random order"


def test_query_and_answer_by_hand() -> None:
    assert query_steps(LONG.question, LABELS).tolist() == [[500, 0, -1], [-1, 123, -1], [-1, 0, -1]]
    assert answer_steps(LONG.answer, LABELS).tolist() == [
        [500, 0, 7],
        [7, 123, 90],
        [90, 0, 999],
        [0, 0, 0],
    ]
    assert sorted(describe(GRAPH, LABELS, rng()).tolist()) == [
        [7, 123, 90],
        [90, 0, 999],
        [500, 0, 7],
        [500, 123, 90],
        [999, 123, 500],
    ]


def test_a_batch_moves_to_another_device() -> None:
    batch = encode([LONG], rng(), CODE)
    moved = batch.to(torch.device("meta"))
    for field in dataclasses.fields(Batch):
        if field.name != "labels":
            assert getattr(moved, field.name).is_meta, field.name
            assert getattr(moved, field.name).shape == getattr(batch, field.name).shape
    assert moved.labels is batch.labels


# --- label codes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_every_label_comes_back(digits: int) -> None:
    code = DigitCode(digits)
    labels = np.arange(code.capacity).reshape(2, -1)
    bits = code.encode(labels)
    assert bits.shape == (*labels.shape, 10 * digits)
    assert (bits.reshape(*labels.shape, digits, 10).sum(-1) == 1).all()
    assert np.array_equal(code.decode(torch.from_numpy(bits)).numpy(), labels)


def test_a_label_by_hand() -> None:
    bits = CODE.encode(np.array(407))
    assert np.flatnonzero(bits).tolist() == [4, 10, 27]


def test_the_blank_label_is_all_zeros() -> None:
    bits = CODE.encode(np.array([BLANK, 999, BLANK]))
    assert (bits[[0, 2]] == 0).all()
    assert np.flatnonzero(bits[1]).tolist() == [9, 19, 29]


def test_the_loss_is_the_summed_cross_entropy_of_the_digits() -> None:
    torch.manual_seed(1)
    logits, labels = torch.randn(2, 4, 30), torch.tensor([[407, 0, 999, 12], [1, 10, 100, 555]])
    losses = CODE.loss(logits, labels)
    assert losses.shape == (2, 4)
    probabilities = logits[0, 0].view(3, 10).softmax(-1)
    expected = -(probabilities[0, 4].log() + probabilities[1, 0].log() + probabilities[2, 7].log())
    torch.testing.assert_close(losses[0, 0], expected)
    torch.testing.assert_close(
        CODE.loss(torch.zeros(1, 30), torch.tensor([5])), torch.tensor([3 * np.log(10)]).float()
    )


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.integers(1, 999), st.integers(1, 1000))
def test_labels_are_unique_and_no_node_is_the_end(seed: int, nodes: int, relations: int) -> None:
    graph = Graph(np.empty((0, 3), np.int32), nodes, relations)
    labels = draw_labels(rng(seed), graph, CODE)
    assert labels.nodes.shape == (nodes,)
    assert labels.relations.shape == (relations,)
    assert len(set(labels.nodes.tolist())) == nodes
    assert len(set(labels.relations.tolist())) == relations
    assert labels.nodes.min() > END
    assert labels.nodes.max() <= 999
    assert labels.relations.min() >= 0
    assert labels.relations.max() <= 999


def test_all_labels_are_drawn() -> None:
    graph = Graph(np.empty((0, 3), np.int32), 999, 1000)
    labels = draw_labels(rng(), graph, CODE)
    assert sorted(labels.nodes) == list(range(1, 1000))
    assert sorted(labels.relations) == list(range(1000))
    small = Graph(np.empty((0, 3), np.int32), 1, 1)
    generator = rng()
    drawn = np.array([draw_labels(generator, small, CODE).nodes[0] for _ in range(3000)])
    assert len(set(drawn.tolist())) > 900, "labels are drawn from the whole range"
    assert abs(drawn.mean() - 500) < 25


@pytest.mark.parametrize(("nodes", "relations"), [(1000, 1), (5, 1001), (2000, 2000)])
def test_more_names_than_labels_are_refused(nodes: int, relations: int) -> None:
    triples = np.array([[0, 0, 1]], np.int32)
    example = Example(Graph(triples, nodes, relations), Traversal(0, (0,)), (Triple(0, 0, 1),))
    with pytest.raises(
        CapacityError, match=f"{nodes:,} nodes and {relations:,} relations.*at most 999 nodes and 1,000"
    ):
        encode([example], rng(), CODE)
    encode([example], rng(), DigitCode(4))


# --- answers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [(), LONG.answer[:1], LONG.answer])
def test_an_answer_comes_back_as_its_path(path: tuple[Triple, ...]) -> None:
    answer = answer_steps(path, LABELS) if path else np.zeros((1, 3), np.int64)
    assert decode(answer, LABELS) == path
    padded = np.concatenate([answer, np.array([[500, 0, 7], [0, 0, 0]])])
    assert decode(padded, LABELS) == path, "what follows the end does not count"


def changed(answer: NDArray[np.int64], row: int, column: int, label: int) -> NDArray[np.int64]:
    other = answer.copy()
    other[row, column] = label
    return other


def test_a_wrong_answer_is_another_path_or_none() -> None:
    answer = answer_steps(LONG.answer, LABELS)
    wrong = decode(changed(answer, 1, 2, 500), LABELS)
    assert wrong == (Triple(0, 0, 1), Triple(1, 1, 0), Triple(2, 0, 3))
    for column, label in ((0, 501), (1, 500), (2, 1), (2, 0)):
        assert decode(changed(answer, 1, column, label), LABELS) is None, "a label that names nothing"
    assert decode(answer[:-1], LABELS) is None, "an answer without an end"
    assert decode(changed(answer, 3, 2, 7), LABELS) is None, "half an end"


def test_relation_zero_is_not_an_end() -> None:
    """A relation may have the label 0; only three ENDs end an answer."""
    assert LABELS.relations[0] == END
    assert decode(answer_steps(LONG.answer, LABELS), LABELS) == LONG.answer


def test_reading_answers_from_logits() -> None:
    batch = encode([LONG, SHORT], rng(), CODE)
    answers = read_answers(perfect_logits(batch), CODE)
    assert torch.equal(answers, batch.targets)
    for index, example in enumerate((LONG, SHORT)):
        own = answers[batch.wanted[:, index], index].numpy()
        assert decode(own, batch.labels[index]) == example.answer


def test_whole_answers_right_can_fail() -> None:
    """One digit of one label of one step is enough, and only where an answer is wanted."""
    batch = encode([LONG, SHORT], rng(), CODE)
    logits = perfect_logits(batch)
    assert whole_answers_right(logits, batch, CODE).tolist() == [True, True]
    for index in (0, 1):
        for step in range(len(logits)):
            for label in range(3):
                for digit in range(3):
                    wrong = logits.clone()
                    place = wrong[step, index].view(3, 3, 10)[label, digit]
                    place.copy_(place.roll(1))
                    expected = [True, True]
                    expected[index] = not bool(batch.wanted[step, index])
                    assert whole_answers_right(wrong, batch, CODE).tolist() == expected


def test_the_loss_counts_wanted_steps_only() -> None:
    batch = encode([LONG, SHORT], rng(), CODE)
    torch.manual_seed(2)
    logits = torch.randn(7, 2, 90)
    loss = answer_loss(logits, batch, CODE)
    noise = torch.where(batch.wanted[..., None], logits, 50 * torch.randn(7, 2, 90))
    torch.testing.assert_close(answer_loss(noise, batch, CODE), loss)
    one_by_one = [
        CODE.loss(logits[step, index].view(3, 30), batch.targets[step, index]).sum()
        for step, index in batch.wanted.nonzero().tolist()
    ]
    torch.testing.assert_close(loss, torch.stack(one_by_one).mean())
    assert answer_loss(perfect_logits(batch), batch, CODE) < 1e-6
    uniform = answer_loss(torch.zeros(7, 2, 90), batch, CODE)
    torch.testing.assert_close(uniform, torch.tensor(9 * np.log(10)).float())
