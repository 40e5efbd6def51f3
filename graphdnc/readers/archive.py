"""Formats that are several files: a folder, or a zip of one, read in place.

Nothing is unpacked to disk. In a zip files are found by their names without folders; an entry whose name
leads out of it is refused, and so is a zip that claims to unpack to more than :data:`MAX_UNPACKED`.
"""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import IO

from graphdnc.readers.formats.edge_list import find_delimiter, records, wrong_width
from graphdnc.readers.source import MAX_BYTES, Content, Place, shown, shown_path

MAX_UNPACKED = 4 * MAX_BYTES
"""All files together. zipfile gives no more of an entry than it claims, and checks its sum."""
_MAX_ENTRIES = 10_000
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SAMPLE = 50
_FEED = ("stops.txt", "stop_times.txt")
# Neo4j may read the header from a file of its own, and its usual writers put it there.
_HEADER = "header"
_ADDED = re.compile(r"header|part[-_]?\d+|[\W_]+")
# What zipfile raises of a damaged zip: NotImplementedError is a RuntimeError.
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, OSError)


@dataclass(frozen=True)
class Table:
    """A CSV file with a header.

    Attributes:
        place: where it is from.
        line: the line of the header.
        columns: their names, as they are written.
        rows: the line and fields of the other records, as many fields as the header has; where the table was
            opened so, fewer.
    """

    place: Place
    line: int
    columns: list[str]
    rows: Iterator[tuple[int, list[str]]]

    def picked(
        self, needed: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> Iterator[tuple[int, list[str]]]:
        """Yield the line and the fields of some columns, without spaces around; empty where there is none.

        Raises:
            GraphFileError: a needed column is missing, in the header or in a line.
        """
        for name in needed:
            if name not in self.columns:
                self.place.wrong(f"there is no column {name}; add it", self.line)
        wanted = [self.columns.index(name) if name in self.columns else None for name in needed + optional]
        least = max(map(self.columns.index, needed)) + 1
        for line, row in self.rows:
            if len(row) < least:
                wrong_width(self.place, line, row, len(self.columns), "the header")
            yield line, ["" if at is None or at >= len(row) else row[at].strip() for at in wanted]


class Bundle:
    """The files of a folder or a zip, by name."""

    def __init__(self, place: Place, opens: dict[str, Callable[[], IO[bytes]]]) -> None:
        self.place = place
        self._opens = opens

    @property
    def names(self) -> list[str]:
        """The names of the files, in order."""
        return sorted(self._opens)

    def table(self, name: str, *, short: bool = False) -> Table:
        """Open a CSV file of it; ``short`` says that a line may end before its last columns.

        Raises:
            GraphFileError: there is no such file, or it is not CSV in UTF-8 with a header.
        """
        place = Place(f"{self.place.name}/{shown_path(name)}")
        if name not in self._opens:
            place.wrong("there is no such file in it; export it again, complete")
        return table(place, self._opens[name], short=short)

    def tables(self) -> Iterator[Table]:
        """Open all CSV files; a header in a file of its own is that of the files that are called like it.

        Raises:
            GraphFileError: one is not CSV in UTF-8 with a header.
        """
        names = [name for name in self.names if name.endswith(".csv")]
        headers = {_stem(name): name for name in names if _HEADER in name.lower()}
        parts = {
            name: _stem(name) for name in names if _HEADER not in name.lower() and _stem(name) in headers
        }
        for name in names:
            if name in parts:
                header = self.table(headers[parts[name]])
                place = Place(f"{self.place.name}/{shown_path(name)}")
                rows = _guarded(place, self._opens[name], len(header.columns))
                yield Table(place, header.line, header.columns, rows)
            elif _HEADER not in name.lower() or _stem(name) not in parts.values():
                yield self.table(name)
            elif (other := headers[_stem(name)]) != name:
                both = " and ".join(map(shown_path, sorted((name, other))))
                self.place.wrong(f"{both} are both the header of the same files; delete one")


def _stem(name: str) -> str:
    """Return what a header and its files have in common: Person-header.csv, Person-part000.csv."""
    return _ADDED.sub("", name.lower())


def table(place: Place, opened: Callable[[], IO[bytes]], *, short: bool = False) -> Table:
    """Return the table in a CSV file."""
    rows = _guarded(place, opened, short=short)
    first = next(rows, None)
    if first is None:
        place.wrong("the file is empty; its first line must name the columns")
    line, names = first[0], [field.strip() for field in first[1]]
    twice = next((name for name in names if name and names.count(name) > 1), None) if len(names) < 999 else ""
    if twice is not None:
        place.wrong(f"the column {shown(twice)} is there twice; name each once", line)
    return Table(place, line, names, rows)


def open_folder(path: str | os.PathLike[str]) -> Bundle:
    """Return the files in a folder and, where no tables are among them, in its folders.

    Neptune exports a graph like that: nodes in one folder, edges in another.

    Raises:
        GraphFileError: it cannot be read.
        CapacityError: they are too many or too large.
    """
    place = Place(shown_path(path))
    try:
        found = _files(path)
        if not any(entry.name.endswith(".csv") or entry.name in _FEED for entry in found):
            inner = [entry for folder in os.scandir(path) if folder.is_dir() for entry in _files(folder)]
            found += [entry for entry in inner if entry.name.endswith(".csv")]
        files = {os.path.relpath(entry.path, path): Path(entry.path) for entry in found}
        size = sum(file.stat().st_size for file in files.values())
    except OSError as error:
        place.wrong(f"cannot be read: {error.strerror or error}")
    _check_size(place, len(files), size)

    def opener(file: Path) -> Callable[[], IO[bytes]]:
        return lambda: file.open("rb")

    return Bundle(place, {name: opener(file) for name, file in files.items()})


def _files(path: str | os.PathLike[str]) -> list[os.DirEntry[str]]:
    """Return the files in a folder that can be read, without those that programs hide."""
    return [entry for entry in os.scandir(path) if entry.is_file() and not entry.name.startswith(".")]


def open_zip(content: Content) -> Bundle:
    """Return the files in a zip.

    Raises:
        GraphFileError: it is damaged, locked, or an entry leads out of it.
        CapacityError: its files are too many or too large.
    """
    place = content.place
    _check_size(place, content.data.count(b"PK\x01\x02"), 0)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content.data))
    except _DAMAGED as error:
        place.wrong(f"a damaged zip ({' '.join(str(error).split())}); fetch the file again")
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    _check_size(place, len(entries), sum(entry.file_size for entry in entries))
    found: dict[str, Callable[[], IO[bytes]]] = {}
    for entry in entries:
        name = _inner_name(place, entry)
        if name in found:
            place.wrong(f"the zip holds {shown(name)} twice; keep one")
        found[name] = _opener(archive, entry)
    return Bundle(place, found)


