"""Questions that are answered by a list: what is one step away, or at any distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["out", "in", "both"]
"""Whether triples are followed as they are, from their targets, or either way."""


@dataclass(frozen=True)
class LeadingTo:
    """Which nodes lead to a goal by any number of triples?

    A network lists them by the search that it says aloud (``graphdnc/tasks/shortest_path/reaching.py``).

    Attributes:
        goal: the node that they lead to; it is not one of them.
        within: the largest number of triples; ``None`` for any.
    """

    goal: int
    within: int | None = None


@dataclass(frozen=True)
class Neighbours:
    """Which nodes are one step from a node, by some relations?"""

    node: int
    relations: frozenset[int]
    direction: Direction = "out"


@dataclass(frozen=True)
class LinesAt:
    """Which of some relations lead from a node or to it?"""

    node: int
    relations: frozenset[int]


@dataclass(frozen=True)
class Reach:
    """What do some relations lead to from a node, or from where do they lead to it, at any distance?

    Attributes:
        node: the node.
        relations: the relations that are followed.
        direction: "out" for what they lead to, "in" for what leads to the node, "both" for either way.
        within: the largest number of steps; ``None`` for any.
        kin: whether the parents of a family are followed instead of relations: ancestors, or descendants
            with ``direction`` "in".
        sex: "female" or "male" if only such people are asked for.
    """

    node: int
    relations: frozenset[int]
    direction: Direction = "out"
    within: int | None = None
    kin: bool = False
    sex: str | None = None


@dataclass(frozen=True)
class Common:
    """What do two lists have in common? ``nearest`` asks for those with the fewest steps to both."""

    one: Reach
    other: Reach
    nearest: bool = False


@dataclass(frozen=True)
class Termini:
    """Where does a line end: which of its nodes have one neighbour on it?

    With ``every``, all nodes on the line are asked for.
    """

    relations: frozenset[int]
    every: bool = False


@dataclass(frozen=True)
class Among:
    """Is a node one of those that a question is answered with?

    With ``direct``, it must be one step away, and the answer says whether it is farther.
    """

    question: Neighbours | Reach
    node: int
    direct: bool = False


@dataclass(frozen=True)
class Size:
    """How many nodes, relations or triples has the graph? No network is needed for that."""

    of: Literal["nodes", "relations", "triples"]


ListQuestion = Neighbours | LinesAt | Reach | Common | Termini | Among | Size
"""A question that is answered by a list, by yes or no, or by a number."""
