"""Tables of shares as figures: the darker a cell, the larger its share, which is written in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphdnc.pictures.figures import Format, new_figure, saved, style


def grid(
    title: str, rows: Sequence[str], columns: Sequence[str], shares: NDArray[np.float64], format: Format
) -> bytes:
    """Return a figure of shares ``[rows, columns]``, 0 to 1, as the bytes of a file.

    Raises:
        UsageError: matplotlib is not installed.
    """
    figure = new_figure(2.2 + 0.75 * len(columns), 1.5 + 0.32 * len(rows))
    with style():
        axes = figure.add_subplot()
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.2, aspect="auto")
        axes.set_yticks(range(len(rows)), rows)
        axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
        axes.tick_params(length=0)
        for (row, column), value in np.ndenumerate(shares):
            if value >= 0.005:
                colour = "white" if value > 0.6 else "#1b2230"
                axes.text(column, row, f"{value:.0%}", ha="center", va="center", fontsize=8, color=colour)
        axes.set_title(title, weight="bold", loc="left")
    return saved(figure, format)
