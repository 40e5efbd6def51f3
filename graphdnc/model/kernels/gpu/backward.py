"""The kernels of the way back through a step; see ``forward.py`` for the way on.

What reaches the state after a step is turned, in place, into what reaches the state before it. Where a phase
changes what it loads, every number belongs to one thread, and a barrier keeps the phases apart.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphdnc.model.kernels.gpu.forward import (
    EPSILON,
    MASK_FLOOR,
    SMALLEST,
    is_active,
    linked_rows,
    linked_weights,
    load_columns,
    load_heads,
    load_links,
    load_mask,
    load_told,
    matches,
    mode,
    one_plus,
    store_columns,
    store_heads,
    store_links,
    tanh,
)


@triton.jit
def _store_told(told_back, place, heads, columns, count, sizes, values):
    """Store ``[heads, columns]`` of the gradient of a part ``[count, W]`` of the interface vector."""
    there = (heads < count)[:, None] & (columns < sizes.width)[None, :]
    tl.store(told_back + place + heads[:, None] * sizes.width + columns[None, :], values, there)


@triton.jit
def _read_back(tape, back, sizes, told_back, told, after, before, step, episode, batch, heads, rows):
    """Go back through reading and the mixing of modes; return the gradient of the content weighting."""
    size, wide = sizes.stride * sizes.width, sizes.stride * sizes.heads
    weights_back = load_heads(back.read + episode * wide, heads, rows, sizes)
    weights = load_heads(tape.read + after * wide, heads, rows, sizes)
    now = back.now_carried + episode * sizes.carried
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        reads_back = load_told(now, 0, heads, columns, sizes.heads, sizes)
        if back.outside is not None:
            outside = back.outside + (step * batch + episode) * sizes.carried
            reads_back += load_told(outside, 0, heads, columns, sizes.heads, sizes)
        values = load_columns(tape.memory + after * size, columns, rows, sizes)
        weights_back += tl.sum(reads_back[:, :, None] * values[None, :, :], 1)
        values_back = load_columns(back.memory + episode * size, columns, rows, sizes)
        values_back += tl.sum(reads_back[:, :, None] * weights[:, None, :], 0)
        store_columns(back.memory + episode * size, columns, rows, sizes, values_back)
    if not sizes.links:
        tl.store(
            told_back + sizes.read_modes + heads, tl.zeros_like(heads).to(tl.float32), heads < sizes.heads
        )
        return weights_back
    else:
        content = load_heads(tape.content + before * wide, heads, rows, sizes)
        ahead = load_heads(tape.forward + before * wide, heads, rows, sizes)
        behind = load_heads(tape.backward + before * wide, heads, rows, sizes)
        mode_back, mode_content, mode_ahead = (
            mode(told, 0, heads, sizes), mode(told, 1, heads, sizes), mode(told, 2, heads, sizes)
        )  # fmt: skip
        from_back = tl.sum(weights_back * behind, 1)
        from_content = tl.sum(weights_back * content, 1)
        from_ahead = tl.sum(weights_back * ahead, 1)
        mean = mode_back * from_back + mode_content * from_content + mode_ahead * from_ahead
        place, tbefore = told_back + sizes.read_modes + 3 * heads, heads < sizes.heads
        tl.store(place, mode_back * (from_back - mean), tbefore)
        tl.store(place + 1, mode_content * (from_content - mean), tbefore)
        tl.store(place + 2, mode_ahead * (from_ahead - mean), tbefore)
        store_heads(back.forward + episode * wide, heads, rows, sizes, mode_ahead[:, None] * weights_back)
        store_heads(back.backward + episode * wide, heads, rows, sizes, mode_back[:, None] * weights_back)
        return mode_content[:, None] * weights_back


@triton.jit
def _content_back(
    sizes, memory, memory_back, told, told_back, key, strength, mask, heads, count, rows,
    weights, weights_back,
):  # fmt: skip
    """Go back through content-based addressing with weights ``[heads, rows]``."""
    dots, lengths, key_lengths = matches(memory, told, key, mask, heads, count, rows, sizes)
    inverse = tl.rsqrt(lengths * key_lengths[:, None] + EPSILON)
    raw = tl.load(told + strength + heads, heads < count, 0.0)
    scores_back = weights * (weights_back - tl.sum(weights * weights_back, 1)[:, None])
    strength_back = tl.sum(scores_back * dots * inverse, 1) * tl.sigmoid(raw)
    tl.store(told_back + strength + heads, strength_back, heads < count)
    dots_back = scores_back * one_plus(raw)[:, None] * inverse
    product_back = -0.5 * dots_back * dots * inverse * inverse
    lengths_back = product_back * key_lengths[:, None]
    key_lengths_back = tl.sum(product_back * lengths, 1)[:, None]
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        values = load_columns(memory, columns, rows, sizes)
        keys = load_told(told, key, heads, columns, count, sizes)
        weight = load_mask(told, mask, heads, columns, count, sizes)
        squared = weight * weight
        by_key = tl.sum(dots_back[:, None, :] * values[None, :, :], 2)
        keys_back = (by_key + 2 * keys * key_lengths_back) * squared
        _store_told(told_back, key, heads, columns, count, sizes, keys_back)
        if sizes.masked:
            by_length = tl.sum(lengths_back[:, None, :] * (values * values)[None, :, :], 2)
            squared_back = keys * by_key + by_length + keys * keys * key_lengths_back
            share = (weight - MASK_FLOOR) / (1 - MASK_FLOOR)
            mask_back = 2 * weight * squared_back * (1 - MASK_FLOOR) * share * (1 - share)
            _store_told(told_back, mask, heads, columns, count, sizes, mask_back)
        values_back = load_columns(memory_back, columns, rows, sizes)
        values_back += tl.sum((keys * squared)[:, :, None] * dots_back[:, None, :], 0)
        values_back += 2 * values * tl.sum(squared[:, :, None] * lengths_back[:, None, :], 0)
        store_columns(memory_back, columns, rows, sizes, values_back)


@triton.jit
def _write_back(tape, back, sizes, told, told_back, before, after, episode, rows):
    """Go back through erasing and writing; return the gradient ``[rows]`` of the write weights."""
    size, there = sizes.stride * sizes.width, rows < sizes.stride
    weights = tl.load(tape.written + after * sizes.stride + rows, there, 0.0)[None, :]
    weights_back = tl.zeros((sizes.row_block,), tl.float32)
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        inside = columns < sizes.width
        erase = tl.sigmoid(tl.load(told + sizes.erase + columns, inside, 0.0))[:, None]
        vector = tl.load(told + sizes.write_vector + columns, inside, 0.0)[:, None]
        values = load_columns(tape.memory + before * size, columns, rows, sizes)
        values_back = load_columns(back.memory + episode * size, columns, rows, sizes)
        weights_back += tl.sum(values_back * (vector - values * erase), 0)
        vector_back = tl.sum(values_back * weights, 1)
        erase_back = -tl.sum(values_back * values * weights, 1)[:, None] * erase * (1 - erase)
        tl.store(told_back + sizes.write_vector + columns, vector_back, inside)
        tl.store(told_back + sizes.erase + columns, tl.sum(erase_back, 1), inside)
        store_columns(back.memory + episode * size, columns, rows, sizes, values_back * (1 - weights * erase))
    return weights_back


@triton.jit
def _links_back(tape, back, sizes, episode, before, after, heads):
    """Go back through following and updating links; store what reaches weights through them.

    Returns what reaches every write weight alike, through precedence.
    """
    along, size, wide = (
        tl.arange(0, sizes.linked_block),
        sizes.link_stride * sizes.link_stride,
        sizes.stride * sizes.heads,
    )
    rows, inside = linked_rows(tape, along, sizes), along < sizes.link_stride
    weights, last = tape.written + after * sizes.stride, tape.read + before * wide
    off, read = linked_weights(weights, tape, episode, rows, sizes), load_heads(last, heads, rows, sizes)
    precedence = tl.load(tape.precedence + before * sizes.link_stride + along, inside, 0.0)
    followed_back = load_heads(back.backward + episode * wide, heads, rows, sizes)
    precedence_back = tl.load(back.precedence + episode * sizes.link_stride + along, inside, 0.0)
    written_back, before_back = precedence_back, tl.zeros((sizes.linked_block,), tl.float32)
    read_back = tl.zeros((sizes.head_block, sizes.linked_block), tl.float32)
    for first in range(0, sizes.link_stride, sizes.link_rows):
        above = first + tl.arange(0, sizes.link_rows)
        rows_above = linked_rows(tape, above, sizes)
        onto = linked_weights(weights, tape, episode, rows_above, sizes)
        ahead_back = load_heads(back.forward + episode * wide, heads, rows_above, sizes)
        links = load_links(tape.links + after * size, above, along, sizes)
        read_back += tl.sum(links[None, :, :] * ahead_back[:, :, None], 1)
        read_above = tl.sum(links[None, :, :] * followed_back[:, None, :], 2)
        store_heads(back.linked_read + episode * wide, heads, rows_above, sizes, read_above)
        links_back = load_links(back.links + episode * size, above, along, sizes)
        links_back += tl.sum(ahead_back[:, :, None] * read[:, None, :], 0)
        links_back += tl.sum(
            load_heads(last, heads, rows_above, sizes)[:, :, None] * followed_back[:, None, :], 0
        )
        links_back = tl.where(above[:, None] == along[None, :], 0.0, links_back)
        links = load_links(tape.links + before * size, above, along, sizes)
        faded = links_back * links
        written_back -= tl.sum(faded, 0)
        onto_back = tl.sum(links_back * precedence[None, :] - faded, 1)
        written = back.linked_written + episode * sizes.stride + rows_above
        tl.store(written, onto_back, rows_above < sizes.stride)
        before_back += tl.sum(links_back * onto[:, None], 0)
        links_back *= 1 - onto[:, None] - off[None, :]
        store_links(back.links + episode * size, above, along, sizes, links_back)
    tl.debug_barrier()
    read_back += load_heads(back.linked_read + episode * wide, heads, rows, sizes)
    written = back.linked_written + episode * sizes.stride + rows
    written_back += tl.load(written, rows < sizes.stride, 0.0)
    if sizes.some_linked:
        written_back = tl.where(rows >= tl.load(tape.linkable + episode), written_back, 0.0)
    every = tl.arange(0, sizes.row_block)
    unwritten = 1 - tl.sum(tl.load(weights + every, every < sizes.stride, 0.0), 0)
    tl.debug_barrier()
    store_heads(back.linked_read + episode * wide, heads, rows, sizes, read_back)
    tl.store(written, written_back, rows < sizes.stride)
    place = back.precedence + episode * sizes.link_stride + along
    tl.store(place, before_back + unwritten * precedence_back, inside)
    tl.debug_barrier()
    return -tl.sum(precedence_back * precedence, 0)


@triton.jit
def _choose_back(tape, back, sizes, told, told_back, before, after, episode, rows, weights_back):
    """Go back through write gate, allocation gate and write key; return the allocation's gradient."""
    there, size = rows < sizes.stride, sizes.stride * sizes.width
    used = tl.load(tape.usage + after * sizes.stride + rows, there, 1.0)
    place = (1 - used) * tl.exp(tl.load(tape.log_before + before * sizes.stride + rows, there, 0.0))
    gate = tl.sigmoid(tl.load(told + sizes.write_gate))
    mixed = place
    allocated_back = weights_back * gate
    if not sizes.allocate_only:
        one = tl.arange(0, 1)
        content = tl.load(tape.write_content + before * sizes.stride + rows, there, 0.0)
        share = tl.sigmoid(tl.load(told + sizes.allocation_gate))
        mixed = share * place + (1 - share) * content
        share_back = tl.sum(allocated_back * (place - content), 0) * share * (1 - share)
        tl.store(told_back + sizes.allocation_gate, share_back)
        content_back = (allocated_back * (1 - share))[None, :]
        allocated_back *= share
        _content_back(
            sizes, tape.memory + before * size, back.memory + episode * size, told, told_back,
            sizes.write_key, sizes.write_strength, sizes.write_mask, one, 1, rows,
            content[None, :], content_back,
        )  # fmt: skip
    tl.store(told_back + sizes.write_gate, tl.sum(weights_back * mixed, 0) * gate * (1 - gate))
    return allocated_back


