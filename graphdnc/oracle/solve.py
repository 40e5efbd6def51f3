"""Exact answers, found without a network, and the check of an answer against them."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from graphdnc.errors import CapacityError, NoAnswer, UsageError
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.distances import distances
from graphdnc.oracle.explain import no_move, no_origin, no_path
from graphdnc.oracle.towards import Place, WalkConstraints
from graphdnc.questions import Inverse, Path, Question, Relation, ShortestPath, Traversal, reverse_path
from graphdnc.questions.relation_table import EDGES

MAX_PATHS = 10_000
"""If relations lead to several nodes each, the number of paths can double with every step."""


def answers(graph: Graph, question: Question | Inverse) -> list[Path]:
    """Return the exact answers: one shortest path, or all paths of any other question.

    Raises:
        NoAnswer: there is none.
        CapacityError: there are too many, see :func:`traverse`.
        UsageError: the question is for a relation of the table, but the graph has no edge labels.
    """
    if isinstance(question, ShortestPath):
        return [shortest_path(graph, question)]
    if isinstance(question, Traversal):
        return traverse(graph, question)
    if isinstance(question, Inverse):
        try:
            return [reverse_path(path) for path in traverse(graph.inverse, question.walk)]
        except NoAnswer:
            raise NoAnswer(no_origin(graph, question)) from None
    if graph.relations != EDGES:
        raise UsageError(
            f"inference needs a graph with {EDGES} edge labels, this one has {graph.relations} relations; "
            "give random graphs, or a family through graphdnc.questions.relation_table.edge_labelled"
        )
    return traverse(graph, Traversal(question.start, question.edges))


def traverse(graph: Graph, question: Traversal) -> list[Path]:
    """Return every path that answers a traversal; there is one if each relation leads to one node.

    Raises:
        NoAnswer: there is no such path; the message names the first step that cannot be taken.
        CapacityError: there are more than :data:`MAX_PATHS` paths.
    """
    constraints = WalkConstraints(graph, question)
    walked = _walked(constraints, question)
    # from the last step back, so that only what leads to an answer is ever held
    rests: dict[Place, list[Path]] = {there: [()] for _, _, there in walked[-1]}
    for moves in reversed(walked):
        longer: dict[Place, list[Path]] = {}
        for here, triple, there in moves:
            for rest in rests.get(there, ()):
                longer.setdefault(here, []).append((triple, *rest))
        rests = longer
    return rests[constraints.start]


def _walked(constraints: WalkConstraints, question: Traversal) -> list[list[tuple[Place, Triple, Place]]]:
    """Return the moves that can be made at each step: from where, by which triple, to where."""
    paths, walked = Counter([constraints.start]), []
    for step in range(len(question.relations)):
        moves = [
            (here, triple, there) for here in paths for triple, there in constraints.moves(step, here).items()
        ]
        if not moves:
            raise NoAnswer(f"step {step + 1}: {no_move(constraints.graph, question, step, list(paths))}")
        walked.append(moves)
        longer: Counter[Place] = Counter()
        for here, _, there in moves:
            longer[there] += paths[here]
        paths = longer
    if paths.total() > MAX_PATHS:
        raise CapacityError(f"more than {MAX_PATHS:,} paths answer this; follow fewer relations")
    return walked


def shortest_path(graph: Graph, question: ShortestPath) -> Path:
    """Return a path of the fewest triples from start to goal, ``()`` if the start is the goal.

    Of several shortest paths it is always the same one: at each node it takes the first triple, in the order
    of the graph, that leads nearer to the goal.

    Raises:
        NoAnswer: no path leads to the goal; the message names nodes that can be reached.
    """
    left = distances(graph, question.goal)
    if left[question.start] < 0:
        raise NoAnswer(no_path(graph, question))
    node, path = question.start, []
    while node != question.goal:
        path.append(next(step for step in graph.leaving(node) if left[step.target] == left[node] - 1))
        node = path[-1].target
    return tuple(path)


def narrowed(graph: Graph, path: Path) -> Traversal | None:
    """Return a traversal whose only end is the end of a path.

    Its steps follow the relations of the path. A leg that branches, one that follows a relation to several
    nodes, is walked towards the node where it ends.
    Returns ``None`` if there is still another end, or too many paths to tell.
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


def is_answer(graph: Graph, question: Question | Inverse, path: Path) -> bool:
    """Tell whether ``path`` consists of triples of the graph and answers the question.

    The answer to a traversal follows its relations from the start, towards the nodes that it names; to an
    inverse question, its relations to the goal; to a question for a relation of the table, the edge labels
    of that relation; to a shortest path, the fewest triples from start to goal.
    """
    if isinstance(question, Inverse):
        return is_answer(graph.inverse, question.walk, reverse_path(path))
    if isinstance(question, ShortestPath):
        fewest = int(distances(graph, question.goal)[question.start])
        return len(path) == fewest and is_path(graph, question, path)
    if isinstance(question, Relation) and graph.relations != EDGES:
        return False
    walk = Traversal(question.start, question.edges) if isinstance(question, Relation) else question
    constraints = WalkConstraints(graph, walk)
    return len(path) == len(walk.relations) and constraints.along(0, constraints.start, path) is not None


def is_path(graph: Graph, question: ShortestPath, path: Path) -> bool:
    """Tell whether ``path`` consists of triples of the graph and leads from start to goal, at any length."""
    node = question.start
    for triple in path:
        if triple.source != node or triple not in graph.leaving(node):
            return False
        node = triple.target
    return node == question.goal
