"""The kernels of a step: LSTM cell, and the memory with one program an episode.

A step of the memory goes through its phases in order. What one phase leaves for the next lies on the tape,
and a barrier stands between: a thread may read there what another has written. The equations are those of
``addressing.py``, over tiles: all rows are in hand at a time, some columns, or some rows of links.

Every step is launched alike, so that it can be recorded once and replayed: which step it is, the kernels read
off a clock on the device. There are two, as a clock cannot be set while others read it. The cell sets the
memory's, the memory the cell's.
"""

from __future__ import annotations

import triton
import triton.language as tl

EPSILON = tl.constexpr(1e-6)
MASK_FLOOR = tl.constexpr(0.1)
SMALLEST = tl.constexpr(1.2e-38)
"""What a usage of zero is to a logarithm."""


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
    """Whether an episode takes part in a step."""
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
def load_told(told, place, heads, columns, count, sizes):
    """Return ``[heads, columns]`` of a part ``[count, W]`` of the interface vector, zero outside."""
    there = (heads < count)[:, None] & (columns < sizes.width)[None, :]
    return tl.load(told + place + heads[:, None] * sizes.width + columns[None, :], there, 0.0)


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
def load_mask(told, place, heads, columns, count, sizes):
    """Return the masks ``[heads, columns]`` of some keys; ones where keys have none."""
    if sizes.masked:
        raw = load_told(told, place, heads, columns, count, sizes)
        return MASK_FLOOR + (1 - MASK_FLOOR) * tl.sigmoid(raw)
    else:
        return tl.full((heads.shape[0], columns.shape[0]), 1.0, tl.float32)


@triton.jit
def matches(memory, told, key, mask, heads, count, rows, sizes):
    """Return of keys and rows ``[heads, rows]`` products and squared lengths, and of keys squared lengths."""
    dots = tl.zeros((heads.shape[0], rows.shape[0]), tl.float32)
    lengths = tl.zeros((heads.shape[0], rows.shape[0]), tl.float32)
    key_lengths = tl.zeros((heads.shape[0],), tl.float32)
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        values = load_columns(memory, columns, rows, sizes)
        keys = load_told(told, key, heads, columns, count, sizes)
        if sizes.masked:
            weight = load_mask(told, mask, heads, columns, count, sizes)
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
def softmax(scores, there):
    """Return the softmax of scores ``[heads, rows]`` over the rows that are ``there``, zero elsewhere."""
    scores = tl.where(there[None, :], scores, -1e30)
    powers = tl.exp(scores - tl.max(scores, 1)[:, None])
    powers = tl.where(there[None, :], powers, 0.0)
    return powers / tl.sum(powers, 1)[:, None]


@triton.jit
def content_weighting(memory, told, key, strength, mask, heads, count, rows, there, usage, sizes):
    """Return ``[heads, rows]``: content-based addressing of rows that are ``there``, of some ``usage``."""
    dots, lengths, key_lengths = matches(memory, told, key, mask, heads, count, rows, sizes)
    strengths = one_plus(tl.load(told + strength + heads, heads < count, 0.0))
    scores = dots * tl.rsqrt(lengths * key_lengths[:, None] + EPSILON) * strengths[:, None]
    if sizes.written_rows_only:
        scores += tl.log(usage + EPSILON)[None, :]
    return softmax(scores, there)


@triton.jit
def rows_before(usage, log_usage, used, rows, sizes):
    """Return ``[rows]``: the logarithm of the product of the usages of all rows that are taken before."""
    before = tl.zeros((rows.shape[0],), tl.float32)
    for first in range(0, sizes.stride, sizes.other_rows):
        others = first + tl.arange(0, sizes.other_rows)
        inside = others < sizes.stride
        other = tl.load(usage + others, inside, float("inf"))[:, None]
        earlier = (other < used[None, :]) | ((other == used[None, :]) & (others[:, None] < rows[None, :]))
        before += tl.sum(tl.where(earlier, tl.load(log_usage + others, inside, 0.0)[:, None], 0.0), 0)
    return before


