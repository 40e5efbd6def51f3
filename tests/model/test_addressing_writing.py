"""Usage, allocation and writing: what their equations promise, whatever goes into them."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from memories import SLACK, B, Draw, N, R, W, close, drawn, heads, in_unit, is_weighting, seeds

from graphdnc.model import addressing


@drawn
@given(seeds, heads)
def test_usage_stays_between_zero_and_one(seed: int, writers: int) -> None:
    draw = Draw(seed)
    usage, written = draw.unit(B, N), draw.weighting(B, writers, N)
    kept = addressing.retention(draw.unit(B, R), draw.weighting(B, R, N))
    after = addressing.usage_after_write(usage, written)
    assert kept.shape == after.shape == (B, N)
    assert in_unit(kept)
    assert in_unit(after)
    assert (after >= usage - SLACK).all(), "writing never lowers usage"
    assert (after * kept <= after + SLACK).all(), "freeing never raises it"


def test_usage_of_written_and_freed_rows() -> None:
    usage = torch.tensor([[0.0, 0.5, 1.0, 1.0]])
    written = torch.tensor([[[1.0, 0.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.0]]])
    close(addressing.usage_after_write(usage, written), [[1.0, 0.75, 1.0, 1.0]])
    gates = torch.tensor([[1.0, 0.0, 0.5]])
    read = torch.tensor([[[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.5]]])
    close(addressing.retention(gates, read), [[1.0, 0.75, 0.0, 0.75]])


def test_closed_free_gates_keep_everything_exactly() -> None:
    draw = Draw(4)
    kept = addressing.retention(torch.zeros(B, R, dtype=torch.float64), draw.weighting(B, R, N))
    assert torch.equal(kept, torch.ones(B, N, dtype=torch.float64))


@drawn
@given(seeds)
def test_allocation_is_a_weighting_and_leaves_used_rows_alone(seed: int) -> None:
    usage = Draw(seed).unit(B, N)
    place = addressing.allocation_weighting(usage)
    assert place.shape == (B, N)
    assert is_weighting(place)
    assert (place[usage == 1] == 0).all()
    assert (place <= 1 - usage + SLACK).all()
    # what is not given to a row is the product of all usages: nothing is lost on the way
    close(place.sum(-1), 1 - usage.prod(-1))


@drawn
@given(seeds, st.permutations(range(N)))
def test_allocation_does_not_depend_on_the_order_of_rows(seed: int, order: list[int]) -> None:
    usage = torch.rand(B, N, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    close(addressing.allocation_weighting(usage[:, order]), addressing.allocation_weighting(usage)[:, order])


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ([1.0, 1.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.0, 0.0]),  # the one free row
        ([0.0, 0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]),  # the first from the top
        ([1.0, 0.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]),
        ([1.0, 1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0, 0.0]),  # nothing is free
        ([0.9, 0.5, 1.0, 0.8, 1.0], [0.1 * 0.5 * 0.8, 0.5, 0.0, 0.2 * 0.5, 0.0]),  # the equation by hand
        ([0.5, 0.5, 0.5, 0.5, 0.5], [0.5, 0.25, 0.125, 0.0625, 0.03125]),
    ],
)
def test_allocation_by_hand(usage: list[float], expected: list[float]) -> None:
    close(addressing.allocation_weighting(torch.tensor([usage])), [expected], 1e-7)


@drawn
@given(seeds, heads, st.booleans())
def test_write_weightings_are_weightings(seed: int, writers: int, by_content: bool) -> None:
    draw = Draw(seed)
    gates, content = draw.unit(B, writers), draw.modes(B, writers, N)
    weights = addressing.write_weighting(
        draw.unit(B, N),
        gates,
        draw.unit(B, writers) if by_content else None,
        content if by_content else None,
    )
    assert weights.shape == (B, writers, N)
    assert is_weighting(weights)
    assert (weights.sum(-1) <= gates + SLACK).all()
    assert (weights[gates == 0] == 0).all(), "a closed gate writes nothing"


@drawn
@given(seeds, heads)
def test_allocating_only_is_an_allocation_gate_of_one(seed: int, writers: int) -> None:
    draw = Draw(seed)
    usage, gates, content = draw.unit(B, N), draw.unit(B, writers), draw.modes(B, writers, N)
    mixed = addressing.write_weighting(usage, gates, torch.ones(B, writers, dtype=torch.float64), content)
    close(addressing.write_weighting(usage, gates, None, None), mixed)
    looked_up = addressing.write_weighting(
        usage, gates, torch.zeros(B, writers, dtype=torch.float64), content
    )
    close(looked_up, gates.unsqueeze(-1) * content)


@pytest.mark.parametrize("by_content", [True, False])
def test_two_heads_write_to_two_rows_of_an_empty_memory(by_content: bool) -> None:
    gates = torch.ones(1, 2)
    share, content = (gates, torch.full((1, 2, N), 1 / N)) if by_content else (None, None)
    weights = addressing.write_weighting(torch.zeros(1, N), gates, share, content)
    close(weights[0], torch.eye(N)[:2])


def test_a_second_head_uses_the_row_that_a_closed_first_head_left() -> None:
    weights = addressing.write_weighting(torch.zeros(1, N), torch.tensor([[0.0, 1.0]]), None, None)
    close(weights[0], torch.stack([torch.zeros(N), torch.eye(N)[0]]))


def test_writes_to_an_empty_memory_go_to_one_row_after_the_other() -> None:
    usage, last = torch.zeros(1, N), torch.zeros(1, 1, N)
    for row in range(N):
        usage = addressing.usage_after_write(usage, last)
        last = addressing.write_weighting(usage, torch.ones(1, 1), None, None)
        close(last[0, 0], torch.eye(N)[row])
    usage = addressing.usage_after_write(usage, last)
    full = addressing.write_weighting(usage, torch.ones(1, 1), None, None)
    assert torch.equal(full, torch.zeros(1, 1, N)), "a full memory has no row to give"


def test_a_freed_row_is_written_next() -> None:
    usage, read = torch.ones(1, N), torch.eye(N)[[3]][None]
    usage = usage * addressing.retention(torch.ones(1, 1), read)
    close(addressing.write_weighting(usage, torch.ones(1, 1), None, None)[0, 0], torch.eye(N)[3])


@pytest.mark.parametrize("writers", [1, 2])
def test_write_then_read_back(writers: int) -> None:
    draw = Draw(5)
    vectors = draw.normal(B, writers, W)
    weights = torch.eye(N, dtype=torch.float64)[:writers].expand(B, -1, -1)
    ones = torch.ones(B, writers, W, dtype=torch.float64)
    memory = addressing.write(draw.normal(B, N, W), weights, ones, vectors)
    close(torch.bmm(weights, memory), vectors)
    strengths = torch.full((B, writers), 1e4, dtype=torch.float64)
    found = addressing.content_weighting(memory, vectors, strengths, None, None)
    close(torch.bmm(found, memory), vectors, 1e-2)


@drawn
@given(seeds, heads)
def test_what_is_not_written_to_stays_as_it_was(seed: int, writers: int) -> None:
    draw = Draw(seed)
    memory, weights = draw.normal(B, N, W), draw.weighting(B, writers, N)
    weights[..., 2] = 0
    after = addressing.write(memory, weights, draw.unit(B, writers, W), draw.normal(B, writers, W))
    assert after.shape == (B, N, W)
    assert torch.equal(after[:, 2], memory[:, 2])


@drawn
@given(seeds)
def test_several_heads_with_one_open_write_as_one(seed: int) -> None:
    draw = Draw(seed)
    memory, weights = draw.normal(B, N, W), draw.weighting(B, 2, N)
    erase, vectors = draw.unit(B, 2, W), draw.normal(B, 2, W)
    weights[:, 1] = 0
    both = addressing.write(memory, weights, erase, vectors)
    close(both, addressing.write(memory, weights[:, :1], erase[:, :1], vectors[:, :1]))


def test_writing_by_hand() -> None:
    memory = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
    weights = torch.tensor([[[0.5, 0.0]]])
    after = addressing.write(memory, weights, torch.tensor([[[1.0, 0.5]]]), torch.tensor([[[10.0, 20.0]]]))
    close(after[0], [[1 * 0.5 + 5, 2 * 0.75 + 10], [3.0, 4.0]], 1e-6)
    twice = addressing.write(
        memory, weights.expand(1, 2, 2), torch.ones(1, 2, 2), torch.tensor([[[10.0, 20.0], [1.0, 2.0]]])
    )
    close(twice[0], [[1 * 0.25 + 5.5, 2 * 0.25 + 11], [3.0, 4.0]], 1e-6)
