"""Rides along lines: in every direction that leads on, by networks for walks and for shortest paths."""

from __future__ import annotations

from graphdnc.answering.compound.derived import by_direction
from graphdnc.answering.compound.networks import Networks
from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph
from graphdnc.oracle.solve import traverse
from graphdnc.oracle.ways import allowed, best_way
from graphdnc.questions import Path, Traversal
from graphdnc.questions.lines import line_names
from graphdnc.questions.ways import Leg, Ride, Way


def find_rides(graph: Graph, ride: Ride, networks: Networks) -> list[Path]:
    """Return one path to each end that networks find, in every direction that leads somewhere."""
    reached: dict[int, Path] = {ride.start: ()}
    for leg in ride.legs:
        further: dict[int, Path] = {}
        for node, path in reached.items():
            for found in _ride(graph, node, leg, networks):
                further.setdefault(found[-1].target if found else node, (*path, *found))
        reached = further
    return list(reached.values())


def _ride(graph: Graph, node: int, leg: Leg, networks: Networks) -> list[Path]:
    """Return the paths of one leg from a node."""
    if leg.goal is not None:
        only = allowed(graph, Way(node, leg.goal, only=leg.relations))
        path = networks.path(only, node, leg.goal)
        return [] if path is None else [path]
    found: list[Path] = []
    for direction in line_names(graph).directions(leg.relations):
        made, asked = by_direction(graph, direction), Traversal(node, (0,) * (leg.count or 1))
        if _leads_on(made.graph, asked):
            (said,) = networks.walks(made.graph, [asked])
            ends = traverse(made.graph, asked)
            found += [made.given(path) for path in said.paths if path in ends]
    return found


def _leads_on(graph: Graph, asked: Traversal) -> bool:
    try:
        traverse(graph, asked)
    except NoAnswer:
        return False
    return True


def exact_rides(graph: Graph, ride: Ride) -> list[Path]:
    """Return one exact path to each end.

    Raises:
        NoAnswer: the ride leads nowhere; the message says which leg does not.
    """
    reached: dict[int, Path] = {ride.start: ()}
    for number, leg in enumerate(ride.legs, start=1):
        further: dict[int, Path] = {}
        for node, path in reached.items():
            for found in _exact_leg(graph, node, leg):
                further.setdefault(found[-1].target if found else node, (*path, *found))
        if not further:
            raise NoAnswer(_no_leg(graph, number, leg, reached))
        reached = further
    return list(reached.values())


def _exact_leg(graph: Graph, node: int, leg: Leg) -> list[Path]:
    if leg.goal is not None:
        try:
            return [best_way(graph, Way(node, leg.goal, only=leg.relations))]
        except NoAnswer:
            return []
    found: list[Path] = []
    for direction in line_names(graph).directions(leg.relations):
        made, asked = by_direction(graph, direction), Traversal(node, (0,) * (leg.count or 1))
        if _leads_on(made.graph, asked):
            found += map(made.given, traverse(made.graph, asked))
    return found


def _no_leg(graph: Graph, number: int, leg: Leg, reached: dict[int, Path]) -> str:
    names = line_names(graph)
    line = names.titles[names.line[min(leg.relations)]]
    where = " or ".join(sorted(map(repr, map(graph.node_name, list(reached)[:3]))))
    there = f"to {graph.node_name(leg.goal)!r}" if leg.goal is not None else f"{leg.count} steps"
    return f"leg {number}: {line!r} does not lead {there} from {where}; ask which lines serve {where}"


def is_ride(graph: Graph, ride: Ride, path: Path) -> bool:
    """Tell whether a path rides the legs one after the other."""
    ends = {ride.start: 0}
    for leg in ride.legs:
        further: dict[int, int] = {}
        for node, at in ends.items():
            for found in _exact_leg(graph, node, leg):
                length, rest = len(found), path[at : at + len(found)]
                if _follows(graph, leg, rest, node, found[-1].target if found else node):
                    further[found[-1].target if found else node] = at + length
        ends = further
    return len(path) in ends.values()


def _follows(graph: Graph, leg: Leg, path: Path, start: int, end: int) -> bool:
    node = start
    for triple in path:
        if triple.source != node or triple.relation not in leg.relations or triple not in graph.leaving(node):
            return False
        node = triple.target
    return node == end
