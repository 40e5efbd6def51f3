"""Relations in time, and the inference start: what an untrained network writes, finds, holds and tells.

The network is told each time what a perfect one says; which edges a relation stands for and when they end is
to be learned, and is not asked of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from networks import INFERENCE
from tensors import labels_of, read_answers, show
from torch import Tensor

from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.questions.inference import followable, random_relation, relation_from
from graphdnc.episodes.encoding import describe
from graphdnc.episodes.labels import END, DigitCode, Labels, draw_labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION
from graphdnc.graph import Graph, Triple
from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.model.state import DNCState
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Example, Relation
from graphdnc.questions.relation_table import EDGES, LENGTHS, SEQUENCES, number_of
from graphdnc.starts.inference import FINDER, HOLDER, REMINDER, TELLER
from graphdnc.starts.initialise import initialise
from graphdnc.starts.requirements import check
from graphdnc.tasks.inference import BUDGET, SPARE, InferenceTask, as_heard, lay_out, query
from graphdnc.training.tensors import encode, stack_tensors

CODE = DigitCode(known_relations=True)
TASK = InferenceTask(CODE, Planning())
DESCRIBED, ASKED = 90, 91
"""The columns of a row that hold its marks."""
#   0 -0-> 1 -4-> 2 -2-> 3, and an edge that leads astray
CHAIN = Graph(np.array([[0, 0, 1], [1, 4, 2], [2, 2, 3], [1, 0, 3]]), 4, EDGES)
LABELS = Labels(np.array([11, 22, 33, 44]), np.arange(EDGES))
SEEDS = pytest.mark.parametrize("seed", range(4))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def example(seed: int, length: int = 0) -> Example:
    """A relation of 2 to 5 edges in a small random graph."""
    drawing = rng(seed)
    while True:
        graph = random_graph(drawing, 6, (2, 4), EDGES)
        try:
            return random_relation(drawing, graph, length or 2 + seed % 4)
        except ValueError:
            continue


# --- the layout in time -----------------------------------------------------------------------------------


def test_an_episode_by_hand() -> None:
    """Edge 0 has the label of END; it is heard all the same."""
    question = Relation(0, number_of((0, 4, 2)))
    answer = (Triple(0, 0, 1), Triple(1, 4, 2), Triple(2, 2, 3))
    asked = EDGES + question.relation
    steps = lay_out(question, answer, LABELS)
    table = [
        #  heard          transition, answer wanted, planning    may be said
        ((11, asked, -1), (1, 0, 0), []),
        ((-1, -1, 11), (1, 0, 1), [[11, 0, 0]]),
        ((11, 0, -1), (0, 0, 1), [[11, 0, 22]]),
        ((11, 0, 22), (0, 0, 1), [[22, 4, 0]]),
        ((22, 4, -1), (0, 0, 1), [[22, 4, 33]]),
        ((22, 4, 33), (0, 0, 1), [[33, 2, 0]]),
        ((33, 2, -1), (0, 0, 1), [[33, 2, 44]]),
        ((33, 2, 44), (0, 0, 1), [[0, 0, 0]]),
        ((-1, -1, -1), (1, 1, 0), [[11, asked, 44]]),
    ]
    assert (TRANSITION, ANSWER_WANTED, PLANNING) == (0, 1, 2)
    assert len(steps) == len(table)
    for index, (shown, channels, right) in enumerate(table):
        assert tuple(steps.shown[index].tolist()) == shown, index
        assert tuple(steps.channels[index].tolist()) == channels, index
        assert steps.choices[index][steps.credit[index]].tolist() == right, index
    assert not steps.among.any(), "anything may be said, only this is right"


def test_what_is_said_is_heard_but_for_ends() -> None:
    said = np.array([[11, 0, END], [11, 0, 22], [11, 7, END], [END, END, END], [END, 3, 22]])
    assert as_heard(said).tolist() == [[11, 0, -1], [11, 0, 22], [11, 7, -1], [-1, 0, -1], [-1, 3, 22]]
    assert said[0, 2] == END, "what was said stays what it is"


def test_the_budget_is_that_of_the_longest_relation() -> None:
    assert LENGTHS[1] == 5
    assert BUDGET == 11
    ring = Graph(np.array([(node, edge, (node + 1) % 3) for node in range(3) for edge in range(10)]), 3, 10)
    for length in range(2, 6):
        start, relation = followable(ring, length)[0].tolist()
        asked = relation_from(ring, start, relation)
        steps = lay_out(asked.question, asked.answer, LABELS)  # type: ignore[arg-type]
        assert steps.channels[:, PLANNING].sum() == 2 * length + 1 <= BUDGET
        assert len(steps) == 2 * length + 3


@given(st.integers(0, 10**6), st.integers(2, 5))
def test_statements_follow_the_answer(seed: int, length: int) -> None:
    asked = example(seed, length)
    question, answer = asked.question, asked.answer
    assert isinstance(question, Relation)
    labels = draw_labels(rng(seed), asked.graph, CODE)
    steps = lay_out(question, answer, labels)
    assert is_answer(asked.graph, question, answer)
    planned = np.flatnonzero(steps.channels[:, PLANNING])
    assert planned.tolist() == list(range(1, len(steps) - 1))
    said = np.stack([steps.choices[index][steps.credit[index]][0] for index in planned])
    for before, after in pairwise(planned.tolist()):
        assert as_heard(said[before - 1 : before])[0].tolist() == steps.shown[after].tolist()
    names = {int(label): node for node, label in enumerate(labels.nodes)}
    found = [Triple(names[a], edge, names[c]) for a, edge, c in said[1:-1:2].tolist()]
    assert tuple(found) == answer
    assert tuple(said[:-1:2, 1].tolist()) == SEQUENCES[question.relation]
    assert (said[:-1:2, 2] == END).all()
    assert said[-1].tolist() == [END] * 3
    assert steps.credit.sum(1).tolist() == [0] + [1] * (len(steps) - 1)
    told = steps.choices[-1][steps.credit[-1]][0].tolist()
    assert told == [*steps.shown[0].tolist()[:2], labels.nodes[answer[-1].target]]


# --- encoded ----------------------------------------------------------------------------------------------


def test_known_relations_keep_their_labels_and_nodes_do_not() -> None:
    drawn = [draw_labels(rng(seed), CHAIN, CODE) for seed in range(20)]
    assert all(own.relations.tolist() == list(range(EDGES)) for own in drawn)
    assert len({tuple(own.nodes.tolist()) for own in drawn}) == 20
    assert all(END not in own.nodes for own in drawn)
    others = {tuple(draw_labels(rng(seed), CHAIN, DigitCode()).relations.tolist()) for seed in range(20)}
    assert len(others) == 20
    assert not DigitCode().known_relations


def test_a_batch_is_laid_out_with_a_few_spare_rows() -> None:
    examples = [example(seed) for seed in range(6)]
    batch = encode(examples, rng(), TASK)
    assert TASK.input_size == batch.steps.shape[-1] == batch.description.shape[-1] == 93
    assert batch.spare == SPARE == TASK.spare_rows(examples[0].question, 1000)
    assert batch.rows == max(len(each.graph) for each in examples) + SPARE
    assert batch.active.sum(0).tolist() == [2 * len(each.answer) + 3 for each in examples]
    assert batch.answer_mask.sum(0).tolist() == [2 * len(each.answer) + 2 for each in examples]
    assert batch.answering.sum(0).tolist() == [1] * 6
    assert all(own.relations.tolist() == list(range(EDGES)) for own in batch.labels)
    relations = labels_of(batch.steps[0, :, 30:60], CODE)
    assert relations.tolist() == [EDGES + each.question.relation for each in examples]  # type: ignore[union-attr]


def test_an_edge_from_a_node_to_itself_is_described() -> None:
    """A relation may have to walk it, unlike a shortest path."""
    loops = Graph(np.array([[0, 0, 0], [0, 4, 1], [1, 2, 0]]), 2, EDGES)
    assert len(TASK.encode_graphs([loops], rng()).inputs) == 3


# --- the start --------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """What is heard, wanted and said at one step, and the memory before and after it."""

    heard: list[int]
    right: list[int] | None
    said: list[int]
    before: Tensor  # [N, W]
    memory: Tensor  # [N, W]
    weights: Tensor  # [R, N]
    reads: Tensor  # [R, W]


def network_of(seed: int = 0, config: DNCConfig = INFERENCE) -> DNC:
    torch.manual_seed(seed)
    return initialise(DNC(config)).eval()


def taught(seed: int, config: DNCConfig = INFERENCE) -> tuple[Tensor, list[Step]]:
    """Tell an untrained network the steps of one episode, and watch; return the description too."""
    network, batch = network_of(seed, config), encode([example(seed)], rng(seed), TASK)
    with torch.no_grad():
        state = network.memorise(batch.description, batch.lengths, batch.rows)
        steps = []
        for index, inputs in enumerate(batch.steps):
            before = state.memory.memory[0]
            logits, state = network.step(inputs, state)
            right = batch.choices[index, 0][batch.credit[index, 0]].tolist()
            steps.append(watched(inputs[0], right[0] if right else None, logits[0], before, state))
    return batch.description[:, 0], steps


def watched(inputs: Tensor, right: list[int] | None, logits: Tensor, before: Tensor, state: DNCState) -> Step:
    bits = inputs[:90].view(3, 30)
    return Step(
        heard=labels_of(bits, CODE).tolist(),
        right=right,
        said=read_answers(logits, CODE).tolist(),
        before=before,
        memory=state.memory.memory[0],
        weights=state.memory.read_weights[0],
        reads=state.memory.reads[0],
    )


def triples_of(rows: Tensor) -> list[Any]:
    return read_answers(rows[..., :90], CODE).tolist()


def asks(step: Step) -> bool:
    """Tell whether an edge was asked for, with nothing found yet."""
    return step.heard[0] != BLANK and step.heard[2] == BLANK


@SEEDS
def test_triples_and_the_query_are_written_and_marked_and_nothing_else_is(seed: int) -> None:
    description, steps = taught(seed)
    count, before = len(description), steps[0].before
    close = {"rtol": 0, "atol": 1e-4}
    torch.testing.assert_close(before[:count, :90], description[:, :90], **close)
    torch.testing.assert_close(before[:count, DESCRIBED], torch.ones(count), **close)
    assert (before[:count, ASKED:].abs() < 1e-4).all()
    assert (before[count:] == 0).all()
    after = steps[0].memory
    assert torch.equal(after[:count], before[:count])
    bits = CODE.encode(np.array(steps[0].heard)).flatten()
    torch.testing.assert_close(after[count, :90], torch.from_numpy(bits), **close)
    torch.testing.assert_close(after[count, [DESCRIBED, ASKED]], torch.tensor([0.0, 1.0]), **close)
    for step in steps[1:]:
        assert (step.memory - step.before).abs().max() < 1e-4


@SEEDS
def test_the_finder_reads_the_edge_asked_for_and_else_nothing(seed: int) -> None:
    description, steps = taught(seed)
    described, finds = triples_of(description), 0
    for step in steps[1:]:
        if asks(step):
            finds += 1
            assert step.right is not None
            assert step.weights[FINDER, described.index(step.right)] > 0.99
            assert triples_of(step.reads[FINDER]) == step.right
        else:
            assert step.reads[FINDER].abs().max() < 0.01, step.heard
    assert finds == 2 + seed % 4


@SEEDS
def test_where_no_such_edge_leaves_the_node_nothing_is_found(seed: int) -> None:
    """The node has other edges, and the edge other nodes."""
    asked = example(seed)
    network, batch = network_of(seed), encode([asked], rng(seed), TASK)
    nodes, checked = batch.labels[0].nodes, 0
    channels = np.zeros((1, 3), np.float32)
    channels[0, PLANNING] = 1
    with torch.no_grad():
        state = network.memorise(batch.description, batch.lengths, batch.rows)
        _, state = network(batch.steps[:2], state)
        for node in range(asked.graph.nodes):
            there = {triple.relation: triple.target for triple in asked.graph.leaving(node)}
            for edge in range(EDGES):
                inputs = show(np.array([[nodes[node], edge, BLANK]]), channels, CODE)
                logits, after = network.step(inputs, state)
                read = after.memory.reads[0, FINDER]
                if edge in there:
                    wanted = [nodes[node], edge, nodes[there[edge]]]
                    assert triples_of(read) == read_answers(logits[0], CODE).tolist() == wanted
                else:
                    assert read.abs().max() < 0.01
                    checked += 1
    assert checked > 20


@SEEDS
def test_the_holder_holds_where_the_path_has_led(seed: int) -> None:
    _, steps = taught(seed)
    last = None
    for step in steps[2:]:
        if BLANK not in step.heard:
            last = step.heard[2]
        if last is not None:
            assert triples_of(step.reads[HOLDER])[2] == last
            assert step.weights[HOLDER, step.before[:, DESCRIBED] > 0.5].sum() > 0.9
    assert steps[-1].right is not None
    assert last == steps[-1].right[2]


@SEEDS
def test_the_reminder_reads_the_query_at_every_step(seed: int) -> None:
    description, steps = taught(seed)
    for step in steps:
        assert step.weights[REMINDER, len(description)] > 0.99
        assert triples_of(step.reads[REMINDER])[:2] == steps[0].heard[:2]


@SEEDS
def test_the_teller_reads_the_query_when_an_answer_is_wanted_and_nothing_before(seed: int) -> None:
    description, steps = taught(seed)
    for step in steps[:-1]:
        assert step.reads[TELLER].abs().max() < 0.01
    assert steps[-1].weights[TELLER, len(description)] > 0.99
    assert triples_of(steps[-1].reads[TELLER])[:2] == steps[0].heard[:2]


@pytest.mark.parametrize(
    "options",
    [{}, {"links": "off"}, {"links": "sparse"}, {"blind_description": False}],
)
@pytest.mark.parametrize("seed", range(8))
def test_all_but_the_edges_is_said(seed: int, options: dict[str, Any]) -> None:
    """Finds, the node to go on from, that nothing is found yet, and the whole answer."""
    _, steps = taught(seed, replace(INFERENCE, **options))
    assert steps[-1].said == steps[-1].right
    for step in steps[1:-1]:
        assert step.right is not None
        if asks(step):
            assert step.said == step.right
        elif step.right != [END] * 3:
            assert (step.said[0], step.said[2]) == (step.right[0], END)


def controlled(labels: Labels) -> tuple[list[Tensor], list[Tensor]]:
    """Return the controller's hidden and cell values after the description and after every step."""
    network, question = network_of(), Relation(0, number_of((0, 4, 2)))
    answer = (Triple(0, 0, 1), Triple(1, 4, 2), Triple(2, 2, 3))
    described = describe(CHAIN, labels, rng())
    inputs = show(described[:, None], np.zeros((len(described), 1, 3), np.float32), CODE)
    steps = stack_tensors([lay_out(question, answer, labels)], TASK).steps
    with torch.no_grad():
        state = network.memorise(inputs, torch.tensor([len(described)]), len(described) + SPARE)
        hidden, cell = [state.controller.hidden], [state.controller.cell]
        for shown in steps:
            _, state = network.step(shown, state)
            hidden.append(state.controller.hidden)
            cell.append(state.controller.cell)
    return hidden, cell


