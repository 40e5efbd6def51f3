"""What a person sees while work goes on: messages on stderr, and a live line only on a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from graphdnc.utils.progress import ProgressBar

if TYPE_CHECKING:
    from graphdnc.training.metrics import Progress


def say(text: str) -> None:
    """Write a line to stderr, where it does not mix with data."""
    print(text, file=sys.stderr, flush=True)


class TrainingDisplay:
    """A live line with lesson, accuracy, loss, speed and time left; a permanent line at each validation."""

    def __init__(self, examples: int, lessons: int) -> None:
        self._lessons = lessons
        self._bar = ProgressBar("starting", examples)

    def __enter__(self) -> TrainingDisplay:
        self._bar.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._bar.__exit__(kind, error, trace)

    def show(self, at: Progress) -> None:
        """Show where the run is."""
        line = (
            f"lesson {at.lesson}/{self._lessons}  accuracy {at.accuracy:6.1%}  loss {at.loss:7.4f}  "
            f"{at.per_second:4.0f}/s"
        )
        self._bar.show(at.examples, line)
        if at.validated is not None:
            self._bar.print(
                f"{at.seconds:6.0f} s  {at.examples:>9,} examples  {line}  fresh {at.validated:.1%}"
            )
