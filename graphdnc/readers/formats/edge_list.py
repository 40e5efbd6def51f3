"""Edge lists: CSV, TSV and semicolon files, one triple a line.

The delimiter is found from the file. A first line that names a source and a target column by usual
names is a header; so is one that names the relation alone, beside two other columns, if none of its names
comes up again: "station, next station, line". Without a header there are three columns, source, relation,
target, or two, source and target. Where no column is the relation, every relation is called "edge". A
column "Type" that says Directed or Undirected, as in the edges that Gephi exports, is no relation. Blank
lines and lines that start with ``#`` are skipped, spaces around and runs of spaces inside names do not
count, and a triple that is written twice is one triple. A quoted name cannot run over the end of a line: in
practice that is always a quote left open, which would otherwise swallow the rest of the file.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import NoReturn

from graphdnc.errors import UsageError
from graphdnc.readers.build_graph import EDGE, Edge, Notes, clean
from graphdnc.readers.source import Content, Place, shown

MAX_LINE = 1_000_000
_MAX_LINES = 10_000_000
_SAMPLE = 50
_FEWEST = 2
"""Triples of which it says nothing that the first one stands alone."""
# Where two delimiters fit equally well the rarer one in names is right: "Bank, London\tto\tMile End".
_DELIMITERS = "\t;,"
_ROLES = ("source", "relation", "target")
_USUAL = {
    "source": "source|from|subject|head|src|start|origin|source node|from node|start node|source id|from id"
    "|source name|from name|from stop|from station",
    "relation": "relation|relationship|rel|predicate|edge|label|line|link|type|relation type"
    "|relationship type|edge type|link type|interaction|route|kind",
    "target": "target|to|object|tail|dst|end|destination|dest|target node|to node|end node|target id|to id"
    "|target name|to name|to stop|to station",
}
USUAL = {role: names.split("|") for role, names in _USUAL.items()}
"""What columns are called, the surest names first."""
# Which columns are which where no header says so, by their number.
_PLACES = {2: (0, None, 1), 3: (0, 1, 2)}

# What Gephi says of an edge: whether it leads both ways.
_DIRECTIONS = {"directed": False, "undirected": True, "mutual": True}

_WEIGHT = re.compile(
    r"\b(weights?|costs?|price|fare|dist|distance|length|duration|time|hours|min|mins|minutes|secs?|seconds|km"
    r"|miles|metres|meters)\b"
)

_OPEN_QUOTE = 'a quote is opened and not closed on the same line; close it, or write "" for a quote in a name'

Row = tuple[int, list[str]]
"""A record with the number of the line it starts on."""


@dataclass(frozen=True)
class Columns:
    """Which columns hold the triples: names from the header, or numbers from 1; ``None`` finds them.

    In formats that have no columns ``relation`` names the attribute of the edges that is their relation.
    """

    source: str | None = None
    relation: str | None = None
    target: str | None = None


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of an edge list.

    Raises:
        GraphFileError: the file cannot be read, or a line of it is no triple; the message names the line.
        UsageError: a column that was asked for is not in the file.
    """
    place, text = content.place, content.text("CSV")
    delimiter = find_delimiter(text)
    rows, again = (records(place, io.StringIO(text, newline=""), delimiter, comments=True) for _ in range(2))
    head = list(islice(rows, _SAMPLE))
    if not head:
        place.wrong("no triples, only comments or blank lines; write one a line: source,relation,target")
    first = head[0]
    direction = _direction(again, columns) if len(head) > 1 else None
    guess = _guess(head, direction) if len(head) > 1 else None
    has_header, picked = _pick(place, first, columns, direction, guess)
    body = chain(head[1:], rows)
    if not has_header:
        edges = _edges(place, chain([first], body), _Layout(picked, len(first[1])), notes)
        return _doubting(edges, picked[1] is not None, notes) if columns == Columns() else edges
    if guess is not None:
        names = [shown(clean(first[1][at])) for at in picked if at is not None]
        notes.add(f"read as a header, of {', '.join(names)}; if it is a triple, write one above", first[0])
    _note_unused(first, [*picked, direction], notes)
    if picked[1] is None:
        notes.add(
            f'no column is known to be the relation, so all are called "{EDGE}"; --relation NAME', first[0]
        )
    if len(head) == 1:
        place.wrong("no triples after the header; write one a line: source,relation,target")
    return _edges(place, body, _Layout(picked, len(first[1]), direction), notes)


def find_delimiter(text: str) -> str:
    """Return the sign that splits the lines of a text best."""
    lines = (line for line in io.StringIO(text, newline="") if not _skipped(line))
    sample = [line.rstrip("\r\n")[:MAX_LINE] for line in islice(lines, _SAMPLE)]

    def fit(delimiter: str) -> tuple[bool, int]:
        widths = [_width(line, delimiter) for line in sample]
        return widths[0] >= len(_ROLES), sum(width == widths[0] > 1 for width in widths)

    return max(_DELIMITERS, key=fit) if sample else ","


