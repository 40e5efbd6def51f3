"""Questions in numbers, checked against the graph that they are about."""

from __future__ import annotations

from typing import TypeVar

from graphdnc.errors import UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.questions import Asked, Between, Claim, Inverse, Kin, Relation, Sayable, ShortestPath, Traversal

InNumbers = TypeVar("InNumbers", bound=Sayable | Asked)


def check_numbers(graph: Graph, question: InNumbers) -> InNumbers:
    """Return a question, or raise an error if its numbers are not those of nodes and relations of a graph."""
    relations: tuple[int, ...] = ()
    match question:
        case Traversal(start, relations, towards):
            nodes = (start, *(node for node in towards if node is not None))
        case Inverse(goal, relations):
            nodes = (goal,)
        case ShortestPath(start, goal):
            nodes = (start, goal)
        case Relation(start) | Kin(start):
            nodes = (start,)
        case Claim(Kin(start), relative) | Between(start, relative):
            nodes = (start, relative)
        case _:
            raise UsageError(f"a question is a sentence, or one of graphdnc.questions, not {question!r}")
    for kind, numbers, count in (("node", nodes, graph.nodes), ("relation", relations, graph.relations)):
        for number in numbers:
            if not hasattr(number, "__index__"):
                raise UsageError(f"a {kind} is a number, not {number!r}; ask by names in a sentence")
            if not 0 <= number < count:
                raise UnknownName(f"there is no {kind} {number}; the graph has {count}, numbered from 0")
    return question
