"""Examples -> tensors, and back.

Every step of an episode shows the network one triple of labels and two binary channels, three where it plans
aloud (``steps.py``). First comes the description, one step a triple, with all channels 0; then the question
and the answer (``traversal.py``, ``search.py``, ``inference.py``). Kinship has steps of its own
(``kinship.py``).

Triples come in a fresh random order and under fresh labels each time an example is encoded. Episodes of
different length share a batch: steps past an episode's end are marked inactive and change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graphdnc.episodes import inference, kinship, search, traversal
from graphdnc.episodes.labels import END, LabelCode, Labels, draw_labels
from graphdnc.episodes.search import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, Steps, in_labels
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.program import compile_rule
from graphdnc.kinship.vocabulary import number_of
from graphdnc.questions import Asked, Example, Kin, Path, Relation, Traversal

LEAST = 4
"""Triples that a network of traversals is shown at least. With one or two rows in its memory it errs: it was
never trained on so few."""
CHANNELS = 2
"""The binary channels of the paper; planning aloud has one more."""


class Description(NamedTuple):
    """The description phase of B graphs, and the labels they were given."""

    inputs: Tensor  # [T, B, input] one triple a step, padded at the end
    lengths: Tensor  # [B] int64, how many triples each graph has
    labels: tuple[Labels, ...]
    rows: tuple[NDArray[np.int64], ...]  # what each row of memory then holds, in labels [triples, 3]


class Posed(NamedTuple):
    """Query and answer phase of B questions."""

    steps: Tensor  # [S, B, input] padded at the end
    active: Tensor  # [S, B] bool, false where a step is padding
    wanted: Tensor  # [S, B] bool, true where an answer is wanted


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


def input_size(code: LabelCode, planning: Planning | None = None) -> int:
    """Return how many numbers one step shows the network: 92 with the paper's code."""
    if planning is not None and planning.instructed:
        return 3 * code.width + kinship.channels(code.width).size
    return 3 * code.width + CHANNELS + (planning is not None and planning.aloud)


def output_size(code: LabelCode) -> int:
    """Return how many numbers the network answers with: 90 with the paper's code."""
    return 3 * code.width


