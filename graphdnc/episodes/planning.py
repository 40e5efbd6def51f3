"""How a network plans before it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planning:
    """How a network plans before it answers.

    Attributes:
        aloud: it says what it finds, step by step, as long as there is something to find.
        steps: in silence: how many steps it has (paper: 10).
        steps_per_node: in silence: how many more for every node of the graph.
        instructed: it goes through sets as instructions say (``kinship.py``).
    """

    aloud: bool = True
    steps: int = 10
    steps_per_node: float = 0.0
    instructed: bool = False

    def __post_init__(self) -> None:
        if self.steps < 0 or self.steps_per_node < 0:
            raise ValueError("planning takes no fewer than 0 steps")

    def budget(self, nodes: int) -> int:
        """Return the most steps of planning in a graph of so many nodes.

        Aloud every node is found, expanded and done with once, the goal perhaps twice.
        """
        return 3 * (nodes + 1) + 1 if self.aloud else self.steps + int(self.steps_per_node * nodes)

    def rows(self, nodes: int) -> int:
        """Return the rows of memory that planning and moving write to at most."""
        # one row a node found, the goal perhaps twice; and some that stay empty, to be found by looking for
        # what is not there
        return nodes + 4 if self.aloud else self.budget(nodes) + 2 * nodes
