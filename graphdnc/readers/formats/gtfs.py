"""GTFS, the feeds of public transport: who leads from a stop to the next stop, on which line, which way.

A triple is (stop, line and direction, next stop of some trip). Platforms are one with their station, and so
are stops of one name that lie near each other, as on both sides of a street. A line's direction is called by
where most of its trips go: "12 towards Oxford Circus". Times, days and transfers are not used.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.readers.archive import Bundle
from graphdnc.readers.build_graph import Edge, Notes, clean, told_apart
from graphdnc.readers.formats.edge_list import Columns
from graphdnc.readers.source import Place, shown

# What stands on the front of a vehicle may begin so; the name of a direction always has it.
_TOWARDS = re.compile(r"^(?:to|towards)\s+(?=\S)", re.IGNORECASE)


NEAR = 500
"""Metres: stops of one name that are no further from the first of them are one."""
_MOST_OF_A_NAME = 1000
_METRES_A_DEGREE = 111_195  # of latitude


class _Stop(NamedTuple):
    """A stop: its line in the file, its name, the id of its station and where it lies, as they are there."""

    line: int
    name: str
    parent: str
    latitude: str
    longitude: str

    @property
    def place(self) -> tuple[float, float] | None:
        """Degrees of latitude and longitude; ``None`` where not said."""
        try:
            north, east = float(self.latitude), float(self.longitude)
        except ValueError:
            return None
        if not (abs(north) <= 90 and abs(east) <= 180 and (north or east)):  # 0, 0 is said for "unknown"
            return None
        return north, east


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far two places are apart; right where they are near each other."""
    shrunk = math.cos(math.radians((one[0] + other[0]) / 2))
    return _METRES_A_DEGREE * math.hypot(one[0] - other[0], (one[1] - other[1]) * shrunk)


class _Trip(NamedTuple):
    """A trip: the line it is on, its direction and what stands on the front; empty where not said."""

    line: str
    direction: str
    headsign: str


@dataclass
class _Stops:
    """The stop times of all trips by number, ordered by trip and sequence, and their lines in the file."""

    trips: NDArray[np.int32]
    stations: NDArray[np.int32]
    lines: NDArray[np.int32]


