"""The split that a graph belongs to, decided by the graph itself.

A hash that does not depend on the numbering of nodes and relations decides. So no two splits share a graph,
not even one with other numbers, within a corpus or between corpora. The sizes of the splits are near 90, 5
and 5 per cent, not exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.graph import Graph

HELD_OUT = 20
"""One graph in this many goes to validation, and one to test."""


def split_of(graph: Graph) -> str:
    """Return the split that a graph belongs to, the same for every numbering of its nodes and relations."""
    place = fingerprint(graph) % HELD_OUT
    return {0: "test", 1: "validation"}.get(place, "train")


def fingerprint(graph: Graph) -> int:
    """Return 64 bits that do not depend on how the nodes and relations of a graph are numbered.

    Colour refinement: each round mixes into the colour of a node and of a relation the colours of the
    triples it occurs in, by role. Graphs equal but for the numbers always get the same bits; different
    ones nearly always get others.
    """
    source, relation, target = graph.triples.T
    node = np.full(graph.nodes, len(graph), dtype=np.uint64)
    name = np.full(graph.relations, graph.relations, dtype=np.uint64)
    for _ in range(3):
        triple = _mixed(_mixed(_mixed(node[source]) + name[relation]) + node[target])
        node, name = _mixed(node), _mixed(name)
        np.add.at(node, source, triple)
        np.add.at(node, target, _mixed(triple))
        np.add.at(name, relation, triple)
    return int(_mixed(np.sort(node)).sum()) ^ int(_mixed(name).sum())


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble each number: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