@triton.jit
def linked_rows(tape, linked, sizes):
    """Return which rows those are that are numbered among the linked ones; of the padding, some of theirs."""
    if sizes.some_linked:
        linked += tl.load(tape.rows + 1)
    return linked


@triton.jit
def linked_weights(weights, tape, episode, rows, sizes):
    """Return write weights of some of the linked rows, zero where one cannot be linked."""
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
def _hear(tape, sizes, told, episode):
    """Add up the interface vector."""
    for first in range(0, sizes.told, 512):
        places = first + tl.arange(0, 512)
        inside = places < sizes.told
        share = tl.load(tape.now_told + episode * sizes.told + places, inside, 0.0)
        tl.store(told + places, tl.load(told + places, inside, 0.0) + share, inside)


@triton.jit
def _use(tape, sizes, told, episode, before, after, rows):
    """Free rows and count the last write; store and return the usage ``[rows]``, store its logarithm."""
    there = rows < sizes.stride
    kept = tl.full((sizes.row_block,), 1.0, tl.float32)
    for head in tl.static_range(sizes.heads):
        read = tl.load(tape.read + (before * sizes.heads + head) * sizes.stride + rows, there, 0.0)
        kept *= 1 - tl.sigmoid(tl.load(told + sizes.free_gates + head)) * read
    usage = tl.load(tape.usage + before * sizes.stride + rows, there, 0.0)
    written = tl.load(tape.written + before * sizes.stride + rows, there, 0.0)
    used = (1 - (1 - usage) * (1 - written)) * kept
    tl.store(tape.usage + after * sizes.stride + rows, used, there)
    # here once: each of the rows that compare theirs with it would take it anew
    tl.store(tape.log_usage + episode * sizes.stride + rows, tl.log(tl.maximum(used, SMALLEST)), there)
    return used


@triton.jit
def _choose(tape, sizes, told, episode, before, after, here, rows, real, used):
    """Allocate, look for the write key; store the write weights."""
    there, log_usage = rows < sizes.stride, tape.log_usage + episode * sizes.stride
    log_before = rows_before(tape.usage + after * sizes.stride, log_usage, used, rows, sizes)
    tl.store(tape.log_before + here * sizes.stride + rows, log_before, there)
    weights = (1 - used) * tl.exp(log_before)
    if not sizes.allocate_only:
        one = tl.arange(0, 1)
        memory = tape.memory + before * sizes.stride * sizes.width
        content = content_weighting(
            memory, told, sizes.write_key, sizes.write_strength, sizes.write_mask, one, 1, rows, real, used,
            sizes,
        )  # fmt: skip
        content = tl.sum(content, 0)
        tl.store(tape.write_content + here * sizes.stride + rows, content, there)
        share = tl.sigmoid(tl.load(told + sizes.allocation_gate))
        weights = share * weights + (1 - share) * content
    weights *= tl.sigmoid(tl.load(told + sizes.write_gate))
    tl.store(tape.written + after * sizes.stride + rows, weights, there)


@triton.jit
def _write(tape, sizes, told, before, after, rows):
    """Erase and write."""
    weights = tl.load(tape.written + after * sizes.stride + rows, rows < sizes.stride, 0.0)[None, :]
    size = sizes.stride * sizes.width
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        erase = tl.sigmoid(tl.load(told + sizes.erase + columns, columns < sizes.width, 0.0))[:, None]
        vector = tl.load(told + sizes.write_vector + columns, columns < sizes.width, 0.0)[:, None]
        values = load_columns(tape.memory + before * size, columns, rows, sizes)
        values = values * (1 - weights * erase) + weights * vector
        store_columns(tape.memory + after * size, columns, rows, sizes, values)


