"""Shortest paths in time: a query, a search said aloud, and the moves from the start to the goal.

The search goes breadth first from the goal back to the start, one statement a step. While the network plans,
its output is its next input, as its moves are in the paper's answer phase (Graves et al. 2016, Methods). So
everything it finds is written to its memory, like any triple. ::

    phase     triple heard                transition  answer wanted  planning   what may be said
    query     (start, blank, goal)            1            0            0       nothing
    planning  (goal, blank, blank)            1            0            1       expand the goal
              (blank, blank, a)               0            0            1       found, or done with a
              (b, relation, a)                0            0            1       found, or done with a
              (a, blank, blank)               0            0            1       expand, or nothing is left
    answer    (blank, blank, start)           1            1            0       the first move
              (start, relation, b)            0            1            0       the next move

- *found* is a triple that enters ``a`` from a node not found before: (b, relation, a). The goal counts as not
  found before, so it may be found once more.
- *done with a* is (a, END, END): there is no such triple.
- *expand* is (END, END, next): the first of the found nodes that is not expanded yet.
- *nothing is left* is (END, END, END).

END labels are heard as blanks. A *move* is a triple that leaves the node reached; every triple that begins a
shortest way is right.

The search ends when the start is found, in training as in use. If no path leads from there, it ends when
nothing is left, and no move is made. Triples that lead from a node to itself are not shown.

In the paper's setting a network plans in silence for a fixed number of blank steps, and its output is
renormalised over the moves that leave the node. A network that plans aloud learns to output the whole triple.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import END, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import BLANK, Steps, StepsWriter, in_labels
from graphdnc.graph import Graph
from graphdnc.oracle.distances import distances
from graphdnc.questions import Path, ShortestPath

Statement = tuple[int, int, int]
_NEAR = 5
"""Among how many nodes that wait a slip chooses."""


def lay_out(
    graph: Graph,
    question: ShortestPath,
    answer: Path,
    labels: Labels,
    planning: Planning,
    rng: np.random.Generator,
) -> Steps:
    """Return the steps of a shortest path; the order of the search is drawn at random."""
    steps = StepsWriter()
    steps.add(query(question, labels), [], transition=True)
    _plan(steps, graph, question, labels, planning, rng)
    # if the start is the goal, or no path leads there, there is no move to make
    heard = ((BLANK, BLANK, question.start), *answer[:-1]) if answer else ()
    away = distances(graph, question.goal)
    for index, move in enumerate(heard):
        add_move(steps, graph, away, move, labels, planning, first=index == 0)
    return steps.steps()


def without_loops(graph: Graph) -> Graph:
    """Return a graph without the triples that lead from a node to itself: no shortest path has one.

    If there are no other triples, one is kept, because a network must be shown something.
    """
    loops = graph.triples[:, 0] == graph.triples[:, 2]
    if not loops.any():
        return graph
    kept = graph.triples[:1] if loops.all() else graph.triples[~loops]
    return Graph(kept, graph.nodes, graph.relations, graph.node_names, graph.relation_names)


def query(question: ShortestPath, labels: Labels) -> list[int]:
    """Return the labels of the query step."""
    return in_labels([[question.start, BLANK, question.goal]], labels)[0]


def add_move(
    steps: StepsWriter,
    graph: Graph,
    away: NDArray[np.int64],
    heard: Statement,
    labels: Labels,
    planning: Planning,
    first: bool,
) -> None:
    """Add the answer step that hears the last move; every triple that begins a shortest way on is right.

    ``away`` ``[nodes]`` is the distance of each node from the goal.
    """
    leaving, left = graph.leaving(heard[2]), away[heard[2]] - 1
    right = [triple for triple in leaving if away[triple.target] == left]
    # aloud, the whole triple is the output, so all other triples are wrong
    wrong = [] if planning.aloud else [triple for triple in leaving if away[triple.target] != left]
    shown, *choices = in_labels([heard, *right, *wrong], labels)
    others = None if planning.aloud else choices[len(right) :]
    steps.add(shown, choices[: len(right)], others, transition=first, answering=True)


def _plan(
    steps: StepsWriter,
    graph: Graph,
    question: ShortestPath,
    labels: Labels,
    planning: Planning,
    rng: np.random.Generator,
) -> None:
    if not planning.aloud:
        for _ in range(planning.budget(graph.nodes)):
            steps.add((BLANK, BLANK, BLANK), [])
        return
    search = teach(without_loops(graph), question.goal, rng, question.start, planning.slips)
    flat = in_labels([statement for heard, said in search for statement in (heard, *said)], labels)
    at = 0
    for index, (_, said) in enumerate(search):
        shown, right = flat[at], flat[at + 1 : at + 1 + len(said)]
        at += 1 + len(said)
        spoken = [[END if label == BLANK else label for label in statement] for statement in right]
        steps.add(shown, spoken, transition=index == 0, planning=True)


def teach(
    graph: Graph, goal: int, rng: np.random.Generator, until: int | None = None, slips: float = 0.0
) -> list[tuple[Statement, list[Statement]]]:
    """Return a search: for each step what is heard, and every right output.

    The search ends when a triple that leaves the node ``until`` is heard, else when nothing is left. If
    several triples are right, the one heard next is drawn at random. A share ``slips`` of the nodes heard to
    be expanded is not the right one; then the node that was passed over is right until it is expanded.
    """
    search: list[tuple[Statement, list[Statement]]] = [((goal, BLANK, BLANK), [(BLANK, BLANK, goal)])]
    found: set[int] = set()
    queue = _Queue(goal)
    while queue.waiting:
        node = queue.next(rng, slips)
        heard: Statement = (BLANK, BLANK, node)
        open_triples = [t for t in graph.entering(node) if t.source not in found]
        while open_triples:
            search.append((heard, list(open_triples)))
            heard = open_triples[int(rng.integers(len(open_triples)))]
            if heard[0] == until:
                return [*search, (heard, [])]
            found.add(heard[0])
            queue.add(heard[0])
            open_triples = [t for t in open_triples if t.source != heard[0]]
        search.append((heard, [(node, BLANK, BLANK)]))
        search.append(((node, BLANK, BLANK), [(BLANK, BLANK, queue.waiting[0] if queue.waiting else BLANK)]))
    return search


class _Queue:
    """The found nodes that wait to be expanded, in order."""

    def __init__(self, goal: int) -> None:
        self.waiting = [goal]
        self._distances = [0]
        self._expanding = (goal, -1)

    def add(self, node: int) -> None:
        """Add a node found from the node that is expanded."""
        self.waiting.append(node)
        self._distances.append(self._expanding[1] + 1)

    def next(self, rng: np.random.Generator, slips: float) -> int:
        """Return the node to be expanded: the first one or, by a slip, one that is as far from the goal.

        That is one of the next nodes that wait, or again the one that was expanded last.
        """
        if slips and rng.random() < slips:
            near = [at for at, away in enumerate(self._distances[:_NEAR]) if away == self._distances[0]]
            at = near[int(rng.integers(len(near)))]
            if at == 0 and self._expanding[1] == self._distances[0]:
                return self._expanding[0]
        else:
            at = 0
        self._expanding = self.waiting.pop(at), self._distances.pop(at)
        return self._expanding[0]
