"""Synthetic metro maps: lines that cross at interchanges and run both ways. Every name is invented.

Stations are points in the unit square. Each new line passes through a station of an earlier line and keeps
roughly to one heading, from station to near station. Busy stations attract more lines, so most stations have
one line and a few have many, as in real networks. Some lines are loops.

Unusual: a relation is a line *and* a direction ("Amber northbound"). So each relation leaves a station at
most once, and every triple has its opposite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graphdnc.graph import Graph
from graphdnc.utils.rng import pick

TRIPLES_PER_STATION = (1.8, 3.6)
"""Triples planned for each station, as a range: few in whole networks, many in city centres."""
SHARED_TRACK = 3.0
"""Factor on the cost of a way for each line that already runs there, so that lines rarely run in parallel."""
LOOP_SHARE = 0.1
"""Share of the lines planned as loops, of those that are long enough."""
CONE = 0.4
"""Least cosine of the angle between the heading of a line and the way to its next station."""

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
    """The ways between stations: arrays ``[stations, stations]``, from row to column.

    Attributes:
        cost: the distance, increased where a line already runs; changes with each new line.
        east, north: the unit vector of the way.
    """

    cost: NDArray[np.float64]
    east: NDArray[np.float64]
    north: NDArray[np.float64]


def transit_map(rng: np.random.Generator, triples: tuple[int, int]) -> Graph:
    """Draw a connected map with names and an even number of triples, ``triples[0]`` to ``triples[1]``.

    Raises:
        ValueError: the range contains no even number of at least 2.
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
    """Return lines with ``edges`` edges in total, each through a station of an earlier line."""
    typical = edges / max(1.0, rng.uniform(0.6, 1.6) * math.sqrt(edges))
    served = [int(rng.integers(len(town.cost)))]
    lines: list[list[int]] = []
    while edges:
        length = min(edges, 1 + int(rng.poisson(typical)))
        through = pick(rng, served)
        line = _line(rng, town, through, length)
        if len(line) > 1:
            lines.append(line)
            # An interchange is listed once for each of its lines, so it attracts more lines.
            served += line
            edges -= len(line) - 1
            town.cost[line[:-1], line[1:]] *= SHARED_TRACK
            town.cost[line[1:], line[:-1]] *= SHARED_TRACK
    return lines


def _line(rng: np.random.Generator, town: _Town, through: int, length: int) -> list[int]:
    """Return the stations of a line of at most ``length`` edges; a loop ends at its first station."""
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
    """Return ``line`` with up to ``edges`` more stations, each near the previous one and roughly ahead."""
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
    """Return the directions of a line: in the order of its stations, and back."""
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
    """Return ``count`` different invented names, most with two words."""
    stems = [root + ending for root in _ROOTS.split() for ending in _ENDINGS.split()]
    kinds = [*_KINDS, *(f" {number + 2}" for number in range(count // len(stems)))]
    drawn = rng.choice(len(stems) * len(kinds), size=count, replace=False).tolist()
    return tuple(stems[number % len(stems)] + kinds[number // len(stems)] for number in drawn)
