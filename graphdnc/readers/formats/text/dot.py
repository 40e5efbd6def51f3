"""DOT, the language of Graphviz: nodes, edges, chains of edges, groups and their attributes."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from graphdnc.readers.build_graph import MAX_TRIPLES, Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.notes import Notes
from graphdnc.readers.property_graph import Link, PropertyGraph
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import quote

_MAX_DEPTH = 100
_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|(?:^|(?<=\n))\#[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/)"""
    r"""|(?P<sign>->|--|[{}\[\];,:=+])|(?P<text>"(?:[^"\\]|\\.)*+")"""
    r"""|(?P<name>(?:[^\W\d]|[^\x00-\x7f])[\w\x80-\U0010ffff]*|-?(?:\.\d+|\d+(?:\.\d*)?))""",
    re.DOTALL,
)
_MARKUP = re.compile(r"<[^<>]*>|\s+")
# what ends a line inside a label, with its alignment
_BREAK = re.compile(r"\\[nlr]")
_WORDS = ("graph", "digraph", "subgraph", "node", "edge", "strict")

Attributes = dict[str, str]


@dataclass
class _Scope:
    """The attributes that hold for new edges in a group, and the nodes in it."""

    edges: Attributes
    nodes: dict[str, None] = field(default_factory=dict)


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a graph in DOT."""
    found = _Parser(content.place, content.text("DOT"), notes)
    found.parse()
    for key, label in found.labels.items():
        found.graph.add_node(key, {"label": label} if label else {})
    return found.graph.edges(columns)


class _Parser:
    def __init__(self, place: Place, text: str, notes: Notes) -> None:
        self.graph = PropertyGraph(place, notes)
        self.labels: dict[str, str] = {}
        self._place = place
        self._notes = notes
        self._tokens = _tokens(place, text)
        self._line, self._kind, self._token = 1, "", ""
        self._directed = False
        self._next()

    def parse(self) -> None:
        """Read the graph and check that nothing follows it."""
        if self._word() == "strict":
            self._next()
        if self._word() not in ("graph", "digraph"):
            self._unexpected("a graph begins with graph or digraph")
        self._directed = self._word() == "digraph"
        self._next()
        if self._token != "{":
            self._name()
        self._take("{")
        self._statements(_Scope({}), 1)
        if self._kind:
            self._unexpected("text after the graph; save each graph in its own file")

    def _next(self) -> None:
        self._line, self._kind, self._token = next(self._tokens, (self._line, "", ""))

    def _word(self) -> str:
        return self._token.lower() if self._kind == "name" else ""

    def _unexpected(self, why: str) -> None:
        if not self._kind:
            self._place.wrong("the end of the file is missing; export it again")
        self._place.wrong(f"{quote(self._token)} is not expected here: {why}", self._line)

    def _take(self, sign: str) -> None:
        if self._token != sign or self._kind != "sign":
            self._unexpected(f"{sign} is missing")
        self._next()

    def _sign(self, *signs: str) -> bool:
        return self._kind == "sign" and self._token in signs

    def _name(self) -> str:
        """Take a name; texts can be joined by a plus."""
        if self._kind in ("", "sign"):
            self._unexpected("a name is missing")
        name = _plain(self._kind, self._token)
        self._next()
        while self._sign("+"):
            self._next()
            name += _plain(self._kind, self._token)
            self._next()
        return name

    def _statements(self, scope: _Scope, depth: int) -> None:
        """Take the statements of a group and its closing bracket."""
        if depth > _MAX_DEPTH:
            self._place.wrong(f"groups are nested more than {_MAX_DEPTH} deep", self._line)
        while not self._sign("}"):
            if self._sign(";", ","):
                self._next()
            elif not self._kind:
                self._unexpected("")
            else:
                self._statement(scope, depth)
        self._next()

    def _statement(self, scope: _Scope, depth: int) -> None:
        line, word = self._line, self._word()
        if word in ("graph", "node", "edge"):
            self._next()
            attributes = self._attributes()
            if word == "edge":
                scope.edges |= attributes
            return
        ends = [self._end(scope, depth)]
        if self._sign("="):  # an attribute of the graph
            self._next()
            self._name()
            self._forget(ends[0], scope)
            return
        while self._sign("->", "--"):
            self._next()
            ends.append(self._end(scope, depth))
        attributes = self._attributes()
        if len(ends) == 1 and len(ends[0]) == 1 and "label" in attributes:
            self.labels[next(iter(ends[0]))] = attributes["label"].replace("\\N", "")
        self._connect(line, ends, scope.edges | attributes)

    def _end(self, scope: _Scope, depth: int) -> dict[str, None]:
        """Take a node or a group, and return the nodes."""
        if self._word() == "subgraph" or self._sign("{"):
            if not self._sign("{"):
                self._next()
                if not self._sign("{"):
                    self._name()
            self._take("{")
            inner = _Scope(dict(scope.edges))
            self._statements(inner, depth + 1)
            scope.nodes |= inner.nodes
            return inner.nodes
        name = self._name()
        while self._sign(":"):  # where an edge touches the node
            self._next()
            self._name()
        if not self._sign("="):
            self.labels.setdefault(name, "")
            scope.nodes[name] = None
        return {name: None}

    def _forget(self, names: dict[str, None], scope: _Scope) -> None:
        """Check that an attribute of the graph has one plain name."""
        if len(names) != 1:
            self._unexpected("a group has no value")

    def _attributes(self) -> Attributes:
        found: Attributes = {}
        while self._sign("["):
            self._next()
            while not self._sign("]"):
                if self._sign(",", ";"):
                    self._next()
                    continue
                key = self._name()
                value = "true"
                if self._sign("="):
                    self._next()
                    value = self._name()
                found[key] = value
            self._next()
        return found

    def _connect(self, line: int, ends: list[dict[str, None]], attributes: Attributes) -> None:
        """Add the edges of a chain."""
        if attributes.get("style") == "invis":
            count = sum(len(lefts) * len(rights) for lefts, rights in pairwise(ends))
            self._notes.account.read += count
            self._notes.leave("an edge that is not drawn", line, count=count)
            return
        said = attributes.get("dir", "forward")
        both = not self._directed or said in ("both", "none")
        named = {key: value for key, value in attributes.items() if key in _MEANT and value.strip()}
        for lefts, rights in pairwise(ends):
            if len(lefts) * len(rights) > MAX_TRIPLES:
                self._place.too_large(f"more than {MAX_TRIPLES:,} edges")
            for left in lefts:
                for right in rights:
                    source, target = (right, left) if said == "back" else (left, right)
                    self.graph.add_link(Link(line, source, target, both, named))


_MEANT = ("label", "xlabel", "relation", "type", "kind", "name", "weight", "len", "key", "color")
"""Attributes of edges that are not only how they are drawn."""


def _tokens(place: Place, text: str) -> Iterator[tuple[int, str, str]]:
    at, line = 0, 1
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None and text[at] == "<":
            end = _end_of_markup(place, text, at, line)
            kind, token = "markup", text[at:end]
        elif found is None:
            rest = text[at : at + 60].splitlines()[0]
            what = "a quote or a comment that is not closed" if rest.startswith(('"', "/*")) else "not DOT"
            place.wrong(f"{what}: {quote(rest)}", line)
        else:
            kind, token, end = found.lastgroup or "", found[0], found.end()
        if kind != "space":
            yield line, kind, token
        line += token.count("\n")
        at = end


def _end_of_markup(place: Place, text: str, at: int, line: int) -> int:
    depth = 0
    for found in re.compile("[<>]").finditer(text, at):
        depth += 1 if found[0] == "<" else -1
        if depth == 0:
            return found.end()
    place.wrong("a label in < > is not closed: the end of the file is missing", line)


def _plain(kind: str, token: str) -> str:
    """Return the text of a token: without quotes, line breaks and markup."""
    if kind == "text":
        whole = re.sub(r"\\\r?\n", "", token[1:-1]).replace('\\"', '"')
        return html.unescape(_BREAK.sub(" ", whole))
    return html.unescape(_MARKUP.sub(" ", token[1:-1])) if kind == "markup" else token
