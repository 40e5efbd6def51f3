"""Memories and weightings drawn at random; every axis has another size, so that none can be swapped."""

from __future__ import annotations

import torch
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from torch import Tensor

B, N, W, R = 2, 5, 4, 3
SLACK = 1e-12
seeds = st.integers(0, 2**32 - 1)
heads = st.sampled_from([1, 2])
drawn = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


class Draw:
    """Random tensors in float64, from a seed."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self.generator, dtype=torch.float64)

    def unit(self, *shape: int) -> Tensor:
        """Numbers from 0 to 1; about a quarter are exactly 0 or exactly 1."""
        wide = 2 * torch.rand(*shape, generator=self.generator, dtype=torch.float64) - 0.5
        return torch.where(torch.rand(*shape, generator=self.generator) < 0.5, wide, wide.abs() / 1.5).clamp(
            0, 1
        )

    def weighting(self, *shape: int) -> Tensor:
        """Weightings: some sharp, some flat, some of zeros, with sums of at most 1."""
        scale = 10.0 ** (4 * self.unit(*shape[:-1], 1) - 1)
        return torch.softmax(scale * self.normal(*shape), -1) * self.unit(*shape[:-1], 1)

    def modes(self, *shape: int) -> Tensor:
        return torch.softmax(3 * self.normal(*shape), -1)


def is_weighting(weights: Tensor, slack: float = SLACK) -> bool:
    return bool((weights >= -slack).all() and (weights.sum(-1) <= 1 + slack).all())


def in_unit(values: Tensor) -> bool:
    return bool((values >= -SLACK).all() and (values <= 1 + SLACK).all())


def close(
    actual: Tensor, expected: Tensor | list[float] | list[list[float]], tolerance: float = 1e-9
) -> None:
    if not isinstance(expected, Tensor):
        expected = torch.tensor(expected, dtype=actual.dtype)
    torch.testing.assert_close(actual, expected, rtol=0, atol=tolerance)