@triton.jit
def _allocate_back(tape, back, sizes, before, after, episode, rows):
    """Return the gradient ``[rows]`` of the usage that reaches it through the allocation."""
    there, usage = rows < sizes.stride, tape.usage + after * sizes.stride
    used = tl.load(usage + rows, there, 1.0)
    log_before = tl.load(tape.log_before + before * sizes.stride + rows, there, 0.0)
    log_used = tl.log(tl.maximum(used, SMALLEST))
    later_back = tl.zeros((sizes.row_block,), tl.float32)
    for first in range(0, sizes.stride, sizes.other_rows):
        others = first + tl.arange(0, sizes.other_rows)
        inside = others < sizes.stride
        other = tl.load(usage + others, inside, 0.0)
        after_row = (used[None, :] < other[:, None]) | (
            (used[None, :] == other[:, None]) & (rows[None, :] < others[:, None])
        )
        between = tl.load(tape.log_before + before * sizes.stride + others, inside, 0.0)[:, None]
        between = tl.exp(tl.minimum(between - (log_before + log_used)[None, :], 0.0))
        reached = tl.load(back.allocated + episode * sizes.stride + others, inside, 0.0) * (1 - other)
        later_back += tl.sum(tl.where(after_row & inside[:, None], reached[:, None] * between, 0.0), 0)
    allocated_back = tl.load(back.allocated + episode * sizes.stride + rows, there, 0.0)
    return tl.where(there, tl.exp(log_before) * (later_back - allocated_back), 0.0)


