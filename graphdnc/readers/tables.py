"""CSV files with a header, as graph databases and transit feeds have them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

from graphdnc.readers.csv_records import Row, find_delimiter, records, wrong_width
from graphdnc.readers.encodings import utf_16_or_32
from graphdnc.readers.source import DAMAGED, Place
from graphdnc.utils.text import one_line, quote

Opener = Callable[[], IO[bytes]]
"""Opens a file."""
_SAMPLE = 50
_HEAD = 4096


@dataclass(frozen=True)
class Table:
    """A CSV file with a header.

    Attributes:
        place: the file.
        line: the line of the header.
        columns: the names of the columns.
        rows: the line and fields of the other records. Each has as many fields as the header, or fewer if
            the table was opened with ``short``.
    """

    place: Place
    line: int
    columns: list[str]
    rows: Iterator[Row]

    def select(self, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> Iterator[Row]:
        """Yield the line and the fields of some columns, stripped; a missing optional field is empty.

        Raises:
            GraphFileError: a needed column is missing, in the header or in a line.
        """
        for name in needed:
            if name not in self.columns:
                self.place.wrong(f"there is no column {name}; add it", self.line)
        picked = [self.columns.index(name) if name in self.columns else None for name in needed + optional]
        least = max(map(self.columns.index, needed)) + 1
        for line, row in self.rows:
            if len(row) < least:
                wrong_width(self.place, (line, row), len(self.columns), "the header")
            yield line, ["" if at is None or at >= len(row) else row[at].strip() for at in picked]


def open_table(place: Place, opener: Opener, *, short: bool = False) -> Table:
    """Return the table in a CSV file; ``short`` allows lines that end before the last columns."""
    rows = read_rows(place, opener, short=short)
    first = next(rows, None)
    if first is None:
        place.wrong("the file is empty; its first line must name the columns")
    line, names = first[0], [field.strip() for field in first[1]]
    twice = next((name for name in names if name and names.count(name) > 1), None) if len(names) < 999 else ""
    if twice is not None:
        place.wrong(f"the column {quote(twice)} occurs twice; give each column its own name", line)
    return Table(place, line, names, rows)


def read_rows(place: Place, opener: Opener, width: int = 0, *, short: bool = False) -> Iterator[Row]:
    """Yield the records of a CSV file, as wide as ``width`` or else as the first record.

    Raises:
        GraphFileError: the file is damaged or not CSV in UTF-8 or UTF-16, or a record has another width.
    """
    try:
        with opener() as file:
            encoding = utf_16_or_32(file.read(_HEAD)) or "utf-8-sig"
        with io.TextIOWrapper(opener(), encoding, newline="") as lines:
            sample = list(islice(lines, _SAMPLE))
            if "\0" in "".join(sample):
                place.wrong("contains a NUL byte, so it is binary; save it as UTF-8")
            for number, record in records(place, chain(sample, lines), find_delimiter("".join(sample))):
                width = width or len(record)
                if len(record) > width or (len(record) < width and not short):
                    wrong_width(place, (number, record), width, "the header")
                yield number, record
    except UnicodeDecodeError as error:
        called = error.encoding.upper().removesuffix("-SIG")
        place.wrong(f"not {called} (byte 0x{error.object[error.start]:02x}); save it as UTF-8")
    except DAMAGED as error:
        place.wrong(f"cannot be read ({one_line(error) or 'damaged'}); download the file again")
