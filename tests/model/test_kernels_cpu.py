"""The kernels equal the steps in torch in every value and gradient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from kernel_marks import LONG, NEEDS_KERNELS, SHORT
from kernel_networks import (
    BATCH,
    CONFIGS,
    FAITHFUL,
    close,
    compare,
    compare_described,
    filled_state,
    in_type,
    mixed,
    network_of,
    outcome,
    tensors,
)
from torch import Tensor

from graphdnc.model import interface_layout
from graphdnc.model.dnc import DNC
from graphdnc.model.kernels.cpu import bindings
from graphdnc.model.state import DNCState

SEED = 8
DEEP = "three layers with layer norm"


@NEEDS_KERNELS
@pytest.mark.parametrize("name", CONFIGS)
def test_values_and_gradients_equal_those_in_torch(name: str) -> None:
    config = CONFIGS[name]
    compare(config, filled_state(config), LONG, None)


@NEEDS_KERNELS
@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_in_episodes_of_different_length(name: str) -> None:
    """Inactive steps at the end, in the middle and at the start; one episode has none at all."""
    config = CONFIGS[name]
    active = torch.rand(LONG, BATCH) < 0.6
    active[:, 1] = False
    active[-1] = False
    compare(config, filled_state(config), LONG, active)


@NEEDS_KERNELS
@pytest.mark.parametrize("name", ["faithful", "shipped", "unlinked", "search", DEEP])
@pytest.mark.parametrize("used", ["logits", "state"])
def test_the_same_when_only_a_part_is_used(name: str, used: str) -> None:
    config = CONFIGS[name]
    compare(config, filled_state(config), LONG, None, used)


@NEEDS_KERNELS
@pytest.mark.parametrize("name", ["faithful", "shipped", "search", DEEP])
@pytest.mark.parametrize("steps", [SHORT, 2, 3, 16])
def test_the_same_in_few_steps(name: str, steps: int) -> None:
    config = CONFIGS[name]
    compare(config, filled_state(config), steps, None)


@NEEDS_KERNELS
@pytest.mark.parametrize(
    ("name", "steps"), [("faithful", 2), ("shipped", 20), ("written_rows_only", 2), ("output_skip", 2)]
)
def test_the_same_in_an_empty_memory(name: str, steps: int) -> None:
    """All rows have equal usage there. If all are written a little, rounding soon breaks the ties."""
    config = CONFIGS[name]
    compare(config, DNC(config).initial_state(BATCH), steps, None)


@NEEDS_KERNELS
@pytest.mark.parametrize(
    ("name", "rows", "described"),
    [
        ("faithful", 13, (11, 2, 7)),
        ("shipped", 13, (11, 2, 7)),
        ("all but allocate_only", 13, (11, 2, 7)),
        ("unlinked", 13, (11, 2, 7)),
        ("unlinked", 77, (40, 33, 37)),
        ("unlinked", 11, (11, 11, 11)),
        ("unlinked", 64, (64, 64, 64)),
        ("unlinked, with a write key", 20, (11, 9, 10)),
        ("output_skip", 13, (11, 2, 7)),
        ("search", 20, (11, 9, 10)),
        ("no links, as for kinship", 20, (11, 9, 10)),
        ("three layers, as shipped", 20, (11, 9, 10)),
        (DEEP, 13, (11, 2, 7)),
    ],
)
def test_a_described_graph_and_its_questions(name: str, rows: int, described: tuple[int, ...]) -> None:
    compare_described(name, rows, described, (4, 9, 1))


@NEEDS_KERNELS
@pytest.mark.parametrize("name", ["shipped", "unlinked", "search"])
def test_several_questions_about_what_was_described_once(name: str) -> None:
    network = network_of(CONFIGS[name])
    state = network.memorise(torch.randn(11, BATCH, 9), torch.tensor([11, 5, 7]), 45)
    steps = torch.randn(6, 2 * BATCH, 9)
    with torch.no_grad():
        logits, after = network(steps, state.repeated(2))
        for half in (slice(BATCH), slice(BATCH, 2 * BATCH)):
            own, end = network(steps[:, half], state)
            torch.testing.assert_close(logits[:, half], own, rtol=1e-5, atol=1e-6)
            torch.testing.assert_close(after.memory.links[half], end.memory.links, rtol=1e-5, atol=1e-6)
        network.use_kernels = False
        torch.testing.assert_close(network(steps, state.repeated(2))[0], logits, rtol=1e-4, atol=1e-5)


@NEEDS_KERNELS
@pytest.mark.parametrize("name", ["faithful", "shipped", "search", DEEP])
def test_without_gradients_the_values_are_the_same(name: str) -> None:
    config = CONFIGS[name]
    network, inputs = network_of(config), torch.randn(LONG, BATCH, 9)
    active = torch.rand(LONG, BATCH) < 0.8
    logits, state = network(inputs, filled := filled_state(config), active)
    for mode in (torch.no_grad(), torch.inference_mode()):
        with mode:
            again, after = network(inputs, filled, active)
        assert not again.requires_grad
        assert torch.equal(again, logits)
        for part, tensor in tensors(after).items():
            assert torch.equal(tensor, tensors(state)[part]), part


@NEEDS_KERNELS
@pytest.mark.parametrize("name", ["faithful", "shipped", "search", "two layers", DEEP])
def test_steps_can_be_taken_in_one_call_or_several(name: str) -> None:
    config = CONFIGS[name]
    network, inputs = network_of(config), torch.randn(LONG, BATCH, 9)
    start = filled_state(config)
    whole, end = network(inputs, start)
    first, state = network(inputs[:10], start)
    rest, after = network(inputs[10:], state)
    torch.testing.assert_close(torch.cat([first, rest]), whole, rtol=1e-4, atol=1e-5)
    for part, tensor in tensors(end).items():
        torch.testing.assert_close(tensors(after)[part], tensor, rtol=1e-4, atol=1e-5)


@NEEDS_KERNELS
@pytest.mark.parametrize("name", ["faithful", "shipped", DEEP])
@pytest.mark.parametrize("steps", [1, 2])
def test_a_single_episode_is_one_of_several(name: str, steps: int) -> None:
    """With one step, the products that sum gradients have a depth of 1."""
    config = CONFIGS[name]
    network, inputs, state = network_of(config), torch.randn(steps, BATCH, 9), filled_state(config)
    parameters, found = list(network.parameters()), []
    for first, end in ((0, BATCH), (0, 1), (1, 2), (2, 3)):
        logits, _ = network(inputs[:, first:end], state.part(first, end))
        found.append(torch.autograd.grad(logits.square().sum(), parameters))
    for whole, *alone in zip(*found, strict=True):
        torch.testing.assert_close(whole, torch.stack(alone).sum(0), rtol=1e-4, atol=1e-5)


@NEEDS_KERNELS
def test_the_backward_pass_can_run_twice() -> None:
    network, inputs = network_of(FAITHFUL), torch.randn(LONG, BATCH, 9)
    loss = mixed(network(inputs, filled_state(FAITHFUL))[0])
    parameters = list(network.parameters())
    first = torch.autograd.grad(loss, parameters, retain_graph=True)
    for gradient, again in zip(first, torch.autograd.grad(loss, parameters), strict=True):
        assert torch.equal(gradient, again)


@NEEDS_KERNELS
@pytest.mark.parametrize("name", ["faithful", "shipped", "unlinked", "three layers, as shipped", DEEP])
def test_threads_change_the_speed_only(name: str) -> None:
    config = CONFIGS[name]
    network, inputs, state = network_of(config), torch.randn(LONG, BATCH, 9), filled_state(config)
    expected = outcome(network, inputs, in_type(state, torch.float32), None, "all")
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        found = outcome(network, inputs, in_type(state, torch.float32), None, "all")
    finally:
        torch.set_num_threads(threads)
    for parts, others in zip(found, expected, strict=True):
        for part, tensor in parts.items():
            assert torch.equal(tensor, others[part]), part


@NEEDS_KERNELS
@pytest.mark.parametrize("name", ["faithful", "shipped", "unlinked", DEEP])
@pytest.mark.parametrize("threads", [1, 2])
def test_chunks_of_episodes_change_nothing(name: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    config = CONFIGS[name]
    network, inputs, state = network_of(config), torch.randn(LONG, BATCH, 9), filled_state(config)
    active = torch.rand(LONG, BATCH) < 0.8
    expected = outcome(network, inputs, in_type(state, torch.float32), active, "all")
    monkeypatch.setattr(bindings, "_shares", lambda batch, numbers, most: (2, threads))
    found = outcome(network, inputs, in_type(state, torch.float32), active, "all")
    for parts, others in zip(found, expected, strict=True):
        for part, tensor in parts.items():
            assert torch.equal(tensor, others[part]), part


@NEEDS_KERNELS
@pytest.mark.parametrize("name", ["faithful", "shipped", "unlinked", "search", DEEP])
def test_inactive_steps_leave_the_state_exactly_and_give_zeros(name: str) -> None:
    config = CONFIGS[name]
    network, state = network_of(config), filled_state(config)
    inputs = (100 * torch.randn(5, BATCH, 9)).requires_grad_()
    active = torch.tensor([[False, True, False]]).expand(5, BATCH)
    logits, after = network(inputs, state, active)
    assert (logits[:, [0, 2]] == 0).all()
    for part, tensor in tensors(state).items():
        new, axis = tensors(after)[part], 1 if part in {"hidden", "cell"} else 0
        for index in (0, 2):
            assert torch.equal(new.select(axis, index), tensor.select(axis, index)), part
        assert not torch.equal(new.select(axis, 1), tensor.select(axis, 1)), part
    gradient = torch.autograd.grad(mixed(logits, *tensors(after).values()), inputs)[0]
    assert (gradient[:, [0, 2]] == 0).all()
    assert (gradient[:, 1] != 0).any()


def all_finite(network: DNC, inputs: Tensor, state: DNCState) -> None:
    values, gradients = outcome(network, inputs, state, None, "all")
    for name, tensor in {**values, **gradients}.items():
        assert tensor.isfinite().all(), name


@NEEDS_KERNELS
@pytest.mark.parametrize("name", CONFIGS)
def test_no_nan_on_zero_memory(name: str) -> None:
    config = CONFIGS[name]
    network = network_of(config)
    empty = in_type(network.initial_state(BATCH), torch.float32)
    all_finite(network, torch.zeros(20, BATCH, 9), empty)
    with torch.no_grad():  # zero keys, zero vectors, and a memory that stays zero
        network.interface.weight.zero_()
    all_finite(network, torch.randn(20, BATCH, 9), empty)


@NEEDS_KERNELS
@pytest.mark.parametrize("name", ["shipped", "all but allocate_only", "search"])
def test_no_nan_with_saturated_gates(name: str) -> None:
    config = CONFIGS[name]
    network = network_of(config)
    state, inputs = in_type(filled_state(config), torch.float32), torch.randn(20, BATCH, 9)
    usual = network.interface.bias.detach().clone()
    biases = [torch.where(torch.rand_like(usual) < 0.5, 100.0, -100.0) for _ in range(5)]
    for place in interface_layout.slices(config).values():
        for value in (100.0, -100.0):
            biases.append(usual.clone())
            biases[-1][place] = value
    for bias in biases:
        with torch.no_grad():
            network.interface.bias.copy_(bias)
        all_finite(network, inputs, state)


@NEEDS_KERNELS
def test_no_nan_with_saturated_gates_without_a_bias() -> None:
    network = network_of(FAITHFUL)
    with torch.no_grad():
        network.interface.weight *= 300
    all_finite(network, torch.randn(20, BATCH, 9), in_type(filled_state(FAITHFUL), torch.float32))


@NEEDS_KERNELS
def test_gradients_go_through_the_memory_where_nothing_says_otherwise() -> None:
    """Not even with a frozen interface and a controller without reads: it may still see the controller."""
    config = CONFIGS["no links, as for kinship"]
    compare(config, filled_state(config), LONG, torch.rand(LONG, BATCH) < 0.6, change=freeze_and_deafen)


def freeze_and_deafen(network: DNC) -> None:
    network.interface.requires_grad_(False)
    with torch.no_grad():
        for layer in network.controller.layers:
            layer.input_weight[:, network.config.input_size : network.controller.input_size] = 0


@NEEDS_KERNELS
@pytest.mark.parametrize(
    "options", [{}, {"controller_layers": 3}, {"controller_layers": 2, "layer_norm": True}]
)
def test_a_memory_that_is_given_leaves_the_gradients_of_all_that_is_learned(options: dict[str, Any]) -> None:
    config = replace(CONFIGS["no links, as for kinship"], **options)
    active = torch.arange(LONG)[:, None] < torch.tensor([LONG, 20, 9])
    network = network_of(config)
    assert not network.has_fixed_memory_path()
    freeze_and_deafen(network)
    assert not network.has_fixed_memory_path()
    with torch.no_grad():
        network.interface.weight[:, : network.controller.output_size] = 0
    assert network.has_fixed_memory_path()
    found, state, inputs = [], filled_state(config), torch.randn(LONG, BATCH, config.input_size)
    for given in (False, True):
        network.freeze_memory_path = given
        logits, _ = network(inputs, state, active)
        learned = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
        gradients = torch.autograd.grad(mixed(logits), list(learned.values()))
        found.append({"logits": logits.detach(), **dict(zip(learned, gradients, strict=True))})
    for values in found:  # what the controller is not to hear is masked in training
        for name in filter(lambda name: name.endswith("input_weight"), values):
            values[name][:, config.input_size : network.controller.input_size] = 0
    close(
        found[1], {name: value.double() for name, value in found[0].items()}, "with a memory that is given,"
    )


@NEEDS_KERNELS
def test_second_gradients_are_refused_and_not_left_out() -> None:
    config = CONFIGS["faithful"]
    network, inputs = network_of(config), torch.randn(3, BATCH, config.input_size, requires_grad=True)
    logits, _ = network(inputs, filled_state(config))
    with pytest.raises(RuntimeError, match=r"no second gradients; set network\.use_kernels = False"):
        torch.autograd.grad(logits.sum(), inputs, create_graph=True)
    network.use_kernels = False
    logits, _ = network(inputs, filled_state(config))
    (gradient,) = torch.autograd.grad(logits.sum(), inputs, create_graph=True)
    gradient.pow(2).sum().backward()
