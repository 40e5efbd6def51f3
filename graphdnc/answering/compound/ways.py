"""Ways under conditions, each found by a network for shortest paths.

*nodes and relations to avoid*: the network is not shown their triples. *via*: it is asked for one way after
the other. *the fewest changes* and *the least weight*: it is asked about a graph in which the shortest path
is that way (``derived.py``); for changes, with none, one, two, ... as long as the shortest way has more.
*further ways*: Yen's algorithm ("Finding the k shortest loopless paths in a network", 1971), with the network
as its search.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from graphdnc.answering.compound.derived import by_changes, by_weight
from graphdnc.answering.compound.networks import Networks
from graphdnc.graph import Graph
from graphdnc.oracle.ways import MOST_WAYS, allowed, cost_of, nodes_of
from graphdnc.questions import Path
from graphdnc.questions.lines import line_names
from graphdnc.questions.ways import Way
from graphdnc.weights import Weights


def find_ways(graph: Graph, way: Way, networks: Networks, weights: Weights | None = None) -> list[Path]:
    """Return the ways that networks find, the best first; empty if they find none."""
    if way.single:
        found = _best(graph, way, networks, weights)
        return [] if found is None else [found]
    kept: list[Path] = []
    for path in _in_order(graph, way, networks, weights):
        if not way.ways and kept and _cost(graph, way, path, weights) > _cost(graph, way, kept[0], weights):
            break
        kept.append(path)
        if len(kept) == (way.beyond + way.ways if way.ways else MOST_WAYS):
            break
    return kept[way.beyond :]


def _best(graph: Graph, way: Way, networks: Networks, weights: Weights | None) -> Path | None:
    """Return the best way that networks find."""
    if way.least == "changes":
        return _with_fewest_changes(graph, way, networks)
    found: Path = ()
    for start, goal in pairwise(way.stops):
        leg = _leg(allowed(graph, way), start, goal, networks, weights if way.least == "weight" else None)
        if leg is None:
            return None
        found += leg
    return found


def _leg(graph: Graph, start: int, goal: int, networks: Networks, weights: Weights | None) -> Path | None:
    if weights is None or start == goal:
        return networks.path(graph, start, goal)
    made = by_weight(graph, weights, (start, goal))
    path = networks.path(made.graph, made.nodes[start], made.nodes[goal])
    return None if path is None else made.given(path)


def _with_fewest_changes(graph: Graph, way: Way, networks: Networks) -> Path | None:
    direct = _with_changes(graph, way, 0, networks)
    if direct is not None:
        return direct
    shortest = _best(graph, replace(way, least="steps", most_changes=None), networks, None)
    most = 0 if shortest is None else line_names(graph).changes(shortest)
    found = (_with_changes(graph, way, changes, networks) for changes in range(1, most))
    return next((path for path in found if path is not None), shortest)


def _with_changes(graph: Graph, way: Way, changes: int, networks: Networks) -> Path | None:
    made = by_changes(graph, way, changes)
    path = networks.path(made.graph, made.nodes["start"], made.nodes["goal"])
    return None if path is None else made.given(path)


def _cost(graph: Graph, way: Way, path: Path, weights: Weights | None) -> tuple[float, ...]:
    return cost_of(graph, way, path, weights)


def _in_order(graph: Graph, way: Way, networks: Networks, weights: Weights | None) -> Iterator[Path]:
    """Yield ways without loops, the best first, as long as networks find any."""
    first = _best(graph, replace(way, ways=1, beyond=0), networks, weights)
    found, waiting = [] if first is None else [first], dict[tuple[int, ...], Path]()
    while found:
        last = found[-1]
        yield last
        for at in range(len(last)):
            spur = _spur(graph, way, found, last[:at], networks, weights)
            if spur is not None:
                path = (*last[:at], *spur)
                waiting.setdefault(nodes_of(path), path)
        for path in found:
            waiting.pop(nodes_of(path), None)
        if not waiting:
            return
        nodes = min(
            waiting, key=lambda nodes: (_cost(graph, way, waiting[nodes], weights), len(nodes), nodes)
        )
        found.append(waiting.pop(nodes))


def _spur(
    graph: Graph, way: Way, found: list[Path], root: Path, networks: Networks, weights: Weights | None
) -> Path | None:
    """Return the best way on from the end of a root that no way found so far takes."""
    node = root[-1].target if root else way.start
    taken = {
        path[len(root)].target for path in found if nodes_of(path)[: len(root) + 1] == (*nodes_of(root),)
    }
    if not root:
        taken = {path[0].target for path in found if path}
    source, _, target = graph.triples.T
    closed = (source == node) & np.isin(target, list(taken))
    passed = frozenset(triple.source for triple in root)
    on = replace(way, start=node, avoiding=way.avoiding | passed, ways=1, beyond=0)
    return _best(graph.keeping(~closed), on, networks, weights)