def test_the_controller_is_deaf_to_the_labels_of_nodes() -> None:
    other = Labels(np.array([905, 317, 58, 640]), LABELS.relations)
    for one, two in zip(controlled(LABELS), controlled(other), strict=True):
        assert len(one) == 10
        for before, after in zip(one, two, strict=True):
            torch.testing.assert_close(before, after, rtol=0, atol=1e-4)


def test_the_edge_that_is_said_does_not_hang_on_the_labels_of_nodes() -> None:
    """What else the output sees of them is quiet: what is heard on purpose counts 3 and more."""
    network = network_of()
    asked, said = example(3), []
    for seed in range(4):
        batch = encode([asked], rng(seed), TASK)
        with torch.no_grad():
            state = network.memorise(batch.description, batch.lengths, batch.rows)
            logits = network(batch.steps, state)[0][:, 0]
        asking = [1, *range(3, len(logits) - 1, 2)]
        said.append(logits[asking, 30:60])
    for other in said[1:]:
        assert (other - said[0]).abs().max() < 0.1


def test_the_controllers_gates_are_shut_while_a_graph_is_described() -> None:
    hidden, cell = controlled(LABELS)
    assert hidden[0].abs().max() < 1e-3
    assert cell[0].abs().max() < 0.1
    assert all(each.abs().max() > 0.1 for each in hidden[1:-1])


