"""GML, the Graph Modelling Language: keys and values in brackets. The GML of geography is XML and refused."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.notes import Notes
from graphdnc.readers.property_graph import Link, PropertyGraph
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import quote

_MAX_DEPTH = 100
_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)|(?P<text>"[^"]*")|(?P<open>\[)|(?P<close>\])"""
    r"""|(?P<number>[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?(?![\w.])|[+-]?(?i:INF|NAN)\b)"""
    r"""|(?P<key>[A-Za-z_]\w*)""",
)


class Item(NamedTuple):
    """A key, its line, and its value: text, or the items in its brackets."""

    line: int
    key: str
    value: Any


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a GML file."""
    place, text = content.place, content.text("GML")
    if text.lstrip().startswith("<"):
        place.wrong("this is XML, perhaps a map in the Geography Markup Language; give a graph", 1)
    graphs = [item for item in _items(place, text) if item.key == "graph"]
    if len(graphs) != 1:
        place.wrong(f"{len(graphs)} graphs in the file; save one, as graph [ ... ]")
    return _property_graph(place, graphs[0], notes).edges(columns)


def _property_graph(place: Place, graph: Item, notes: Notes) -> PropertyGraph:
    found = PropertyGraph(place, notes)
    inside = _inside(place, graph)
    said = [item for item in inside if item.key == "directed"]
    if len(said) > 1 or (said and said[0].value not in ("0", "1")):
        place.wrong("directed must occur once, as 0 or 1", said[-1].line)
    directed = bool(said) and said[0].value == "1"
    for item in inside:
        if item.key == "node":
            attributes = _attributes(place, item)
            found.add_node(attributes.pop("id", ""), attributes, item.line)
        elif item.key == "edge":
            attributes = _attributes(place, item)
            source, target = (attributes.pop(end, "") for end in ("source", "target"))
            found.add_link(Link(item.line, source, target, not directed, attributes))
    return found


def _inside(place: Place, item: Item) -> list[Item]:
    if not isinstance(item.value, list):
        place.wrong(f"{item.key} is a value where [ ... ] is needed", item.line)
    return item.value


def _attributes(place: Place, item: Item) -> dict[str, str]:
    found: dict[str, str] = {}
    for line, key, value in _inside(place, item):
        if key in found and key in ("id", "source", "target"):
            place.wrong(f"a second {key} in one {item.key}; delete it", line)
        if isinstance(value, str):
            found.setdefault(key, value)
    return found


def _items(place: Place, text: str) -> list[Item]:
    """Return the items at the top of the file; nested brackets are read without recursion."""
    top: list[Item] = []
    open_items: list[Item] = []
    inside, key = top, None
    for line, kind, token in _tokens(place, text):
        if kind == "close" and key is None and open_items:
            open_items.pop()
            inside = open_items[-1].value if open_items else top
        elif key is None and (kind == "key" or token.isalpha()):  # nan and inf can be keys
            key = token
        elif kind == "open" and key is not None and len(open_items) < _MAX_DEPTH:
            open_items.append(Item(line, key, []))
            inside.append(open_items[-1])
            inside, key = open_items[-1].value, None
        elif kind in ("text", "number") and key is not None:
            inside.append(Item(line, key, html.unescape(token[1:-1]) if kind == "text" else token))
            key = None
        elif kind == "key":
            place.wrong(f"{quote(token)} is text without quotes; write it in double quotes", line)
        else:
            place.wrong(
                f"{quote(token)} is not expected here; GML is written: key value, or key [ ... ]", line
            )
    if open_items:
        place.wrong("a bracket is not closed: the end of the file is missing", open_items[-1].line)
    if key is not None:
        place.wrong(f"{quote(key)} at the end has no value: the end of the file is missing")
    return top


def _tokens(place: Place, text: str) -> Iterator[tuple[int, str, str]]:
    at, line = 0, 1
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            rest = text[at : at + 60].splitlines()[0]
            what = "a quote that is not closed" if rest.startswith('"') else "not GML"
            place.wrong(f"{what}: {quote(rest)}", line)
        kind = found.lastgroup
        assert kind is not None
        if kind != "space":
            yield line, kind, found[0]
        line += found[0].count("\n")
        at = found.end()
