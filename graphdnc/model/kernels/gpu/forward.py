"""The forward pass through a step of the memory: one program for each episode.

A step of the memory has several phases. Each leaves its results on the tape for the next, with a barrier
between them, because a thread may read what another thread wrote. The equations are those of
``addressing.py``, over tiles: all rows at a time, and some columns, or some rows of links.

Every step is launched with the same arguments, so that it can be recorded once and replayed. The kernels read
the number of the step from a clock on the device. There are two clocks, because a clock cannot be set while
other programs read it: the cell sets that of the memory, the memory that of the cell.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphdnc.model.kernels.gpu.tiles import (
    EPSILON,
    SMALLEST,
    is_active,
    linked_rows,
    linked_weights,
    load_columns,
    load_heads,
    load_links,
    matches,
    mode,
    one_plus,
    store_columns,
    store_heads,
    store_links,
)


@triton.jit
def softmax(scores, there):
    """Return the softmax of scores ``[heads, rows]`` over the rows that are ``there``; zero elsewhere."""
    scores = tl.where(there[None, :], scores, -1e30)
    powers = tl.exp(scores - tl.max(scores, 1)[:, None])
    powers = tl.where(there[None, :], powers, 0.0)
    return powers / tl.sum(powers, 1)[:, None]


@triton.jit
def content_weighting(memory, interface, key, strength, mask, heads, count, rows, there, usage, sizes):
    """Return ``[heads, rows]``: content-based addressing over the rows that are ``there``."""
    dots, lengths, key_lengths = matches(memory, interface, key, mask, heads, count, rows, sizes)
    strengths = one_plus(tl.load(interface + strength + heads, heads < count, 0.0))
    scores = dots * tl.rsqrt(lengths * key_lengths[:, None] + EPSILON) * strengths[:, None]
    if sizes.written_rows_only:
        scores += tl.log(usage + EPSILON)[None, :]
    return softmax(scores, there)


@triton.jit
def rows_before(usage, log_usage, used, rows, sizes):
    """Return ``[rows]``: the log of the product of usages of all rows that are allocated before a row."""
    before = tl.zeros((rows.shape[0],), tl.float32)
    for first in range(0, sizes.stride, sizes.other_rows):
        others = first + tl.arange(0, sizes.other_rows)
        inside = others < sizes.stride
        other = tl.load(usage + others, inside, float("inf"))[:, None]
        earlier = (other < used[None, :]) | ((other == used[None, :]) & (others[:, None] < rows[None, :]))
        before += tl.sum(tl.where(earlier, tl.load(log_usage + others, inside, 0.0)[:, None], 0.0), 0)
    return before


@triton.jit
def _add_interface(tape, sizes, interface, episode):
    """Add the parts of the interface vector from inputs and from the controller."""
    for first in range(0, sizes.interface_size, 512):
        places = first + tl.arange(0, 512)
        inside = places < sizes.interface_size
        share = tl.load(tape.current_interface + episode * sizes.interface_size + places, inside, 0.0)
        tl.store(interface + places, tl.load(interface + places, inside, 0.0) + share, inside)


@triton.jit
def _update_usage(tape, sizes, interface, episode, before, after, rows):
    """Update usage by the last write and the free gates; store it and its log; return it, ``[rows]``."""
    there = rows < sizes.stride
    kept = tl.full((sizes.row_block,), 1.0, tl.float32)
    for head in tl.static_range(sizes.heads):
        read = tl.load(tape.read_weights + (before * sizes.heads + head) * sizes.stride + rows, there, 0.0)
        kept *= 1 - tl.sigmoid(tl.load(interface + sizes.free_gates + head)) * read
    usage = tl.load(tape.usage + before * sizes.stride + rows, there, 0.0)
    written = tl.load(tape.write_weights + before * sizes.stride + rows, there, 0.0)
    used = (1 - (1 - usage) * (1 - written)) * kept
    tl.store(tape.usage + after * sizes.stride + rows, used, there)
    # once here, instead of once for every row that it is compared with
    tl.store(tape.log_usage + episode * sizes.stride + rows, tl.log(tl.maximum(used, SMALLEST)), there)
    return used


@triton.jit
def _write_weighting(tape, sizes, interface, episode, before, after, here, rows, real, used):
    """Mix allocation and content by the allocation gate; store the write weights."""
    there, log_usage = rows < sizes.stride, tape.log_usage + episode * sizes.stride
    log_before = rows_before(tape.usage + after * sizes.stride, log_usage, used, rows, sizes)
    tl.store(tape.log_before + here * sizes.stride + rows, log_before, there)
    weights = (1 - used) * tl.exp(log_before)
    if not sizes.allocate_only:
        one = tl.arange(0, 1)
        memory = tape.memory + before * sizes.stride * sizes.width
        content = content_weighting(
            memory, interface, sizes.write_keys, sizes.write_strengths, sizes.write_masks, one, 1, rows, real,
            used, sizes,
        )  # fmt: skip
        content = tl.sum(content, 0)
        tl.store(tape.write_content + here * sizes.stride + rows, content, there)
        share = tl.sigmoid(tl.load(interface + sizes.allocation_gates))
        weights = share * weights + (1 - share) * content
    weights *= tl.sigmoid(tl.load(interface + sizes.write_gates))
    tl.store(tape.write_weights + after * sizes.stride + rows, weights, there)


@triton.jit
def _write(tape, sizes, interface, before, after, rows):
    """Erase and write rows."""
    weights = tl.load(tape.write_weights + after * sizes.stride + rows, rows < sizes.stride, 0.0)[None, :]
    size = sizes.stride * sizes.width
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        erase = tl.sigmoid(tl.load(interface + sizes.erase + columns, columns < sizes.width, 0.0))[:, None]
        vector = tl.load(interface + sizes.write_vectors + columns, columns < sizes.width, 0.0)[:, None]
        values = load_columns(tape.memory + before * size, columns, rows, sizes)
        values = values * (1 - weights * erase) + weights * vector
        store_columns(tape.memory + after * size, columns, rows, sizes, values)


@triton.jit
def _update_links(tape, sizes, episode, before, after, here, heads):
    """Update links and precedence; store forward and backward weightings of the last read."""
    along, size = tl.arange(0, sizes.linked_block), sizes.link_stride * sizes.link_stride
    weights, rows = tape.write_weights + after * sizes.stride, linked_rows(tape, along, sizes)
    off = linked_weights(weights, tape, episode, rows, sizes)
    precedence = tl.load(tape.precedence + before * sizes.link_stride + along, along < sizes.link_stride, 0.0)
    last = tape.read_weights + before * sizes.stride * sizes.heads
    read = load_heads(last, heads, rows, sizes)
    behind = tl.zeros((sizes.head_block, sizes.linked_block), tl.float32)
    out = here * sizes.stride * sizes.heads
    for first in range(0, sizes.link_stride, sizes.link_rows):
        above = first + tl.arange(0, sizes.link_rows)
        rows_above = linked_rows(tape, above, sizes)
        onto = linked_weights(weights, tape, episode, rows_above, sizes)
        links = load_links(tape.links + before * size, above, along, sizes)
        links = links * (1 - onto[:, None] - off[None, :]) + onto[:, None] * precedence[None, :]
        links = tl.where(above[:, None] == along[None, :], 0.0, links)
        store_links(tape.links + after * size, above, along, sizes, links)
        ahead = tl.sum(links[None, :, :] * read[:, None, :], 2)
        store_heads(tape.forward + out, heads, rows_above, sizes, ahead)
        behind += tl.sum(links[None, :, :] * load_heads(last, heads, rows_above, sizes)[:, :, None], 1)
    store_heads(tape.backward + out, heads, rows, sizes, behind)
    every = tl.arange(0, sizes.row_block)
    unwritten = 1 - tl.sum(tl.load(weights + every, every < sizes.stride, 0.0), 0)
    tl.store(
        tape.precedence + after * sizes.link_stride + along,
        unwritten * precedence + off,
        along < sizes.link_stride,
    )


@triton.jit
def _read(tape, sizes, interface, before, after, here, step, episode, batch, heads, rows, real, used):
    """Mix content, forward and backward weightings by the read modes, and read."""
    there, size = rows < sizes.stride, sizes.stride * sizes.width
    memory, out = tape.memory + after * size, here * sizes.stride * sizes.heads
    written = tl.load(tape.write_weights + after * sizes.stride + rows, there, 0.0)
    weights = content_weighting(
        memory, interface, sizes.read_keys, sizes.read_strengths, sizes.read_masks, heads, sizes.heads, rows,
        real, 1 - (1 - used) * (1 - written), sizes,
    )  # fmt: skip
    store_heads(tape.content + out, heads, rows, sizes, weights)
    if sizes.links:
        ahead = load_heads(tape.forward + out, heads, rows, sizes)
        behind = load_heads(tape.backward + out, heads, rows, sizes)
        weights *= mode(interface, 1, heads, sizes)[:, None]
        weights += mode(interface, 0, heads, sizes)[:, None] * behind
        weights += mode(interface, 2, heads, sizes)[:, None] * ahead
    store_heads(tape.read_weights + after * sizes.stride * sizes.heads, heads, rows, sizes, weights)
    recurrent = tape.recurrent + ((step + 1) * batch + episode) * sizes.recurrent
    now = tape.current_recurrent + episode * sizes.recurrent
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        values = load_columns(memory, columns, rows, sizes)
        reads = tl.sum(weights[:, None, :] * values[None, :, :], 2)
        places = heads[:, None] * sizes.width + columns[None, :]
        inside = (heads < sizes.heads)[:, None] & (columns < sizes.width)[None, :]
        tl.store(recurrent + places, reads, inside)
        tl.store(now + places, reads, inside)


@triton.jit
def _copy(values, before, after, size, block: tl.constexpr):
    """Copy ``size`` numbers from one slot to another."""
    for first in range(0, size, block):
        places = first + tl.arange(0, block)
        tl.store(
            values + after * size + places,
            tl.load(values + before * size + places, places < size),
            places < size,
        )


@triton.jit
def _copy_state(tape, sizes, before, after, step, episode, batch):
    """Copy the whole state unchanged to the next slot."""
    _copy(tape.usage, before, after, sizes.stride, 1024)
    _copy(tape.write_weights, before, after, sizes.stride, 1024)
    _copy(tape.read_weights, before, after, sizes.stride * sizes.heads, 1024)
    _copy(tape.memory, before, after, sizes.stride * sizes.width, 1024)
    if sizes.links:
        _copy(tape.links, before, after, sizes.link_stride * sizes.link_stride, 1024)
        _copy(tape.precedence, before, after, sizes.link_stride, 1024)
    for first in range(0, sizes.heads * sizes.width, 1024):
        places = first + tl.arange(0, 1024)
        inside = places < sizes.heads * sizes.width
        reads = tl.load(tape.current_recurrent + episode * sizes.recurrent + places, inside)
        tl.store(tape.recurrent + ((step + 1) * batch + episode) * sizes.recurrent + places, reads, inside)


@triton.jit(do_not_specialize=["batch", "slots", "kept"])
def step_memory(tape, sizes, batch, slots, kept):
    """Run a step of one episode's memory, from the interface vector to the reads."""
    episode, step = tl.program_id(0).to(tl.int64), tl.load(tape.clocks + 1)
    if episode == 0:
        tl.store(tape.clocks, step + 1)
    before, after = (step % slots) * batch + episode, ((step + 1) % slots) * batch + episode
    if is_active(tape, step, episode, batch):
        here = (step % kept) * batch + episode
        interface = tape.interface + (step * batch + episode) * sizes.interface_size
        _add_interface(tape, sizes, interface, episode)
        tl.debug_barrier()
        rows, heads = tl.arange(0, sizes.row_block), tl.arange(0, sizes.head_block)
        real = rows < tl.load(tape.rows)
        used = _update_usage(tape, sizes, interface, episode, before, after, rows)
        tl.debug_barrier()
        _write_weighting(tape, sizes, interface, episode, before, after, here, rows, real, used)
        tl.debug_barrier()
        _write(tape, sizes, interface, before, after, rows)
        if sizes.links:
            _update_links(tape, sizes, episode, before, after, here, heads)
        tl.debug_barrier()
        _read(tape, sizes, interface, before, after, here, step, episode, batch, heads, rows, real, used)
    else:
        _copy_state(tape, sizes, before, after, step, episode, batch)
