"""What the benchmarks share: options, calls that take turns, Markdown tables, accuracies with intervals."""

from __future__ import annotations

import argparse
import csv
import gc
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from graphdnc.evaluation import Accuracy


def parser(description: str | None, **numbers: int) -> argparse.ArgumentParser:
    """Return a parser that shows a module's docstring as it is, with an option for each number."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser


def in_turns(works: Sequence[Callable[[], object]], rounds: int) -> list[list[float]]:
    """Return the seconds ``[work][round]`` of each call. Every other round runs in the reverse order."""
    seconds: list[list[float]] = [[] for _ in works]
    order = list(zip(works, seconds, strict=True))
    for number in range(-1, rounds):  # the first round is not counted
        for work, spent in order if number % 2 else reversed(order):
            gc.collect()
            started = time.perf_counter()
            work()
            if number >= 0:
                spent.append(time.perf_counter() - started)
    return seconds


def line(*cells: object) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def heading(*columns: str) -> str:
    """Return the first two lines of a table."""
    return f"{line(*columns)}\n{'|---' * len(columns)}|"


def row(*cells: object) -> None:
    """Print a row of a table."""
    say(line(*cells))


def say(text: str) -> None:
    """Print at once, because the next line may take minutes."""
    print(text, flush=True)


def interval(found: Accuracy, digits: int = 1) -> str:
    """Return the 95% interval of an accuracy, for example ``98.9% to 100.0%``."""
    low, high = found.interval
    return f"{low:.{digits}%} to {high:.{digits}%}"


def with_interval(found: Accuracy, digits: int = 1) -> str:
    """Return an accuracy with its 95% interval, for example ``99.8% (98.9% to 100.0%)``."""
    return f"{found.share:.{digits}%} ({interval(found, digits)})"


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a file of rows below the names of their columns."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
