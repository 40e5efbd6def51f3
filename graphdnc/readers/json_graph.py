"""JSON as networkx and web pages write graphs: node-link and adjacency."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from graphdnc.readers.edge_list import Columns
from graphdnc.readers.network import Link, Network
from graphdnc.readers.source import Content, Place, shown
from graphdnc.readers.triples import Edge, Notes

_LINKS = ("edges", "links")
_NEEDED = 'give an object with "nodes" and "links" or "edges" (node-link), or with "nodes" and "adjacency"'


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a graph in JSON.

    Raises:
        GraphFileError: it is not JSON, or no such graph; the message names the line or the edge.
        UsageError: no edge has the attribute that was asked for as the relation.
    """
    found = _JSON(content.place, notes)
    graph = _parsed(content.place, content.text("JSON"))
    if not isinstance(graph, dict):
        content.place.wrong(f"this is no graph; {_NEEDED}")
    found.take(graph)
    return found.network.edges(columns)


def _parsed(place: Place, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        place.wrong(f"not JSON ({error.msg}); export the file again", error.lineno)
    except RecursionError:
        place.wrong("brackets in brackets, too many to be a graph; export the file again")
    except ValueError as error:
        place.wrong(f"not JSON ({error}); correct it")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {shown(twice)} is there twice in one object")
    return found


class _JSON:
    def __init__(self, place: Place, notes: Notes) -> None:
        self.network = Network(place, notes)
        self._place = place
        self._notes = notes
        self._keys: list[str] = []

    def take(self, graph: dict[str, Any]) -> None:
        """Read the whole object."""
        self._add_nodes(self._objects(graph, "nodes") if "nodes" in graph else [])
        lists = [name for name in _LINKS if name in graph]
        if "adjacency" in graph:
            self._add_adjacency(graph["adjacency"], self._both(graph))
        elif len(lists) == 1:
            self._add_links(self._objects(graph, lists[0]), lists[0], self._both(graph))
        else:
            found = ", ".join(shown(key, 20) for key in list(graph)[:8]) or "nothing"
            self._place.wrong(f"no graph that is known, there is {found}; {_NEEDED}")

    def _both(self, graph: dict[str, Any]) -> bool:
        if "directed" not in graph:
            self._notes.add('it does not say "directed", so every edge leads both ways')
        directed = graph.get("directed", False)
        if not isinstance(directed, bool):
            self._place.wrong('"directed" must be true or false')
        return not directed

    def _objects(self, graph: dict[str, Any], name: str) -> list[dict[str, Any]]:
        objects = graph[name]
        if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
            self._place.wrong(f'"{name}" must be a list of objects')
        return objects

    def _add_nodes(self, nodes: list[dict[str, Any]]) -> None:
        # Without ids, as d3 once had it, edges name the nodes by their place in the list.
        named = any("id" in node for node in nodes)
        for place, node in enumerate(nodes):
            key = self._id(node.get("id"), f"node {place + 1}") if named else str(place)
            self.network.add_node(key, _attributes(node, ("id",)))
            self._keys.append(key)

    def _add_links(self, links: list[dict[str, Any]], name: str, both: bool) -> None:
        for place, link in enumerate(links, start=1):
            what = f"{name.removesuffix('s')} {place}"
            source, target = (self._id(link.get(end), f"the {end} of {what}") for end in ("source", "target"))
            self.network.add_link(Link(None, source, target, both, _attributes(link, ("source", "target"))))
        if not self._keys:
            self.network.add_missing_nodes()

    def _add_adjacency(self, adjacency: Any, both: bool) -> None:
        if not isinstance(adjacency, list) or len(adjacency) != len(self._keys):
            self._place.wrong('"adjacency" must be a list with one entry for each of the nodes')
        mirrored: set[tuple[str, str, str]] = set()
        for place, (source, row) in enumerate(zip(self._keys, adjacency, strict=True), start=1):
            for link in self._objects({f"entry {place} of adjacency": row}, f"entry {place} of adjacency"):
                target = self._id(link.get("id"), f"an end in entry {place} of adjacency")
                attributes = _attributes(link, ("id",))
                same = json.dumps(attributes, sort_keys=True)
                if (source, target, same) in mirrored:  # an undirected edge stands at both its ends
                    continue
                if both:
                    mirrored.add((target, source, same))
                self.network.add_link(Link(None, source, target, both, attributes))

    def _id(self, value: Any, what: str) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self._place.wrong(f"{what} is {shown(json.dumps(value)[:200])}; it must be text or a number")
        return _text(value)


def _attributes(item: dict[str, Any], left_out: tuple[str, ...]) -> dict[str, str]:
    """Return what is text or a number; the numbers that networkx gives parallel edges say nothing."""
    return {
        name: _text(value)
        for name, value in item.items()
        if name not in left_out
        and isinstance(value, str | int | float)
        and not (name == "key" and isinstance(value, int))
    }


def _text(value: str | int | float) -> str:
    return value if isinstance(value, str) else json.dumps(value)
