"""Nothing becomes NaN: zeros, saturated gates, a hundred thousand steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from kernel_networks import mixed, tensors
from lively import CONFIGS, every_gradient, lively
from networks import FAITHFUL
from torch import Tensor

from graphdnc.model import interface_layout
from graphdnc.model.dnc import DNC


def run_and_check(network: DNC, triples: Tensor, steps: Tensor) -> None:
    lengths = torch.tensor([len(triples), 1])
    outputs, state = network(steps, network.memorise(triples, lengths, len(triples)))
    assert outputs.isfinite().all()
    for part, tensor in tensors(state).items():
        assert tensor.isfinite().all(), part
    inputs = [tensor for tensor in (triples, steps) if tensor.requires_grad]
    for parameter, gradient in every_gradient(
        network, mixed(outputs, *tensors(state).values()), *inputs
    ).items():
        assert gradient.isfinite().all(), parameter


@pytest.mark.parametrize("name", CONFIGS)
def test_no_nan_on_zero_memory_and_zero_input(name: str) -> None:
    for network in (DNC(CONFIGS[name]), lively(CONFIGS[name])):
        zeros = torch.zeros(4, 2, 9).requires_grad_()
        run_and_check(network, zeros, zeros)
        with torch.no_grad():  # zero keys, zero vectors, and a memory that stays zero
            network.interface.weight.zero_()
        run_and_check(network, zeros, torch.randn(5, 2, 9).requires_grad_())


@pytest.mark.parametrize("name", ["all", "allocating", "blind", "two_writers", "unlinked", "without_links"])
def test_no_nan_with_saturated_gates(name: str) -> None:
    network = lively(CONFIGS[name])
    triples, steps = torch.randn(4, 2, 9).requires_grad_(), torch.randn(6, 2, 9).requires_grad_()
    places = interface_layout.slices(network.config)
    usual = network.interface.bias.detach().clone()
    biases = [torch.full_like(usual, value) for value in (100.0, -100.0)]
    for place in places.values():
        for value in (100.0, -100.0):
            biases.append(usual.clone())
            biases[-1][place] = value
    for _ in range(10):
        biases.append(torch.where(torch.rand_like(usual) < 0.5, 100.0, -100.0))
    for bias in biases:
        with torch.no_grad():
            network.interface.bias.copy_(bias)
        run_and_check(network, triples, steps)


@pytest.mark.parametrize(("writers", "links"), [(1, "dense"), (2, "dense"), (1, "off")])
def test_no_nan_with_saturated_gates_without_a_bias(writers: int, links: str) -> None:
    network = lively(replace(FAITHFUL, write_heads=writers, links=links))  # type: ignore[arg-type]
    with torch.no_grad():
        network.interface.weight *= 300
    run_and_check(network, torch.randn(4, 2, 9).requires_grad_(), torch.randn(6, 2, 9).requires_grad_())


def test_no_nan_after_100_000_steps() -> None:
    """One endless episode of the paper's network: inputs from faint to so loud that all gates saturate.

    The kernels, where they can be used, and torch take turns.
    """
    config = replace(FAITHFUL, input_size=3, controller_size=4, controller_layers=1, memory_width=3)
    network = lively(replace(config, read_heads=1, memory_rows=5), 1.0)
    with torch.inference_mode():
        state = network.initial_state(1)
        for thousand in range(100):
            inputs = torch.randn(1000, 1, 3) * 10 ** (3 * torch.rand(1000, 1, 1) - 1)
            network.use_kernels = thousand % 20 > 0
            output, state = network(inputs, state)
            assert output.isfinite().all()
            for part, tensor in tensors(state).items():
                assert tensor.isfinite().all(), part
    memory = state.memory
    assert memory.links is not None
    assert memory.precedence is not None
    for weights in (memory.write_weights, memory.read_weights, memory.precedence, memory.links):
        assert weights.min() > -1e-5
        assert weights.sum(-1).max() < 1 + 1e-5
    assert memory.links.sum(-2).max() < 1 + 1e-5
    assert memory.usage.min() > -1e-5
    assert memory.usage.max() < 1 + 1e-5


@pytest.mark.parametrize("name", ["all", "two_writers", "allocating"])
def test_no_nan_after_many_steps_with_options(name: str) -> None:
    network = lively(replace(CONFIGS[name], memory_rows=5), 1.0)
    with torch.no_grad():  # a skip from reads to write vectors is linear: it must not amplify what it reads
        network.interface.weight[:, -15:] *= 0.1
    with torch.inference_mode():
        inputs = torch.randn(1500, 1, 9) * 10 ** (3 * torch.rand(1500, 1, 1) - 1)
        outputs, state = network(inputs, network.initial_state(1))
    assert outputs.isfinite().all()
    for part, tensor in tensors(state).items():
        assert tensor.isfinite().all(), part
