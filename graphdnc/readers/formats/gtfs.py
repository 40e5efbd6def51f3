"""GTFS, the feeds of public transport.

A triple is (stop, line and direction, next stop of some trip). Platforms are merged with their station, and
so are stops with the same name that lie near each other, as on both sides of a street. A line's direction is
named after the place where most of its trips end: "12 towards Oxford Circus". Times, days and transfers are
not used.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.readers.archive import Folder
from graphdnc.readers.build_graph import Edge, distinct_names
from graphdnc.readers.clean import clean
from graphdnc.readers.columns import Columns
from graphdnc.readers.notes import REPEATED, Notes
from graphdnc.readers.source import Place
from graphdnc.utils.text import is_number, quote

# the text on the front of a vehicle may begin like this; the name of a direction always contains it
_TOWARDS = re.compile(r"^(?:to|towards)\s+(?=\S)", re.IGNORECASE)
NEAR = 500
"""Metres: a stop this near to the first stop of its name is merged with it."""
_MOST_OF_A_NAME = 1000
_NO_COLOUR = "ffffff"  # that of a line without one
_METRES_A_DEGREE = 111_195  # of latitude


class _Stop(NamedTuple):
    """A stop, as the file has it: its line, its name, the id of its station, and its coordinates."""

    line: int
    name: str
    parent: str
    latitude: str
    longitude: str

    @property
    def place(self) -> tuple[float, float] | None:
        """Degrees of latitude and longitude; ``None`` if they are not known."""
        try:
            north, east = float(self.latitude), float(self.longitude)
        except ValueError:
            return None
        if not (abs(north) <= 90 and abs(east) <= 180 and (north or east)):  # 0, 0 means "unknown"
            return None
        return north, east


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two places that are near each other."""
    shrunk = math.cos(math.radians((one[0] + other[0]) / 2))
    return _METRES_A_DEGREE * math.hypot(one[0] - other[0], (one[1] - other[1]) * shrunk)


class _Trip(NamedTuple):
    """A trip: its line, its direction and the text on the front of the vehicle; empty if unknown."""

    line: str
    direction: str
    headsign: str


@dataclass
class _Stops:
    """All stop times by trip and sequence: the numbers of trip and station, and the line in the file."""

    trips: NDArray[np.int32]
    stations: NDArray[np.int32]
    lines: NDArray[np.int32]


