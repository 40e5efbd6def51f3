"""Graphs in JSON that are neither node-link nor adjacency: maps, lists, statements, lines of objects.

A map leads from each node to its neighbours: ``{"a": ["b", "c"]}``, ``{"a": {"knows": ["b"]}}``. A list has
edges: ``["a", "b"]``, ``["a", "knows", "b"]`` or objects with the usual names of columns, such as subject,
predicate and object; or nodes, each with a list of its neighbours: ``{"name": "a", "friends": ["b", "c"]}``.
In a tree each node has ``children``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from graphdnc.readers.build_graph import EDGE
from graphdnc.readers.columns import USUAL
from graphdnc.readers.headings import find_ends, is_detail
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Place
from graphdnc.utils.text import join_quoted, quote

IDS = (
    "id",
    "name",
    "label",
    "title",
    "key",
    "node",
    "source",
    "person",
    "station",
    "package",
    "line",
    "route",
)
"""Keys whose value is the name of a node."""
_TARGETS = ("to", "target")
"""Keys whose value is where an edge leads."""
_FEW = 2
"""Names of a list; longer ones may be lines of stations."""
_SHAPE = 'write {"a": ["b", "c"]} or {"a": {"relation": ["b"]}}'

_TREE = 'a tree: each node leads to its "children" by the relation "child"'

RELATIONS = frozenset(USUAL["relation"])
"""Keys whose value is a relation."""

Fact = dict[str, Any]
"""An edge as an object with source, target and attributes."""


def as_edges(place: Place, value: Any, notes: Notes) -> list[Fact] | None:
    """Return the edges of such a graph, or ``None`` if it is none; count nodes without an edge in ``notes``.

    Raises:
        GraphFileError: one of its edges is not like the others.
    """
    if isinstance(value, dict):
        return _from_object(place, value, notes)
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(one, list) for one in value):
        return _below_header(value[0], value[1:]) or list(_from_lists(place, value))
    if not all(isinstance(one, dict) for one in value):
        return None
    return _from_objects(place, value, notes)


def _from_object(place: Place, value: dict[str, Any], notes: Notes) -> list[Fact] | None:
    """Return the edges of a table of pandas, one edge, a tree, a chain or a map; ``None`` if it is none."""
    if {"columns", "data"} <= value.keys() and (edges := _below_header(value["columns"], value["data"])):
        return edges
    if find_ends(list(value)) is not None and not any(isinstance(one, list | dict) for one in value.values()):
        return _from_objects(place, [value], notes)
    if "children" in value:
        notes.add(_TREE)
        return list(_from_tree(place, value))
    if _is_chain(value):
        edges = [
            {"source": source, "target": target} for source, target in value.items() if target is not None
        ]
        _count_alone(value.keys(), edges, notes)
        return edges
    if not _is_map(value):
        return None
    if len(value) == 1 and _are_statements(inner := next(iter(value.values()))):
        return list(_from_lists(place, inner))
    if len(value) == 1 and (inner := _named_lists(next(iter(value.values())))) is not None:
        return _from_objects(place, inner, notes)
    edges = list(_from_map(place, value))
    _doubt_values(value, notes)
    _doubt_lines([ends for ends in value.values() if isinstance(ends, list)], value.keys(), notes)
    _count_alone(value.keys(), edges, notes)
    return edges


def _below_header(names: Any, rows: Any) -> list[Fact] | None:
    """Return the edges of lists below a list that names source and target, or ``None`` if it does not."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    ends = find_ends(names)
    if ends is None or not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return None
    if not all(len(row) == len(names) for row in rows):
        return None
    roles = {at: role for role, at in ends.roles().items() if at is not None}
    keys = [roles.get(at, name) for at, name in enumerate(names)]
    return [dict(zip(keys, row, strict=True)) for row in rows]


