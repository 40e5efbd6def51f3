"""The random graphs of the paper: nearest neighbours in the unit square (Graves et al. 2016, Methods).

Unusual: a relation number means nothing alone. It is unique among the edges that leave one node, but many
nodes use the same number for different edges. So node and relation must be looked up together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.graph import Graph


def random_graph(
    rng: np.random.Generator, nodes: int, out_degree: tuple[int, int], relations: int | None = None
) -> Graph:
    """Draw a graph with a number of nodes and of relations, by default as many relations as nodes.

    The nodes are points drawn uniformly from the unit square. Edges lead from each node to its K nearest
    neighbours. K is uniform in ``out_degree``, both ends included, but at most ``nodes - 1`` and at most
    ``relations``. The edges that leave a node have different relation numbers.

    Raises:
        ValueError: fewer than two nodes, no relations, or an empty range of degrees.
    """
    relations = nodes if relations is None else relations
    most = min(nodes - 1, relations)
    low, high = min(out_degree[0], most), min(out_degree[1], most)
    if not 1 <= low <= high:
        raise ValueError(f"{nodes} nodes cannot have out-degrees from {out_degree[0]} to {out_degree[1]}")
    taken = np.arange(high) < rng.integers(low, high + 1, size=(nodes, 1))
    triples = np.empty((int(taken.sum()), 3), dtype=np.int32)
    triples[:, 0] = np.nonzero(taken)[0]
    triples[:, 1] = rng.random((nodes, relations)).argsort(axis=1)[:, :high][taken]
    triples[:, 2] = _nearest_first(rng.random((nodes, 2)))[:, :high][taken]
    return Graph(triples, nodes, relations)


def _nearest_first(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return all nodes by distance from each point ``[nodes, 2]``, itself last: ``[nodes, nodes]``."""
    x, y = points.T
    distance = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    np.fill_diagonal(distance, np.inf)
    order: NDArray[np.intp] = distance.argsort(axis=1)
    return order
