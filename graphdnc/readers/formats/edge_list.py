"""Edge lists: CSV, TSV and semicolon files with one triple a line.

The delimiter is found from the file. The first line is a header if it calls a source and a target column by
usual names. It is also a header if it calls only the relation by a usual name, has two other columns, and
none of its names occurs again: "station, next station, line". Without a header there are three columns
(source, relation, target) or two (source, target). Without a relation column, every relation is called
"edge". A column "Type" that says Directed or Undirected, as Gephi exports it, is not a relation. Blank lines
and lines that start with ``#`` are skipped, and a triple that occurs twice is one triple. A quoted name
cannot contain a line break: that is always a quote left open, which would swallow the rest of the file.
"""

from __future__ import annotations

import io
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from graphdnc.errors import UsageError
from graphdnc.readers.build_graph import EDGE, Edge, Notes, clean
from graphdnc.readers.columns import ROLES, USUAL, Columns, find_usual, note_unused, seems_weight
from graphdnc.readers.csv_records import OPEN_QUOTE, Row, find_delimiter, records, wrong_width
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import is_number, join_names, join_quoted, quote

_SAMPLE = 50
_FEWEST = 2
"""With so few triples it means nothing that the names of the first do not occur again."""
# the columns without a header, by how many there are
_PLACES = {2: (0, None, 1), 3: (0, 1, 2)}
# what Gephi says about an edge: whether it is undirected
_DIRECTIONS = {"directed": False, "undirected": True, "mutual": True}

Found = dict[str, int | None]
"""The column of each role."""


