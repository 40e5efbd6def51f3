"""Matrices: the nodes head the columns and begin the rows, and a number where they meet is an edge.

An empty cell, 0 and the like are no edge. Numbers other than 1 are weights. Without numbers, "x" or
"yes" is an edge.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphdnc.readers.build_graph import EDGE, Edge
from graphdnc.readers.clean import clean
from graphdnc.readers.csv_records import wrong_width
from graphdnc.readers.formats.tables.rows import Rows, is_numeric, number_of
from graphdnc.readers.notes import HEADER, NOWHERE, Notes
from graphdnc.utils.text import quote

_NONE = frozenset(["", "-", "\u2013", "\u2014", "x", "inf", "\u221e", "n/a", "na", "nan", "none", "null"])
_MARKS = frozenset(["x", "yes", "y", "true", "\u2713", "\u2714", "\u2022", "*"])
_NO_MARKS = frozenset(["no", "n", "false"])
_SMALLEST = 2


def read_matrix(rows: Rows, notes: Notes) -> Iterator[Edge] | None:
    """Return the edges if a table is a matrix, otherwise ``None``."""
    names = [clean(name) for name in rows.head[0][1][1:]]
    begins = [clean(fields[0]) for _, fields in rows.head[1:]]
    _refuse_bare(rows)
    numbers = is_numeric(rows.head[0][1][0]) and all(map(is_numeric, names))  # the ends of edges, by number
    in_order = names[: len(begins)] == begins
    corner = not rows.head[0][1][0].strip() and set(begins) <= set(names)
    if len(names) < _SMALLEST or not begins or not (in_order or corner) or len(set(names)) < len(names):
        return None
    if numbers:
        return None
    cells = {cell.strip().casefold() for _, fields in rows.head[1:] for cell in fields[1:]}
    marked = not any(map(is_numeric, cells)) and not cells.isdisjoint(_MARKS)
    none = (_NONE - _MARKS) | _NO_MARKS if marked else _NONE
    if not all(cell in none or (cell in _MARKS if marked else is_numeric(cell)) for cell in cells):
        return None
    said = f"read as a matrix: a {'mark' if marked else 'number'} leads from the name of its row"
    said += " to the name of its column"
    notes.add(said, rows.head[0][0])
    notes.declared = True
    return _edges(rows, names, none, notes)


def _refuse_bare(rows: Rows) -> None:
    """Refuse a square of 0 and 1: the numbers of a matrix without its names."""
    width = len(rows.head[0][1])
    cells = [cell.strip() for _, fields in rows.head for cell in fields]
    square = len(rows.head) == width > _SMALLEST and len(cells) == width * width
    if square and set(cells) == {"0", "1"}:
        said = "a matrix without names; add a first row and a first column with the names of the nodes"
        rows.place.wrong(said, rows.head[0][0])


def _is_edge(cell: str, none: frozenset[str]) -> bool:
    """Tell whether a cell that is a number or a mark is that of an edge."""
    if cell in none:
        return False
    return not is_numeric(cell) or number_of(cell) != 0


def _edges(rows: Rows, names: list[str], none: frozenset[str], notes: Notes) -> Iterator[Edge]:
    """Yield an edge for each mark, or for each number other than 0; ``none`` are cells that are neither."""
    marked = none >= _NO_MARKS
    all_rows = rows.read(notes)
    notes.leave(HEADER, next(all_rows)[0])
    weighted = False
    for number, fields in all_rows:
        if len(fields) != len(names) + 1:
            wrong_width(rows.place, (number, fields), len(names) + 1, "the first line")
        source, *cells = fields
        more = False
        for target, text in zip(names, cells, strict=True):
            cell = text.strip().casefold()
            if cell not in none and not (cell in _MARKS if marked else is_numeric(cell)):
                kind = "mark" if marked else "number"
                rows.place.wrong(f"{quote(text.strip())} is no {kind}; a matrix has {kind}s only", number)
            if not _is_edge(cell, none):
                continue
            weighted = weighted or (not marked and cell != "1")
            yield Edge(number, source, EDGE, target, more=more)
            more = True
        if not more:
            notes.leave(NOWHERE, number)
    if weighted:
        notes.weights.append("the numbers of the matrix")