@triton.jit
def _link(tape, sizes, episode, before, after, here, heads):
    """Link the row just written to the last one; store where links lead from the rows read last."""
    along, size = tl.arange(0, sizes.linked_block), sizes.link_stride * sizes.link_stride
    weights, rows = tape.written + after * sizes.stride, linked_rows(tape, along, sizes)
    off = linked_weights(weights, tape, episode, rows, sizes)
    precedence = tl.load(tape.precedence + before * sizes.link_stride + along, along < sizes.link_stride, 0.0)
    last = tape.read + before * sizes.stride * sizes.heads
    read = load_heads(last, heads, rows, sizes)
    back = tl.zeros((sizes.head_block, sizes.linked_block), tl.float32)
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
        back += tl.sum(links[None, :, :] * load_heads(last, heads, rows_above, sizes)[:, :, None], 1)
    store_heads(tape.backward + out, heads, rows, sizes, back)
    every = tl.arange(0, sizes.row_block)
    unwritten = 1 - tl.sum(tl.load(weights + every, every < sizes.stride, 0.0), 0)
    tl.store(
        tape.precedence + after * sizes.link_stride + along,
        unwritten * precedence + off,
        along < sizes.link_stride,
    )


@triton.jit
def mode(told, index: tl.constexpr, heads, sizes):
    """Return a read mode ``[heads]``: 0 backward, 1 content, 2 forward."""
    place, there = told + sizes.read_modes + 3 * heads, heads < sizes.heads
    raw_back = tl.load(place, there, 0.0)
    raw_content = tl.load(place + 1, there, 0.0)
    raw_ahead = tl.load(place + 2, there, 0.0)
    highest = tl.maximum(tl.maximum(raw_back, raw_content), raw_ahead)
    total = tl.exp(raw_back - highest) + tl.exp(raw_content - highest) + tl.exp(raw_ahead - highest)
    return tl.exp(tl.load(place + index, there, 0.0) - highest) / total


@triton.jit
def _read(tape, sizes, told, before, after, here, step, episode, batch, heads, rows, real, used):
    """Look for the read keys, mix with where links lead, and read."""
    there, size = rows < sizes.stride, sizes.stride * sizes.width
    memory, out = tape.memory + after * size, here * sizes.stride * sizes.heads
    written = tl.load(tape.written + after * sizes.stride + rows, there, 0.0)
    weights = content_weighting(
        memory, told, sizes.read_keys, sizes.read_strengths, sizes.read_masks, heads, sizes.heads, rows,
        real, 1 - (1 - used) * (1 - written), sizes,
    )  # fmt: skip
    store_heads(tape.content + out, heads, rows, sizes, weights)
    if sizes.links:
        ahead = load_heads(tape.forward + out, heads, rows, sizes)
        back = load_heads(tape.backward + out, heads, rows, sizes)
        weights *= mode(told, 1, heads, sizes)[:, None]
        weights += mode(told, 0, heads, sizes)[:, None] * back
        weights += mode(told, 2, heads, sizes)[:, None] * ahead
    store_heads(tape.read + after * sizes.stride * sizes.heads, heads, rows, sizes, weights)
    carried = tape.carried + ((step + 1) * batch + episode) * sizes.carried
    now = tape.now_carried + episode * sizes.carried
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        values = load_columns(memory, columns, rows, sizes)
        reads = tl.sum(weights[:, None, :] * values[None, :, :], 2)
        places = heads[:, None] * sizes.width + columns[None, :]
        inside = (heads < sizes.heads)[:, None] & (columns < sizes.width)[None, :]
        tl.store(carried + places, reads, inside)
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
def _hold(tape, sizes, before, after, step, episode, batch):
    """Leave everything as it was."""
    _copy(tape.usage, before, after, sizes.stride, 1024)
    _copy(tape.written, before, after, sizes.stride, 1024)
    _copy(tape.read, before, after, sizes.stride * sizes.heads, 1024)
    _copy(tape.memory, before, after, sizes.stride * sizes.width, 1024)
    if sizes.links:
        _copy(tape.links, before, after, sizes.link_stride * sizes.link_stride, 1024)
        _copy(tape.precedence, before, after, sizes.link_stride, 1024)
    for first in range(0, sizes.heads * sizes.width, 1024):
        places = first + tl.arange(0, 1024)
        inside = places < sizes.heads * sizes.width
        reads = tl.load(tape.now_carried + episode * sizes.carried + places, inside)
        tl.store(tape.carried + ((step + 1) * batch + episode) * sizes.carried + places, reads, inside)


