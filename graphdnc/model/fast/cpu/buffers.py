"""Room for the buffers of a run, kept for the next one: fresh memory costs the system more than its use."""

from __future__ import annotations

import math
import threading
import weakref

import torch
from torch import Tensor

MOST_KEPT = 2**27
"""Numbers: half a GiB. More is given back to the system."""
_ALIGNED = 16


class _Spare(threading.local):
    """The blocks that no run uses, in each thread its own."""

    def __init__(self) -> None:
        self.blocks: list[Tensor] = []


_spare = _Spare()


class Buffers:
    """Pieces of one block of float32 numbers, not set to anything; all end with the ``owner``."""

    def __init__(self, shapes: dict[str, tuple[int, ...]], owner: object) -> None:
        sizes = {name: -(-math.prod(shape) // _ALIGNED) * _ALIGNED for name, shape in shapes.items()}
        block = _block(sum(sizes.values()))
        pieces = block[: sum(sizes.values())].split(list(sizes.values()))
        self.named = {
            name: piece[: math.prod(shape)].view(shape)
            for (name, shape), piece in zip(shapes.items(), pieces, strict=True)
        }
        weakref.finalize(owner, _keep, block).atexit = False


def _block(numbers: int) -> Tensor:
    """Return a spare block if it is large enough and not far too large, else a new one."""
    for index, block in enumerate(_spare.blocks):
        if numbers <= len(block) <= 4 * numbers + 2**20:
            return _spare.blocks.pop(index)
    _spare.blocks.clear()
    with torch.inference_mode(False):  # another run may be outside
        return torch.empty(numbers, dtype=torch.float32)


def _keep(block: Tensor) -> None:
    if len(block) <= MOST_KEPT:
        _spare.blocks[2:] = []
        _spare.blocks.insert(0, block)
