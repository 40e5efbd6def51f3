"""The layout of the interface vector, by which the controller operates the memory in a step."""

from __future__ import annotations

import math

from graphdnc.model.config import DNCConfig


def layout(config: DNCConfig) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the parts that a network has, in the order of the interface vector."""
    heads, writers, width = config.read_heads, config.write_heads, config.memory_width
    parts: dict[str, tuple[int, ...]] = {
        "write_gates": (writers,),
        "write_vectors": (writers, width),
        "erase": (writers, width),
        "read_keys": (heads, width),
        "read_strengths": (heads,),
        "read_modes": (heads, config.read_modes),
        "free_gates": (heads,),
    }
    if config.masked_keys:
        parts["read_masks"] = (heads, width)
    if not config.allocate_only:
        parts |= {
            "write_keys": (writers, width),
            "write_strengths": (writers,),
            "allocation_gates": (writers,),
        }
        if config.masked_keys:
            parts["write_masks"] = (writers, width)
    return parts


def slices(config: DNCConfig) -> dict[str, slice]:
    """Return the place of each part in the interface vector."""
    places, start = {}, 0
    for name, shape in layout(config).items():
        size = math.prod(shape)
        places[name] = slice(start, start + size)
        start += size
    return places


def size(config: DNCConfig) -> int:
    """Return the length of the interface vector."""
    return sum(math.prod(shape) for shape in layout(config).values())


PARTS = tuple(layout(DNCConfig(masked_keys=True)))
"""All parts that a network can have."""


def offsets(config: DNCConfig) -> dict[str, int]:
    """Return where each of all parts begins in the interface vector; -1 for those that are absent."""
    found = slices(config)
    return {part: found[part].start if part in found else -1 for part in PARTS}
