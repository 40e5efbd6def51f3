"""Lines of stations in order: a row for each station, or a row for each line.

Stations that follow each other on a line are neighbours, both ways, and the line is the relation. Such a
table is recognised only if it can hardly be anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from graphdnc.readers.build_graph import EDGE, MAX_TRIPLES, Edge
from graphdnc.readers.clean import clean
from graphdnc.readers.columns import Columns, note_unused
from graphdnc.readers.csv_records import Row
from graphdnc.readers.formats.tables.rows import Rows, open_rows
from graphdnc.readers.headings import are_stops, find_stations, find_way, is_track
from graphdnc.readers.notes import HEADER, Notes
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import is_number, quote

_DASH = re.compile(r"[ \t]+[-\u2013\u2014][ \t]+")
_DASHED = re.compile(rf"[^:]+:[ \t]+(?:(?!{_DASH.pattern})[^:])+{_DASH.pattern}[^:]+")
_ALONG = "each row is a line: its name, then its stations in order, both ways"
_BEGINS = "the first station of its line"
_SHORTEST = 3
"""Stations of at least one line, so that their numbers show that they are in order."""
_WIDEST = 3
"""Columns of an edge list without a header; a row of stations has more."""


def read_lines(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of lines of stations, one line a row, whether or not they can be anything else."""
    text = content.text("CSV")
    if seem_dashed(text.splitlines()):
        notes.add(f"{_ALONG}; if they lead one way, write: U1: a -> b -> c", 1, doubtful=True)
        return _along_rows(open_rows(content, _DASH.sub("\t", text), "\t"), notes)
    return _along_rows(open_rows(content, text), notes)


def seem_dashed(lines: list[str]) -> bool:
    """Tell whether each line is the name of a line, and then stations with dashes between them.

    >>> seem_dashed(["U1: A - B - C", "U2: D - B"]), seem_dashed(["a - b", "b - c"])
    (True, False)
    """
    said = [line for line in lines if line.strip()]
    return (
        len(said) > 1
        and all(map(_DASHED.fullmatch, said))
        and any(len(_DASH.findall(line)) > 1 for line in said)
    )


def read_stations(rows: Rows, notes: Notes) -> Iterator[Edge] | None:
    """Return the edges if a table is lines of stations, otherwise ``None``."""
    number, fields = rows.head[0]
    headed = find_stations(fields)
    found = headed or _by_numbers(rows)
    if found is not None and found[0] is not None and are_stops(fields[found[2]], ""):
        _refuse_words(rows, found)
    if found is not None and _are_ordered(rows, found, header=True):
        notes.declared = True
        line = "" if found[0] is None else fields[found[0]]
        if headed is None or not are_stops(fields[found[2]], line) or (not line and len(fields) > 2):
            said = f"{quote(clean(fields[found[2]]))} is read as the stations of lines, in the order of the"
            said += f" numbers in {quote(clean(fields[found[1]]))}; for other edges choose --columns"
            notes.add(said, number, doubtful=True)
        return _in_order(rows, found, notes, header=True)
    if len(fields) == 2 and is_track(fields[0]) and are_stops(fields[1], ""):
        said = "if the rows are stations of lines in order, number them in a column: line,order,station"
        notes.add(said, number, doubtful=True)
    if len(fields) == _WIDEST and _are_ordered(rows, (0, 1, 2), header=False):
        said = "rows are stations of a line in order: line, number, station; as triples: --columns 1,2,3"
        notes.add(said, number, doubtful=True)
        return _in_order(rows, (0, 1, 2), notes, header=False)
    numbered = len(fields) > _WIDEST and is_track(fields[0]) and _numbers_stations(fields)
    if numbered or _is_line_a_row(rows):
        said = f"{_ALONG}; if the first name of a row leads to each of the others: --format adjacency"
        notes.add(said, number, doubtful=True)
        return _along_rows(rows, notes)
    return None


def _by_numbers(rows: Rows) -> tuple[int | None, int, int] | None:
    """Return the columns if one that counts 1, 2, 3 ... on each line orders stations: "line, stop, name"."""
    fields = rows.head[0][1]
    for at in range(len(fields)):
        if not all(at < len(row) and is_number(row[at].strip()) for _, row in rows.head[1:]):
            continue
        found = find_stations([*fields[:at], "order", *fields[at + 1 :]])
        if found is None or found[0] is None or found[1] != at or not are_stops(fields[found[2]], ""):
            continue
        if len(rows.head) > 1 and _are_ordered(replace(rows, head=rows.head[1:]), found, header=False):
            return found
    return None


def _refuse_words(rows: Rows, found: tuple[int | None, int, int]) -> None:
    """Refuse stations in an order that is not given by numbers: "first", "second"."""
    order = found[1]
    for number, row in rows.head[1:]:
        if order < len(row) and not any(map(str.isdigit, row[order])):
            _number(rows.place, number, row[order])


