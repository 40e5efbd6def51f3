"""Searches on a small map, step by step. ::

a -r-> b -r-> d -r-> e        two equal ways from a to d; a -> b by two relations; f leads to a only
a -s-> b      d -r-> a
a -r-> c -s-> d               g has no triples; d, the goal, lies on a circle
"""

from __future__ import annotations

import numpy as np

from graphdnc.episodes.labels import DigitCode, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import BLANK
from graphdnc.graph import Graph

MAP = Graph(
    np.array([[0, 0, 1], [0, 1, 1], [0, 0, 2], [1, 0, 3], [2, 1, 3], [3, 0, 4], [3, 0, 0], [5, 0, 0]]), 7, 2
)
A, B, C, D, E, F, G = range(7)
TO_B, TO_B_TOO, TO_C, B_TO_D, C_TO_D, D_TO_E, D_TO_A, F_TO_A = MAP
LOOPS = Graph(np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 0, 1]]), 2, 2, ("x", "y"), ("r", "s"))
LABELS = Labels(np.array([11, 22, 33, 44, 55, 66, 77]), np.array([0, 5]))
CODE = DigitCode()
ALOUD, SILENT = Planning(), Planning(aloud=False, steps=3, steps_per_node=0.5)


class Choose:
    """Stands in for a random generator: of several it takes the first one, or the last."""

    def __init__(self, last=False):
        self.last = last

    def integers(self, count):
        return count - 1 if self.last else 0


def rng(seed=0):
    return np.random.default_rng(seed)


def expand(node):
    return (BLANK, BLANK, node)


def done(node):
    return (node, BLANK, BLANK)


NOTHING_LEFT = (BLANK, BLANK, BLANK)


def said(steps, index):
    """Return the choices of a step in labels: those that are right, and the others it is restricted to."""
    right, among = steps.credit[index], steps.among[index]
    return steps.choices[index][right].tolist(), steps.choices[index][among & ~right].tolist()
