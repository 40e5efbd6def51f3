"""The answer on its graph, as one picture: a map with the way, or a family tree."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.pictures.figures import Format, new_figure, saved, style
from graphdnc.pictures.scene import Edge, Hop, Scene, lead, scene_of, sides
from graphdnc.readers.notes import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONGEST, _LEAST = (8.0, 13.0), 4.5
"""The least and the greatest length of the longer side of a picture, and the least of the other, in inches.
"""
_NAMED = 60
"""The names of all nodes are written if there are so many at most; otherwise those of the answer."""
_GAP = 3.0
"""The distance of the middles of two lines that lie side by side, in points."""
_INK, _SOFT, _GLOW = "#1b2230", "#667085", "#ffd23f"


def route(checked: CheckedAnswer, format: Format, look: Look | None = None) -> bytes:
    """Return a picture of an answer as the bytes of a file.

    Raises:
        UsageError: matplotlib is not installed.
    """
    scene = scene_of(checked, look)
    spread = np.ptp(scene.positions, axis=0) + 2
    if scene.kind == "family":
        spread *= [1.15, 0.9]
    longest = np.clip(spread.max(), *_LONGEST)
    width, height = np.maximum(spread * longest / spread.max(), _LEAST)
    figure = new_figure(width, height)
    with style():
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_aspect("equal" if scene.kind != "family" else "auto")
        axes.invert_yaxis()
        axes.margins(0.06)
        beside = dict(zip(scene.edges, sides(scene.edges), strict=True)) if scene.kind != "family" else {}
        gap = _GAP / 72 * spread.max() / longest
        shifts = {edge[:3]: _shift(scene, edge, side * gap) for edge, side in beside.items()}
        for edge in scene.edges:
            _line(axes, scene, edge, shifts.get(edge[:3], (0.0, 0.0)))
        for way in scene.ways:
            for number, hop in enumerate(way, start=1):
                back = hop.target, hop.source, hop.line
                _hop(axes, scene, hop, number, shifts.get(hop[:3]) or shifts.get(back, (0.0, 0.0)))
        _nodes(axes, scene)
        axes.set_title(_title(checked, int(11 * width)), loc="left", weight="bold")
        _legend(axes, scene, int(width / 1.7))
        if scene.kind != "family":
            _names(axes, scene)
    return saved(figure, format)


def _title(checked: CheckedAnswer, letters: int) -> str:
    """Return the question and the answer, in lines of so many letters."""
    found = f"{lead(checked)} {', '.join(checked.ends)}".strip()
    return "\n".join([*textwrap.wrap(checked.text, letters), *textwrap.wrap(found, letters)[:4]])


def _shift(scene: Scene, edge: Edge, away: float) -> tuple[float, float]:
    """Return how an edge is moved aside, so that edges between the same two nodes lie side by side."""
    one, other = scene.positions[sorted(edge[:2])]
    along = (other - one) / (np.hypot(*(other - one)) or 1.0)
    return float(-along[1] * away), float(along[0] * away)


def _line(axes: Axes, scene: Scene, edge: Edge, shift: tuple[float, float]) -> None:
    source, target, line, _ = edge
    own = scene.lines[line]
    dash = (0, tuple(float(part) / 3 for part in own.dash.split())) if own.dash else "-"
    x, y = (scene.positions[[source, target]] + shift).T
    if scene.kind == "family" and line == 0:
        x, y = [x[0], x[0], x[1], x[1]], [y[0], y[1] - 0.4, y[1] - 0.4, y[1]]
    alpha = 0.45 if scene.ways else 0.9
    axes.plot(x, y, color=own.colour, linestyle=dash, linewidth=2.2, alpha=alpha, zorder=1)


def _hop(axes: Axes, scene: Scene, hop: Hop, number: int, shift: tuple[float, float]) -> None:
    x, y = (scene.positions[[hop.source, hop.target]] + shift).T
    if scene.kind == "family" and y[0] == y[1]:  # over the heads of those between
        part = np.linspace(0, 1, 25)
        x, y = x[0] + (x[1] - x[0]) * part, y[0] - 1.6 * part * (1 - part)
    for colour, width in ((_GLOW, 9), (_INK, 5.5), (scene.lines[hop.line].colour, 3.2)):
        axes.plot(x, y, color=colour, linewidth=width, solid_capstyle="round", zorder=2)
    if scene.kind != "lines":
        text = f"{number}. {hop.relation}"
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
        axes.text(
            x.mean(),
            np.median(y) if len(y) == 2 else y.min(),
            text,
            fontsize=8,
            ha="center",
            va="center",
            bbox=box,
            zorder=5,
        )


def _nodes(axes: Axes, scene: Scene) -> None:
    on = _on(scene)
    if scene.kind == "family":
        for node, (name, place) in enumerate(zip(scene.names, scene.positions, strict=True)):
            end = node in scene.ends
            box = {
                "boxstyle": "round,pad=0.35,rounding_size=0.8",
                "facecolor": _INK if end else "white",
                "edgecolor": _INK if node in on else "#c9c4b8",
                "linewidth": 1.6 if node in on else 1,
            }
            colour = "white" if end else _INK
            axes.text(
                place[0],
                place[1],
                name,
                color=colour,
                fontsize=8,
                ha="center",
                va="center",
                bbox=box,
                zorder=4,
            )
        return
    for node, place in enumerate(scene.positions):
        size = 46 if node in on else 16
        axes.scatter(
            place[0],
            place[1],
            s=size,
            color=_INK if node in scene.ends else "white",
            edgecolor=_INK,
            zorder=4,
        )


def _names(axes: Axes, scene: Scene) -> None:
    """Write names beside their nodes, those of the answer first, where no other name is."""
    from matplotlib.patheffects import withStroke

    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # only then it is known where nodes are on paper
    places = axes.transData.transform(scene.positions) * 72 / figure.get_dpi()  # in points
    on = _on(scene)
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in places]
    for node in sorted(range(len(scene.names)), key=lambda node: node not in on):
        if node not in on and len(scene.names) > _NAMED:
            continue
        size, name = (8.5 if node in on else 7.0), scene.names[node]
        wide, away = len(name) * size * (0.66 if node in on else 0.58), 6.0
        spots = ((away, -size / 2), (-away - wide, -size / 2), (-wide / 2, away), (-wide / 2, -away - size))
        x, y = places[node]
        boxes = [(x + dx, y + dy, x + dx + wide, y + dy + size) for dx, dy in spots]
        free = [
            spot for spot, box in zip(spots, boxes, strict=True) if not any(_meet(box, one) for one in taken)
        ]
        if not free and node not in scene.asked and node not in scene.ends:
            continue
        dx, dy = (free or spots)[0]
        taken.append((x + dx, y + dy, x + dx + wide, y + dy + size))
        axes.annotate(
            name,
            scene.positions[node],
            (dx, dy + 1.5),
            textcoords="offset points",
            fontsize=size,
            weight="bold" if node in on else "normal",
            color=_INK if node in on else _SOFT,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            zorder=5,
        )


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _on(scene: Scene) -> set[int]:
    """Return the nodes of the question and the answer."""
    return {*scene.asked, *scene.ends, *(node for way in scene.ways for hop in way for node in hop[:2])}


def _legend(axes: Axes, scene: Scene, columns: int) -> None:
    from matplotlib.lines import Line2D

    used = dict.fromkeys(edge.line for edge in scene.edges)
    if len(used) > 30:
        used = dict.fromkeys(hop.line for way in scene.ways for hop in way)
    handles = [
        Line2D([], [], color=scene.lines[line].colour, linewidth=3, label=scene.lines[line].name)
        for line in used
    ]
    if handles:
        axes.legend(
            handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=columns, frameon=False
        )
