"""What a person sees while work goes on: talk on stderr, a live line only on a terminal."""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from graphdnc.training.metrics import Progress as TrainingProgress


def say(text: str) -> None:
    """Write a line to stderr, where it disturbs no data."""
    print(text, file=sys.stderr, flush=True)


class TrainingDisplay:
    """A live line with lesson, accuracy, loss, speed and time left; a plain line at each validation."""

    def __init__(self, examples: int, lessons: int) -> None:
        self.lessons = lessons
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.task = self.bar.add_task("starting", total=examples)
        self.live = self.bar.console.is_terminal

    def __enter__(self) -> TrainingDisplay:
        if self.live:
            self.bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self.live:
            self.bar.stop()

    def show(self, at: TrainingProgress) -> None:
        """Take in where the run stands."""
        line = (
            f"lesson {at.lesson}/{self.lessons}  accuracy {at.accuracy:6.1%}  loss {at.loss:7.4f}  "
            f"{at.per_second:4.0f}/s"
        )
        self.bar.update(self.task, completed=at.examples, description=line)
        if at.validated is not None:
            plain = f"{at.seconds:6.0f} s  {at.examples:>9,} examples  {line}  fresh {at.validated:.1%}"
            if self.live:
                self.bar.console.print(plain, highlight=False)
            else:
                say(plain)


class AnswerDisplay:
    """A live line with how many questions are answered, where answers go elsewhere than to the terminal."""

    def __init__(self, total: int | None, shown: bool) -> None:
        self.bar = Progress(
            TextColumn("answered"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed:,.0f}" + ("" if total is None else f"/{total:,}")),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.task = self.bar.add_task("", total=total)
        self.live = shown and self.bar.console.is_terminal and not sys.stdout.isatty()

    def __enter__(self) -> AnswerDisplay:
        if self.live:
            self.bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self.live:
            self.bar.stop()

    def show(self, answered: int) -> None:
        """Take in how many are answered."""
        self.bar.update(self.task, completed=answered)


class StopRequest:
    """Turns the first Ctrl-C, or a scheduler's SIGTERM, into a wish to stop at the next good moment.

    An interruption at any other moment could leave weights half updated. A second Ctrl-C interrupts at once.
    """

    def __init__(self) -> None:
        self._wished = False

    def __enter__(self) -> StopRequest:
        self._before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        for number in self._before:
            signal.signal(number, self._wish)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def requested(self) -> bool:
        """Whether a stop was asked for."""
        return self._wished

    def _wish(self, number: int, frame: FrameType | None) -> None:
        if self._wished:
            raise KeyboardInterrupt
        self._wished = True
        say("stopping after this batch; once more to stop at once, back to the last validation")
