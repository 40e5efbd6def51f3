"""What every equation of the addressing promises, whatever the numbers: properties, drawn and by hand.

Tensors are drawn from a seed, each with some elements at the ends of their range, and every axis has another
size: 2 episodes, 5 rows, 4 columns, 3 read heads, and 1 to 2 write heads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from memories import B, Draw, N, R, W, close, drawn, seeds
from torch import Tensor

from graphdnc.model import addressing


@drawn
@given(seeds, st.booleans(), st.booleans())
def test_content_weightings_sum_to_one(seed: int, masked: bool, written_only: bool) -> None:
    draw = Draw(seed)
    weights = addressing.content_weighting(
        10 * draw.normal(B, N, W),
        draw.normal(B, R, W),
        1 + 100 * draw.unit(B, R),
        draw.unit(B, R, W) if masked else None,
        draw.unit(B, N) if written_only else None,
    )
    assert weights.shape == (B, R, N)
    assert (weights >= 0).all()
    close(weights.sum(-1), torch.ones(B, R, dtype=torch.float64))


@drawn
@given(seeds, st.booleans())
def test_cosines_lie_between_minus_one_and_one(seed: int, masked: bool) -> None:
    draw = Draw(seed)
    masks = draw.unit(B, R, W) if masked else None
    scores = addressing.cosine_scores(draw.normal(B, N, W), draw.normal(B, R, W), masks)
    assert scores.shape == (B, R, N)
    assert (scores.abs() <= 1).all()


@drawn
@given(seeds)
def test_a_cosine_does_not_see_the_length(seed: int) -> None:
    draw = Draw(seed)
    memory, keys = 1 + draw.normal(B, N, W).abs(), 1 + draw.normal(B, R, W).abs()
    scores = addressing.cosine_scores(memory, keys, None)
    close(addressing.cosine_scores(7 * memory, 3 * keys, None), scores, 1e-5)
    close(addressing.cosine_scores(-memory, keys, None), -scores)


@drawn
@given(seeds)
def test_a_masked_column_does_not_count(seed: int) -> None:
    draw = Draw(seed)
    memory, keys = draw.normal(B, N, W), draw.normal(B, R, W)
    masks = torch.ones(B, R, W, dtype=torch.float64)
    close(addressing.cosine_scores(memory, keys, masks), addressing.cosine_scores(memory, keys, None))
    masks[..., 1] = 0
    changed = memory.clone()
    changed[..., 1] = 100 * draw.normal(B, N)
    close(addressing.cosine_scores(changed, keys, masks), addressing.cosine_scores(memory, keys, masks))
    without = [0, 2, 3]
    close(
        addressing.cosine_scores(memory, keys, masks),
        addressing.cosine_scores(memory[..., without], keys[..., without], None),
    )


def test_masks_are_those_of_their_own_head() -> None:
    memory = torch.eye(W, dtype=torch.float64)[None] + 0.1
    keys = memory[:, [2, 0]]
    masks = torch.ones(1, 2, W, dtype=torch.float64)
    masks[0, 0, 1:] = 0  # this head sees column 0 only: all rows look alike to it
    scores = addressing.cosine_scores(memory, keys, masks)
    close(scores[0, 0], torch.ones(W, dtype=torch.float64), 0.1)
    assert scores[0, 1].argmax() == 0


def test_a_strong_key_reads_one_row() -> None:
    memory = Draw(1).normal(1, N, W)
    keys = memory[:, [3, 0, 4]]
    weights = addressing.content_weighting(
        memory, keys, torch.full((1, 3), 1000.0, dtype=torch.float64), None, None
    )
    close(weights[0], torch.eye(N, dtype=torch.float64)[[3, 0, 4]], 1e-6)
    close(torch.bmm(weights, memory), keys, 1e-5)


def test_a_weak_key_reads_more_of_the_nearer_row() -> None:
    memory = torch.tensor([[[1.0, 0, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0]]], dtype=torch.float64)
    key = torch.tensor([[[1.0, 0, 0, 0]]], dtype=torch.float64)
    weights = addressing.content_weighting(memory, key, torch.ones(1, 1, dtype=torch.float64), None, None)
    # cosines 1, sqrt(1/2) and 0 under a strength of 1
    expected = torch.softmax(torch.tensor([1.0, 0.5**0.5, 0.0], dtype=torch.float64), 0)
    close(weights[0, 0], expected, 1e-5)


def test_rows_that_hold_nothing_are_not_read() -> None:
    memory = Draw(2).normal(1, N, W)
    usage = torch.tensor([[1.0, 0, 1, 0, 1]], dtype=torch.float64)
    weights = addressing.content_weighting(
        memory, memory[:, [1]], torch.full((1, 1), 3.0, dtype=torch.float64), None, usage
    )
    assert weights[0, 0, [1, 3]].sum() < 1e-3
    unknown = addressing.content_weighting(
        memory, memory[:, [1]], torch.full((1, 1), 3.0, dtype=torch.float64), None, None
    )
    assert unknown.argmax() == 1


def test_a_larger_memory_reads_the_same_when_empty_rows_are_left_out() -> None:
    draw = Draw(3)
    memory, keys = draw.normal(1, N, W), draw.normal(1, R, W)
    strengths, usage = torch.full((1, R), 5.0, dtype=torch.float64), torch.ones(1, N, dtype=torch.float64)
    small = addressing.content_weighting(memory, keys, strengths, None, usage)
    larger = torch.cat([memory, torch.zeros(1, 300, W, dtype=torch.float64)], 1)
    wider = torch.cat([usage, torch.zeros(1, 300, dtype=torch.float64)], 1)
    close(addressing.content_weighting(larger, keys, strengths, None, wider)[..., :N], small, 1e-2)


FUNCTIONS = {
    "content": (
        lambda memory, keys, strengths, masks, usage: addressing.content_weighting(
            memory, keys, strengths, masks, usage
        ),
        [(B, N, W), (B, R, W), (B, R), (B, R, W), (B, N)],
    ),
    "unmasked content": (
        lambda memory, keys, strengths: addressing.content_weighting(memory, keys, strengths, None, None),
        [(B, N, W), (B, R, W), (B, R)],
    ),
    "retention": (addressing.retention, [(B, R), (B, R, N)]),
    "usage": (addressing.usage_after_write, [(B, N), (B, 2, N)]),
    "allocation": (addressing.allocation_weighting, [(B, N)]),
    "write weighting": (addressing.write_weighting, [(B, N), (B, 2), (B, 2), (B, 2, N)]),
    "write": (addressing.write, [(B, N, W), (B, 1, N), (B, 1, W), (B, 1, W)]),
    "write with two heads": (addressing.write, [(B, N, W), (B, 2, N), (B, 2, W), (B, 2, W)]),
    "links": (addressing.update_links, [(B, 2, N, N), (B, 2, N), (B, 2, N)]),
    "precedence": (addressing.update_precedence, [(B, 2, N), (B, 2, N)]),
    "follow": (
        lambda links, weights: torch.cat(addressing.follow_links(links, weights)),
        [(B, 2, N, N), (B, R, N)],
    ),
    "read": (addressing.read_weighting, [(B, R, 5), (B, R, N), (B, 2, R, N), (B, 2, R, N)]),
}


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_zeros_and_ones_give_no_nan_in_value_or_gradient(name: str, value: float) -> None:
    function: Callable[..., Tensor] = FUNCTIONS[name][0]  # type: ignore[assignment]
    arguments = [torch.full(shape, value).requires_grad_() for shape in FUNCTIONS[name][1]]
    result = function(*arguments)
    assert result.isfinite().all()
    gradients = torch.autograd.grad(
        (result * torch.arange(result.numel()).view(result.shape)).sum(), arguments
    )
    for gradient in gradients:
        assert gradient.isfinite().all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_those_of_the_function(name: str) -> None:
    """Against finite differences, at a random point where no two rows are used equally."""
    draw = Draw(8)
    function: Callable[..., Tensor] = FUNCTIONS[name][0]  # type: ignore[assignment]
    arguments = []
    for shape in FUNCTIONS[name][1]:
        values = 0.2 + 0.6 * torch.rand(*shape, generator=draw.generator, dtype=torch.float64)
        arguments.append(values.requires_grad_())
    assert torch.autograd.gradcheck(function, arguments, eps=1e-6, atol=1e-5)
