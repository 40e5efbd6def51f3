"""Work done ahead on another thread: the kernels leave Python free while they compute."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Prefetcher:
    """Results that will be wanted, each under a key that says all it depends on.

    What is wanted after all but was not begun is done on the spot, so the results are the same either way.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead")
        self._begun: dict[Hashable, Future[Any]] = {}

    def begin(self, key: Hashable, work: Callable[[], T]) -> None:
        """Begin work that will probably be wanted."""
        if key not in self._begun:
            self._begun[key] = self._thread.submit(work)

    def take(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return the result under a key."""
        begun = self._begun.pop(key, None)
        if begun is None:
            return work()
        result: T = begun.result()
        return result

    def clear(self) -> None:
        """Give up what has not been taken."""
        for future in self._begun.values():
            future.cancel()
        self._begun.clear()
