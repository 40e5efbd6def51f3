"""CSV, line by line: the delimiter, the records, and clear errors.

Python's csv reader does not count lines with comments, and its errors do not say how to correct a file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

from graphdnc.readers.notes import BLANK, COMMENT, Notes
from graphdnc.readers.source import Place

MAX_LINE = 1_000_000
MAX_LINES = 10_000_000
_SAMPLE = 50
# if two delimiters fit equally well, the one that is rarer in names wins: "Bank, London\tto\tMile End"
_DELIMITERS = "\t;|,"
_USUAL_WIDTH = 3
# what programs write around a table with bars: +----+----+, ----+----, (2 rows)
_DRAWN = re.compile(r"[\s|+:=-]*[-=]{2}[\s|+:=-]*|\s*\(\d+ rows?\)\s*")
# how comments begin in files of all kinds; a line that begins so is a row only if it has the columns of one
_MARK = re.compile(r"#|//|%|!|;|--(?=\s|\w)")
_MARKED = re.compile(rf"^(?:{_MARK.pattern})", re.MULTILINE)
_TITLES = 5
"""Lines that may stand above a table, as its title."""
TITLE = "a title above the table"
"""Why such a line is left out."""
# a comma that is part of a name or a number
_INNER = re.compile(r",(?=\s)|(?<=\d),(?=\d)")
DRAWN = "a line around the table"
"""Why such a line is left out."""

OPEN_QUOTE = 'a quote is opened and not closed on the same line; close it, or write "" for a quote in a name'

HASHED = "begins with # or the like and a space, so it is a comment, though it has the columns of a row"
"""Why a line is left out that may be a row."""

Row = tuple[int, list[str]]
"""A record with the number of the line where it starts."""


@dataclass(frozen=True)
class Comments:
    """Which lines that begin with ``#``, or with ``//``, ``%``, ``;``, ``!`` or ``--``, are comments.

    A line with other columns than the rest is one. So is a line in which a space follows the sign; then it
    may be missed. Any other line is a row. Before a header, all are comments.

    Attributes:
        delimiter: what separates the columns.
        width: the number of columns of the other rows; with 0 every such line is a comment.
        header: the number of the line that is the header, if it begins with such a sign.
        first: the number of the first row that is none; lines before it are comments.
        titles: how many lines above the table are none of its rows.
    """

    delimiter: str
    width: int = 0
    header: int = 0
    first: int = 0
    titles: int = 0

    def looks_like_row(self, line: str) -> bool:
        """Tell whether a line that begins like a comment has the columns of a row."""
        enough = 0 < self.width <= line.count(self.delimiter) + 1
        return enough and _width(line, self.delimiter) == self.width

    def is_row(self, number: int, line: str) -> bool:
        """Tell whether a line that begins like a comment is a row."""
        if number == self.header:
            return True
        spaced = without_mark(line, self.delimiter)[:1].isspace()
        return number > self.first and not spaced and self.looks_like_row(line)


def is_marked(line: str, delimiter: str) -> bool:
    """Tell whether a line begins like a comment, ``#``, ``//``, ``%`` ..., but not with its delimiter."""
    return _MARK.match(line) is not None and not line.startswith(delimiter)


def has_marks(text: str) -> bool:
    """Tell whether any line begins like a comment."""
    return _MARKED.search(text) is not None


def without_mark(line: str, delimiter: str) -> str:
    """Return a line without the sign of a comment at its beginning."""
    return _MARK.sub("", line, count=1) if is_marked(line, delimiter) else line


def count_titles(text: str) -> int:
    """Return how many lines at the beginning are titles: of one cell each, above rows of several.

    >>> count_titles("The network\\n\\nfrom,to\\na,b"), count_titles("a\\nb,c\\nd")
    (2, 0)
    """
    lines = [line.rstrip("\r\n") for line in islice(io.StringIO(text, newline=""), _SAMPLE)]
    titles = 0
    for at, line in enumerate(lines[: _TITLES + 1]):
        if _skipped(line):
            continue
        rest = [one for one in lines[at:] if not _skipped(one)]
        delimiter = find_delimiter("\n".join(rest))
        if sum(bool(field.strip()) for field in split_line(line, delimiter)) > 1:
            alike = len({_width(one, delimiter) for one in rest}) == 1 and len(rest) > 1
            return at if titles and alike else 0
        titles += 1
    return 0


