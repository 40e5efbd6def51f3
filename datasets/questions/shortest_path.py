"""Questions for shortest paths between two nodes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.datasets.questions.task_questions import EvaluationSet, TaskQuestions
from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph
from graphdnc.oracle.distances import distances
from graphdnc.questions import Example, ShortestPath
from graphdnc.utils.ranges import Range, format_range


def random_shortest_path(rng: np.random.Generator, graph: Graph, length: int) -> Example:
    """Ask for a shortest path of ``length`` triples, or with 0 for one that does not exist.

    Raises:
        ValueError: the graph has no two nodes like that.
    """
    found = pairs(graph, length) if length else pairs_without_path(graph)
    if not len(found):
        if not length:
            raise ValueError(f"every node leads to every other one in a graph of {len(graph)} triples")
        raise ValueError(f"no two nodes are {length} triples apart in a graph of {len(graph)} triples")
    start, goal = found[rng.integers(len(found))].tolist()
    if not length:
        return Example(graph, ShortestPath(start, goal), ())
    return shortest_path_between(rng, graph, start, goal)


def shortest_path_between(rng: np.random.Generator, graph: Graph, start: int, goal: int) -> Example:
    """Ask for a shortest path between two nodes; each step of the answer is random if several are right.

    Raises:
        ValueError: no path leads from start to goal.
    """
    left = distances(graph, goal).tolist()
    if left[start] < 0:
        raise ValueError(f"no path leads from node {start} to node {goal}")
    node, path = start, []
    for chance in rng.random(left[start]).tolist():
        nearer = [triple for triple in graph.leaving(node) if left[triple.target] == left[node] - 1]
        path.append(nearer[int(chance * len(nearer))])
        node = path[-1].target
    return Example(graph, ShortestPath(start, goal), tuple(path))


def pairs(graph: Graph, length: int | None = None) -> NDArray[np.int64]:
    """Return all pairs of nodes whose shortest path has ``length`` triples, in order, ``[pairs, 2]``.

    With ``None``, return all pairs of different nodes with any path from the first to the second.
    """
    source, _, target = graph.triples[graph.triples[:, 0].argsort()].T
    first = np.flatnonzero(np.diff(source, prepend=-1))
    # A row for each node, with a bit for each node within ``steps`` steps; bits make this fast.
    itself = np.packbits(np.eye(graph.nodes, dtype=bool), axis=1)
    near, before, steps = itself, np.zeros_like(itself), 0
    while steps != length and not np.array_equal(near, before):
        before, near, steps = near, near.copy(), steps + 1
        near[source[first]] |= np.bitwise_or.reduceat(before[target], first, axis=0)
    found = near ^ (itself if length is None else before)
    return np.argwhere(np.unpackbits(found, axis=1, count=graph.nodes))


def pairs_without_path(graph: Graph) -> NDArray[np.int64]:
    """Return all pairs of different nodes without a path from the first to the second, ``[pairs, 2]``."""
    apart = ~np.eye(graph.nodes, dtype=bool)
    apart[tuple(pairs(graph).T)] = False
    return np.argwhere(apart)


def every_pair(rng: np.random.Generator, graph: Graph, steps: Range | None) -> EvaluationSet:
    """Return a question for every pair of nodes some number of steps apart, in random order.

    Raises:
        NoAnswer: there is no such pair.
    """
    wanted = "any" if steps is None else format_range(steps)
    lengths = [None] if steps is None else range(steps[0], steps[1] + 1)
    found = np.concatenate([pairs(graph, length) for length in lengths])
    if not len(found):
        apart = "with a path between them" if steps is None else f"{wanted} steps apart"
        raise NoAnswer(f"the graph has no two nodes {apart}; leave --steps out, or give another graph")
    order = found[rng.permutation(len(found))].tolist()
    examples = (shortest_path_between(rng, graph, start, goal) for start, goal in order)
    settings: dict[str, int | str] = {"triples": len(graph), "steps": wanted, "pairs": len(order)}
    return EvaluationSet(examples, settings, len(order))


def _sentence(graph: Graph, question: ShortestPath) -> str:
    start, goal = graph.node_name(question.start), graph.node_name(question.goal)
    return f"From {start} to {goal}: which way is shortest?"


SHORTEST_PATH = TaskQuestions(
    draw=random_shortest_path,
    on_graph=every_pair,
    sentence=_sentence,
    curricula={"random": "shortest-path-paper", "transit": "shortest-path-transit"},
    lengths=(0, None),
)
