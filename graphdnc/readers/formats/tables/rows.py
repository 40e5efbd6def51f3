"""The rows of a text, as often as needed: to find out what they mean, and then to read them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from graphdnc.readers.columns import plain
from graphdnc.readers.csv_records import Comments, Row, find_delimiter, records, split_line
from graphdnc.readers.headings import find_ends, find_pair
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Content, Place

_SAMPLE = 50
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:[.,]\d{0,30})?|[.,]\d{1,30})(?:[eE][+-]?\d{1,3})?%?")
HASH_ROW = "begins with # but has the columns of a row: read as one; if it is a comment, put a space after #"


def is_numeric(text: str) -> bool:
    """Tell whether a text is a number, with a point or a comma before its decimals.

    >>> is_numeric("0,5"), is_numeric("-2.25e3"), is_numeric("12a")
    (True, True, False)
    """
    return _NUMBER.fullmatch(text.strip()) is not None


@dataclass(frozen=True)
class Rows:
    """A text in rows and columns.

    Attributes:
        place: the file.
        text: its lines.
        delimiter: what separates the columns.
        comments: which lines are comments.
        head: the first rows.
    """

    place: Place
    text: str
    delimiter: str
    comments: Comments
    head: list[Row]

    def __iter__(self) -> Iterator[Row]:
        return self.read(None)

    def read(self, notes: Notes | None) -> Iterator[Row]:
        """Yield all rows; count them, comments and blank lines in ``notes``."""
        lines = io.StringIO(self.text, newline="")
        return records(self.place, lines, self.delimiter, comments=self.comments, notes=notes)


def open_rows(content: Content, text: str, delimiter: str | None = None) -> Rows:
    """Return the rows of a text.

    Raises:
        GraphFileError: there are none.
    """
    delimiter = delimiter or find_delimiter(text)
    all_hashed = Comments(delimiter)
    rows = Rows(content.place, text, delimiter, all_hashed, [])
    if "#" in text:
        rows = replace(rows, comments=_find_comments(rows))
    head = list(islice(rows, _SAMPLE))
    if not head:
        content.place.wrong(
            "no triples, only comments or blank lines; write one per line: source,relation,target"
        )
    return replace(rows, head=head)


def _find_comments(rows: Rows) -> Comments:
    """Find out which lines that begin with # are comments, from the other rows."""
    others = list(islice(rows, _SAMPLE))
    comments = Comments(rows.delimiter)
    if not others:
        return _only_hashes(rows, comments)
    first, fields = others[0]
    comments = replace(comments, width=len(fields))
    if comments.width < 2:
        return Comments(rows.delimiter)
    leading = [
        (number, line)
        for number, line in enumerate(islice(io.StringIO(rows.text, newline=""), first - 1), start=1)
        if line.startswith("#") and comments.looks_like_row(line)
    ]
    for number, line in leading[-1:]:
        if _is_header(split_line(line[1:].strip(), rows.delimiter), others):
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


def _only_hashes(rows: Rows, comments: Comments) -> Comments:
    """Return the rule for a text in which every line begins with #: rows, if they have the same columns."""
    lines: Iterable[str] = (line for line in io.StringIO(rows.text, newline="") if line.startswith("#"))
    first = next((line for line in lines if not line[1:2].isspace()), "")
    width = len(split_line(first, rows.delimiter)) if first else 0
    return replace(comments, width=width if width > 1 else 0)


def same_base(name: str, other: str) -> bool:
    """Tell whether two names differ only in their last number or letter: "Room 1", "Room 12"."""
    base = re.sub(r"(?: ?\d+| \w)$", "", plain(name).strip())
    return bool(base) and re.fullmatch(re.escape(base) + r"(?: ?\d+| \w)", plain(other).strip()) is not None
