"""How a network plans before it answers."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Planning:
    """How a network plans before it answers.

    Attributes:
        aloud: whether it outputs what it finds, step by step, and hears it, until it finds no more. Otherwise
            it plans in silence.
        silent: whether a network that plans aloud can also plan in silence. It is taught both, and every plan
            has as many steps as the longest one.
        steps: the number of silent planning steps (paper: 10).
        steps_per_node: additional silent steps for every node of the graph.
        instructed: whether it carries out the instructions of a kinship rule (``tasks/kinship``).
        slips: while shortest paths are taught aloud, the share of nodes that are expanded out of turn, so
            that a network learns to go on after a slip of its own.
    """

    aloud: bool = True
    silent: bool = False
    steps: int = 10
    steps_per_node: float = 0.0
    instructed: bool = False
    slips: float = 0.0

    def __post_init__(self) -> None:
        if self.steps < 0 or self.steps_per_node < 0:
            raise ValueError(f"steps must be 0 or more, got {self.steps} and {self.steps_per_node} a node")
        if not 0 <= self.slips < 1:
            raise ValueError(f"slips must be from 0 to below 1, got {self.slips}")

    def in_silence(self) -> Planning:
        """Return how the same network plans in silence; ValueError if it was not taught to."""
        if self.aloud and not self.silent:
            raise ValueError("this network plans aloud only; train one with planning.silent = true")
        return replace(self, aloud=False)

    def budget(self, nodes: int) -> int:
        """Return the maximum number of planning steps for a graph with ``nodes`` nodes.

        Aloud, a network finds, expands and finishes each node once, the goal perhaps twice.
        """
        return 3 * (nodes + 1) + 1 if self.aloud else self.steps + int(self.steps_per_node * nodes)

    def rows(self, nodes: int) -> int:
        """Return the maximum number of memory rows that planning and moving write to."""
        # one row for each node, the goal perhaps twice; a few rows stay empty, so that a lookup of something
        # absent reads an empty row
        return nodes + 4 if self.aloud else self.budget(nodes) + 2 * nodes
