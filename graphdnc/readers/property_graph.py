"""Nodes and edges with attributes, as most graph formats have them, made into triples.

One attribute of the edges is the relation: the one that is asked for, or else the first of the usual names
that any edge has. One attribute of the nodes is their name, where it tells most of them apart; where it
does not tell some of them apart, their ids stand behind it. Undirected edges lead both ways.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from graphdnc.errors import UsageError
from graphdnc.readers.build_graph import EDGE, MAX_TRIPLES, Edge, Notes, clean, told_apart
from graphdnc.readers.formats.edge_list import USUAL, Columns, find_usual, listed, seems_weight
from graphdnc.readers.source import Place, shown

# "labelE" is of TinkerPop, "Edge Label" of Gephi, "shared interaction" and "shared name" of Cytoscape.
_RELATIONS = ["label e", "edge label", *USUAL["relation"], "shared interaction", "name", "l", "key"]
_LABELS = ["label", "name", "title", "node label", "node name", "shared name", "display name", "code"]
_MAX_ATTRIBUTES = 1_000

Attributes = Mapping[str, str]


class Link(NamedTuple):
    """An edge between two ids, with the line it is on where that is known.

    ``place`` is the file, where the graph is made of several.
    """

    line: int | None
    source: str
    target: str
    both: bool
    attributes: Attributes
    place: Place | None = None


class Network:
    """What a file says, collected until its end, since an attribute may turn up late."""

    def __init__(self, place: Place, notes: Notes) -> None:
        self._place = place
        self._notes = notes
        self._nodes: dict[str, Attributes] = {}
        self._links: list[Link] = []

    def add_node(
        self, key: str, attributes: Attributes, line: int | None = None, place: Place | None = None
    ) -> None:
        """Add a node; its id must be new. ``place`` is the file, where the graph is made of several."""
        there = place or self._place
        if not clean(key):
            there.wrong("a node without an id; give it one", line)
        if key in self._nodes:
            there.wrong(f"the node {shown(key)} is there twice; give each its own id", line)
        if len(self._nodes) >= MAX_TRIPLES:
            self._place.too_large(f"more than {MAX_TRIPLES:,} nodes")
        self._nodes[key] = attributes

    def add_link(self, link: Link) -> None:
        """Add an edge; its nodes may come later."""
        if len(self._links) >= MAX_TRIPLES:
            self._place.too_large(f"more than {MAX_TRIPLES:,} edges")
        self._links.append(link)

    def add_missing_nodes(self) -> None:
        """Take the ends of the edges for the nodes, in a file that lists none."""
        for link in self._links:
            for key in (link.source, link.target):
                self._nodes.setdefault(key, {})

    def edges(self, columns: Columns) -> Iterator[Edge]:
        """Yield the triples by name.

        Raises:
            GraphFileError: an edge names a node that is not there.
            UsageError: no edge has the attribute that was asked for as the relation.
        """
        self._check_ends()
        names = self._names()
        relation = self._relation(columns.relation)
        for link in self._links:
            named = link.attributes.get(relation, "") if relation else ""
            if relation and not named.strip():
                self._notes.add(f'has no {shown(relation)}, so the relation is called "{EDGE}"', link.line)
            yield Edge(
                link.line, names[link.source], named if named.strip() else EDGE, names[link.target], link.both
            )

    def _check_ends(self) -> None:
        used = set()
        for link in self._links:
            for key in (link.source, link.target):
                if key not in self._nodes:
                    place = link.place or self._place
                    place.wrong(f"an edge of the node {shown(key)}, which is not there; add it", link.line)
                used.add(key)
        if self._links and len(used) < len(self._nodes):
            self._notes.add(f"nodes without an edge, left out: {len(self._nodes) - len(used):,}")
            self._nodes = {key: value for key, value in self._nodes.items() if key in used}

    def _present(self, all_attributes: Iterable[Attributes]) -> list[str]:
        """Return the names of attributes, in order of appearance."""
        present = dict.fromkeys(name for attributes in all_attributes for name in attributes)
        if len(present) > _MAX_ATTRIBUTES:
            self._place.too_large(f"more than {_MAX_ATTRIBUTES:,} different attributes")
        return list(present)

    def _names(self) -> dict[str, str]:
        present = self._present(self._nodes.values())
        for label in _usual(present, _LABELS):
            names = {key: attributes.get(label, "") for key, attributes in self._nodes.items()}
            count = Counter(clean(name) for name in names.values() if name.strip())
            alike = sum(number for number in count.values() if number > 1)
            if 2 * alike > len(names) or not count:
                self._notes.add(f"{shown(label)} does not tell the nodes apart, so it is not their name")
                continue
            if alike:
                first = next(name for name, number in count.items() if number > 1)
                self._notes.add(
                    f"{alike:,} nodes share a name, such as {shown(first)}; it has their id added"
                )
            return told_apart(self._place, names)
        return told_apart(self._place, dict.fromkeys(self._nodes, ""))

    def _relation(self, wanted: str | None) -> str | None:
        present = self._present(link.attributes for link in self._links)
        if wanted is not None and wanted not in present:
            there = f"there are {listed(present)}" if present else "they have none"
            raise UsageError(f"{self._place.name}: no edge has an attribute {shown(wanted)}; {there}")
        found = next(_usual(present, _RELATIONS), None) if wanted is None else wanted
        unused = [name for name in present if name != found]
        self._notes.weights += filter(seems_weight, unused)
        others = [name for name in unused if not seems_weight(name)]
        if others:
            self._notes.add(f"attributes of edges that are not used: {listed(others)}")
        return found


def _usual(present: Iterable[str], usual: list[str]) -> Iterator[str]:
    """Yield those of some names that are among the usual ones, in their order."""
    names = list(present)
    for one in usual:
        place = find_usual(names, [one])
        if place is not None:
            yield names[place]
