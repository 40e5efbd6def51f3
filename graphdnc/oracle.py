"""Exact answers, found without a network, and the check of an answer against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from graphdnc.errors import CapacityError, NoAnswer
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Path, Traversal

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
