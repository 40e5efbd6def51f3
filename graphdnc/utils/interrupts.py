"""When Ctrl-C may stop the program."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any


class Interrupts:
    """Decides when Ctrl-C stops the block that it guards.

    ``Interrupts()`` postpones it: ``KeyboardInterrupt`` is raised at the end of the block, or earlier by
    :meth:`check`. Use it around what must not break off half-way, such as an import.

    ``Interrupts(at_once=True)`` raises it at once. Python drops an exception that is raised inside a
    destructor or the callback of a weak reference, prints a few lines and goes on; then it is raised again at
    the end of the block.

    ``Interrupts(on_stop=function)`` raises nothing at first: it calls the function, and :meth:`requested`
    becomes true, so that a loop can end after its current step. SIGTERM does the same. A second Ctrl-C raises
    ``KeyboardInterrupt`` at once.

    Only the main thread can set signal handlers; in other threads the block runs unguarded.
    """

    def __init__(self, *, at_once: bool = False, on_stop: Callable[[], None] | None = None) -> None:
        self._at_once = at_once
        self._on_stop = on_stop

    def __enter__(self) -> Interrupts:
        self._pressed = False
        self._before: dict[signal.Signals, Any] = {}
        if threading.current_thread() is threading.main_thread():
            numbers = [signal.SIGINT] if self._on_stop is None else [signal.SIGINT, signal.SIGTERM]
            self._before = {number: signal.getsignal(number) for number in numbers}
            for number in numbers:
                signal.signal(number, self._handle)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if kind is None and self._on_stop is None:
            self.check()

    def requested(self) -> bool:
        """Tell whether Ctrl-C was pressed."""
        return self._pressed

    def check(self) -> None:
        """Raise ``KeyboardInterrupt`` if Ctrl-C was pressed."""
        if self._pressed:
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: FrameType | None) -> None:
        again, self._pressed = self._pressed, True
        if self._at_once or (again and self._on_stop is not None):
            raise KeyboardInterrupt
        if self._on_stop is not None:
            self._on_stop()
