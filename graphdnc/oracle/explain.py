"""Why a question has no answer, and what could be asked instead: one line for a person."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from graphdnc.graph import Graph
from graphdnc.oracle.distances import distances
from graphdnc.oracle.towards import Place
from graphdnc.questions import Inverse, ShortestPath, Traversal
from graphdnc.utils.text import join_names

_BOTH_WAYS = "if triples lead both ways, ask with --undirected"


def no_path(graph: Graph, question: ShortestPath) -> str:
    """Return why no path leads from the start to the goal."""
    start, goal = graph.node_name(question.start), graph.node_name(question.goal)
    reached = np.flatnonzero(distances(graph.inverse, question.start) > 0).tolist()
    leads_back = distances(graph, question.start)[question.goal] >= 0
    choice = f"choose a goal that it leads to: {_nodes(graph, reached)}"
    if not reached:
        choice = f"nothing leaves {start!r}"
    back = f"; there is a path back: {_BOTH_WAYS}" if leads_back else ""
    return f"there is no path from {start!r} to {goal!r}; {choice}{back}"


def no_origin(graph: Graph, question: Inverse) -> str:
    """Return why the relations lead from no node to the goal."""
    goal, last = question.goal, question.relations[-1]
    there, relation = repr(graph.node_name(goal)), repr(graph.relation_name(last))
    entering = {triple.relation for triple in graph.entering(goal)}
    if len(question.relations) > 1 and last in entering:
        relations = " and then ".join(repr(graph.relation_name(number)) for number in question.relations)
        return f"{relations} lead to {there} from no node"
    choice = f"what leads to it: {_relations(graph, entering)}" if entering else "nothing leads to it"
    away = f"; {relation} leads from it" if graph.follow(goal, last) else ""
    return f"{relation} does not lead to {there}; {choice}{away}"


def no_move(graph: Graph, question: Traversal, step: int, places: list[Place]) -> str:
    """Return why a step, counted from 0, can be taken from none of the places where the walk may be."""
    relation, goal = question.steps[step]
    leaving = [place for place in places if graph.follow(place.node, relation)]
    if leaving:
        assert goal is not None, "without a goal, a relation that leaves is a move"
        return _no_move_towards(graph, relation, goal, leaving[0])
    nodes = [place.node for place in places]
    name, where = repr(graph.relation_name(relation)), _nodes(graph, nodes, " or ")
    enters = any(triple.relation == relation for node in nodes for triple in graph.entering(node))
    ends = enters and not any(graph.leaving(node) for node in nodes)
    back = f"; {name} leads there: {_BOTH_WAYS}" if ends else ""
    return f"{name} does not leave {where}{_choices(graph, nodes)}{back}"


def _no_move_towards(graph: Graph, relation: int, goal: int, place: Place) -> str:
    """Return why a relation that leaves a place has no move towards a node."""
    node, begun = place
    assert begun is not None, "a step towards a node belongs to a leg, which began somewhere"
    name = repr(graph.relation_name(relation))
    here, there = graph.node_name(node), repr(graph.node_name(goal))
    further = _nodes(graph, (triple.target for triple in graph.follow(node, relation)))
    if begun == goal:
        return f"this is {there} already, so nothing leads towards it; {name} leads towards {further}"
    if distances(graph, goal, relation)[begun] >= 0:
        return f"{name} leads from {here} only to places already passed; follow it fewer times"
    if distances(graph, begun, relation)[goal] >= 0:
        return f"{name} leads from {there} to {here}, not back{_choices(graph, [node])}"
    if distances(graph, goal)[begun] < 0:
        return f"there is no path from {here} to {there}; {name} leads towards {further}"
    return (
        f"{name} leads from {here} to no new place in the direction of {there}; "
        "follow it fewer times, or towards another node"
    )


def _choices(graph: Graph, nodes: Iterable[int]) -> str:
    relations = {triple.relation for node in nodes for triple in graph.leaving(node)}
    return f"; what leaves it: {_relations(graph, relations)}" if relations else "; nothing leaves it"


def _nodes(graph: Graph, nodes: Iterable[int], last: str = ", ") -> str:
    return join_names(sorted({graph.node_name(node) for node in nodes}), last)


def _relations(graph: Graph, relations: Iterable[int]) -> str:
    return join_names(sorted({graph.relation_name(relation) for relation in relations}))
