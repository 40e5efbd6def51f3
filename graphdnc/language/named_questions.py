"""Questions from names and lists of steps such as "r1,r2 towards A", as options give them.

The functions raise ``UnknownName`` for a name that does not exist, ``UsageError`` for a name that matches
several nodes or relations, and ``CapacityError`` for too many steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from graphdnc.errors import CapacityError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.vocabulary import Vocabulary
from graphdnc.language.free.relation_names import find_relation, relation_index
from graphdnc.language.phrases import WALK_PHRASES
from graphdnc.language.walk_grammar import MAX_STEPS
from graphdnc.names import find_node, fold, node_index, normalise, people_index
from graphdnc.questions import Between, Claim, Inverse, Kin, KinQuestion, ShortestPath, Traversal
from graphdnc.questions.lines import line_names
from graphdnc.questions.lists import Direction, Reach
from graphdnc.questions.ways import Least, Way

_TOWARDS = re.compile(
    rf"(?<=\s)(?:{'|'.join(sorted(WALK_PHRASES['TOWARDS'], key=len, reverse=True))})(?=\s)", re.IGNORECASE
)


def named_traversal(graph: Graph, start: str, follow: Iterable[str]) -> Traversal:
    """Return a walk from a node. ``follow`` contains lists of steps."""
    relations, towards = _steps(graph, follow)
    return Traversal(find_node(graph, start), relations, towards)


def named_inverse(graph: Graph, follow: Iterable[str], goal: str) -> Inverse:
    """Return a question for the sources of a walk to a node. ``follow`` contains lists of relations."""
    relations, towards = _steps(graph, follow)
    if set(towards) != {None}:
        raise UsageError("with --to NODE, --follow takes relations only; leave out 'towards'")
    return Inverse(find_node(graph, goal), relations)


def named_path(graph: Graph, start: str, goal: str) -> ShortestPath:
    """Return a question for a shortest path."""
    return ShortestPath(find_node(graph, start), find_node(graph, goal))


def named_way(
    graph: Graph,
    start: str,
    goal: str,
    *,
    via: Iterable[str] = (),
    avoiding: Iterable[str] = (),
    without: Iterable[str] = (),
    only: Iterable[str] = (),
    least: Least = "steps",
    ways: int = 1,
) -> Way:
    """Return a question for ways under conditions; lines are named as in sentences: "Northern"."""
    return Way(
        find_node(graph, start),
        find_node(graph, goal),
        tuple(find_node(graph, name) for name in via),
        frozenset(find_node(graph, name) for name in avoiding),
        _lines(graph, without),
        _lines(graph, only) if only else None,
        least,
        ways,
    )


def named_reach(
    graph: Graph,
    node: str,
    *,
    within: int | None = None,
    backwards: bool = False,
    without: Iterable[str] = (),
    only: Iterable[str] = (),
) -> Reach:
    """Return a question for what a node leads to or, ``backwards``, for what leads to it."""
    followed = _lines(graph, only) if only else frozenset(range(graph.relations))
    direction: Direction = "in" if backwards else "out"
    return Reach(find_node(graph, node), followed - _lines(graph, without), direction, within)


def _lines(graph: Graph, names: Iterable[str]) -> frozenset[int]:
    return frozenset().union(*(find_line(graph, name) for name in names))


def find_line(graph: Graph, text: str) -> frozenset[int]:
    """Return the relations of a line or of a direction of it, or the relation of that name."""
    words = [word for word in fold(text).split() if word != "line"]
    found = line_names(graph).parts.get(" ".join(words))
    return found or frozenset([find_relation(graph, text)])


def named_kin(
    graph: Graph, vocabulary: Vocabulary, person: str, term: str | None, relative: str | None
) -> KinQuestion:
    """Return a question about relatives.

    Without a term or rule, it asks how ``relative`` is related to the person. Without a relative, it asks for
    all relatives by the term.
    """
    number = _find_person(graph, person)
    other = None if relative is None else _find_person(graph, relative)
    if term is None and other is not None:
        return Between(number, other)
    try:
        kin = Kin(number, vocabulary.term(term or ""))
    except UnknownName as error:
        raise UnknownName(f"{error}; with --of, name columns with --columns S,R,T") from None
    return kin if other is None else Claim(kin, other)


def _find_person(graph: Graph, text: str) -> int:
    try:
        return find_node(graph, text)
    except UnknownName as error:
        people = people_index(graph)
        if fold(text) not in people.folded:
            raise error from None
        return people.find(text)


def _steps(graph: Graph, follow: Iterable[str]) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
    """Return the relations to follow, and for each the node it is followed towards or ``None``."""
    steps = [step for text in follow for step in find_steps(graph, text)]
    if len(steps) > MAX_STEPS:
        raise CapacityError(f"the question takes more than {MAX_STEPS} steps; ask it in parts")
    relations, towards = zip(*steps, strict=True)
    return relations, towards


def find_steps(graph: Graph, text: str) -> list[tuple[int, int | None]]:
    """Return the steps in a list such as "r1,r2 towards A": relations, each with a node or ``None``.

    "Heading for" and similar phrases (:mod:`graphdnc.language.phrases`) also mean "towards". A name that
    contains commas must be written exactly as in the graph.
    """
    parts, found = text.split(","), []
    indices = (relation_index(graph), node_index(graph))
    written = [{_plain(name) for name in index.names if "," in name} for index in indices]
    while parts:
        lengths = range(len(parts), 1, -1)
        length = next((n for n in lengths if _is_step(graph, ",".join(parts[:n]), written)), 1)
        relation, node = _step(graph, ",".join(parts[:length]))
        towards = None if node is None else find_node(graph, node)
        found.append((find_relation(graph, relation), towards))
        del parts[:length]
    return found


def _is_step(graph: Graph, text: str, written: list[set[str]]) -> bool:
    """Return whether the names of a step that contain commas are written as in the graph."""
    names = zip(_step(graph, text), written, strict=True)
    return all(name is None or "," not in name or _plain(name) in known for name, known in names)


def _step(graph: Graph, text: str) -> tuple[str, str | None]:
    """Return the names of the relation and the node; "towards" may also be part of the relation's name."""
    relations, nodes = relation_index(graph).folded, node_index(graph).folded
    ways = [(text[: found.start()], text[found.end() :]) for found in _TOWARDS.finditer(text)]
    if not ways or fold(text) in relations:
        return text, None
    # In "12 towards Bank towards Angel" either may be part of a name: choose the split with more known names.
    return max(ways, key=lambda way: (fold(way[0]) in relations, fold(way[1]) in nodes))


def _plain(text: str) -> str:
    return " ".join(normalise(text).casefold().split())
