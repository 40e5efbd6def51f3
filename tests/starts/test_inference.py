"""The inference start: what an untrained network writes, reads and says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from networks import INFERENCE
from relation_episodes import ALOUD, CHAIN, CODE, LABELS, TASK, example, rng
from tensors import labels_of, read_answers, show
from torch import Tensor

from graphdnc.episodes.encoding import describe
from graphdnc.episodes.labels import END, Labels
from graphdnc.episodes.steps import BLANK, PLANNING
from graphdnc.graph import Triple
from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.model.state import DNCState
from graphdnc.questions import Relation
from graphdnc.questions.relation_table import EDGES, number_of
from graphdnc.starts.inference import FINDER, HOLDER, REMINDER, TELLER
from graphdnc.starts.initialise import initialise
from graphdnc.starts.requirements import check
from graphdnc.tasks.inference import SPARE, lay_out
from graphdnc.training.tensors import encode, stack_tensors

DESCRIBED, ASKED = 90, 91
"""The columns of a row that hold its marks."""
SEEDS = pytest.mark.parametrize("seed", range(4))


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
    steps = stack_tensors([lay_out(question, answer, labels, ALOUD)], TASK).steps
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
        ({"start": "guess"}, "start is 'guess'; it must be one of plain, search, inference"),
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
