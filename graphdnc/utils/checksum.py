"""Checksums, and the last line of a file that holds the checksum of all before it.

A file with such a line is *sealed*. Readers of HDF5, of zip archives and of shared libraries ignore what
stands behind the end of their data. This module needs nothing but the standard library, because the process
that compiles the kernels has nothing else.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from io import BufferedIOBase

_MARK = b"\ngraphdnc sha256 "
_LINE = len(_MARK) + 64 + 1
"""Bytes of the last line, with the line breaks before and after it."""
_BLOCK = 2**18
CHANGED = "it was damaged or changed after it was written: its checksum is another"


def checksum(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 of bytes, as 64 hexadecimal digits.

    >>> checksum([b"a", b"b"]) == checksum([b"ab"])
    True
    """
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def _line(found: str) -> bytes:
    return _MARK + found.encode() + b"\n"


def sealed(content: bytes) -> bytes:
    """Return bytes with their checksum behind them."""
    return content + _line(checksum([content]))


def unsealed(content: bytes) -> tuple[bytes, str | None]:
    """Return what was sealed, and its checksum; bytes that are not sealed come back with ``None``.

    >>> unsealed(sealed(b"graph"))[0], unsealed(b"graph")
    (b'graph', (b'graph', None))

    Raises:
        ValueError: they were changed after they were sealed.
    """
    inner, line = content[:-_LINE], content[-_LINE:]
    if len(line) < _LINE or not line.startswith(_MARK):
        return content, None
    found = checksum([inner])
    if line != _line(found):
        raise ValueError(CHANGED)
    return inner, found


def seal(file: BufferedIOBase) -> None:
    """Append the checksum of a file, open for reading and writing, to it."""
    found = checksum_of(file)
    file.seek(0, os.SEEK_END)
    file.write(_line(found))


def sealed_with(file: BufferedIOBase) -> str | None:
    """Read a whole file and return the checksum it is sealed with; ``None`` if it is not sealed.

    Raises:
        ValueError: it was changed after it was sealed.
    """
    size = file.seek(0, os.SEEK_END) - _LINE
    file.seek(max(size, 0))
    line = file.read(_LINE)
    if size < 0 or not line.startswith(_MARK):
        return None
    found = checksum_of(file, size)
    if line != _line(found):
        raise ValueError(CHANGED)
    return found


def checksum_of(file: BufferedIOBase, size: int | None = None) -> str:
    """Return the checksum of the first ``size`` bytes of a file, by default of all."""
    left = file.seek(0, os.SEEK_END) if size is None else size
    file.seek(0)
    found, block = hashlib.sha256(), memoryview(bytearray(_BLOCK))  # used again: new memory takes time
    while left > 0 and (count := file.readinto(block[: min(_BLOCK, left)])):
        found.update(block[:count])
        left -= count
    return found.hexdigest()
