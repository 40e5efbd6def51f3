"""CSV, line by line: the delimiter, the records, and clear errors.

Python's csv reader does not count lines with comments, and its errors do not say how to correct a file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NoReturn

from graphdnc.readers.source import Place

MAX_LINE = 1_000_000
_MAX_LINES = 10_000_000
_SAMPLE = 50
# if two delimiters fit equally well, the one that is rarer in names wins: "Bank, London\tto\tMile End"
_DELIMITERS = "\t;,"
_USUAL_WIDTH = 3

OPEN_QUOTE = 'a quote is opened and not closed on the same line; close it, or write "" for a quote in a name'

Row = tuple[int, list[str]]
"""A record with the number of the line where it starts."""


def find_delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines of a text best."""
    lines = (line for line in io.StringIO(text, newline="") if not _skipped(line))
    sample = [line.rstrip("\r\n")[:MAX_LINE] for line in islice(lines, _SAMPLE)]

    def fit(delimiter: str) -> tuple[bool, int]:
        widths = [_width(line, delimiter) for line in sample]
        return widths[0] >= _USUAL_WIDTH, sum(width == widths[0] > 1 for width in widths)

    return max(_DELIMITERS, key=fit) if sample else ","


def records(place: Place, lines: Iterable[str], delimiter: str, *, comments: bool = False) -> Iterator[Row]:
    """Yield the records of a CSV file that are not blank; ``comments`` skips lines that start with ``#``.

    Comments are skipped between records, but not inside a quoted field.

    Raises:
        GraphFileError: the file is not CSV; the message names the line.
    """
    number = start = 0  # the current line, and the line where the current record starts, 0 before it

    def counted() -> Iterator[str]:
        nonlocal number, start
        for number, line in enumerate(lines, start=1):
            if number > _MAX_LINES:
                place.too_large(f"more than {_MAX_LINES:,} lines")
            if not start and (_skipped(line) if comments else line.isspace()):
                continue
            start = start or number
            if len(line) > MAX_LINE:
                place.wrong(f"more than {MAX_LINE:,} characters; write one triple per line", number)
            yield line

    reader = csv.reader(counted(), delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        start = 0
        try:
            record = next(reader, None)
        except csv.Error as error:
            place.wrong(_explain(str(error), open_quote=number > start), start)
        if record is None:
            return
        if any(field.strip() for field in record):
            yield start, record


def wrong_width(place: Place, row: Row, width: int, head: str) -> NoReturn:
    """Refuse a row that has more or fewer columns than ``head``."""
    line, fields = row
    found = f"{len(fields)} column{'s' if len(fields) > 1 else ''} where {head} has {width}"
    if len(fields) < width:
        place.wrong(f"{found}; add the missing ones, with the same delimiter", line)
    place.wrong(f"{found}; put names that contain the delimiter in double quotes", line)


def _width(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter, skipinitialspace=True)))
    except csv.Error:
        return 0


def _skipped(line: str) -> bool:
    return line.startswith("#") or not line.strip()


def _explain(error: str, *, open_quote: bool) -> str:
    if "field limit" in error:
        return f"a name of more than {csv.field_size_limit():,} characters; shorten it, or close its quote"
    if open_quote or "unexpected end of data" in error:
        return OPEN_QUOTE
    if "expected after" in error:
        return 'text follows a closing quote; quote the whole name, and write "" for a quote inside it'
    return f"not CSV ({error}); write one triple per line: source,relation,target"
