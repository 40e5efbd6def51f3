"""Examples -> tensors, and back: the layout of an episode in time.

Every step shows the network one triple of labels and two binary channels (Graves et al. 2016, Methods)::

    phase        triple                          transition   answer wanted   target
    description  (source, relation, target)          0             0          none     one step a triple
    query        (start, relation 1, blank)          1             0          none
                 (blank, relation 2, blank)          0             0          none     one step a relation
    answer       (blank, blank, blank)               1             1          triple 1
                 (blank, blank, blank)               0             1          triple 2
                 (blank, blank, blank)               0             1          the end: three END labels

Triples come in a fresh random order and under fresh labels each time an example is encoded. Episodes of
different length share a batch: steps past an episode's end are marked inactive and change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graphdnc.episodes.labels import END, LabelCode, Labels, draw_labels
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, Path, Traversal

BLANK = -1
CHANNELS = 2
TRANSITION, ANSWER_WANTED = 0, 1
"""The binary channels that follow the three labels in every input."""


class Description(NamedTuple):
    """The description phase of B graphs, and the labels they were given."""

    inputs: Tensor  # [T, B, input] one triple a step, padded at the end
    lengths: Tensor  # [B] int64, how many triples each graph has
    labels: tuple[Labels, ...]


class Asked(NamedTuple):
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
        steps: ``[S, B, input]`` query and answer steps, padded at the end.
        active: ``[S, B]`` bool, false where a step is padding.
        targets: ``[S, B, 3]`` int64 labels, only meaningful where ``wanted``.
        wanted: ``[S, B]`` bool, true where an answer is wanted.
        labels: the labels of each episode, to read answers back.
    """

    description: Tensor
    lengths: Tensor
    steps: Tensor
    active: Tensor
    targets: Tensor
    wanted: Tensor
    labels: tuple[Labels, ...]

    def to(self, device: torch.device) -> Batch:
        """Return the same batch with its tensors on another device."""
        return Batch(
            description=self.description.to(device),
            lengths=self.lengths.to(device),
            steps=self.steps.to(device),
            active=self.active.to(device),
            targets=self.targets.to(device),
            wanted=self.wanted.to(device),
            labels=self.labels,
        )


def input_size(code: LabelCode) -> int:
    """Return how many numbers one step shows the network: 92 with the paper's code."""
    return 3 * code.width + CHANNELS


def output_size(code: LabelCode) -> int:
    """Return how many numbers the network answers with: 90 with the paper's code."""
    return 3 * code.width


def query_steps(question: Traversal, labels: Labels) -> NDArray[np.int64]:
    """Return the triples of labels ``[steps, 3]`` that ask a question."""
    rows = np.full((len(question.relations), 3), BLANK)
    rows[:, 1] = labels.relations[list(question.relations)]
    rows[0, 0] = labels.nodes[question.start]
    return rows


def answer_steps(path: Path, labels: Labels) -> NDArray[np.int64]:
    """Return the triples of labels ``[steps, 3]`` of an answer, the end included."""
    rows = np.full((len(path) + 1, 3), END)
    triples = np.array(path)
    rows[:-1] = np.stack(
        [labels.nodes[triples[:, 0]], labels.relations[triples[:, 1]], labels.nodes[triples[:, 2]]], axis=1
    )
    return rows


def describe(graph: Graph, labels: Labels, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return all triples of a graph as labels ``[triples, 3]`` in a random order."""
    triples = graph.triples[rng.permutation(len(graph))]
    columns = (labels.nodes[triples[:, 0]], labels.relations[triples[:, 1]], labels.nodes[triples[:, 2]])
    return np.stack(columns, axis=1)


def encode_graphs(graphs: Sequence[Graph], rng: np.random.Generator, code: LabelCode) -> Description:
    """Lay out the description phase of graphs under freshly drawn labels.

    Raises:
        CapacityError: a graph has more names than the code has labels.
    """
    labels = tuple(draw_labels(rng, graph, code) for graph in graphs)
    described = [describe(graph, own, rng) for graph, own in zip(graphs, labels, strict=True)]
    lengths = np.array([len(rows) for rows in described])
    shown = np.full((max(lengths), len(graphs), 3), BLANK)
    for index, rows in enumerate(described):
        shown[: len(rows), index] = rows
    inputs = _inputs(shown, np.zeros((*shown.shape[:2], CHANNELS), np.float32), code)
    return Description(inputs, torch.from_numpy(lengths), labels)


def encode_questions(questions: Sequence[Traversal], labels: Sequence[Labels], code: LabelCode) -> Asked:
    """Lay out questions, each under the labels of its episode, and the steps in which answers are wanted."""
    asked = [query_steps(question, own) for question, own in zip(questions, labels, strict=True)]
    # an answer has a triple for every relation, and the end
    ends = np.array([2 * len(query) + 1 for query in asked])
    size, steps = len(asked), max(ends)
    shown = np.full((steps, size, 3), BLANK)
    flags = np.zeros((steps, size, CHANNELS), np.float32)
    for index, query in enumerate(asked):
        begin = len(query)
        shown[:begin, index] = query
        flags[[0, begin], index, TRANSITION] = 1
        flags[begin : ends[index], index, ANSWER_WANTED] = 1
    return Asked(
        steps=_inputs(shown, flags, code),
        active=torch.from_numpy(np.arange(steps)[:, None] < ends),
        wanted=torch.from_numpy(flags[:, :, ANSWER_WANTED] > 0),
    )


def encode(examples: Sequence[Example], rng: np.random.Generator, code: LabelCode) -> Batch:
    """Lay out examples in time under freshly drawn labels.

    Raises:
        CapacityError: a graph has more names than the code has labels.
    """
    described = encode_graphs([example.graph for example in examples], rng, code)
    asked = encode_questions([example.question for example in examples], described.labels, code)
    targets = np.zeros((*asked.wanted.shape, 3), np.int64)
    for index, (example, labels) in enumerate(zip(examples, described.labels, strict=True)):
        targets[asked.wanted[:, index].numpy(), index] = answer_steps(example.answer, labels)
    return Batch(
        description=described.inputs,
        lengths=described.lengths,
        steps=asked.steps,
        active=asked.active,
        targets=torch.from_numpy(targets),
        wanted=asked.wanted,
        labels=described.labels,
    )


def _inputs(labels: NDArray[np.int64], flags: NDArray[np.float32], code: LabelCode) -> Tensor:
    bits = code.encode(labels).reshape(*labels.shape[:2], 3 * code.width)
    return torch.from_numpy(np.concatenate([bits, flags], axis=2))


def read_answers(logits: Tensor, code: LabelCode) -> Tensor:
    """Return the labels ``[S, B, 3]`` answered at every step, given logits ``[S, B, output]``."""
    return code.decode(logits.unflatten(-1, (3, code.width)))


def whole_answers_right(logits: Tensor, batch: Batch, code: LabelCode) -> Tensor:
    """Return ``[B]`` bool: every wanted triple right, the end included (the paper's measure)."""
    right = (read_answers(logits, code) == batch.targets).all(-1)
    return (right | ~batch.wanted).all(0)


def answer_loss(logits: Tensor, batch: Batch, code: LabelCode) -> Tensor:
    """Return the mean over wanted steps of the summed cross-entropy of the nine digits, in nats."""
    loss = code.loss(logits.unflatten(-1, (3, code.width)), batch.targets).sum(-1)
    return (loss * batch.wanted).sum() / batch.wanted.sum()


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
