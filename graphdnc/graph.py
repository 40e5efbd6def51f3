"""Graphs as sets of triples: directed, with named relations.

A :class:`Graph` is immutable. Nodes and relations are numbered 0, 1, 2, ..., and the triples are one integer
array in a fixed order, so that generators, the HDF5 corpus and the episode encoder can work on whole graphs
at once. Names are optional: generated graphs have none, graphs from files always have them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.errors import UsageError
from graphdnc.utils.text import join_quoted, quote

if TYPE_CHECKING:
    import networkx as nx


class Triple(NamedTuple):
    """A directed edge, by the numbers of its nodes and its relation."""

    source: int
    relation: int
    target: int


@dataclass(frozen=True, eq=False)
class Graph:
    """A directed, multi-relational graph.

    Attributes:
        triples: ``[triples, 3]`` int32, columns source, relation, target; no row occurs twice.
        nodes: the number of nodes; some may have no triple.
        relations: the number of relations.
        node_names: a different name for each node, or ``None``.
        relation_names: a different name for each relation, or ``None``.
        kin_words: folded names of relations, each with a word for kin that it is to mean in questions about
            kin; see :mod:`graphdnc.kinship.own_words`.

    Raises:
        ValueError: a number is out of range, a triple occurs twice, or names are missing or not different.
    """

    triples: NDArray[np.int32]
    nodes: int
    relations: int
    node_names: tuple[str, ...] | None = None
    relation_names: tuple[str, ...] | None = None
    kin_words: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        array = np.array(self.triples, dtype=np.int32).reshape(-1, 3)
        if array.size and (array.min() < 0 or array.max(axis=0)[[0, 2]].max() >= self.nodes):
            raise ValueError(f"a triple has a node outside 0..{self.nodes - 1}")
        if array.size and array[:, 1].max() >= self.relations:
            raise ValueError(f"a triple has a relation outside 0..{self.relations - 1}")
        ordered = array[np.lexsort(array.T)]
        if (ordered[1:] == ordered[:-1]).all(axis=1).any():
            raise ValueError("a triple occurs twice")
        for names, count in ((self.node_names, self.nodes), (self.relation_names, self.relations)):
            if names is not None and (len(names) != count or len(set(names)) != count):
                raise ValueError(f"expected {count} different names, got {len(set(names))}")
        array.setflags(write=False)
        object.__setattr__(self, "triples", array)

    @classmethod
    def from_triples(cls, triples: Iterable[tuple[str, str, str]]) -> Graph:
        """Return the graph of ``(source, relation, target)`` names, numbered in order of appearance.

        Repeated triples are dropped.

        >>> graph = Graph.from_triples([("a", "to", "b"), ("b", "to", "c")])
        >>> graph.nodes, graph.relations, len(graph)
        (3, 1, 2)
        """
        nodes: dict[str, int] = {}
        relations: dict[str, int] = {}
        rows: dict[tuple[int, int, int], None] = {}
        for source, relation, target in triples:
            start = nodes.setdefault(source, len(nodes))
            kind = relations.setdefault(relation, len(relations))
            rows[start, kind, nodes.setdefault(target, len(nodes))] = None
        array = np.array(list(rows), dtype=np.int32)
        return cls(array, len(nodes), len(relations), tuple(nodes), tuple(relations))

    @classmethod
    def from_networkx(cls, graph: nx.Graph, relation: str | None = None) -> Graph:
        """Return the nodes and edges of a networkx graph; a node is called what it is as text.

        ``relation`` is the attribute of edges that is their relation. By default it is the one by which
        :func:`graphdnc.read_graph` would read this graph from a file: the surest of the usual names, such as
        "relation", "label" or "type", or the key of an edge of a multigraph if it is text. An edge without it
        gets the relation ``"edge"``. An undirected edge becomes two triples, one each way.

        Raises:
            UsageError: no edge has the attribute asked for, or two nodes are the same as text.
        """
        from graphdnc import Columns  # of the readers, which stand after this module

        edges = [(source, target, _as_text(data)) for source, target, data in _edges(graph)]
        attributes = [data for _, _, data in edges]
        if relation is not None and not any(relation in data for data in attributes):
            there = join_quoted(dict.fromkeys(name for data in attributes for name in data)) or "none"
            raise UsageError(f"no edge has an attribute {quote(relation)}; there are: {there}")
        found = Columns.usual_relation(attributes) if relation is None else relation
        names = {node: str(node) for node in graph.nodes}
        if len(set(names.values())) < len(names):
            twice = Counter(names.values()).most_common(1)[0][0]
            raise UsageError(f"two nodes are both called {quote(twice)}; call one otherwise")
        linked = cls.from_triples(
            (names[source], "edge" if found is None else data.get(found, "edge"), names[target])
            for source, target, data in edges
        )
        every = tuple(dict.fromkeys([*(linked.node_names or ()), *names.values()]))
        return replace(linked, nodes=len(every), node_names=every)

    def undirected(self) -> Graph:
        """Return the graph with every triple also reversed, with the same relation.

        >>> list(Graph.from_triples([("a", "r", "b"), ("b", "r", "a"), ("b", "s", "c")]).undirected())[2:]
        [Triple(source=1, relation=1, target=2), Triple(source=2, relation=1, target=1)]
        """
        both = [way for s, r, t in self for way in ((s, r, t), (t, r, s))]
        return replace(self, triples=np.array(list(dict.fromkeys(both)), dtype=np.int32))

    @cached_property
    def inverse(self) -> Graph:
        """The graph with every triple reversed, with the same relation.

        >>> list(Graph.from_triples([("a", "r", "b"), ("b", "s", "c")]).inverse)
        [Triple(source=1, relation=0, target=0), Triple(source=2, relation=1, target=1)]
        """
        return replace(self, triples=self.triples[:, ::-1])

    def keeping(self, kept: NDArray[np.bool_]) -> Graph:
        """Return the graph with some of its triples, ``kept`` ``[triples]``, and all nodes."""
        return replace(self, triples=self.triples[kept])

    def __getstate__(self) -> dict[str, Any]:
        """Return what is sent to another process: not what was computed from it, which is far larger."""
        return {own.name: getattr(self, own.name) for own in fields(self)}

    def __len__(self) -> int:
        return len(self.triples)

    def __iter__(self) -> Iterator[Triple]:
        return (Triple(*map(int, row)) for row in self.triples)

    @cached_property
    def _leaving(self) -> dict[int, tuple[Triple, ...]]:
        return self._by_node(0)

    @cached_property
    def _entering(self) -> dict[int, tuple[Triple, ...]]:
        return self._by_node(2)

    def _by_node(self, column: int) -> dict[int, tuple[Triple, ...]]:
        triples: dict[int, list[Triple]] = {}
        for row in self.triples.tolist():
            triples.setdefault(row[column], []).append(Triple(*row))
        return {node: tuple(found) for node, found in triples.items()}

    def leaving(self, node: int) -> tuple[Triple, ...]:
        """Return the triples whose source is ``node``, in the order of the graph."""
        return self._leaving.get(node, ())

    def entering(self, node: int) -> tuple[Triple, ...]:
        """Return the triples whose target is ``node``, in the order of the graph."""
        return self._entering.get(node, ())

    def follow(self, node: int, relation: int) -> tuple[Triple, ...]:
        """Return the triples with source ``node`` and this relation: none, one or several."""
        return tuple(triple for triple in self.leaving(node) if triple.relation == relation)

    def node_name(self, node: int) -> str:
        """Return the name of a node, or its number as text if the graph has no names."""
        return str(node) if self.node_names is None else self.node_names[node]

    def relation_name(self, relation: int) -> str:
        """Return the name of a relation, or its number as text if the graph has no names."""
        return str(relation) if self.relation_names is None else self.relation_names[relation]


def _edges(graph: nx.Graph) -> Iterator[tuple[Any, Any, dict[Any, Any]]]:
    """Yield the edges of a networkx graph with their attributes, among them the keys of a multigraph."""
    directed = graph.to_directed()
    if not graph.is_multigraph():
        yield from directed.edges(data=True)
        return
    for source, target, key, data in directed.edges(keys=True, data=True):
        yield source, target, {"key": key} | data


def _as_text(attributes: dict[Any, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in attributes.items() if value is not None}


class NamedTriple(NamedTuple):
    """A triple, by name."""

    source: str
    relation: str
    target: str


def named(graph: Graph, path: Iterable[Triple]) -> list[NamedTriple]:
    """Return the triples of a path by name."""
    return [
        NamedTriple(graph.node_name(source), graph.relation_name(relation), graph.node_name(target))
        for source, relation, target in path
    ]
