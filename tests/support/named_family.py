"""A family and a map, and questions about relatives by name."""

from __future__ import annotations

from graphdnc.graph import Graph
from graphdnc.kinship import standard_vocabulary
from graphdnc.questions import Claim, Kin

TERMS = standard_vocabulary()
FAMILY = Graph.from_triples(
    [
        ("Freya", "mother", "Ida"),
        ("Ida", "brother", "Tom"),
        ("Fergus", "sister", "Ida"),
        ("James", "wife", "Ida"),
        ("Smith, John", "son", "James"),
        ("Séan O'Hara", "husband", "Tom"),
        ('Bill "Bo" Lee', "child", "Fergus"),
        ("Anne-Marie", "sibling", "Dr. Max Ross Jr."),
        ("The Duke", "father", "Rock & Roll"),
    ]
)
MAP = Graph.from_triples([("Bank", "Northern", "Moorgate"), ("Moorgate", "Circle", "Angel")])


def number(name, graph=FAMILY):
    return graph.node_names.index(name)


def kin(name, term, graph=FAMILY):
    return Kin(number(name, graph), TERMS.term(term))


def claim(person, term, relative):
    return Claim(kin(person, term), number(relative))
