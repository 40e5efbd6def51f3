"""Accuracy by the length of the answer and by the size of the graph."""

from __future__ import annotations

from collections.abc import Iterable

from graphdnc.evaluation import Accuracy, Report, SequenceReport
from graphdnc.pictures.charts import Panel, chart
from graphdnc.pictures.figures import Format

_BINS = 8


def accuracy_by_size(found: Report, title: str, format: Format) -> bytes:
    """Return a figure of an evaluation as the bytes of a file; shades are 95% intervals.

    Raises:
        UsageError: matplotlib is not installed.
    """
    panels = []
    sizes = {"length": "steps of the answer", "triples": "triples in the graph", "rows": "rows of memory"}
    for part, label in sizes.items():
        counted = found.by(part)
        if counted:
            panels.append(panel(title, label, _binned(counted)))
    return chart(panels, format, columns=3)


def sequence_accuracy(found: SequenceReport, sizes: Iterable[str], title: str, format: Format) -> bytes:
    """Return a figure of an evaluation on sequences, a panel for each size that varied, as a file's bytes.

    Raises:
        UsageError: matplotlib is not installed.
    """
    counted = {size: found.by(size) for size in sizes}
    varied = {size: own for size, own in counted.items() if len(own) > 1} or counted
    return chart([panel(title, size, _binned(own)) for size, own in varied.items()], format)


def panel(title: str, label: str, counted: dict[float, Accuracy]) -> Panel:
    """Return a chart of accuracies by a size, with their 95% intervals."""
    lowest = min(0.9, *(right.interval[0] for right in counted.values()))
    points = [(size, right.share) for size, right in counted.items()]
    intervals = [right.interval for right in counted.values()]
    lines, name = {}, "whole answers right"
    lines[name] = points
    return Panel(title, lines, (lowest, 1), x_label=label, intervals={name: intervals}, logarithmic=False)


def _binned(counted: dict[int, Accuracy]) -> dict[float, Accuracy]:
    """Return accuracies by size, neighbouring sizes together so that there are few points.

    >>> _binned({1: Accuracy(1, 1), 2: Accuracy(0, 1)})
    {1.0: Accuracy(correct=1, episodes=1), 2.0: Accuracy(correct=0, episodes=1)}
    """
    sizes = sorted(counted)
    if len(sizes) <= _BINS:
        return {float(size): counted[size] for size in sizes}
    episodes = sum(right.episodes for right in counted.values())
    binned: dict[float, Accuracy] = {}
    together: list[int] = []
    for size in sizes:
        together.append(size)
        number = sum(counted[one].episodes for one in together)
        if number * _BINS >= episodes or size == sizes[-1]:
            middle = sum(one * counted[one].episodes for one in together) / number
            binned[middle] = Accuracy(sum(counted[one].correct for one in together), number)
            together = []
    return binned