@triton.jit(do_not_specialize=["batch", "slots", "kept"])
def step_memory(tape, sizes, batch, slots, kept):
    """Take a step of one episode's memory: from the interface vector to the reads."""
    episode, step = tl.program_id(0).to(tl.int64), tl.load(tape.clocks + 1)
    if episode == 0:
        tl.store(tape.clocks, step + 1)
    before, after = (step % slots) * batch + episode, ((step + 1) % slots) * batch + episode
    if is_active(tape, step, episode, batch):
        here = (step % kept) * batch + episode
        told = tape.told + (step * batch + episode) * sizes.told
        _hear(tape, sizes, told, episode)
        tl.debug_barrier()
        rows, heads = tl.arange(0, sizes.row_block), tl.arange(0, sizes.head_block)
        real = rows < tl.load(tape.rows)
        used = _use(tape, sizes, told, episode, before, after, rows)
        tl.debug_barrier()
        _choose(tape, sizes, told, episode, before, after, here, rows, real, used)
        tl.debug_barrier()
        _write(tape, sizes, told, before, after, rows)
        if sizes.links:
            _link(tape, sizes, episode, before, after, here, heads)
        tl.debug_barrier()
        _read(tape, sizes, told, before, after, here, step, episode, batch, heads, rows, real, used)
    else:
        _hold(tape, sizes, before, after, step, episode, batch)


@triton.jit
def add_up(tape, sizes, gate: tl.constexpr, place, episode, units):
    """Add up what enters a gate."""
    there = units < sizes.hidden
    now = tl.load(tape.now_gates + (4 * episode + gate) * sizes.hidden + units, there, 0.0)
    whole = now + tl.load(tape.gates + (4 * place + gate) * sizes.hidden + units, there, 0.0)
    tl.store(tape.gates + (4 * place + gate) * sizes.hidden + units, whole, there)
    return whole


@triton.jit(do_not_specialize=["batch", "slots"])
def step_cell(tape, sizes, batch, slots, block: tl.constexpr):
    """Take a step of the LSTM cell, from gates to hidden values, of one episode and ``block`` units."""
    episode, step = tl.program_id(0).to(tl.int64), tl.load(tape.clocks)
    if (episode == 0) & (tl.program_id(1) == 0):
        tl.store(tape.clocks + 1, step)
    units = tl.program_id(1) * block + tl.arange(0, block)
    there = units < sizes.hidden
    before, after = (step % slots) * batch + episode, ((step + 1) % slots) * batch + episode
    now = tape.now_carried + episode * sizes.carried + sizes.heads * sizes.width + units
    cell = tl.load(tape.cell + before * sizes.hidden + units, there, 0.0)
    hidden = tl.load(now, there, 0.0)
    if is_active(tape, step, episode, batch):
        place = step * batch + episode
        enter = tl.sigmoid(add_up(tape, sizes, 0, place, episode, units))
        forget = tl.sigmoid(add_up(tape, sizes, 1, place, episode, units))
        candidate = tanh(add_up(tape, sizes, 2, place, episode, units))
        leave = tl.sigmoid(add_up(tape, sizes, 3, place, episode, units))
        cell = forget * cell + enter * candidate
        hidden = leave * tanh(cell)
    tl.store(tape.cell + after * sizes.hidden + units, cell, there)
    carried = tape.carried + ((step + 1) * batch + episode) * sizes.carried + sizes.heads * sizes.width
    tl.store(carried + units, hidden, there)
    tl.store(now, hidden, there)
