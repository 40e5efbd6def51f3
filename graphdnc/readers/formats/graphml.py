"""GraphML: nodes and edges with data. The labels that yEd draws are names too."""

from __future__ import annotations

from collections.abc import Iterator

from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.notes import Notes
from graphdnc.readers.property_graph import Link, PropertyGraph
from graphdnc.readers.safe_xml import Attributes, Elements
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import quote

_DIRECTED = {"directed": True, "undirected": False}
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a GraphML file."""
    found = _GraphML(content.place, notes)
    found.parse(content.data, "graphml")
    return found.graph.edges(columns)


class _GraphML(Elements):
    def __init__(self, place: Place, notes: Notes) -> None:
        super().__init__(place)
        self.graph = PropertyGraph(place, notes)
        self._notes = notes
        # what each <key> says about data: its name, and which elements have it
        self._keys: dict[str, tuple[str, str]] = {}
        self._defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
        self._begun = False
        # whether the edges of the open graphs, one inside the other, are directed
        self._directed: list[bool] = [False]
        # the open elements: their line, attributes and data
        self._open: list[tuple[int, Attributes, dict[str, str]]] = []
        self._key = self._datum = ""

    def open(self, path: tuple[str, ...], attributes: Attributes) -> None:
        match path[-1]:
            case "key":
                self._key = attributes.get("id", "")
                name = attributes.get("attr.name") or self._key
                self._keys[self._key] = (name, attributes.get("for", "all"))
            case "graph":
                if len(path) == 2 and self._begun:
                    self.place.wrong("a second graph in one file; save each in its own file", self.line)
                self._begun = True
                self._directed.append(self._direction(attributes))
            case "node" | "edge":
                self._open.append((self.line, attributes, {}))
            case "hyperedge":
                self.place.wrong("an edge with more than two nodes (hyperedge); split it", self.line)
            case "data":
                self._datum = attributes.get("key", "")
            case "Arrows" if self._open and set(map(attributes.get, ("source", "target"))) == {"none"}:
                # yEd has only directed edges; a line without an arrow may be meant as undirected
                self._notes.add(
                    "drawn without an arrow, but directed in the file; read as directed", self.line
                )

    def close(self, path: tuple[str, ...], text: str) -> None:
        match path[-1]:
            case "default" if path[-2:-1] == ("key",):
                name, of = self._keys[self._key]
                for kind, defaults in self._defaults.items():
                    if of in (kind, "all"):
                        defaults[name] = text
            case "data" if self._open and path[-2] in ("node", "edge"):
                if text.strip():
                    self._open[-1][2][self._named(self._datum)] = text
            case "NodeLabel" | "EdgeLabel" if self._open and text.strip():
                self._open[-1][2].setdefault("label", text)
            case "graph":
                self._directed.pop()
            case "node":
                line, attributes, data = self._open.pop()
                self.graph.add_node(attributes.get("id", ""), self._defaults["node"] | data, line)
            case "edge":
                self._add_edge(*self._open.pop())

    def _named(self, key: str) -> str:
        if key not in self._keys:
            self.place.wrong(f"data for the key {quote(key)}, which no <key> declares; add it", self.line)
        return self._keys[key][0]

    def _direction(self, attributes: Attributes) -> bool:
        said = attributes.get("edgedefault", "undirected")
        if said not in _DIRECTED:
            self.place.wrong(f"edgedefault is {quote(said)}; write directed or undirected", self.line)
        return _DIRECTED[said]

    def _add_edge(self, line: int, attributes: Attributes, data: dict[str, str]) -> None:
        said = attributes.get("directed")
        if said is not None and said not in _TRUTH:
            self.place.wrong(f"directed is {quote(said)}; write true or false", line)
        directed = self._directed[-1] if said is None else _TRUTH[said]
        source, target = attributes.get("source", ""), attributes.get("target", "")
        self.graph.add_link(Link(line, source, target, not directed, self._defaults["edge"] | data))
