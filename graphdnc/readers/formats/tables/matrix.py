"""Matrices: the nodes head the columns and begin the rows, and a number where they meet is an edge.

An empty cell, 0 and the like are no edge. Numbers other than 1 are weights.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphdnc.readers.build_graph import EDGE, Edge
from graphdnc.readers.clean import clean
from graphdnc.readers.csv_records import wrong_width
from graphdnc.readers.formats.tables.rows import Rows, is_numeric
from graphdnc.readers.notes import HEADER, Notes

_NONE = frozenset(["", "-", "\u2013", "\u2014", "x", "inf", "\u221e", "n/a", "na", "nan", "none", "null"])
_SMALLEST = 2


def read_matrix(rows: Rows, notes: Notes) -> Iterator[Edge] | None:
    """Return the edges if a table is a matrix, otherwise ``None``."""
    names = [clean(name) for name in rows.head[0][1][1:]]
    begins = [clean(fields[0]) for _, fields in rows.head[1:]]
    if len(names) < _SMALLEST or not begins or names[: len(begins)] != begins or len(set(names)) < len(names):
        return None
    if not all(_is_cell(cell) for _, fields in rows.head[1:] for cell in fields[1:]):
        return None
    said = "read as a matrix: a number leads from the name of its row to the name of its column"
    notes.add(said, rows.head[0][0])
    return _edges(rows, names, notes)


def _is_cell(text: str) -> bool:
    return is_numeric(text) or text.strip().casefold() in _NONE


def _edges(rows: Rows, names: list[str], notes: Notes) -> Iterator[Edge]:
    all_rows = rows.read(notes)
    notes.leave(HEADER, next(all_rows)[0])
    weighted = False
    for number, fields in all_rows:
        if len(fields) != len(names) + 1:
            wrong_width(rows.place, (number, fields), len(names) + 1, "the first line")
        source, *cells = fields
        more = False
        for target, cell in zip(names, cells, strict=True):
            if not _is_cell(cell):
                rows.place.wrong(f"{cell.strip()!r} is no number; a matrix has numbers only", number)
            if cell.strip().casefold() in _NONE or float(cell.replace(",", ".").rstrip("%")) == 0:
                continue
            weighted = weighted or cell.strip() != "1"
            yield Edge(number, source, EDGE, target, more=more)
            more = True
        if not more:
            notes.leave("leads nowhere", number)
    if weighted:
        notes.weights.append("the numbers of the matrix")
