"""The paper's figure of the memory at work: write and read weightings over time, with what the rows hold.

After Graves et al. 2016, figure 3. Rows of the figure are rows of memory, in the order in which they are
first written or read after the description; columns are steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphdnc.answering.trace import LEAST_WEIGHT, Trace
from graphdnc.errors import UsageError
from graphdnc.pictures.figures import Format, new_figure, saved, style
from graphdnc.tasks.reading import Named, Read

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_STEPS, MOST_ROWS = 120, 90
"""Of a longer trace, the last steps are drawn; of more rows, the first."""
_COLOURS = ("Oranges", "Blues", "RdPu", "Greens", "Purples", "BuGn")
"""Colour maps: the first is for writes, the others are for read heads."""


def weightings(trace: Trace, format: Format) -> bytes:
    """Return the figure as the bytes of a file.

    Raises:
        UsageError: matplotlib is not installed, or there are no steps.
    """
    if not trace.asked:
        raise UsageError("there are no steps after the description, so there is nothing to draw")
    first = max(trace.described, len(trace.steps) - MOST_STEPS)
    holds = _holds(trace, first)
    rows = list(holds)[:MOST_ROWS]
    heads = 1 + trace.recording.read_weights.shape[1]
    steps = len(trace.steps) - first
    height = 1.4 + 0.17 * len(rows)
    figure = new_figure(4.2 + heads * max(1.6, 0.11 * steps), height)
    weights = [trace.recording.write_weights[first:, 0]]
    weights += list(trace.recording.read_weights[first:].swapaxes(0, 1))
    with style():
        parts = figure.subplots(1, heads, sharey=True, squeeze=False)[0]
        for number, (axes, own) in enumerate(zip(parts, weights, strict=True)):
            _draw(axes, own[:, rows].T, number, trace, first)
        parts[0].set_yticks(range(len(rows)), [f"{row}  {holds[row]}" for row in rows], fontsize=6.5)
        figure.supxlabel(f"steps {first + 1} to {len(trace.steps)}", fontsize=9)
    return saved(figure, format)


def _holds(trace: Trace, first: int) -> dict[int, str]:
    """Return the rows that are written or read from a step on, and what each holds."""
    found: dict[int, str] = {}
    for number, step in enumerate(trace.steps[first:], start=first + 1):
        for head in (*step.seen.writes, *step.seen.reads):
            if head is not None and head.weight >= 2 * LEAST_WEIGHT:
                held = step.heard if not isinstance(head, Read) else head.holds
                found.setdefault(head.row, _text(held) or f"what step {number} wrote")
    return found


def _text(triple: Named) -> str:
    if triple == (None, None, None):
        return ""
    return ", ".join("-" if part is None else part for part in triple)


def _draw(axes: Axes, weights: np.ndarray, number: int, trace: Trace, first: int) -> None:
    axes.imshow(weights, cmap=_COLOURS[number % len(_COLOURS)], vmin=0, vmax=1, aspect="auto")
    axes.set_title("written" if not number else f"read by head {number}", fontsize=9)
    axes.tick_params(length=0)
    axes.set_xticks([])
    axes.set_yticks(np.arange(len(weights)))
    phases = [step.phase for step in trace.steps[first:]]
    begin = 0
    for at, phase in enumerate([*phases[1:], ""], start=1):
        if phase == phases[begin]:
            continue
        if begin:
            axes.axvline(begin - 0.5, color="#999", linewidth=0.6)
        if at - begin >= 0.12 * len(phases):
            place = (begin + at - 1) / 2
            axes.annotate(
                phases[begin],
                (place, -0.01),
                xycoords=("data", "axes fraction"),
                ha="center",
                va="top",
                fontsize=7,
            )
        begin = at
