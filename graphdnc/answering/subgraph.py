"""A part of a graph with numbers of its own, and how large a part may be.

A question is asked about a part if the whole graph is too large for the network. Which part a
question needs is decided in ``subgraph_choice.py`` and, for families, in ``kinship/subfamily.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphdnc.graph import Graph, Triple
from graphdnc.questions import Asked, Kin, LeadingTo, Path, ShortestPath, Traversal


@dataclass(frozen=True)
class SubgraphLimits:
    """The largest number of nodes, relations and triples that are memorised."""

    nodes: int
    relations: int = sys.maxsize
    triples: int = sys.maxsize

    def __post_init__(self) -> None:
        if min(self.nodes, self.relations, self.triples) < 2:
            raise ValueError(f"a part needs at least two nodes, relations and triples, got {self}")

    def allow(self, graph: Graph) -> bool:
        """Return whether a graph is within the limits."""
        return graph.nodes <= self.nodes and graph.relations <= self.relations and len(graph) <= self.triples

    def and_also(self, other: SubgraphLimits) -> SubgraphLimits:
        """Return the lower of two limits, each for itself."""
        return SubgraphLimits(*map(min, astuple(self), astuple(other)))


@dataclass(frozen=True, eq=False)
class Subgraph:
    """A part of a graph, with numbers of its own.

    Attributes:
        whole: the graph that it is a part of.
        rows: ``[triples]`` int64, the rows of its triples in the graph, ascending.
        nodes: ``[nodes]`` int64, the numbers of its nodes in the graph, ascending.
        prefix: for a walk, the relations that are followed within this part: the first of the question's.
        complete: false if it may lack something that the answer needs.
        all_relations: whether it has all relations of the graph, also those that none of its triples has.
    """

    whole: Graph
    rows: NDArray[np.int64]
    nodes: NDArray[np.int64]
    prefix: tuple[int, ...] = ()
    complete: bool = True
    all_relations: bool = False

    @cached_property
    def relations(self) -> NDArray[np.int64]:
        """The numbers of its relations in the graph, ``[relations]`` int64, ascending."""
        if self.all_relations:
            return np.arange(self.whole.relations)
        relations = np.unique(self.whole.triples[self.rows, 1])
        return np.union1d(relations, self.prefix).astype(np.int64)

    @cached_property
    def graph(self) -> Graph:
        """The part as a graph with the names of the whole."""
        triples = self.whole.triples[self.rows]
        columns = ((self.nodes, 0), (self.relations, 1), (self.nodes, 2))
        numbered = np.stack([np.searchsorted(those, triples[:, at]) for those, at in columns], axis=1)
        return Graph(
            numbered.astype(np.int32),
            len(self.nodes),
            len(self.relations),
            tuple(map(self.whole.node_name, self.nodes.tolist())),
            tuple(map(self.whole.relation_name, self.relations.tolist())),
        )

    @property
    def key(self) -> bytes:
        """The same bytes for two equal parts of one graph."""
        return b"|".join(numbers.tobytes() for numbers in (self.rows, self.nodes, self.relations))

    def inside(self, node: int) -> int:
        """Return the number in the part of a node of the graph."""
        return int(np.searchsorted(self.nodes, node))

    def question_inside(self, question: Asked) -> Asked:
        """Return a question about the graph in the numbers of the part; a walk must be towards no node."""
        match question:
            case Traversal(start, relations):
                numbers = np.searchsorted(self.relations, relations).tolist()
                return Traversal(self.inside(start), tuple(numbers))
            case ShortestPath(start, goal):
                return ShortestPath(self.inside(start), self.inside(goal))
            case LeadingTo(goal):
                return replace(question, goal=self.inside(goal))
            case Kin(person):
                return replace(question, person=self.inside(person))
        raise AssertionError(f"no part is chosen for {question}")

    def outside(self, path: Path) -> Path:
        """Return a path of the part in the numbers of the graph."""
        return tuple(
            Triple(int(self.nodes[source]), int(self.relations[relation]), int(self.nodes[target]))
            for source, relation, target in path
        )


def rows_among(graph: Graph, nodes: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of a graph whose source and target are among some nodes, ``[rows]``, ascending."""
    inside = np.zeros(graph.nodes, bool)
    inside[nodes] = True
    return np.flatnonzero(inside[graph.triples[:, 0]] & inside[graph.triples[:, 2]])
