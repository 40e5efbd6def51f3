"""The whole network: it repeats itself, every weight matters, padding does not, and nothing becomes NaN."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from kernel_networks import mixed, tensors
from networks import ALL, FAITHFUL, SEARCH, SHIPPED
from torch import Tensor

from graphdnc.answering.memory import room
from graphdnc.errors import CapacityError
from graphdnc.model import addressing, interface_layout, parallel_description
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC

ALLOCATING = replace(ALL, allocate_only=True)
BLIND = replace(ALLOCATING, blind_description=True)
TWO_WRITERS = replace(ALL, write_heads=2)
CONFIGS = {
    "faithful": FAITHFUL,
    "all": ALL,
    "allocating": ALLOCATING,
    "blind": BLIND,
    "two_writers": TWO_WRITERS,
    "unlinked": replace(ALL, blind_description=True, link_description=False),
    "unlinked_two_writers": replace(TWO_WRITERS, link_description=False),
    "without_links": replace(ALL, links="off"),
    "output_skip": replace(FAITHFUL, output_skip=True),
}


@pytest.fixture(autouse=True)
def _one_seed_and_one_thread() -> Iterator[None]:
    torch.manual_seed(471)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def lively(config: DNCConfig, scale: float = 0.5) -> DNC:
    """A network none of whose weights is at a special value such as a bias of zero."""
    network = DNC(config)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(scale * torch.randn_like(parameter))
    return network


def every_gradient(network: DNC, loss: Tensor, *more: Tensor) -> dict[str, Tensor]:
    """Return the gradient of every parameter and of further tensors; zeros where there is none."""
    leaves = {**dict(network.named_parameters()), **{f"input {i}": tensor for i, tensor in enumerate(more)}}
    found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
    return {
        name: torch.zeros_like(leaf) if gradient is None else gradient
        for (name, leaf), gradient in zip(leaves.items(), found, strict=True)
    }


# --- the same again ---------------------------------------------------------------------------------------


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


# --- every weight matters ---------------------------------------------------------------------------------


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
    """And where a step is not active, nothing is said at all."""
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
    """What is left of the read modes then is a softmax over one number: nothing."""
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


# --- padding and size -------------------------------------------------------------------------------------


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
    """What of a part of a state is as large as that of a smaller memory: rows fill from the last one up."""
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


# --- the parallel description and stepping ----------------------------------------------------------------

PARALLEL = {
    "usage_gradient": replace(FAITHFUL, allocate_only=True, blind_description=True),
    "no_usage_gradient": replace(
        FAITHFUL, allocate_only=True, blind_description=True, stop_usage_gradient=True
    ),
    "links_off": replace(FAITHFUL, allocate_only=True, blind_description=True, links="off"),
    "all": BLIND,
    "all_usage_gradient": replace(BLIND, stop_usage_gradient=False),
    "write_key": replace(FAITHFUL, blind_description=True),
    "all_write_key": replace(ALL, blind_description=True),
    "unlinked": replace(ALL, blind_description=True, link_description=False),
    "all_write_key_usage_gradient": replace(ALL, blind_description=True, stop_usage_gradient=False),
}


@pytest.mark.parametrize("rows", [7, 10])
@pytest.mark.parametrize("name", PARALLEL)
def test_the_parallel_description_equals_stepping(name: str, rows: int) -> None:
    """In every state tensor, in what is answered afterwards, and in every gradient, the memory just full too.

    The gradients agree with and without the gradient of usage: a row's place hangs on usages of rows that
    were never written, and these are zero with a gradient of zero.
    """
    network = lively(PARALLEL[name]).double()
    assert network.config.parallel_description
    triples = torch.randn(7, 4, 9, dtype=torch.float64).requires_grad_()
    lengths = torch.tensor([7, 1, 4, 3])
    active = torch.arange(7)[:, None] < lengths
    steps = torch.randn(3, 4, 9, dtype=torch.float64)

    at_once = network.memorise(triples, lengths, rows)
    _, stepped = network(triples, network.initial_state(4, rows, lengths), active, reading=False)
    assert tensors(at_once).keys() == tensors(stepped).keys()
    for part, tensor in tensors(stepped).items():
        torch.testing.assert_close(tensors(at_once)[part], tensor, rtol=1e-12, atol=1e-14)

    found, expected = (
        every_gradient(network, mixed(*tensors(state).values(), network(steps, state)[0]), triples)
        for state in (at_once, stepped)
    )
    for parameter, gradient in expected.items():
        torch.testing.assert_close(found[parameter], gradient, rtol=1e-9, atol=1e-10)
        assert gradient.abs().max() > 0, parameter


def test_memorise_steps_where_it_must() -> None:
    """What looks at the memory during the description, or writes two rows at a step, is not done at once."""
    two_writers = (replace(BLIND, write_heads=2), replace(TWO_WRITERS, blind_description=True))
    for config in (FAITHFUL, ALLOCATING, *two_writers):
        network = lively(config)
        assert not config.parallel_description
        triples, lengths = torch.randn(4, 2, 9), torch.tensor([4, 2])
        state = network.memorise(triples, lengths)
        active = torch.arange(4)[:, None] < lengths
        _, stepped = network(triples, network.initial_state(2), active, reading=not config.blind_description)
        for part, tensor in tensors(stepped).items():
            assert torch.equal(tensors(state)[part], tensor), part
        assert config.blind_description == bool((state.memory.reads == 0).all())


def test_neighbours_are_linked_exactly_in_a_long_description() -> None:
    """In float32 a difference of long sums would be wrong in the fourth digit."""
    gates = 5 + torch.randn(1, 800)
    vectors, lengths = torch.zeros(1, 800, 5), torch.tensor([800])
    state = parallel_description.write_all(gates, vectors, lengths, 800, BLIND)
    opened = torch.sigmoid(gates[0].double())
    assert state.links is not None
    neighbours = state.links[0, 0].diagonal(-1).double()
    torch.testing.assert_close(neighbours, opened[1:] * opened[:-1], rtol=1e-6, atol=0)
    second = state.links[0, 0].diagonal(-2).double()
    torch.testing.assert_close(second, opened[2:] * opened[:-2] * (1 - opened[1:-1]), rtol=0, atol=1e-5)


# --- links without the description ------------------------------------------------------------------------

UNLINKED = {
    "faithful": FAITHFUL,
    "blind": replace(FAITHFUL, blind_description=True),
    "all_blind": replace(ALL, blind_description=True),
    "allocating": BLIND,
    "two_writers": TWO_WRITERS,
    "two_writers_blind": replace(TWO_WRITERS, blind_description=True),
}


@pytest.mark.parametrize("lengths", [(5, 2, 4), (5, 5, 5)])
@pytest.mark.parametrize("name", UNLINKED)
def test_links_without_the_description_are_a_block_of_all(
    name: str, lengths: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference keeps all links, and follows those among rows that were not described; in float64."""
    whole = lively(UNLINKED[name]).double()
    network = DNC(replace(whole.config, link_description=False)).double()
    network.load_state_dict(whole.state_dict())
    triples, steps = torch.randn(5, 3, 9).double().requires_grad_(), torch.randn(8, 3, 9).double()
    described, rows = torch.tensor(lengths), 13
    active = torch.arange(8)[:, None] < torch.tensor([8, 3, 6])
    free = torch.arange(rows) >= whole.config.write_heads * described[:, None]
    block, follow = (free[:, :, None] & free[:, None, :]).unsqueeze(1), addressing.follow_links

    logits, after = network(steps, network.memorise(triples, described, rows), active)
    found = every_gradient(network, mixed(logits), triples)
    monkeypatch.setattr(addressing, "follow_links", lambda links, weights: follow(links * block, weights))
    expected, end = whole(steps, whole.memorise(triples, described, rows), active)
    torch.testing.assert_close(logits, expected, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(found, every_gradient(whole, mixed(expected), triples), rtol=1e-9, atol=1e-12)

    assert after.memory.links is not None
    assert end.memory.links is not None
    first = whole.config.write_heads * min(lengths)
    kept = (end.memory.links * block)[..., first:, first:]
    torch.testing.assert_close(after.memory.links, kept, rtol=1e-12, atol=1e-14)
    assert kept.abs().max() > 0.01


@pytest.mark.parametrize("rows", [5, 6])
def test_a_memory_without_free_rows_has_no_links(rows: int) -> None:
    for name in ("unlinked", "unlinked_two_writers"):
        network = lively(CONFIGS[name])
        state = network.memorise(torch.randn(5, 2, 9), torch.tensor([5, 5]), rows)
        logits, after = network(torch.randn(4, 2, 9), state)
        assert logits.isfinite().all()
        assert after.memory.links is not None
        assert after.memory.links.shape[-1] == max(0, rows - 5 * network.config.write_heads)


def test_the_room_of_a_memory_is_what_it_takes() -> None:
    for options in ({}, {"link_description": False}, {"link_description": False, "links": "off"}):
        config = replace(FAITHFUL, blind_description=True, **options)  # type: ignore[arg-type]
        state = DNC(config).memorise(torch.randn(20, 2, 9), torch.tensor([20, 20]), 27)
        parts = (state.memory.memory, state.memory.links)
        numbers = sum(part[0].numel() for part in parts if isinstance(part, Tensor))
        assert room(config, 27, 20) == numbers


# --- no NaN -----------------------------------------------------------------------------------------------


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
