"""The whole description in one parallel step, equal to stepping through it.

With ``blind_description`` nothing that happens to the memory during the description depends on what the
memory holds. Every triple goes to the first free row, row t for triple t, so memory, usage, links and
precedence after T triples have a closed form. With g_t the write gate of triple t::

    memory[t]     = g_t v_t
    links[i, j]   = g_i g_j (1 - g_{j+1}) ... (1 - g_{i-1})       for j < i, else 0
    precedence[j] = g_j (1 - g_{j+1}) ... (1 - g_{T-1})

Without ``link_description`` rows of triples have no links, so there are no links and no precedence yet.

Tests compare it with ``access.step``, in value and in every gradient.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.model import sparse_links
from graphdnc.model.access import MemoryState, initial_state
from graphdnc.model.config import DNCConfig


def write_all(gates: Tensor, vectors: Tensor, lengths: Tensor, rows: int, config: DNCConfig) -> MemoryState:
    """Return the memory after the description.

    Args:
        gates: ``[B, T]`` the write gates, before the sigmoid.
        vectors: ``[B, T, W]`` the write vectors.
        lengths: ``[B]`` the number of triples of each episode.
        rows: N, at least T.
        config: the network's options.
    """
    batch, longest, _ = vectors.shape
    empty = initial_state(config, batch, rows, vectors, lengths)
    present = torch.arange(longest, device=lengths.device) < lengths[:, None]
    opened = torch.sigmoid(gates) * present
    last = (torch.arange(rows, device=lengths.device) == lengths[:, None] - 1).to(vectors.dtype)
    held = F.pad(opened, (0, rows - longest))
    usage = held.detach() if config.stop_usage_gradient else held
    state = empty._replace(
        memory=F.pad(opened.unsqueeze(-1) * vectors, (0, 0, 0, rows - longest)),
        usage=usage * (1 - last),
        write_weights=(held * last).unsqueeze(1),
    )
    if config.links == "off" or not config.link_description:
        return state
    log_closed, spare = F.logsigmoid(-gates) * present, rows - longest
    precedence = F.pad(_precedence(opened, log_closed), (0, spare)).unsqueeze(1)
    if config.links == "sparse":
        sparse = sparse_links.after_description(opened, log_closed, rows, config.links_kept)
        return state._replace(links=sparse, precedence=precedence)
    dense = F.pad(_links(opened, log_closed), (0, spare, 0, spare)).unsqueeze(1)
    return state._replace(links=dense, precedence=precedence)


def _precedence(opened: Tensor, log_closed: Tensor) -> Tensor:
    """Return precedence ``[B, T]`` from gates and log(1 - gates), each ``[B, T]``."""
    through = log_closed.cumsum(-1)
    return opened * (through[:, -1:] - through).exp()


def _links(opened: Tensor, log_closed: Tensor) -> Tensor:
    """Return links ``[B, T, T]`` from gates and log(1 - gates), each ``[B, T]``."""
    through = log_closed.cumsum(-1)
    before = F.pad(through, (1, 0))[..., :-1]  # not a difference: neighbours must cancel to the bit
    # log of the product between j and i; only j < i is used, where it is never positive
    # in place: these are the largest tensors of all, and allocating takes longer than filling
    between = (before.unsqueeze(-1) - through.unsqueeze(-2)).clamp_max_(0).exp_()
    return (opened.unsqueeze(-1) * opened.unsqueeze(-2)).mul_(between).tril_(-1)
