"""The rows of a text, as often as needed: to find out what they mean, and then to read them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from graphdnc.readers.columns import plain
from graphdnc.readers.csv_records import (
    Comments,
    Row,
    count_titles,
    find_delimiter,
    has_marks,
    is_marked,
    records,
    second_delimiter,
    split_line,
    without_mark,
)
from graphdnc.readers.headings import find_ends, find_id, find_pair, is_heading, is_people
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Content, Place

SAMPLE = 50
"""The first rows, from which it is found out what a table means."""
WIDEST = 10_000
"""Columns that a table may have."""
_NUMBER = re.compile(
    r"[+-]?(?:\d{1,15}(?:[.,]\d{0,30})?|[.,]\d{1,30}|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+\.\d+)(?:[eE][+-]?\d{1,3})?%?"
)
_BELOW_BLANK = re.compile(r"\n[ \t,;|]*\r?\n([^\n]*[^\s,;|][^\n]*)")
_SEPARATOR = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?\r?\n")
# bars around the columns, not only between them
_OUTER_BARS = re.compile(r"^[ \t]*\|(.*)\|[ \t]*(?=\r?$)", re.MULTILINE)
HASH_ROW = (
    "begins like a comment but has the columns of a row: read as one; if it is a comment, put a space after "
    "its sign"
)


def is_numeric(text: str) -> bool:
    """Tell whether a text is a number, with a point or a comma before its decimals.

    >>> is_numeric("0,5"), is_numeric("-2.25e3"), is_numeric("1.234,5"), is_numeric("12a")
    (True, True, True, False)
    """
    return _NUMBER.fullmatch(text.strip()) is not None


def number_of(text: str) -> float:
    """Return the number in a text for which :func:`is_numeric` is true; that before a sign % is not divided.

    >>> number_of("0,5"), number_of("-2.25e3"), number_of("1.234,5"), number_of("50%")
    (0.5, -2250.0, 1234.5, 50.0)
    """
    digits = text.strip().rstrip("%")
    point = max(digits.rfind("."), digits.rfind(","))
    if point < 0:
        return float(digits)
    # of two different signs the last stands before the decimals
    return float(f"{re.sub('[.,]', '', digits[:point])}.{digits[point + 1 :]}")


@dataclass(frozen=True)
class Rows:
    """The rows of a table.

    Attributes:
        place: the file.
        read: yields all rows, and counts them, comments and blank lines in the notes that it is given.
        comments: which lines are comments.
        head: the first rows.
        means: one's own words for kin, folded; they may head columns.
        second: another delimiter that splits the rows alike, if there is one.
        tables: the first line of another table below a blank line, if there seems to be one.
        keyed: the first row has the keys of objects, so it is a header without doubt.
    """

    place: Place
    read: Callable[[Notes | None], Iterator[Row]]
    comments: Comments
    head: list[Row]
    means: Mapping[str, str] = field(default_factory=dict)
    second: str | None = None
    tables: int | None = None
    keyed: bool = False

    def __iter__(self) -> Iterator[Row]:
        return self.read(None)


def rows_of(content: Content, rows: list[Row], *, keyed: bool = False) -> Rows:
    """Return rows that are already read and counted; the first is a header, and there are no comments."""
    comments = Comments(",", header=rows[0][0])
    return Rows(content.place, lambda notes: iter(rows), comments, rows[:SAMPLE], content.means, keyed=keyed)


def open_rows(content: Content, text: str, delimiter: str | None = None) -> Rows:
    """Return the rows of a text.

    Raises:
        GraphFileError: there are none.
    """
    place = content.place
    stated, text = without_separator(text)
    titles = 0 if stated or delimiter else count_titles(text)
    below = "".join(text.splitlines(keepends=True)[titles:]) if titles else text
    delimiter = stated or delimiter or find_delimiter(below)
    if delimiter == "|":
        text = _OUTER_BARS.sub(r"\1", text)
    comments = Comments(delimiter, titles=titles)
    if has_marks(text):
        comments = _find_comments(content, text, comments)

    def read(notes: Notes | None) -> Iterator[Row]:
        lines = io.StringIO(text, newline="")
        return records(place, lines, delimiter, comments=comments, notes=notes)

    head = list(islice(read(None), SAMPLE))
    if not head:
        place.wrong("no triples, only comments or blank lines; write one per line: source,relation,target")
    second = second_delimiter(below, delimiter) if stated is None else None
    return Rows(place, read, comments, head, content.means, second, _second_table(text, delimiter, head[0]))


def _second_table(text: str, delimiter: str, first: Row) -> int | None:
    """Return the line after a blank line that seems to be the header of another table."""
    for found in islice(_BELOW_BLANK.finditer(text), SAMPLE):
        names = split_line(found[1], delimiter)
        number = text.count("\n", 0, found.start(1)) + 1
        if number > first[0] and names != first[1] and len(names) > 1:
            known = all(is_heading(name) or find_id([name]) is not None for name in names)
            if known or find_ends(names) or find_pair(names):
                return number
    return None


def without_separator(text: str) -> tuple[str | None, str]:
    """Return the delimiter that a first line for Excel states, ``sep=;``, and the text without that line."""
    said = _SEPARATOR.match(text)
    return (said[1], text[said.end() - 1 :]) if said else (None, text)


def _find_comments(content: Content, text: str, comments: Comments) -> Comments:
    """Find out which lines that begin with # or the like are comments, from the other rows."""
    place, means, delimiter = content.place, content.means, comments.delimiter
    lines = io.StringIO(text, newline="")
    others = list(islice(records(place, lines, delimiter, comments=comments), SAMPLE))
    if not others:
        return _only_hashes(text, comments)
    first, fields = others[0]
    if len(fields) < 2:
        return comments
    comments = replace(comments, width=len(fields))
    if is_people(fields, means):
        return replace(comments, first=first)
    before = islice(io.StringIO(text, newline=""), first - 1)
    hashed = [(at, line) for at, line in enumerate(before, start=1) if is_marked(line, delimiter)]
    for number, line in [one for one in hashed if comments.looks_like_row(one[1])][-1:]:
        names = split_line(without_mark(line, delimiter).strip(), delimiter)
        if len(names) != comments.width:
            continue
        if is_people(names, means) or _is_header(names, others):
            return replace(comments, header=number, first=number)
    return replace(comments, first=first if find_ends(fields) or find_pair(fields) else 0)


def _is_header(names: list[str], rows: list[Row]) -> bool:
    """Tell whether a line with # names columns: by usual words, or as words above numbers."""
    if find_ends(names) or find_pair(names):
        return True
    return any(
        not is_numeric(name) and all(is_numeric(row[at]) for _, row in rows if at < len(row))
        for at, name in enumerate(names)
    )


def _only_hashes(text: str, comments: Comments) -> Comments:
    """Return the rule for a text in which every line begins with #: rows, if they have the same columns."""
    lines = (line for line in io.StringIO(text, newline="") if line.startswith("#"))
    first = next((line for line in lines if not line[1:2].isspace()), "")
    width = len(split_line(first, comments.delimiter)) if first else 0
    return replace(comments, width=width if width > 1 else 0)


def same_base(name: str, other: str) -> bool:
    """Tell whether two names differ only in their last number or letter: "Room 1", "Room 12"."""
    base = re.sub(r"(?: ?\d+| \w)$", "", plain(name).strip())
    return bool(base) and re.fullmatch(re.escape(base) + r"(?: ?\d+| \w)", plain(other).strip()) is not None
