"""What can be asked of a graph, in numbers; ``graphdnc.language`` makes questions out of sentences."""

from __future__ import annotations

from dataclasses import dataclass

from graphdnc.graph import Graph
from graphdnc.questions.kin import Between, Claim, Kin, KinQuestion
from graphdnc.questions.relations import Relation
from graphdnc.questions.walks import Inverse, Path, ShortestPath, Traversal, Walk, reverse_path

__all__ = [
    "Asked",
    "Between",
    "Claim",
    "Example",
    "Inverse",
    "Kin",
    "KinQuestion",
    "Path",
    "Question",
    "Relation",
    "Sayable",
    "ShortestPath",
    "Traversal",
    "Walk",
    "reverse_path",
]

Question = Traversal | ShortestPath | Relation
"""A question that is answered by a path."""
Asked = Question | Kin
"""A question that a network can be asked."""
Sayable = Walk | Inverse | KinQuestion
"""A question that can be asked in words."""


@dataclass(frozen=True)
class Example:
    """A graph, a question about it and an exact answer, for training and evaluation.

    Attributes:
        graph: the graph.
        question: the question.
        answer: an exact path; empty for kin.
        people: for kin, all such relatives.
    """

    graph: Graph
    question: Asked
    answer: Path
    people: frozenset[int] = frozenset()
