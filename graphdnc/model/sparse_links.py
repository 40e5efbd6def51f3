"""Temporal links of large memories: for each row only the K strongest links that lead to it.

Dense links take N x N numbers, sparse links N x K (after Graves et al. 2016, Methods, "Sparse link matrix",
and Rae et al. 2016). Both papers keep one table for each direction, and cut write weights and precedence to K
entries. Here one table serves both directions, and links fade by the whole write weights, as dense links do.
So with K >= N they equal the dense links, and if writes go to single rows almost no link is lost.

Shapes: B episodes, H write heads, N rows that can have links, K links for each row, R read heads. An empty
place of the table links a row to itself with strength 0, which no real link does.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F


class SparseLinks(NamedTuple):
    """``strengths[b, h, i, k]`` is near 1 where row i was written right after row ``sources[b, h, i, k]``."""

    strengths: Tensor  # [B, H, N, K]
    sources: Tensor  # [B, H, N, K] int64


def empty(batch: int, writers: int, rows: int, kept: int, like: Tensor) -> SparseLinks:
    """Return the links of an empty memory, at most ``kept`` for each row."""
    kept = min(kept, rows)
    own = torch.arange(rows, device=like.device)[:, None].expand(batch, writers, rows, kept)
    return SparseLinks(like.new_zeros(batch, writers, rows, kept), own)


def update(links: SparseLinks, precedence: Tensor, write_weights: Tensor) -> SparseLinks:
    """Fade all links, then link the K rows written most to the K rows written last.

    ``precedence`` ``[B, H, N]`` is that before the step, ``write_weights`` ``[B, H, N]`` that of the step.
    """
    strengths, sources = links
    kept = strengths.shape[-1]
    fading = 1 - write_weights.unsqueeze(-1) - _at(write_weights, sources)
    strengths = strengths * fading
    written, rows = write_weights.topk(kept)
    preceding, before = precedence.topk(kept)
    place = rows.unsqueeze(-1).expand(*rows.shape, kept)
    merged = _merge(
        SparseLinks(strengths.gather(-2, place), sources.gather(-2, place)),
        SparseLinks(written.unsqueeze(-1) * preceding.unsqueeze(-2), before.unsqueeze(-2).expand_as(place)),
        rows.unsqueeze(-1),
    )
    return SparseLinks(
        strengths.scatter(-2, place, merged.strengths), sources.scatter(-2, place, merged.sources)
    )


def _at(values: Tensor, places: Tensor) -> Tensor:
    """Return ``values`` ``[..., N]`` at places ``[..., N, K]``."""
    return values.gather(-1, places.flatten(-2)).view_as(places)


def _merge(old: SparseLinks, new: SparseLinks, rows: Tensor) -> SparseLinks:
    """Return the K strongest of old and new links ``[B, H, K, K]`` that lead to ``rows`` ``[B, H, K, 1]``."""
    fresh = new.strengths * (new.sources != rows)
    same = old.sources.unsqueeze(-1) == new.sources.unsqueeze(-2)
    grown = old.strengths + (same * fresh.unsqueeze(-2)).sum(-1)
    known = same.any(-2)
    strengths = torch.cat([grown, fresh * ~known], dim=-1)
    sources = torch.cat([old.sources, torch.where(known, rows, new.sources)], dim=-1)
    strengths, strongest = strengths.topk(old.strengths.shape[-1])
    return SparseLinks(strengths, sources.gather(-1, strongest))


def follow(links: SparseLinks, read_weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return the forward and backward weightings of ``[B, R, N]``, each ``[B, H, R, N]``."""
    strengths, sources = (value.unsqueeze(2) for value in links)
    _, writers, _, rows, kept = strengths.shape
    weights = read_weights.unsqueeze(1).expand(-1, writers, -1, -1)
    places = sources.expand(-1, -1, weights.shape[2], -1, -1).flatten(-2)
    forward = (weights.gather(-1, places).unflatten(-1, (rows, kept)) * strengths).sum(-1)
    sent = (weights.unsqueeze(-1) * strengths).flatten(-2)
    return forward, torch.zeros_like(weights).scatter_add(-1, places, sent)


def after_description(opened: Tensor, log_closed: Tensor, rows: int, kept: int) -> SparseLinks:
    """Return the links after a description, from gates and log(1 - gates), each ``[B, T]``.

    The closed form is that of ``parallel_description.py``. Row i links to the rows of highest precedence
    before it. Precedence fades equally for all rows, so their order is known when they are written.
    """
    batch, longest = opened.shape
    kept = min(kept, rows)
    # in float32, sums of thousands of logarithms are too coarse to tell neighbours apart; MPS has no other
    exact = torch.float32 if opened.device.type == "mps" else torch.float64
    through = log_closed.to(exact).cumsum(-1)
    strongest = _strongest_before((opened.to(exact).log() - through).detach(), kept)
    found = strongest >= 0
    sources = strongest.clamp_min(0)
    before = F.pad(through, (1, 0))[:, :-1, None]
    between = (before - _at(through, sources)).clamp_max(0).exp().to(opened.dtype)
    strengths = opened.unsqueeze(-1) * _at(opened, sources) * between * found
    own = torch.arange(rows, device=opened.device)[:, None].expand(batch, rows, kept).clone()
    own[:, :longest] = torch.where(found, sources, own[:, :longest])
    return SparseLinks(F.pad(strengths, (0, 0, 0, rows - longest)).unsqueeze(1), own.unsqueeze(1))


def _strongest_before(scores: Tensor, kept: int) -> Tensor:
    """Return ``[B, T, K]``: the places of the K highest earlier scores ``[B, T]``, or -1 if there are fewer.

    By doubling: the best of the last 1, 2, 4 ... steps are merged with the best of as many steps before.
    """
    best = F.pad(scores.unsqueeze(-1), (0, kept - 1), value=-torch.inf)
    steps = torch.arange(scores.shape[1], device=scores.device)
    places = steps[:, None].expand_as(best)
    span = 1
    while span < scores.shape[1]:
        best = torch.cat([best, F.pad(best, (0, 0, span, 0), value=-torch.inf)[:, :-span]], dim=-1)
        places = torch.cat([places, F.pad(places, (0, 0, span, 0))[:, :-span]], dim=-1)
        best, order = best.topk(kept)
        places = places.gather(-1, order)
        span *= 2
    places = places.masked_fill(best == -torch.inf, -1)
    return F.pad(places, (0, 0, 1, 0), value=-1)[:, :-1]
