"""Examples -> arrays, and back; ``batch.py`` has tensors to learn from.

Every step of an episode shows the network one triple of labels and two binary channels, three where it plans
aloud (``steps.py``). First comes the description, one step a triple, with all channels 0; then the question
and the answer (``traversal.py``, ``search.py``, ``inference.py``). Kinship has steps of its own
(``kinship.py``).

Triples come in a fresh random order and under fresh labels each time an example is encoded. Episodes of
different length share a batch: steps past an episode's end are marked inactive and change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes import inference, kinship, search, traversal
from graphdnc.episodes.labels import END, LabelCode, Labels, draw_labels, log_of_sum
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, Steps, in_labels
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.program import compile_rule
from graphdnc.questions import Asked, Kin, Path, Relation, Traversal
from graphdnc.utils.arrays import Floats

Values = TypeVar("Values")

LEAST = 4
"""Triples that a network of traversals is shown at least. With one or two rows in its memory it errs: it was
never trained on so few."""
CHANNELS = 2
"""The binary channels of the paper; planning aloud has one more."""


class Description(NamedTuple):
    """The description phase of B graphs, and the labels they were given."""

    inputs: Floats  # [T, B, input] one triple a step, padded at the end
    lengths: NDArray[np.int64]  # [B] how many triples each graph has
    labels: tuple[Labels, ...]
    rows: tuple[NDArray[np.int64], ...]  # what each row of memory then holds, in labels [triples, 3]


class Posed(NamedTuple):
    """Query and answer phase of B questions."""

    steps: Floats  # [S, B, input] padded at the end
    active: NDArray[np.bool_]  # [S, B] false where a step is padding
    wanted: NDArray[np.bool_]  # [S, B] true where an answer is wanted


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
    return Description(show(shown, channels, code), lengths, labels, tuple(described))


def encode_questions(questions: Sequence[Traversal], labels: Sequence[Labels], code: LabelCode) -> Posed:
    """Lay out traversals, each under the labels of its episode, and the steps in which answers are wanted."""
    laid_out = [
        traversal.lay_out(question, None, own) for question, own in zip(questions, labels, strict=True)
    ]
    together = lay_together(laid_out, code, CHANNELS)
    return Posed(together.steps, together.active, together.answering)


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


class Together(NamedTuple, Generic[Values]):
    """The steps of B episodes, padded at the end, in arrays or tensors; ``Batch`` says what each part is."""

    steps: Values  # [S, B, input] float32
    active: Values  # [S, B] bool
    answering: Values  # [S, B] bool
    choices: Values  # [S, B, K, 3] int64
    credit: Values  # [S, B, K] bool
    among: Values  # [S, B, K] bool


def lay_together(episodes: Sequence[Steps], code: LabelCode, channels: int) -> Together[NDArray[Any]]:
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
    return Together(show(shown, flags, code), active, answering, choices, credit, among)


def show(labels: NDArray[np.int64], channels: Floats, code: LabelCode) -> Floats:
    """Return what the network sees ``[..., input]`` of triples of labels ``[..., 3]`` and their channels."""
    bits = code.encode(labels).reshape(*labels.shape[:-1], 3 * code.width)
    return np.concatenate([bits, channels], axis=-1)


def read_answers(logits: Floats, code: LabelCode) -> NDArray[np.int64]:
    """Return the labels ``[..., 3]`` answered at every step, given logits ``[..., output]``."""
    return code.decode(_places(logits, code))


def log_probabilities(logits: Floats, triples: NDArray[np.int64], code: LabelCode) -> Floats:
    """Return the log-probability ``[..., K]`` of triples of labels ``[..., K, 3]``, in nats."""
    summed: Floats = code.log_probabilities(_places(logits, code)[..., None, :, :], triples).sum(-1)
    return summed


def most_probable(
    logits: Floats, triples: Sequence[Triple], labels: Labels, code: LabelCode
) -> tuple[Triple, float]:
    """Return the most probable of some triples given ``[output]``, and its log-probability among them."""
    scores = log_probabilities(logits, np.array(in_labels(triples, labels)), code)
    best = int(scores.argmax())
    return triples[best], float((scores - log_of_sum(scores))[best])


def _places(logits: Floats, code: LabelCode) -> Floats:
    """Return what is said of each label of a triple, ``[..., 3, width]``."""
    return logits.reshape(*logits.shape[:-1], 3, code.width)


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
