"""Relations in time: a query, the triples that the relation stands for, said one by one, and the answer.

No triple says what a relation stands for: the network learns it by heart. So edges and relations have the
same labels in every episode, 0 to 9 and 10 to 409. Nodes get new ones. The network plans aloud: its output is
its next input. ::

    phase     triple heard                 transition  answer wanted  planning   what may be said
    query     (start, relation, blank)         1            0            0       nothing
    planning  (blank, blank, start)            1            0            1       (start, edge 1, END)
              (start, edge 1, blank)           0            0            1       (start, edge 1, b)
              (start, edge 1, b)               0            0            1       (b, edge 2, END)
              (b, edge 2, blank)               0            0            1       (b, edge 2, c)
              (b, edge 2, c)                   0            0            1       the end: three END labels
    answer    (blank, blank, blank)            1            1            0       (start, relation, c)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import END, Labels
from graphdnc.episodes.steps import BLANK, Steps, StepsWriter
from graphdnc.questions import Path, Relation
from graphdnc.questions.relation_table import EDGES, LENGTHS

SPARE = 4
"""Rows of memory beside those of the graph: one for the query, and some that stay empty, so that a lookup can
find nothing."""
BUDGET = 2 * LENGTHS[1] + 1
"""The maximum number of planning steps: two for each edge, and one for the end."""


def lay_out(question: Relation, answer: Path, labels: Labels) -> Steps:
    """Return the steps of a question about a relation."""
    steps = StepsWriter()
    asked = query(question, labels)
    steps.add(asked, [], transition=True)
    _follow(steps, question, answer, labels)
    told = [*asked[:2], int(labels.nodes[answer[-1].target])]
    steps.add([BLANK] * 3, [told], transition=True, answering=True)
    return steps.steps()


def query(question: Relation, labels: Labels) -> list[int]:
    """Return the labels of the query step."""
    return [int(labels.nodes[question.start]), EDGES + question.relation, BLANK]


def _follow(steps: StepsWriter, question: Relation, answer: Path, labels: Labels) -> None:
    heard = [BLANK, BLANK, int(labels.nodes[question.start])]
    for index, triple in enumerate(answer):
        source, target = (int(labels.nodes[node]) for node in (triple.source, triple.target))
        edge = int(labels.relations[triple.relation])
        steps.add(heard, [[source, edge, END]], transition=index == 0, planning=True)
        steps.add([source, edge, BLANK], [[source, edge, target]], planning=True)
        heard = [source, edge, target]
    steps.add(heard, [[END] * 3], planning=True)


def heard(said: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return statements ``[B, 3]`` as they are heard: END as a node is blank; 0 as an edge is a label."""
    nodes = np.where(said == END, BLANK, said)
    return np.stack([nodes[:, 0], said[:, 1], nodes[:, 2]], axis=1)
