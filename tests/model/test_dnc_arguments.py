"""What a call of the network may be given: episodes first, packed, masked; and states of other networks."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import pytest
import torch
from lively import CONFIGS, every_gradient, lively
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC

SMALL = DNCConfig(9, 3, controller_size=8, memory_rows=6, memory_width=4, read_heads=2)
SPARSE = replace(SMALL, links="sparse", links_kept=3)
LENGTHS = torch.tensor([3, 5, 1, 5])
ACTIVE = torch.arange(5)[:, None] < LENGTHS


@pytest.fixture(params=[True, False], ids=["kernels", "torch"])
def network(request):
    network = DNC(SMALL)
    network.use_kernels = request.param
    return network


def turned(network):
    """Return the same network with the episodes first."""
    other = DNC(network.config, batch_first=True)
    other.load_state_dict(network.state_dict())
    other.use_kernels = network.use_kernels
    return other


def equal(one, other):
    pairs = zip(tree_leaves(one), tree_leaves(other), strict=True)
    return all(value is found or torch.equal(value, found) for value, found in pairs)


def test_episodes_may_come_first(network):
    inputs = torch.randn(5, 4, 9)
    logits, state = network(inputs, None, ACTIVE)
    first, after = turned(network)(inputs.transpose(0, 1), None, ACTIVE.T)
    assert torch.equal(first, logits.transpose(0, 1))
    assert equal(after, state)
    assert torch.equal(
        turned(network)(inputs.transpose(0, 1), state)[0].transpose(0, 1), network(inputs, state)[0]
    )


@pytest.mark.parametrize("blind", [True, False])
def test_descriptions_may_have_the_episodes_first(blind):
    network = lively(replace(CONFIGS["blind"], blind_description=blind))
    inputs = torch.randn(5, 4, 9)
    one = network.memorise(inputs, LENGTHS, 7)
    assert equal(turned(network).memorise(inputs.transpose(0, 1), LENGTHS, 7), one)


def test_with_episodes_first_the_messages_say_so():
    network = DNC(SMALL, batch_first=True)
    with pytest.raises(ValueError, match=r"it must be \[batch, steps, 9\]"):
        network(torch.zeros(5, 9))
    with pytest.raises(ValueError, match=r"active is bool \[5, 4\]; it must be bool \[4, 5\]"):
        network(torch.zeros(4, 5, 9), None, ACTIVE)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_a_packed_sequence_is_answered_packed(network, ordered, first):
    lengths = LENGTHS.sort(descending=True).values if ordered else LENGTHS
    inputs = torch.randn(5, 4, 9)
    packed = pack_padded_sequence(inputs, lengths, enforce_sorted=ordered)
    said, after = (turned(network) if first else network)(packed)
    logits, state = network(inputs, None, torch.arange(5)[:, None] < lengths)
    assert torch.equal(said.batch_sizes, packed.batch_sizes)
    assert (said.sorted_indices is None) == ordered
    padded, found = pad_packed_sequence(said)
    assert torch.equal(padded, logits)
    assert torch.equal(found, lengths)
    assert equal(after, state)


def test_a_packed_sequence_has_gradients_and_no_mask():
    network, episodes = DNC(SMALL), [torch.randn(n, 9, requires_grad=True) for n in (4, 2)]
    network(pack_sequence(episodes))[0].data.sum().backward()
    assert all(own.grad.abs().sum(-1).gt(0).all() for own in episodes)
    with pytest.raises(ValueError, match="leave active out"):
        network(pack_sequence(episodes), None, torch.ones(4, 2, dtype=torch.bool))


@pytest.mark.parametrize("config", [SMALL, SPARSE, *CONFIGS.values()], ids=["small", "sparse", *CONFIGS])
@pytest.mark.parametrize("nothing", [float("nan"), float("inf")])
def test_what_is_masked_may_be_nan(config, nothing):
    network = lively(config)
    inputs = torch.randn(5, 4, 9)
    spoiled = torch.where(ACTIVE.unsqueeze(-1), inputs, nothing).requires_grad_()
    for fast in (True, False):
        network.use_kernels = fast
        logits, state = network(spoiled, None, ACTIVE)
        clean, own = network(inputs, None, ACTIVE)
        assert torch.equal(logits, clean)
        assert equal(state, own)
        for part, gradient in every_gradient(network, logits.square().sum(), spoiled).items():
            assert gradient.isfinite().all(), part
        told = network.memorise(spoiled, LENGTHS, 12)
        assert equal(told, network.memorise(inputs, LENGTHS, 12))
        for part, gradient in every_gradient(network, told.memory.memory.square().sum(), spoiled).items():
            assert gradient.isfinite().all(), part


def test_single_steps_are_masked_too(network):
    inputs, active = torch.randn(4, 9), torch.tensor([True, False, True, True])
    spoiled = torch.where(active.unsqueeze(-1), inputs, torch.nan)
    steppers = [network.stepper(network.initial_state(4)) for _ in range(2)]
    with torch.no_grad():
        said = [one.step(shown, active) for one, shown in zip(steppers, (inputs, spoiled), strict=True)]
    assert torch.equal(*said)
    assert equal(*(one.state for one in steppers))
    assert network.step(spoiled, network.initial_state(4), active)[0].isfinite().all()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"controller_size": 16}, "units in a layer: 16, here 8"),
        ({"controller_layers": 2}, "layers of the controller: 2, here 1"),
        ({"memory_width": 5}, "numbers in a row of memory: 5, here 4"),
        ({"read_heads": 1}, "read heads: 1, here 2"),
        ({"write_heads": 2}, "write heads: 2, here 1"),
        ({"links": "off"}, "links: off, here dense"),
        ({"links": "sparse"}, "links: sparse, here dense"),
    ],
)
def test_a_state_of_another_network_is_refused(network, changes, told):
    state = DNC(replace(SMALL, **changes)).initial_state(4)
    for use in (lambda: network(torch.zeros(5, 4, 9), state), lambda: network.stepper(state)):
        with pytest.raises(ValueError, match=f"the state is of another network: {told}"):
            use()


def test_a_state_of_another_kind_type_or_place_is_refused(network):
    inputs = torch.zeros(5, 4, 9)
    with pytest.raises(ValueError, match="the state is a tuple; it must be a DNCState"):
        network(inputs, (inputs, inputs))
    with pytest.raises(ValueError, match=r"type of the memory: torch.float64, here torch.float32"):
        network(inputs, DNC(SMALL).double().initial_state(4))
    with pytest.raises(ValueError, match="device: meta, here cpu"):
        network(inputs, DNC(SMALL).to("meta").initial_state(4))
    with pytest.raises(ValueError, match="links kept of a row: 2, here 3"):
        DNC(SPARSE)(inputs, DNC(replace(SPARSE, links_kept=2)).initial_state(4))


def test_a_state_of_another_number_of_rows_is_taken(network):
    logits, state = network(torch.randn(5, 4, 9), network.initial_state(4, rows=11))
    assert state.memory.memory.shape == (4, 11, 4)
    assert logits.isfinite().all()


def test_inputs_on_another_device_are_refused(network):
    with pytest.raises(ValueError, match="inputs are on meta, the network on cpu; move one of them"):
        network(torch.zeros(5, 4, 9, device="meta"))
    with pytest.raises(ValueError, match="active is on meta, the inputs on cpu"):
        network(torch.zeros(5, 4, 9), None, ACTIVE.to("meta"))


def test_shapes_are_found_on_the_device_of_no_values():
    logits, state = DNC(SMALL).to("meta")(torch.zeros(5, 4, 9, device="meta"))
    assert (logits.shape, state.memory.memory.shape) == ((5, 4, 3), (4, 6, 4))


def test_kernels_run_with_the_device_of_the_inputs_as_the_current_one(network):
    """On the second of two GPUs; there is none here, so only that it is made current is looked at."""
    inputs = torch.zeros(5, 4, 9)
    with mock.patch("torch.cuda.device_of") as current:
        network(inputs)
    (call,) = current.call_args_list
    assert call.args[0].data_ptr() == inputs.data_ptr()


class OnlySmallNumbers(TorchDispatchMode):
    """Refuses float64, which MPS does not have."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        found = function(*args, **(kwargs or {}))
        for value in found if isinstance(found, tuple | list) else (found,):
            assert not isinstance(value, torch.Tensor) or value.dtype != torch.float64, function
        return found


@pytest.mark.parametrize("name", CONFIGS)
def test_a_network_needs_no_numbers_that_mps_lacks(name):
    network = lively(CONFIGS[name])
    network.use_kernels = False
    with OnlySmallNumbers():
        state = network.memorise(torch.randn(5, 4, 9), LENGTHS, 8)
        network(torch.randn(5, 4, 9), state, ACTIVE)[0].sum().backward()
