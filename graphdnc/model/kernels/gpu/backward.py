"""The backward pass through a step of the memory; see ``forward.py`` for the forward pass.

The gradients of the state after a step are changed, in place, into those of the state before it. Where a
phase changes what it loads, every number belongs to one thread, and barriers separate the phases.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphdnc.model.kernels.gpu.tiles import (
    EPSILON,
    MASK_FLOOR,
    SMALLEST,
    is_active,
    linked_rows,
    linked_weights,
    load_columns,
    load_heads,
    load_interface,
    load_links,
    load_mask,
    matches,
    mode,
    one_plus,
    store_columns,
    store_heads,
    store_links,
)


@triton.jit
def _store_interface(interface_grad, place, heads, columns, count, sizes, values):
    """Store ``[heads, columns]`` of the gradient of a part ``[count, W]`` of the interface vector."""
    there = (heads < count)[:, None] & (columns < sizes.width)[None, :]
    tl.store(interface_grad + place + heads[:, None] * sizes.width + columns[None, :], values, there)


@triton.jit
def _read_backward(
    tape, grads, sizes, interface_grad, interface, after, before, step, episode, batch, heads, rows
):
    """Backpropagate through reading and read modes; return the gradient of the content weighting."""
    size, wide = sizes.stride * sizes.width, sizes.stride * sizes.heads
    weights_grad = load_heads(grads.read_weights + episode * wide, heads, rows, sizes)
    weights = load_heads(tape.read_weights + after * wide, heads, rows, sizes)
    now = grads.current_recurrent + episode * sizes.recurrent
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        reads_grad = load_interface(now, 0, heads, columns, sizes.heads, sizes)
        if grads.output_grad is not None:
            output_grad = grads.output_grad + (step * batch + episode) * sizes.recurrent
            reads_grad += load_interface(output_grad, 0, heads, columns, sizes.heads, sizes)
        values = load_columns(tape.memory + after * size, columns, rows, sizes)
        weights_grad += tl.sum(reads_grad[:, :, None] * values[None, :, :], 1)
        values_grad = load_columns(grads.memory + episode * size, columns, rows, sizes)
        values_grad += tl.sum(reads_grad[:, :, None] * weights[:, None, :], 0)
        store_columns(grads.memory + episode * size, columns, rows, sizes, values_grad)
    if not sizes.links:
        tl.store(
            interface_grad + sizes.read_modes + heads,
            tl.zeros_like(heads).to(tl.float32),
            heads < sizes.heads,
        )
        return weights_grad
    else:
        content = load_heads(tape.content + before * wide, heads, rows, sizes)
        ahead = load_heads(tape.forward + before * wide, heads, rows, sizes)
        behind = load_heads(tape.backward + before * wide, heads, rows, sizes)
        mode_behind = mode(interface, 0, heads, sizes)
        mode_content = mode(interface, 1, heads, sizes)
        mode_ahead = mode(interface, 2, heads, sizes)
        from_behind = tl.sum(weights_grad * behind, 1)
        from_content = tl.sum(weights_grad * content, 1)
        from_ahead = tl.sum(weights_grad * ahead, 1)
        mean = mode_behind * from_behind + mode_content * from_content + mode_ahead * from_ahead
        place, tbefore = interface_grad + sizes.read_modes + 3 * heads, heads < sizes.heads
        tl.store(place, mode_behind * (from_behind - mean), tbefore)
        tl.store(place + 1, mode_content * (from_content - mean), tbefore)
        tl.store(place + 2, mode_ahead * (from_ahead - mean), tbefore)
        store_heads(grads.forward + episode * wide, heads, rows, sizes, mode_ahead[:, None] * weights_grad)
        store_heads(grads.backward + episode * wide, heads, rows, sizes, mode_behind[:, None] * weights_grad)
        return mode_content[:, None] * weights_grad


@triton.jit
def _content_backward(
    sizes, memory, memory_grad, interface, interface_grad, key, strength, mask, heads, count, rows,
    weights, weights_grad,
):  # fmt: skip
    """Backpropagate through content-based addressing with weights ``[heads, rows]``."""
    dots, lengths, key_lengths = matches(memory, interface, key, mask, heads, count, rows, sizes)
    inverse = tl.rsqrt(lengths * key_lengths[:, None] + EPSILON)
    raw = tl.load(interface + strength + heads, heads < count, 0.0)
    scores_grad = weights * (weights_grad - tl.sum(weights * weights_grad, 1)[:, None])
    strength_grad = tl.sum(scores_grad * dots * inverse, 1) * tl.sigmoid(raw)
    tl.store(interface_grad + strength + heads, strength_grad, heads < count)
    dots_grad = scores_grad * one_plus(raw)[:, None] * inverse
    product_grad = -0.5 * dots_grad * dots * inverse * inverse
    lengths_grad = product_grad * key_lengths[:, None]
    key_lengths_grad = tl.sum(product_grad * lengths, 1)[:, None]
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        values = load_columns(memory, columns, rows, sizes)
        keys = load_interface(interface, key, heads, columns, count, sizes)
        weight = load_mask(interface, mask, heads, columns, count, sizes)
        squared = weight * weight
        by_key = tl.sum(dots_grad[:, None, :] * values[None, :, :], 2)
        keys_grad = (by_key + 2 * keys * key_lengths_grad) * squared
        _store_interface(interface_grad, key, heads, columns, count, sizes, keys_grad)
        if sizes.masked:
            by_length = tl.sum(lengths_grad[:, None, :] * (values * values)[None, :, :], 2)
            squared_grad = keys * by_key + by_length + keys * keys * key_lengths_grad
            share = (weight - MASK_FLOOR) / (1 - MASK_FLOOR)
            mask_grad = 2 * weight * squared_grad * (1 - MASK_FLOOR) * share * (1 - share)
            _store_interface(interface_grad, mask, heads, columns, count, sizes, mask_grad)
        values_grad = load_columns(memory_grad, columns, rows, sizes)
        values_grad += tl.sum((keys * squared)[:, :, None] * dots_grad[:, None, :], 0)
        values_grad += 2 * values * tl.sum(squared[:, :, None] * lengths_grad[:, None, :], 0)
        store_columns(memory_grad, columns, rows, sizes, values_grad)


@triton.jit
def _write_backward(tape, grads, sizes, interface, interface_grad, before, after, episode, rows):
    """Backpropagate through erasing and writing; return the gradient ``[rows]`` of the write weights."""
    size, there = sizes.stride * sizes.width, rows < sizes.stride
    weights = tl.load(tape.write_weights + after * sizes.stride + rows, there, 0.0)[None, :]
    weights_grad = tl.zeros((sizes.row_block,), tl.float32)
    for first in range(0, sizes.width, sizes.columns):
        columns = first + tl.arange(0, sizes.columns)
        inside = columns < sizes.width
        erase = tl.sigmoid(tl.load(interface + sizes.erase + columns, inside, 0.0))[:, None]
        vector = tl.load(interface + sizes.write_vectors + columns, inside, 0.0)[:, None]
        values = load_columns(tape.memory + before * size, columns, rows, sizes)
        values_grad = load_columns(grads.memory + episode * size, columns, rows, sizes)
        weights_grad += tl.sum(values_grad * (vector - values * erase), 0)
        vector_grad = tl.sum(values_grad * weights, 1)
        erase_grad = -tl.sum(values_grad * values * weights, 1)[:, None] * erase * (1 - erase)
        tl.store(interface_grad + sizes.write_vectors + columns, vector_grad, inside)
        tl.store(interface_grad + sizes.erase + columns, tl.sum(erase_grad, 1), inside)
        store_columns(
            grads.memory + episode * size, columns, rows, sizes, values_grad * (1 - weights * erase)
        )
    return weights_grad


@triton.jit
def _links_backward(tape, grads, sizes, episode, before, after, heads):
    """Backpropagate through following and updating links; store the gradients of the weightings.

    Returns the part that is the same for every write weight, through precedence.
    """
    along, wide = tl.arange(0, sizes.linked_block), sizes.stride * sizes.heads
    size = sizes.link_stride * sizes.link_stride
    rows, inside = linked_rows(tape, along, sizes), along < sizes.link_stride
    weights, last = tape.write_weights + after * sizes.stride, tape.read_weights + before * wide
    off, read = linked_weights(weights, tape, episode, rows, sizes), load_heads(last, heads, rows, sizes)
    precedence = tl.load(tape.precedence + before * sizes.link_stride + along, inside, 0.0)
    followed_grad = load_heads(grads.backward + episode * wide, heads, rows, sizes)
    precedence_grad = tl.load(grads.precedence + episode * sizes.link_stride + along, inside, 0.0)
    write_weights_grad, before_grad = precedence_grad, tl.zeros((sizes.linked_block,), tl.float32)
    read_weights_grad = tl.zeros((sizes.head_block, sizes.linked_block), tl.float32)
    for first in range(0, sizes.link_stride, sizes.link_rows):
        above = first + tl.arange(0, sizes.link_rows)
        rows_above = linked_rows(tape, above, sizes)
        onto = linked_weights(weights, tape, episode, rows_above, sizes)
        ahead_grad = load_heads(grads.forward + episode * wide, heads, rows_above, sizes)
        links = load_links(tape.links + after * size, above, along, sizes)
        read_weights_grad += tl.sum(links[None, :, :] * ahead_grad[:, :, None], 1)
        read_above = tl.sum(links[None, :, :] * followed_grad[:, None, :], 2)
        store_heads(grads.linked_read_weights + episode * wide, heads, rows_above, sizes, read_above)
        links_grad = load_links(grads.links + episode * size, above, along, sizes)
        links_grad += tl.sum(ahead_grad[:, :, None] * read[:, None, :], 0)
        links_grad += tl.sum(
            load_heads(last, heads, rows_above, sizes)[:, :, None] * followed_grad[:, None, :], 0
        )
        links_grad = tl.where(above[:, None] == along[None, :], 0.0, links_grad)
        links = load_links(tape.links + before * size, above, along, sizes)
        faded = links_grad * links
        write_weights_grad -= tl.sum(faded, 0)
        onto_grad = tl.sum(links_grad * precedence[None, :] - faded, 1)
        written = grads.linked_write_weights + episode * sizes.stride + rows_above
        tl.store(written, onto_grad, rows_above < sizes.stride)
        before_grad += tl.sum(links_grad * onto[:, None], 0)
        links_grad *= 1 - onto[:, None] - off[None, :]
        store_links(grads.links + episode * size, above, along, sizes, links_grad)
    tl.debug_barrier()
    read_weights_grad += load_heads(grads.linked_read_weights + episode * wide, heads, rows, sizes)
    written = grads.linked_write_weights + episode * sizes.stride + rows
    write_weights_grad += tl.load(written, rows < sizes.stride, 0.0)
    if sizes.some_linked:
        write_weights_grad = tl.where(rows >= tl.load(tape.linkable + episode), write_weights_grad, 0.0)
    every = tl.arange(0, sizes.row_block)
    unwritten = 1 - tl.sum(tl.load(weights + every, every < sizes.stride, 0.0), 0)
    tl.debug_barrier()
    store_heads(grads.linked_read_weights + episode * wide, heads, rows, sizes, read_weights_grad)
    tl.store(written, write_weights_grad, rows < sizes.stride)
    place = grads.precedence + episode * sizes.link_stride + along
    tl.store(place, before_grad + unwritten * precedence_grad, inside)
    tl.debug_barrier()
    return -tl.sum(precedence_grad * precedence, 0)


@triton.jit
def _write_weighting_backward(
    tape, grads, sizes, interface, interface_grad, before, after, episode, rows, weights_grad
):
    """Backpropagate through the write weighting; return the gradient of the allocation weighting."""
    there, size = rows < sizes.stride, sizes.stride * sizes.width
    used = tl.load(tape.usage + after * sizes.stride + rows, there, 1.0)
    place = (1 - used) * tl.exp(tl.load(tape.log_before + before * sizes.stride + rows, there, 0.0))
    gate = tl.sigmoid(tl.load(interface + sizes.write_gates))
    mixed = place
    allocated_grad = weights_grad * gate
    if not sizes.allocate_only:
        one = tl.arange(0, 1)
        content = tl.load(tape.write_content + before * sizes.stride + rows, there, 0.0)
        share = tl.sigmoid(tl.load(interface + sizes.allocation_gates))
        mixed = share * place + (1 - share) * content
        share_grad = tl.sum(allocated_grad * (place - content), 0) * share * (1 - share)
        tl.store(interface_grad + sizes.allocation_gates, share_grad)
        content_grad = (allocated_grad * (1 - share))[None, :]
        allocated_grad *= share
        _content_backward(
            sizes, tape.memory + before * size, grads.memory + episode * size, interface, interface_grad,
            sizes.write_keys, sizes.write_strengths, sizes.write_masks, one, 1, rows,
            content[None, :], content_grad,
        )  # fmt: skip
    tl.store(interface_grad + sizes.write_gates, tl.sum(weights_grad * mixed, 0) * gate * (1 - gate))
    return allocated_grad


@triton.jit
def _allocate_backward(tape, grads, sizes, before, after, episode, rows):
    """Return the gradient ``[rows]`` of the usage through the allocation weighting."""
    there, usage = rows < sizes.stride, tape.usage + after * sizes.stride
    used = tl.load(usage + rows, there, 1.0)
    log_before = tl.load(tape.log_before + before * sizes.stride + rows, there, 0.0)
    log_used = tl.log(tl.maximum(used, SMALLEST))
    later_grad = tl.zeros((sizes.row_block,), tl.float32)
    for first in range(0, sizes.stride, sizes.other_rows):
        others = first + tl.arange(0, sizes.other_rows)
        inside = others < sizes.stride
        other = tl.load(usage + others, inside, 0.0)
        after_row = (used[None, :] < other[:, None]) | (
            (used[None, :] == other[:, None]) & (rows[None, :] < others[:, None])
        )
        between = tl.load(tape.log_before + before * sizes.stride + others, inside, 0.0)[:, None]
        between = tl.exp(tl.minimum(between - (log_before + log_used)[None, :], 0.0))
        reached = tl.load(grads.allocated + episode * sizes.stride + others, inside, 0.0) * (1 - other)
        later_grad += tl.sum(tl.where(after_row & inside[:, None], reached[:, None] * between, 0.0), 0)
    allocated_grad = tl.load(grads.allocated + episode * sizes.stride + rows, there, 0.0)
    return tl.where(there, tl.exp(log_before) * (later_grad - allocated_grad), 0.0)


@triton.jit
def _update_usage_backward(tape, grads, sizes, interface, interface_grad, before, episode, rows, used_grad):
    """Backpropagate through usage and retention; store the gradients of the values before the step."""
    there = rows < sizes.stride
    usage = tl.load(tape.usage + before * sizes.stride + rows, there, 0.0)
    written = tl.load(tape.write_weights + before * sizes.stride + rows, there, 0.0)
    reads = tape.read_weights + before * sizes.stride * sizes.heads + rows
    reads_grad = episode * sizes.stride * sizes.heads + rows
    kept = tl.full((sizes.row_block,), 1.0, tl.float32)
    for head in tl.static_range(sizes.heads):
        free = tl.sigmoid(tl.load(interface + sizes.free_gates + head))
        kept *= 1 - free * tl.load(reads + head * sizes.stride, there, 0.0)
    kept_grad = used_grad * (1 - (1 - usage) * (1 - written))
    for head in tl.static_range(sizes.heads):
        others = tl.full((sizes.row_block,), 1.0, tl.float32)
        for other in tl.static_range(sizes.heads):
            if other != head:
                free = tl.sigmoid(tl.load(interface + sizes.free_gates + other))
                others *= 1 - free * tl.load(reads + other * sizes.stride, there, 0.0)
        free = tl.sigmoid(tl.load(interface + sizes.free_gates + head))
        read = tl.load(reads + head * sizes.stride, there, 0.0)
        free_grad = -tl.sum(kept_grad * others * read, 0) * free * (1 - free)
        tl.store(interface_grad + sizes.free_gates + head, free_grad)
        read_grad = -kept_grad * others * free
        if sizes.links:
            read_grad += tl.load(grads.linked_read_weights + reads_grad + head * sizes.stride, there, 0.0)
        tl.store(grads.read_weights + reads_grad + head * sizes.stride, read_grad, there)
    used_grad *= kept
    write_weights_grad = used_grad * (1 - usage)
    if sizes.stop_usage_gradient:
        write_weights_grad *= 0
    tl.store(grads.usage + episode * sizes.stride + rows, used_grad * (1 - written), there)
    tl.store(grads.write_weights + episode * sizes.stride + rows, write_weights_grad, there)


@triton.jit
def _pass_on_reads(grads, sizes, step, episode, batch, active):
    """Pass the gradient of the reads on to the step before if the episode is not active."""
    for first in range(0, sizes.heads * sizes.width, 512):
        places = first + tl.arange(0, 512)
        inside = places < sizes.heads * sizes.width
        now = grads.current_recurrent + episode * sizes.recurrent + places
        reads_grad = tl.load(now, inside, 0.0)
        if grads.output_grad is not None:
            reads_grad += tl.load(
                grads.output_grad + (step * batch + episode) * sizes.recurrent + places, inside, 0.0
            )
        tl.store(now, tl.where(active, 0.0, reads_grad), inside)


@triton.jit
def _store_interface_grad(grads, sizes, step, episode, batch, active):
    """Store the gradient of the interface vector for that of the weights; zero if not active."""
    for first in range(0, sizes.interface_size, 512):
        places = first + tl.arange(0, 512)
        inside = places < sizes.interface_size
        now = grads.current_interface + episode * sizes.interface_size + places
        interface_grad = tl.where(active, tl.load(now, inside, 0.0), 0.0)
        tl.store(
            grads.interface + (step * batch + episode) * sizes.interface_size + places, interface_grad, inside
        )
        tl.store(now, interface_grad, inside)


@triton.jit(do_not_specialize=["batch"])
def step_memory_backward(tape, grads, sizes, batch):
    """Backpropagate through a step of one episode's memory, from the reads to the interface vector."""
    episode, step = tl.program_id(0).to(tl.int64), tl.load(grads.clocks + 1)
    if episode == 0:
        tl.store(grads.clocks, step)
    before = step * batch + episode  # also the slot of what is kept of the step
    after = before + batch
    interface = tape.interface + before * sizes.interface_size
    interface_grad = grads.current_interface + episode * sizes.interface_size
    active = is_active(tape, step, episode, batch)
    if active:
        rows, heads = tl.arange(0, sizes.row_block), tl.arange(0, sizes.head_block)
        there, size, wide = rows < sizes.stride, sizes.stride * sizes.width, sizes.stride * sizes.heads
        content_grad = _read_backward(
            tape, grads, sizes, interface_grad, interface, after, before, step, episode, batch, heads, rows
        )
        tl.debug_barrier()
        _content_backward(
            sizes, tape.memory + after * size, grads.memory + episode * size, interface, interface_grad,
            sizes.read_keys, sizes.read_strengths, sizes.read_masks, heads, sizes.heads, rows,
            load_heads(tape.content + before * wide, heads, rows, sizes), content_grad,
        )  # fmt: skip
        tl.debug_barrier()
        weights_grad = tl.load(grads.write_weights + episode * sizes.stride + rows, there, 0.0)
        weights_grad += _write_backward(
            tape, grads, sizes, interface, interface_grad, before, after, episode, rows
        )
        if sizes.links:
            through_all = _links_backward(tape, grads, sizes, episode, before, after, heads)
            weights_grad += tl.where(rows < tl.load(tape.rows), through_all, 0.0)
            weights_grad += tl.load(grads.linked_write_weights + episode * sizes.stride + rows, there, 0.0)
        tl.debug_barrier()
        allocated_grad = _write_weighting_backward(
            tape, grads, sizes, interface, interface_grad, before, after, episode, rows, weights_grad
        )
        tl.store(grads.allocated + episode * sizes.stride + rows, allocated_grad, there)
        used_grad = tl.load(grads.usage + episode * sizes.stride + rows, there, 0.0)
        tl.debug_barrier()
        used_grad += _allocate_backward(tape, grads, sizes, before, after, episode, rows)
        _update_usage_backward(
            tape, grads, sizes, interface, interface_grad, before, episode, rows, used_grad
        )
        tl.debug_barrier()
    _pass_on_reads(grads, sizes, step, episode, batch, active)
    _store_interface_grad(grads, sizes, step, episode, batch, active)