@triton.jit
def _use_back(tape, back, sizes, told, told_back, before, episode, rows, used_back):
    """Go back through usage and retention; store what reaches usage, write and read weights before."""
    there = rows < sizes.stride
    usage = tl.load(tape.usage + before * sizes.stride + rows, there, 0.0)
    written = tl.load(tape.written + before * sizes.stride + rows, there, 0.0)
    reads = tape.read + before * sizes.stride * sizes.heads + rows
    reads_back = episode * sizes.stride * sizes.heads + rows
    kept = tl.full((sizes.row_block,), 1.0, tl.float32)
    for head in tl.static_range(sizes.heads):
        free = tl.sigmoid(tl.load(told + sizes.free_gates + head))
        kept *= 1 - free * tl.load(reads + head * sizes.stride, there, 0.0)
    kept_back = used_back * (1 - (1 - usage) * (1 - written))
    for head in tl.static_range(sizes.heads):
        others = tl.full((sizes.row_block,), 1.0, tl.float32)
        for other in tl.static_range(sizes.heads):
            if other != head:
                free = tl.sigmoid(tl.load(told + sizes.free_gates + other))
                others *= 1 - free * tl.load(reads + other * sizes.stride, there, 0.0)
        free = tl.sigmoid(tl.load(told + sizes.free_gates + head))
        read = tl.load(reads + head * sizes.stride, there, 0.0)
        free_back = -tl.sum(kept_back * others * read, 0) * free * (1 - free)
        tl.store(told_back + sizes.free_gates + head, free_back)
        read_back = -kept_back * others * free
        if sizes.links:
            read_back += tl.load(back.linked_read + reads_back + head * sizes.stride, there, 0.0)
        tl.store(back.read + reads_back + head * sizes.stride, read_back, there)
    used_back *= kept
    written_back = used_back * (1 - usage)
    if sizes.stop_usage_gradient:
        written_back *= 0
    tl.store(back.usage + episode * sizes.stride + rows, used_back * (1 - written), there)
    tl.store(back.written + episode * sizes.stride + rows, written_back, there)


