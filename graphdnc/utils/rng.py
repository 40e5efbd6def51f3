"""Random streams: one for each purpose and seed, so that no two of them ever meet."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What random numbers are for. Streams of different purpose never meet, whatever the seeds."""

    TRAINING = 0
    VALIDATION = 1
    EVALUATION = 2
    LABELS = 3
    MOVES = 4


def stream(purpose: Purpose, seed: int, *numbers: int) -> np.random.Generator:
    """Return the generator for a purpose, a seed and further numbers such as that of a pool."""
    return np.random.default_rng([purpose, seed, *numbers])
