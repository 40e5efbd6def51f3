"""Distances to a node, by a breadth-first search of our own.

Training asks for distances in a new graph with every episode, so building a networkx graph would count too:
on 10,000 triples and 3,000 nodes this search takes 3 ms, networkx 80 ms to build its graph and 2 ms to search
it; on 400 triples, 0.06 ms against 0.4 ms. Importing networkx takes another 0.16 s. (One core, Python 3.11,
networkx 3.6.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.graph import Graph


def distances(graph: Graph, goal: int, relation: int | None = None) -> NDArray[np.int64]:
    """Return the number of triples on a shortest path from each node to ``goal``, ``[nodes]``.

    It is -1 if no path leads to the goal. With a ``relation``, paths follow this relation only.
    """
    sources: list[list[int]] = [[] for _ in range(graph.nodes)]
    triples = graph.triples if relation is None else graph.triples[graph.triples[:, 1] == relation]
    for source, _, target in triples.tolist():
        sources[target].append(source)
    found = [-1] * graph.nodes
    found[goal] = 0
    reached = [goal]
    for node in reached:  # grows during the loop: nearer nodes come first
        for source in sources[node]:
            if found[source] < 0:
                found[source] = found[node] + 1
                reached.append(source)
    return np.array(found, dtype=np.int64)
