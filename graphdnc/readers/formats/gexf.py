"""GEXF of any version: nodes and edges with labels and attributes. Times are not used."""

from __future__ import annotations

from collections.abc import Iterator

from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.notes import Notes
from graphdnc.readers.property_graph import Link, PropertyGraph
from graphdnc.readers.safe_xml import Attributes, Elements
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import quote

# whether an edge of this type leads one way only
_DIRECTED = {"directed": True, "undirected": False, "mutual": False}


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a GEXF file."""
    found = _GEXF(content.place, notes)
    found.parse(content.data, "gexf")
    return found.graph.edges(columns)


class _GEXF(Elements):
    def __init__(self, place: Place, notes: Notes) -> None:
        super().__init__(place)
        self.graph = PropertyGraph(place, notes)
        self._graphs = 0
        self._type = "undirected"
        self._class = self._attribute = ""
        self._titles: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
        self._defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
        # the open elements: their name, line, attributes and values
        self._open: list[tuple[str, int, Attributes, dict[str, str]]] = []

    def open(self, path: tuple[str, ...], attributes: Attributes) -> None:
        match path[-1]:
            case "graph":
                self._begin_graph(attributes)
            case "attributes":
                self._class = attributes.get("class", "")
            case "attribute" if self._class in self._titles:
                self._attribute = attributes.get("id", "")
                title = attributes.get("title") or self._attribute
                self._titles[self._class][self._attribute] = title
            case "node" | "edge":
                self._open.append((path[-1], self.line, attributes, {}))
            case "attvalue" if self._open:
                self._add_value(attributes)
            case "position" if self._open and self._open[-1][0] == "node":
                self._add_position(attributes)

    def close(self, path: tuple[str, ...], text: str) -> None:
        match path[-1]:
            case "default" if self._class in self._titles and self._attribute in self._titles[self._class]:
                self._defaults[self._class][self._titles[self._class][self._attribute]] = text
            case "node":
                _, line, attributes, values = self._open.pop()
                self.graph.add_node(attributes.get("id", ""), self._valued("node", attributes, values), line)
            case "edge":
                _, line, attributes, values = self._open.pop()
                self._add_edge(line, attributes, values)

    def _begin_graph(self, attributes: Attributes) -> None:
        self._graphs += 1
        if self._graphs > 1:
            self.place.wrong("a second graph in one file; save each in its own file", self.line)
        self._type = attributes.get("defaultedgetype", self._type)

    def _add_value(self, attributes: Attributes) -> None:
        kind, _, _, values = self._open[-1]
        key = attributes.get("for", attributes.get("id", ""))
        if key not in self._titles[kind]:
            self.place.wrong(f"a value for {quote(key)}, which no <attribute> declares; add it", self.line)
        values[self._titles[kind][key]] = attributes.get("value", "")

    def _add_position(self, attributes: Attributes) -> None:
        """Keep where a node is drawn (``viz:position``): y is upwards here, downwards as an attribute."""
        values = self._open[-1][3]
        if "x" in attributes and "y" in attributes:
            values.setdefault("x", attributes["x"])
            values.setdefault("y", f"-{attributes['y']}".replace("--", ""))

    def _valued(self, kind: str, attributes: Attributes, values: dict[str, str]) -> dict[str, str]:
        own = {name: attributes[name] for name in ("label", "kind") if attributes.get(name)}
        weight = {"weight": attributes["weight"]} if kind == "edge" and "weight" in attributes else {}
        return self._defaults[kind] | weight | own | values

    def _add_edge(self, line: int, attributes: Attributes, values: dict[str, str]) -> None:
        said = attributes.get("type", self._type)
        if said not in _DIRECTED:
            self.place.wrong(f"the edge's type is {quote(said)}; write directed or undirected", line)
        valued = self._valued("edge", attributes, values)
        source, target = attributes.get("source", ""), attributes.get("target", "")
        self.graph.add_link(Link(line, source, target, not _DIRECTED[said], valued))
