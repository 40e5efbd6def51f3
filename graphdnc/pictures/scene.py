"""What is drawn of a graph: its nodes and where they lie, its edges and lines, and the way of an answer."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.graph import Graph
from graphdnc.kinship.facts import Facts, facts_of, roles_of
from graphdnc.kinship.family_graph import family_graph, states_kinship
from graphdnc.pictures.generations import by_generations
from graphdnc.pictures.layouts import Positions, by_coordinates, by_distances
from graphdnc.pictures.lines import DASHES, Line, lines_of
from graphdnc.questions import Path
from graphdnc.questions.numbers import numbers_of
from graphdnc.readers.notes import Look

MOST_NODES = 1_000
"""Of a larger graph, only the part around the answer is drawn."""
PART = 300
"""The number of nodes of that part."""
_FAMILY_LINES = (Line("parent and child", "#5d6b7a", ""), Line("couple", "#c2418c", ""))
_SIBLINGS = Line("siblings", "#0f8a4b", DASHES[2])

Kind = Literal["family", "lines", "graph"]


class Edge(NamedTuple):
    """An edge as it is drawn, between two nodes by their places in the scene.

    Attributes:
        line: the number of its line.
        one_way: whether triples lead from ``source`` to ``target`` only.
    """

    source: int
    target: int
    line: int
    one_way: bool


def sides(edges: Sequence[Edge]) -> list[float]:
    """Return for each edge how far it lies beside the middle of all edges between its two nodes.

    The unit is the distance of two edges side by side. Positive is to the left of the way from the node with
    the lower place to the other, where y is upwards.

    >>> sides([Edge(0, 1, 0, True), Edge(1, 0, 1, True), Edge(1, 2, 0, True)])
    [-0.5, 0.5, 0.0]
    """
    between = Counter(frozenset(edge[:2]) for edge in edges)
    taken: Counter[frozenset[int]] = Counter()
    found = []
    for edge in edges:
        pair = frozenset(edge[:2])
        found.append(taken[pair] - (between[pair] - 1) / 2)
        taken[pair] += 1
    return found


class Hop(NamedTuple):
    """One triple of an answer, from node to node by their places in the scene."""

    source: int
    target: int
    line: int
    relation: str


@dataclass(frozen=True)
class Scene:
    """A graph, or the part around an answer, ready to be drawn.

    Attributes:
        kind: ``family`` is drawn as a tree, ``lines`` as a map of lines, ``graph`` with arrows.
        names: the names of the nodes.
        positions: ``[nodes, 2]``: x to the right, y down, with an edge about 1 long.
        lines: how edges are drawn; each edge has the number of its line.
        ways: the triples of the answer, for each end that the network found.
        asked: the nodes that the question names.
        ends: the nodes that the network answers with.
        relations: the number of the line of each relation, by name.
        whole: the number of nodes of the whole graph.
    """

    kind: Kind
    names: list[str]
    positions: Positions
    lines: list[Line]
    edges: list[Edge]
    ways: list[list[Hop]]
    asked: list[int]
    ends: list[int]
    relations: dict[str, int]
    whole: int


def lead(checked: CheckedAnswer) -> str:
    """Return what an answer says before it names nodes: yes or no, a number, or that there is nothing."""
    if checked.holds is not None:
        return "Yes." if checked.holds else "No."
    if checked.count is not None:
        return f"{checked.count:,}" + (":" if checked.ends else ".")
    if checked.ends:
        return ""
    return "There is none." if checked.answer.denies else "No answer."


def scene_of(checked: CheckedAnswer, look: Look | None = None) -> Scene:
    """Return what is drawn for an answer; ``look`` is what the file says about places and colours."""
    graph, look = checked.graph, look or Look()
    asked, _ = numbers_of(checked.question)
    shown = _around(graph, [*asked, *(node for path in checked.shown for node in _nodes(path))])
    place = {node: number for number, node in enumerate(shown)}
    names = [graph.node_name(node) for node in shown]
    kind = _kind(graph)
    if kind == "family":
        facts = facts_of(family_graph(graph).graph)
        positions = by_generations(shown, facts)
        edges, lines = _family_edges(shown, facts)
        belongs = _family_lines(graph)
    else:
        lines, belongs = lines_of(graph, look.colours, joined=kind == "lines")
        edges = _edges(graph, place, belongs)
        positions = _positions(names, edges, look)
    ways = [
        [Hop(place[s], place[t], belongs[r], graph.relation_name(r)) for s, r, t in path]
        for path in checked.shown
    ]
    ends = [number for number, name in enumerate(names) if name in set(checked.ends)]
    relations = {graph.relation_name(number): line for number, line in enumerate(belongs)}
    places = [place[node] for node in asked]
    return Scene(kind, names, positions, lines, edges, ways, places, ends, relations, graph.nodes)


def _nodes(path: Path) -> Iterable[int]:
    return (node for source, _, target in path for node in (source, target))


def _around(graph: Graph, first: Sequence[int]) -> list[int]:
    """Return the nodes that are drawn: all, or those nearest to ``first``, without any to node 0."""
    if graph.nodes <= MOST_NODES:
        return list(range(graph.nodes))
    found = dict.fromkeys(first or [0])
    waiting = deque(found)
    while waiting and len(found) < PART:
        node = waiting.popleft()
        near = [triple.target for triple in graph.leaving(node)]
        near += [triple.source for triple in graph.entering(node)]
        for one in dict.fromkeys(near):
            if one not in found and len(found) < PART:
                found[one] = None
                waiting.append(one)
    return list(found)


def _kind(graph: Graph) -> Kind:
    if states_kinship(graph):
        own = family_graph(graph).graph
        roles = roles_of(own)
        if 2 * int(np.isin(own.triples[:, 1], list(roles)).sum()) >= len(own):
            return "family"
    pairs = {(triple.source, triple.target) for triple in graph}
    both_ways = sum((target, source) in pairs for source, target in pairs)
    return "lines" if graph.relations > 1 and 10 * both_ways >= 6 * len(pairs) else "graph"


def _edges(graph: Graph, place: dict[int, int], belongs: list[int]) -> list[Edge]:
    """Return one edge for each two nodes and each line between them."""
    drawn: dict[tuple[int, int, int], bool] = {}
    for source, relation, target in graph:
        if source not in place or target not in place or source == target:
            continue
        key = (place[source], place[target], belongs[relation])
        back = (key[1], key[0], key[2])
        if back in drawn:
            drawn[back] = False
        else:
            drawn.setdefault(key, True)
    return [Edge(*key, one_way) for key, one_way in drawn.items()]


def _positions(names: list[str], edges: list[Edge], look: Look) -> Positions:
    if all(name in look.places for name in names):
        places = np.array([look.places[name] for name in names], float)
        if np.ptp(places, axis=0).max() > 0:
            return by_coordinates(places, look.geographic)
    return by_distances(len(names), [(edge.source, edge.target) for edge in edges])


def _family_edges(people: list[int], facts: Facts) -> tuple[list[Edge], list[Line]]:
    """Return an edge for each parent of each person, for each couple, and for siblings without parents."""
    place = {person: number for number, person in enumerate(people)}
    edges = []
    lines = [*_FAMILY_LINES, _SIBLINGS]
    for person in people:
        for parent in sorted(facts.steps["parent"][person]):
            if parent in place:
                edges.append(Edge(place[parent], place[person], 0, True))
        for partner in sorted(facts.steps["spouse"][person] | facts.steps["co-parent"][person]):
            if partner in place and place[partner] > place[person]:
                edges.append(Edge(place[person], place[partner], 1, False))
    for group in _siblings(people, facts):
        for one, other in pairwise(group):
            edges.append(Edge(place[one], place[other], 2, False))
    return edges, lines


def _siblings(people: list[int], facts: Facts) -> list[list[int]]:
    """Return groups of siblings whose parents are not shown."""
    known, seen = set(people), set()
    groups = []
    for person in people:
        if person in seen or facts.steps["parent"][person] & known:
            continue
        group = [person, *sorted(facts.steps["sibling"][person] & known)]
        seen.update(group)
        if len(group) > 1:
            groups.append(group)
    return groups


def _family_lines(graph: Graph) -> list[int]:
    """Return for each relation of a family the line that stands for it."""
    meanings = family_graph(graph).meanings
    steps = [meanings[number].role if number in meanings else None for number in range(graph.relations)]
    return [{"spouse": 1, "sibling": 2}.get(role[0] if role else "", 0) for role in steps]