def _opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(entry)


def _inner_name(place: Place, entry: zipfile.ZipInfo) -> str:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        place.wrong(f"the entry {shown(entry.filename)} leads out of the zip; it is not read")
    if entry.flag_bits & 1:
        place.wrong(f"{shown(entry.filename)} is locked by a password; unpack the zip and give the folder")
    if entry.compress_type not in _PLAIN:
        place.wrong(f"{shown(entry.filename)} is packed in a way that is not read; unpack the zip first")
    # what macOS adds is told apart by its folder
    return str(path) if path.parts[0] == "__MACOSX" else path.name


def _check_size(place: Place, count: int, size: int) -> None:
    if count > _MAX_ENTRIES:
        place.too_large(f"more than {_MAX_ENTRIES:,} files")
    if size > MAX_UNPACKED:
        place.too_large(f"its files are larger than {MAX_UNPACKED >> 20} MiB")


def _guarded(
    place: Place, opened: Callable[[], IO[bytes]], width: int = 0, *, short: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of a CSV file; whatever goes wrong on the way becomes an error of one line.

    ``width`` is the number of its columns, 0 where its first record says it.
    """
    try:
        with io.TextIOWrapper(opened(), "utf-8-sig", newline="") as lines:
            yield from _rows(place, lines, width, short)
    except UnicodeDecodeError as error:
        place.wrong(f"not UTF-8 (byte 0x{error.object[error.start]:02x}); save it as UTF-8")
    except _DAMAGED as error:
        place.wrong(f"cannot be read ({' '.join(str(error).split()) or 'damaged'}); fetch the file again")


def _rows(place: Place, lines: io.TextIOWrapper, width: int, short: bool) -> Iterator[tuple[int, list[str]]]:
    sample = list(islice(lines, _SAMPLE))
    if "\0" in "".join(sample):
        place.wrong("a NUL byte: this is binary or UTF-16; save it as UTF-8")
    for number, record in records(place, chain(sample, lines), find_delimiter("".join(sample))):
        width = width or len(record)
        if len(record) > width or (len(record) < width and not short):
            wrong_width(place, number, record, width, "the header")
        yield number, record
