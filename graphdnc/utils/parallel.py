"""Do work on all cores at once, and abandon it when its caller is interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from graphdnc.utils.cpus import cores

Given = TypeVar("Given")
Found = TypeVar("Found")


class _Thread(threading.local):
    """The event that is set when the caller of this thread's work no longer waits for it."""

    abandoned: threading.Event | None = None


class _Abandoned(Exception):
    """The caller no longer waits for this work."""


_thread = _Thread()


def parallel_map(function: Callable[[Given], Found], values: Sequence[Given]) -> list[Found]:
    """Return ``function(value)`` for each value, in order; several are computed at a time, in threads."""
    if len(values) < 2:
        return [function(value) for value in values]
    abandoned = threading.Event()

    def work(value: Given) -> Found:
        _thread.abandoned = abandoned
        return function(value)

    pool = ThreadPoolExecutor(cores())
    try:
        return list(pool.map(work, values))
    finally:
        abandoned.set()
        pool.shutdown(wait=False, cancel_futures=True)


def stop_if_abandoned() -> None:
    """End this thread's work if its caller no longer waits for it; call this at every step of long work.

    Python ends only when all threads have ended, so an interrupted program would otherwise go on.
    """
    if _thread.abandoned is not None and _thread.abandoned.is_set():
        raise _Abandoned