def test_all_else_in_the_interface_is_silent() -> None:
    """The controller says nothing to it, and no part that has no place in the start is anything but 0."""
    network = network_of()
    assert (network.interface.weight[:, : INFERENCE.controller_size] == 0).all()
    places = interface_layout.slices(INFERENCE)
    assert (network.interface.weight[places["read_modes"]] == 0).all()
    assert (network.interface.weight[places["read_masks"]] == 0).all()


def test_what_must_be_learned_can_be() -> None:
    network, batch = network_of(), encode([example(1)], rng(1), TASK)
    network.use_kernels = False
    logits, _ = network(batch.steps, network.memorise(batch.description, batch.lengths, batch.rows))
    names, parameters = zip(*network.named_parameters(), strict=True)
    for name, gradient in zip(names, torch.autograd.grad(logits.sum(), parameters), strict=True):
        assert gradient.isfinite().all(), name
        assert gradient.abs().max() > 0, name


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"interface_skip": False}, "the inference start needs interface_skip = true"),
        ({"output_skip": False}, "the inference start needs output_skip = true"),
        ({"masked_keys": False}, "the inference start needs masked_keys = true"),
        (
            {"read_heads": 3},
            "the inference start needs four read heads, one write head",
        ),
        (
            {"write_heads": 2},
            "the inference start needs four read heads, one write head",
        ),
        ({"memory_width": 91}, "memory_width is 91; the inference start stores a whole triple in a row, 92"),
        ({"input_size": 92}, "input_size is 92; the inference start needs the 90 numbers of a triple and 3"),
        ({"output_size": 80}, "output_size is 80; the inference start needs three labels"),
        ({"start": "guess"}, "start is 'guess'; it must be one of plain, aligned, search, inference"),
    ],
)
def test_a_network_that_lacks_what_the_start_needs_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        check(replace(INFERENCE, **options))
    assert "\n" not in str(error.value)


def test_labels_of_other_than_decimal_digits_are_refused() -> None:
    with pytest.raises(ValueError, match="decimal digits"):
        initialise(DNC(replace(INFERENCE, output_size=9)))


def test_the_start_needs_to_write_to_the_allocated_row_alone() -> None:
    with pytest.raises(ValueError, match="allocate_only"):
        check(replace(INFERENCE, allocate_only=False))


def test_the_query_is_that_of_the_table() -> None:
    questions: Sequence[tuple[int, int]] = [(0, 0), (3, 399)]
    asked = [query(Relation(*each), LABELS) for each in questions]
    assert asked == [[11, 10, BLANK], [44, 409, BLANK]]
