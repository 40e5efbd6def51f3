"""Graphs in JSON, as networkx, web pages, Gephi and Cytoscape write them: node-link and adjacency.

Node-link JSON has four dialects. d3 and networkx write the attributes into the nodes and links themselves. So
does vis.js, where links lead "from" a node "to" another. Cytoscape writes them into the "data" of nodes and
edges, and those into "elements". graphology, which Gephi and sigma write, has them in "attributes", calls the
id of a node "key", and says for each edge whether it is undirected. A list of objects with a source and a
target is a table of directed edges; :mod:`~graphdnc.readers.formats.json_tables` reads other lists and maps.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.formats.json_tables import IDS, as_edges, parse_lines
from graphdnc.readers.formats.tables.people import read_table
from graphdnc.readers.formats.tables.rows import Rows, rows_of
from graphdnc.readers.notes import Notes
from graphdnc.readers.property_graph import Link, PropertyGraph
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import join_quoted, quote

_LINKS = ("edges", "links")
_ENDS = (("source", "target"), ("from", "to"))
_PAIRS = (
    'the edges are pairs and the file does not say "directed", so each leads one way; '
    'if they lead both ways, write "directed": false'
)
_NEEDED = 'give an object with "nodes" and "links" or "edges" (node-link), or with "nodes" and "adjacency"'


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a graph in JSON."""
    found = _JSON(content.place, notes)
    graph = _with_objects(_unwrapped(_parsed(content.place, content.text("JSON")), notes), notes)
    if isinstance(graph, list) and graph and _is_table(graph):
        graph = {"edges": graph, "directed": True}
    elif not _is_known(graph) and (edges := as_edges(content.place, graph, notes)) is not None:
        graph = {"edges": edges, "directed": True}
    elif _are_flat(graph):
        return read_table(_as_rows(content, graph, notes), columns, notes)
    elif isinstance(graph, list) and any(isinstance(one, dict) for one in graph):
        graph = {"elements": graph}
    if not isinstance(graph, dict):
        content.place.wrong(f"this is not a graph; {_NEEDED}")
    found.take(graph)
    return found.graph.edges(columns)


def _are_flat(graph: Any) -> bool:
    """Tell whether a value is a list of objects without lists or objects in them, as tables are written."""
    if not _are(graph, dict) or any(
        isinstance(value, list | dict) for one in graph for value in one.values()
    ):
        return False
    return len({key for one in graph for key in one}) > 1


def _as_rows(content: Content, objects: list[dict[str, Any]], notes: Notes) -> Rows:
    """Return objects as the rows of a table below a header of their keys."""
    names = list(dict.fromkeys(key for one in objects for key in one))
    cells = [["" if one.get(name) is None else _text(one[name]) for name in names] for one in objects]
    notes.account.read = len(cells) + 1
    as_table = Place(f"{content.place.name}, as a table below its keys")
    return rows_of(replace(content, place=as_table), list(enumerate([names, *cells], start=1)), keyed=True)


def _is_known(graph: Any) -> bool:
    """Tell whether a value is node-link or adjacency JSON, or a list of the elements of Cytoscape."""
    if isinstance(graph, dict):
        return bool({"nodes", "links", "edges", "elements", "adjacency"} & graph.keys())
    return isinstance(graph, list) and any(isinstance(one, dict) and "data" in one for one in graph)


def _with_objects(graph: Any, notes: Notes) -> Any:
    """Return a graph whose nodes are names and whose edges are pairs with objects instead."""
    if not isinstance(graph, dict):
        return graph
    found = dict(graph)
    if _are(found.get("nodes"), str):
        found["nodes"] = [{"id": name} for name in found["nodes"]]
    for name in _LINKS:
        if _are(found.get(name), list) and {len(one) for one in found[name]} <= {2, 3}:
            keys = ("source", "relation", "target")
            found[name] = [dict(zip(keys[:: 4 - len(one)], one, strict=True)) for one in found[name]]
            if "directed" not in found:
                found["directed"] = True
                notes.add(_PAIRS, doubtful=True)
    return found


