"""A company: who reports to whom and works where; questions from the other end of a relation."""

from __future__ import annotations

from graphdnc.graph import Graph
from graphdnc.questions import Inverse

COMPANY = [
    ("Ann", "reports to", "Bob"),
    ("Carl", "reports to", "Bob"),
    ("Bob", "reports to", "Dora"),
    ("Ann", "manager", "Bob"),
    ("Bob", "manager", "Dora"),
    ("Bob", "is part of", "Sales"),
    ("Dora", "seat of", "Sales"),
    ("France", "capital", "Paris"),
    ("Bob", "LIKES", "Paris"),
]
GRAPH = Graph.from_triples(COMPANY)
FILE = "source,relation,target\n" + "".join(",".join(triple) + "\n" for triple in COMPANY)


def node(name):
    return GRAPH.node_names.index(name)


def to(goal, *relations):
    return Inverse(node(goal), tuple(map(GRAPH.relation_names.index, relations)))
