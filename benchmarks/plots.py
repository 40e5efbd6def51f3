"""Line charts as SVG: a few panels side by side, the horizontal axis logarithmic."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 30, 44
COLOURS = ("#1b6ca8", "#c8553d", "#4a7c3a", "#8a5a9e", "#b8860b", "#555555")
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """One chart.

    Attributes:
        title: what is shown.
        lines: points by name.
        span: lowest and highest value; ``None`` takes a logarithmic axis as far as the points go.
        dashed: the first so many lines are dashed.
    """

    title: str
    lines: dict[str, Points]
    span: tuple[float, float] | None
    dashed: int = 0


def drawn(panels: list[Panel], axis: str, columns: int = 2) -> str:
    """Return charts, ``columns`` side by side, as one SVG."""
    rows = -(-len(panels) // columns)
    legend = 18 * max(len(panel.lines) for panel in panels)
    height = HEIGHT + legend
    size = f'width="{WIDTH * columns}" height="{height * rows}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for number, panel in enumerate(panels):
        place = (number % columns * WIDTH, number // columns * height)
        parts += [f'<g transform="translate({place[0]},{place[1]})">', *_panel(panel, axis), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, axis: str) -> list[str]:
    points = [point for line in panel.lines.values() for point in line]
    low, high = _decades([x for x, _ in points])
    across = _scale(low, high, LEFT, WIDTH - RIGHT)
    if panel.span is None:
        bottom, top = _decades([y for _, y in points])
        ticks = [(10.0**power, f"{10.0**power:g}") for power in range(bottom, top + 1)]
        scale = _scale(bottom, top, HEIGHT - BOTTOM, TOP)
        up = lambda value: scale(math.log10(value))  # noqa: E731
    else:
        up = _scale(*panel.span, HEIGHT - BOTTOM, TOP)
        least, most = panel.span
        ticks = [
            (least + (most - least) * part / 5, f"{(least + (most - least) * part / 5):.0%}")
            for part in range(6)
        ]
    parts = [
        _text(WIDTH / 2, 18, panel.title, "middle", bold=True),
        _text(WIDTH / 2, HEIGHT - 8, axis, "middle"),
    ]
    for power in range(low, high + 1):
        x = across(power)
        parts += [
            _line(x, TOP, x, HEIGHT - BOTTOM),
            _text(x, HEIGHT - BOTTOM + 15, f"{10**power:,}", "middle"),
        ]
    for value, label in ticks:
        parts += [
            _line(LEFT, up(value), WIDTH - RIGHT, up(value)),
            _text(LEFT - 5, up(value) + 4, label, "end"),
        ]
    names = list(panel.lines)
    half = panel.dashed or len(names)
    for number, name in enumerate(names):
        style = f'stroke="{COLOURS[number % half % len(COLOURS)]}" fill="none" stroke-width="1.8"'
        style += ' stroke-dasharray="4 3"' if number < panel.dashed else ""
        places = [f"{across(math.log10(x)):.1f},{up(y):.1f}" for x, y in panel.lines[name]]
        y = HEIGHT + 12 + 18 * number
        parts += [
            f'<polyline points="{" ".join(places)}" {style}/>',
            f'<polyline points="{LEFT},{y} {LEFT + 28},{y}" {style}/>',
            _text(LEFT + 34, y + 4, name, "start"),
        ]
    return parts


def _decades(values: list[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _scale(low: float, high: float, first: float, last: float) -> Callable[[float], float]:
    return lambda value: first + (value - low) / (high - low) * (last - first)


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="#ddd"/>'


def _text(x: float, y: float, text: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'
