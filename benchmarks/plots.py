"""Line charts in panels, as SVG. They need matplotlib: ``pip install graphdnc[plots]``."""

from __future__ import annotations

import io
from dataclasses import dataclass

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter, StrMethodFormatter

PANEL_SIZE = 5.0, 4.4
"""Width and height of a panel in inches, its legend included."""
STYLE = {
    "font.size": 9,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "graphdnc",  # the same numbers give the same file
}
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """One chart of points by name.

    ``shares`` are the lowest and highest share on a linear axis; without them the axis is logarithmic. The
    first ``dashed`` lines are dashed. The others repeat their colours.
    """

    title: str
    lines: dict[str, Points]
    shares: tuple[float, float] | None
    dashed: int = 0


def svg(panels: list[Panel], x_label: str, columns: int = 2) -> str:
    """Return charts over a logarithmic horizontal axis, ``columns`` side by side, as one SVG."""
    rows = -(-len(panels) // columns)
    width, height = PANEL_SIZE
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width * columns, height * rows), layout="constrained")
        for number, panel in enumerate(panels, start=1):
            _draw(figure.add_subplot(rows, columns, number), panel, x_label)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _draw(axes: Axes, panel: Panel, x_label: str) -> None:
    colours = panel.dashed or len(panel.lines)
    for number, (name, points) in enumerate(panel.lines.items()):
        style = "--" if number < panel.dashed else "-"
        axes.plot(*zip(*points, strict=True), style, color=f"C{number % colours}", label=name)
    axes.set_title(panel.title, weight="bold")
    axes.set_xlabel(x_label)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if panel.shares is None:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    else:
        low, high = panel.shares
        margin = 0.02 * (high - low)
        axes.set_ylim(low, high + margin)  # a line along the top stays visible
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.minorticks_off()
    axes.grid(color="#ddd")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, frameon=False)
