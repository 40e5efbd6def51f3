"""One step of the external memory: (interface, state) -> (reads, state)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.model import addressing, sparse_links
from graphdnc.model.config import DNCConfig
from graphdnc.model.interface import Interface
from graphdnc.model.sparse_links import SparseLinks


class MemoryState(NamedTuple):
    """The state of the memory after a step. B episodes, N rows, W columns, R read and H write heads.

    The last M rows have links: all N, or without ``link_description`` only those from the first row that is
    linkable in some episode. Links of rows that are not linkable are zero.
    """

    memory: Tensor  # [B, N, W]
    usage: Tensor  # [B, N]     without the last write
    write_weights: Tensor  # [B, H, N]  of the last step
    read_weights: Tensor  # [B, R, N]  of the last step
    reads: Tensor  # [B, R, W]  of the last step
    links: Tensor | SparseLinks | None  # [B, H, M, M] where dense
    precedence: Tensor | None  # [B, H, M]
    age: Tensor | None = None  # [B, N]     in steps; None where rows in use are never allocated
    linkable: Tensor | None = None  # [B] int64  the first row that can have links; None: row 0


def initial_state(
    config: DNCConfig, batch: int, rows: int, like: Tensor, described: Tensor | None = None
) -> MemoryState:
    """Return an empty memory of ``rows`` rows, of the type and on the device of ``like``.

    ``described`` ``[B]`` is the number of triples that will be described; by default none.
    """
    heads, writers, width = config.read_heads, config.write_heads, config.memory_width
    linkable, linked = like.new_zeros(batch, dtype=torch.int64), rows
    if described is not None and not config.link_description:
        linkable = (described * writers).clamp_max(rows)  # every write head takes a row for each triple
        linked = rows - int(linkable.min())
    links: Tensor | SparseLinks | None = None
    if config.links == "dense":
        links = like.new_zeros(batch, writers, linked, linked)
    elif config.links == "sparse":
        links = sparse_links.empty(batch, writers, linked, config.links_kept, like)
    return MemoryState(
        memory=like.new_zeros(batch, rows, width),
        usage=like.new_zeros(batch, rows),
        write_weights=like.new_zeros(batch, writers, rows),
        read_weights=like.new_zeros(batch, heads, rows),
        reads=like.new_zeros(batch, heads, width),
        links=links,
        precedence=None if links is None else like.new_zeros(batch, writers, linked),
        age=like.new_zeros(batch, rows) if config.overwrites else None,
        linkable=linkable,
    )


def step(interface: Interface, state: MemoryState, config: DNCConfig, reading: bool = True) -> MemoryState:
    """Free, allocate, write, link and read (paper, Methods).

    Without ``reading`` the memory is not looked at: all reads are zeros, and writes go to the allocated row.
    """
    write_weights = state.write_weights.detach() if config.stop_usage_gradient else state.write_weights
    kept = addressing.retention(interface.free_gates, state.read_weights)
    usage = addressing.usage_after_write(state.usage, write_weights) * kept
    age = _age(state, config)
    weights = _write_weights(interface, state.memory if reading else None, usage, age, config)
    memory = state.memory * kept.unsqueeze(-1) if config.wipe_freed_rows else state.memory
    memory = addressing.write(memory, weights, interface.erase, interface.write_vectors)
    links, precedence = state.links, state.precedence
    if links is not None and precedence is not None:
        linked = weights
        if not config.link_description and state.linkable is not None:
            linked = _linked(weights, precedence.shape[-1], state.linkable)
        links = _update_links(links, precedence, linked)
        precedence = addressing.update_precedence(precedence, weights, linked)

    if reading:
        looked_at = _readable(usage, weights, config)
        read_weights = _read_weights(interface, memory, links, state.read_weights, looked_at)
        reads = torch.bmm(read_weights, memory)
    else:
        read_weights, reads = torch.zeros_like(state.read_weights), torch.zeros_like(state.reads)
    return MemoryState(memory, usage, weights, read_weights, reads, links, precedence, age, state.linkable)


def _age(state: MemoryState, config: DNCConfig) -> Tensor | None:
    """Return the age of the rows by what was done in the step before; it has no gradient."""
    if state.age is None:
        return None
    touched = [state.write_weights, *([state.read_weights] if config.when_full == "least-read" else [])]
    return addressing.age_after(state.age, torch.cat(touched, dim=1).detach())


def _write_weights(
    interface: Interface, memory: Tensor | None, usage: Tensor, age: Tensor | None, config: DNCConfig
) -> Tensor:
    if memory is None or interface.write_keys is None or interface.write_strengths is None:
        return addressing.write_weighting(usage, interface.write_gates, None, None, age)
    readable = usage.detach() if config.written_rows_only else None
    content = addressing.content_weighting(
        memory, interface.write_keys, interface.write_strengths, interface.write_masks, readable
    )
    return addressing.write_weighting(usage, interface.write_gates, interface.allocation_gates, content, age)


def _linked(weights: Tensor, linked: int, linkable: Tensor) -> Tensor:
    """Return the write weights ``[B, H, M]`` of the last ``linked`` rows, zero for rows without links."""
    first = weights.shape[-1] - linked
    rows = torch.arange(first, weights.shape[-1], device=weights.device)
    return weights[..., first:] * (rows >= linkable[:, None]).unsqueeze(1)


def _update_links(links: Tensor | SparseLinks, precedence: Tensor, weights: Tensor) -> Tensor | SparseLinks:
    if isinstance(links, SparseLinks):
        return sparse_links.update(links, precedence, weights)
    return addressing.update_links(links, precedence, weights)


def _readable(usage: Tensor, write_weights: Tensor, config: DNCConfig) -> Tensor | None:
    """Return the usage with the row just written, if only rows in use may be read; else ``None``."""
    if not config.written_rows_only:
        return None
    # detached: the gradient of log(usage) at an empty row is a million times that of the score
    return addressing.usage_after_write(usage, write_weights).detach()


def _read_weights(
    interface: Interface,
    memory: Tensor,
    links: Tensor | SparseLinks | None,
    before: Tensor,
    readable: Tensor | None,
) -> Tensor:
    content = addressing.content_weighting(
        memory, interface.read_keys, interface.read_strengths, interface.read_masks, readable
    )
    if links is None:
        return content
    forward, backward = _follow_links(links, before)
    return addressing.read_weighting(interface.read_modes, content, forward, backward)


def _follow_links(links: Tensor | SparseLinks, before: Tensor) -> tuple[Tensor, Tensor]:
    """Return forward and backward weightings ``[B, H, R, N]``, zero for rows without links."""
    strengths = links.strengths if isinstance(links, SparseLinks) else links
    unlinked = before.shape[-1] - strengths.shape[-2]
    before = before[..., unlinked:]
    forward, backward = (
        sparse_links.follow(links, before)
        if isinstance(links, SparseLinks)
        else addressing.follow_links(links, before)
    )
    if not unlinked:
        return forward, backward
    return F.pad(forward, (unlinked, 0)), F.pad(backward, (unlinked, 0))
