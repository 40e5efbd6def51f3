"""TGF, the Trivial Graph Format: lines of nodes, a line with ``#``, lines of edges."""

from __future__ import annotations

from collections.abc import Iterator

from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.lines import content_lines
from graphdnc.readers.notes import Notes
from graphdnc.readers.property_graph import Link, PropertyGraph
from graphdnc.readers.source import Content


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a TGF file."""
    lines = list(content_lines(content, "TGF", Notes()))
    graph = PropertyGraph(content.place, notes)
    middle = next((at for at, (_, text) in enumerate(lines) if text == "#"), None)
    if middle is None:
        content.place.wrong("there is no line with # alone, which separates nodes and edges; add it")
    for line, text in lines[:middle]:
        key, _, name = text.partition(" ")
        graph.add_node(key, {"label": name} if name.strip() else {}, line)
    for line, text in lines[middle + 1 :]:
        source, target, *label = text.split(maxsplit=2)[:3] if " " in text or "\t" in text else (text, "")
        graph.add_link(Link(line, source, target, False, {"label": label[0]} if label else {}))
    return graph.edges(columns)