def read(folder: Folder, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield an edge for every two stops that follow each other on a line."""
    stations, roots = _stations(folder, notes)
    lines, colours = _lines(folder)
    trips = _trips(folder, lines)
    stops = _stop_times(folder, list(trips), stations, notes)
    called = list(distinct_names(folder.place, {key: root.name for key, root in roots.items()}).values())
    for name, root in zip(called, roots.values(), strict=True):
        if root.place is not None:
            notes.look.places[name] = root.place[::-1]
    directions = _directions(folder.place, list(trips.values()), stops, called)
    relation = np.array([number for number, _ in directions], np.int32)[stops.trips]
    relations = {number: name for number, name in directions}
    _keep_colours(colours, relations.values(), notes)
    same_trip = stops.trips[1:] == stops.trips[:-1]
    notes.leave("the first stop of a trip", count=len(stops.trips) - int(same_trip.sum()))
    follows = same_trip & (stops.stations[1:] != stops.stations[:-1])
    table = np.stack([stops.stations[:-1], relation[:-1], stops.stations[1:], stops.lines[1:]], axis=1)
    table = table[follows]
    _, first = np.unique(table[:, :3], axis=0, return_index=True)
    notes.leave("the station of the stop before", count=int(same_trip.sum()) - len(table))
    notes.leave(REPEATED, count=len(table) - len(first))
    for source, number, target, line in table[np.sort(first)].tolist():
        yield Edge(line, called[source], relations[number], called[target])


def _keep_colours(colours: dict[str, str], relations: Collection[str], notes: Notes) -> None:
    """Keep the colours of lines for their directions."""
    for line, colour in colours.items():
        for relation in relations:
            if relation == line or relation.startswith(f"{line} towards "):
                notes.look.colour(relation, colour)


def _stations(folder: Folder, notes: Notes) -> tuple[dict[str, int], dict[str, _Stop]]:
    """Return the number of the station of each stop, and the stations by id, in order."""
    table = folder.table("stops.txt", short=True)
    stops: dict[str, _Stop] = {}
    optional = ("stop_name", "parent_station", "stop_lat", "stop_lon")
    for line, (key, *rest) in table.select(("stop_id",), optional):
        _new(table.place, key, "stop", stops, line)
        stops[key] = _Stop(line, *rest)
    for stop in list(stops.values()):
        if stop.parent and stop.parent not in stops:  # in a part that a program cut out of a feed
            notes.add("the parent station is not in the file; it is named after its first stop", stop.line)
            stops[stop.parent] = stop._replace(parent="")
    roots = {key: _root(table.place, stops, key) for key in stops}
    joined = _joined({root: stops[root] for root in dict.fromkeys(roots.values())}, notes)
    stations = {root: stops[root] for root in dict.fromkeys(joined.values())}
    numbers = {root: number for number, root in enumerate(stations)}
    return {key: numbers[joined[root]] for key, root in roots.items()}, stations


def _joined(stations: dict[str, _Stop], notes: Notes) -> dict[str, str]:
    """Return for each station the first near station of the same name, or the station itself."""
    same: dict[str, list[str]] = {}
    for key, station in stations.items():
        same.setdefault(clean(station.name), []).append(key)
    joined = {key: key for key in stations}
    for name, keys in same.items():
        firsts: list[tuple[str, tuple[float, float]]] = []
        # if thousands of stops have the same name, it does not identify a place
        for key in keys if name and 1 < len(keys) <= _MOST_OF_A_NAME else ():
            place = stations[key].place
            if place is None:
                continue
            near = next((first for first, at in firsts if _metres(at, place) <= NEAR), None)
            if near is None:
                firsts.append((key, place))
            else:
                joined[key] = near
                notes.add(
                    f"a stop within {NEAR} m of another with the same name; they are merged",
                    stations[key].line,
                )
    return joined


def _root(place: Place, stops: dict[str, _Stop], key: str) -> str:
    passed = []
    while stops[key].parent:
        line, parent = stops[key].line, stops[key].parent
        passed.append(key)
        if parent in passed:
            place.wrong(f"the stop {quote(parent)} is its own parent station; delete one parent", line)
        key = parent
    return key


def _new(place: Place, key: str, kind: str, there: Container[str], line: int) -> None:
    if not key:
        place.wrong(f"a {kind} without an id; give it one", line)
    if key in there:
        place.wrong(f"the {kind} {quote(key)} occurs twice; give each its own id", line)


def _lines(folder: Folder) -> tuple[dict[str, str], dict[str, str]]:
    """Return the name of the line of each route, and the colours of lines by name.

    Routes with the same name, agency and type are one line.
    """
    table = folder.table("routes.txt", short=True)
    optional = ("route_short_name", "route_long_name", "agency_id", "route_type", "route_color")
    routes: dict[str, tuple[str, ...]] = {}
    colours: dict[str, str] = {}
    for line, (key, short, long, agency, kind, colour) in table.select(("route_id",), optional):
        _new(table.place, key, "route", routes, line)
        routes[key] = (short or long or key, agency, kind)
        if colour.lower() not in ("", _NO_COLOUR):
            colours[key] = colour
    first = {line: key for key, line in reversed(routes.items())}
    names = distinct_names(table.place, {key: line[0] for line, key in first.items()})
    called = {key: names[first[line]] for key, line in routes.items()}
    return called, {called[key]: colour for key, colour in colours.items()}


def _trips(folder: Folder, lines: dict[str, str]) -> dict[str, _Trip]:
    table = folder.table("trips.txt", short=True)
    trips: dict[str, _Trip] = {}
    for line, (key, route, headsign, direction) in table.select(
        ("trip_id", "route_id"), ("trip_headsign", "direction_id")
    ):
        _new(table.place, key, "trip", trips, line)
        if route not in lines:
            table.place.wrong(f"the route {quote(route)} is not in routes.txt; add it", line)
        trips[key] = _Trip(lines[route], direction, _TOWARDS.sub("", headsign))
    return trips


def _stop_times(folder: Folder, trips: list[str], stations: dict[str, int], notes: Notes) -> _Stops:
    table = folder.table("stop_times.txt", short=True)
    place, numbers = table.place, {key: number for number, key in enumerate(trips)}
    found = array("i"), array("i"), array("i"), array("i")
    notes.account.unit = "stop times"
    for line, (trip, stop, sequence) in table.select(("trip_id", "stop_id", "stop_sequence")):
        notes.account.read += 1
        if trip not in numbers:
            place.wrong(f"the trip {quote(trip)} is not in trips.txt; add it", line)
        if not stop:
            notes.add("a stop time without a stop, as for vehicles on demand; left out", line)
            notes.leave("a stop time without a stop", line, missed=True)
            continue
        if stop not in stations:
            place.wrong(f"the stop {quote(stop)} is not in stops.txt; add it", line)
        if not is_number(sequence):
            place.wrong(f"the stop_sequence is {quote(sequence)}; it must be a number from 0", line)
        for column, value in zip(found, (numbers[trip], int(sequence), stations[stop], line), strict=True):
            column.append(value)
    return _ordered(place, [np.array(column, np.int32) for column in found], trips)


def _ordered(place: Place, columns: list[NDArray[np.int32]], trips: list[str]) -> _Stops:
    order = np.lexsort((columns[1], columns[0]))
    trip, sequence, station, line = (column[order] for column in columns)
    twice = np.flatnonzero((trip[1:] == trip[:-1]) & (sequence[1:] == sequence[:-1]))
    if twice.size:
        at = int(twice[0]) + 1
        which = f"the trip {quote(trips[trip[at]])} has two stops of stop_sequence {sequence[at]}"
        place.wrong(f"{which}; number them in order", int(line[at]))
    return _Stops(trip, station, line)


def _directions(place: Place, trips: list[_Trip], stops: _Stops, called: list[str]) -> list[tuple[int, str]]:
    """Return for each trip the number and the name of its line and direction."""
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
    apart = distinct_names(place, names)
    numbers = {key: number for number, key in enumerate(goals)}
    return [(numbers[key], apart[f"{key[0]}, {key[1]}"]) for key in keys]
