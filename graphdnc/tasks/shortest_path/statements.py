"""What can be said about a graph while a network plans aloud, and how a statement is heard.

A network says the most probable of these, as its moves are the most probable of those that leave a node
(Graves et al. 2016, Methods). Without this, a label that blends those of two nodes would be heard as a node
that does not exist, and the search would lose its place (docs/experiments.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.encoding import log_probabilities, read_answers
from graphdnc.episodes.labels import END, DigitCode, Labels
from graphdnc.episodes.steps import BLANK
from graphdnc.graph import Graph
from graphdnc.tasks.shortest_path.layout import without_loops
from graphdnc.utils.arrays import Floats


class Statements:
    """All statements about a graph, in labels: its triples, its nodes as done or expanded, and the end."""

    def __init__(self, graph: Graph, labels: Labels) -> None:
        triples = without_loops(graph).triples
        columns = labels.nodes[triples[:, 0]], labels.relations[triples[:, 1]], labels.nodes[triples[:, 2]]
        ends = np.full(len(labels.nodes), END)
        done = np.stack([labels.nodes, ends, ends], axis=1)
        rows = np.concatenate([np.stack(columns, axis=1), done, done[:, ::-1], [[END] * 3]])
        self._rows: NDArray[np.int64] = rows.astype(np.int64)
        self._known = set(map(tuple, self._rows.tolist()))

    def nearest(self, said: NDArray[np.int64], logits: Floats, code: DigitCode) -> NDArray[np.int64]:
        """Return ``said`` ``[3]``, if it is a statement about the graph, else the most probable one.

        ``said`` is the most probable of all triples of labels, given logits ``[output]``.
        """
        source, relation, target = said.tolist()
        if END in (source, target):
            relation = END  # nothing is said of a relation beside an end
        if (source, relation, target) in self._known:
            return np.array([source, relation, target])
        nearest: NDArray[np.int64] = self._rows[log_probabilities(logits, self._rows, code).argmax()]
        return nearest


def say(
    about: Sequence[Statements], logits: Floats, active: NDArray[np.bool_], code: DigitCode
) -> NDArray[np.int64]:
    """Return what B episodes say, ``[B, 3]``, given logits ``[B, output]``.

    Where ``active`` ``[B]`` is false, it need not be about the graph.
    """
    said = read_answers(logits, code)
    for index in np.flatnonzero(active).tolist():
        said[index] = about[index].nearest(said[index], logits[index], code)
    return said


def as_heard(said: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return statements ``[B, 3]`` as they are heard: END labels, and a relation beside one, are blank."""
    heard = np.where(said == END, BLANK, said)
    found = (said[:, 0] != END) & (said[:, 2] != END)
    # a relation may have the label of END
    heard[:, 1] = np.where(found, said[:, 1], BLANK)
    return heard
