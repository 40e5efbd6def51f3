"""Which triples each step of a traversal may follow, and what following a relation "towards" a node means."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.graph import Graph, Triple
from graphdnc.oracle.distances import distances
from graphdnc.questions import Path, Traversal


class Place(NamedTuple):
    """Where a walk is.

    Attributes:
        node: the node.
        begun: the node where the current leg began; ``None`` if the next step is towards no node.
    """

    node: int
    begun: int | None


class WalkConstraints:
    """The triples that each step of a traversal may follow.

    Every step follows a triple of its relation. Consecutive steps with the same relation towards the same
    node X form a *leg*. A step of a leg never returns to a node that the leg has passed; of the other nodes
    that the relation leads to, it goes to the nearest to X, or to any of several that are equally near. The
    distance is the number of triples of the leg's relation if these lead from the beginning of the leg to X,
    otherwise the number of triples of all relations. After the leg has reached X, it may go to any node that
    it has not passed.

    A leg has no move if it begins at X, if no path leads to X, if its relation leads from X to the beginning
    of the leg but not back, or if it leads only to nodes that the leg has passed.

    Attributes:
        graph: the graph.
        start: the place where the walk begins.
    """

    def __init__(self, graph: Graph, question: Traversal) -> None:
        self.graph, self._steps = graph, question.steps
        self._first: list[int] = []  # for each step, the first step of its leg
        for _, leg in groupby(self._steps):
            self._first += [len(self._first)] * len(list(leg))
        self._legs: dict[tuple[int, int], list[dict[int, list[Triple]]]] = {}
        self._distances = cache(partial(distances, graph))
        self.start = self._place(0, question.start, None)

    def moves(self, step: int, place: Place) -> dict[Triple, Place]:
        """Return the triples that a step, counted from 0, may follow from a place, and where each leads."""
        if place.begun is None:
            triples: Iterable[Triple] = self.graph.follow(place.node, self._steps[step][0])
        else:
            first = self._first[step]
            triples = self._leg(first, place.begun)[step - first][place.node]
        return {triple: self._place(step + 1, triple.target, place.begun) for triple in triples}

    def along(self, step: int, place: Place, path: Path) -> Place | None:
        """Return the place where a path ends, or ``None`` if a step may not follow its triple."""
        here: Place | None = place
        for number, triple in enumerate(path, start=step):
            here = None if here is None else self.moves(number, here).get(triple)
        return here

    def _place(self, step: int, node: int, begun: int | None) -> Place:
        if step == len(self._steps) or self._steps[step][1] is None:
            return Place(node, None)
        return Place(node, node if self._first[step] == step else begun)

    def _leg(self, first: int, begun: int) -> list[dict[int, list[Triple]]]:
        """Return the moves of the leg that begins with step ``first`` at a node: for each step, by node."""
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
        """Return the triples from a node that lead nearest to the goal, by the distances ``left``."""
        fresh = [triple for triple in self.graph.follow(node, relation) if triple.target not in passed]
        if goal in passed:  # the leg has reached it, or begins there
            return fresh if len(passed) > 1 else []
        nearest = min((left[triple.target] for triple in fresh if left[triple.target] >= 0), default=None)
        return [triple for triple in fresh if left[triple.target] == nearest]

    def _left(self, relation: int, goal: int, begun: int) -> NDArray[np.int64]:
        """Return the distance of each node to the goal of a leg; -1 where the leg must not go."""
        left = self._distances(goal, relation)
        if left[begun] >= 0:
            return left
        if self._distances(begun, relation)[goal] >= 0:
            return np.full(self.graph.nodes, -1)
        return self._distances(goal, None)
