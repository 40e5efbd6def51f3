"""Work on all cores at once, given up as soon as nobody waits for it any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from graphdnc.utils.cpus import cores

Given = TypeVar("Given")
Found = TypeVar("Found")


class _Thread(threading.local):
    """What a thread works for: set once nobody waits for it."""

    given_up: threading.Event | None = None


class _GivenUp(Exception):
    """Nobody waits for this work."""


_thread = _Thread()


def side_by_side(function: Callable[[Given], Found], values: Sequence[Given]) -> list[Found]:
    """Return what a function makes of values, several at a time."""
    if len(values) < 2:
        return [function(value) for value in values]
    given_up = threading.Event()

    def work(value: Given) -> Found:
        _thread.given_up = given_up
        return function(value)

    pool = ThreadPoolExecutor(cores())
    try:
        return list(pool.map(work, values))
    finally:
        given_up.set()
        pool.shutdown(wait=False, cancel_futures=True)


def stop_if_given_up() -> None:
    """Leave long work that nobody waits for any more; called at every step of it.

    The thread that began it was interrupted, and Python waits for all threads before it ends.
    """
    if _thread.given_up is not None and _thread.given_up.is_set():
        raise _GivenUp
