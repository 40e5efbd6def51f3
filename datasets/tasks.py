"""Questions about a given graph, each with its exact answer."""

from __future__ import annotations

import numpy as np

from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, Path, Traversal

ATTEMPTS = 1000
"""Walks tried before a graph is said to have none of the length asked; only dead ends cost attempts."""


def random_traversal(rng: np.random.Generator, graph: Graph, length: int) -> Example:
    """Walk ``length`` steps at random from a random start; the question is to walk them again.

    Only steps that lead to exactly one place are taken, so the answer is the only one. A walk that meets
    a dead end is dropped and another one is drawn.

    Raises:
        ValueError: no walk of that length was found.
    """
    ways: dict[int, list[Triple]] = {}
    for _ in range(ATTEMPTS):
        path = _walk(rng, graph, length, ways)
        if path is not None:
            question = Traversal(path[0].source, tuple(triple.relation for triple in path))
            return Example(graph, question, path)
    raise ValueError(f"no walk of {length} steps in a graph of {len(graph)} triples")


def _walk(rng: np.random.Generator, graph: Graph, length: int, ways: dict[int, list[Triple]]) -> Path | None:
    """Return a random walk, or ``None`` at a dead end; ``ways`` keeps what was found for each node."""
    node = int(rng.integers(graph.nodes))
    path = []
    for chance in rng.random(length).tolist():
        if node not in ways:
            ways[node] = _certain(graph.leaving(node))
        if not ways[node]:
            return None
        path.append(ways[node][int(chance * len(ways[node]))])
        node = path[-1].target
    return tuple(path)


def _certain(leaving: tuple[Triple, ...]) -> list[Triple]:
    """Return the triples whose relation leaves the node to one place only."""
    relations = [triple.relation for triple in leaving]
    if len(set(relations)) == len(relations):
        return list(leaving)
    return [triple for triple in leaving if relations.count(triple.relation) == 1]
