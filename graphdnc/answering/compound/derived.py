"""Graphs made of a graph, in which a shortest path answers another question about it.

A network that finds the fewest triples is asked about such a graph, and its path is read back as one of the
graph that was given:

*weights*
    A triple of weight w becomes w triples, one after the other: its own, and then a tail that ends at its
    target. All triples with the same target share one tail.
*changes*
    Every node has a platform for each direction of a line that stops there. Rides lead from platform to
    platform, and a change takes two triples by way of a hall. There are as many copies of the platforms as
    there are changes, and one more: a change leads to the next copy. So a path to the last copy has exactly
    that many changes, and the shortest of them is the shortest ride.
*directions*
    The branches of one direction of a line become one relation, so that "four stops in a direction" can be
    ridden as one relation followed four times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from graphdnc.graph import Graph, Triple
from graphdnc.oracle.ways import allowed
from graphdnc.questions import Path
from graphdnc.questions.lines import line_names
from graphdnc.questions.ways import Way
from graphdnc.weights import Weights


@dataclass
class _Builder:
    """Collects triples between nodes of any kind, and numbers the nodes in order of appearance."""

    nodes: dict[object, int] = field(default_factory=dict)
    rows: dict[tuple[int, int, int], Triple | None] = field(default_factory=dict)

    def node(self, key: object) -> int:
        return self.nodes.setdefault(key, len(self.nodes))

    def add(self, source: object, relation: int, target: object, stands_for: Triple | None = None) -> None:
        """Add a triple; ``stands_for`` is the triple of the graph that it is read back as."""
        self.rows.setdefault((self.node(source), relation, self.node(target)), stands_for)

    def derived(self, relations: int) -> Derived:
        graph = Graph(np.array(list(self.rows), np.int32).reshape(-1, 3), len(self.nodes), relations)
        return Derived(graph, self.nodes, {Triple(*row): back for row, back in self.rows.items() if back})


@dataclass(frozen=True)
class Derived:
    """A graph made of another one.

    Attributes:
        graph: the graph.
        nodes: its nodes by what they stand for.
        back: for each triple that stands for one of the graph it was made of, that triple.
    """

    graph: Graph
    nodes: dict[object, int]
    back: dict[Triple, Triple]

    def given(self, path: Path) -> Path:
        """Return a path as one of the graph that this one was made of."""
        return tuple(self.back[triple] for triple in path if triple in self.back)


def by_weight(graph: Graph, weights: Weights, ends: Iterable[int] = ()) -> Derived:
    """Return a graph in which a shortest path is a lightest one, in units; ``ends`` are nodes of the path."""
    made = _Builder()
    for node in ends:
        made.node(node)
    for triple in graph:
        units, target = weights.units(triple), triple.target
        made.add(triple.source, triple.relation, (target, units - 1) if units > 1 else target, triple)
        for left in range(units - 1, 0, -1):
            made.add((target, left), graph.relations, (target, left - 1) if left > 1 else target)
    return made.derived(graph.relations + 1)


def by_changes(graph: Graph, way: Way, changes: int) -> Derived:
    """Return a graph in which a path from "start" to "goal" is a way with a number of changes."""
    names, stops, made = line_names(graph), way.stops, _Builder()
    board, change, alight, passing = range(graph.relations, graph.relations + 4)
    open_graph = allowed(graph, way)
    for end in ("start", "goal"):
        made.node(end)
    legs = range(len(stops) - 1)
    for layer in range(changes + 1):
        for leg in legs:
            for triple in open_graph:
                direction = names.direction[triple.relation]
                here, there = ((node, direction, layer, leg) for node in (triple.source, triple.target))
                made.add(here, triple.relation, there, triple)
                made.add((triple.source, layer, leg), board, here)
                if layer < changes:
                    made.add(there, change, (triple.target, layer + 1, leg))
                if triple.target == stops[leg + 1]:
                    last = leg == legs[-1]
                    after = "goal" if last else (triple.target, direction, layer, leg + 1)
                    if not last or layer == changes:
                        made.add(there, alight if last else passing, after)
    made.add("start", board, (way.start, 0, 0))
    return made.derived(graph.relations + 4)


def by_direction(graph: Graph, relations: frozenset[int]) -> Derived:
    """Return the triples of some relations with one relation for them all."""
    made = _Builder()
    for node in range(graph.nodes):
        made.node(node)
    for triple in graph:
        if triple.relation in relations:
            made.add(triple.source, 0, triple.target, triple)
    return made.derived(1)
