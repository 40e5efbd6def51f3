"""A description in one parallel step equals stepping through it, with links and without."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from kernel_networks import mixed, tensors
from lively import ALLOCATING, BLIND, CONFIGS, TWO_WRITERS, every_gradient, lively
from networks import ALL, FAITHFUL
from torch import Tensor

from graphdnc.answering.memory import room
from graphdnc.model import addressing, parallel_description
from graphdnc.model.dnc import DNC

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
    """As with reads during the description, or with two writes in a step."""
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
