"""What a person sees during long work: messages on stderr, and a live line if stderr is a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphdnc.training.metrics import Progress
    from graphdnc.utils.progress import ProgressBar


def say(text: str) -> None:
    """Write a line to stderr, where it does not mix with data."""
    print(text, file=sys.stderr, flush=True)


def show_training(bar: ProgressBar, lessons: int, at: Progress) -> None:
    """Show where a training run is; a validation leaves a permanent line above the bar."""
    lesson = f"lesson {at.lesson}/{lessons}  accuracy {at.accuracy:6.1%}"
    line = f"{lesson}  loss {at.loss:7.4f}  {at.per_second:4.0f}/s"
    bar.show(at.examples, line)
    if at.validated is not None:
        bar.print(f"{at.seconds:6.0f} s  {at.examples:>9,} examples  {line}  fresh {at.validated:.1%}")
