"""From a path or a stream to bytes and text: the part that no format need repeat.

A file is read whole and at most once, never beyond :data:`MAX_BYTES`, packed or unpacked, so that a
device, an endless pipe, a gzip bomb or a wrong file ends in an error of one line instead of a full memory.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from graphdnc.errors import CapacityError, GraphFileError

MAX_BYTES = 64 * 2**20
"""A graph of this size is far beyond what a network's memory holds."""

GraphSource = str | os.PathLike[str] | BinaryIO
"""A path, or an open binary stream such as ``sys.stdin.buffer``."""

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
_KINDS = (
    (ZIP, "a zip file or a spreadsheet", "unpack it, or save the sheet as CSV"),
    (b"\xff\xfe", "UTF-16 text", "save it as UTF-8: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "save it as UTF-8: iconv -f UTF-16 -t UTF-8"),
    (b"%PDF", "a PDF file", "give the file that it was made from"),
    (b"BZh", "a bzip2 file", "unpack it with bunzip2"),
    (b"\xfd7zXZ", "an xz file", "unpack it with unxz"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "unpack it with unzstd"),
)


@dataclass(frozen=True)
class Place:
    """A file by the name to show, and the errors about it."""

    name: str

    def wrong(self, message: str, line: int | None = None) -> NoReturn:
        """Raise :class:`GraphFileError` about this file, and about one of its lines where there is one."""
        where = self.name if line is None else f"{self.name}, line {line}"
        raise GraphFileError(f"{where}: {message}")

    def too_large(self, what: str) -> NoReturn:
        """Raise :class:`CapacityError` about this file."""
        raise CapacityError(f"{self.name}: {what}; give a smaller graph")


@dataclass(frozen=True)
class Content:
    """What is in one file, unpacked.

    Attributes:
        place: where it is from.
        data: the bytes.
        suffix: the ending of the file's name, such as ``.csv``, without ``.gz``; empty for a stream.
    """

    place: Place
    data: bytes
    suffix: str = ""

    def text(self, kind: str) -> str:
        """Return the text, without a byte-order mark.

        Raises:
            GraphFileError: it is binary or not UTF-8; ``kind`` says what was expected.
        """
        for magic, found, remedy in _KINDS:
            if self.data.startswith(magic):
                self.place.wrong(f"this is {found}, not a {kind} file; {remedy}")
        if b"\0" in self.data:
            line = self.data.count(b"\n", 0, self.data.index(b"\0")) + 1
            self.place.wrong(
                f"a NUL byte: this is binary or UTF-16, not a {kind} file; save it as {kind} in UTF-8", line
            )
        return decode(self.place, self.data)


def read_content(source: GraphSource) -> Content:
    """Read a file or a stream, and unpack it where it is packed by gzip.

    Raises:
        GraphFileError: there is no such file, it cannot be read, it is empty or its end is missing.
        CapacityError: it is larger than :data:`MAX_BYTES`.
    """
    place = Place(_name(source))
    data = _read_bytes(place, source)
    if data.startswith(GZIP):
        data = _unpacked(place, data)
    if len(data) > MAX_BYTES:
        place.too_large(f"larger than {MAX_BYTES >> 20} MiB")
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        place.wrong("the file is empty; write one triple a line: source,relation,target")
    return Content(place, data, suffix(source))


def suffix(source: GraphSource) -> str:
    """Return the ending of a file's name in small letters, without ``.gz``; none for a stream."""
    if not isinstance(source, str | os.PathLike):
        return ""
    name = os.path.basename(os.fspath(source)).lower()
    return os.path.splitext(name.removesuffix(".gz"))[1]


def shown(text: str, limit: int = 60) -> str:
    """Quote a piece of a file for a message: on one line, cut where it is long, harmless on a terminal."""
    return repr(text if len(text) <= limit else text[: limit - 3] + "...")


def shown_path(path: str | os.PathLike[str]) -> str:
    """Return a path as it is shown in messages."""
    name = os.fspath(path)
    return name if name.isprintable() and name else repr(name)


def _name(source: GraphSource) -> str:
    if not isinstance(source, str | os.PathLike):
        return "standard input" if getattr(source, "name", None) == "<stdin>" else "the stream"
    return shown_path(source)


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


def _unpacked(place: Place, data: bytes) -> bytes:
    """Unpack gzip, all its members, and no more than one byte beyond what is read."""
    parts: list[bytes] = []
    room = MAX_BYTES + 1
    while data.startswith(GZIP) and room > 0:
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(data, room)
        except zlib.error as error:
            place.wrong(f"damaged gzip ({error}); fetch the file again")
        if not member.eof and len(part) < room:
            place.wrong("the end of the gzip file is missing; fetch the file again")
        parts.append(part)
        room -= len(part)
        data = member.unused_data
    if room > 0 and data.strip(b"\0"):
        place.wrong("bytes that are not gzip follow the packed file; fetch the file again")
    return b"".join(parts)


def decode(place: Place, data: bytes, encoding: str = "utf-8-sig") -> str:
    """Return bytes as text.

    Raises:
        GraphFileError: they are in another encoding; the message names the line.
    """
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if encoding != "utf-8-sig":
            place.wrong(f"not {encoding.upper()} (byte 0x{data[error.start]:02x}); save it as UTF-8", line)
        # The bytes 0x80-0x9f are letters and quotes in Windows-1252, control characters in Latin-1.
        high = {byte for byte in data if byte >= 0x80}
        guess = "WINDOWS-1252" if any(byte < 0xA0 for byte in high) else "ISO-8859-1"
        place.wrong(
            f"not UTF-8 (byte 0x{data[error.start]:02x}), it looks like {guess}; "
            f"save it as UTF-8: iconv -f {guess} -t UTF-8",
            line,
        )
