"""Distances to a node, breadth first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.graph import Graph


def distances(graph: Graph, goal: int, relation: int | None = None) -> NDArray[np.int64]:
    """Return the fewest triples, or those of one relation, from each node to ``goal``, ``[nodes]``.

    It is -1 where there is no way.
    """
    sources: list[list[int]] = [[] for _ in range(graph.nodes)]
    triples = graph.triples if relation is None else graph.triples[graph.triples[:, 1] == relation]
    for source, _, target in triples.tolist():
        sources[target].append(source)
    found = [-1] * graph.nodes
    found[goal] = 0
    reached = [goal]
    for node in reached:  # grows while it is walked: nearer nodes come first
        for source in sources[node]:
            if found[source] < 0:
                found[source] = found[node] + 1
                reached.append(source)
    return np.array(found, dtype=np.int64)
