"""How rows of the memory are chosen: the addressing of the paper, one function for each equation.

Shapes: B episodes, N rows, W columns, H write heads, K keys (read heads or write heads). A weighting is a
vector of N non-negative numbers with a sum of at most 1. Equations are those of Graves et al. 2016, Methods.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

EPSILON = 1e-6


def cosine_scores(memory: Tensor, keys: Tensor, masks: Tensor | None) -> Tensor:
    """Return the cosine ``[B, K, N]`` between rows ``[B, N, W]`` and keys ``[B, K, W]``.

    ``masks`` ``[B, K, W]`` weight the columns of both (Csordas & Schmidhuber 2019, section 3.1).
    The cosine of a row or key of zeros is 0.
    """
    if masks is None:
        lengths = memory.square().sum(-1)[:, None, :]
        dots = torch.bmm(keys, memory.mT)
        key_lengths = keys.square().sum(-1, keepdim=True)
    else:
        squared_masks = masks.square()
        lengths = torch.bmm(squared_masks, memory.square().mT)
        dots = torch.bmm(keys * squared_masks, memory.mT)
        key_lengths = (keys.square() * squared_masks).sum(-1, keepdim=True)
    return dots * torch.rsqrt(lengths * key_lengths + EPSILON)


def content_weighting(
    memory: Tensor, keys: Tensor, strengths: Tensor, masks: Tensor | None, usage: Tensor | None
) -> Tensor:
    """Content-based addressing C(M, k, beta): ``[B, K, N]``.

    ``strengths`` is ``[B, K]``. With ``usage`` ``[B, N]``, log(usage) is added to the scores, so that empty
    rows get no weight.
    """
    scores = cosine_scores(memory, keys, masks) * strengths.unsqueeze(-1)
    if usage is not None:
        scores = scores + torch.log(usage + EPSILON).unsqueeze(1)
    return torch.softmax(scores, dim=-1)


def retention(free_gates: Tensor, read_weights: Tensor) -> Tensor:
    """Retention psi ``[B, N]``: how much of each row is not freed by the free gates ``[B, R]``."""
    return torch.prod(1 - free_gates.unsqueeze(-1) * read_weights, dim=1)


def usage_after_write(usage: Tensor, write_weights: Tensor) -> Tensor:
    """Usage ``[B, N]`` after writing with weights ``[B, H, N]``: u + w - u * w for each head."""
    return 1 - (1 - usage) * torch.prod(1 - write_weights, dim=1)


def age_after(age: Tensor, weights: Tensor) -> Tensor:
    """Age ``[B, N]``, in steps, after rows were written, or written and read, with weights ``[B, K, N]``."""
    return (1 + age) * torch.prod(1 - weights, dim=1)


def allocation_weighting(usage: Tensor, age: Tensor | None = None) -> Tensor:
    """Allocation a ``[B, N]``: the least used row first, each later row only if those before are used.

    Among rows of equal usage the first comes first. The order of the rows has no gradient. With ``age``
    ``[B, N]``, what is left when all rows are used goes to the oldest row.
    """
    ordered, order = torch.sort(usage, dim=-1, stable=True)
    before = torch.cumprod(F.pad(ordered, (1, 0), value=1.0), dim=-1)[..., :-1]
    allocated = torch.zeros_like(usage).scatter(-1, order, (1 - ordered) * before)
    if age is None:
        return allocated
    left = 1 - allocated.sum(-1, keepdim=True)
    return allocated + left * F.one_hot(age.argmax(-1), age.shape[-1])


def write_weighting(
    usage: Tensor,
    write_gates: Tensor,
    gates: Tensor | None,
    content: Tensor | None,
    age: Tensor | None = None,
) -> Tensor:
    """Write weights ``[B, H, N]`` from usage ``[B, N]`` and write gates ``[B, H]``.

    Each head allocates as if the heads before it had already written. Allocation gates ``[B, H]`` mix
    allocation with a content weighting ``[B, H, N]``; without both, only the allocated row is written. With
    ``age`` ``[B, N]``, the oldest row is allocated where none is free.
    """
    weights = []
    for head in range(write_gates.shape[1]):
        place = allocation_weighting(usage, age)
        gate = write_gates[:, head, None]
        if gates is None or content is None:
            weights.append(gate * place)
            allocated = gate
        else:
            share = gates[:, head, None]
            weights.append(gate * (share * place + (1 - share) * content[:, head]))
            allocated = gate * share
        usage = usage + (1 - usage) * allocated * place
        age = None if age is None else age * (1 - allocated * place)
    return torch.stack(weights, dim=1)


def write(memory: Tensor, weights: Tensor, erase: Tensor, vectors: Tensor) -> Tensor:
    """Return M * (1 - w e^T) + w v^T: rows ``[B, N, W]`` after erasing and writing, all heads at once.

    ``weights`` ``[B, H, N]``, ``erase`` and ``vectors`` ``[B, H, W]``.
    """
    if weights.shape[1] == 1:
        kept = torch.addcmul(memory, memory, torch.bmm(weights.mT, erase), value=-1)
    else:
        kept = memory * torch.prod(1 - weights.unsqueeze(-1) * erase.unsqueeze(-2), dim=1)
    return torch.baddbmm(kept, weights.mT, vectors)


def update_links(links: Tensor, precedence: Tensor, write_weights: Tensor) -> Tensor:
    """Temporal links L ``[B, H, N, N]``: L[i, j] near 1 where row i was written right after row j.

    ``precedence`` ``[B, H, N]`` is that of the step before.
    """
    onto, off = write_weights.unsqueeze(-1), write_weights.unsqueeze(-2)
    updated = torch.addcmul(links * (1 - onto - off), onto, precedence.unsqueeze(-2))
    return updated * (1 - torch.eye(links.shape[-1], dtype=links.dtype, device=links.device))


def update_precedence(precedence: Tensor, write_weights: Tensor, linked: Tensor | None = None) -> Tensor:
    """Precedence p ``[B, H, N]``: how much each row was the last one written.

    If only some rows have links, ``linked`` are the write weights of these rows.
    """
    unwritten = 1 - write_weights.sum(-1, keepdim=True)
    return unwritten * precedence + (write_weights if linked is None else linked)


def follow_links(links: Tensor, read_weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return the forward L w and backward L^T w weightings, each ``[B, H, R, N]``."""
    weights = read_weights.unsqueeze(1)
    return torch.matmul(weights, links.mT), torch.matmul(weights, links)


def read_weighting(modes: Tensor, content: Tensor, forward: Tensor, backward: Tensor) -> Tensor:
    """Mix backward, content and forward weightings by read modes ``[B, R, 1 + 2H]``: ``[B, R, N]``.

    ``modes`` are in the paper's order: H backward, content, H forward.
    """
    heads = forward.shape[1]
    back = torch.einsum("brh,bhrn->brn", modes[..., :heads], backward)
    ahead = torch.einsum("brh,bhrn->brn", modes[..., heads + 1 :], forward)
    return back + modes[..., heads, None] * content + ahead
