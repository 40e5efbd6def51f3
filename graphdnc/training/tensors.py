"""Examples as tensors to learn from, and what an answer to them is worth.

Everything is laid out in time by ``encoding.py``; here are the tensors that training needs of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from graphdnc.episodes import inference, kinship, search, traversal
from graphdnc.episodes.encoding import Together, encode_graphs, input_size, lay_together, spare_rows
from graphdnc.episodes.labels import LabelCode, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import Steps
from graphdnc.kinship.program import compile_rule
from graphdnc.kinship.vocabulary import number_of
from graphdnc.questions import Example, Kin, Relation, Traversal


@dataclass(frozen=True)
class Batch:
    """B episodes as tensors.

    Attributes:
        description: ``[T, B, input]`` one triple a step, padded at the end.
        lengths: ``[B]`` int64, how many triples each episode has.
        steps: ``[S, B, input]`` all steps after the description, padded at the end.
        active: ``[S, B]`` bool, false where a step is padding.
        choices: ``[S, B, K, 3]`` int64, triples of labels that an answer is compared with.
        credit: ``[S, B, K]`` bool, the choices that are right; none where no answer is wanted.
        among: ``[S, B, K]`` bool, the choices an answer must be one of; none where it may be anything.
        answering: ``[S, B]`` bool, the steps of the answer itself; what is wanted elsewhere is planning.
        spare: rows of memory that the steps may write to.
        labels: the labels of each episode, to read answers back.
        examples: what the episodes were made of.
    """

    description: Tensor
    lengths: Tensor
    steps: Tensor
    active: Tensor
    choices: Tensor
    credit: Tensor
    among: Tensor
    answering: Tensor
    spare: int
    labels: tuple[Labels, ...]
    examples: tuple[Example, ...]

    @property
    def wanted(self) -> Tensor:
        """Where something is to be said, ``[S, B]`` bool."""
        return self.credit.any(-1)

    @property
    def rows(self) -> int:
        """Rows of memory that all of it takes."""
        return len(self.description) + self.spare

    def to(self, device: torch.device) -> Batch:
        """Return the same batch with its tensors on another device."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        moved: dict[str, Any] = {
            name: value.to(device) for name, value in values.items() if isinstance(value, Tensor)
        }
        return replace(self, **moved)


def encode(
    examples: Sequence[Example],
    rng: np.random.Generator,
    code: LabelCode,
    planning: Planning | None = None,
) -> Batch:
    """Lay out examples in time under freshly drawn labels; all but traversals need ``planning``.

    Raises:
        CapacityError: a graph has more names than the code has labels.
    """
    described = encode_graphs([example.graph for example in examples], rng, code, planning)
    laid_out = [
        _lay_out(example, own, rows, code, planning, rng)
        for example, own, rows in zip(examples, described.labels, described.rows, strict=True)
    ]
    steps = teach_together(laid_out, code, input_size(code, planning) - 3 * code.width)
    return Batch(
        description=torch.from_numpy(described.inputs),
        lengths=torch.from_numpy(described.lengths),
        **steps._asdict(),
        spare=max(spare_rows(own.question, own.graph.nodes, planning) for own in examples),
        labels=described.labels,
        examples=tuple(examples),
    )


def _lay_out(
    example: Example,
    labels: Labels,
    rows: NDArray[np.int64],
    code: LabelCode,
    planning: Planning | None,
    rng: np.random.Generator,
) -> Steps:
    question, answer = example.question, example.answer
    if isinstance(question, Traversal):
        return traversal.lay_out(question, answer, labels)
    assert planning is not None, "all other answers are planned"
    if isinstance(question, Relation):
        return inference.lay_out(question, answer, labels)
    if isinstance(question, Kin):
        person, term = int(labels.nodes[question.person]), number_of(question.term)
        return kinship.lay_out(rows, compile_rule(question.term.rule), person, code, term)
    return search.lay_out(example.graph, question, answer, labels, planning, rng)


def teach_together(episodes: Sequence[Steps], code: LabelCode, channels: int) -> Together[Tensor]:
    """Return the steps of episodes side by side, with the first so many binary channels."""
    return Together(*map(torch.from_numpy, lay_together(episodes, code, channels)))


def log_probabilities(logits: Tensor, triples: Tensor, code: LabelCode) -> Tensor:
    """Return the log-probability ``[..., K]`` of triples of labels ``[..., K, 3]``, in nats."""
    places = torch.as_tensor(code.places, device=triples.device)[triples]
    digits = logits.unflatten(-1, (3, places.shape[-1], -1)).unsqueeze(-4)
    digits = digits.expand(*places.shape, digits.shape[-1])
    flat = F.cross_entropy(digits.flatten(0, -2), places.flatten(), reduction="none")
    return -flat.view(places.shape).sum((-2, -1))


def answer_loss(logits: Tensor, batch: Batch, code: LabelCode) -> Tensor:
    """Return the mean over wanted steps of -log of the probability of all right choices together, in nats.

    Where an answer must be one of several choices, that is their share of the choices' probability.
    """
    wanted = batch.wanted
    scores = log_probabilities(logits[wanted], batch.choices[wanted], code)
    right, among = batch.credit[wanted], batch.among[wanted]
    never = torch.finfo(scores.dtype).min
    total = torch.logsumexp(torch.where(among, scores, never), dim=-1)
    loss = torch.where(among.any(-1), total, 0) - torch.logsumexp(torch.where(right, scores, never), dim=-1)
    return loss.mean()


def whole_answers_right(logits: Tensor, batch: Batch, code: LabelCode) -> Tensor:
    """Return ``[B]`` bool: every wanted triple right, the end included (the paper's measure)."""
    return (said_right(logits, batch, code) | ~batch.wanted).all(0)


def said_right(logits: Tensor, batch: Batch, code: LabelCode) -> Tensor:
    """Return ``[S, B]`` bool: whether the most probable triple, of those allowed, is a right one."""
    places = torch.as_tensor(code.places, device=logits.device)[batch.choices]
    said = logits.unflatten(-1, (3, places.shape[-1], -1)).argmax(-1).unsqueeze(-3)
    free: Tensor = ((said == places).flatten(-2).all(-1) & batch.credit).any(-1)
    if not batch.among.any():
        return free
    scores = log_probabilities(logits, batch.choices, code)
    best = scores.masked_fill(~batch.among, -torch.inf).argmax(-1, keepdim=True)
    return torch.where(batch.among.any(-1), batch.credit.gather(-1, best).squeeze(-1), free)
