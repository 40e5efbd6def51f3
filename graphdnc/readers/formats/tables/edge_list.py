"""Edge lists: CSV, TSV and semicolon files with one triple a line.

The delimiter is found from the file, and :mod:`~graphdnc.readers.formats.tables.layout` finds the columns.
Without a relation column, the relation is what the heading of the targets says, if it says one ("package,
dependency"), or else "edge". A column "Type" that says Directed or Undirected, as Gephi exports it, is not a
relation. Blank lines and comments are skipped, and a triple that occurs twice is one triple. A quoted name
cannot contain a line break: that is always a quote left open, which would swallow the rest of the file.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import NoReturn

from graphdnc.readers.build_graph import EDGE, Edge
from graphdnc.readers.clean import clean
from graphdnc.readers.columns import ROLES, USUAL, Columns, find_usual, note_unused, plain
from graphdnc.readers.csv_records import OPEN_QUOTE, Row, is_marked, wrong_width
from graphdnc.readers.doubts import is_value
from graphdnc.readers.formats.tables.by_id import read_by_id
from graphdnc.readers.formats.tables.layout import Layout, find_layout
from graphdnc.readers.formats.tables.matrix import read_matrix
from graphdnc.readers.formats.tables.rows import HASH_ROW, WIDEST, Rows, open_rows
from graphdnc.readers.formats.tables.stations import read_stations
from graphdnc.readers.headings import (
    is_carrier,
    is_counter,
    is_detail,
    is_type,
    is_way,
    leads_both_ways,
    says_yes_or_no,
)
from graphdnc.readers.notes import HEADER, HEADER_AGAIN, Notes
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import join_names, join_quoted, quote

_FEWEST = 2
"""With so few triples it means nothing that the names of the first do not occur again."""
_EMPTY = "an empty target"
# how KGTK, the tables of Wikidata, writes a text in a language, and a date or a number
_KGTK_TEXT = re.compile(r"'(.*)'@[\w-]+", re.DOTALL)


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of an edge list."""
    return read_rows(open_rows(content, content.text("CSV")), columns, notes)


