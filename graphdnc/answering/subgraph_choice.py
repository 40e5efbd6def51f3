"""Which part of a large graph is memorised for a walk or for a shortest path.

Neither choice looks at what the network has to find out, with two exceptions, which are stated here and in
docs/sizes.md:

*traversal*
    The nodes nearest to the start, breadth first along the relations of the question, in any order. Then,
    while there is room, the nodes that these relations lead to further on, and those that any relation leads
    to. The part covers as many steps as possible such that all nodes within that many steps fit. A longer
    walk goes on in another part, around the node that the network has reached. The choice therefore does not
    reveal which relation is followed when. (If the question has one relation only and it leads to one place
    each time, the nodes nearest to the start are those of the answer; the nodes that fill the rest stand
    beside them.)
*shortest path*
    The nodes in order of their distance from the start plus their distance to the goal: first the nodes on
    shortest paths, then those on paths that are longer by one, and so on until the part is full. The choice
    therefore knows the length of the shortest path and the nodes on it. The network is told neither, nor does
    it see the nodes in that order, but the further apart start and goal are, the fewer other nodes the part
    has. If there is no path, the part has the nodes near the start and the nodes from which the goal is near.
*all that leads to a goal*
    The nodes that lead there, the nearest first, then the nodes near these. The choice therefore knows which
    nodes lead there; the network is not told, and sees the others beside them.
*all relations of a node*
    The nodes nearest to the node along any relation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.answering.subgraph import Subgraph, SubgraphLimits, rows_among
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph
from graphdnc.oracle.distances import distances
from graphdnc.questions import LeadingTo, ShortestPath, Traversal


def around(graph: Graph, question: Traversal, limits: SubgraphLimits) -> Subgraph:
    """Return the part of a graph for a walk, see above.

    Its ``prefix`` has at least one relation. If the first relation alone leads to more places than fit, the
    part has the first of them in the order of the graph and is not complete.
    """
    near, steps = _nearest(graph, question, limits)
    prefix = question.relations[: max(1, steps)]
    inside = dict.fromkeys(near)
    # what the relations of the question lead to further on, then what any relation leads to
    for relations in (set(question.relations), None):
        _spread(graph, inside, relations, len(graph), limits.nodes)
    rank = np.zeros(graph.nodes, np.int64)
    rank[list(inside)] = np.arange(len(inside))
    nodes = np.array(sorted(inside), np.int64)
    rows = rows_among(graph, nodes)
    relation = graph.triples[rows, 1]
    needed = np.isin(relation, prefix) & (rank[graph.triples[rows, 0]] < len(near))
    # the relations followed in this part, then those followed later, then all others; near the start first
    ordered = rows[
        np.lexsort([rank[graph.triples[rows, 0]], ~np.isin(relation, question.relations), ~needed])
    ]
    kept = _first_fitting(graph, ordered, limits, prefix)
    if np.count_nonzero(needed) > limits.triples:
        prefix, steps = prefix[:1], int(_leaves_whole(graph, question, kept))
    return Subgraph(graph, kept, nodes, prefix, complete=steps > 0)


def _leaves_whole(graph: Graph, question: Traversal, kept: NDArray[np.int64]) -> bool:
    """Return whether all triples that leave the start by the first relation are kept."""
    first = (graph.triples[kept, :2] == (question.start, question.relations[0])).all(axis=1)
    return int(np.count_nonzero(first)) == len(graph.follow(question.start, question.relations[0]))


def _nearest(graph: Graph, question: Traversal, limits: SubgraphLimits) -> tuple[list[int], int]:
    """Return the nodes near the start along the relations of the question, and the number of steps they
    reach.

    That is the largest number of steps such that all nodes fit that the first relations lead to in that many
    steps, in any order. It is 0 if even the first step does not fit.
    """
    near, reached = [question.start], 0
    for steps in range(1, len(question.relations) + 1):
        relations = set(question.relations[:steps])
        inside = {question.start: None}
        _spread(graph, inside, relations, steps, limits.nodes + 1)
        if len(inside) > limits.nodes or len(relations) > limits.relations:
            return (near, reached) if reached else (list(inside)[: limits.nodes], 0)
        near, reached = list(inside), steps
    return near, reached


def _spread(graph: Graph, inside: dict[int, None], relations: set[int] | None, steps: int, most: int) -> None:
    """Add the nodes within some steps along some relations (``None``: any), up to ``most`` nodes in all."""
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
    graph: Graph, question: ShortestPath, limits: SubgraphLimits, longest: SubgraphLimits | None = None
) -> Subgraph:
    """Return the part of a graph for a shortest path, see above.

    If there is a path, the part has one shortest path completely. ``longest`` are the limits for a path that
    is longer than half of ``limits.nodes``.

    Raises:
        CapacityError: the shortest path is too long even for ``longest``.
    """
    come, left = distances(graph.inverse, question.start), distances(graph, question.goal)
    never = graph.nodes + 1
    come, left = np.where(come < 0, never, come), np.where(left < 0, never, left)
    total = come + left
    fewest = int(total[question.start])
    if fewest < never and longest is not None and 2 * (fewest + 1) > limits.nodes:
        limits = longest
    if fewest < never and (fewest + 1 > limits.nodes or fewest > limits.triples):
        raise CapacityError(
            f"the shortest path takes more than {min(limits.nodes - 1, limits.triples):,} steps, too many "
            "for this network; ask in parts, by way of a node on the path"
        )
    order = np.lexsort([np.minimum(come, left), total])[: limits.nodes]
    if fewest < never and np.count_nonzero(total == fewest) > limits.nodes:
        order = _beam(graph, question, come, total, limits.nodes)
    nodes = np.sort(order).astype(np.int64)
    rows = rows_among(graph, nodes)
    source, target = graph.triples[rows, 0], graph.triples[rows, 2]
    longer = come[source] + 1 + left[target]
    # of equal lengths, the first triple that enters each node comes first: one path is complete before others
    entering = rows[np.lexsort([rows, longer])]
    again = _number_of_target(graph.triples[entering, 2])
    ordered = entering[np.lexsort([again, np.sort(longer)])]
    kept = _first_fitting(graph, ordered, limits)
    return Subgraph(graph, kept, nodes)


def leading(graph: Graph, question: LeadingTo, limits: SubgraphLimits) -> Subgraph:
    """Return the part of a graph for all that leads to a goal, see above.

    It is complete if it has all triples by which nodes lead there as near as they are asked for.
    """
    left = distances(graph, question.goal)
    within = graph.nodes if question.within is None else question.within
    wanted = (left >= 0) & (left <= within)
    order = [int(node) for node in np.argsort(left, kind="stable") if wanted[node]][: limits.nodes]
    inside = dict.fromkeys(order)
    _spread(graph, inside, None, len(graph), limits.nodes)
    nodes = np.array(sorted(inside), np.int64)
    rows = rows_among(graph, nodes)
    far = np.where(left < 0, graph.nodes, left)
    ordered = rows[np.lexsort([far[graph.triples[rows, 0]], far[graph.triples[rows, 2]]])]
    kept = _first_fitting(graph, ordered, limits)
    whole = np.count_nonzero(wanted) <= limits.nodes and len(kept) == len(rows)
    return Subgraph(graph, kept, nodes, complete=bool(whole))


def near(graph: Graph, node: int, limits: SubgraphLimits, relations: tuple[int, ...]) -> Subgraph:
    """Return the part of a graph for all relations that leave a node, see above; it has these relations."""
    inside = {node: None}
    _spread(graph, inside, None, len(graph), limits.nodes)
    rank = {one: place for place, one in enumerate(inside)}
    nodes = np.array(sorted(inside), np.int64)
    rows = rows_among(graph, nodes)
    ordered = rows[np.argsort([rank[source] for source in graph.triples[rows, 0].tolist()], kind="stable")]
    kept = np.sort(ordered[: limits.triples])
    leaving = np.count_nonzero(graph.triples[kept, 0] == node)
    return Subgraph(graph, kept, nodes, relations, complete=leaving == len(graph.leaving(node)))


def _beam(
    graph: Graph, question: ShortestPath, come: NDArray[np.int64], total: NDArray[np.int64], most: int
) -> NDArray[np.int64]:
    """Return at most ``most`` nodes on shortest paths, equally many at each step, paths left whole."""
    fewest = int(total[question.start])
    sizes = np.bincount(come[total == fewest], minlength=fewest + 1)
    width = next(width for width in range(most, 0, -1) if int(np.minimum(sizes, width).sum()) <= most)
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


def _number_of_target(targets: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return for each target how often it occurs before, ``[triples]``."""
    order = np.argsort(targets, kind="stable")
    _, first, sizes = np.unique(targets[order], return_index=True, return_counts=True)
    before = np.empty(len(targets), np.int64)
    before[order] = np.arange(len(targets)) - np.repeat(first, sizes)
    return before


def _first_fitting(
    graph: Graph, ordered: NDArray[np.int64], limits: SubgraphLimits, needed: tuple[int, ...] = ()
) -> NDArray[np.int64]:
    """Return the first rows that fit, ascending; relations ``needed`` take room in any case."""
    relations, first, which = np.unique(graph.triples[ordered, 1], return_index=True, return_inverse=True)
    is_needed = np.isin(relations, needed)
    place = np.argsort(np.argsort(np.where(is_needed, -1, first)))
    absent = len(set(needed)) - np.count_nonzero(is_needed)
    return np.sort(ordered[place[which] < limits.relations - absent][: limits.triples])
