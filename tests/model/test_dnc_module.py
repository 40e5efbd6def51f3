"""The network as a module in a program: shapes, states, settings, and what torch does with it."""

from __future__ import annotations

import pytest
import torch

from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize(
    ("inputs", "active", "message"),
    [
        ((3, 2, 8), None, r"inputs have the shape \[3, 2, 8\]; it must be \[steps, batch, 9\]"),
        ((2, 9), None, r"inputs have the shape \[2, 9\]"),
        ((0, 2, 9), None, "there is nothing to run"),
        ((2, 3, 9), None, "the state is of 2 episodes, the inputs of 3"),
        ((3, 2, 9), torch.ones(2, 3, dtype=torch.bool), r"active is bool \[2, 3\]; it must be bool \[3, 2\]"),
        ((3, 2, 9), torch.ones(3, 2), r"active is float32 \[3, 2\]; it must be bool"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(fast, inputs, active, message):
    network = DNC(DNCConfig(input_size=9, controller_size=6, memory_rows=5, memory_width=4))
    network.use_kernels = fast
    with pytest.raises(ValueError, match=message):
        network(torch.zeros(inputs), network.initial_state(2), active)


@pytest.mark.parametrize(("batch", "rows"), [(0, 5), (2, 0)])
def test_there_is_no_state_of_nothing(batch, rows):
    with pytest.raises(ValueError, match="there must be one at least of each"):
        DNC(DNCConfig(controller_size=6)).initial_state(batch, rows)


def test_without_a_state_the_memory_is_empty_at_first():
    network, inputs = DNC(DNCConfig(input_size=9, controller_size=6)), torch.randn(3, 2, 9)
    assert torch.equal(network(inputs)[0], network(inputs, network.initial_state(2))[0])


def test_a_detached_state_ends_gradients():
    network, inputs = DNC(DNCConfig(input_size=9, controller_size=6)), torch.randn(3, 2, 9)
    _, state = network(inputs)
    assert state.memory.memory.requires_grad
    ended = state.detached()
    assert not any(value.requires_grad for value in (*ended.controller, *ended.memory) if value is not None)
    assert torch.equal(ended.memory.memory, state.memory.memory)


@pytest.mark.parametrize("blind", [True, False])
def test_a_description_of_nothing_and_one_that_is_too_long(blind):
    network = DNC(DNCConfig(input_size=9, controller_size=6, memory_rows=5, blind_description=blind))
    state = network.memorise(torch.randn(3, 2, 9), torch.tensor([0, 3]))
    assert not state.memory.memory[0].any()
    for lengths in ([4, 3], [-1, 3]):
        with pytest.raises(ValueError, match="lengths must be from 0 to 3"):
            network.memorise(torch.randn(3, 2, 9), torch.tensor(lengths))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("controller_size", 1.5, "controller_size is 1.5; it must be a whole number"),
        ("controller_size", True, "controller_size is True; it must be a whole number"),
        ("masked_keys", "no", "masked_keys is 'no'; it must be true or false"),
        ("controller_layers", 10**7, "the sizes together make more than"),
        ("controller_size", 10**8, "the sizes together make more than"),
        ("memory_rows", 10**9, "the sizes together make more than"),
    ],
)
def test_settings_of_a_wrong_kind_or_size_are_refused(name, value, message):
    with pytest.raises(ValueError, match=message):
        DNCConfig(**{name: value})


@pytest.mark.filterwarnings("ignore")
def test_a_compiled_network_answers_the_same():
    network, inputs = DNC(DNCConfig(input_size=9, controller_size=6)), torch.randn(3, 2, 9)
    assert torch.equal(torch.compile(network)(inputs)[0], network(inputs)[0])