def _are(value: Any, kind: Any) -> bool:
    """Tell whether a value is a list of values of a kind."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, kind) for one in value)


def _unwrapped(graph: Any, notes: Notes) -> Any:
    """Return a graph that is the only member of an object, as in the JSON Graph Format, or its only edges."""
    if not isinstance(graph, dict):
        return graph
    if len(graph) > 1 and not _is_known(graph):
        tables = [key for key, one in graph.items() if isinstance(one, list) and one and _is_table(one)]
        if len(tables) == 1:
            others = join_quoted(key for key in graph if key != tables[0])
            notes.add(f"only {quote(tables[0])} has edges; not read: {others}", doubtful=True)
            return graph[tables[0]]
    if len(graph) != 1:
        return graph
    inner = next(iter(graph.values()))
    if isinstance(inner, list) and inner and not _is_known(graph) and (_is_table(inner) or _are_rows(inner)):
        return inner
    if "graph" not in graph or not isinstance(inner, dict) or not _is_known(inner):
        return graph
    nodes = inner.get("nodes")
    if isinstance(nodes, dict) and all(isinstance(node, dict) for node in nodes.values()):
        inner = {**inner, "nodes": [{**node, "id": key} for key, node in nodes.items()]}
    return inner


def _are_rows(objects: list[Any]) -> bool:
    """Tell whether objects of several members each, without others in them, are more than names of nodes."""
    if not _are_flat(objects) or not all(len(one) > 1 for one in objects):
        return False
    return any(isinstance(value, str) for one in objects for key, value in one.items() if key not in IDS)


def _parsed(place: Place, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and (lines := parse_lines(text, _object)) is not None:
            return lines
        place.wrong(f"not JSON ({error.msg}); export the file again", error.lineno)
    except RecursionError:
        place.wrong("brackets are nested too deep; export the file again")
    except ValueError as error:
        place.wrong(f"not JSON ({error}); correct it")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {quote(twice)} occurs twice in one object")
    return found


class _JSON:
    def __init__(self, place: Place, notes: Notes) -> None:
        self.graph = PropertyGraph(place, notes)
        self._place = place
        self._notes = notes
        self._keys: list[str] = []

    def take(self, graph: dict[str, Any]) -> None:
        """Read the whole object."""
        graph = self._without_elements(graph)
        nodes = self._objects(graph, "nodes") if "nodes" in graph else []
        graphology = "edges" in graph and any("key" in node and "id" not in node for node in nodes)
        lists = [name for name in _LINKS if name in graph]
        self._add_nodes(nodes, graph[lists[0]] if lists else [], graphology)
        if "adjacency" in graph:
            self._add_adjacency(graph["adjacency"], self._both(graph))
        elif len(lists) == 1:
            self._add_links(lists[0], graph, graphology)
        else:
            found = join_quoted(graph, most=8) or "nothing"
            self._place.wrong(f"not a known kind of graph, it has {found}; {_NEEDED}")

    def _without_elements(self, graph: dict[str, Any]) -> dict[str, Any]:
        """Return the "elements" of Cytoscape, one list or two, as nodes and edges; other graphs unchanged."""
        if "elements" not in graph:
            return graph
        elements = graph["elements"]
        if not isinstance(elements, dict):
            there = self._objects(graph, "elements")
            if not any(isinstance(one.get("data"), dict) for one in there):
                self._place.wrong(f"this is not a graph; {_NEEDED}")
            edges = ["source" in _lifted(one, "data") for one in there]
            elements = {
                "nodes": [one for one, is_edge in zip(there, edges, strict=True) if not is_edge],
                "edges": [one for one, is_edge in zip(there, edges, strict=True) if is_edge],
            }
        return {"directed": graph["directed"], **elements} if "directed" in graph else elements

    def _both(self, graph: dict[str, Any], links: Iterable[dict[str, Any]] = ()) -> bool:
        """Return whether edges lead both ways, and note it if only the lack of "directed" says so."""
        arrows = any("arrows" in link for link in links)
        if "directed" not in graph and not arrows:
            said = 'the file does not say "directed", so every edge leads both ways'
            self._notes.add(f'{said}; if they lead one way, write "directed": true', doubtful=True)
        directed = graph.get("directed", False)
        if not isinstance(directed, bool):
            self._place.wrong('"directed" must be true or false')
        return not directed

    def _objects(self, graph: dict[str, Any], name: str) -> list[dict[str, Any]]:
        objects = graph[name]
        if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
            self._place.wrong(f'"{name}" must be a list of objects')
        return objects

    def _add_nodes(self, nodes: list[dict[str, Any]], links: Any, graphology: bool) -> None:
        called = "key" if graphology else "id"
        nodes = [_lifted(_lifted(node, "data"), "attributes") for node in nodes]
        # without ids, as in old versions of d3, edges name the nodes by their place in the list, or by name
        if not any(called in node for node in nodes) and not _are_places(links, len(nodes)):
            called = next((key for key in IDS if nodes and all(key in node for node in nodes)), called)
        named = any(called in node for node in nodes)
        for place, node in enumerate(nodes):
            key = self._id(node.get(called), f"node {place + 1}") if named else str(place)
            self.graph.add_node(key, _attributes(node, (called,)))
            self._keys.append(key)

    def _add_links(self, name: str, graph: dict[str, Any], graphology: bool) -> None:
        links = self._objects(graph, name)
        both = _type_of(graph) == "undirected" if graphology else self._both(graph, links)
        for place, plain in enumerate(links, start=1):
            link = _lifted(_lifted(plain, "data"), "attributes")
            what = f"{name.removesuffix('s')} {place}"
            ends = next((ends for ends in _ENDS if ends[0] in link), _ENDS[0])
            for end in ends:
                if end not in link:
                    self._place.wrong(f"{what} has no {end}; it needs a source and a target")
            source, target = (self._id(link[end], f"the {end} of {what}") for end in ends)
            left_out = (*ends, *(("key", "undirected") if graphology else ()))
            leads_back = plain.get("undirected", both) if graphology else both
            if isinstance(arrows := link.get("arrows"), str) and "directed" not in graph:  # of vis.js
                left_out = (*left_out, "arrows")
                at_start, leads_on = "from" in arrows, "to" in arrows
                leads_back = at_start == leads_on
                source, target = (target, source) if at_start and not leads_on else (source, target)
            self.graph.add_link(Link(None, source, target, leads_back is True, _attributes(link, left_out)))
        if not self._keys:
            self.graph.add_missing_nodes()

    def _add_adjacency(self, adjacency: Any, both: bool) -> None:
        if not isinstance(adjacency, list) or len(adjacency) != len(self._keys):
            self._place.wrong('"adjacency" must be a list with one entry for each of the nodes')
        mirrored: set[tuple[str, str, str]] = set()
        for place, (source, row) in enumerate(zip(self._keys, adjacency, strict=True), start=1):
            for link in self._objects({f"entry {place} of adjacency": row}, f"entry {place} of adjacency"):
                target = self._id(link.get("id"), f"an end in entry {place} of adjacency")
                attributes = _attributes(link, ("id",))
                same = json.dumps(attributes, sort_keys=True)
                if (source, target, same) in mirrored:  # an undirected edge is listed at both its ends
                    continue
                if both:
                    mirrored.add((target, source, same))
                self.graph.add_link(Link(None, source, target, both, attributes))

    def _id(self, value: Any, what: str) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self._place.wrong(f"{what} is {quote(json.dumps(value))}; it must be text or a number")
        return _text(value)


def _is_table(items: list[Any]) -> bool:
    """Tell whether a list holds only edges, without the "data" of Cytoscape."""
    plain = all(isinstance(one, dict) and not isinstance(one.get("data"), dict) for one in items)
    return plain and any(all({*ends} <= one.keys() for one in items) for ends in _ENDS)


def _are_places(links: Any, count: int) -> bool:
    """Tell whether the ends of edges are all places in a list of so many nodes."""
    there = [one for one in links if isinstance(one, dict)] if isinstance(links, list) else []
    ends = [one[key] for one in there for pair in _ENDS for key in pair if key in one]
    return all(isinstance(end, int) and 0 <= end < count for end in ends)


def _type_of(graph: dict[str, Any]) -> Any:
    """Return what graphology says about all edges: directed, undirected, or nothing if they are mixed."""
    options = graph.get("options")
    return options.get("type") if isinstance(options, dict) else None


def _lifted(item: dict[str, Any], inner: str) -> dict[str, Any]:
    """Return an item together with the members of one of its values, if that is an object."""
    inside = item.get(inner)
    if not isinstance(inside, dict):
        return item
    return inside | {name: value for name, value in item.items() if name != inner}


def _attributes(item: dict[str, Any], left_out: tuple[str, ...]) -> dict[str, str]:
    """Return the values that are text or numbers, without the numbers of parallel edges in networkx."""
    return {
        name: _text(value)
        for name, value in item.items()
        if name not in left_out
        and isinstance(value, str | int | float)
        and not (name == "key" and isinstance(value, int))
    }


def _text(value: str | int | float) -> str:
    return value if isinstance(value, str) else json.dumps(value)
