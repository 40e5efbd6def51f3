"""Pajek networks (.net): vertices by number, arcs, edges, lists of both, named relations.

A file must hold one network: the vertices of several would be mixed up silently.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from graphdnc.readers.build_graph import MAX_TRIPLES, Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.csv_records import MAX_LINE
from graphdnc.readers.notes import Notes
from graphdnc.readers.property_graph import Link, PropertyGraph
from graphdnc.readers.source import Content, Place, numbered_lines
from graphdnc.utils.text import is_number, quote

_FIELD = re.compile(r'\s*(?:"([^"]*)"|([^\s"]\S*))(?=\s|$)')
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
# sections of edges: whether they are undirected, and whether a line lists several targets of one source
_SECTIONS = {
    "arcs": (False, False),
    "edges": (True, False),
    "arcslist": (False, True),
    "edgeslist": (True, True),
}
# *Arcs, *Edges 9 and *Arcs :2 "is a friend of": the number of a relation, or the number of lines
_HEADING = re.compile(r"\*(\w+)\s*(?::\s*(\d+))?(.*)")
# a character by its number, as igraph writes a quote in a name
_CODE = re.compile(r"&#\d{2,7};")
_NUMBERED = re.compile(r"(\d+):")


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a Pajek network."""
    found = _Pajek(content.place, notes)
    for line, text in numbered_lines(content.text("Pajek")):
        if len(text) > MAX_LINE:
            content.place.wrong(f"more than {MAX_LINE:,} characters; write shorter lines", line)
        if text.strip() and not text.lstrip().startswith("%"):
            found.read_line(line, text.strip())
    return found.graph().edges(columns)


class _Pajek:
    def __init__(self, place: Place, notes: Notes) -> None:
        self._place = place
        self._graph = PropertyGraph(place, notes)
        self._names: dict[str, str] = {}
        self._used: set[str] = set()
        self._section = self._relation = ""  # the current section, and its relation if that has a name
        self._relations: dict[str, str] = {}
        self._vertices: int | None = None

    def read_line(self, line: int, text: str) -> None:
        """Read one line."""
        if text.startswith("*"):
            self._begin(line, text)
            return
        fields = self._fields(line, text)
        if self._section == "vertices":
            self._add_vertex(line, fields)
        elif self._section in _SECTIONS:
            self._add_links(line, fields)
        else:
            self._place.wrong("a line before *Vertices; a network begins with *Vertices", line)

    def graph(self) -> PropertyGraph:
        """Return everything that was read."""
        if self._vertices is None:
            self._place.wrong("there is no *Vertices; give a Pajek network")
        if self._names and len(self._names) < self._vertices and not self._used:
            self._place.wrong(f"{len(self._names)} of {self._vertices} vertices: the end is missing")
        for key, name in (self._names | dict.fromkeys(sorted(self._used - self._names.keys()), "")).items():
            self._graph.add_node(key, {"label": name})
        return self._graph

    def _begin(self, line: int, text: str) -> None:
        heading = _HEADING.fullmatch(text)
        name, number, rest = (heading[1].lower(), heading[2], heading[3]) if heading else ("", None, "")
        if name == "network" and self._vertices is None:
            self._section = ""
        elif name in ("network", "vertices") and self._vertices is not None:
            self._place.wrong("a second network in one file; save each in its own file", line)
        elif name == "vertices":
            self._section, self._vertices = name, self._count(line, rest)
        elif name in _SECTIONS and self._vertices is not None:
            self._section, self._relation = name, self._named(line, number, rest)
        else:
            known = "*Vertices, then *Arcs or *Edges"
            self._place.wrong(f"{quote(text)} is not supported; save only the network: {known}", line)

    def _named(self, line: int, number: str | None, rest: str) -> str:
        if number is None:
            return ""
        fields = self._fields(line, rest) if rest.strip() else [self._relations.get(number, number)]
        self._relations[number] = fields[-1]
        return fields[-1]

    def _count(self, line: int, text: str) -> int:
        count = (text.split() or [""])[0]
        if not is_number(count):
            self._place.wrong("*Vertices needs the number of vertices, such as *Vertices 12", line)
        if int(count) > MAX_TRIPLES:
            self._place.too_large(f"more than {MAX_TRIPLES:,} vertices")
        return int(count)

    def _fields(self, line: int, text: str) -> list[str]:
        found, at = [], 0
        while at < len(text):
            field = _FIELD.match(text, at)
            if field is None:
                self._place.wrong(f"a quote is not closed or is inside a word: {quote(text)}", line)
            found.append(
                field[2] if field[1] is None else _CODE.sub(lambda code: html.unescape(code[0]), field[1])
            )
            at = field.end()
        return found

    def _number(self, line: int, text: str) -> str:
        """Return the number of a vertex, counted from 1, without leading zeros."""
        assert self._vertices is not None
        if not (is_number(text) and 1 <= int(text) <= self._vertices):
            self._place.wrong(
                f"{quote(text)} is not a vertex; the vertices are numbered 1 to {self._vertices}", line
            )
        return str(int(text))

    def _add_vertex(self, line: int, fields: list[str]) -> None:
        number = self._number(line, fields[0])
        if number in self._names:
            self._place.wrong(f"the vertex {number} occurs twice; give each its own number", line)
        self._names[number] = fields[1] if len(fields) > 1 else ""

    def _add_links(self, line: int, fields: list[str]) -> None:
        both, several = _SECTIONS[self._section]
        relation = self._relation
        numbered = _NUMBERED.fullmatch(fields[0])
        if numbered:  # 2: 7 9 1 is an edge of the relation :2
            relation, fields = self._relations.get(numbered[1], numbered[1]), fields[1:]
        if len(fields) < 2:
            self._place.wrong("an edge needs two vertices; add the second", line)
        attributes = {} if several else _attributes(fields[2:])
        if relation:
            attributes = {"relation": relation} | attributes
        source, *targets = (self._number(line, field) for field in (fields if several else fields[:2]))
        for target in targets:
            self._used |= {source, target}
            self._graph.add_link(Link(line, source, target, both, attributes))


def _attributes(fields: list[str]) -> dict[str, str]:
    """Return the weight, which may come first, and the keys and values after it."""
    weight = {}
    if fields and _NUMBER.fullmatch(fields[0]):
        weight = {"weight": fields[0]} if fields[0] != "1.0" else {}
        fields = fields[1:]
    return dict(zip(fields[::2], fields[1::2], strict=False)) | weight
