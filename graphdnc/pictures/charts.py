"""Line charts in panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphdnc.pictures.figures import Format, new_figure, saved, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL_SIZE = 5.0, 4.4
"""Width and height of a panel in inches, its legend included."""
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """One chart of points by name.

    Attributes:
        title: what stands above it.
        lines: the points of each line.
        shares: the lowest and highest share on a linear axis; without them the axis is logarithmic.
        dashed: so many first lines are dashed; the others repeat their colours.
        x_label: what lies along the horizontal axis.
        marks: places along it that are marked by a vertical line, with a word.
        levels: heights that are marked by a horizontal line, with a word, such as figures of the paper.
        intervals: the lowest and highest value at each point, for each line that has them.
        logarithmic: whether the horizontal axis is logarithmic.
    """

    title: str
    lines: Mapping[str, Points]
    shares: tuple[float, float] | None
    dashed: int = 0
    x_label: str = ""
    marks: Sequence[tuple[float, str]] = ()
    levels: Sequence[tuple[float, str]] = ()
    intervals: Mapping[str, Points] = field(default_factory=dict)
    logarithmic: bool = True


def chart(panels: Sequence[Panel], format: Format, columns: int = 2) -> bytes:
    """Return charts, ``columns`` side by side, as the bytes of a file.

    Raises:
        UsageError: matplotlib is not installed.
    """
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    width, height = PANEL_SIZE
    figure = new_figure(width * columns, height * rows)
    with style():
        for number, panel in enumerate(panels, start=1):
            _draw(figure.add_subplot(rows, columns, number), panel)
    return saved(figure, format)


def _draw(axes: Axes, panel: Panel) -> None:
    from matplotlib.ticker import StrMethodFormatter

    colours = panel.dashed or len(panel.lines)
    for number, (name, points) in enumerate(panel.lines.items()):
        dash = "--" if number < panel.dashed else "-"
        colour, marker = f"C{number % colours}", "." if len(points) < 30 else ""
        x, y = zip(*points, strict=True)
        axes.plot(x, y, dash, color=colour, label=name, marker=marker)
        if name in panel.intervals:
            low, high = zip(*panel.intervals[name], strict=True)
            axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.set_title(panel.title, weight="bold")
    axes.set_xlabel(panel.x_label)
    if panel.logarithmic:
        axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    _draw_heights(axes, panel)
    _draw_marks(axes, panel)
    axes.minorticks_off()
    axes.grid(color="#ddd")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, frameon=False)


def _draw_heights(axes: Axes, panel: Panel) -> None:
    from matplotlib.ticker import PercentFormatter, StrMethodFormatter

    if panel.shares is None:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        return
    low, high = panel.shares
    margin = 0.02 * (high - low)
    axes.set_ylim(low - margin * (low > 0), high + margin)  # a line along the top stays visible
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))


def _draw_marks(axes: Axes, panel: Panel) -> None:
    for place, word in panel.marks:
        axes.axvline(place, color="#bbb", linewidth=0.8, zorder=0)
        axes.text(place, 0.02, f" {word}", transform=axes.get_xaxis_transform(), fontsize=7, color="#777")
    for height, word in panel.levels:
        axes.axhline(height, color="#555", linewidth=0.9, linestyle=":")
        axes.text(
            0.01, height, word, transform=axes.get_yaxis_transform(), fontsize=7, color="#555", va="bottom"
        )
