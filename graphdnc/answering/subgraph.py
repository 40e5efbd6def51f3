"""The part of a graph that is memorised where the whole is more than a network has labels or time for.

Each kind of question has a choice of its own. None looks at what the network will have to find out, with two
exceptions, which are said here and in docs/sizes.md:

*traversal*
    The nodes nearest to the start, breadth first along the relations asked for, in whatever order; then,
    while there is room, those that these relations lead to further on, and those that any relation leads to.
    The part reaches as many steps as all nodes within so many steps fit in; a longer walk goes on from a
    part around the node that the network has reached. So the choice says nothing of which relation is
    followed when. (Where one relation alone is asked for, and it leads on to one place each, the nodes
    nearest to the start are those of the answer; what fills the room stands beside them.)
*shortest path*
    The nodes in the order of the steps from the start and on to the goal, added: those on shortest ways come
    first, then those on ways that are longer by one, and so on until there is no more room. So the choice
    knows how long the shortest way is and which nodes are on one; the network is told neither, nor in what
    order they come, but the further start and goal are apart, the less beside the way is in the part. Where
    no way leads to the goal, the part holds what is near the start and what leads to the goal from near it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphdnc.errors import CapacityError
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.distances import distances
from graphdnc.questions import Path, ShortestPath, Traversal


@dataclass(frozen=True)
class SubgraphLimits:
    """How much of a graph is memorised at most: so many nodes, relations and triples."""

    nodes: int
    relations: int
    triples: int

    def __post_init__(self) -> None:
        if min(self.nodes, self.relations, self.triples) < 2:
            raise ValueError("a part has room for two nodes, relations and triples at least")

    def holds(self, graph: Graph) -> bool:
        """Tell whether there is room for all of a graph."""
        return graph.nodes <= self.nodes and graph.relations <= self.relations and len(graph) <= self.triples


@dataclass(frozen=True, eq=False)
class Subgraph:
    """A part of a graph, with numbers of its own.

    Attributes:
        whole: the graph it is taken from.
        rows: ``[triples]`` int64, which triples of the graph it has, ascending.
        nodes: ``[nodes]`` int64, its nodes by their number in the graph, ascending.
        leg: of a traversal the relations that are followed within it, the first of those asked for.
        complete: false where it may lack something that the answer needs.
    """

    whole: Graph
    rows: NDArray[np.int64]
    nodes: NDArray[np.int64]
    leg: tuple[int, ...] = ()
    complete: bool = True

    @cached_property
    def relations(self) -> NDArray[np.int64]:
        """Its relations by their number in the graph, ``[relations]`` int64, ascending."""
        relations = np.unique(self.whole.triples[self.rows, 1])
        return np.union1d(relations, self.leg).astype(np.int64)

    @cached_property
    def graph(self) -> Graph:
        """The part as a graph; names are left with the whole one."""
        triples = self.whole.triples[self.rows]
        numbered = np.stack(
            [
                np.searchsorted(self.nodes, triples[:, 0]),
                np.searchsorted(self.relations, triples[:, 1]),
                np.searchsorted(self.nodes, triples[:, 2]),
            ],
            axis=1,
        )
        return Graph(numbered.astype(np.int32), len(self.nodes), len(self.relations))

    @property
    def key(self) -> bytes:
        """The same for two parts of one graph that are the same."""
        return b"|".join(numbers.tobytes() for numbers in (self.rows, self.nodes, self.relations))

    def walk(self, start: int) -> Traversal:
        """Return the question to follow its ``leg`` from a node of the graph, in the numbers of the part."""
        return Traversal(self._node(start), tuple(np.searchsorted(self.relations, self.leg).tolist()))

    def way(self, question: ShortestPath) -> ShortestPath:
        """Return a shortest path, given in the numbers of the graph, in those of the part."""
        return ShortestPath(self._node(question.start), self._node(question.goal))

    def _node(self, number: int) -> int:
        return int(np.searchsorted(self.nodes, number))

    def outside(self, path: Path) -> Path:
        """Return a path of the part in the numbers of the graph."""
        return tuple(
            Triple(int(self.nodes[source]), int(self.relations[relation]), int(self.nodes[target]))
            for source, relation, target in path
        )


def around(graph: Graph, question: Traversal, room: SubgraphLimits) -> Subgraph:
    """Return the part of a graph that a traversal is asked of, see above.

    Its ``leg`` has at least one relation. Where the first relation alone leads to more places than there is
    room for, the part has the first of them in the order of the graph, and is not complete.
    """
    near, steps = _nearest(graph, question, room)
    leg = question.relations[: max(1, steps)]
    inside = dict.fromkeys(near)
    # what the relations asked for lead to further on, then what any relation leads to
    for relations in (set(question.relations), None):
        _spread(graph, inside, relations, len(graph), room.nodes)
    rank = np.zeros(graph.nodes, np.int64)
    rank[list(inside)] = np.arange(len(inside))
    nodes = np.array(sorted(inside), np.int64)
    rows = _among(graph, nodes)
    relation = graph.triples[rows, 1]
    needed = np.isin(relation, leg) & (rank[graph.triples[rows, 0]] < len(near))
    # what this part is asked for, then what is asked for later, then all else; what is near the start first
    ordered = rows[
        np.lexsort([rank[graph.triples[rows, 0]], ~np.isin(relation, question.relations), ~needed])
    ]
    kept = _first_fitting(graph, ordered, room, leg)
    if np.count_nonzero(needed) > room.triples:
        leg, steps = leg[:1], int(_leaves_whole(graph, question, kept))
    return Subgraph(graph, kept, nodes, leg, complete=steps > 0)


def _leaves_whole(graph: Graph, question: Traversal, kept: NDArray[np.int64]) -> bool:
    """Tell whether all triples are kept that leave the start by the first relation."""
    first = (graph.triples[kept, :2] == (question.start, question.relations[0])).all(axis=1)
    return int(np.count_nonzero(first)) == len(graph.follow(question.start, question.relations[0]))


def _nearest(graph: Graph, question: Traversal, room: SubgraphLimits) -> tuple[list[int], int]:
    """Return the nodes near the start along the relations asked for, and how many steps they reach.

    So many steps are taken along the first so many relations, in any order, as all nodes fit in; none where
    not even the first step fits.
    """
    near, reached = [question.start], 0
    for steps in range(1, len(question.relations) + 1):
        relations = set(question.relations[:steps])
        inside = {question.start: None}
        _spread(graph, inside, relations, steps, room.nodes + 1)
        if len(inside) > room.nodes or len(relations) > room.relations:
            return (near, reached) if reached else (list(inside)[: room.nodes], 0)
        near, reached = list(inside), steps
    return near, reached


def _spread(graph: Graph, inside: dict[int, None], relations: set[int] | None, steps: int, most: int) -> None:
    """Add the nodes that so many steps along some relations, or any, lead to, until there are ``most``."""
    edge = list(inside)
    for _ in range(steps):
        further: list[int] = []
        for node in edge:
            for triple in graph.leaving(node):
                if triple.target in inside or (relations is not None and triple.relation not in relations):
                    continue
                if len(inside) >= most:
                    return
                inside[triple.target] = None
                further.append(triple.target)
        if not further:
            return
        edge = further


def between(
    graph: Graph, question: ShortestPath, room: SubgraphLimits, longest: SubgraphLimits | None = None
) -> Subgraph:
    """Return the part of a graph that a shortest path is asked of, see above.

    It always holds a shortest way whole, where there is a way. ``longest`` is the room that is taken where
    the way is longer than half of ``room``.

    Raises:
        CapacityError: even that has no room for the shortest way.
    """
    turned = Graph(graph.triples[:, ::-1], graph.nodes, graph.relations)
    come, left = distances(turned, question.start), distances(graph, question.goal)
    never = graph.nodes + 1
    come, left = np.where(come < 0, never, come), np.where(left < 0, never, left)
    total = come + left
    fewest = int(total[question.start])
    if fewest < never and longest is not None and 2 * (fewest + 1) > room.nodes:
        room = longest
    if fewest < never and (fewest + 1 > room.nodes or fewest > room.triples):
        raise CapacityError(
            f"the shortest way takes more than {min(room.nodes - 1, room.triples):,} steps, more than this "
            "network has labels or room for; ask for it in parts, by a node on the way"
        )
    order = np.lexsort([np.minimum(come, left), total])[: room.nodes]
    if fewest < never and np.count_nonzero(total == fewest) > room.nodes:
        order = _beam(graph, question, come, total, room.nodes)
    nodes = np.sort(order).astype(np.int64)
    rows = _among(graph, nodes)
    source, target = graph.triples[rows, 0], graph.triples[rows, 2]
    longer = come[source] + 1 + left[target]
    # of equally short ones the first that enters each node comes first, so that a way is whole before others
    entering = rows[np.lexsort([rows, longer])]
    again = _number_of_target(graph.triples[entering, 2])
    ordered = entering[np.lexsort([again, np.sort(longer)])]
    kept = _first_fitting(graph, ordered, room)
    return Subgraph(graph, kept, nodes)


def _beam(
    graph: Graph, question: ShortestPath, come: NDArray[np.int64], total: NDArray[np.int64], room: int
) -> NDArray[np.int64]:
    """Return as many nodes on shortest ways as fit, as many at every step from the start, ways left whole."""
    fewest = int(total[question.start])
    sizes = np.bincount(come[total == fewest], minlength=fewest + 1)
    width = next(width for width in range(room, 0, -1) if int(np.minimum(sizes, width).sum()) <= room)
    layers = [[question.start]]
    for step in range(1, fewest + 1):
        further = dict.fromkeys(
            triple.target
            for node in layers[-1]
            for triple in graph.leaving(node)
            if come[triple.target] == step and total[triple.target] == fewest
        )
        layers.append(list(further)[:width])
    return np.array([node for layer in layers for node in layer], np.int64)


def _among(graph: Graph, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of a graph whose source and target are among some nodes."""
    inside = np.zeros(graph.nodes, bool)
    inside[nodes] = True
    return np.flatnonzero(inside[graph.triples[:, 0]] & inside[graph.triples[:, 2]])


def _number_of_target(targets: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return for each target how many are the same before it, ``[triples]``."""
    order = np.argsort(targets, kind="stable")
    _, first, sizes = np.unique(targets[order], return_index=True, return_counts=True)
    before = np.empty(len(targets), np.int64)
    before[order] = np.arange(len(targets)) - np.repeat(first, sizes)
    return before


def _first_fitting(
    graph: Graph, ordered: NDArray[np.int64], room: SubgraphLimits, named: tuple[int, ...] = ()
) -> NDArray[np.int64]:
    """Return the first rows, ascending, that there is room for beside relations that are ``named`` anyway."""
    relations, first, which = np.unique(graph.triples[ordered, 1], return_index=True, return_inverse=True)
    is_named = np.isin(relations, named)
    place = np.argsort(np.argsort(np.where(is_named, -1, first)))
    absent = len(set(named)) - np.count_nonzero(is_named)
    return np.sort(ordered[place[which] < room.relations - absent][: room.triples])
