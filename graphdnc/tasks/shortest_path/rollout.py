"""The moves of one training episode, of which some may be the network's own."""

from __future__ import annotations

import numpy as np

from graphdnc.episodes.encoding import most_probable
from graphdnc.episodes.labels import DigitCode, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import BLANK, StepsWriter
from graphdnc.graph import Triple
from graphdnc.oracle.distances import distances
from graphdnc.questions import Example, ShortestPath
from graphdnc.tasks.shortest_path.layout import Statement, add_move
from graphdnc.utils.arrays import Floats

_LONGEST = 2
"""An episode ends after this many times the moves of a shortest path."""


class PathRollout:
    """A path from the start of a question towards its goal."""

    def __init__(self, example: Example, labels: Labels, code: DigitCode, planning: Planning) -> None:
        assert isinstance(example.question, ShortestPath)
        self.graph, self.labels, self.code, self.planning = example.graph, labels, code, planning
        self.away = distances(example.graph, example.question.goal)
        self.heard: Statement = (BLANK, BLANK, example.question.start)
        self.moves_left = _LONGEST * len(example.answer)
        self.first = True

    @property
    def open(self) -> bool:
        """Whether the goal is not reached yet, can be reached, and moves are left."""
        return bool(self.moves_left and self.away[self.heard[2]] > 0)

    def add_step(self, steps: StepsWriter) -> None:
        """Add the step of the next move, with every move that begins a shortest way on."""
        add_move(steps, self.graph, self.away, self.heard, self.labels, self.planning, self.first)
        self.first = False

    def move_as_taught(self, rng: np.random.Generator) -> None:
        """Make a move that begins a shortest way on, drawn at random."""
        left = self.away[self.heard[2]] - 1
        right = [move for move in self.graph.leaving(self.heard[2]) if self.away[move.target] == left]
        self._move(right[int(rng.integers(len(right)))])

    def move_as_preferred(self, logits: Floats) -> None:
        """Make the most probable of all moves from here, given logits ``[output]``."""
        leaving = self.graph.leaving(self.heard[2])
        self._move(most_probable(logits, leaving, self.labels, self.code)[0])

    def _move(self, triple: Triple) -> None:
        self.heard = triple
        self.moves_left -= 1
