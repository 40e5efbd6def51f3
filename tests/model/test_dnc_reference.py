"""The network equals the plain reference in float64: outputs, states and the gradient of every parameter.

Every axis has another size, so that a swapped one cannot pass. Memories start filled at random, where no two
rows are used equally, and empty, where they all are.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from networks import ALL, FAITHFUL
from reference_dnc import ReferenceDNC, ReferenceState
from torch import Tensor

from graphdnc.model.access import MemoryState
from graphdnc.model.config import WHEN_FULL, DNCConfig
from graphdnc.model.controller import ControllerState
from graphdnc.model.dnc import DNC
from graphdnc.model.state import DNCState

BATCH, LENGTHS = 4, (5, 1, 4, 2)
CONFIGS = {
    "faithful": FAITHFUL,
    "interface_skip": replace(FAITHFUL, interface_skip=True),
    "output_skip": replace(FAITHFUL, output_skip=True),
    "masked_keys": replace(FAITHFUL, masked_keys=True),
    "wipe_freed_rows": replace(FAITHFUL, wipe_freed_rows=True),
    "links_off": replace(FAITHFUL, links="off"),
    "written_rows_only": replace(FAITHFUL, written_rows_only=True),
    "allocate_only": replace(FAITHFUL, allocate_only=True),
    "when_full_oldest": replace(FAITHFUL, when_full="oldest"),
    "when_full_least_read": replace(FAITHFUL, when_full="least-read"),
    "layer_norm": replace(FAITHFUL, layer_norm=True),
    "stop_usage_gradient": replace(FAITHFUL, stop_usage_gradient=True),
    "one_layer_three_write_heads": replace(FAITHFUL, controller_layers=1, write_heads=3, read_heads=2),
    "all": ALL,
    "all_two_write_heads": replace(ALL, controller_layers=1, write_heads=2),
    "all_without_links": replace(ALL, links="off"),
    "all_allocate_only": replace(ALL, allocate_only=True),
    "all_allocate_only_two_write_heads": replace(ALL, allocate_only=True, controller_layers=1, write_heads=2),
    "all_least_read_two_write_heads": replace(
        ALL, when_full="least-read", controller_layers=1, write_heads=2
    ),
}


@pytest.fixture(autouse=True)
def _one_seed() -> None:
    torch.manual_seed(20161012)


def network_of(config: DNCConfig) -> DNC:
    """A network in which every weight matters: none has a special value such as a bias of zero."""
    network = DNC(config).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.5 * torch.randn_like(parameter))
    return network


def weighting(*shape: int) -> Tensor:
    """A random weighting with a sum below 1."""
    return torch.softmax(torch.randn(*shape, dtype=torch.float64), -1) * 0.9


def filled_state(config: DNCConfig, rows: int) -> DNCState:
    """Return a state in the middle of a random episode, all of it with gradients."""
    heads, writers, width = config.read_heads, config.write_heads, config.memory_width
    shape = (config.controller_layers, BATCH, config.controller_size)
    links = weighting(BATCH, writers, rows, rows) / rows * (1 - torch.eye(rows, dtype=torch.float64))
    memory = torch.randn(BATCH, rows, width, dtype=torch.float64)
    read_weights = weighting(BATCH, heads, rows)
    linked = config.links == "dense"
    state = DNCState(
        ControllerState(torch.randn(shape).double(), torch.randn(shape).double()),
        MemoryState(
            memory=memory,
            usage=torch.rand(BATCH, rows, dtype=torch.float64),
            write_weights=weighting(BATCH, writers, rows),
            read_weights=read_weights,
            reads=read_weights @ memory,
            links=links if linked else None,
            precedence=weighting(BATCH, writers, rows) if linked else None,
            age=9 * torch.rand(BATCH, rows, dtype=torch.float64) if config.overwrites else None,
        ),
    )
    for tensor in tensors(state):
        tensor.requires_grad_()
    return state


def tensors(state: DNCState) -> list[Tensor]:
    return [tensor for tensor in (*state.controller, *state.memory) if tensor is not None]


def episode(state: DNCState, index: int) -> ReferenceState:
    """Take one episode out of a batched state."""
    memory = state.memory
    return ReferenceState(
        hidden=list(state.controller.hidden[:, index]),
        cell=list(state.controller.cell[:, index]),
        memory=memory.memory[index],
        usage=memory.usage[index],
        write_weights=list(memory.write_weights[index]),
        read_weights=list(memory.read_weights[index]),
        reads=list(memory.reads[index]),
        links=[] if memory.links is None else list(memory.links[index]),
        precedence=[] if memory.precedence is None else list(memory.precedence[index]),
        age=[] if memory.age is None else [memory.age[index]],
    )


def flat(state: ReferenceState) -> dict[str, Tensor]:
    stacked = {
        name: torch.stack(value) if isinstance(value, list) else value
        for name, value in vars(state).items()
        if not (isinstance(value, list) and not value)
    }
    return {name: value.detach() for name, value in stacked.items()}


def same(actual: object, expected: object, what: str) -> None:
    torch.testing.assert_close(
        actual, expected, rtol=1e-9, atol=1e-10, msg=lambda text: f"{what} differs\n{text}"
    )


def gradients(loss: Tensor, of: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the gradient of each tensor, zeros where the loss does not depend on it."""
    found = torch.autograd.grad(loss, list(of.values()), allow_unused=True, retain_graph=True)
    return {
        name: torch.zeros_like(tensor) if gradient is None else gradient
        for (name, tensor), gradient in zip(of.items(), found, strict=True)
    }


