"""The paper's figure of allocation: what is written and read where, and the gates, over time.

After Graves et al. 2016, Extended Data Fig. 1. Columns are steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphdnc.pictures.figures import Format, new_figure, saved, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from graphdnc.model.recording import Recording


def allocation(title: str, recording: Recording, wanted: NDArray[np.bool_], format: Format) -> bytes:
    """Return the figure of an episode; ``wanted`` ``[T]`` are the steps in which something is said.

    Raises:
        UsageError: matplotlib is not installed.
    """
    steps, rows = recording.usage.shape
    figure = new_figure(max(6.0, 1.6 + 0.085 * steps), 2.6 + 0.5 * rows)
    weightings = (
        ("written", recording.write_weights.max(1), "Oranges"),
        ("read", recording.read_weights.max(1), "Blues"),
        ("usage", recording.usage, "Greens"),
    )
    gates = {
        "allocation gate": (recording.allocation_gates.mean(1), "C1", "-"),
        "write gate": (recording.write_gates.mean(1), "C3", ":"),
        "free gate": (recording.free_gates.mean(1), "C0", "--"),
    }
    with style():
        parts: list[Axes] = list(figure.subplots(4, 1, sharex=True))
        for axes, (name, weights, colours) in zip(parts, weightings, strict=False):
            axes.imshow(weights.T, cmap=colours, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
            axes.set_ylabel(f"{name}\nrow")
            axes.set_yticks(range(0, rows, max(1, rows // 5)))
        for name, (values, colour, dash) in gates.items():
            parts[3].plot(values, dash, color=colour, label=name, linewidth=1.2)
        parts[3].set_ylim(-0.05, 1.05)
        parts[3].legend(loc="upper center", bbox_to_anchor=(0.5, -0.35), ncols=3, frameon=False)
        parts[3].set_xlabel("step; grey: a vector is said")
        _shade(parts[3], wanted)
        for place in np.flatnonzero(np.diff(wanted.astype(int))):
            for axes in parts:
                axes.axvline(place + 0.5, color="#999", linewidth=0.5)
        parts[0].set_title(title, weight="bold", loc="left")
    return saved(figure, format)


def _shade(axes: Axes, wanted: NDArray[np.bool_]) -> None:
    changes = np.flatnonzero(np.diff(np.concatenate([[0], wanted.astype(int), [0]])))
    for first, end in changes.reshape(-1, 2).tolist():
        axes.axvspan(first - 0.5, end - 0.5, color="#ddd", linewidth=0)
