"""The relations of the inference task: 400 fixed sequences of edge labels, each known by a number.

In Graves et al. 2016 (Methods, "Inference") edges bear the labels 0 to 9, and a relation is a distinct
sequence of two to five of them, 100 of each length. No graph states a relation: a network learns by heart
what each number stands for, so ``relation_table.csv`` beside this module never changes. It has a line a
relation: its number, its edge labels in order and, where these make a term of kinship in four steps, that
term.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from graphdnc.errors import UnknownName
from graphdnc.graph import Graph

EDGES = 10
"""Edge labels; a graph of the task has these relation numbers, whether or not all of them occur."""

LENGTHS = (2, 5)
"""The shortest and the longest sequence."""

EDGE_NAMES = ("mother", "father", "son", "daughter", "brother", "sister", "husband", "wife")
"""What the edge labels from 0 on stand for in a family; those left over stand for nothing."""

with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as _file:
    _rows = list(csv.DictReader(_file))

SEQUENCES: tuple[tuple[int, ...], ...] = tuple(tuple(map(int, row["edges"].split())) for row in _rows)
"""The edge labels that each relation stands for, by its number."""

_NUMBERS = {edges: number for number, edges in enumerate(SEQUENCES)}


def number_of(edges: Sequence[int]) -> int:
    """Return the number of the relation that stands for a sequence of edge labels."""
    number = _NUMBERS.get(tuple(edges))
    if number is None:
        raise ValueError(f"no relation stands for the edges {' '.join(map(str, edges))}")
    return number


def edge_labelled(graph: Graph) -> Graph:
    """Return a family's graph with its relations numbered as the edge labels of the task.

    >>> graph = edge_labelled(Graph.from_triples([("Ada", "sister", "Eve"), ("Eve", "husband", "Max")]))
    >>> graph.relations, [(triple.relation, graph.relation_name(triple.relation)) for triple in graph]
    (10, [(5, 'sister'), (6, 'husband')])

    Raises:
        UnknownName: a relation is none of ``EDGE_NAMES``.
    """
    labels = []
    for name in map(graph.relation_name, range(graph.relations)):
        if name not in EDGE_NAMES:
            raise UnknownName(f"no edge label stands for {name!r}; name relations {', '.join(EDGE_NAMES)}")
        labels.append(EDGE_NAMES.index(name))
    triples = graph.triples.copy()
    triples[:, 1] = np.array(labels, dtype=np.int32)[triples[:, 1]]
    names = (*EDGE_NAMES, *map(str, range(len(EDGE_NAMES), EDGES)))
    return Graph(triples, graph.nodes, EDGES, graph.node_names, names)
