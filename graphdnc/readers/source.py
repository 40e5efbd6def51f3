"""From a path or a stream to text: the part that no format need repeat.

A file is read whole and at most once, never beyond :data:`MAX_BYTES`, so that a device, an endless pipe
or a wrong file ends in an error of one line instead of a full memory.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from graphdnc.errors import CapacityError, GraphFileError

MAX_BYTES = 64 * 2**20
"""A graph of this size is far beyond what a network's memory holds."""

GraphSource = str | os.PathLike[str] | BinaryIO
"""A path, or an open binary stream such as ``sys.stdin.buffer``."""

_KINDS = (
    (b"\x1f\x8b", "a gzip file", "unpack it with gunzip"),
    (b"PK\x03\x04", "a zip file or a spreadsheet", "unpack it, or save the sheet as CSV"),
    (b"\xff\xfe", "UTF-16 text", "save it as UTF-8: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "save it as UTF-8: iconv -f UTF-16 -t UTF-8"),
    (b"%PDF", "a PDF file", "give a CSV file"),
)


@dataclass(frozen=True)
class Place:
    """A file by the name to show, and the errors about it."""

    name: str

    def wrong(self, message: str, line: int | None = None) -> NoReturn:
        """Raise :class:`GraphFileError` about this file, and about one of its lines where there is one."""
        where = self.name if line is None else f"{self.name}, line {line}"
        raise GraphFileError(f"{where}: {message}")


def read_text(source: GraphSource) -> tuple[Place, str]:
    """Return where the text is from and the text, without a byte-order mark.

    Raises:
        GraphFileError: there is no such file, it cannot be read, it is empty, binary or not UTF-8.
        CapacityError: it is larger than :data:`MAX_BYTES`.
    """
    place = Place(_name(source))
    data = _read_bytes(place, source)
    if len(data) > MAX_BYTES:
        raise CapacityError(f"{place.name}: larger than {MAX_BYTES >> 20} MiB; give a smaller graph")
    for magic, kind, remedy in _KINDS:
        if data.startswith(magic):
            place.wrong(f"this is {kind}, not a CSV file; {remedy}")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        place.wrong("a NUL byte: this is binary or UTF-16, not a CSV file; save it as CSV in UTF-8", line)
    text = _decode(place, data)
    if not text.strip():
        place.wrong("the file is empty; write one triple a line: source,relation,target")
    return place, text


def shown(text: str, limit: int = 60) -> str:
    """Quote a piece of a file for a message: on one line, cut where it is long, harmless on a terminal."""
    return repr(text if len(text) <= limit else text[: limit - 3] + "...")


def _name(source: GraphSource) -> str:
    if not isinstance(source, str | os.PathLike):
        return "standard input" if getattr(source, "name", None) == "<stdin>" else "the stream"
    name = os.fspath(source)
    return name if name.isprintable() and name else repr(name)


def _read_bytes(place: Place, source: GraphSource) -> bytes:
    try:
        if not isinstance(source, str | os.PathLike):
            return source.read(MAX_BYTES + 1)
        with open(source, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        place.wrong("there is no such file; check the name, or give - for standard input")
    except IsADirectoryError:
        place.wrong("this is a directory; name the file in it")
    except (OSError, ValueError) as error:
        place.wrong(f"cannot be read: {getattr(error, 'strerror', None) or error}")


def _decode(place: Place, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The bytes 0x80-0x9f are letters and quotes in Windows-1252, control characters in Latin-1.
        high = {byte for byte in data if byte >= 0x80}
        guess = "WINDOWS-1252" if any(byte < 0xA0 for byte in high) else "ISO-8859-1"
        place.wrong(
            f"not UTF-8 (byte 0x{data[error.start]:02x}), it looks like {guess}; "
            f"save it as UTF-8: iconv -f {guess} -t UTF-8",
            data.count(b"\n", 0, error.start) + 1,
        )
