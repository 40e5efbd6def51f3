"""What can be asked of a graph, in numbers; ``sentences.py`` makes questions out of words."""

from __future__ import annotations

from dataclasses import dataclass

from graphdnc.graph import Graph, Triple

Path = tuple[Triple, ...]
"""Triples one after the other, each leaving the node the one before it entered."""


@dataclass(frozen=True)
class Traversal:
    """Start at a node and follow relations, one after the other: which triples are walked?

    Attributes:
        start: the node to start from.
        relations: the relations to follow, at least one.
    """

    start: int
    relations: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.relations:
            raise ValueError("a traversal follows at least one relation")


@dataclass(frozen=True)
class ShortestPath:
    """From a start to a goal by the fewest triples: which triples are walked?

    Several paths may be equally short; each of them is an answer. Where the start is the goal, the answer
    is the empty path.

    Attributes:
        start: the node to start from.
        goal: the node to end at.
    """

    start: int
    goal: int


Question = Traversal | ShortestPath

TASKS: dict[str, type[Question]] = {"traversal": Traversal, "shortest-path": ShortestPath}
"""What is asked, by the name it has in options, curricula, corpora and checkpoints."""


@dataclass(frozen=True)
class Example:
    """A graph, a question about it and an exact answer: what training and evaluation are made of."""

    graph: Graph
    question: Question
    answer: Path
