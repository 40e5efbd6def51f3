"""Traversals: random walks in which each step leads to exactly one node."""

from __future__ import annotations

from collections import Counter

import numpy as np

from graphdnc.datasets.questions.task_questions import ATTEMPTS, EvaluationSet, TaskQuestions
from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, Path, Traversal
from graphdnc.utils.ranges import Range, format_range
from graphdnc.utils.rng import pick_between

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
    """Return a random walk, or ``None`` at a dead end; ``ways`` caches the certain steps from each node."""
    node = int(rng.integers(graph.nodes))
    path = []
    for chance in rng.random(length).tolist():
        if node not in ways:
            leaving = graph.leaving(node)
            times = Counter(triple.relation for triple in leaving)
            ways[node] = [triple for triple in leaving if times[triple.relation] == 1]
        if not ways[node]:
            return None
        path.append(ways[node][int(chance * len(ways[node]))])
        node = path[-1].target
    return tuple(path)


def walks(rng: np.random.Generator, graph: Graph, steps: Range | None) -> EvaluationSet:
    """Return endless random walks with lengths uniform in a range."""
    lengths = steps or STEPS

    def walk() -> Example:
        try:
            return random_traversal(rng, graph, pick_between(rng, lengths))
        except ValueError as error:
            where = "where each relation leads to one node only"
            raise NoAnswer(f"{error} {where}; write a smaller --steps") from error

    return EvaluationSet(iter(walk, None), {"triples": len(graph), "steps": format_range(lengths)})


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
