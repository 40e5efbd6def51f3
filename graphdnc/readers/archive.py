"""Formats of several files: a folder, or a zip of one, read in place.

Nothing is unpacked to disk. The files in a zip are known by their names without folders. An entry whose name
leads out of the zip is refused, and so is a zip that claims to unpack to more than :data:`MAX_UNPACKED`.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from graphdnc.readers.source import DAMAGED, MAX_BYTES, Content, Place, display_path
from graphdnc.readers.tables import Opener, Table, open_table, read_rows
from graphdnc.utils.text import one_line, quote

MAX_UNPACKED = 4 * MAX_BYTES
"""Bytes of all files together. zipfile never unpacks more of an entry than it claims to hold."""
_MAX_ENTRIES = 10_000
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FEED = ("stops.txt", "stop_times.txt")
# Neo4j can read the header from a file of its own, and the usual programs write it there
_HEADER = "header"
_ADDED = re.compile(r"header|part[-_]?\d+|[\W_]+")


class Folder:
    """The files of a folder or a zip, by name; ``place`` is the folder or zip itself."""

    def __init__(self, place: Place, openers: dict[str, Opener]) -> None:
        self.place = place
        self._openers = openers

    @property
    def names(self) -> list[str]:
        """The names of the files, sorted."""
        return sorted(self._openers)

    def table(self, name: str, *, short: bool = False) -> Table:
        """Open one CSV file; ``short`` allows lines that end before the last columns."""
        place = self._place(name)
        if name not in self._openers:
            place.wrong("there is no such file in it; export it again, complete")
        return open_table(place, self._openers[name], short=short)

    def tables(self) -> Iterator[Table]:
        """Open all CSV files. A file that holds only a header is the header of the files named like it."""
        names = [name for name in self.names if name.endswith(".csv")]
        headers = {_stem(name): name for name in names if _HEADER in name.lower()}
        parts = [name for name in names if _HEADER not in name.lower() and _stem(name) in headers]
        with_parts = set(map(_stem, parts))
        for name in names:
            header = headers.get(_stem(name), name)
            if name in parts:
                place, first = self._place(name), self.table(header)
                rows = read_rows(place, self._openers[name], len(first.columns))
                yield replace(first, place=place, rows=rows)
            elif _HEADER not in name.lower() or _stem(name) not in with_parts:
                yield self.table(name)
            elif header != name:
                both = " and ".join(map(display_path, sorted((name, header))))
                self.place.wrong(f"{both} are headers of the same files; delete one")

    def _place(self, name: str) -> Place:
        return Place(f"{self.place.name}/{display_path(name)}")


def _stem(name: str) -> str:
    """Return what a header and its files have in common: Person-header.csv, Person-part000.csv."""
    return _ADDED.sub("", name.lower())


def open_folder(path: str | os.PathLike[str]) -> Folder:
    """Return the files in a folder and, if none of them is a table, the tables in its folders.

    Neptune exports a graph like that: nodes in one folder, edges in another.
    """
    place = Place(display_path(path))
    try:
        found = _files(path)
        if not any(entry.name.endswith(".csv") or entry.name in _FEED for entry in found):
            inner = [entry for folder in os.scandir(path) if folder.is_dir() for entry in _files(folder)]
            found += [entry for entry in inner if entry.name.endswith(".csv")]
        files = {os.path.relpath(entry.path, path): entry.path for entry in found}
        size = sum(map(os.path.getsize, files.values()))
    except OSError as error:
        place.wrong(f"cannot be read: {error.strerror or error}")
    _check_size(place, len(files), size)

    def opener(file: str) -> Opener:
        return lambda: open(file, "rb")

    return Folder(place, {name: opener(file) for name, file in files.items()})


def _files(path: str | os.PathLike[str]) -> list[os.DirEntry[str]]:
    """Return the files in a folder, without hidden ones."""
    return [entry for entry in os.scandir(path) if entry.is_file() and not entry.name.startswith(".")]


def open_zip(content: Content) -> Folder:
    """Return the files in a zip."""
    place = content.place
    _check_size(place, content.data.count(b"PK\x01\x02"), 0)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content.data))
    except DAMAGED as error:
        place.wrong(f"a damaged zip ({one_line(error)}); download the file again")
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    _check_size(place, len(entries), sum(entry.file_size for entry in entries))
    found: dict[str, Opener] = {}
    for entry in entries:
        name = _inner_name(place, entry)
        if name in found:
            place.wrong(f"the zip holds {quote(name)} twice; keep one")
        found[name] = partial(archive.open, entry)
    return Folder(place, found)


def _inner_name(place: Place, entry: zipfile.ZipInfo) -> str:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        place.wrong(f"the entry {quote(entry.filename)} leads out of the zip; make the zip again without it")
    if entry.flag_bits & 1:
        place.wrong(f"{quote(entry.filename)} is locked by a password; unpack the zip and give the folder")
    if entry.compress_type not in _PLAIN:
        place.wrong(f"{quote(entry.filename)} is compressed by an unsupported method; unpack the zip first")
    # the files that macOS adds have the same names in a folder of their own
    return str(path) if path.parts[0] == "__MACOSX" else path.name


def _check_size(place: Place, count: int, size: int) -> None:
    if count > _MAX_ENTRIES:
        place.too_large(f"more than {_MAX_ENTRIES:,} files")
    if size > MAX_UNPACKED:
        place.too_large(f"its files are larger than {MAX_UNPACKED >> 20} MiB")
