"""From the edges that a reader finds to a graph.

Every reader yields :class:`Edge`; names are cleaned and checked here, once for all formats, and what
became of each row or element is counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from graphdnc.graph import Graph
from graphdnc.readers.clean import clean, drawn, has_invisible, without_selectors
from graphdnc.readers.doubts import Named, doubt
from graphdnc.readers.notes import REPEATED, Notes, describe_left
from graphdnc.readers.source import Place
from graphdnc.utils.memory import no_garbage
from graphdnc.utils.text import quote

MAX_TRIPLES = 1_000_000
MAX_NAME = 131_072
"""Characters in a name: the limit of the csv reader."""
EDGE = "edge"
"""The relation of edges that have no name."""
INVISIBLE = "invisible characters, such as U+200B or a byte-order mark, are not part of names; left out"
"""The note about them."""
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_FORMULA = re.compile(r"=\$?[A-Z]+\$?\d|=[A-Z]+\(")


class Edge(NamedTuple):
    """One edge of a file, by name; ``line`` is ``None`` if it is not known.

    An undirected edge, with ``both_ways``, becomes two triples. With ``more`` it comes from the same row or
    element of the file as the edge before it. ``weight`` is the text of its weight, if one was asked for.
    """

    line: int | None
    source: str
    relation: str
    target: str
    both_ways: bool = False
    more: bool = False
    weight: str | None = None


def to_graph(place: Place, edges: Iterable[Edge], notes: Notes, weighted: dict[Named, float]) -> Graph:
    """Return the graph that edges form; add to ``weighted`` the weights of triples, by name.

    Raises:
        GraphFileError: there are none, or a name is empty, too long or holds control characters.
        CapacityError: there are more than :data:`MAX_TRIPLES`.
    """
    with no_garbage():  # names and triples
        graph = Graph.from_triples(_triples(place, edges, notes, weighted))
    if not len(graph):
        left = describe_left(note for note in notes.account.left_out if note.doubtful)
        place.wrong(f"the file has no triples{f' ({left})' if left else ''}; give a file with edges")
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


def _triples(
    place: Place, edges: Iterable[Edge], notes: Notes, weighted: dict[Named, float]
) -> Iterator[Named]:
    names = _Names(place, notes)
    seen: dict[Named, int | None] = {}
    used, fresh, last = -1, True, None  # whether the row or element at hand has become a triple, and its line
    for count, edge in enumerate(edges, start=1):
        line, source, relation, target, both_ways, more, _ = edge
        triple = source, relation, target = names.of(line, source, relation, target)
        if not more:
            if fresh:
                used += 1
            else:
                notes.leave(REPEATED, last)
            fresh, last = False, line
        if source == target:
            notes.add("leads from a node to itself; kept", line)
        _weigh(weighted, place, edge, triple, notes)
        known = triple in seen
        if not known:
            seen[triple] = line
            yield triple
        if both_ways and (back := (target, relation, source)) not in seen:
            known = False
            seen[back] = line
            yield back
        if not known:
            fresh = True
        else:
            notes.add("repeats an earlier triple; dropped", line)
        if count > MAX_TRIPLES or len(seen) > MAX_TRIPLES:
            place.too_large(f"more than {MAX_TRIPLES:,} triples")
    if not fresh:
        notes.leave(REPEATED, last)
    notes.account.used = used + fresh
    names.note_alike()
    doubt(seen, notes)


def _weigh(weighted: dict[Named, float], place: Place, edge: Edge, triple: Named, notes: Notes) -> None:
    """Note the weight of an edge, if it has one; of a triple that occurs several times, the least counts."""
    if edge.weight is None:
        return
    text = edge.weight.strip()
    try:
        weight = float(_plain_number(text))
    except ValueError:
        weight = -1.0
    if not 0 < weight < float("inf"):
        place.wrong(f"the weight is {quote(text)}; write a number above 0", edge.line)
    if _GROUPED.fullmatch(text):
        said = f"the weight {quote(text)} is read as {weight:g}; if its comma stands before decimals"
        notes.add(f"{said}, write a point", edge.line, doubtful=True)
    source, relation, target = triple
    for one in [triple, *([(target, relation, source)] if edge.both_ways else [])]:
        weighted[one] = min(weight, weighted.get(one, weight))


def _plain_number(text: str) -> str:
    """Return a number with a point before its decimals: 1,234 and 1,234,567.5 have groups of thousands.

    >>> _plain_number("1,5"), _plain_number("1,234"), _plain_number("0,125"), _plain_number("1.234,5")
    ('1.5', '1234', '0.125', '1234.5')
    """
    if _GROUPED.fullmatch(text):
        return text.replace(",", "")
    if "," in text and "." in text and text.rfind(",") > text.rfind("."):
        text = text.replace(".", "")
    return text.replace(",", ".") if text.count(",") == 1 else text


class _Names:
    """Names by how they are written in the file: each is cleaned and checked once."""

    def __init__(self, place: Place, notes: Notes) -> None:
        self._place = place
        self._notes = notes
        self._names: dict[str, str] = {}
        # the first form of names that differ only in how a sign is drawn
        self._forms: dict[str, str] = {}
        # the lines of names beyond ASCII
        self._odd: dict[str, int | None] = {}

    def of(self, line: int | None, source: str, relation: str, target: str) -> Named:
        """Return the names of a triple."""
        names = self._names
        triple = names.get(source), names.get(relation), names.get(target)
        if None in triple:
            for role, text in (("source", source), ("relation", relation), ("target", target)):
                if text not in names:
                    names[text] = self._checked(line, role, text)
            return names[source], names[relation], names[target]
        return triple  # type: ignore[return-value]

    def note_alike(self) -> None:
        """Note names that look like others but are different ones."""
        if not self._odd:
            return
        alike: dict[str, str] = {}
        for name in dict.fromkeys(self._names.values()):
            first = alike.setdefault(drawn(name), name)
            if first != name:
                line = self._odd.get(name, self._odd.get(first))
                said = f"{quote(first)} and {quote(name)} look alike but are different names"
                self._notes.add(
                    f"{said} ({_unlike(first, name)}); if they are one, write them alike", line, doubtful=True
                )

    def _checked(self, line: int | None, role: str, text: str) -> str:
        if len(text) > MAX_NAME:
            self._place.wrong(f"a name of more than {MAX_NAME:,} characters; shorten it", line)
        name = clean(text)
        if not name:
            self._place.wrong(f"the {role} is empty; fill it in or delete the line", line)
        if name[0] == "=" and _FORMULA.match(name):
            said = f"{quote(name)} is a formula, which is not run; read as a name: save the values instead"
            self._notes.add(said, line, doubtful=True)
        if text.isascii() and name.isprintable():
            return name
        if not name.isprintable() and any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
            self._place.wrong(f"the {role} {quote(name)} contains a control character; delete it", line)
        if has_invisible(text):
            self._notes.add(INVISIBLE, line)
        self._odd.setdefault(name, line)
        return self._forms.setdefault(without_selectors(name), name)


def _unlike(name: str, other: str) -> str:
    """Return the first signs in which two names differ, by their numbers in Unicode."""
    pair = next(
        ((one, two) for one, two in zip(name, other, strict=False) if one != two), (name[-1], other[-1])
    )
    return " and ".join(f"U+{ord(sign):04X}" for sign in pair)
