"""Decide which split a graph belongs to, by the graph itself.

A hash that does not depend on the numbering of nodes and relations decides. So no two splits share a graph,
not even one with different numbers, within a corpus or between corpora. The splits are not exactly 90, 5 and
5 per cent of a corpus.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.graph import Graph

HELD_OUT = 20
"""One graph in this many goes to validation, and another to test."""


def split_of(graph: Graph) -> str:
    """Return the split of a graph; it does not depend on the numbering of nodes and relations."""
    place = fingerprint(graph) % HELD_OUT
    return {0: "test", 1: "validation"}.get(place, "train")


def fingerprint(graph: Graph) -> int:
    """Return 64 bits that do not depend on the numbering of nodes and relations.

    The method is colour refinement. Each round mixes the colours of triples into the colours of their nodes
    and relations, by role. Graphs that differ only in their numbering always have the same fingerprint;
    other graphs almost never do.
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
