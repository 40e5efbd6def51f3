"""Where nodes are drawn: by their coordinates, or so that distances on paper are those in the graph.

Positions are ``[nodes, 2]``: x to the right, y down, with an edge about 1 long.
"""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.float64]
_ROUNDS = 60
_GAP = 1.5
"""The room between parts of a graph that are not connected."""


def by_coordinates(places: NDArray[np.float64], geographic: bool) -> Positions:
    """Return positions from coordinates ``[nodes, 2]``: east and north, in degrees if ``geographic``.

    The median distance between nodes that are nearest to each other becomes 1.
    """
    east, north = places.T
    if geographic:
        east = east * np.cos(np.radians(north.mean()))
    drawn = np.stack([east, -north], axis=1)
    away = np.linalg.norm(drawn[:, None] - drawn, axis=-1) + np.diag(np.full(len(drawn), np.inf))
    near = away.min(1)
    unit = float(np.median(near[near > 0])) if (near > 0).any() and len(drawn) > 1 else 1.0
    placed: Positions = (drawn - drawn.mean(0)) / unit
    return placed


def by_distances(nodes: int, pairs: Sequence[tuple[int, int]]) -> Positions:
    """Return positions at which distances are as near as possible to the number of edges between two nodes.

    This is stress majorisation (Gansner, Koren & North 2004). networkx has the same aim in
    ``kamada_kawai_layout``, which needs SciPy and takes minutes for 1,000 nodes.
    """
    graph = nx.Graph()
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(pair for pair in pairs if pair[0] != pair[1])
    parts = [sorted(part) for part in nx.connected_components(graph)]
    drawn = [_upright(_stress(graph.subgraph(part), part)) for part in parts]
    placed = np.zeros((nodes, 2))
    for part, own in zip(parts, _side_by_side(drawn), strict=True):
        placed[part] = own
    return placed


def _stress(graph: nx.Graph, nodes: list[int]) -> Positions:
    """Return positions of a connected graph."""
    count = len(nodes)
    if count == 1:
        return np.zeros((1, 2))
    number = {node: place for place, node in enumerate(nodes)}
    distance = np.zeros((count, count))
    for source, found in nx.all_pairs_shortest_path_length(nx.relabel_nodes(graph, number)):
        distance[source, list(found)] = list(found.values())
    weights = 1 / np.maximum(distance, 1) ** 2
    np.fill_diagonal(weights, 0)
    drawn = _scaled(distance)
    laplacian = np.diag(weights.sum(1)) - weights
    inverse = np.linalg.inv(laplacian + 1 / count)  # equal for all that have the same middle
    pulls = weights * distance
    for _ in range(_ROUNDS):
        squares = (drawn**2).sum(1)
        apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * drawn @ drawn.T, 1e-12))
        ratio = pulls / apart
        drawn = inverse @ (ratio.sum(1)[:, None] * drawn - ratio @ drawn)
    return drawn


def _scaled(distance: NDArray[np.float64]) -> Positions:
    """Return the positions of classical scaling (Torgerson 1952), with nodes at one place moved apart."""
    squares = distance**2
    middle = squares - squares.mean(0) - squares.mean(1)[:, None] + squares.mean()
    values, vectors = np.linalg.eigh(-middle / 2)
    drawn = vectors[:, [-1, -2]] * np.sqrt(np.maximum(values[[-1, -2]], 1e-6))
    angles = np.arange(len(drawn)) * 2.4  # the golden angle: no two the same
    jitter: Positions = drawn + 0.05 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return jitter


def _upright(drawn: Positions) -> Positions:
    """Return positions turned so that the longest side lies along x."""
    if len(drawn) < 3:
        return drawn
    _, _, axes = np.linalg.svd(drawn - drawn.mean(0), full_matrices=False)
    turned: Positions = (drawn - drawn.mean(0)) @ axes.T
    return turned


def _side_by_side(parts: Sequence[Positions]) -> list[Positions]:
    """Return parts moved so that they do not overlap, the largest first, in rows about as wide as it is."""
    sizes = [np.ptp(part, axis=0) + _GAP for part in parts]
    area = sum(float(size.prod()) for size in sizes)
    width = max([1.6 * area**0.5, *(float(size[0]) for size in sizes)])
    placed: dict[int, Positions] = {}
    x = y = tallest = 0.0
    for place in sorted(range(len(parts)), key=lambda place: -len(parts[place])):
        if x and x + sizes[place][0] > width:
            x, y, tallest = 0.0, y + tallest, 0.0
        placed[place] = parts[place] - parts[place].min(0) + [x, y]
        x, tallest = x + float(sizes[place][0]), max(tallest, float(sizes[place][1]))
    return [placed[place] for place in range(len(parts))]