def find_delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines of a text best."""
    sample = _sample(text, _skipped) or _sample(text, str.isspace)

    def fit(delimiter: str) -> tuple[bool, int]:
        widths = [_width(line, delimiter) for line in sample]
        alike = sum(width == widths[0] > 1 for width in widths)
        if delimiter == "|" and alike < len(widths):  # a bar also stands between names within a column
            return False, 0
        return widths[0] >= _USUAL_WIDTH, alike

    return max(_DELIMITERS, key=fit) if sample else ","


def second_delimiter(text: str, delimiter: str) -> str | None:
    """Return another delimiter that splits all first lines alike, if there is one: ``a,b;c``.

    A comma before a space is part of a name, and one between digits is that of decimals.
    """
    sample = [_INNER.sub("", line) for line in _sample(text, _skipped)]
    for other in _DELIMITERS:
        widths = {_width(line, other) for line in sample[1:]} if other != delimiter else {0}
        if len(sample) > 1 and len(widths) == 1 and min(widths) > 1:
            return other
    return None


def _sample(text: str, skipped: Callable[[str], bool]) -> list[str]:
    lines = (line for line in io.StringIO(text, newline="") if not skipped(line))
    return [line.rstrip("\r\n")[:MAX_LINE] for line in islice(lines, _SAMPLE)]


def records(
    place: Place,
    lines: Iterable[str],
    delimiter: str,
    *,
    comments: Comments | None = None,
    notes: Notes | None = None,
) -> Iterator[Row]:
    """Yield the records of a CSV file that are neither blank nor ``comments``; count all in ``notes``.

    Comments are skipped between records, but not inside a quoted field.

    Raises:
        GraphFileError: the file is not CSV; the message names the line.
    """
    number = start = 0  # the current line, and the line where the current record starts, 0 before it
    account = (notes or Notes()).account

    def counted() -> Iterator[str]:
        nonlocal number, start
        for number, line in enumerate(lines, start=1):
            if (
                not start
                and (line[0] in "#+-|=:(/%;!" or line.isspace() or (comments and number <= comments.titles))
                and (why := _why_none(line, number, comments, delimiter))
            ):
                _leave(notes, why, number)
                continue
            start = start or number
            if number > MAX_LINES or len(line) > MAX_LINE:
                _refuse(place, number)
            is_header = comments is not None and number == comments.header
            yield without_mark(line, delimiter).lstrip() if is_header else line

    reader = csv.reader(counted(), delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        start = 0
        try:
            record = next(reader, None)
        except csv.Error as error:
            place.wrong(_explain(str(error), open_quote=number > start), start)
        if record is None:
            return
        if any(map(str.strip, record)):
            account.read += 1
            yield start, record
        else:
            _leave(notes, BLANK, start)


def _refuse(place: Place, number: int) -> NoReturn:
    """Refuse a line that is too long, or that is one too many."""
    if number > MAX_LINES:
        place.too_large(f"more than {MAX_LINES:,} lines")
    place.wrong(f"more than {MAX_LINE:,} characters; write one triple per line", number)


def _why_none(line: str, number: int, comments: Comments | None, delimiter: str) -> str | None:
    """Return why a line is no row, or ``None`` if it is one."""
    if line.isspace():
        return BLANK
    if comments is not None and number <= comments.titles and not is_marked(line, delimiter):
        return TITLE
    if delimiter == "|" and _DRAWN.fullmatch(line):
        return DRAWN
    if not is_marked(line, delimiter) or comments is None or comments.is_row(number, line):
        return None
    return HASHED if number > comments.first and comments.looks_like_row(line) else COMMENT


def _leave(notes: Notes | None, why: str, line: int) -> None:
    if notes is not None:
        notes.account.read += 1
        notes.leave(why, line, missed=why in (HASHED, TITLE))


def wrong_width(place: Place, row: Row, width: int, head: str) -> NoReturn:
    """Refuse a row that has more or fewer columns than ``head``."""
    line, fields = row
    found = f"{len(fields)} column{'s' if len(fields) > 1 else ''} where {head} has {width}"
    if len(fields) < width:
        place.wrong(f"{found}; add the missing ones, with the same delimiter", line)
    place.wrong(f"{found}; put names that contain the delimiter in double quotes", line)


def split_line(line: str, delimiter: str) -> list[str]:
    """Return the fields of one line, or none if it is not CSV."""
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return []


def _width(line: str, delimiter: str) -> int:
    return len(split_line(line, delimiter))


def _skipped(line: str) -> bool:
    return _MARK.match(line) is not None or not line.strip() or _DRAWN.fullmatch(line) is not None


def _explain(error: str, *, open_quote: bool) -> str:
    if "field limit" in error:
        return f"a name of more than {csv.field_size_limit():,} characters; shorten it, or close its quote"
    if open_quote or "unexpected end of data" in error:
        return OPEN_QUOTE
    if "expected after" in error:
        return 'text follows a closing quote; quote the whole name, and write "" for a quote inside it'
    return f"not CSV ({error}); write one triple per line: source,relation,target"
