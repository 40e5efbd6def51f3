"""Edge lists: CSV, TSV and semicolon files, one triple a line.

The delimiter is found from the file. A first line that names a source and a target column by usual
names is a header; without one there are three columns: source, relation, target. Blank lines and lines
that start with ``#`` are skipped, spaces around and runs of spaces inside names do not count, and a
triple that is written twice is one triple. A quoted name cannot run over the end of a line: in practice
that is always a quote left open, which would otherwise swallow the rest of the file.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from graphdnc.errors import CapacityError, UsageError
from graphdnc.graph import Graph
from graphdnc.readers.source import GraphSource, Place, read_text, shown

MAX_TRIPLES = 1_000_000
MAX_LINE = 1_000_000
_SAMPLE = 50
# Where two delimiters fit equally well the rarer one in names is right: "Bank, London\tto\tMile End".
_DELIMITERS = "\t;,"
_ROLES = ("source", "relation", "target")
_USUAL = {
    "source": ["source", "from", "subject", "head", "src", "start", "source node", "from node"],
    "relation": ["relation", "relationship", "rel", "predicate", "edge", "label", "line", "link", "type"],
    "target": ["target", "to", "object", "tail", "dst", "end", "destination", "target node", "to node"],
}

_WEIGHT = re.compile(
    r"\b(weights?|costs?|price|fare|dist|distance|length|duration|time|hours|min|mins|minutes|secs?|seconds|km"
    r"|miles|metres|meters)\b"
)

_OPEN_QUOTE = 'a quote is opened and not closed on the same line; close it, or write "" for a quote in a name'

Row = tuple[int, list[str]]
"""A record with the number of the line it starts on."""


@dataclass(frozen=True)
class Columns:
    """Which columns hold the triples: names from the header, or numbers from 1; ``None`` finds them."""

    source: str | None = None
    relation: str | None = None
    target: str | None = None


def read_edge_list(
    file: GraphSource,
    columns: Columns | None = None,
    weights: Callable[[str], object] = lambda column: None,
) -> Graph:
    """Read a graph from a path or a binary stream.

    ``weights`` is told the name of each column that seems to hold weights: triples have none, so it is not
    used.

    Raises:
        GraphFileError: the file cannot be read, or a line of it is no triple; the message names the line.
        UsageError: a column that was asked for is not in the file.
        CapacityError: the file is larger than is read.
    """
    place, text = read_text(file)
    rows = _records(place, text, _find_delimiter(text))
    first = next(rows, None)
    if first is None:
        place.wrong("no triples, only comments or blank lines; write one a line: source,relation,target")
    has_header, picked = _pick(place, first, columns or Columns())
    for name in _unused_weights(first[1], picked) if has_header else ():
        weights(name)
    body = rows if has_header else chain([first], rows)
    graph = Graph.from_triples(_triples(place, body, picked, len(first[1])))
    if not len(graph):
        place.wrong("no triples after the header; write one a line: source,relation,target")
    return graph


def _find_delimiter(text: str) -> str:
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

    def __init__(self, place: Place, text: str) -> None:
        self._place = place
        self._lines = io.StringIO(text, newline="")
        self.number = 0
        self.start = 0

    def begin_record(self) -> None:
        self.start = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for line in self._lines:
            self.number += 1
            if not self.start and _skipped(line):
                continue
            self.start = self.start or self.number
            if len(line) > MAX_LINE:
                self._place.wrong(f"more than {MAX_LINE:,} characters; write one triple a line", self.number)
            return line
        raise StopIteration


def _records(place: Place, text: str, delimiter: str) -> Iterator[Row]:
    lines = _Lines(place, text)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        lines.begin_record()
        try:
            record = next(reader, None)
        except csv.Error as error:
            place.wrong(_explain(str(error), open_quote=lines.number > lines.start), lines.start)
        if record is None:
            return
        if any(field.strip() for field in record):
            yield lines.start, record


def _explain(error: str, *, open_quote: bool) -> str:
    if "field limit" in error:
        return f"a name of more than {csv.field_size_limit():,} characters; shorten it, or close its quote"
    if open_quote or "unexpected end of data" in error:
        return _OPEN_QUOTE
    if "expected after" in error:
        return 'text follows a closing quote; quote the whole name, and write "" for a quote inside it'
    return f"not CSV ({error}); write one triple a line: source,relation,target"


def _pick(place: Place, first: Row, columns: Columns) -> tuple[bool, list[int]]:
    """Tell whether the first row is a header, and which columns hold source, relation and target."""
    number, fields = first
    names = [_clean(field) for field in fields]
    wanted = {role: getattr(columns, role) for role in _ROLES}
    usual = {role: _find_usual(names, role) for role in _ROLES}
    by_name = any(choice is not None and not _is_number(choice) for choice in wanted.values())
    header = by_name or (usual["source"] is not None and usual["target"] is not None)
    if not header and len(fields) == len(_ROLES):
        usual = dict(zip(_ROLES, range(3), strict=True))
    elif not header:
        usual = dict.fromkeys(_ROLES)
    found = []
    for role in _ROLES:
        choice = wanted[role]
        column = usual[role] if choice is None else _find_column(place, names, choice, header)
        if column is None:
            place.wrong(_no_column(names, role, header), number)
        found.append(column)
    if len(set(found)) < len(_ROLES):
        raise UsageError(f"{place.name}: source, relation and target need three different columns")
    return header, found


def _find_usual(names: list[str], role: str) -> int | None:
    plain = list(map(_plain, names))
    return next((plain.index(usual) for usual in _USUAL[role] if usual in plain), None)


def _unused_weights(fields: list[str], picked: list[int]) -> list[str]:
    names = [_clean(field) for column, field in enumerate(fields) if column not in picked]
    return [name for name in names if _WEIGHT.search(_plain(name))]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold())


def _is_number(choice: str) -> bool:
    return choice.isascii() and choice.isdigit() and len(choice) < 6


def _find_column(place: Place, names: list[str], choice: str, header: bool) -> int:
    if header and choice in names:
        return names.index(choice)
    if _is_number(choice) and 1 <= int(choice) <= len(names):
        return int(choice) - 1
    there = f"{_listed(names)}, or 1 to {len(names)}"
    raise UsageError(f"{place.name}: no column {shown(choice)}; the columns are {there}")


def _listed(names: list[str]) -> str:
    return ", ".join(shown(name, 30) for name in names[:12]) + (", ..." if len(names) > 12 else "")


def _no_column(names: list[str], role: str, header: bool) -> str:
    if header:
        known = f"no column of the header ({_listed(names)}) is known to be the {role}"
        return f"{known}; say which with --{role} NAME"
    found = f"{len(names)} column{'s' if len(names) > 1 else ''} ({_listed(names)})"
    if len(names) < len(_ROLES):
        return f"{found} where three are needed: source, relation, target, split by comma, tab or semicolon"
    return f"{found} and no header; choose three: --source 1 --relation 2 --target 3"


def _triples(
    place: Place, rows: Iterator[Row], picked: list[int], width: int
) -> Iterator[tuple[str, str, str]]:
    for count, (number, record) in enumerate(rows, start=1):
        if count > MAX_TRIPLES:
            raise CapacityError(f"{place.name}: more than {MAX_TRIPLES:,} triples; give a smaller graph")
        if len(record) != width:
            found = f"{len(record)} columns where the first line has {width}"
            place.wrong(f"{found}; put a name that holds the delimiter in double quotes", number)
        source, relation, target = (
            _name(place, number, role, record[column]) for role, column in zip(_ROLES, picked, strict=True)
        )
        yield source, relation, target


def _name(place: Place, number: int, role: str, field: str) -> str:
    name = _clean(field)
    if not name:
        place.wrong(f"the {role} is empty; fill it in or delete the line", number)
    if "\n" in field or "\r" in field:
        place.wrong(f"{_OPEN_QUOTE} ({role} {shown(name)})", number)
    if not name.isprintable() and any(unicodedata.category(sign) == "Cc" for sign in name):
        place.wrong(f"the {role} {shown(name)} holds a control character; delete it", number)
    return name


def _clean(field: str) -> str:
    return unicodedata.normalize("NFC", " ".join(field.split()))