def _are_statements(value: Any) -> bool:
    """Tell whether a value is a list of lists of two or three values each: edges."""
    lists = isinstance(value, list) and bool(value) and all(isinstance(one, list) for one in value)
    return lists and {len(one) for one in value} in ({2}, {3})


def _named_lists(value: Any) -> list[dict[str, Any]] | None:
    """Return objects that each have a name and a list, if a value is a list of such objects."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return None
    named = all(any(key in one for key in IDS) for one in value)
    return (
        value if named and any(isinstance(inner, list) for one in value for inner in one.values()) else None
    )


def _doubt_lines(lists: list[list[Any]], heads: Iterable[Any], notes: Notes) -> None:
    """Note that lists may be lines of stations: they are long, and nothing that begins one is in another."""
    ends = {str(end) for one in lists for end in one if not isinstance(end, dict)}
    if max(map(len, lists), default=0) > _FEW and ends.isdisjoint(map(str, heads)):
        said = "each name leads to all names in its list; if the lists are lines of stations in order"
        notes.add(f"{said}, write each as a row: U1,A,B,C", doubtful=True)


def _doubt_values(value: dict[str, Any], notes: Notes) -> None:
    """Note that keys with numbers may be what is said of a node, and not nodes: {"Ada": {"age": 30}}."""
    inside = [one for one in value.values() if isinstance(one, dict)]
    numbers = {
        key for one in inside for key, end in one.items() if isinstance(end, int | float) and end is not True
    }
    texts = any(isinstance(end, str | list) for one in inside for end in one.values())
    alike = len(inside) > 1 and all(one.keys() == inside[0].keys() for one in inside)
    if numbers and value.keys().isdisjoint(numbers) and (texts or alike):
        said = f"{quote(min(numbers))} is read as a node, its number as a weight"
        notes.add(f"{said}; if it is only something that is said of a node, delete it", doubtful=True)


def _count_alone(keys: Iterable[Any], edges: list[Fact], notes: Notes) -> None:
    """Count nodes of which nothing is said."""
    there = {str(edge[end]) for edge in edges for end in ("source", "target")}
    alone = sum(str(key) not in there for key in keys)
    notes.account.read += alone
    notes.leave("a node without an edge", count=alone, missed=True)


def _is_map(value: dict[str, Any]) -> bool:
    kinds = {type(one) for one in value.values()}
    return (
        bool(value) and kinds <= {list, dict} and not {"nodes", "links", "edges", "elements"} & value.keys()
    )


def _is_chain(value: dict[str, Any]) -> bool:
    """Tell whether a map leads from names to names, some of which it leads on from."""
    ends = list(value.values())
    named = [end for end in ends if end is not None]
    return len(ends) > 1 and all(isinstance(end, str) for end in named) and not value.keys().isdisjoint(named)


def _from_tree(place: Place, root: dict[str, Any]) -> Iterator[Fact]:
    """Yield an edge from each node of a tree to each of its children, as d3 draws them."""
    to_do = [root]
    while to_do:
        node = to_do.pop()
        children = node.get("children") or []
        if not isinstance(children, list) or not all(isinstance(child, dict) for child in children):
            place.wrong('the "children" of a node must be a list of objects')
        for child in children:
            ends = [next((one[key] for key in IDS if key in one), None) for one in (node, child)]
            if not all(isinstance(end, str | int) for end in ends):
                place.wrong('a node of the tree has no "name"; give each a name')
            yield {"source": ends[0], "target": ends[1], "relation": "child"}
            to_do.append(child)


def _from_map(place: Place, value: dict[str, Any]) -> Iterator[Fact]:
    for source, ends in value.items():
        if isinstance(ends, list):
            yield from _to_all(place, source, EDGE, ends)
        inside: dict[str, Any] = ends if isinstance(ends, dict) else {}
        for key, inner in inside.items():
            if isinstance(inner, list):
                yield from _to_all(place, source, key, inner)
            elif isinstance(inner, str):
                yield from _to_all(place, source, key, [inner])
            elif isinstance(inner, dict):  # networkx: {"a": {"b": {"relation": "knows"}}}
                if any(isinstance(one, dict | list) for one in inner.values()):
                    place.wrong(
                        f"{quote(key)} in {quote(source)} has further objects or lists in it; {_SHAPE}"
                    )
                yield inner | {"source": source, "target": key}
            elif inner is not False:  # {"a": {"b": 2.5}}, {"a": {"b": true}}
                plain = inner is None or inner is True
                yield {"source": source, "target": key} | ({} if plain else {"weight": inner})


def _to_all(place: Place, source: Any, relation: str, targets: list[Any]) -> Iterator[Fact]:
    for target in targets:
        if isinstance(target, dict):
            named = next((key for key in (*_TARGETS, *IDS) if key in target), "")
            rest = {key: one for key, one in target.items() if key != named}
            target = target.get(named)
        else:
            rest = {}
        if isinstance(target, bool) or not isinstance(target, str | int | float):
            place.wrong(
                f"{quote(json.dumps(target))} among the ends of {quote(str(source))} is no name; {_SHAPE}"
            )
        said = {} if relation == EDGE or not RELATIONS.isdisjoint(rest) else {"relation": relation}
        yield rest | {"source": source, "target": target} | said


def _from_lists(place: Place, value: list[list[Any]]) -> Iterator[Fact]:
    widths = {len(one) for one in value}
    cells = {json.dumps(cell) for one in value for cell in one}
    if widths == {len(value)} and cells <= {"0", "1", "true", "false"} and len(value) > 2:
        place.wrong('a matrix without names; write {"a": ["b", "c"]}')
    if widths - {2, 3} or len(widths) > 1:
        place.wrong('lists of different lengths; write each edge as ["a", "b"] or ["a", "relation", "b"]')
    for one in value:
        if len(one) == 3 and isinstance(one[2], int | float) and not isinstance(one[1], int | float):
            yield {"source": one[0], "target": one[1], "weight": one[2]}
        else:
            yield {"source": one[0], "target": one[-1]} | ({"relation": one[1]} if len(one) == 3 else {})


def _from_objects(place: Place, value: list[dict[str, Any]], notes: Notes) -> list[Fact] | None:
    names = list(dict.fromkeys(key for one in value for key in one))
    ends = find_ends(names)
    if ends is not None and all(names[at] in one for one in value for at in (ends.source, ends.target)):
        roles = {names[ends.source]: "source", names[ends.target]: "target"}
        roles |= {} if ends.relation is None else {names[ends.relation]: "relation"}
        return [{roles.get(key, key): inner for key, inner in one.items()} for one in value]
    key = next((name for name in IDS if all(name in one for one in value)), None)
    lists = [name for name in names if any(isinstance(one.get(name), list) for one in value)]
    if key is None or not lists:
        return None
    dropped = [name for name in names if name not in (key, *lists) and not is_detail(name)]
    dropped = [name for name in dropped if any(isinstance(one.get(name), str | dict) for one in value)]
    if dropped:
        said = f"beside lists, {join_quoted(dropped)} of each object is not read"
        notes.add(f"{said}; if it names a node, write it as a list: [...]", doubtful=True)
    found = [one[name] for one in value for name in lists if isinstance(one.get(name), list)]
    _doubt_lines(found, (one[key] for one in value), notes)
    edges = [
        fact
        for one in value
        for name in lists
        for fact in _to_all(place, one[key], name, one.get(name) or [])
    ]
    _count_alone((one[key] for one in value), edges, notes)
    return edges


def parse_lines(text: str, hook: Callable[[list[tuple[str, Any]]], Any]) -> list[Any] | None:
    """Return the values of JSON lines, one on each line, or ``None`` if they are not.

    ``hook`` makes objects of their members.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith(("{", "[")) for line in lines):
        return None
    try:
        return [json.loads(line, object_pairs_hook=hook) for line in lines]
    except (ValueError, RecursionError):
        return None
