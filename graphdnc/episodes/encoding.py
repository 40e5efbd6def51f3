"""Graphs and steps as arrays, and outputs of a network as triples; what all tasks share.

At every step of an episode the network sees one triple of labels and some binary channels. First comes the
description: one triple a step, with all channels 0. The steps of question and answer follow; each task lays
them out in its own way (``graphdnc.tasks``).

Triples get a fresh random order and fresh labels each time an example is encoded. Episodes of different
length share a batch: steps past the end of an episode are marked inactive and change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import END, DigitCode, Labels, log_of_sum
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, Steps, in_labels
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Path
from graphdnc.utils.arrays import Floats

Values = TypeVar("Values")

Rows = NDArray[np.int64]
"""Triples of labels, ``[rows, 3]``."""
CHANNELS = 2
"""The binary channels of the paper. A network that plans aloud has one more."""


class Description(NamedTuple):
    """The description phase of B graphs.

    Attributes:
        inputs: ``[T, B, input]`` float32, one triple a step, padded at the end.
        lengths: ``[B]`` int64, the number of triples of each graph.
        rows: for each graph, the triples of labels ``[triples, 3]`` in the order shown.
    """

    inputs: Floats
    lengths: NDArray[np.int64]
    labels: tuple[Labels, ...]
    rows: tuple[Rows, ...]


def output_size(code: DigitCode) -> int:
    """Return the size of the network's output: 90 with the paper's code."""
    return 3 * code.width


def describe(graph: Graph, labels: Labels, rng: np.random.Generator) -> Rows:
    """Return all triples of a graph in labels, ``[triples, 3]``, in random order."""
    triples = graph.triples[rng.permutation(len(graph))]
    columns = (labels.nodes[triples[:, 0]], labels.relations[triples[:, 1]], labels.nodes[triples[:, 2]])
    return np.stack(columns, axis=1)


def describe_rows(
    rows: Sequence[Rows], labels: Sequence[Labels], channels: Floats, code: DigitCode
) -> Description:
    """Return the description phase that shows B lists of rows ``[triples, 3]``, one row a step.

    ``channels`` ``[T, channels]`` are the binary channels of each step, the same for all episodes; T is the
    length of the longest list.
    """
    shown = np.full((len(channels), len(rows), 3), BLANK)
    for index, own in enumerate(rows):
        shown[: len(own), index] = own
    repeated = np.repeat(channels[:, None], len(rows), axis=1)
    lengths = np.array([len(own) for own in rows])
    return Description(show(shown, repeated, code), lengths, tuple(labels), tuple(rows))


class StackedSteps(NamedTuple, Generic[Values]):
    """The steps of B episodes, padded at the end, as arrays or tensors; ``Batch`` explains each field."""

    steps: Values  # [S, B, input] float32
    active: Values  # [S, B] bool
    answering: Values  # [S, B] bool
    choices: Values  # [S, B, K, 3] int64
    credit: Values  # [S, B, K] bool
    among: Values  # [S, B, K] bool


def stack_steps(episodes: Sequence[Steps], code: DigitCode, channels: int) -> StackedSteps[NDArray[Any]]:
    """Stack the steps of episodes, with the first ``channels`` of their binary channels."""
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
    return StackedSteps(show(shown, flags, code), active, answering, choices, credit, among)


def show(labels: NDArray[np.int64], channels: Floats, code: DigitCode) -> Floats:
    """Return the inputs ``[..., input]`` that show triples of labels ``[..., 3]`` and their channels."""
    bits = code.encode(labels).reshape(*labels.shape[:-1], 3 * code.width)
    return np.concatenate([bits, channels], axis=-1)


def read_answers(logits: Floats, code: DigitCode) -> NDArray[np.int64]:
    """Return the most probable labels ``[..., 3]``, given logits ``[..., output]``."""
    return code.decode(_places(logits, code))


def log_probabilities(logits: Floats, triples: NDArray[np.int64], code: DigitCode) -> Floats:
    """Return the log-probabilities ``[..., K]``, in nats, of triples of labels ``[..., K, 3]``."""
    summed: Floats = code.log_probabilities(_places(logits, code)[..., None, :, :], triples).sum(-1)
    return summed


def most_probable(
    logits: Floats, triples: Sequence[Triple], labels: Labels, code: DigitCode
) -> tuple[Triple, float]:
    """Return the most probable of some triples, given logits ``[output]``, and its log-probability."""
    scores = log_probabilities(logits, np.array(in_labels(triples, labels)), code)
    best = int(scores.argmax())
    return triples[best], float((scores - log_of_sum(scores))[best])


def _places(logits: Floats, code: DigitCode) -> Floats:
    """Return the logits of each label of a triple, ``[..., 3, width]``."""
    return logits.reshape(*logits.shape[:-1], 3, code.width)


def decode(answer: NDArray[np.int64], labels: Labels) -> Path | None:
    """Read the labels ``[steps, 3]`` of one answer back as a path, up to the end.

    Returns ``None`` if a label names nothing in this graph, or if the answer has no end.
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
