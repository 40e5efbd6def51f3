"""Locks of files that end with the process that holds them, however it ends."""

from __future__ import annotations

import errno
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