def summed(state: ReferenceState) -> Tensor:
    """A number that depends on every element of the state."""
    total = torch.zeros((), dtype=torch.float64)
    for value in vars(state).values():
        for tensor in value if isinstance(value, list) else [value]:
            total = total + (tensor * torch.arange(tensor.numel()).view(tensor.shape).cos()).sum()
    return total


def compare(config: DNCConfig, start: DNCState | None, rows: int, blind: int = 0) -> None:
    """Compare a batch with the reference's single episodes; the first ``blind`` steps are not read.

    On an empty memory rows are equal, and which of two equal rows is taken may hang on a rounding. Then the
    final states may differ by the order of rows, and only outputs and gradients are compared.
    """
    network = network_of(config)
    inputs = torch.randn(blind + max(LENGTHS), BATCH, config.input_size, dtype=torch.float64).requires_grad_()
    lengths = torch.tensor(LENGTHS) + blind
    active = torch.arange(len(inputs))[:, None] < lengths
    state = network.initial_state(BATCH, rows) if start is None else start
    if blind:
        _, middle = network(inputs[:blind], state, active[:blind], reading=False)
    else:
        middle = state
    outputs, after = network(inputs[blind:], middle, active[blind:])

    weights = dict(network.named_parameters())
    reference = ReferenceDNC(config, weights)
    loss, expected_loss = outputs.new_zeros(()), outputs.new_zeros(())
    for index, length in enumerate(LENGTHS):
        own = episode(state, index) if start is not None else reference.initial_state(rows)
        if blind:
            _, own = reference.run(inputs[:blind, index], own, reading=False)
        expected, own = reference.run(inputs[blind : blind + length, index], own)
        actual = outputs[:length, index]
        same(actual, expected, f"the output of episode {index}")
        mixing = torch.randn_like(expected)
        loss = loss + (actual * mixing).sum()
        expected_loss = expected_loss + (expected * mixing).sum()
        if start is not None:
            same(flat(episode(after, index)), flat(own), f"the state of episode {index}")
            loss = loss + summed(episode(after, index))
            expected_loss = expected_loss + summed(own)

    leaves = {**weights, "inputs": inputs}
    if start is not None:
        leaves |= {f"start {index}": tensor for index, tensor in enumerate(tensors(start))}
    found, expected_gradients = gradients(loss, leaves), gradients(expected_loss, leaves)
    for name, gradient in found.items():
        assert gradient.isfinite().all()
        same(gradient, expected_gradients[name], f"the gradient of {name}")
    for name in weights:
        # a layer alone at its steps cannot leave a parameter without gradient
        assert expected_gradients[name].abs().max() > 0, name


@pytest.mark.parametrize("name", CONFIGS)
def test_equals_the_reference_in_a_filled_memory(name: str) -> None:
    config = CONFIGS[name]
    compare(config, filled_state(config, config.memory_rows), config.memory_rows)


@pytest.mark.parametrize("name", CONFIGS)
def test_equals_the_reference_in_an_empty_memory(name: str) -> None:
    compare(CONFIGS[name], None, rows=8)


@pytest.mark.parametrize("name", ["faithful", "all", "all_allocate_only"])
def test_equals_the_reference_after_a_blind_description(name: str) -> None:
    config = replace(CONFIGS[name], blind_description=True)
    compare(config, filled_state(config, config.memory_rows), config.memory_rows, blind=3)
    compare(config, None, rows=8, blind=3)


def test_a_full_memory_equals_the_reference() -> None:
    """More writes than rows: allocation has nothing free left to give."""
    config = replace(FAITHFUL, memory_rows=3)
    compare(config, filled_state(config, 3), 3)
    compare(replace(config, allocate_only=True), None, 3)
    for rule in WHEN_FULL:
        compare(replace(config, allocate_only=True, when_full=rule), None, 3)


def test_the_reference_is_not_the_network() -> None:
    """The comparison can fail: another link matrix, mask or gate changes the reference's answers."""
    config = CONFIGS["output_skip"]
    network = network_of(config)
    inputs = torch.randn(4, config.input_size, dtype=torch.float64)
    weights = dict(network.named_parameters())
    outputs, _ = ReferenceDNC(config, weights).run(inputs, ReferenceDNC(config, weights).initial_state(8))
    for name, weight in weights.items():
        changed = weights | {name: weight + 0.01}
        reference = ReferenceDNC(config, changed)
        others, _ = reference.run(inputs, reference.initial_state(8))
        assert not torch.allclose(outputs, others, rtol=1e-9), name
