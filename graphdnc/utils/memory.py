"""How much memory this process may take, sizes of memory in words, and rest for the garbage collector."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_USED = ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes")


def available() -> int:
    """Return the bytes that are free now, in the machine and in the container that this process runs in."""
    rooms = [_free_in_machine()]
    for limit, used in zip(_LIMITS, _USED, strict=True):
        with suppress(OSError, ValueError):  # there is no such limit
            rooms.append(max(0, int(Path(limit).read_text()) - int(Path(used).read_text())))
    return min(rooms)


def _free_in_machine() -> int:
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1])
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def parse_size(text: str) -> int:
    """Return a number of bytes: "512MiB", "2g", "1.5 GB"; units are powers of 1024.

    >>> parse_size("2GiB") == parse_size("2048m") == 2**31
    True

    Raises:
        ValueError: it is no size.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None or not float(found[1]):
        raise ValueError(f"{text!r} is no size; write for example 512MiB or 2GiB")
    return int(float(found[1]) * _UNITS[found[2].lower()])


def in_words(size: int) -> str:
    """Return a number of bytes, rounded up to whole MiB, as :func:`parse_size` reads it.

    >>> in_words(3 * 2**19)
    '2MiB'
    """
    return f"{-(-size // 2**20)}MiB"


@contextmanager
def no_garbage() -> Iterator[None]:
    """Disable the garbage collector while many objects are made and none in circles: it only costs time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