@triton.jit
def _hand_on(back, sizes, step, episode, batch, active):
    """Let what reached the reads after a step reach those before it if an episode took no part in it."""
    for first in range(0, sizes.heads * sizes.width, 512):
        places = first + tl.arange(0, 512)
        inside = places < sizes.heads * sizes.width
        now = back.now_carried + episode * sizes.carried + places
        reads_back = tl.load(now, inside, 0.0)
        if back.outside is not None:
            reads_back += tl.load(
                back.outside + (step * batch + episode) * sizes.carried + places, inside, 0.0
            )
        tl.store(now, tl.where(active, 0.0, reads_back), inside)


@triton.jit
def _keep_told(back, sizes, step, episode, batch, active):
    """Keep the gradient of the interface vector for that of the weights; zero without a part in a step."""
    for first in range(0, sizes.told, 512):
        places = first + tl.arange(0, 512)
        inside = places < sizes.told
        now = back.now_told + episode * sizes.told + places
        told_back = tl.where(active, tl.load(now, inside, 0.0), 0.0)
        tl.store(back.told + (step * batch + episode) * sizes.told + places, told_back, inside)
        tl.store(now, told_back, inside)


@triton.jit(do_not_specialize=["batch"])
def step_memory_back(tape, back, sizes, batch):
    """Go back through a step of one episode's memory: from what reaches the reads to the interface vector."""
    episode, step = tl.program_id(0).to(tl.int64), tl.load(back.clocks + 1)
    if episode == 0:
        tl.store(back.clocks, step)
    before = step * batch + episode  # also where what is kept of the step lies
    after = before + batch
    told, told_back = tape.told + before * sizes.told, back.now_told + episode * sizes.told
    active = is_active(tape, step, episode, batch)
    if active:
        rows, heads = tl.arange(0, sizes.row_block), tl.arange(0, sizes.head_block)
        there, size, wide = rows < sizes.stride, sizes.stride * sizes.width, sizes.stride * sizes.heads
        content_back = _read_back(
            tape, back, sizes, told_back, told, after, before, step, episode, batch, heads, rows
        )
        tl.debug_barrier()
        _content_back(
            sizes, tape.memory + after * size, back.memory + episode * size, told, told_back, sizes.read_keys,
            sizes.read_strengths, sizes.read_masks, heads, sizes.heads, rows,
            load_heads(tape.content + before * wide, heads, rows, sizes), content_back,
        )  # fmt: skip
        tl.debug_barrier()
        weights_back = tl.load(back.written + episode * sizes.stride + rows, there, 0.0)
        weights_back += _write_back(tape, back, sizes, told, told_back, before, after, episode, rows)
        if sizes.links:
            through_all = _links_back(tape, back, sizes, episode, before, after, heads)
            weights_back += tl.where(rows < tl.load(tape.rows), through_all, 0.0)
            weights_back += tl.load(back.linked_written + episode * sizes.stride + rows, there, 0.0)
        tl.debug_barrier()
        allocated_back = _choose_back(
            tape, back, sizes, told, told_back, before, after, episode, rows, weights_back
        )
        tl.store(back.allocated + episode * sizes.stride + rows, allocated_back, there)
        used_back = tl.load(back.usage + episode * sizes.stride + rows, there, 0.0)
        tl.debug_barrier()
        used_back += _allocate_back(tape, back, sizes, before, after, episode, rows)
        _use_back(tape, back, sizes, told, told_back, before, episode, rows, used_back)
        tl.debug_barrier()
    _hand_on(back, sizes, step, episode, batch, active)
    _keep_told(back, sizes, step, episode, batch, active)


