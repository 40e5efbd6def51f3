"""What every analysis gives: a table and a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from graphdnc.datasets.evaluation_sets import on_new_graphs
from graphdnc.datasets.questions.table import QUESTIONS
from graphdnc.networks.checkpoint import Checkpoint
from graphdnc.pictures.figures import Format
from graphdnc.questions import Example

Row = tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """The result of an analysis.

    Attributes:
        columns: the titles of the columns.
        rows: the table.
        draw: returns the figure as the bytes of a file.
    """

    columns: Row
    rows: list[Row]
    draw: Callable[[Format], bytes]


def fresh_examples(checkpoint: Checkpoint, count: int, seed: int) -> Iterator[Example]:
    """Yield questions about graphs that are drawn anew, of the last lesson of the network's task."""
    generator = next(iter(QUESTIONS[checkpoint.task.name].curricula))
    asked = on_new_graphs(checkpoint.task.name, generator, "final", None, None, seed)
    return islice(asked.examples, count)


def share(value: float) -> str:
    """Return a share as a percentage."""
    return f"{value:.2%}"


def interval(ends: tuple[float, float]) -> str:
    """Return the ends of an interval as percentages."""
    return f"{ends[0]:.2%} to {ends[1]:.2%}"
