"""Exact answers, found without a network, and the check of an answer against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache, partial
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.errors import CapacityError, NoAnswer, UsageError
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.distances import distances
from graphdnc.questions import Inverse, Path, Question, Relation, ShortestPath, Traversal, reverse_path
from graphdnc.questions.relation_table import EDGES

MAX_PATHS = 10_000
"""Where relations lead to several places each, paths double with every step; no one reads more than this."""

_BOTH_WAYS = "if triples lead both ways, ask with --undirected"
_LISTED = 12


class Place(NamedTuple):
    """Where a walk is: at a node, and ``begun`` is the node where the leg in hand began.

    ``begun`` is ``None`` where the next step is towards no node.
    """

    node: int
    begun: int | None


class WalkConstraints:
    """The moves that each step of a traversal may make.

    They leave a node by the relation asked for. Steps one after the other with the same relation towards the
    same node X are a leg. Of the places that the relation leads to from a node, and that the leg has not
    passed, a move of a leg leads to those nearest to X. That is by the fewest triples of this relation where
    they lead from the beginning of the leg to X, otherwise by the fewest of all. Where several are as near,
    it may lead to each of them. Once X is reached, it may lead to all places that the leg has not passed.

    A leg has no move where it begins at X, where no way leads to X, where its relation leads from X to where
    it begins but not back, or only to places passed.

    Attributes:
        start: where the walk begins.
    """

    def __init__(self, graph: Graph, question: Traversal) -> None:
        self.graph, self._steps = graph, question.steps
        self._first: list[int] = []
        for _, leg in groupby(self._steps):
            self._first += [len(self._first)] * len(list(leg))
        self._legs: dict[tuple[int, int], list[dict[int, list[Triple]]]] = {}
        self._distances = cache(partial(distances, graph))
        self.start = self._place(0, question.start, None)

    def moves(self, step: int, place: Place) -> dict[Triple, Place]:
        """Return the triples that a step, counted from 0, may walk from a place, and where each leads."""
        if place.begun is None:
            triples: Iterable[Triple] = self.graph.follow(place.node, self._steps[step][0])
        else:
            first = self._first[step]
            triples = self._leg(first, place.begun)[step - first][place.node]
        return {triple: self._place(step + 1, triple.target, place.begun) for triple in triples}

    def along(self, step: int, place: Place, path: Path) -> Place | None:
        """Return where a path leads from a place, ``None`` where a step may not walk its triple."""
        here: Place | None = place
        for number, triple in enumerate(path, start=step):
            here = None if here is None else self.moves(number, here).get(triple)
        return here

    def _place(self, step: int, node: int, begun: int | None) -> Place:
        if step == len(self._steps) or self._steps[step][1] is None:
            return Place(node, None)
        return Place(node, node if self._first[step] == step else begun)

    def _leg(self, first: int, begun: int) -> list[dict[int, list[Triple]]]:
        """Return the moves of the leg that begins with a step at a node: at each of its steps, by node."""
        if (first, begun) not in self._legs:
            relation, goal = self._steps[first]
            assert goal is not None, "a leg is towards a node"
            left, passed, here = self._left(relation, goal, begun), {begun}, {begun}
            moves: list[dict[int, list[Triple]]] = []
            for _ in range(self._first.count(first)):
                moves.append({node: self._nearest(node, relation, goal, left, passed) for node in here})
                here = {triple.target for kept in moves[-1].values() for triple in kept}
                passed = passed | here
            self._legs[first, begun] = moves
        return self._legs[first, begun]

    def _nearest(
        self, node: int, relation: int, goal: int, left: NDArray[np.int64], passed: set[int]
    ) -> list[Triple]:
        fresh = [triple for triple in self.graph.follow(node, relation) if triple.target not in passed]
        if goal in passed:  # passed, unless the leg begins there
            return fresh if len(passed) > 1 else []
        nearest = min((left[triple.target] for triple in fresh if left[triple.target] >= 0), default=None)
        return [triple for triple in fresh if left[triple.target] == nearest]

    def _left(self, relation: int, goal: int, begun: int) -> NDArray[np.int64]:
        """Return how far each node is from the goal of a leg, -1 where it is not to go there."""
        left = self._distances(goal, relation)
        if left[begun] >= 0:
            return left
        if self._distances(begun, relation)[goal] >= 0:
            return np.full(self.graph.nodes, -1)
        return self._distances(goal, None)


def traverse(graph: Graph, question: Traversal) -> list[Path]:
    """Return every path that answers a traversal: one where each relation leads to one place.

    Raises:
        NoAnswer: no path exists; the message names the first place where all paths end.
        CapacityError: more than :data:`MAX_PATHS` paths exist.
    """
    course = WalkConstraints(graph, question)
    walked = _walked(course, question)
    # From the last step back, so that only what leads to an answer is ever held.
    rests: dict[Place, list[Path]] = {there: [()] for _, _, there in walked[-1]}
    for moves in reversed(walked):
        longer: dict[Place, list[Path]] = {}
        for here, triple, there in moves:
            for rest in rests.get(there, ()):
                longer.setdefault(here, []).append((triple, *rest))
        rests = longer
    return rests[course.start]


def narrowed(graph: Graph, path: Path) -> Traversal | None:
    """Return the question for a path that has its end alone, towards a node wherever it branches.

    ``None`` where naming the place at the end of each leg that branches leaves another end, or none.
    """
    towards: list[int | None] = []
    for _, triples in groupby(path, key=lambda triple: triple.relation):
        leg = list(triples)
        branching = any(len(graph.follow(triple.source, triple.relation)) > 1 for triple in leg)
        towards += [leg[-1].target if branching else None] * len(leg)
    question = Traversal(path[0].source, tuple(triple.relation for triple in path), tuple(towards))
    try:
        ends = {found[-1].target for found in traverse(graph, question)}
    except (NoAnswer, CapacityError):
        return None
    return question if ends == {path[-1].target} else None


def shortest_path(graph: Graph, question: ShortestPath) -> Path:
    """Return a path of the fewest triples from start to goal, ``()`` where the start is the goal.

    Of several it is always the same one: at each node the first triple, in the order of the graph, that
    leads nearer to the goal.

    Raises:
        NoAnswer: no way leads to the goal; the message names places that the start does lead to.
    """
    left = distances(graph, question.goal)
    if left[question.start] < 0:
        raise NoAnswer(_no_way(graph, question))
    node, path = question.start, []
    while node != question.goal:
        path.append(next(step for step in graph.leaving(node) if left[step.target] == left[node] - 1))
        node = path[-1].target
    return tuple(path)


def answers(graph: Graph, question: Question | Inverse) -> list[Path]:
    """Return exact answers: one of the paths that are shortest, of other questions all paths.

    Raises:
        NoAnswer: there is none.
        CapacityError: there are too many, see :func:`traverse`.
        UsageError: a relation is asked of a graph without edge labels.
    """
    if isinstance(question, ShortestPath):
        return [shortest_path(graph, question)]
    if isinstance(question, Traversal):
        return traverse(graph, question)
    if isinstance(question, Inverse):
        try:
            return [reverse_path(path) for path in traverse(graph.inverse, question.walk)]
        except NoAnswer:
            raise NoAnswer(_no_origin(graph, question)) from None
    if graph.relations != EDGES:
        raise UsageError(
            f"inference needs a graph with {EDGES} edge labels, this one has {graph.relations} relations; "
            "give random graphs, or a family through graphdnc.questions.relation_table.edge_labelled"
        )
    return traverse(graph, Traversal(question.start, question.edges))


def is_answer(graph: Graph, question: Question | Inverse, path: Path) -> bool:
    """Tell whether ``path`` walks triples of the graph as asked.

    That is from the start along the relations asked for, or along the edge labels that the relation asked
    for stands for, or from the start to the goal by the fewest triples; and towards the nodes asked for. Of
    an inverse question it is along the relations to the goal.
    """
    if isinstance(question, Inverse):
        return is_answer(graph.inverse, question.walk, reverse_path(path))
    if isinstance(question, ShortestPath):
        fewest = int(distances(graph, question.goal)[question.start])
        return len(path) == fewest and is_path(graph, question, path)
    if isinstance(question, Relation) and graph.relations != EDGES:
        return False
    walk = Traversal(question.start, question.edges) if isinstance(question, Relation) else question
    course = WalkConstraints(graph, walk)
    return len(path) == len(walk.relations) and course.along(0, course.start, path) is not None


def is_path(graph: Graph, question: ShortestPath, path: Path) -> bool:
    """Tell whether ``path`` walks triples of the graph from start to goal, by however many triples."""
    return _end(graph, question.start, path) == question.goal


def _end(graph: Graph, start: int, path: Path) -> int | None:
    """Return the node that a path leads to, ``None`` where it does not walk triples of the graph."""
    node = start
    for triple in path:
        if triple.source != node or triple not in graph.leaving(node):
            return None
        node = triple.target
    return node


def _no_way(graph: Graph, question: ShortestPath) -> str:
    start, goal = graph.node_name(question.start), graph.node_name(question.goal)
    reached, waiting = {question.start}, [question.start]
    while waiting:
        fresh = {triple.target for triple in graph.leaving(waiting.pop())} - reached
        reached |= fresh
        waiting += fresh
    names = {graph.node_name(node) for node in reached - {question.start}}
    back = distances(graph, question.start)[question.goal] >= 0
    choice = f"choose a goal it leads to: {_listed(names, ', ')}" if names else "choose another start"
    return (
        f"no way leads from {start!r} to {goal!r}{'' if names else ': it leads nowhere'}; {choice}"
        f"{f'; a way leads back: {_BOTH_WAYS}' if back else ''}"
    )


def _no_origin(graph: Graph, question: Inverse) -> str:
    """Return why relations lead from nowhere to a goal, and what could be asked instead."""
    goal, last = question.goal, question.relations[-1]
    there, relation = repr(graph.node_name(goal)), repr(graph.relation_name(last))
    names = {graph.relation_name(triple.relation) for triple in graph if triple.target == goal}
    if len(question.relations) > 1 and graph.relation_name(last) in names:
        said = " and then ".join(repr(graph.relation_name(number)) for number in question.relations)
        return f"{said} lead from nowhere to {there}"
    choice = f"what leads to it: {_listed(names, ', ')}" if names else "nothing leads to it"
    away = f"; {relation} leads from it" if graph.follow(goal, last) else ""
    return f"{relation} does not lead to {there}; {choice}{away}"


def _walked(course: WalkConstraints, question: Traversal) -> list[list[tuple[Place, Triple, Place]]]:
    """Return the moves that can be made at each step, few enough paths being made of them."""
    paths, walked = Counter([course.start]), []
    for step in range(len(question.relations)):
        moves = [
            (here, triple, there) for here in paths for triple, there in course.moves(step, here).items()
        ]
        if not moves:
            raise NoAnswer(f"step {step + 1}: {_no_move(course.graph, question, step, list(paths))}")
        walked.append(moves)
        longer: Counter[Place] = Counter()
        for here, _, there in moves:
            longer[there] += paths[here]
        paths = longer
    if paths.total() > MAX_PATHS:
        raise CapacityError(f"more than {MAX_PATHS:,} paths answer this; follow fewer relations")
    return walked


def _no_move(graph: Graph, question: Traversal, step: int, places: list[Place]) -> str:
    """Return why a step of a walk has no move from any of some places, and what could be asked instead."""
    number, goal = question.steps[step]
    relation = repr(graph.relation_name(number))
    leaving = [place for place in places if graph.follow(place.node, number)]
    nodes = [place.node for place in places]
    if not leaving:
        enters = any(triple.relation == number and triple.target in nodes for triple in graph)
        ends = enters and not any(graph.leaving(node) for node in nodes)
        return (
            f"{relation} does not leave {_places(graph, nodes)}{_choices(graph, nodes)}"
            f"{f'; {relation} leads there: {_BOTH_WAYS}' if ends else ''}"
        )
    node, begun = leaving[0]
    assert goal is not None, "only a step towards a node has no move by a relation that leaves"
    assert begun is not None, "it began somewhere"
    here, there = graph.node_name(node), repr(graph.node_name(goal))
    further = _listed({graph.node_name(triple.target) for triple in graph.follow(node, number)}, ", ")
    if begun == goal:
        return f"this is {there} already, so nothing leads towards it; {relation} leads towards {further}"
    if distances(graph, goal, number)[begun] >= 0:
        return f"{relation} leads from {here} only to places passed on the way; follow it less often"
    if distances(graph, begun, number)[goal] >= 0:
        return f"{relation} leads from {there} to {here}, not back{_choices(graph, [node])}"
    if distances(graph, goal)[begun] < 0:
        return f"no way leads from {here} to {there}; {relation} leads towards {further}"
    return (
        f"{relation} leads from {here} to no new place in the direction of {there}; "
        "follow it less often, or towards another node"
    )


def _places(graph: Graph, nodes: Iterable[int]) -> str:
    return _listed({graph.node_name(node) for node in nodes}, " or ")


def _choices(graph: Graph, nodes: Iterable[int]) -> str:
    names = {graph.relation_name(triple.relation) for node in nodes for triple in graph.leaving(node)}
    return f"; what leaves it: {_listed(names, ', ')}" if names else "; nothing leaves it"


def _listed(names: set[str], between: str) -> str:
    some = sorted(names)[:_LISTED]
    return between.join(some) + (f" and {len(names) - len(some)} more" if len(names) > len(some) else "")
