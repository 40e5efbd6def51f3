"""Columns and attributes by their names: which holds the source, the relation, the target or a weight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import combining, normalize

from graphdnc.readers.clean import clean
from graphdnc.readers.notes import Notes
from graphdnc.utils.text import is_number, join_quoted

ROLES = ("source", "relation", "target")
NO_RELATION = ""
"""The choice of no column for the relation: all relations have one name."""
_USUAL = {
    "source": "source|from|subject|head|src|start|origin|source node|from node|start node|source id|from id"
    "|source name|from name|from stop|from station",
    "relation": "relation|relationship|rel|predicate|edge|label|line|link|type|relation type"
    "|relationship type|edge type|link type|interaction|route|kind",
    "target": "target|to|object|tail|dst|end|destination|dest|target node|to node|end node|target id|to id"
    "|target name|to name|to stop|to station",
}
USUAL = {role: names.split("|") for role, names in _USUAL.items()}
"""The usual names of columns, the surest first."""
# "labelE" is from TinkerPop, "Edge Label" from Gephi, "shared interaction" and "shared name" from Cytoscape
OF_EDGES = ["label e", "edge label", *USUAL["relation"], "shared interaction", "name", "l", "key"]
"""The usual names of the attribute of edges that is their relation, the surest first."""

_LONGEST = 200
"""The letters of a name that are looked at as words: no heading is longer."""
_WEIGHT = re.compile(
    r"\b(weights?|costs?|price|fare|dist|distance|length|duration|time|hours|min|mins|minutes|secs?|seconds|km"
    r"|miles|metres|meters|scores?|gewicht|entfernung|abstand|dauer|minuten|kosten|zeit|poids|duree|cout|prix"
    r"|peso|distancia|duracion|minutos|tiempo|costo|coste|precio|duracao|custo|tempo|durata|minuti|distanza"
    r"|afstand|duur|tijd)\b"
)


@dataclass(frozen=True)
class Columns:
    """Which columns hold the triples.

    Each is a name from the header or a number from 1; ``None`` finds the column by its usual names. In
    formats without columns, ``relation`` names the attribute of the edges that is their relation. If it is
    :data:`NO_RELATION`, there is none. ``weight`` holds a number for each triple, such as minutes; it is
    found only if it is asked for.
    """

    source: str | None = None
    relation: str | None = None
    target: str | None = None
    weight: str | None = field(default=None, compare=False)

    @staticmethod
    def usual_relation(edges: Sequence[Mapping[str, str]]) -> str | None:
        """Return the attribute that is the relation of edges, given all their attributes: the surest one.

        >>> Columns.usual_relation([{"weight": "2", "Label": "road"}, {"weight": "3"}])
        'Label'
        """
        present = dict.fromkeys(name for attributes in edges for name in attributes)
        if keys_count(edges):
            present.pop("key", None)
        return next(usual_among(list(present), OF_EDGES), None)


def find_usual(names: list[str], usual: list[str]) -> int | None:
    """Return the place in ``names`` of the surest of the usual names, or ``None``.

    >>> find_usual(["Weight", "from_node"], USUAL["source"])
    1
    """
    words = list(map(plain, names))
    return next((words.index(name) for name in usual if name in words), None)


def keys_count(edges: Iterable[Mapping[str, str]]) -> bool:
    """Tell whether the attribute "key" of edges, where they have one, only counts parallel edges."""
    return all(is_number(attributes.get("key", "0").strip()) for attributes in edges)


def usual_among(present: list[str], usual: list[str]) -> Iterator[str]:
    """Yield the names that are among the usual ones, the surest first."""
    for one in usual:
        place = find_usual(present, [one])
        if place is not None:
            yield present[place]


def seems_weight(name: str) -> bool:
    """Tell whether a column or attribute of this name seems to hold weights.

    >>> seems_weight("travelTime"), seems_weight("timetable")
    (True, False)
    """
    return _WEIGHT.search(plain(name)) is not None


def note_unused(notes: Notes, what: str, names: Iterable[str], line: int | None = None) -> None:
    """Note the columns or attributes that are not used, weights apart."""
    unused = list(names)
    notes.weights += filter(seems_weight, unused)
    others = [name for name in unused if not seems_weight(name)]
    if others:
        notes.add(f"unused {what}: {join_quoted(others)}", line)


def plain(name: str) -> str:
    """Return a name as small words without accents: "fromNode" and "FROM_NODE" are "from node".

    Of a longer name than any heading has, only the beginning is returned.

    >>> plain("Línea"), plain("toStop"), plain("depends-on")
    ('linea', 'to stop', 'depends on')
    """
    return _plain(name[:_LONGEST])


@lru_cache(maxsize=16384)  # headings are compared with many lists
def _plain(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", clean(name)).casefold()
    if not words.isascii():
        words = "".join(sign for sign in normalize("NFKD", words) if not combining(sign))
    return re.sub(r"[\W_]+", " ", words)
