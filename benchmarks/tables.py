"""What the benchmarks share: Markdown tables, accuracies with their intervals, and how options are read."""

from __future__ import annotations

import argparse

from graphdnc.evaluation import Accuracy


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of options that shows a module's docstring as it is."""
    return argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)


def line(*cells: object) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def heading(*columns: str) -> str:
    """Return the first two lines of a table."""
    return f"{line(*columns)}\n{'|---' * len(columns)}|"


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
