"""The steps of a walk as an option lists them: "r1,r2 towards A"."""

from __future__ import annotations

import re

from graphdnc.graph import Graph
from graphdnc.language.phrases import WALK_PHRASES
from graphdnc.names import NameIndex, find_node, find_relation, fold, node_index, normalise, relation_index

_TOWARDS = re.compile(
    rf"(?<=\s)(?:{'|'.join(sorted(WALK_PHRASES['TOWARDS'], key=len, reverse=True))})(?=\s)", re.IGNORECASE
)


def find_steps(graph: Graph, text: str) -> list[tuple[int, int | None]]:
    """Return the steps in a list such as "r1,r2 towards A".

    "Heading for" and similar phrases (:mod:`graphdnc.language.phrases`) also mean "towards". A name that
    contains commas must be written exactly as in the graph.

    Returns:
        The relation of each step, and the node it goes towards or ``None``.

    Raises:
        UnknownName: no relation or node has one of the names.
        UsageError: several relations or nodes match one of the names.
    """
    parts, found = text.split(","), []
    written = [_written(relation_index(graph)), _written(node_index(graph))]
    while parts:
        lengths = range(len(parts), 1, -1)
        length = next((n for n in lengths if _is_step(graph, ",".join(parts[:n]), written)), 1)
        relation, node = _step(graph, ",".join(parts[:length]))
        place = None if node is None else find_node(graph, node)
        found.append((find_relation(graph, relation), place))
        del parts[:length]
    return found


def _written(index: NameIndex) -> set[str]:
    return {_plain(name) for name in index.names if "," in name}


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
