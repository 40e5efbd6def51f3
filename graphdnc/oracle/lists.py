"""Exact lists, found without a network: neighbours, what is reached, the lines and the ends of lines."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import facts_of, roles_of
from graphdnc.kinship.family_graph import family_graph
from graphdnc.oracle.distances import distances
from graphdnc.questions.lists import Common, Direction, LinesAt, Neighbours, Reach, Termini

PARENT = "parent"
"""The relation of :func:`parents`."""


@lru_cache(maxsize=8)
def along(graph: Graph, relations: frozenset[int], direction: Direction) -> Graph:
    """Return the graph in which the nodes asked for lead to the node of a question, cached.

    It has the triples of some relations: reversed for "out", as they are for "in", and both for "both".
    """
    kept = graph.keeping(np.isin(graph.triples[:, 1], list(relations)))
    return {"out": kept.inverse, "in": kept, "both": kept.undirected()}[direction] if len(kept) else kept


@lru_cache(maxsize=4)
def parents(graph: Graph) -> Graph:
    """Return the graph of a family in which every person leads to their parents, as facts state them, cached.

    A fact counts from whichever side it is stated: "Ann, son, Ben" leads from Ben to Ann.
    """
    stated = facts_of(family_graph(graph).graph).steps["parent"]
    rows = [(child, 0, parent) for child, above in stated.items() for parent in sorted(above)]
    return Graph(np.array(rows, np.int32).reshape(-1, 3), graph.nodes, 1, graph.node_names, (PARENT,))


@lru_cache(maxsize=4)
def parent_facts(graph: Graph) -> dict[frozenset[int], Triple]:
    """Return for each parent and child the triple of a family that states it, cached."""
    family = family_graph(graph)
    roles = roles_of(family.graph)
    stated = [one for one in family.graph if roles.get(one.relation, ("", None))[0] in ("parent", "child")]
    return {frozenset((one.source, one.target)): family.as_given((one,))[0] for one in reversed(stated)}


def searched(graph: Graph, question: Reach | Neighbours) -> Graph:
    """Return the graph in which the nodes asked for lead to the node of the question."""
    if isinstance(question, Reach) and question.kin:
        above = parents(graph)
        return above.inverse if question.direction == "out" else above
    return along(graph, question.relations, question.direction)


def reached(graph: Graph, question: Reach | Neighbours) -> dict[int, int]:
    """Return the nodes asked for, each with its distance, the nearest first."""
    far = distances(searched(graph, question), question.node)
    within = 1 if isinstance(question, Neighbours) else question.within
    kept = (far > 0) & (far <= (len(far) if within is None else within))
    if isinstance(question, Reach) and question.sex:
        kept &= np.isin(np.arange(graph.nodes), list(people_of(graph, question.sex)))
    return {int(node): int(far[node]) for node in np.argsort(far, kind="stable") if kept[node]}


def people_of(graph: Graph, sex: str) -> set[int]:
    """Return the people of a sex, as the facts of a family state it."""
    return facts_of(family_graph(graph).graph).sexes[sex]


def common(graph: Graph, question: Common) -> dict[int, int]:
    """Return the nodes in both lists, each with its distances added, the nearest first."""
    return joined(question, reached(graph, question.one), reached(graph, question.other))


def joined(question: Common, one: dict[int, int], other: dict[int, int]) -> dict[int, int]:
    """Return what two lists have in common, each with its distances added, the nearest first."""
    both = sorted((one[node] + other[node], node) for node in one.keys() & other.keys())
    return {node: far for far, node in both if not question.nearest or far == both[0][0]}


def triples_at(graph: Graph, node: int, relations: frozenset[int]) -> list[Triple]:
    """Return the triples of some relations that lead from a node, then those that lead to it."""
    touching = dict.fromkeys((*graph.leaving(node), *graph.entering(node)))
    return [triple for triple in touching if triple.relation in relations]


def lines_at(graph: Graph, question: LinesAt) -> set[int]:
    """Return the relations that lead from a node or to it."""
    return {triple.relation for triple in triples_at(graph, question.node, question.relations)}


def termini(graph: Graph, question: Termini) -> list[int]:
    """Return the nodes with one neighbour on a line, or all nodes on it."""
    line = along(graph, question.relations, "both")
    neighbours = {
        node: {triple.target for triple in line.leaving(node)} - {node} for node in range(graph.nodes)
    }
    return [node for node, near in neighbours.items() if len(near) == 1 or (near and question.every)]
