"""Interruptions that wait."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class Postponed:
    """Lets Ctrl-C wait until the end of what must not break off half-way."""

    def __enter__(self) -> Postponed:
        self._wished = False
        self._ours = threading.current_thread() is threading.main_thread()  # others cannot set handlers
        if self._ours:
            self._before = signal.signal(signal.SIGINT, self._wish)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, self._before)
        if self._wished:
            raise KeyboardInterrupt

    def _wish(self, number: int, frame: FrameType | None) -> None:
        self._wished = True
