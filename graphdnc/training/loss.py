"""The loss of answers in training, and whether they are right."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.episodes.labels import DigitCode
from graphdnc.training.tensors import Batch


def log_probabilities(logits: Tensor, triples: Tensor, code: DigitCode) -> Tensor:
    """Return the log-probabilities ``[..., K]``, in nats, of triples of labels ``[..., K, 3]``."""
    places = torch.as_tensor(code.places, device=triples.device)[triples]
    digits = logits.unflatten(-1, (3, places.shape[-1], -1)).unsqueeze(-4)
    digits = digits.expand(*places.shape, digits.shape[-1])
    flat = F.cross_entropy(digits.flatten(0, -2), places.flatten(), reduction="none")
    return -flat.view(places.shape).sum((-2, -1))


def answer_loss(logits: Tensor, batch: Batch, code: DigitCode, outputs: float | None = None) -> Tensor:
    """Return the mean of -log p over all steps with an output, in nats.

    p is the probability of all right choices together. If the output is limited to some choices, p is divided
    by the probability of these. ``outputs`` is the number of steps with an output in the whole batch, if this
    is a part of one: the losses of the parts add up to that of the whole.
    """
    mask = batch.answer_mask
    scores = log_probabilities(logits[mask], batch.choices[mask], code)
    right, among = batch.credit[mask], batch.among[mask]
    never = torch.finfo(scores.dtype).min
    total = torch.logsumexp(torch.where(among, scores, never), dim=-1)
    loss = torch.where(among.any(-1), total, 0) - torch.logsumexp(torch.where(right, scores, never), dim=-1)
    return loss.mean() if outputs is None else loss.sum() / outputs


def whole_answers_right(logits: Tensor, batch: Batch, code: DigitCode) -> Tensor:
    """Return ``[B]`` bool: whether all outputs of an episode are right (the paper's measure)."""
    return (said_right(logits, batch, code) | ~batch.answer_mask).all(0)


def said_right(logits: Tensor, batch: Batch, code: DigitCode) -> Tensor:
    """Return ``[S, B]`` bool: whether the most probable triple, of those allowed, is right."""
    places = torch.as_tensor(code.places, device=logits.device)[batch.choices]
    said = logits.unflatten(-1, (3, places.shape[-1], -1)).argmax(-1).unsqueeze(-3)
    free: Tensor = ((said == places).flatten(-2).all(-1) & batch.credit).any(-1)
    if not batch.among.any():
        return free
    scores = log_probabilities(logits, batch.choices, code)
    best = scores.masked_fill(~batch.among, -torch.inf).argmax(-1, keepdim=True)
    return torch.where(batch.among.any(-1), batch.credit.gather(-1, best).squeeze(-1), free)
