"""Questions whose parts are given by name instead of in a sentence, as options give them."""

from __future__ import annotations

from collections.abc import Iterable

from graphdnc.errors import CapacityError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.vocabulary import Vocabulary
from graphdnc.language.steps import find_steps
from graphdnc.language.walk_grammar import MAX_STEPS
from graphdnc.names import find_node
from graphdnc.questions import Between, Claim, Inverse, Kin, KinQuestion, ShortestPath, Traversal


def named_traversal(graph: Graph, start: str, follow: Iterable[str]) -> Traversal:
    """Return the question where relations lead to from a node; ``follow`` has lists of steps.

    Raises:
        UnknownName: there is no such node or relation.
        UsageError: a name has several meanings.
        CapacityError: there are too many steps.
    """
    relations, towards = _steps(graph, follow)
    return Traversal(find_node(graph, start), relations, towards)


def named_inverse(graph: Graph, follow: Iterable[str], goal: str) -> Inverse:
    """Return the question from where relations lead to a node; ``follow`` has lists of relations.

    Raises:
        UnknownName: there is no such node or relation.
        UsageError: a name has several meanings, or a relation is followed towards a node.
        CapacityError: there are too many steps.
    """
    relations, towards = _steps(graph, follow)
    if set(towards) != {None}:
        raise UsageError("with --to NODE, --follow takes relations alone: they lead towards NODE")
    return Inverse(find_node(graph, goal), relations)


def named_path(graph: Graph, start: str, goal: str) -> ShortestPath:
    """Return the question for a shortest path between two nodes.

    Raises:
        UnknownName: there is no such node.
        UsageError: a name has several meanings.
    """
    return ShortestPath(find_node(graph, start), find_node(graph, goal))


def named_kin(
    graph: Graph, vocabulary: Vocabulary, person: str, term: str | None, relative: str | None
) -> KinQuestion:
    """Return the question who the relatives of a person are, or how or whether ``relative`` is one of them.

    ``term`` is a term of kinship or a rule; without it, the question is how ``relative`` is related.

    Raises:
        UnknownName: there is no such node or term.
        UsageError: a name has several meanings, or the rule is not one.
    """
    number = find_node(graph, person)
    other = None if relative is None else find_node(graph, relative)
    if term is None and other is not None:
        return Between(number, other)
    try:
        kin = Kin(number, vocabulary.term(term or ""))
    except UnknownName as error:
        raise UnknownName(f"{error}; with --of, a column is given by --columns S,R,T") from None
    return kin if other is None else Claim(kin, other)


def _steps(graph: Graph, follow: Iterable[str]) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
    """Return the relations to follow, and for each the node towards which it is followed, or ``None``."""
    steps = [step for text in follow for step in find_steps(graph, text)]
    if len(steps) > MAX_STEPS:
        raise CapacityError(f"more than {MAX_STEPS} steps; ask the question in parts")
    relations, towards = zip(*steps, strict=True)
    return relations, towards
