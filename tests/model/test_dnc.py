"""The whole network: it repeats itself, every weight matters, and padding does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from kernel_networks import mixed, tensors
from lively import CONFIGS, every_gradient, lively
from networks import ALL, FAITHFUL, SEARCH, SHIPPED
from torch import Tensor

from graphdnc.errors import CapacityError
from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_input_twice_gives_the_same_output(name: str) -> None:
    network = lively(CONFIGS[name])
    inputs, others = torch.randn(6, 2, 9), torch.randn(4, 3, 9)
    first, state = network(inputs, network.initial_state(2))
    network(others, network.initial_state(3))
    second, again = network(inputs, network.initial_state(2))
    assert torch.equal(first, second)
    for part, tensor in tensors(state).items():
        assert torch.equal(tensor, tensors(again)[part]), part


@pytest.mark.parametrize("name", CONFIGS)
def test_steps_can_be_taken_in_one_call_or_several(name: str) -> None:
    network = lively(CONFIGS[name])
    inputs = torch.randn(6, 2, 9)
    whole, _ = network(inputs, network.initial_state(2))
    first, state = network(inputs[:2], network.initial_state(2))
    rest, _ = network(inputs[2:], state)
    assert torch.equal(torch.cat([first, rest]), whole)


@pytest.mark.parametrize("config", [SHIPPED, SEARCH, FAITHFUL], ids=["shipped", "search", "faithful"])
def test_a_network_starts_from_its_seed_alone(config: DNCConfig) -> None:
    torch.manual_seed(5)
    first = DNC(config).state_dict()
    torch.manual_seed(5)
    for name, weight in DNC(config).state_dict().items():
        assert torch.equal(weight, first[name]), name


def test_an_option_leaves_the_first_weights_of_all_else_as_they_are() -> None:
    """The map from input to output is drawn last, so runs without it begin as they always did."""
    torch.manual_seed(5)
    plain = DNC(replace(ALL, output_skip=False)).state_dict()
    torch.manual_seed(5)
    skipping = DNC(ALL).state_dict()
    assert set(skipping) - set(plain) == {"input_output.weight"}
    for name, weight in plain.items():
        assert torch.equal(weight, skipping[name]), name


def outputs_of(network: DNC, inputs: Tensor) -> Tensor:
    with torch.no_grad():
        return network(inputs, network.initial_state(inputs.shape[1], 4))[0]


def changes(network: DNC, inputs: Tensor, before: Tensor, block: Tensor) -> bool:
    """Whether other numbers in this block of weights change the output; the block is put back."""
    kept = block.detach().clone()
    with torch.no_grad():
        block.add_(torch.randn_like(block))
        changed = (outputs_of(network, inputs) - before).abs().max() > 1e-4
        block.copy_(kept)
    return bool(changed)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_change_of_each_weight_group_changes_the_output(name: str) -> None:
    """More steps than rows, so that rows are overwritten and the erase vectors count as well."""
    config = CONFIGS[name]
    network = lively(config)
    inputs = torch.randn(9, 2, 9)
    before = outputs_of(network, inputs)
    hidden, reads = 2 * 6, 3 * 5
    blocks = dict(network.named_parameters())
    for layer in range(2):
        weight = blocks[f"controller.layers.{layer}.input_weight"]
        blocks[f"input -> layer {layer}"] = weight[:, :9]
        blocks[f"reads -> layer {layer}"] = weight[:, 9 : 9 + reads]
    assert weight.shape[1] == 9 + reads + 6
    blocks["layer 0 -> layer 1"] = weight[:, 9 + reads :]
    for head in range(3):
        columns = slice(5 * head, 5 * head + 5)
        blocks[f"read {head} -> controller"] = network.controller.layers[0].input_weight[:, 9:][:, columns]
        blocks[f"read {head} -> output"] = network.read_output.weight[:, columns]
    for layer in range(2):
        columns = slice(6 * layer, 6 * layer + 6)
        blocks[f"layer {layer} -> output"] = network.output.weight[:, columns]
        blocks[f"layer {layer} -> interface"] = network.interface.weight[:, columns]
    if config.interface_skip:
        blocks["input -> interface"] = network.interface.weight[:, hidden : hidden + 9]
        blocks["reads -> interface"] = network.interface.weight[:, hidden + 9 :]
    if config.output_skip:
        blocks["input -> output"] = network.get_parameter("input_output.weight")
    for part, place in interface_layout.slices(config).items():
        if part != "read_modes" or config.links == "dense":
            blocks[f"interface part {part}"] = network.interface.weight[place]
    for what, block in blocks.items():
        assert changes(network, inputs, before, block), what
    assert torch.equal(outputs_of(network, inputs), before)


def test_what_the_output_sees_of_the_input_is_added() -> None:
    """An inactive step gives no output at all."""
    network = lively(CONFIGS["output_skip"])
    inputs, active = torch.randn(4, 2, 9), torch.tensor([[True, False]]).expand(4, 2)
    assert network.input_output is not None
    weight = network.input_output.weight
    with torch.no_grad():
        whole, _ = network(inputs, network.initial_state(2), active)
        seen = inputs @ weight.T
        weight.zero_()
        rest, _ = network(inputs, network.initial_state(2), active)
    torch.testing.assert_close(whole[:, 0] - rest[:, 0], seen[:, 0], rtol=1e-4, atol=1e-5)
    assert (whole[:, 1] == 0).all()
    assert DNC(FAITHFUL).input_output is None


def test_without_links_the_one_read_mode_is_content() -> None:
    """Then the read modes are a softmax over one number, so their weights do not matter."""
    network = lively(CONFIGS["without_links"])
    inputs = torch.randn(5, 2, 9)
    modes = network.interface.weight[interface_layout.slices(network.config)["read_modes"]]
    assert not changes(network, inputs, outputs_of(network, inputs), modes)


@pytest.mark.parametrize("name", CONFIGS)
def test_every_parameter_gets_a_gradient(name: str) -> None:
    network = lively(CONFIGS[name])
    outputs, _ = network(torch.randn(9, 2, 9), network.initial_state(2, 4))
    for parameter, gradient in every_gradient(network, mixed(outputs)).items():
        assert gradient.isfinite().all(), parameter
        assert gradient.abs().max() > 0, parameter


@pytest.mark.parametrize(("readers", "writers"), [(1, 1), (1, 3), (2, 2), (4, 1)])
def test_any_number_of_heads(readers: int, writers: int) -> None:
    network = lively(replace(ALL, read_heads=readers, write_heads=writers))
    outputs, state = network(torch.randn(4, 2, 9), network.initial_state(2, 7))
    assert outputs.shape == (4, 2, 8)
    assert state.memory.read_weights.shape == (2, readers, 7)
    assert state.memory.reads.shape == (2, readers, 5)
    assert state.memory.write_weights.shape == (2, writers, 7)
    assert state.memory.links is not None
    assert state.memory.links.shape == (2, writers, 7, 7)
    assert len({tuple(weights.tolist()) for weights in state.memory.read_weights[0]}) == readers
    assert len({tuple(weights.tolist()) for weights in state.memory.write_weights[0]}) == writers


@pytest.mark.parametrize("name", CONFIGS)
def test_padding_changes_no_answer(name: str) -> None:
    """An episode alone, in a batch of longer ones, and with padding of other numbers.

    The kernels may round otherwise for another batch, so the comparison is in float64 and nearly exact.
    """
    network = lively(CONFIGS[name]).double()
    lengths, asked = torch.tensor([7, 1, 4, 6]), torch.tensor([2, 5, 1, 4])
    triples = torch.randn(7, 4, 9, dtype=torch.float64)
    steps = torch.randn(5, 4, 9, dtype=torch.float64)
    active = torch.arange(5)[:, None] < asked
    batched, state = network(steps, network.memorise(triples, lengths), active)
    noise = torch.where((torch.arange(7)[:, None] < lengths)[..., None], triples, 1e3)
    noisy_steps = torch.where(active[..., None], steps, -1e3)
    noisy, _ = network(noisy_steps, network.memorise(noise, lengths), active)
    for index, (length, count) in enumerate(zip(lengths, asked, strict=True)):
        own = slice(index, index + 1)
        alone = network.memorise(triples[:length, own], lengths[own])
        outputs, alone = network(steps[:count, own], alone)
        torch.testing.assert_close(batched[:count, own], outputs, rtol=1e-10, atol=1e-12)
        assert torch.equal(noisy[:count, own], batched[:count, own])
        assert torch.equal(batched[:count, own].argmax(-1), outputs.argmax(-1))
        theirs = tensors(alone)
        mine = {
            part: last_rows(tensor[:, own] if part in {"hidden", "cell"} else tensor[own], theirs[part].shape)
            for part, tensor in tensors(state).items()
        }
        for part, tensor in by_usage(mine).items():
            torch.testing.assert_close(tensor, by_usage(theirs)[part], rtol=1e-10, atol=1e-12)


def last_rows(tensor: Tensor, shape: torch.Size) -> Tensor:
    """The part of a state that has the size of a smaller memory: rows fill from the last one up."""
    for axis, size in enumerate(shape):
        tensor = tensor.narrow(axis, tensor.shape[axis] - size, size)
    return tensor


ROW_AXES = {
    "memory": (1,),
    "usage": (1,),
    "write_weights": (2,),
    "read_weights": (2,),
    "links": (2, 3),
    "precedence": (2,),
}


def by_usage(parts: dict[str, Tensor]) -> dict[str, Tensor]:
    """An episode's state with its rows in the order of their usage.

    Rows that nothing tells apart are allocated in an order that may differ by how a product was rounded; what
    is in them then does not.
    """
    usage, in_order = parts["usage"][0], {}
    for part, tensor in parts.items():
        for axis in ROW_AXES.get(part, ()):
            linked = usage[len(usage) - tensor.shape[axis] :]  # links may be among fewer rows, the last ones
            tensor = tensor.index_select(axis, linked.argsort())
        in_order[part] = tensor
    return in_order


@pytest.mark.parametrize("name", CONFIGS)
def test_inactive_steps_leave_the_state_exactly(name: str) -> None:
    network = lively(CONFIGS[name])
    _, state = network(torch.randn(6, 3, 9), network.initial_state(3))
    inputs = (100 * torch.randn(4, 3, 9)).requires_grad_()
    active = torch.tensor([[False, True, False]]).expand(4, 3)
    _, after = network(inputs, state, active)
    for part, tensor in tensors(state).items():
        new = tensors(after)[part]
        batch = 1 if part in {"hidden", "cell"} else 0
        for index in (0, 2):
            assert torch.equal(new.select(batch, index), tensor.select(batch, index)), part
        assert not torch.equal(new.select(batch, 1), tensor.select(batch, 1)), part
    gradient = torch.autograd.grad(mixed(*tensors(after).values()), inputs)[0]
    assert (gradient[:, [0, 2]] == 0).all(), "padding has no part in the gradient"
    assert (gradient[:, 1] != 0).any()


@pytest.mark.parametrize("name", CONFIGS)
def test_the_memory_can_have_any_size_after_construction(name: str) -> None:
    network = lively(CONFIGS[name])
    inputs = torch.randn(3, 2, 9)
    for rows in (1, 2, 4, 50):
        outputs, state = network(inputs, network.initial_state(2, rows))
        assert outputs.isfinite().all()
        assert state.memory.memory.shape == (2, rows, 5)
    _, state = network(inputs, network.initial_state(2))
    assert state.memory.memory.shape == (2, 11, 5)


@pytest.mark.parametrize("name", CONFIGS)
def test_more_triples_than_rows_are_refused(name: str) -> None:
    network = DNC(CONFIGS[name])
    triples, lengths = torch.randn(12, 2, 9), torch.tensor([12, 3])
    with pytest.raises(CapacityError, match="12 triples do not fit in a memory of 11 rows"):
        network.memorise(triples, lengths)
    with pytest.raises(CapacityError, match="2 triples do not fit in a memory of 1 rows"):
        network.memorise(triples[:2], torch.tensor([2, 2]), 1)
    network.memorise(triples, lengths, 12)