def read(bundle: Bundle, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield an edge for each two stops that follow each other on a line.

    Raises:
        GraphFileError: a file of the feed is missing, damaged, or names what is nowhere.
    """
    stations, names = _stations(bundle, notes)
    trips = _trips(bundle, _line_names(bundle))
    stops = _stop_times(bundle, list(trips), stations, notes)
    called = list(told_apart(bundle.place, names).values())
    directions = _directions(bundle.place, list(trips.values()), stops, called)
    relation = np.array([number for number, _ in directions], np.int32)[stops.trips]
    relations = {number: name for number, name in directions}
    follows = (stops.trips[1:] == stops.trips[:-1]) & (stops.stations[1:] != stops.stations[:-1])
    table = np.stack([stops.stations[:-1], relation[:-1], stops.stations[1:], stops.lines[1:]], axis=1)[
        follows
    ]
    _, first = np.unique(table[:, :3], axis=0, return_index=True)
    for source, number, target, line in table[np.sort(first)].tolist():
        yield Edge(line, called[source], relations[number], called[target])


def _stations(bundle: Bundle, notes: Notes) -> tuple[dict[str, int], dict[str, str]]:
    """Return the number of the station of each stop, and the names of stations by id, in that order."""
    table = bundle.table("stops.txt", short=True)
    stops: dict[str, _Stop] = {}
    optional = ("stop_name", "parent_station", "stop_lat", "stop_lon")
    for line, (key, *rest) in table.picked(("stop_id",), optional):
        _new(table.place, key, "stop", stops, line)
        stops[key] = _Stop(line, *rest)
    for stop in list(stops.values()):
        if stop.parent and stop.parent not in stops:  # a part of a feed, cut out by a program
            notes.add(
                "the parent station is not in the file; called by the first stop that names it", stop.line
            )
            stops[stop.parent] = stop._replace(parent="")
    roots = {key: _root(table.place, stops, key) for key in stops}
    joined = _joined({root: stops[root] for root in dict.fromkeys(roots.values())}, notes)
    names = {root: stops[root].name for root in dict.fromkeys(joined.values())}
    numbers = {root: number for number, root in enumerate(names)}
    return {key: numbers[joined[root]] for key, root in roots.items()}, names


def _joined(stations: dict[str, _Stop], notes: Notes) -> dict[str, str]:
    """Return for each station the first of its name that it is near to, or itself."""
    same: dict[str, list[str]] = {}
    for key, station in stations.items():
        same.setdefault(clean(station.name), []).append(key)
    joined = {key: key for key in stations}
    for name, keys in same.items():
        firsts: list[tuple[str, tuple[float, float]]] = []
        # a feed of thousands of stops of one name does not tell places by names
        for key in keys if name and 1 < len(keys) <= _MOST_OF_A_NAME else ():
            place = stations[key].place
            if place is None:
                continue
            near = next((first for first, at in firsts if _metres(at, place) <= NEAR), None)
            if near is None:
                firsts.append((key, place))
            else:
                joined[key] = near
                notes.add(f"a stop within {NEAR} m of another of its name; they are one", stations[key].line)
    return joined


def _root(place: Place, stops: dict[str, _Stop], key: str) -> str:
    passed = []
    while stops[key].parent:
        line, parent = stops[key].line, stops[key].parent
        passed.append(key)
        if parent in passed:
            place.wrong(f"the stop {shown(parent)} is its own parent station; delete one parent", line)
        key = parent
    return key


def _new(place: Place, key: str, kind: str, there: Container[str], line: int) -> None:
    if not key:
        place.wrong(f"a {kind} without an id; give it one", line)
    if key in there:
        place.wrong(f"the {kind} {shown(key)} is there twice; give each its own id", line)


def _line_names(bundle: Bundle) -> dict[str, str]:
    """Return the name of each route; routes of one name, agency and type are one line."""
    table = bundle.table("routes.txt", short=True)
    optional = ("route_short_name", "route_long_name", "agency_id", "route_type")
    routes: dict[str, tuple[str, ...]] = {}
    for line, (key, short, long, *kind) in table.picked(("route_id",), optional):
        _new(table.place, key, "route", routes, line)
        routes[key] = (short or long or key, *kind)
    first = {line: key for key, line in reversed(routes.items())}
    names = told_apart(table.place, {key: line[0] for line, key in first.items()})
    return {key: names[first[line]] for key, line in routes.items()}


def _trips(bundle: Bundle, lines: dict[str, str]) -> dict[str, _Trip]:
    table = bundle.table("trips.txt", short=True)
    trips: dict[str, _Trip] = {}
    for line, (key, route, headsign, direction) in table.picked(
        ("trip_id", "route_id"), ("trip_headsign", "direction_id")
    ):
        _new(table.place, key, "trip", trips, line)
        if route not in lines:
            table.place.wrong(f"the route {shown(route)} is not in routes.txt; add it", line)
        trips[key] = _Trip(lines[route], direction, _TOWARDS.sub("", headsign))
    return trips


def _stop_times(bundle: Bundle, trips: list[str], stations: dict[str, int], notes: Notes) -> _Stops:
    table = bundle.table("stop_times.txt", short=True)
    place, numbers = table.place, {key: number for number, key in enumerate(trips)}
    found = array("i"), array("i"), array("i"), array("i")
    for line, (trip, stop, sequence) in table.picked(("trip_id", "stop_id", "stop_sequence")):
        if trip not in numbers:
            place.wrong(f"the trip {shown(trip)} is not in trips.txt; add it", line)
        if not stop:
            notes.add("a stop time without a stop, as of a vehicle that is called; left out", line)
            continue
        if stop not in stations:
            place.wrong(f"the stop {shown(stop)} is not in stops.txt; add it", line)
        if not (sequence.isascii() and sequence.isdigit() and len(sequence) < 10):
            place.wrong(f"the stop_sequence is {shown(sequence)}; it must be a number from 0", line)
        for column, value in zip(found, (numbers[trip], int(sequence), stations[stop], line), strict=True):
            column.append(value)
    return _ordered(place, [np.array(column, np.int32) for column in found], trips)


def _ordered(place: Place, columns: list[NDArray[np.int32]], trips: list[str]) -> _Stops:
    order = np.lexsort((columns[1], columns[0]))
    trip, sequence, station, line = (column[order] for column in columns)
    twice = np.flatnonzero((trip[1:] == trip[:-1]) & (sequence[1:] == sequence[:-1]))
    if twice.size:
        at = int(twice[0]) + 1
        which = f"the trip {shown(trips[trip[at]])} has two stops of stop_sequence {sequence[at]}"
        place.wrong(f"{which}; number them in order", int(line[at]))
    return _Stops(trip, station, line)


def _directions(place: Place, trips: list[_Trip], stops: _Stops, called: list[str]) -> list[tuple[int, str]]:
    """Return the number and the name of the line and direction of each trip."""
    last = np.flatnonzero(np.diff(stops.trips, append=-1))
    ends = {int(stops.trips[at]): called[stops.stations[at]] for at in last}
    goals: dict[tuple[str, str], Counter[str]] = {}
    keys = []
    for number, trip in enumerate(trips):
        goal = trip.headsign or ends.get(number, "")
        keys.append((trip.line, f"direction {trip.direction}" if trip.direction else goal))
        goals.setdefault(keys[-1], Counter())[goal] += 1
    names = {
        f"{line}, {way}": f"{line} towards {goal[0][0]}" if (goal := count.most_common(1))[0][0] else line
        for (line, way), count in goals.items()
    }
    apart = told_apart(place, names)
    numbers = {key: number for number, key in enumerate(goals)}
    return [(numbers[key], apart[f"{key[0]}, {key[1]}"]) for key in keys]