@triton.jit
def _keep_gate(back, sizes, gate: tl.constexpr, here, episode, units, gate_back):
    """Store the gradient of what enters a gate, for the matrix product and for the weights."""
    there = units < sizes.hidden
    tl.store(back.now_gates + (4 * episode + gate) * sizes.hidden + units, gate_back, there)
    tl.store(back.gates + (4 * here + gate) * sizes.hidden + units, gate_back, there)


@triton.jit(do_not_specialize=["batch"])
def step_cell_back(tape, back, sizes, batch, block: tl.constexpr):
    """Go back through a step of the LSTM cell, of one episode and ``block`` units."""
    episode, step = tl.program_id(0).to(tl.int64), tl.load(back.clocks)
    if (episode == 0) & (tl.program_id(1) == 0):
        tl.store(back.clocks + 1, step - 1)
    units = tl.program_id(1) * block + tl.arange(0, block)
    there, here = units < sizes.hidden, step * batch + episode
    place = sizes.heads * sizes.width + units
    now = back.now_carried + episode * sizes.carried + place
    hidden_back = tl.load(now, there, 0.0)
    if back.outside is not None:
        hidden_back += tl.load(back.outside + here * sizes.carried + place, there, 0.0)
    if is_active(tape, step, episode, batch):
        gates = tape.gates + here * 4 * sizes.hidden + units
        enter = tl.sigmoid(tl.load(gates, there, 0.0))
        forget = tl.sigmoid(tl.load(gates + sizes.hidden, there, 0.0))
        candidate = tanh(tl.load(gates + 2 * sizes.hidden, there, 0.0))
        leave = tl.sigmoid(tl.load(gates + 3 * sizes.hidden, there, 0.0))
        cell = tl.load(tape.cell + here * sizes.hidden + units, there, 0.0)
        bent = tanh(tl.load(tape.cell + (here + batch) * sizes.hidden + units, there, 0.0))
        cell_back = tl.load(back.cell + episode * sizes.hidden + units, there, 0.0)
        cell_back += hidden_back * leave * (1 - bent * bent)
        _keep_gate(back, sizes, 0, here, episode, units, cell_back * candidate * enter * (1 - enter))
        _keep_gate(back, sizes, 1, here, episode, units, cell_back * cell * forget * (1 - forget))
        _keep_gate(back, sizes, 2, here, episode, units, cell_back * enter * (1 - candidate * candidate))
        _keep_gate(back, sizes, 3, here, episode, units, hidden_back * bent * leave * (1 - leave))
        tl.store(back.cell + episode * sizes.hidden + units, cell_back * forget, there)
        tl.store(now, tl.zeros((block,), tl.float32), there)
    else:
        tl.store(now, hidden_back, there)
        for gate in tl.static_range(4):
            _keep_gate(back, sizes, gate, here, episode, units, tl.zeros((block,), tl.float32))
