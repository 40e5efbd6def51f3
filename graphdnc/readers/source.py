"""From a path or a stream to bytes and text: what every format needs.

A file is read whole and once, and never more than :data:`MAX_BYTES` of it, packed or unpacked. So a device,
an endless pipe, a gzip bomb or a wrong file ends in a one-line error instead of filling the memory.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn

from graphdnc.errors import CapacityError, GraphFileError

MAX_BYTES = 64 * 2**20
"""A graph of this size is far larger than a network's memory."""

GraphSource = str | os.PathLike[str] | BinaryIO
"""A path, or an open binary stream such as ``sys.stdin.buffer``."""

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
_WORKBOOK = b"xl/workbook.xml"
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, OSError)
"""What zipfile raises for a damaged zip; NotImplementedError is a RuntimeError."""
_KINDS = (
    (ZIP, "a zip file or a spreadsheet", "unpack it, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet or document", "save the sheet as CSV"),
    (b"SQLite format 3", "a database", "export its table as CSV, or a family tree as GEDCOM"),
    (b"\x89PNG", "a picture", "give the file that it was made from"),
    (b"\xff\xd8\xff", "a picture", "give the file that it was made from"),
    (b"GIF8", "a picture", "give the file that it was made from"),
    (b"PAR1", "a Parquet file", "save the table as CSV"),
    (b"\x89HDF", "an HDF5 file", "save the table as CSV"),
    (b"7z\xbc\xaf", "a 7z file", "unpack it"),
    (b"Rar!", "a RAR file", "unpack it"),
    (b"%PDF", "a PDF file", "give the file that it was made from"),
    (b"BZh", "a bzip2 file", "unpack it with bunzip2"),
    (b"\xfd7zXZ", "an xz file", "unpack it with unxz"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "unpack it with unzstd"),
)

MAGIC = tuple(magic for magic, *_ in _KINDS)
"""How files begin that are no text."""


@dataclass(frozen=True)
class Place:
    """A file by the name that messages show; it raises the errors about the file."""

    name: str

    def wrong(self, message: str, line: int | None = None) -> NoReturn:
        """Raise :class:`GraphFileError` about this file, and about one of its lines if there is one."""
        where = self.name if line is None else f"{self.name}, line {line}"
        raise GraphFileError(f"{where}: {message}")

    def too_large(self, what: str) -> NoReturn:
        """Raise :class:`CapacityError` about this file."""
        raise CapacityError(f"{self.name}: {what}; give a smaller graph")


@dataclass(frozen=True)
class Content:
    """The content of one file, unpacked.

    Attributes:
        place: the file.
        data: the bytes.
        suffix: the ending of the file's name, such as ``.csv``, without ``.gz``; empty for a stream.
        means: one's own words for kin, folded, and what they mean; they may head columns.
    """

    place: Place
    data: bytes
    suffix: str = ""
    means: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_spreadsheet(self) -> bool:
        """Whether this is a spreadsheet of Excel: a zip with a workbook in it."""
        return self.data.startswith(ZIP) and _WORKBOOK in self.data

    def text(self, kind: str) -> str:
        """Return the text, without a byte-order mark; ``kind`` is the format that is expected.

        Raises:
            GraphFileError: the content is binary or not UTF-8.
        """
        for magic, found, remedy in _KINDS:
            if self.data.startswith(magic):
                self.place.wrong(f"this is {found}, not a {kind} file; {remedy}")
        if b"\0" in self.data:
            found = f"contains a NUL byte, so it is binary or UTF-16, not a {kind} file"
            line = line_at(self.data, self.data.index(b"\0"))
            self.place.wrong(f"{found}; save it as {kind} in UTF-8", line)
        return decode(self.place, self.data)


def read_content(source: GraphSource) -> Content:
    """Read a file or a stream, and unpack it if it is packed with gzip.

    Raises:
        GraphFileError: there is no such file, or it cannot be read, is empty or is cut off.
        CapacityError: it is larger than :data:`MAX_BYTES`.
    """
    suffix = ""
    if isinstance(source, str | os.PathLike):
        name = display_path(source)
        suffix = os.path.splitext(os.path.basename(os.fspath(source)).lower().removesuffix(".gz"))[1]
    else:
        name = "standard input" if getattr(source, "name", None) == "<stdin>" else "the stream"
    place = Place(name)
    data = _read_bytes(place, source)
    if data.startswith(GZIP):
        data = _unpack(place, data)
    if len(data) > MAX_BYTES:
        place.too_large(f"larger than {MAX_BYTES >> 20} MiB")
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        place.wrong("the file is empty; write one triple per line: source,relation,target")
    return Content(place, data, suffix)


def display_path(path: str | os.PathLike[str]) -> str:
    """Return a path as messages show it."""
    name = os.fspath(path)
    return name if name.isprintable() and name else repr(name)


def _read_bytes(place: Place, source: GraphSource) -> bytes:
    try:
        if not isinstance(source, str | os.PathLike):
            data = source.read(MAX_BYTES + 1)
            if isinstance(data, str):
                place.wrong("this is a stream of text; open the file as bytes: open(FILE, 'rb')")
            return data
        with open(source, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        place.wrong("there is no such file; check the name, or give - for standard input")
    except IsADirectoryError:
        place.wrong("this is a directory; name the file in it")
    except (OSError, ValueError) as error:
        place.wrong(f"cannot be read: {getattr(error, 'strerror', None) or error}")


def _unpack(place: Place, data: bytes) -> bytes:
    """Unpack all members of a gzip file, up to one byte more than may be read."""
    parts: list[bytes] = []
    room = MAX_BYTES + 1
    while data.startswith(GZIP) and room > 0:
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(data, room)
        except zlib.error as error:
            place.wrong(f"damaged gzip ({error}); download the file again")
        if not member.eof and len(part) < room:
            place.wrong("the end of the gzip file is missing; download the file again")
        parts.append(part)
        room -= len(part)
        data = member.unused_data
    if room > 0 and data.strip(b"\0"):
        place.wrong("bytes that are not gzip follow the packed file; download the file again")
    return b"".join(parts)


def decode(place: Place, data: bytes, encoding: str = "utf-8-sig") -> str:
    """Return bytes as text.

    Raises:
        GraphFileError: they are in another encoding; the message names the line.
    """
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line, byte = line_at(data, error.start), f"byte 0x{data[error.start]:02x}"
        if encoding != "utf-8-sig":
            place.wrong(f"not {encoding.upper()} ({byte}); save it as UTF-8", line)
        place.wrong(f"not UTF-8 ({byte}); save it as UTF-8", line)


def line_at(data: bytes, offset: int) -> int:
    """Return the number of the line of a byte, counted from 1."""
    return data.count(b"\n", 0, offset) + 1


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text with their numbers from 1; they may end with LF, CR or both."""
    return enumerate(re.split(r"\r\n?|\n", text), start=1)
