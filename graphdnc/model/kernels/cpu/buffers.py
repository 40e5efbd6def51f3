"""Buffers of a run, reused by the next one: getting new memory from the system takes longer than using it."""

from __future__ import annotations

import math
import threading
import weakref

import numpy as np
from numpy.typing import NDArray

MOST_KEPT = 2**27
"""Numbers in the largest block that is kept, half a GiB."""
_ALIGNED = 16
"""Numbers in a cache line; every buffer begins at one."""


class _Spare(threading.local):
    """The blocks of this thread that no run uses."""

    def __init__(self) -> None:
        self.blocks: list[NDArray[np.float32]] = []


_spare = _Spare()


class Buffers:
    """Uninitialised float32 arrays in one block, which is released when ``owner`` is collected."""

    def __init__(self, shapes: dict[str, tuple[int, ...]], owner: object) -> None:
        sizes = {name: -(-math.prod(shape) // _ALIGNED) * _ALIGNED for name, shape in shapes.items()}
        block, start, self.named = _block(sum(sizes.values())), 0, {}
        for name, shape in shapes.items():
            self.named[name] = block[start : start + math.prod(shape)].reshape(shape)
            start += sizes[name]
        weakref.finalize(owner, _keep, block).atexit = False


def aligned(*shape: int) -> NDArray[np.float32]:
    """Return an uninitialised array that begins at a cache line."""
    numbers = math.prod(shape)
    room = np.empty(numbers + _ALIGNED, np.float32)
    first = -(room.__array_interface__["data"][0] // room.itemsize) % _ALIGNED
    return room[first : first + numbers].reshape(shape)


def _block(numbers: int) -> NDArray[np.float32]:
    """Return a spare block of a fitting size, else a new one."""
    for index, block in enumerate(_spare.blocks):
        if numbers <= len(block) <= 4 * numbers + 2**20:
            return _spare.blocks.pop(index)
    _spare.blocks.clear()
    return aligned(numbers)


def _keep(block: NDArray[np.float32]) -> None:
    if len(block) <= MOST_KEPT:
        _spare.blocks[2:] = []
        _spare.blocks.insert(0, block)
