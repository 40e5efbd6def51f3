"""Random streams: one for each purpose and seed, so that no two overlap."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


class Purpose(IntEnum):
    """What random numbers are used for. Streams for different purposes differ, whatever their seeds."""

    TRAINING = 0
    VALIDATION = 1
    EVALUATION = 2
    LABELS = 3
    MOVES = 4
    HEARING = 5


def stream(purpose: Purpose, seed: int, *numbers: int) -> np.random.Generator:
    """Return the generator for a purpose, a seed and further numbers, such as the number of a pool."""
    return np.random.default_rng([purpose, seed, *numbers])


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
    """Return one of the options, each as likely as any other."""
    return options[int(rng.integers(len(options)))]


def pick_between(rng: np.random.Generator, span: tuple[int, int]) -> int:
    """Return a whole number from a range, both ends included."""
    return int(rng.integers(span[0], span[1] + 1))


def pick_weighted(rng: np.random.Generator, options: Sequence[T], weights: NDArray[np.float64]) -> T:
    """Return one of the options, each as likely as its share of all weights."""
    return options[int(rng.choice(len(options), p=weights / weights.sum()))]
