"""Traversals: random walks in which each step leads to exactly one node."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graphdnc.datasets.questions.task_questions import ATTEMPTS, EvaluationSet, TaskQuestions
from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, Path, Traversal
from graphdnc.utils.ranges import Range, format_range

STEPS = (7, 7)
"""Steps of a walk on a graph file by default, as for the paper's London Underground."""


def random_traversal(rng: np.random.Generator, graph: Graph, length: int) -> Example:
    """Walk ``length`` random steps from a random node; the question is to repeat the walk.

    Only relations that lead to exactly one node are followed, so there is one answer. A walk that reaches a
    dead end is dropped, and another is drawn.

    Raises:
        ValueError: no walk of that length was found.
    """
    ways: dict[int, list[Triple]] = {}
    for _ in range(ATTEMPTS):
        path = _walk(rng, graph, length, ways)
        if path is not None:
            question = Traversal(path[0].source, tuple(triple.relation for triple in path))
            return Example(graph, question, path)
    raise ValueError(f"no walk of {length} steps in a graph of {len(graph)} triples")


def _walk(rng: np.random.Generator, graph: Graph, length: int, ways: dict[int, list[Triple]]) -> Path | None:
    """Return a random walk, or ``None`` at a dead end; ``ways`` caches the possible steps from each node."""
    node = int(rng.integers(graph.nodes))
    path = []
    for chance in rng.random(length).tolist():
        if node not in ways:
            ways[node] = _certain(graph.leaving(node))
        if not ways[node]:
            return None
        path.append(ways[node][int(chance * len(ways[node]))])
        node = path[-1].target
    return tuple(path)


def _certain(leaving: tuple[Triple, ...]) -> list[Triple]:
    """Return the triples whose relation leads from the node to one node only."""
    relations = [triple.relation for triple in leaving]
    if len(set(relations)) == len(relations):
        return list(leaving)
    return [triple for triple in leaving if relations.count(triple.relation) == 1]


def walks(rng: np.random.Generator, graph: Graph, steps: Range | None) -> EvaluationSet:
    """Return endless random walks with lengths uniform in a range."""
    low, high = steps or STEPS
    return EvaluationSet(
        _walks(rng, graph, low, high), {"triples": len(graph), "steps": format_range((low, high))}
    )


def _walks(rng: np.random.Generator, graph: Graph, low: int, high: int) -> Iterator[Example]:
    while True:
        try:
            yield random_traversal(rng, graph, low if low == high else int(rng.integers(low, high + 1)))
        except ValueError as error:
            raise NoAnswer(
                f"{error} where each relation leads to one node only; write a smaller --steps"
            ) from error


def _sentence(graph: Graph, question: Traversal) -> str:
    steps = ", then ".join(graph.relation_name(relation) for relation in question.relations)
    return f"Start at {graph.node_name(question.start)}, follow {steps}: where am I?"


TRAVERSAL = TaskQuestions(
    draw=random_traversal,
    on_graph=walks,
    sentence=_sentence,
    curricula={
        "random": "traversal-paper",
        "transit": "traversal-transit",
        "family": "traversal-family",
    },
)
