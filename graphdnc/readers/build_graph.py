"""From the edges that a reader finds to a graph, with notes about the file for a person.

Every reader yields :class:`Edge`; names are cleaned and checked here, once for all formats.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from graphdnc.graph import Graph
from graphdnc.readers.source import Place
from graphdnc.utils.text import quote

MAX_TRIPLES = 1_000_000
MAX_NAME = 131_072
"""Characters in a name: the limit of the csv reader."""
EDGE = "edge"
"""The relation of edges that have no name."""
_LINES_KEPT = 5


class Edge(NamedTuple):
    """One edge of a file, by name; ``line`` is ``None`` if it is not known.

    An undirected edge, with ``both_ways``, becomes two triples.
    """

    line: int | None
    source: str
    relation: str
    target: str
    both_ways: bool = False


@dataclass
class Note:
    """Something that a person may want to know about a file.

    Attributes:
        text: what was found, and how it was read.
        lines: the first lines where it was found.
        count: how often it was found.
        doubtful: whether the file may mean something else; then answers may be wrong.
    """

    text: str
    lines: list[int] = field(default_factory=list)
    count: int = 0
    doubtful: bool = False


@dataclass
class Notes:
    """What was found in a file apart from its triples.

    Attributes:
        weights: the names of columns or attributes that seem to hold weights. Triples have no weights, so
            they are not used.
    """

    weights: list[str] = field(default_factory=list)
    _found: dict[str, Note] = field(default_factory=dict)

    def add(self, text: str, line: int | None = None, doubtful: bool = False) -> None:
        """Add a note; the same text again is counted."""
        note = self._found.setdefault(text, Note(text, doubtful=doubtful))
        note.count += 1
        if line is not None and len(note.lines) < _LINES_KEPT:
            note.lines.append(line)

    def __iter__(self) -> Iterator[Note]:
        return iter(self._found.values())


def clean(name: str) -> str:
    """Return a name in the form it has in a graph: single spaces, none around it, Unicode in NFC."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def to_graph(place: Place, edges: Iterable[Edge], notes: Notes) -> Graph:
    """Return the graph that edges form.

    Raises:
        GraphFileError: there are none, or a name is empty, too long or holds control characters.
        CapacityError: there are more than :data:`MAX_TRIPLES`.
    """
    graph = Graph.from_triples(_triples(place, edges, notes))
    if not len(graph):
        place.wrong("the file has no triples; give a file with edges")
    return graph


def distinct_names(place: Place, names: Mapping[str, str]) -> dict[str, str]:
    """Return a different name for every id, from names by id.

    A name that several ids share gets the id added; an id without a name is its own name.

    >>> distinct_names(Place("f"), {"1": "Bank", "2": "Angel", "3": "Bank", "4": ""})
    {'1': 'Bank (1)', '2': 'Angel', '3': 'Bank (3)', '4': '4'}

    Raises:
        GraphFileError: two ids differ only in spaces.
    """
    cleaned = {key: clean(name) for key, name in names.items()}
    count = Counter(cleaned.values())
    apart = {
        key: clean(key) if not name else name if count[name] == 1 else clean(f"{name} ({key})")
        for key, name in cleaned.items()
    }
    # an id, or a name with its id, may be equal to another name
    shared = {name for name, number in Counter(apart.values()).items() if number > 1}
    apart = {
        key: clean(f"{cleaned[key]} ({key})") if cleaned[key] and name in shared else name
        for key, name in apart.items()
    }
    if len(set(apart.values())) == len(apart):
        return apart
    ids = {key: clean(key) for key in names}
    if len(set(ids.values())) < len(ids):
        twice = Counter(ids.values()).most_common(1)[0][0]
        place.wrong(f"two ids, both {quote(twice)}, differ only in spaces; change one")
    return ids


def _triples(place: Place, edges: Iterable[Edge], notes: Notes) -> Iterator[tuple[str, str, str]]:
    names: dict[str, str] = {}  # by how they are written in the file: each is cleaned and checked once
    seen: set[tuple[str, str, str]] = set()
    for count, edge in enumerate(edges, start=1):
        for role, text in zip(("source", "relation", "target"), edge[1:4], strict=True):
            if text not in names:
                names[text] = _checked(place, edge.line, role, text)
        triple = source, relation, target = names[edge.source], names[edge.relation], names[edge.target]
        if source == target:
            notes.add("leads from a node to itself; kept", edge.line)
        fresh = triple not in seen
        if fresh:
            seen.add(triple)
            yield triple
        back = (target, relation, source)
        if edge.both_ways and back not in seen:
            seen.add(back)
            yield back
        elif not fresh:
            notes.add("repeats an earlier triple; dropped", edge.line)
        if max(count, len(seen)) > MAX_TRIPLES:
            place.too_large(f"more than {MAX_TRIPLES:,} triples")


def _checked(place: Place, line: int | None, role: str, text: str) -> str:
    if len(text) > MAX_NAME:
        place.wrong(f"a name of more than {MAX_NAME:,} characters; shorten it", line)
    name = clean(text)
    if not name:
        place.wrong(f"the {role} is empty; fill it in or delete the line", line)
    if not name.isprintable() and any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        place.wrong(f"the {role} {quote(name)} contains a control character; delete it", line)
    return name