def _are_ordered(rows: Rows, found: tuple[int | None, int, int], *, header: bool) -> bool:
    """Tell whether a column numbers stations; without a header they count up from 1 on each line."""
    line, order, _ = found
    last: dict[str, int] = {}
    for row in rows.head[header:]:
        fields = row[1]
        if len(fields) <= max(found[1:]) or not is_number(fields[order].strip()):
            return False
        name = fields[line] if line is not None and line < len(fields) else ""
        if not header and int(fields[order]) != last.get(name, 0) + 1:
            return False
        last[name] = int(fields[order])
    return len(last) > 0 and (header or max(last.values()) >= _SHORTEST)


def _in_order(
    rows: Rows, found: tuple[int | None, int, int], notes: Notes, *, header: bool
) -> Iterator[Edge]:
    """Yield the edges of stations that a column numbers; a column with directions makes them lead one way."""
    line, order, station = found
    way: int | None = None
    all_rows = rows.read(notes)
    if header:
        number, fields = next(all_rows)
        notes.leave(HEADER, number)
        way = find_way(fields)
        used = {line, order, station, way}
        note_unused(
            notes, "columns", (clean(name) for at, name in enumerate(fields) if at not in used), number
        )
    lines: dict[str, dict[int, Row]] = {}
    for number, fields in all_rows:
        if len(fields) <= max(place for place in found if place is not None):
            rows.place.wrong("a column is missing; add it, with the same delimiter", number)
        name = " ".join(fields[at] for at in (line, way) if at is not None) or EDGE
        stops = lines.setdefault(clean(name), {})
        at = _number(rows.place, number, fields[order])
        if at in stops:
            twice = f"the line {quote(name)} has two stations of number {at}"
            rows.place.wrong(f"{twice}; number them in order, or give each branch its own line", number)
        stops[at] = (number, [name, fields[station]])
    for stops in lines.values():
        yield from _neighbours([stops[at] for at in sorted(stops)], notes, both_ways=way is None)


def _number(place: Place, line: int, text: str) -> int:
    if not is_number(text.strip()):
        place.wrong(f"the number of a station is {quote(text)}; write 1, 2, 3 ...", line)
    return int(text)


def _neighbours(stops: list[Row], notes: Notes, *, both_ways: bool) -> Iterator[Edge]:
    """Yield the edges of one line; each station but the first brings one."""
    if len(stops) == 1:
        notes.leave("the only station of its line", stops[0][0], missed=True)
        return
    notes.leave(_BEGINS, stops[0][0])
    for (_, (_, source)), (number, (name, target)) in pairwise(stops):
        yield Edge(number, source, name, target, both_ways)


def _is_line_a_row(rows: Rows) -> bool:
    """Tell whether each row is a line: wide rows of different lengths, with different first names."""
    lines = [_stations(fields) for _, fields in rows.head]
    lines = lines[_numbers_stations(lines[0]) :]
    widths = {len(fields) for fields in lines}
    wide = sum(len(fields) > _WIDEST for fields in lines)
    if len(lines) < 2 or len(widths) < 2 or min(widths) < _WIDEST or 2 * wide <= len(lines):
        return False
    names = [clean(fields[0]) for fields in lines]
    stations = [clean(name) for fields in lines for name in fields[1:]]
    if len(set(names)) < len(names) or set(names) & set(stations) or "" in stations:
        return False
    return sum(map(len, lines)) > (_WIDEST + 1) * len(lines) and all(
        len(set(row)) >= len(row) - 1 for row in lines
    )


def _stations(fields: list[str]) -> list[str]:
    """Return the fields without empty ones at the end, as spreadsheets add them; "U1: A" is two fields."""
    end = len(fields)
    while end and not fields[end - 1].strip():
        end -= 1
    if not end:
        return [""]
    name, colon, first = fields[0].partition(": ")
    return [name, first, *fields[1:end]] if colon and first.strip() else fields[:end]


def _numbers_stations(fields: list[str]) -> bool:
    """Tell whether a row is a header that numbers the stations: "line, 1, 2, 3", "line, stop 1, stop 2"."""
    numbers = [re.search(r"(?<!\d)\d+$", field.strip()) for field in fields[1:]]
    return len(numbers) > 1 and all(
        found is not None and int(found[0]) == place for place, found in enumerate(numbers, start=1)
    )


def _along_rows(rows: Rows, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of rows that each have the name of a line, and then its stations."""
    count = 0
    for number, fields in rows.read(notes):
        if number == rows.head[0][0] and _numbers_stations(fields):
            notes.leave(HEADER, number)
            continue
        name, *stops = _stations(fields)
        if len(stops) < 2:
            rows.place.wrong("a line needs a name and two stations; add them", number)
        count += len(stops)
        if count > MAX_TRIPLES:
            rows.place.too_large(f"more than {MAX_TRIPLES:,} stations")
        for at, (source, target) in enumerate(pairwise(stops)):
            yield Edge(number, source, name.removesuffix(":"), target, True, more=at > 0)
