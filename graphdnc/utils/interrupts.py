"""Interruptions that wait."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class Postponed:
    """Lets Ctrl-C wait until the end of what must not break off half-way, or until it is taken up.

    Unusual: long work that could break off anywhere is postponed too, and takes the interruption up at each
    of its steps. Python drops an interruption that arrives inside a destructor or the callback of a weak
    reference, with a few lines on stderr, and the work goes on.
    """

    def __enter__(self) -> Postponed:
        self._wished = False
        self._ours = threading.current_thread() is threading.main_thread()  # others cannot set handlers
        if self._ours:
            self._before = signal.signal(signal.SIGINT, self._wish)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, self._before)
        if kind is None:
            self.take_up()

    def take_up(self) -> None:
        """Break off here if Ctrl-C was pressed.

        Raises:
            KeyboardInterrupt: it was.
        """
        if self._wished:
            raise KeyboardInterrupt

    def _wish(self, number: int, frame: FrameType | None) -> None:
        self._wished = True


class Heard:
    """Sees to it that a Ctrl-C is not lost; the default handler's, dropped in a destructor, is.

    It breaks off at once where it can, and else at the end of the block.
    """

    def __enter__(self) -> Heard:
        self._heard = False
        self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        signal.signal(signal.SIGINT, self._before)
        if self._heard and kind is None:
            raise KeyboardInterrupt

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._heard = True
        raise KeyboardInterrupt
