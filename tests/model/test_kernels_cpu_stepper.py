"""One step at a time by the kernels equals all steps in one call."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from kernel_marks import LONG, NEEDS_KERNELS
from kernel_networks import (
    BATCH,
    CONFIGS,
    SHIPPED,
    filled_state,
    network_of,
    tensors,
)
from torch import Tensor

from graphdnc.model.dnc import DNC
from graphdnc.model.state import DNCState

SEED = 8
PATHS = [pytest.param(True, marks=NEEDS_KERNELS, id="fast"), pytest.param(False, id="slow")]
STEPPED = ["faithful", "shipped", "all but allocate_only", "unlinked", "unlinked, with a write key", "search"]
STEPPED += ["no links", "two layers", "three layers, as shipped", "three layers with layer norm"]


def stepped(network: DNC, inputs: Tensor, state: DNCState, active: Tensor) -> tuple[Tensor, DNCState]:
    stepper = network.stepper(state)
    logits = [stepper.step(*step) for step in zip(inputs, active, strict=True)]
    return torch.stack(logits), stepper.state


def same(found: tuple[Tensor, DNCState], expected: tuple[Tensor, DNCState]) -> None:
    torch.testing.assert_close(found[0], expected[0], rtol=1e-4, atol=1e-5)
    for part, tensor in tensors(expected[1]).items():
        torch.testing.assert_close(tensors(found[1])[part], tensor, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("fast", PATHS)
@pytest.mark.parametrize("name", STEPPED)
def test_a_stepper_does_what_forward_does(name: str, fast: bool) -> None:
    network, inputs = network_of(CONFIGS[name]), torch.randn(LONG, BATCH, 9)
    network.use_kernels = fast
    active = torch.rand(LONG, BATCH) < 0.6
    start = filled_state(CONFIGS[name])
    before = [tensor.clone() for tensor in tensors(start).values()]
    found = stepped(network, inputs, start, active)
    assert not found[0].requires_grad
    assert all(torch.equal(*pair) for pair in zip(before, tensors(start).values(), strict=True))
    with torch.no_grad():
        same(found, network(inputs, start, active))
        stepper = network.stepper(start)
        logits = torch.stack([stepper.step(step_inputs) for step_inputs in inputs])
        same((logits, stepper.state), network(inputs, start))


@pytest.mark.parametrize("fast", PATHS)
@pytest.mark.parametrize(
    "name",
    ["shipped", "unlinked", "unlinked, with a write key", "search", "no links", "three layers, as shipped"],
)
def test_a_stepper_begins_with_what_was_described(name: str, fast: bool) -> None:
    network, inputs = network_of(CONFIGS[name]), torch.randn(9, 2 * BATCH, 9)
    network.use_kernels = fast
    active = torch.arange(9)[:, None] < torch.tensor([4, 9, 1, 9, 0, 7])
    with torch.no_grad():
        state = network.memorise(torch.randn(11, BATCH, 9), torch.tensor([11, 5, 7]), 45).repeated(2)
        same(stepped(network, inputs, state, active), network(inputs, state, active))


@NEEDS_KERNELS
@pytest.mark.parametrize("rows", [70, 2100])
def test_few_links_among_many_rows(rows: int) -> None:
    """Blocks without links are skipped; with more than 2,048 rows a bit stands for more columns."""
    config = replace(SHIPPED, memory_rows=rows)
    network, inputs, state = network_of(config), torch.randn(7, BATCH, 9), filled_state(config)
    assert isinstance(state.memory.links, Tensor)
    few = torch.zeros(rows, rows)
    few[range(9, rows), range(rows - 9)] = 1
    precedence = torch.zeros(BATCH, 1, rows)
    precedence[..., rows - 5] = 0.7
    links = state.memory.links * few * (torch.rand(rows, 1) < 0.3)
    start = state._replace(memory=state.memory._replace(links=links, precedence=precedence))
    active = torch.rand(7, BATCH) < 0.8
    with torch.no_grad():
        found = stepped(network, inputs, start, active)
        network.use_kernels = False
        same(found, network(inputs, start, active))


@pytest.mark.parametrize("fast", PATHS)
@pytest.mark.parametrize("name", STEPPED)
def test_a_step_that_is_not_active_leaves_the_state_exactly(name: str, fast: bool) -> None:
    network, inputs = network_of(CONFIGS[name]), torch.randn(3, BATCH, 9)
    network.use_kernels = fast
    stepper = network.stepper(filled_state(CONFIGS[name]))
    stepper.step(inputs[0])
    before = tensors(stepper.state)
    for step_inputs in inputs[1:]:
        logits = stepper.step(100 * step_inputs, torch.tensor([False, True, False]))
        assert (logits[[0, 2]] == 0).all()
        assert (logits[1] != 0).all()
    for part, tensor in tensors(stepper.state).items():
        axis = 1 if part in {"hidden", "cell"} else 0
        for index in (0, 2):
            assert torch.equal(tensor.select(axis, index), before[part].select(axis, index)), part
        assert not torch.equal(tensor.select(axis, 1), before[part].select(axis, 1)), part


@NEEDS_KERNELS
def test_steppers_are_apart_in_and_out_of_inference_mode() -> None:
    network, inputs = network_of(SHIPPED), torch.randn(6, BATCH, 9)
    everyone = torch.ones(6, BATCH, dtype=torch.bool)
    with torch.inference_mode():
        start = network.memorise(torch.randn(11, BATCH, 9), torch.tensor([11, 5, 7]), 45)
        first = network.stepper(start)
        expected = network(inputs, start)[0]
    second, logits = network.stepper(start), []
    for step_inputs in inputs:
        logits.append(first.step(step_inputs))
        with torch.inference_mode():
            again = second.step(step_inputs.clone())
        assert torch.equal(again, logits[-1])
    torch.testing.assert_close(torch.stack(logits), expected, rtol=1e-4, atol=1e-5)
    same(stepped(network, inputs, start, everyone), (expected, first.state))
