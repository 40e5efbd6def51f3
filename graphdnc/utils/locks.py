"""Locks of files that end with the process that holds them, however it ends."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Held = Literal["here", "elsewhere", "no locks"]
"""Who has a lock: this process, another one, or nobody because the file system has no locks."""
_TAKEN = (errno.EWOULDBLOCK, errno.EACCES)


def lock(descriptor: int, wait: bool = False) -> Held:
    """Lock an open file or folder for this process alone; say whether it is locked.

    The lock ends when the file is closed, so a killed process leaves none. With ``wait`` it is waited for.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return "no locks"
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        return "elsewhere" if error.errno in _TAKEN else "no locks"
    return "here"


@contextmanager
def claimed(path: Path) -> Iterator[Held]:
    """Claim a path that is to be made, by a locked file beside it; say who has it.

    ``"elsewhere"``: another process is about to make it. The file beside it is removed at the end.
    """
    claim = path.with_name(f".{path.name}.claim")
    descriptor, held = _claim(claim)
    try:
        yield held
    finally:
        if held != "elsewhere":
            claim.unlink(missing_ok=True)
        os.close(descriptor)


def _claim(claim: Path) -> tuple[int, Held]:
    while True:
        descriptor = os.open(claim, os.O_RDWR | os.O_CREAT, 0o666)
        held = lock(descriptor)
        if held != "here" or _still_there(claim, descriptor):
            return descriptor, held
        os.close(descriptor)  # its owner removed it between our opening and our lock


def _still_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