def _width(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter, skipinitialspace=True)))
    except csv.Error:
        return 0


def _skipped(line: str) -> bool:
    return line.startswith("#") or not line.strip()


class _Lines:
    """Lines for the csv reader: comments are skipped between records, but not inside a quoted field."""

    def __init__(self, place: Place, lines: Iterable[str], comments: bool) -> None:
        self._place = place
        self._lines = lines
        self._comments = comments
        self.number = 0
        self.start = 0

    def begin_record(self) -> None:
        self.start = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for line in self._lines:
            self.number += 1
            if self.number > _MAX_LINES:
                self._place.too_large(f"more than {_MAX_LINES:,} lines")
            if not self.start and (_skipped(line) if self._comments else line.isspace()):
                continue
            self.start = self.start or self.number
            if len(line) > MAX_LINE:
                self._place.wrong(f"more than {MAX_LINE:,} characters; write one triple a line", self.number)
            return line
        raise StopIteration


def records(place: Place, lines: Iterable[str], delimiter: str, *, comments: bool = False) -> Iterator[Row]:
    """Yield the records of a CSV file that are not blank; ``comments`` skips lines that start with ``#``.

    Raises:
        GraphFileError: the file is no CSV; the message names the line.
    """
    counted = _Lines(place, lines, comments)
    reader = csv.reader(counted, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        counted.begin_record()
        try:
            record = next(reader, None)
        except csv.Error as error:
            place.wrong(_explain(str(error), open_quote=counted.number > counted.start), counted.start)
        if record is None:
            return
        if any(field.strip() for field in record):
            yield counted.start, record


def _explain(error: str, *, open_quote: bool) -> str:
    if "field limit" in error:
        return f"a name of more than {csv.field_size_limit():,} characters; shorten it, or close its quote"
    if open_quote or "unexpected end of data" in error:
        return _OPEN_QUOTE
    if "expected after" in error:
        return 'text follows a closing quote; quote the whole name, and write "" for a quote inside it'
    return f"not CSV ({error}); write one triple a line: source,relation,target"


def _direction(rows: Iterator[Row], columns: Columns) -> int | None:
    """Return the column that says of each edge whether it is directed, where there is one.

    A column "type" may be the relation, too, and that may be called so: who directed what. Where no other
    column can be the relation, it is a direction only if all lines say one.
    """
    _, names = next(rows)
    at = find_usual(names, ["type"])
    if at is None or columns.relation in (clean(names[at]), str(at + 1)):
        return None
    others = [name for column, name in enumerate(names) if column != at]
    alone = columns.relation is None and find_usual(others, USUAL["relation"]) is None
    said = (at < len(row) and row[at].strip().casefold() in _DIRECTIONS for _, row in rows)
    return at if (all(said) if alone else next(said)) else None


def _guess(head: list[Row], direction: int | None) -> dict[str, int | None] | None:
    """Return the columns by a first row that calls only the relation by a usual name, if it is a header."""
    (_, fields), *rows = head
    names = ["" if at == direction else clean(field) for at, field in enumerate(fields)]
    relation = find_usual(names, USUAL["relation"])
    ends = [at for at, name in enumerate(names) if at != relation and name and not seems_weight(name)]
    known = all(find_usual(names, USUAL[role]) is not None for role in ("source", "target"))
    if known or relation is None or len(ends) != 2:
        return None
    later = {clean(row[at]) for _, row in rows for at in (*ends, relation) if at < len(row)}
    if later & {names[at] for at in (*ends, relation)}:
        return None
    return {"source": ends[0], "relation": relation, "target": ends[1]}


def _pick(
    place: Place,
    first: Row,
    columns: Columns,
    direction: int | None,
    guess: dict[str, int | None] | None,
) -> tuple[bool, list[int | None]]:
    """Tell whether the first row is a header, and which columns hold source, relation and target."""
    number, fields = first
    names = [clean(field) for field in fields]
    wanted = {role: getattr(columns, role) for role in _ROLES}
    free = ["" if column == direction else name for column, name in enumerate(names)]
    usual = {role: find_usual(free, USUAL[role]) for role in _ROLES}
    by_name = any(choice is not None and not _is_number(choice) for choice in wanted.values())
    header = by_name or (usual["source"] is not None and usual["target"] is not None)
    if not header and guess is not None:
        header, usual = True, guess
    elif not header:
        usual = dict(zip(_ROLES, _PLACES.get(len(fields), (None,) * 3), strict=True))
    found = {
        role: usual[role] if choice is None else _find_column(place, names, choice, header)
        for role, choice in wanted.items()
    }
    if wanted["relation"] is None and found["relation"] in (found["source"], found["target"]):
        found["relation"] = None
    for role in ("source", "target"):
        if found[role] is None:
            place.wrong(_no_column(names, role, header), number)
    picked = [found[role] for role in _ROLES]
    if len(set(picked)) < len(_ROLES):
        raise UsageError(f"{place.name}: source, relation and target need three different columns")
    return header, picked


def find_usual(names: list[str], usual: list[str]) -> int | None:
    """Return which of some names is the first that is among the usual ones."""
    plain = list(map(_plain, names))
    return next((plain.index(name) for name in usual if name in plain), None)


def seems_weight(name: str) -> bool:
    """Tell whether a column or attribute of this name holds weights."""
    return _WEIGHT.search(_plain(name)) is not None


def _note_unused(header: Row, used: list[int | None], notes: Notes) -> None:
    number, fields = header
    unused = [clean(field) for column, field in enumerate(fields) if column not in used]
    notes.weights += filter(seems_weight, unused)
    others = [name for name in unused if not seems_weight(name)]
    if others:
        notes.add(f"columns that are not used: {listed(others)}", number)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold())