def describe(graph: Graph, labels: Labels, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return all triples of a graph as labels ``[triples, 3]`` in a random order."""
    triples = graph.triples[rng.permutation(len(graph))]
    columns = (labels.nodes[triples[:, 0]], labels.relations[triples[:, 1]], labels.nodes[triples[:, 2]])
    return np.stack(columns, axis=1)


def _padded(
    rows: NDArray[np.int64], labels: Labels, rng: np.random.Generator, code: LabelCode
) -> NDArray[np.int64]:
    """Return at least :data:`LEAST` rows of labels, in random order, some of them of labels not in use."""
    missing = LEAST - len(rows)
    if missing <= 0:
        return rows
    nodes = rng.permutation(np.setdiff1d(np.arange(1, code.capacity), labels.nodes))[: 2 * missing]
    relations = rng.permutation(np.setdiff1d(np.arange(code.capacity), labels.relations))[:missing]
    count = min(len(nodes) // 2, len(relations))
    more = np.stack([nodes[:count], relations[:count], nodes[count : 2 * count]], axis=1)
    return rng.permutation(np.concatenate([rows, more]))


def encode_graphs(
    graphs: Sequence[Graph], rng: np.random.Generator, code: LabelCode, planning: Planning | None = None
) -> Description:
    """Lay out the description phase of graphs under freshly drawn labels.

    Where shortest paths are planned, triples from a node to itself are left out. Facts of kinship are told
    from both sides, and in which row each is. Of traversals fewer than :data:`LEAST` triples are shown beside
    triples whose labels mean nothing.

    Raises:
        CapacityError: a graph has more names than the code has labels.
    """
    labels = tuple(draw_labels(rng, graph, code) for graph in graphs)
    instructed = planning is not None and planning.instructed
    if instructed:
        described = [kinship.describe(graph, own, rng) for graph, own in zip(graphs, labels, strict=True)]
    else:
        # known relations are followed one by one, also from a node to itself; all others are searched
        searched = planning is not None and not code.known_relations
        # one graph may be described many times
        told = {id(graph): search.without_loops(graph) if searched else graph for graph in graphs}
        described = [describe(told[id(graph)], own, rng) for graph, own in zip(graphs, labels, strict=True)]
        if planning is None:
            described = [_padded(rows, own, rng, code) for rows, own in zip(described, labels, strict=True)]
    lengths = np.array([len(rows) for rows in described])
    shown = np.full((max(lengths), len(graphs), 3), BLANK)
    for index, rows in enumerate(described):
        shown[: len(rows), index] = rows
    channels = np.zeros((*shown.shape[:2], input_size(code, planning) - 3 * code.width), np.float32)
    if instructed:
        channels[:, :, kinship.channels(code.width).clock] = np.arange(len(shown))[:, None] * kinship.TICK
    return Description(show(shown, channels, code), torch.from_numpy(lengths), labels, tuple(described))


def encode_questions(questions: Sequence[Traversal], labels: Sequence[Labels], code: LabelCode) -> Posed:
    """Lay out traversals, each under the labels of its episode, and the steps in which answers are wanted."""
    laid_out = [
        traversal.lay_out(question, None, own) for question, own in zip(questions, labels, strict=True)
    ]
    together = lay_together(laid_out, code, CHANNELS)
    return Posed(together.steps, together.active, together.answering)


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
    steps = lay_together(laid_out, code, input_size(code, planning) - 3 * code.width)
    return Batch(
        description=described.inputs,
        lengths=described.lengths,
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


def described_rows(graph: Graph, planning: Planning | None) -> int:
    """Return how many rows of memory describing a graph takes at most."""
    if planning is None:
        return max(len(graph), LEAST)
    return 2 * len(graph) if planning.instructed else len(graph)


def spare_rows(question: Asked, nodes: int, planning: Planning | None) -> int:
    """Return how many rows of memory asking a question takes, beside those of a graph of so many nodes."""
    if isinstance(question, Traversal):
        return 2 * len(question.relations) + 1
    assert planning is not None, "all other answers are planned"
    if isinstance(question, Kin):
        return kinship.spare_rows(nodes, compile_rule(question.term.rule))
    return inference.SPARE if isinstance(question, Relation) else planning.rows(nodes)


class Together(NamedTuple):
    """The steps of B episodes as tensors, padded at the end: the fields of :class:`Batch` of these names."""

    steps: Tensor
    active: Tensor
    answering: Tensor
    choices: Tensor
    credit: Tensor
    among: Tensor


def lay_together(episodes: Sequence[Steps], code: LabelCode, channels: int) -> Together:
    """Return the steps of episodes side by side, with the first so many binary channels."""
    size = (max(map(len, episodes)), len(episodes))
    most = max(own.choices.shape[1] for own in episodes)
    shown, choices = np.full((*size, 3), BLANK), np.zeros((*size, most, 3), np.int64)
    flags, active = np.zeros((*size, channels), np.float32), np.zeros(size, bool)
    credit, among = np.zeros((*size, most), bool), np.zeros((*size, most), bool)
    for index, own in enumerate(episodes):
        steps = slice(len(own))
        shown[steps, index] = own.shown
        flags[steps, index] = own.channels[:, :channels]
        active[steps, index] = True
        place = (steps, index, slice(own.choices.shape[1]))
        choices[place], credit[place], among[place] = own.choices, own.credit, own.among
    answering = flags[:, :, ANSWER_WANTED] > 0
    arrays = (active, answering, choices, credit, among)
    return Together(show(shown, flags, code), *map(torch.from_numpy, arrays))


def show(labels: NDArray[np.int64], channels: NDArray[np.float32], code: LabelCode) -> Tensor:
    """Return what the network sees ``[..., input]`` of triples of labels ``[..., 3]`` and their channels."""
    bits = code.encode(labels).reshape(*labels.shape[:-1], 3 * code.width)
    return torch.from_numpy(np.concatenate([bits, channels], axis=-1))


def read_answers(logits: Tensor, code: LabelCode) -> Tensor:
    """Return the labels ``[..., 3]`` answered at every step, given logits ``[..., output]``."""
    return code.decode(logits.unflatten(-1, (3, code.width)))


def log_probabilities(logits: Tensor, triples: Tensor, code: LabelCode) -> Tensor:
    """Return the log-probability ``[..., K]`` of triples of labels ``[..., K, 3]``, in nats."""
    places = logits.unflatten(-1, (3, code.width)).unsqueeze(-3)
    return -code.loss(places.expand(*triples.shape, code.width), triples).sum(-1)


def most_probable(
    logits: Tensor, triples: Sequence[Triple], labels: Labels, code: LabelCode
) -> tuple[Triple, float]:
    """Return the most probable of some triples given ``[output]``, and its log-probability among them."""
    choices = torch.tensor(in_labels(triples, labels))
    scores = log_probabilities(logits, choices, code).log_softmax(-1)
    best = int(scores.argmax())
    return triples[best], float(scores[best])


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
    said = read_answers(logits, code).unsqueeze(-2)
    free = ((said == batch.choices).all(-1) & batch.credit).any(-1)
    if not batch.among.any():
        return free
    scores = log_probabilities(logits, batch.choices, code)
    best = scores.masked_fill(~batch.among, -torch.inf).argmax(-1, keepdim=True)
    return torch.where(batch.among.any(-1), batch.credit.gather(-1, best).squeeze(-1), free)


def decode(answer: NDArray[np.int64], labels: Labels) -> Path | None:
    """Read the labels ``[steps, 3]`` of one answer back as a path, up to its end.

    Returns ``None`` where the network answered with a label that names nothing in this graph, or never
    ended its answer: such an answer names no path.
    """
    nodes = {int(label): number for number, label in enumerate(labels.nodes)}
    relations = {int(label): number for number, label in enumerate(labels.relations)}
    path: list[Triple] = []
    for source, relation, target in answer.tolist():
        if source == relation == target == END:
            return tuple(path)
        if source not in nodes or relation not in relations or target not in nodes:
            return None
        path.append(Triple(nodes[source], relations[relation], nodes[target]))
    return None
