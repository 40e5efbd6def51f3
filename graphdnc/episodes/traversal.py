"""Traversals in time: a query step a relation, then an answer step a triple, and the end (paper, Methods)."""

from __future__ import annotations

from graphdnc.episodes.labels import END, Labels
from graphdnc.episodes.steps import BLANK, Steps, StepsWriter, in_labels
from graphdnc.questions import Path, Traversal

_NOTHING = (BLANK, BLANK, BLANK)


def lay_out(question: Traversal, answer: Path | None, labels: Labels) -> Steps:
    """Return the query and answer steps of a traversal::

        phase    triple                          transition   answer wanted   answer
        query    (start, relation 1, blank)          1             0          none
                 (blank, relation 2, blank)          0             0          none     one step a relation
        answer   (blank, blank, blank)               1             1          triple 1
                 (blank, blank, blank)               0             1          triple 2
                 (blank, blank, blank)               0             1          the end: three END labels

    Without an ``answer`` to compare with, any answer counts for right.
    """
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