def _is_number(choice: str) -> bool:
    return choice.isascii() and choice.isdigit() and len(choice) < 6


def _find_column(place: Place, names: list[str], choice: str, header: bool) -> int:
    if header and choice in names:
        return names.index(choice)
    if _is_number(choice) and 1 <= int(choice) <= len(names):
        return int(choice) - 1
    there = f"{listed(names)}, or 1 to {len(names)}"
    raise UsageError(f"{place.name}: no column {shown(choice)}; the columns are {there}")


def listed(names: list[str]) -> str:
    """Return some names for a message."""
    return ", ".join(shown(name, 30) for name in names[:12]) + (", ..." if len(names) > 12 else "")


def _no_column(names: list[str], role: str, header: bool) -> str:
    if header:
        known = f"no column of the header ({listed(names)}) is known to be the {role}"
        return f"{known}; say which with --{role} NAME"
    found = f"{len(names)} column{'s' if len(names) > 1 else ''} ({listed(names)})"
    if len(names) == 1:
        return f"{found} where three are needed: source, relation, target, split by comma, tab or semicolon"
    return f"{found} and no header; choose three: --columns 1,2,3"


@dataclass(frozen=True)
class _Layout:
    """Which columns hold source, relation and target, how many there are, and which says the direction."""

    picked: list[int | None]
    width: int
    direction: int | None = None


def _edges(place: Place, rows: Iterator[Row], layout: _Layout, notes: Notes) -> Iterator[Edge]:
    source, relation, target = layout.picked
    assert source is not None
    assert target is not None
    for number, record in rows:
        if len(record) != layout.width:
            wrong_width(place, number, record, layout.width, "the first line")
        named = EDGE if relation is None else record[relation]
        both = False
        if layout.direction is not None:
            both = _leads_back(place, record[layout.direction], number)
            if not named.strip():  # Gephi has the column, filled in or not
                notes.add(f'has no label, so the relation is called "{EDGE}"', number)
                named = EDGE
        for role, name in zip(_ROLES, (record[source], named, record[target]), strict=True):
            if "\n" in name or "\r" in name:
                place.wrong(f"{_OPEN_QUOTE} ({role} {shown(clean(name))})", number)
        yield Edge(number, record[source], named, record[target], both)


def _doubting(edges: Iterator[Edge], named: bool, notes: Notes) -> Iterator[Edge]:
    """Yield edges, and note at the end that the first is perhaps a header: none of its names comes up again.

    ``named`` tells whether the file names relations.
    """
    first = next(edges)
    yield first
    names = {role: clean(getattr(first, role)) for role in _ROLES if named or role != "relation"}
    alone, count = True, 1
    for edge in edges:
        count += 1
        alone = alone and not {clean(getattr(edge, role)) for role in names} & set(names.values())
        yield edge
    if alone and count > _FEWEST:
        flags = " ".join(f"--{role} {shlex.quote(name)}" for role, name in names.items())
        said = f"({listed([*names.values()])}) is read as a triple, though none of its names comes up again"
        notes.add(f"{said}; if it is a header: {flags}", first.line, doubtful=True)


def wrong_width(place: Place, line: int, row: list[str], width: int, head: str) -> NoReturn:
    """Refuse a row that has more or fewer columns than ``head``."""
    found = f"{len(row)} column{'s' if len(row) > 1 else ''} where {head} has {width}"
    if len(row) < width:
        place.wrong(f"{found}; write the missing ones, split by the same sign as there", line)
    place.wrong(f"{found}; put a name that holds the delimiter in double quotes", line)


def _leads_back(place: Place, said: str, line: int) -> bool:
    if said.strip().casefold() not in _DIRECTIONS:
        place.wrong(f"the type is {shown(said)}; write Directed or Undirected", line)
    return _DIRECTIONS[said.strip().casefold()]
