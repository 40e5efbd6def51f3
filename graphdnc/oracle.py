"""Exact answers, found without a network, and the check of an answer against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from graphdnc.errors import CapacityError, NoAnswer, UsageError
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Path, Question, Relation, ShortestPath, Traversal
from graphdnc.relations import EDGES

MAX_PATHS = 10_000
"""Where relations lead to several places each, paths double with every step; no one reads more than this."""

_LISTED = 12


def traverse(graph: Graph, question: Traversal) -> list[Path]:
    """Return every path that answers a traversal: one where each relation leads to one place.

    Raises:
        NoAnswer: no path exists; the message names the first place where all paths end.
        CapacityError: more than :data:`MAX_PATHS` paths exist.
    """
    walked = _walked(graph, question)
    # From the last step back, so that only what leads to an answer is ever held.
    rests: dict[int, list[Path]] = {triple.target: [()] for triple in walked[-1]}
    for triples in reversed(walked):
        longer: dict[int, list[Path]] = {}
        for triple in triples:
            for rest in rests.get(triple.target, ()):
                longer.setdefault(triple.source, []).append((triple, *rest))
        rests = longer
    return rests[question.start]


def distances(graph: Graph, goal: int) -> NDArray[np.int64]:
    """Return the fewest triples from each node to ``goal``, ``[nodes]``; -1 where there is no way."""
    sources: list[list[int]] = [[] for _ in range(graph.nodes)]
    for source, _, target in graph.triples.tolist():
        sources[target].append(source)
    found = [-1] * graph.nodes
    found[goal] = 0
    reached = [goal]
    for node in reached:  # grows while it is walked: nearer nodes come first
        for source in sources[node]:
            if found[source] < 0:
                found[source] = found[node] + 1
                reached.append(source)
    return np.array(found, dtype=np.int64)


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


def answers(graph: Graph, question: Question) -> list[Path]:
    """Return exact answers: all paths of a traversal or relation, one of the paths that are shortest.

    Raises:
        NoAnswer: there is none.
        CapacityError: a traversal or relation has too many, see :func:`traverse`.
        UsageError: a relation is asked of a graph without edge labels.
    """
    if isinstance(question, ShortestPath):
        return [shortest_path(graph, question)]
    if isinstance(question, Traversal):
        return traverse(graph, question)
    if graph.relations != EDGES:
        raise UsageError(
            f"inference needs a graph with {EDGES} edge labels, this one has {graph.relations} relations; "
            "give random graphs, or a family through graphdnc.relations.edge_labelled"
        )
    return traverse(graph, Traversal(question.start, question.edges))


def is_answer(graph: Graph, question: Question, path: Path) -> bool:
    """Tell whether ``path`` walks triples of the graph as asked.

    That is from the start along the relations asked for, or along the edge labels that the relation asked
    for stands for, or from the start to the goal by the fewest triples.
    """
    if isinstance(question, ShortestPath):
        fewest = int(distances(graph, question.goal)[question.start])
        return len(path) == fewest and is_path(graph, question, path)
    if isinstance(question, Relation) and graph.relations != EDGES:
        return False
    asked = question.edges if isinstance(question, Relation) else question.relations
    relations = tuple(triple.relation for triple in path)
    return relations == asked and _end(graph, question.start, path) is not None


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
    if not names:
        return f"no way leads from {start!r} to {goal!r}: it leads nowhere; choose another start"
    return f"no way leads from {start!r} to {goal!r}; choose a goal it leads to: {_listed(names, ', ')}"


def _walked(graph: Graph, question: Traversal) -> list[list[Triple]]:
    """Return the triples that can be walked at each step, few enough paths being made of them."""
    paths = Counter([question.start])
    walked = []
    for number, relation in enumerate(question.relations, start=1):
        triples = [triple for node in paths for triple in graph.follow(node, relation)]
        if not triples:
            where = f"step {number}: {graph.relation_name(relation)!r} does not leave"
            raise NoAnswer(f"{where} {_places(graph, paths)}{_choices(graph, paths)}")
        walked.append(triples)
        longer: Counter[int] = Counter()
        for triple in triples:
            longer[triple.target] += paths[triple.source]
        paths = longer
    if paths.total() > MAX_PATHS:
        raise CapacityError(f"more than {MAX_PATHS:,} paths answer this; follow fewer relations")
    return walked


def _places(graph: Graph, nodes: Iterable[int]) -> str:
    return _listed({graph.node_name(node) for node in nodes}, " or ")


def _choices(graph: Graph, nodes: Iterable[int]) -> str:
    names = {graph.relation_name(triple.relation) for node in nodes for triple in graph.leaving(node)}
    return f"; what leaves it: {_listed(names, ', ')}" if names else "; nothing leaves it"


def _listed(names: set[str], between: str) -> str:
    some = sorted(names)[:_LISTED]
    return between.join(some) + (f" and {len(names) - len(some)} more" if len(names) > len(some) else "")
