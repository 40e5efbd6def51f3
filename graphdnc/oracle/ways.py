"""Exact ways under conditions, found without a network, and the check of a way against them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np

from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.distances import distances
from graphdnc.questions import Path
from graphdnc.questions.lines import line_names
from graphdnc.questions.ways import Way
from graphdnc.utils.text import join_names
from graphdnc.weights import Weights

MOST_WAYS = 10
"""The largest number of ways to one question."""

Cost = tuple[float, ...]
"""What is least, first: steps; changes, then steps; or a weight."""


class _Place(NamedTuple):
    node: int
    direction: str
    passed: int


@lru_cache(maxsize=8)
def allowed(graph: Graph, way: Way) -> Graph:
    """Return a graph without the triples that a way must not follow, cached."""
    source, relation, target = graph.triples.T
    barred = list(way.avoiding)
    kept = ~(np.isin(source, barred) | np.isin(target, barred) | np.isin(relation, list(way.without)))
    if way.only is not None:
        kept &= np.isin(relation, list(way.only))
    return graph if kept.all() else graph.keeping(kept)


def cost_of(graph: Graph, way: Way, path: Path, weights: Weights | None = None) -> Cost:
    """Return what a way costs."""
    if way.least == "weight":
        assert weights is not None
        return (weights.total(path),)
    steps = float(len(path))
    return (steps,) if way.least == "steps" else (float(line_names(graph).changes(path)), steps)


def best_way(graph: Graph, way: Way, weights: Weights | None = None) -> Path:
    """Return a way that costs least, by Dijkstra's search over nodes, directions and the stops passed.

    Raises:
        NoAnswer: there is none.
    """
    open_graph, stops, names = allowed(graph, way), way.stops, line_names(graph)
    start = _Place(way.start, "", 1)
    start = start._replace(passed=_passed(stops, start))
    queue: list[tuple[Cost, int, _Place]] = [((0.0, 0.0), 0, start)]
    came: dict[_Place, tuple[_Place, Triple] | None] = {start: None}
    least, done, count = {start: (0.0, 0.0)}, set[_Place](), 1
    while queue:
        cost, _, here = heapq.heappop(queue)
        if here in done:
            continue
        done.add(here)
        if here.passed == len(stops):
            return _back(came, here)
        for triple in open_graph.leaving(here.node):
            direction = names.direction[triple.relation] if way.least == "changes" else ""
            there = _Place(triple.target, direction, here.passed)
            there = there._replace(passed=_passed(stops, there))
            step = _step(triple, here.direction not in ("", direction), way, weights)
            longer = (cost[0] + step[0], cost[1] + step[1])
            if there not in least or longer < least[there]:
                least[there], came[there] = longer, (here, triple)
                heapq.heappush(queue, (longer, count, there))
                count += 1
    raise NoAnswer(no_way(graph, way))


def _step(triple: Triple, changed: bool, way: Way, weights: Weights | None) -> tuple[float, float]:
    if way.least == "weight":
        assert weights is not None
        return weights.of[triple], 1.0
    return (float(changed), 1.0) if way.least == "changes" else (1.0, 0.0)


def _passed(stops: tuple[int, ...], place: _Place) -> int:
    """Return how many stops are passed at a place; the same node may be several in a row."""
    passed = place.passed
    while passed < len(stops) and stops[passed] == place.node:
        passed += 1
    return passed


def _back(came: dict[_Place, tuple[_Place, Triple] | None], end: _Place) -> Path:
    path, here = [], came[end]
    while here is not None:
        path.append(here[1])
        here = came[here[0]]
    return tuple(reversed(path))


def further_ways(graph: Graph, way: Way, weights: Weights | None = None) -> list[Path]:
    """Return the ways that a question for several asks for, in order of cost; none passes a node twice.

    Two ways differ in the nodes that they pass. Where several triples lead from one node to the next, the
    cheapest is followed.

    Raises:
        NoAnswer: there is none, or none beyond those left out.
    """
    import networkx as nx  # not above: it takes a moment to load

    cheapest: dict[tuple[int, int], Triple] = {}
    for triple in allowed(graph, way):
        known = cheapest.setdefault((triple.source, triple.target), triple)
        if weights is not None and way.least == "weight" and weights.of[triple] < weights.of[known]:
            cheapest[triple.source, triple.target] = triple
    simple = nx.DiGraph()
    simple.add_nodes_from((way.start, way.goal))
    for (source, target), triple in cheapest.items():
        cost = 1.0 if weights is None or way.least != "weight" else weights.of[triple]
        simple.add_edge(source, target, cost=cost)
    found = nx.shortest_simple_paths(simple, way.start, way.goal, weight="cost")
    try:
        paths = (tuple(cheapest[pair] for pair in pairwise(nodes)) for nodes in found)
        kept = list(_asked_for(paths, way, lambda path: cost_of(graph, way, path, weights)))
    except nx.NetworkXNoPath:
        raise NoAnswer(no_way(graph, replace(way, ways=1, beyond=0))) from None
    if not kept:
        raise NoAnswer(f"there are no further ways {_ends(graph, way)}; ask for fewer")
    return kept


def _asked_for(paths: Iterable[Path], way: Way, cost: object) -> Iterator[Path]:
    """Yield the ways asked for: some of them, or all of the least cost."""
    if way.ways:
        yield from islice(paths, way.beyond, way.beyond + way.ways)
        return
    least = None
    for path in islice(paths, MOST_WAYS):
        least = least or cost(path)  # type: ignore[operator]
        if cost(path) != least:  # type: ignore[operator]
            return
        yield path


def is_way(graph: Graph, way: Way, path: Path) -> bool:
    """Tell whether a path follows allowed triples from start to goal and passes all stops in order."""
    stops, node = list(way.stops[1:]), way.start
    while stops and stops[0] == node:
        stops.pop(0)
    for triple in path:
        if triple.source != node or triple not in allowed(graph, way).leaving(node):
            return False
        node = triple.target
        while stops and stops[0] == node:
            stops.pop(0)
    return node == way.goal and not stops


def nodes_of(path: Path) -> tuple[int, ...]:
    """Return the nodes of a path, from its start to its end."""
    return (*(triple.source for triple in path[:1]), *(triple.target for triple in path))


def no_way(graph: Graph, way: Way) -> str:
    """Return why there is no way, and what to do without."""
    free = replace(Way(way.start, way.goal), least=way.least)
    reached = distances(graph, way.goal)[way.start] >= 0
    barred = [f"avoiding {join_names(map(repr, map(graph.node_name, sorted(way.avoiding))))}"]
    conditions = barred if way.avoiding else []
    conditions += ["without these relations"] if way.without or way.only is not None else []
    conditions += [f"via {join_names(map(repr, map(graph.node_name, way.via)))}"] if way.via else []
    said = f"there is no way {_ends(graph, free)}"
    if reached and conditions:
        return f"{said} {' and '.join(conditions)}; ask without that"
    back = distances(graph, way.start)[way.goal] >= 0
    both = "; there is a way back: if triples lead both ways, ask with --undirected" if back else ""
    choice = sorted(
        graph.node_name(node) for node in np.flatnonzero(distances(graph.inverse, way.start) > 0).tolist()
    )
    leads = f"choose a goal that it leads to: {join_names(choice)}" if choice else "nothing leaves the start"
    return f"{said}; {leads}{both}"


def _ends(graph: Graph, way: Way) -> str:
    return f"from {graph.node_name(way.start)!r} to {graph.node_name(way.goal)!r}"
