"""Show how the table of relations was made. Networks know it by heart, so it must never change.

The table contains all sequences of four edge labels that are a term of kinship in the shipped family
(docs/corpus.md lists them). The other sequences are drawn by sorting on their SHA-256, which gives the same
table with every version of Python and numpy. The numbers of the relations are drawn in the same way, so they
say nothing about the sequences.

Sequences of four or five edges that alternate between two labels are left out. Neighbours in random graphs
are so often mutual that such a relation would be asked ten times as often as another.

``python tests/support/make_relation_table.py`` prints the table.
"""

from __future__ import annotations

import csv
import sys
from hashlib import sha256
from itertools import product
from typing import TextIO

from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph
from graphdnc.questions.relation_table import EDGE_NAMES, EDGES, LENGTHS, edge_labelled
from graphdnc.readers import read_graph

EACH = 100
"""Relations of each length."""

_KINDS = dict(zip(EDGE_NAMES, "PPCCSSMM", strict=True))
"""Parent, child, sibling, or married to."""
_MALE = {"father", "son", "brother", "husband"}

TERMS = {
    "PPCC": ("cousin", "cousin"),
    "PPPC": ("great uncle", "great aunt"),
    "PPSC": ("first cousin once removed", "first cousin once removed"),
    "PSCC": ("first cousin once removed", "first cousin once removed"),
    "PCCC": ("great nephew", "great niece"),
    "PPCM": ("uncle by marriage", "aunt by marriage"),
    "PPSM": ("great uncle by marriage", "great aunt by marriage"),
    "PSCM": ("cousin by marriage", "cousin by marriage"),
    "PCCM": ("nephew by marriage", "niece by marriage"),
}
"""Terms of kinship, for a man and for a woman, by the kinds of the edges that lead there.

The edges lead up to an ancestor, across to a sibling, down, and to the spouse of a blood relative.
"""

Edges = tuple[int, ...]


def _kinship_terms(graph: Graph) -> dict[Edges, str]:
    """Return the terms of kinship in a family, by their four edge labels.

    Labels are a term only if they can lead from some person past different people. For example, the only
    daughter of a grandmother is not an aunt if she is the mother.
    """
    return {
        edges: _term(edges)
        for edges in product(range(len(EDGE_NAMES)), repeat=4)
        if _pattern(edges) in TERMS and any(_leads_on(graph, edges, start) for start in range(graph.nodes))
    }


def _pattern(edges: Edges) -> str:
    return "".join(_KINDS[EDGE_NAMES[edge]] for edge in edges)


def _term(edges: Edges) -> str:
    side = {"mother": "maternal ", "father": "paternal "}[EDGE_NAMES[edges[0]]]
    term = TERMS[_pattern(edges)][EDGE_NAMES[edges[-1]] not in _MALE]
    return term if _pattern(edges)[:2] == "PC" else side + term


def _leads_on(graph: Graph, edges: Edges, start: int) -> bool:
    """Tell whether the labels can be followed from a person without passing anyone twice."""
    passed = [start]
    for edge in edges:
        found = graph.follow(passed[-1], edge)
        if len(found) != 1 or found[0].target in passed:
            return False
        passed.append(found[0].target)
    return True


def relations() -> list[tuple[Edges, str]]:
    """Return the 400 relations in order: their edge labels, and their term of kinship or ``""``."""
    terms = _kinship_terms(edge_labelled(read_graph(real_graph_path("family"))))
    table = dict(terms)
    for length in range(LENGTHS[0], LENGTHS[1] + 1):
        given = sum(len(edges) == length for edges in terms)
        every = product(range(EDGES), repeat=length)
        others = [edges for edges in every if edges not in terms and (length < 4 or edges[2:] != edges[:-2])]
        table |= dict.fromkeys(sorted(others, key=lambda edges: _draw("edges", edges))[: EACH - given], "")
    return sorted(table.items(), key=lambda relation: _draw("number", relation[0]))


def _draw(what: str, edges: Edges) -> bytes:
    return sha256(f"graphdnc {what} {edges}".encode()).digest()


def write(file: TextIO) -> None:
    """Write the table as CSV."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["relation", "edges", "kin"])
    for number, (edges, term) in enumerate(relations()):
        writer.writerow([number, " ".join(map(str, edges)), term])


if __name__ == "__main__":
    write(sys.stdout)
