"""The interface vector, split into its parts, each brought into its range."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.model.config import DNCConfig
from graphdnc.model.interface_layout import layout

MASK_FLOOR = 0.1
"""The least weight of a masked column. Without a floor nothing is learned (Csordas & Schmidhuber 2019)."""


class Interface(NamedTuple):
    """The parts of the interface vector, in their ranges. R read heads, H write heads, W columns.

    Parts that a network does not have are ``None``.
    """

    read_keys: Tensor  # [B, R, W]
    read_strengths: Tensor  # [B, R]     at least 1
    read_masks: Tensor | None  # [B, R, W]  MASK_FLOOR to 1
    read_modes: Tensor  # [B, R, 1 + 2H]  sums to 1: backward, content, forward
    free_gates: Tensor  # [B, R]     0 to 1
    write_gates: Tensor  # [B, H]     0 to 1
    write_vectors: Tensor  # [B, H, W]
    erase: Tensor  # [B, H, W]  0 to 1
    write_keys: Tensor | None  # [B, H, W]
    write_strengths: Tensor | None  # [B, H]     at least 1
    write_masks: Tensor | None  # [B, H, W]  MASK_FLOOR to 1
    allocation_gates: Tensor | None  # [B, H]     0 to 1


def parse(vector: Tensor, config: DNCConfig) -> Interface:
    """Split an interface vector ``[B, size]`` and bring each part into its range (paper, Methods)."""
    parts = layout(config)
    pieces = vector.split([math.prod(shape) for shape in parts.values()], dim=-1)
    raw = {
        name: piece.unflatten(-1, shape) for (name, shape), piece in zip(parts.items(), pieces, strict=True)
    }
    ranged: dict[str, Tensor | None] = dict.fromkeys(Interface._fields)
    for name, value in raw.items():
        limit = _RANGES.get(name.rpartition("_")[2])
        ranged[name] = limit(value) if limit else value
    return Interface(**ranged)  # type: ignore[arg-type]


def one_plus(value: Tensor) -> Tensor:
    """Return 1 + log(1 + e^x), the paper's "oneplus": at least 1."""
    return 1 + F.softplus(value)


def mask(value: Tensor) -> Tensor:
    """Return a value between MASK_FLOOR and 1."""
    return MASK_FLOOR + (1 - MASK_FLOOR) * torch.sigmoid(value)


_RANGES: dict[str, Callable[[Tensor], Tensor]] = {
    "strengths": one_plus,
    "masks": mask,
    "modes": lambda value: torch.softmax(value, dim=-1),
    "gates": torch.sigmoid,
    "erase": torch.sigmoid,
}
"""By the last word of a part's name; keys and vectors are not limited."""