@dataclass(frozen=True)
class _Layout:
    """Which columns hold what.

    Attributes:
        header: whether the first row is a header.
        columns: the column of each role; the relation may have none.
        width: how many columns there are.
        direction: the column that says whether an edge is directed, if there is one.
        guessed: whether the header was recognised by the relation alone.
    """

    header: bool
    columns: Found
    width: int
    direction: int | None = None
    guessed: bool = False


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of an edge list."""
    place, text = content.place, content.text("CSV")
    delimiter = find_delimiter(text)
    rows, again = (records(place, io.StringIO(text, newline=""), delimiter, comments=True) for _ in range(2))
    head = list(islice(rows, _SAMPLE))
    if not head:
        place.wrong("no triples, only comments or blank lines; write one per line: source,relation,target")
    layout = _find_layout(place, head, again, columns)
    if layout.header:
        _note_header(place, head, layout, notes)
        return _edges(place, chain(head[1:], rows), layout, notes)
    edges = _edges(place, chain(head, rows), layout, notes)
    return _doubt_first(edges, layout, notes) if columns == Columns() else edges


def _find_layout(place: Place, head: list[Row], rows: Iterator[Row], columns: Columns) -> _Layout:
    """Find the columns from the first rows; ``rows`` are all rows again."""
    number, fields = head[0]
    names = [clean(field) for field in fields]
    direction = _find_direction(rows, columns) if len(head) > 1 else None
    free = ["" if column == direction else name for column, name in enumerate(names)]
    guess = _guess_header(free, head[1:]) if len(head) > 1 else None
    usual: Found = {role: find_usual(free, USUAL[role]) for role in ROLES}
    by_name = any(choice is not None and not is_number(choice, 5) for choice in vars(columns).values())
    header = by_name or (usual["source"] is not None and usual["target"] is not None)
    if not header and guess is not None:
        header, usual = True, guess
    elif not header:
        usual = dict(zip(ROLES, _PLACES.get(len(fields), (None,) * 3), strict=True))
    found = _choose(place, names, columns, usual, header)
    for role in ("source", "target"):
        if found[role] is None:
            place.wrong(_no_column(names, role, header), number)
    if len(set(found.values())) < len(ROLES):
        raise UsageError(f"{place.name}: source, relation and target need three different columns")
    return _Layout(header, found, len(fields), direction if header else None, header and guess is not None)


def _find_direction(rows: Iterator[Row], columns: Columns) -> int | None:
    """Return the column that says for each edge whether it is directed, if there is one.

    A column "type" may also be the relation, and that may be called "directed": who directed what. If no
    other column can be the relation, "type" is a direction only if all its lines say one.
    """
    _, names = next(rows)
    at = find_usual(names, ["type"])
    if at is None or columns.relation in (clean(names[at]), str(at + 1)):
        return None
    others = [name for column, name in enumerate(names) if column != at]
    alone = columns.relation is None and find_usual(others, USUAL["relation"]) is None
    said = (at < len(row) and row[at].strip().casefold() in _DIRECTIONS for _, row in rows)
    return at if (all(said) if alone else next(said)) else None


def _guess_header(names: list[str], rows: list[Row]) -> Found | None:
    """Return the columns if the first row is a header that calls only the relation by a usual name."""
    relation = find_usual(names, USUAL["relation"])
    ends = [at for at, name in enumerate(names) if at != relation and name and not seems_weight(name)]
    known = all(find_usual(names, USUAL[role]) is not None for role in ("source", "target"))
    if known or relation is None or len(ends) != 2:
        return None
    later = {clean(row[at]) for _, row in rows for at in (*ends, relation) if at < len(row)}
    if later & {names[at] for at in (*ends, relation)}:
        return None
    return {"source": ends[0], "relation": relation, "target": ends[1]}


def _choose(place: Place, names: list[str], columns: Columns, usual: Found, header: bool) -> Found:
    """Return the columns that were asked for, and the usual ones for the other roles."""
    found: Found = {
        role: usual[role] if choice is None else _find_column(place, names, choice, header)
        for role, choice in vars(columns).items()
    }
    if columns.relation is None and found["relation"] in (found["source"], found["target"]):
        found["relation"] = None
    return found


def _find_column(place: Place, names: list[str], choice: str, header: bool) -> int:
    if header and choice in names:
        return names.index(choice)
    if is_number(choice, 5) and 1 <= int(choice) <= len(names):
        return int(choice) - 1
    there = f"{join_quoted(names)}, or 1 to {len(names)}"
    raise UsageError(f"{place.name}: no column {quote(choice)}; the columns are {there}")


def _no_column(names: list[str], role: str, header: bool) -> str:
    if header:
        known = f"no column of the header ({join_quoted(names)}) seems to be the {role}"
        return f"{known}; choose one with --{role} NAME"
    found = f"{len(names)} column{'s' if len(names) > 1 else ''} ({join_quoted(names)})"
    if len(names) == 1:
        return (
            f"{found} where three are needed: source, relation, target, separated by comma, tab or semicolon"
        )
    return f"{found} and no header; choose three: --columns 1,2,3"


def _note_header(place: Place, head: list[Row], layout: _Layout, notes: Notes) -> None:
    """Note how the header was read, and refuse a file that has nothing else."""
    number, fields = head[0]
    picked = [layout.columns[role] for role in ROLES]
    if layout.guessed:
        names = join_names(quote(clean(fields[at])) for at in picked if at is not None)
        notes.add(f"read as a header: {names}; if it is a triple, add a header above it", number)
    used = {*picked, layout.direction}
    note_unused(notes, "columns", (clean(name) for at, name in enumerate(fields) if at not in used), number)
    if layout.columns["relation"] is None:
        called = f'so every relation is called "{EDGE}"'
        notes.add(f"no column seems to be the relation, {called}; choose one with --relation NAME", number)
    if len(head) == 1:
        place.wrong("no triples after the header; write one per line: source,relation,target")


def _edges(place: Place, rows: Iterator[Row], layout: _Layout, notes: Notes) -> Iterator[Edge]:
    source, relation, target = (layout.columns[role] for role in ROLES)
    assert source is not None
    assert target is not None
    for number, record in rows:
        if len(record) != layout.width:
            wrong_width(place, (number, record), layout.width, "the first line")
        named = EDGE if relation is None else record[relation]
        both_ways = False
        if layout.direction is not None:
            said = record[layout.direction].strip().casefold()
            if said not in _DIRECTIONS:
                kind = quote(record[layout.direction])
                place.wrong(f"the type is {kind}; write Directed or Undirected", number)
            both_ways = _DIRECTIONS[said]
            if not named.strip():  # Gephi has the column even if it is empty
                notes.add(f'has no label, so the relation is called "{EDGE}"', number)
                named = EDGE
        edge = Edge(number, record[source], named, record[target], both_ways)
        for role, name in zip(ROLES, edge[1:4], strict=True):
            if "\n" in name or "\r" in name:
                place.wrong(f"{OPEN_QUOTE} ({role} {quote(clean(name))})", number)
        yield edge


def _doubt_first(edges: Iterator[Edge], layout: _Layout, notes: Notes) -> Iterator[Edge]:
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
