"""Questions in numbers, checked against the graph that they are about."""

from __future__ import annotations

from typing import TypeVar

from graphdnc.errors import UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.questions import (
    Asked,
    Between,
    Claim,
    Compound,
    Inverse,
    Kin,
    Relation,
    Sayable,
    ShortestPath,
    Traversal,
)
from graphdnc.questions.lists import Among, Common, LinesAt, Neighbours, Reach, Termini
from graphdnc.questions.ways import Ride, Way

InNumbers = TypeVar("InNumbers", bound=Sayable | Asked)


def check_numbers(graph: Graph, question: InNumbers) -> InNumbers:
    """Return a question, or raise an error if its numbers are not those of nodes and relations of a graph."""
    if isinstance(question, Compound):
        nodes, relations = _numbers(question)
    else:
        nodes, relations = _numbers_of_one(question)
    for kind, numbers, count in (("node", nodes, graph.nodes), ("relation", relations, graph.relations)):
        for number in numbers:
            if not hasattr(number, "__index__"):
                raise UsageError(f"a {kind} is a number, not {number!r}; ask by names in a sentence")
            if not 0 <= number < count:
                raise UnknownName(f"there is no {kind} {number}; the graph has {count}, numbered from 0")
    return question


def _numbers_of_one(question: object) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the nodes and the relations in a question that a network is asked at once."""
    match question:
        case Traversal(start, relations, towards):
            return (start, *(node for node in towards if node is not None)), relations
        case Inverse(goal, relations):
            return (goal,), relations
        case ShortestPath(start, goal):
            return (start, goal), ()
        case Relation(start) | Kin(start):
            return (start,), ()
        case Claim(Kin(start), relative) | Between(start, relative):
            return (start, relative), ()
    raise UsageError(f"a question is a sentence, or one of graphdnc.questions, not {question!r}")


def _numbers(question: object) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the nodes and the relations in a question that takes several questions to networks."""
    match question:
        case Way(without=without, only=only, avoiding=avoiding):
            return (*question.stops, *avoiding), (*without, *(only or ()))
        case Ride(start, legs):
            goals = (leg.goal for leg in legs if leg.goal is not None)
            return (start, *goals), tuple(number for leg in legs for number in leg.relations)
        case Neighbours(node, relations) | LinesAt(node, relations) | Reach(node, relations):
            return (node,), tuple(relations)
        case Common(one, other):
            pairs = _numbers(one), _numbers(other)
            return pairs[0][0] + pairs[1][0], pairs[0][1] + pairs[1][1]
        case Termini(relations):
            return (), tuple(relations)
        case Among(inner, node):
            known = _numbers(inner)
            return (*known[0], node), known[1]
    return (), ()
