"""What the kernels of both passes share: functions of numbers, and loading and storing of tiles.

A tile is a part of a tensor that a program has in registers: ``[heads, rows]`` of a weighting, ``[columns,
rows]`` of a memory, or rows and columns of the links.
"""

from __future__ import annotations

import triton
import triton.language as tl

EPSILON = tl.constexpr(1e-6)
MASK_FLOOR = tl.constexpr(0.1)
SMALLEST = tl.constexpr(1.2e-38)
"""The least usage whose logarithm is taken."""


@triton.jit
def one_plus(x):
    """Return 1 + log(1 + e^x)."""
    return 1 + tl.maximum(x, 0.0) + tl.log(1 + tl.exp(-tl.abs(x)))


@triton.jit
def tanh(x):
    """Return the hyperbolic tangent."""
    return 2 * tl.sigmoid(2 * x) - 1


@triton.jit
def is_active(tape, step, episode, batch):
    """Return whether an episode is active at a step."""
    if tape.active is None:
        return True
    else:
        return tl.load(tape.active + step * batch + episode) != 0


@triton.jit
def load_heads(values, heads, rows, sizes):
    """Return ``[heads, rows]`` of weightings ``[R, N]``, zero outside."""
    there = (heads < sizes.heads)[:, None] & (rows < sizes.stride)[None, :]
    return tl.load(values + heads[:, None] * sizes.stride + rows[None, :], there, 0.0)


@triton.jit
def store_heads(values, heads, rows, sizes, weights):
    """Store weightings ``[R, N]``."""
    there = (heads < sizes.heads)[:, None] & (rows < sizes.stride)[None, :]
    tl.store(values + heads[:, None] * sizes.stride + rows[None, :], weights, there)


@triton.jit
def load_interface(interface, place, heads, columns, count, sizes):
    """Return ``[heads, columns]`` of a part ``[count, W]`` of the interface vector, zero outside."""
    there = (heads < count)[:, None] & (columns < sizes.width)[None, :]
    return tl.load(interface + place + heads[:, None] * sizes.width + columns[None, :], there, 0.0)


@triton.jit
def load_columns(memory, columns, rows, sizes):
    """Return ``[columns, rows]`` of a memory ``[W, N]``, zero outside."""
    there = (columns < sizes.width)[:, None] & (rows < sizes.stride)[None, :]
    return tl.load(memory + columns[:, None] * sizes.stride + rows[None, :], there, 0.0)


@triton.jit
def store_columns(memory, columns, rows, sizes, values):
    """Store columns of a memory ``[W, N]``."""
    there = (columns < sizes.width)[:, None] & (rows < sizes.stride)[None, :]
    tl.store(memory + columns[:, None] * sizes.stride + rows[None, :], values, there)


@triton.jit
def load_mask(interface, place, heads, columns, count, sizes):
    """Return the masks ``[heads, columns]`` of some keys; ones if the network has no masks."""
    if sizes.masked:
        raw = load_interface(interface, place, heads, columns, count, sizes)
        return MASK_FLOOR + (1 - MASK_FLOOR) * tl.sigmoid(raw)
    else:
        return tl.full((heads.shape[0], columns.shape[0]), 1.0, tl.float32)


@triton.jit
def matches(memory, interface, key, mask, heads, count, rows, sizes):
    """Return dot products and squared row lengths, each ``[heads, rows]``, and squared key lengths."""
    dots = tl.zeros((heads.shape[0], rows.shape[0]), tl.float32)
    lengths = tl.zeros((heads.shape[0], rows.shape[0]), tl.float32)
    key_lengths = tl.zeros((heads.shape[0],), tl.float32)
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        values = load_columns(memory, columns, rows, sizes)
        keys = load_interface(interface, key, heads, columns, count, sizes)
        if sizes.masked:
            weight = load_mask(interface, mask, heads, columns, count, sizes)
            squared = weight * weight
            lengths += tl.sum(squared[:, :, None] * (values * values)[None, :, :], 1)
            key_lengths += tl.sum(keys * keys * squared, 1)
            keys *= squared
        else:
            lengths += tl.sum(values * values, 0)[None, :]
            key_lengths += tl.sum(keys * keys, 1)
        dots += tl.sum(keys[:, :, None] * values[None, :, :], 1)
    return dots, lengths, key_lengths


@triton.jit
def linked_rows(tape, linked, sizes):
    """Return the rows of the memory for indices into the M rows with links."""
    if sizes.some_linked:
        linked += tl.load(tape.rows + 1)
    return linked


@triton.jit
def linked_weights(weights, tape, episode, rows, sizes):
    """Return the write weights of some rows with links, zero where a row cannot be linked."""
    found = tl.load(weights + rows, rows < sizes.stride, 0.0)
    if sizes.some_linked:
        found = tl.where(rows >= tl.load(tape.linkable + episode), found, 0.0)
    return found


@triton.jit
def load_links(links, above, along, sizes):
    """Return rows ``above`` and columns ``along`` of links ``[M, M]``, zero outside."""
    there = (above < sizes.link_stride)[:, None] & (along < sizes.link_stride)[None, :]
    return tl.load(links + above[:, None] * sizes.link_stride + along[None, :], there, 0.0)


@triton.jit
def store_links(links, above, along, sizes, values):
    """Store rows and columns of links ``[M, M]``."""
    there = (above < sizes.link_stride)[:, None] & (along < sizes.link_stride)[None, :]
    tl.store(links + above[:, None] * sizes.link_stride + along[None, :], values, there)


@triton.jit
def mode(interface, index: tl.constexpr, heads, sizes):
    """Return a read mode ``[heads]``: 0 backward, 1 content, 2 forward."""
    place, there = interface + sizes.read_modes + 3 * heads, heads < sizes.heads
    raw_behind = tl.load(place, there, 0.0)
    raw_content = tl.load(place + 1, there, 0.0)
    raw_ahead = tl.load(place + 2, there, 0.0)
    highest = tl.maximum(tl.maximum(raw_behind, raw_content), raw_ahead)
    total = tl.exp(raw_behind - highest) + tl.exp(raw_content - highest) + tl.exp(raw_ahead - highest)
    return tl.exp(tl.load(place + index, there, 0.0) - highest) / total
