"""Synthetic metro maps: lines crossing at interchanges, run in both directions; every name is invented.

Stations are points in the unit square. A line keeps roughly to a heading, from one near station to the
next, through a station that already has trains; busy stations attract further lines, so that most
stations have one line and a few have many, as in real networks. Some lines are loops.

Unusual: a relation is a line *and* a direction ("Amber northbound"), so no relation leaves a station
twice and every triple has its opposite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graphdnc.graph import Graph

TRIPLES_PER_STATION = (1.8, 3.6)
"""What maps are planned for: whole networks are near the low end, city centres near the high one."""
SHARED_TRACK = 3.0
"""How many times longer a way seems that another line runs already: parallel lines are the exception."""
LOOP_SHARE = 0.1
"""How many of the lines long enough for it are planned as loops."""
CONE = 0.4
"""Least cosine of the angle between a line's heading and the way to its next station."""

_LINES = (
    "Amber Crimson Indigo Olive Scarlet Teal Violet Copper Ivory Cobalt Russet Saffron Emerald Silver "
    "Coral Lilac Ochre Sable Harbour Orchard Meadow Foundry Lantern Granary Summit Heron Falcon Otter "
    "Lynx Juniper Rowan Willow Alder Hazel Comet Meridian Aurora Solstice"
)
_ROOTS = (
    "Alver Bryn Calder Dorn Elm Fenn Garrow Hollin Ister Jarrow Kelder Lorn Marl Nettle Orrin Pell Quern "
    "Rusk Sorrel Tamber Ulver Varn Wether Yarrow Zell Cressing Dapple Ember Fallow Gorse Hythe Larch"
)
_ENDINGS = "mere holt wick stead combe shaw thorpe brook haven gate croft dale"
_KINDS = ("", " Cross", " Quay", " Gardens", " Market", " Junction", " Fields", " Row")


@dataclass(frozen=True)
class _Town:
    """Where stations may be: ``[stations, stations]`` arrays from row to column.

    Attributes:
        cost: the distance, longer where a line runs already; changes as lines are laid.
        east, north: the unit vector of the way.
    """

    cost: NDArray[np.float64]
    east: NDArray[np.float64]
    north: NDArray[np.float64]


def transit_map(rng: np.random.Generator, triples: tuple[int, int]) -> Graph:
    """Draw a connected map with names; its number of triples is even and within ``triples`` inclusive.

    Raises:
        ValueError: the range holds no even number from 2 up.
    """
    low, high = max(1, (triples[0] + 1) // 2), triples[1] // 2
    if low > high:
        raise ValueError(f"no map has from {triples[0]} to {triples[1]} triples: they come in pairs")
    edges = int(rng.integers(low, high + 1))
    town = _town(rng, max(2, round(2 * edges / rng.uniform(*TRIPLES_PER_STATION))))
    lines = _lines(rng, town, edges)
    numbers = {site: number for number, site in enumerate(dict.fromkeys(s for line in lines for s in line))}
    rows = [
        row
        for index, line in enumerate(lines)
        for here, there in pairwise(numbers[site] for site in line)
        for row in ((here, 2 * index, there), (there, 2 * index + 1, here))
    ]
    relations = _relation_names(rng, town, lines)
    array = np.array(rows, dtype=np.int32)
    return Graph(array, len(numbers), len(relations), _station_names(rng, len(numbers)), relations)


def _town(rng: np.random.Generator, stations: int) -> _Town:
    x, y = rng.random((2, stations))
    east, north = x - x[:, None], y - y[:, None]
    distance = np.hypot(east, north)
    np.fill_diagonal(distance, np.inf)
    return _Town(distance, east / distance, north / distance)


def _lines(rng: np.random.Generator, town: _Town, edges: int) -> list[list[int]]:
    """Lay lines with ``edges`` edges in all, each through a station of an earlier one."""
    typical = edges / max(1.0, rng.uniform(0.6, 1.6) * math.sqrt(edges))
    served = [int(rng.integers(len(town.cost)))]
    lines: list[list[int]] = []
    while edges:
        length = min(edges, 1 + int(rng.poisson(typical)))
        through = served[int(rng.integers(len(served)))]
        line = _line(rng, town, through, length)
        if len(line) > 1:
            lines.append(line)
            # A station is listed once for each line, which makes interchanges attract more.
            served += line
            edges -= len(line) - 1
            town.cost[line[:-1], line[1:]] *= SHARED_TRACK
            town.cost[line[1:], line[:-1]] *= SHARED_TRACK
    return lines


def _line(rng: np.random.Generator, town: _Town, through: int, length: int) -> list[int]:
    """Return the stations of a line of at most ``length`` edges; a loop ends where it began."""
    heading = rng.uniform(0, 2 * math.pi)
    if length > 3 and rng.random() < LOOP_SHARE:
        turn = rng.choice((-1, 1)) * 2 * math.pi / length
        line = _extend(rng, town, [through], heading, length - 1, turn)
        return [*line, through] if len(line) > 3 else line
    ahead = int(rng.integers(length + 1))
    line = _extend(rng, town, [through], heading, ahead)
    return _extend(rng, town, line[::-1], heading + math.pi, length + 1 - len(line))


def _extend(
    rng: np.random.Generator, town: _Town, line: list[int], heading: float, edges: int, turn: float = 0.0
) -> list[int]:
    """Return ``line`` with up to ``edges`` more stations, each near the last and roughly ahead of it."""
    line = list(line)
    for drift in rng.normal(turn, 0.25, edges).tolist():
        last = line[-1]
        ahead = town.east[last] * math.cos(heading) + town.north[last] * math.sin(heading)
        cost = np.where(ahead > CONE, town.cost[last], np.inf)
        cost[line] = np.inf
        nearest = int(cost.argmin())
        if cost[nearest] == np.inf:
            break
        line.append(nearest)
        heading += drift
    return line


def _relation_names(rng: np.random.Generator, town: _Town, lines: list[list[int]]) -> tuple[str, ...]:
    words = rng.permutation(_LINES.split()).tolist()
    names: list[str] = []
    for index, line in enumerate(lines):
        again, word = divmod(index, len(words))
        name = words[word] + (f" {again + 1}" if again else "")
        names += [f"{name} {direction}" for direction in _directions(town, line)]
    return tuple(names)


def _directions(town: _Town, line: list[int]) -> tuple[str, str]:
    """Return the words for running along a line as listed, and back."""
    first, last = line[0], line[-1]
    if first == last:
        turned = sum(
            town.east[a, b] * town.north[b, c] - town.north[a, b] * town.east[b, c]
            for (a, b), (_, c) in pairwise(pairwise(line))
        )
        pair = ("anticlockwise", "clockwise")
        return pair if turned > 0 else pair[::-1]
    east, north = town.east[first, last], town.north[first, last]
    pair = ("eastbound", "westbound") if abs(east) > abs(north) else ("northbound", "southbound")
    return pair if (east if abs(east) > abs(north) else north) > 0 else pair[::-1]


def _station_names(rng: np.random.Generator, count: int) -> tuple[str, ...]:
    """Return ``count`` different invented names, most of two words."""
    stems = [root + ending for root in _ROOTS.split() for ending in _ENDINGS.split()]
    kinds = [*_KINDS, *(f" {number + 2}" for number in range(count // len(stems)))]
    drawn = rng.choice(len(stems) * len(kinds), size=count, replace=False).tolist()
    return tuple(stems[number % len(stems)] + kinds[number // len(stems)] for number in drawn)