def read_rows(rows: Rows, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges in the rows of a table.

    Raises:
        GraphFileError: a row is wrong; the message names the line.
        UsageError: a column that was asked for is not there.
    """
    if len(rows.head[0][1]) > WIDEST:
        rows.place.too_large(f"more than {WIDEST:,} columns")
    if columns == Columns():
        for known in (read_matrix, read_by_id, read_stations):
            if (edges := known(rows, notes)) is not None:
                return edges
    _doubt_rows(rows, notes)
    if rows.tables is not None:
        said = (
            "seems to be the header of another table, but is read as a row; give each table in its own file"
        )
        notes.add(said, rows.tables, doubtful=True)
    layout = find_layout(rows, columns)
    if columns == Columns():
        notes.columns = tuple(None if at is None else at + 1 for at in map(layout.columns.get, ROLES))
    notes.declared = columns != Columns() or (layout.header and not layout.guessed)
    all_rows = rows.read(notes)
    if layout.header:
        _note_header(rows.place, rows.head, layout, notes)
        next(all_rows)
        notes.leave(HEADER, rows.head[0][0])
    elif layout.unasked is not None and layout.weight is None:
        notes.weights.append(f"column {layout.unasked + 1}")
    if layout.note and columns == Columns():
        notes.add(layout.note, rows.head[0][0], doubtful=True)
    edges = _edges(rows, all_rows, layout, notes)
    return edges if layout.header or columns != Columns() else _doubt_first(edges, layout, notes)


def _doubt_rows(rows: Rows, notes: Notes) -> None:
    """Note what the text says about rows before they are read: another delimiter, another table."""
    if rows.second is not None:
        _doubt_delimiter(rows, rows.second, notes)
    if rows.tables is not None:
        said = "seems to be the header of another table, but is read as a row; give each its own file"
        notes.add(said, rows.tables, doubtful=True)


def _doubt_delimiter(rows: Rows, second: str, notes: Notes) -> None:
    """Note that rows have two delimiters; refuse them if the second stands between the words of a header."""
    number, fields = rows.head[0]
    signs = {"\t": "tab", " ": "space", ",": "comma", ";": "semicolon", "|": "bar"}
    used, other = signs[rows.comments.delimiter], signs[second]
    for name in fields:
        parts = name.split(second)
        if len(parts) > 1 and any(
            find_usual([part], usual) is not None for part in parts for usual in USUAL.values()
        ):
            said = f"{quote(name)} has a {other}, but columns are separated by {used}"
            rows.place.wrong(
                f"{said}; use one delimiter, or put names with the other in double quotes", number
            )
    said = (
        f"columns are separated by {used}, but each row also has a {other}, which is read as part of a name"
    )
    notes.add(f"{said}; if it separates columns, use one delimiter", number, doubtful=True)


def _note_header(place: Place, head: list[Row], layout: Layout, notes: Notes) -> None:
    """Note how the header was read, and refuse a file that has nothing else."""
    number, fields = head[0]
    picked = [layout.columns[role] for role in ROLES]
    if layout.guessed:
        names = join_names(quote(clean(fields[at])) for at in picked if at is not None)
        said = f"read as a header: {names}; if it is a triple, add a header above it"
        notes.add(said, number, doubtful=not layout.known)
    used = {*picked, layout.direction, layout.weight}
    note_unused(notes, "columns", (clean(name) for at, name in enumerate(fields) if at not in used), number)
    relation = "" if picked[1] is None else fields[picked[1]]
    unused = [(at, name) for at, name in enumerate(map(clean, fields)) if at not in used]
    others = [
        name or str(at + 1)
        for at, name in unused
        if _may_matter(name, layout, relation) and _varies(head, at)
    ]
    gaps = {name or str(at + 1) for at, name in unused if _has_gaps(head, at)}
    for at, name in unused:
        if _denies(head, at):
            said = (
                f"the column {quote(name)} says yes or no and is not used; if no means that there is no edge"
            )
            notes.add(f"{said}, delete those rows", number, doubtful=True)
    if layout.columns["relation"] is None:
        called = f'so every relation is called "{layout.relation}"'
        chosen = _as_relation(others[0], gaps) if others else "choose one with --relation NAME"
        said = f"no column seems to be the relation, {called}; {chosen}"
        notes.add(said, number, doubtful=bool(others))
    elif others:
        said = f"the column {quote(others[0])} is not used; if it is the relation"
        if plain(others[0]).split()[-1:] == ["name"]:
            said = f"the column {quote(others[0])} is not used; if it has the names of the nodes"
            notes.add(f"{said}, choose it with --source or --target", number, doubtful=True)
        else:
            notes.add(f"{said}, {_as_relation(others[0], gaps)}", number, doubtful=True)
    if len(head) == 1:
        place.wrong("no triples after the header; write one per line: source,relation,target")


def _varies(head: list[Row], at: int) -> bool:
    """Tell whether a column has different names in the first rows, and not only numbers or dates."""
    values = {clean(row[at]) for _, row in head[1:] if at < len(row)}
    return len(values) > 1 and not all(map(is_value, values))


def _has_gaps(head: list[Row], at: int) -> bool:
    """Tell whether a column is empty in some of the first rows."""
    return any(at < len(row) and not row[at].strip() for _, row in head[1:])


def _as_relation(name: str, gaps: set[str]) -> str:
    """Return how a column is chosen as the relation; ``gaps`` are the columns with empty cells."""
    if name in gaps:
        return f"fill in the empty cells of {quote(name)} to choose it"
    return f"choose one with --relation {shlex.quote(name)}"


def _denies(head: list[Row], at: int) -> bool:
    """Tell whether a column has only yes and no in the first rows, and some no."""
    said = {row[at].strip().casefold() for _, row in head[1:] if at < len(row)}
    return says_yes_or_no(said)


def _may_matter(heading: str, layout: Layout, relation: str) -> bool:
    """Tell whether an unused column may say the relation of an edge, or its way, or names.

    ``relation`` is the heading of the relation, which may be another if it is only a road or the like.
    """
    if is_way(heading) or plain(heading).split()[-1:] == ["name"]:
        return True
    plain_edge = layout.columns["relation"] is None and layout.relation == EDGE
    known = is_detail(heading) or is_counter(heading)
    return (plain_edge or is_carrier(relation)) and not known


def _edges(rows: Rows, records: Iterator[Row], layout: Layout, notes: Notes) -> Iterator[Edge]:
    source, relation, target = (layout.columns[role] for role in ROLES)
    assert source is not None
    assert target is not None
    place, header = rows.place, rows.head[0][1]
    kgtk = _is_kgtk(header)
    for number, record in records:
        if len(record) != layout.width:
            wrong_width(place, (number, record), layout.width, "the first line")
        if layout.header and record == header:
            notes.leave(HEADER_AGAIN, number)
            continue
        if relation is None and layout.header and not record[target].strip() and record[source].strip():
            notes.leave(_EMPTY, number, missed=True)
            continue
        named = layout.relation if relation is None else record[relation]
        both_ways = False
        if layout.direction is not None:
            both_ways = _direction(place, number, header[layout.direction], record[layout.direction])
            if not named.strip():  # Gephi has the column even if it is empty
                notes.add(f'has no label, so the relation is called "{EDGE}"', number)
                named = EDGE
        if rows.comments.width and number > rows.comments.header and is_marked(record[0], "\0"):
            notes.add(HASH_ROW, number, doubtful=True)
        weight = None if layout.weight is None else record[layout.weight]
        edge = Edge(number, record[source], named, record[target], both_ways, False, weight)
        together = f"{edge.source}{named}{edge.target}"
        if "\n" in together or "\r" in together:
            _refuse_quote(place, edge)
        yield edge._replace(source=_unwrapped(edge.source), target=_unwrapped(edge.target)) if kgtk else edge


def _refuse_quote(place: Place, edge: Edge) -> NoReturn:
    """Refuse an edge with a name of several lines: its quote is never closed."""
    names = zip(ROLES, (edge.source, edge.relation, edge.target), strict=True)
    role, name = next((role, name) for role, name in names if "\n" in name or "\r" in name)
    place.wrong(f"{OPEN_QUOTE} ({role} {quote(clean(name))})", edge.line)


def _direction(place: Place, number: int, heading: str, text: str) -> bool:
    """Return whether an edge leads both ways, as a column says."""
    said = leads_both_ways(heading, text)
    if said is None:
        known = "Directed or Undirected" if is_type(heading) else "yes or no"
        place.wrong(f"the {heading.strip().lower()} is {quote(text)}; write {known}", number)
    return said


def _is_kgtk(names: list[str]) -> bool:
    return {"node1", "label", "node2"} <= set(map(clean, names))


def _unwrapped(value: str) -> str:
    """Return a value of KGTK without the signs of its type.

    >>> _unwrapped("'The Terminator'@en"), _unwrapped("^1984-10-26T00:00:00Z/11"), _unwrapped("film")
    ('The Terminator', '1984-10-26', 'film')
    """
    value = value.strip()
    if text := _KGTK_TEXT.fullmatch(value):
        return re.sub(r"\\(.)", r"\1", text[1])
    return re.sub(r"T00:00:00.*|/\d+$", "", value[1:]) if value.startswith("^") else value


def _doubt_first(edges: Iterator[Edge], layout: Layout, notes: Notes) -> Iterator[Edge]:
    """Yield edges, and note at the end if the first may be a header: none of its names occurs again."""
    first = next(edges)
    yield first
    names = {role: clean(getattr(first, role)) for role in ROLES if layout.columns[role] is not None}
    alone, count = True, 1
    for edge in edges:
        count += 1
        alone = alone and not {clean(getattr(edge, role)) for role in names} & set(names.values())
        yield edge
    if alone and count > _FEWEST:
        flags = " ".join(f"--{role} {shlex.quote(name)}" for role, name in names.items())
        said = f"({join_quoted(names.values())}) is read as a triple, but none of its names occurs again"
        notes.add(f"{said}; if it is a header: {flags}", first.line, doubtful=True)
