"""Traversals in time (paper, Methods): a query step for each relation, then an answer step for each triple.

::

    phase    triple                          transition   answer wanted   answer
    query    (start, relation 1, blank)          1             0          none
             (blank, relation 2, blank)          0             0          none     one step a relation
    answer   (blank, blank, blank)               1             1          triple 1
             (blank, blank, blank)               0             1          triple 2
             (blank, blank, blank)               0             1          the end: three END labels
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import END, LabelCode, Labels
from graphdnc.episodes.steps import BLANK, Steps, StepsWriter, in_labels
from graphdnc.questions import Path, Traversal

FEWEST_ROWS = 4
"""The fewest rows in a description. With one or two rows in memory a network makes mistakes, because it was
never trained on so few."""
_NOTHING = (BLANK, BLANK, BLANK)


def lay_out(question: Traversal, answer: Path | None, labels: Labels) -> Steps:
    """Return the query and answer steps of a traversal; without an ``answer``, any answer is right."""
    steps = StepsWriter()
    asked = [[BLANK, relation, BLANK] for relation in question.relations]
    asked[0][0] = question.start
    for index, shown in enumerate(in_labels(asked, labels)):
        steps.add(shown, [], transition=index == 0)
    said = [] if answer is None else in_labels(answer, labels)
    # an answer has a triple for every relation, and the end
    for index in range(len(asked) + 1):
        right = said[index] if index < len(said) else [END] * 3
        steps.add(_NOTHING, [right], transition=index == 0, answering=True)
    return steps.steps()


def pad_rows(
    rows: NDArray[np.int64], labels: Labels, rng: np.random.Generator, code: LabelCode
) -> NDArray[np.int64]:
    """Return at least :data:`FEWEST_ROWS` rows of labels in random order.

    Rows that are added have labels that name nothing in the graph.
    """
    missing = FEWEST_ROWS - len(rows)
    if missing <= 0:
        return rows
    nodes = rng.permutation(np.setdiff1d(np.arange(1, code.capacity), labels.nodes))[: 2 * missing]
    relations = rng.permutation(np.setdiff1d(np.arange(code.capacity), labels.relations))[:missing]
    count = min(len(nodes) // 2, len(relations))
    more = np.stack([nodes[:count], relations[:count], nodes[count : 2 * count]], axis=1)
    return rng.permutation(np.concatenate([rows, more]))
