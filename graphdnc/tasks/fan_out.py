"""Relations that lead from one node to several places, and what each memory is shown of them.

A lookup that matches several rows reads a blend of them. So each memory is shown only one target of such a
relation, and the memories take the targets in turn.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from graphdnc.graph import Graph
from graphdnc.questions import Path


def branches(graph: Graph, path: Path) -> list[int]:
    """Return the steps of a path, counted from 0, at which the relation leads to several places."""
    return [step for step, triple in enumerate(path) if len(graph.follow(triple.source, triple.relation)) > 1]


def most_targets(graph: Graph, relations: Iterable[int]) -> int:
    """Return the maximum number of places to which one of the relations leads from one node."""
    asked = graph.triples[np.isin(graph.triples[:, 1], list(relations))]
    return int(np.unique(_leaving(asked, graph), return_counts=True)[1].max(initial=0))


def one_of_each(graph: Graph, count: int, rng: np.random.Generator) -> list[Graph]:
    """Return ``count`` graphs that each have one of the triples that leave a node by the same relation.

    The graphs take these triples in turn; the first one is drawn at random. If no relation leads to several
    places, nothing is drawn and the graph itself is returned.
    """
    order = np.argsort(_leaving(graph.triples, graph), kind="stable")
    _, first, sizes = np.unique(_leaving(graph.triples[order], graph), return_index=True, return_counts=True)
    if sizes.max(initial=0) <= 1:
        return [graph] * count
    turn = rng.integers(sizes)
    return [
        Graph(graph.triples[np.sort(order[first + (turn + number) % sizes])], graph.nodes, graph.relations)
        for number in range(count)
    ]


def shown_in_all(graph: Graph, count: int) -> int:
    """Return how many different triples ``count`` such graphs have together."""
    sizes = np.unique(_leaving(graph.triples, graph), return_counts=True)[1]
    return int(np.minimum(sizes, count).sum())


def _leaving(triples: NDArray[np.int32], graph: Graph) -> NDArray[np.int64]:
    """Return a number for each triple, equal for triples that leave the same node by the same relation."""
    numbers: NDArray[np.int64] = triples[:, 0].astype(np.int64) * graph.relations + triples[:, 1]
    return numbers
