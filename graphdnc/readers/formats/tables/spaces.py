"""Edges separated by spaces, as networkx and SNAP write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphdnc.readers.build_graph import EDGE, Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.csv_records import split_line
from graphdnc.readers.formats.tables.edge_list import read_rows
from graphdnc.readers.formats.tables.rows import open_rows
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Content

_LINE = re.compile(r"[^\r\n]+")
_DASH = re.compile(r"[-=~]{1,3}|[\u2013\u2014]")
# the attributes of an edge, as networkx writes them
_DATA = re.compile(r"\s\{[^{}]*\}$")


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of lines in which spaces or tabs separate two names or three."""
    text = content.text("text")
    if _DATA.search(text.rstrip()):
        notes.add("attributes in { } at the end of a line are not used")
    rows = open_rows(content, _LINE.sub(lambda line: _tidy(line[0]), text), " ")
    if columns == Columns() and all(len(row) == 3 and _DASH.fullmatch(row[1]) for _, row in rows):
        notes.add("a dash between names leads both ways; if it is a relation: --columns 1,2,3", doubtful=True)
        return (Edge(line, row[0], EDGE, row[2], True) for line, row in rows.read(notes))
    return read_rows(rows, columns, notes)


def seem_edges(lines: list[str]) -> bool:
    """Tell whether lines can only be edges: two or three names each, and some name is at both ends.

    >>> seem_edges(["a b", "b c"]), seem_edges(["Ada Lovelace", "Alan Turing"])
    (True, False)
    """
    rows = [
        split_line(_tidy(line), " ") for line in lines if line.strip() and not line.startswith(("#", "%"))
    ]
    widths = {len(row) for row in rows}
    if len(rows) < 2 or len(widths) != 1 or not widths <= {2, 3}:
        return False
    ends = [{row[0] for row in rows}, {row[1] for row in rows} | {row[-1] for row in rows}]
    return bool(ends[0] & ends[1]) and "" not in ends[0] | ends[1]


def _tidy(line: str) -> str:
    """Return a line with single spaces and without attributes; comments, also with %, begin with #."""
    if line.startswith("%"):
        return f"#{line[1:]}"
    return line if line.startswith("#") else " ".join(_DATA.sub("", line.rstrip()).split())
