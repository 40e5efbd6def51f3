"""Exact answers, found without a network, and the check of an answer against them."""

from __future__ import annotations

from collections.abc import Sequence

from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph
from graphdnc.questions import Path, Traversal


def traverse(graph: Graph, question: Traversal) -> list[Path]:
    """Return every path that answers a traversal: one where each relation leads to one place.

    Raises:
        NoAnswer: no path exists; the message names the first place where all paths end.
    """
    paths: list[Path] = [()]
    for number, relation in enumerate(question.relations, start=1):
        reached = [path[-1].target if path else question.start for path in paths]
        longer = [
            (*path, triple)
            for path, node in zip(paths, reached, strict=True)
            for triple in graph.follow(node, relation)
        ]
        if not longer:
            places = " or ".join(sorted({graph.node_name(node) for node in reached}))
            raise NoAnswer(
                f"step {number}: {graph.relation_name(relation)!r} does not leave {places}"
                f"{_choices(graph, reached)}"
            )
        paths = longer
    return paths


def is_answer(graph: Graph, question: Traversal, path: Path) -> bool:
    """Tell whether ``path`` walks triples of the graph from the start along the relations asked for."""
    if len(path) != len(question.relations):
        return False
    node = question.start
    for triple, relation in zip(path, question.relations, strict=True):
        if triple.source != node or triple not in graph.follow(node, relation):
            return False
        node = triple.target
    return True


def _choices(graph: Graph, nodes: Sequence[int]) -> str:
    names = sorted({graph.relation_name(t.relation) for node in nodes for t in graph.leaving(node)})
    return f"; what leaves it: {', '.join(names)}" if names else "; nothing leaves it"
