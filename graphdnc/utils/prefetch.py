"""Compute results in advance on another thread; the kernels release Python's lock while they compute."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Prefetcher:
    """Results computed in advance, each under a key that states everything it depends on.

    A result that was not begun in advance is computed when it is taken, so the results are the same either
    way.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead")
        self._begun: dict[Hashable, Future[Any]] = {}

    def begin(self, key: Hashable, work: Callable[[], T]) -> None:
        """Begin work whose result will probably be needed."""
        if key not in self._begun:
            self._begun[key] = self._thread.submit(work)

    def take(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return the result under a key; compute it now if it was not begun."""
        begun: Future[T] | None = self._begun.pop(key, None)
        return work() if begun is None else begun.result()

    def clear(self) -> None:
        """Cancel what has not been taken."""
        for future in self._begun.values():
            future.cancel()
        self._begun.clear()
