"""Episodes: traversals in time, the label codes, what counts as right, and answers read back.

Shortest paths in time are in ``tests/tasks/test_shortest_path.py``. The graph has four nodes 0 to 3 and two
relations 0 and 1: 0 -0-> 1 -1-> 2 -0-> 3 -1-> 0, and 0 -1-> 2.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tensors import read_answers
from torch import Tensor

from graphdnc.episodes import encoding
from graphdnc.episodes.encoding import (
    CHANNELS,
    decode,
    describe,
    output_size,
)
from graphdnc.episodes.labels import END, DigitCode, Labels, draw_labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, TRANSITION, StepsWriter, answer_labels, in_labels
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, Traversal
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.tasks.traversal import TraversalTask, encode_questions, lay_out
from graphdnc.training.loss import answer_loss, log_probabilities, said_right, whole_answers_right
from graphdnc.training.tensors import Batch, encode

CODE = DigitCode()
TASK = TraversalTask(CODE)
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


def targets(batch: Batch) -> Tensor:
    """Return the one right triple ``[S, B, 3]`` of each step of a traversal."""
    assert batch.choices.shape[2] == 1
    assert not batch.among.any()
    return batch.choices[..., 0, :]


def perfect_logits(batch: Batch) -> Tensor:
    """Return the logits of a network that is sure and right."""
    bits = CODE.encode(targets(batch).numpy())
    return torch.from_numpy(bits).flatten(2) * 20


# --- the layout in time -----------------------------------------------------------------------------------


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


# --- steps, one by one ------------------------------------------------------------------------------------


def test_steps_are_written_one_by_one() -> None:
    writer = StepsWriter()
    writer.add([1, 2, 3], [], transition=True)
    writer.add([4, BLANK, 5], [[6, 7, 8], [9, 9, 9]], planning=True)
    writer.add([0, 0, 0], [[1, 1, 1]], [[2, 2, 2], [3, 3, 3]], answering=True, transition=True)
    writer.add([0, 0, 0], [[1, 1, 1]], [], answering=True)
    steps = writer.steps()
    assert len(steps) == 4
    assert steps.shown.tolist() == [[1, 2, 3], [4, -1, 5], [0, 0, 0], [0, 0, 0]]
    #                          transition, answer wanted, planning
    assert steps.channels.tolist() == [[1, 0, 0], [0, 0, 1], [1, 1, 0], [0, 1, 0]]
    assert steps.choices.shape == (4, 3, 3)
    assert steps.choices[1, :2].tolist() == [[6, 7, 8], [9, 9, 9]]
    assert steps.choices[2].tolist() == [[1, 1, 1], [2, 2, 2], [3, 3, 3]]
    first, none = [True, False, False], [False] * 3
    assert steps.credit.tolist() == [none, [True, True, False], first, first]
    assert steps.among.tolist() == [none, none, [True] * 3, first]
    assert (steps.channels.dtype, steps.shown.dtype) == (np.float32, np.int64)


def test_no_steps_are_none() -> None:
    steps = StepsWriter().steps()
    assert len(steps) == 0
    assert steps.shown.shape == steps.channels.shape == (0, 3)


def test_numbers_become_labels_and_blanks_stay() -> None:
    assert in_labels([(0, 1, 3), (BLANK, 0, BLANK), (2, BLANK, 1)], LABELS) == [
        [500, 123, 999],
        [BLANK, 0, BLANK],
        [90, BLANK, 7],
    ]
    assert in_labels([], LABELS) == []
    assert in_labels(GRAPH.triples[:1], LABELS) == [[500, 0, 7]]


# --- label codes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_every_label_comes_back(digits: int) -> None:
    code = DigitCode(digits)
    labels = np.arange(code.capacity).reshape(2, -1)
    bits = code.encode(labels)
    assert bits.shape == (*labels.shape, 10 * digits)
    assert (bits.reshape(*labels.shape, digits, 10).sum(-1) == 1).all()
    assert np.array_equal(code.decode(bits), labels)


def test_a_label_by_hand() -> None:
    bits = CODE.encode(np.array(407))
    assert np.flatnonzero(bits).tolist() == [4, 10, 27]


def test_the_blank_label_is_all_zeros() -> None:
    bits = CODE.encode(np.array([BLANK, 999, BLANK]))
    assert (bits[[0, 2]] == 0).all()
    assert np.flatnonzero(bits[1]).tolist() == [9, 19, 29]


def test_the_probability_of_a_label_is_that_of_its_digits_together() -> None:
    logits = rng().normal(size=(2, 4, 30)).astype(np.float32)
    found = CODE.log_probabilities(logits, np.array([[407, 0, 999, 12], [1, 10, 100, 555]]))
    assert found.shape == (2, 4)
    probabilities = torch.from_numpy(logits[0, 0]).view(3, 10).softmax(-1)
    expected = probabilities[0, 4].log() + probabilities[1, 0].log() + probabilities[2, 7].log()
    assert float(found[0, 0]) == pytest.approx(float(expected), rel=1e-5)
    nothing = CODE.log_probabilities(np.zeros((1, 30), np.float32), np.array([5]))
    assert nothing.tolist() == pytest.approx([-3 * np.log(10)])
    large = np.zeros(30, np.float32)
    large[[4, 10, 27]] = 1e4
    assert float(CODE.log_probabilities(large, np.array(407))) == 0, "nothing overflows"
    whole = np.exp(CODE.log_probabilities(logits[0, 0], np.arange(1000))).sum()
    assert float(whole) == pytest.approx(1, rel=1e-4)


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
        encode([example], rng(), TASK)
    encode([example], rng(), TraversalTask(DigitCode(4)))


# --- answers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [(), LONG.answer[:1], LONG.answer])
def test_an_answer_comes_back_as_its_path(path: tuple[Triple, ...]) -> None:
    answer = answer_labels(path, LABELS)
    assert decode(answer, LABELS) == path
    padded = np.concatenate([answer, np.array([[500, 0, 7], [0, 0, 0]])])
    assert decode(padded, LABELS) == path, "what follows the end does not count"


def changed(answer: NDArray[np.int64], row: int, column: int, label: int) -> NDArray[np.int64]:
    other = answer.copy()
    other[row, column] = label
    return other


def test_a_wrong_answer_is_another_path_or_none() -> None:
    answer = answer_labels(LONG.answer, LABELS)
    wrong = decode(changed(answer, 1, 2, 500), LABELS)
    assert wrong == (Triple(0, 0, 1), Triple(1, 1, 0), Triple(2, 0, 3))
    for column, label in ((0, 501), (1, 500), (2, 1), (2, 0)):
        assert decode(changed(answer, 1, column, label), LABELS) is None, "a label that names nothing"
    assert decode(answer[:-1], LABELS) is None, "an answer without an end"
    assert decode(changed(answer, 3, 2, 7), LABELS) is None, "half an end"


def test_relation_zero_is_not_an_end() -> None:
    """A relation may have the label 0; only three ENDs end an answer."""
    assert LABELS.relations[0] == END
    assert decode(answer_labels(LONG.answer, LABELS), LABELS) == LONG.answer


def test_reading_answers_from_logits() -> None:
    batch = encode([LONG, SHORT], rng(), TASK)
    answers = read_answers(perfect_logits(batch), CODE)
    assert torch.equal(answers, targets(batch))
    for index, example in enumerate((LONG, SHORT)):
        own = answers[batch.answer_mask[:, index], index].numpy()
        assert decode(own, batch.labels[index]) == example.answer


def test_whole_answers_right_can_fail() -> None:
    """One digit of one label of one step is enough, and only where an answer is wanted."""
    batch = encode([LONG, SHORT], rng(), TASK)
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
                    expected[index] = not bool(batch.answer_mask[step, index])
                    assert whole_answers_right(wrong, batch, CODE).tolist() == expected


def test_the_loss_counts_wanted_steps_only() -> None:
    batch = encode([LONG, SHORT], rng(), TASK)
    torch.manual_seed(2)
    logits = torch.randn(7, 2, 90)
    loss = answer_loss(logits, batch, CODE)
    noise = torch.where(batch.answer_mask[..., None], logits, 50 * torch.randn(7, 2, 90))
    torch.testing.assert_close(answer_loss(noise, batch, CODE), loss)
    one_by_one = [
        -log_probabilities(logits[step, index], targets(batch)[step, index][None], CODE)[0]
        for step, index in batch.answer_mask.nonzero().tolist()
    ]
    torch.testing.assert_close(loss, torch.stack(one_by_one).mean())
    assert answer_loss(perfect_logits(batch), batch, CODE) < 1e-6
    uniform = answer_loss(torch.zeros(7, 2, 90), batch, CODE)
    torch.testing.assert_close(uniform, torch.tensor(9 * np.log(10)).float())


# --- several right choices --------------------------------------------------------------------------------

ONE = DigitCode(1)


def choosing(choices: list[list[list[int]]], right: list[list[bool]], among: list[list[bool]]) -> Batch:
    """Return a batch of one episode, its steps with these choices, each a triple of one-digit labels."""
    steps, nothing = len(choices), torch.zeros(0)
    return Batch(
        description=nothing,
        lengths=nothing,
        steps=torch.zeros(steps, 1, 30),
        active=torch.ones(steps, 1, dtype=torch.bool),
        choices=torch.tensor(choices).unsqueeze(1),
        credit=torch.tensor(right).unsqueeze(1),
        among=torch.tensor(among).unsqueeze(1),
        answering=torch.ones(steps, 1, dtype=torch.bool),
        spare=0,
        labels=(),
        examples=(),
    )


def test_the_probability_of_a_triple_is_that_of_its_labels_together() -> None:
    torch.manual_seed(3)
    logits = torch.randn(2, 4, 30)
    triples = torch.randint(10, (2, 4, 5, 3))
    found = log_probabilities(logits, triples, ONE)
    assert found.shape == (2, 4, 5)
    answering = encoding.log_probabilities(logits.numpy(), triples.numpy(), ONE)
    torch.testing.assert_close(torch.from_numpy(answering), found)
    shares = logits.unflatten(-1, (3, 10)).softmax(-1)
    for place in np.ndindex(2, 4, 5):
        labels = triples[place].tolist()
        by_hand = np.prod([float(shares[place[:2]][column, label]) for column, label in enumerate(labels)])
        assert float(found[place]) == pytest.approx(np.log(by_hand), rel=1e-5)
    everything = torch.cartesian_prod(*[torch.arange(10)] * 3)
    whole = log_probabilities(logits[0, 0], everything, ONE).exp().sum()
    torch.testing.assert_close(whole, torch.tensor(1.0))


def logits_of(weights: dict[int, float]) -> Tensor:
    """Return logits ``[1, 1, 30]`` under which the source has these odds, and relation and target are 1."""
    logits = torch.zeros(3, 10)
    logits[0] = -40
    for label, weight in weights.items():
        logits[0, label] = float(np.log(weight))
    logits[1:, 1] = 40
    return logits.view(1, 1, 30)


def test_any_right_choice_will_do() -> None:
    """Of 8 parts, 1 and 2 say what is right: the loss is -log of 3 eighths, however they are shared out."""
    triples = [[[2, 1, 1], [3, 1, 1], [4, 1, 1]]]
    batch = choosing(triples, [[True, True, False]], [[False] * 3])
    for weights in ({2: 1, 3: 2, 4: 4, 5: 1}, {2: 3, 3: 1e-9, 4: 1e-9, 5: 5}):
        loss = answer_loss(logits_of(weights), batch, ONE)
        assert float(loss) == pytest.approx(-np.log(3 / 8), abs=1e-4)


def test_where_the_choice_is_closed_the_rest_does_not_count() -> None:
    """Of 3 + 4 parts that may be said, 3 are right; the 9 parts elsewhere, and any scale, change nothing."""
    triples = [[[2, 1, 1], [3, 1, 1], [4, 1, 1], [9, 1, 1]]]
    batch = choosing(triples, [[True, True, False, False]], [[True, True, True, False]])
    for weights in ({2: 1, 3: 2, 4: 4, 5: 9}, {2: 1, 3: 2, 4: 4, 9: 99}, {2: 0.1, 3: 0.2, 4: 0.4, 5: 1}):
        loss = answer_loss(logits_of(weights), batch, ONE)
        assert float(loss) == pytest.approx(-np.log(3 / 7), abs=1e-4)
    sure = choosing(triples, [[True] * 3 + [False]], [[True] * 3 + [False]])
    assert float(answer_loss(logits_of({5: 1.0}), sure, ONE)) == pytest.approx(0, abs=1e-5)


def test_the_loss_is_the_mean_over_steps_of_every_kind() -> None:
    triples = [[[2, 1, 1], [3, 1, 1]]] * 4
    right = [[True, True], [True, False], [False, False], [True, False]]
    among = [[False, False], [True, True], [True, True], [False, False]]
    batch = choosing(triples, right, among)
    logits = logits_of({2: 1, 3: 2, 4: 5}).expand(4, 1, 30)
    assert batch.answer_mask[:, 0].tolist() == [True, True, False, True]
    expected = -(np.log(3 / 8) + np.log(1 / 3) + np.log(1 / 8)) / 3
    assert float(answer_loss(logits, batch, ONE)) == pytest.approx(expected, abs=1e-4)


def test_what_is_said_is_right_where_a_right_choice_is_best_of_those_allowed() -> None:
    triples = [[[2, 1, 1], [3, 1, 1], [4, 1, 1]]] * 2
    right, among = [[True, True, False]] * 2, [[False] * 3, [True] * 3]
    free_and_closed = {
        (2, 1, 1): (True, True),
        (3, 1, 1): (True, True),
        (4, 1, 1): (False, False),
        # not a choice: wrong where anything may be said, no hindrance where it may not
        (7, 1, 1): (False, True),
    }
    for said, expected in free_and_closed.items():
        batch = choosing(triples, right, among)
        logits = torch.from_numpy(ONE.encode(np.array(said))).view(1, 1, 30) * 20
        logits = logits.repeat(2, 1, 1)
        logits[:, 0, 3] += 1  # of what is allowed, the second choice is the next best
        assert tuple(said_right(logits, batch, ONE)[:, 0].tolist()) == expected
        assert whole_answers_right(logits, batch, ONE).tolist() == [all(expected)]


def test_steps_at_which_nothing_is_wanted_are_never_wrong() -> None:
    nothing = choosing([[[2, 1, 1]], [[2, 1, 1]]], [[False], [True]], [[False], [True]])
    logits = torch.randn(2, 1, 30)
    assert whole_answers_right(logits, nothing, ONE).tolist() == [True], "there is no other choice"


@pytest.mark.parametrize("scale", [0.0, 1.0, 1e4])
def test_the_gradient_is_finite_however_sure_the_network_is(scale: float) -> None:
    torch.manual_seed(4)
    triples = torch.randint(10, (6, 4, 3)).tolist()
    right = [[True, False, False, False], [True, True, False, False], [False] * 4] * 2
    among = [[False] * 4] * 3 + [[True] * 4, [True, True, False, False], [True] * 4]
    batch = choosing(triples, right, among)
    logits = (scale * torch.randn(6, 1, 30)).requires_grad_()
    loss = answer_loss(logits, batch, ONE)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert loss.isfinite()
    assert gradient.isfinite().all()
    assert (gradient[[2, 5]] == 0).all(), "nothing is wanted there"
    assert loss >= -1e-6


def test_the_gradient_is_that_of_small_differences() -> None:
    torch.manual_seed(5)
    batch = choosing(
        torch.randint(10, (2, 3, 3)).tolist(), [[True, True, False]] * 2, [[False] * 3, [True] * 3]
    )
    logits = torch.randn(2, 1, 30, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda given: answer_loss(given, batch, ONE), (logits,))
