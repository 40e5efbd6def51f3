"""Nodes and edges with attributes, as most graph formats have them, turned into triples.

One attribute of the edges is the relation: the one that was asked for, or else the surest of the usual names
that any edge has. One attribute of the nodes is their name, if it tells most of them apart; nodes that share
a name have their id added. Undirected edges become two triples.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from graphdnc.errors import UsageError
from graphdnc.readers.build_graph import EDGE, INVISIBLE, MAX_TRIPLES, Edge, distinct_names
from graphdnc.readers.clean import clean, has_invisible
from graphdnc.readers.columns import OF_EDGES, Columns, keys_count, note_unused, usual_among
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Place
from graphdnc.utils.text import join_quoted, quote

_LABELS = ["label", "name", "title", "node label", "node name", "shared name", "display name", "code"]
_COLOURS = ["color", "colour"]
_MAX_ATTRIBUTES = 1_000

Attributes = Mapping[str, str]


class Link(NamedTuple):
    """An edge between two nodes, by their ids; ``place`` is the file, if the graph is made of several."""

    line: int | None  # None if it is not known
    source: str
    target: str
    both_ways: bool
    attributes: Attributes
    place: Place | None = None


class PropertyGraph:
    """The nodes and edges of a file, collected until its end: the last edge may bring a new attribute."""

    def __init__(self, place: Place, notes: Notes) -> None:
        self._place = place
        self._notes = notes
        notes.account.unit = "nodes and edges"
        self._nodes: dict[str, Attributes] = {}
        self._links: list[Link] = []
        self._listed = True

    def add_node(
        self, key: str, attributes: Attributes, line: int | None = None, place: Place | None = None
    ) -> None:
        """Add a node with a new id; ``place`` is the file, if the graph is made of several."""
        there = place or self._place
        key = self._visible(key, line)
        if not clean(key):
            there.wrong("a node without an id; give it one", line)
        if key in self._nodes:
            there.wrong(f"the node {quote(key)} occurs twice; give each its own id", line)
        if len(self._nodes) >= MAX_TRIPLES:
            self._place.too_large(f"more than {MAX_TRIPLES:,} nodes")
        self._nodes[key] = attributes
        self._notes.account.read += 1

    def add_link(self, link: Link) -> None:
        """Add an edge; its nodes may be added later."""
        if "" in (link.source, link.target):
            (link.place or self._place).wrong("an edge without source or target; add it", link.line)
        if len(self._links) >= MAX_TRIPLES:
            self._place.too_large(f"more than {MAX_TRIPLES:,} edges")
        if not (link.source.isascii() and link.target.isascii()):
            source, target = (self._visible(key, link.line) for key in (link.source, link.target))
            link = link._replace(source=source, target=target)
        self._links.append(link)
        self._notes.account.read += 1

    def _visible(self, key: str, line: int | None) -> str:
        """Return an id without invisible characters: they make no other node."""
        if not has_invisible(key):
            return key
        self._notes.add(INVISIBLE, line)
        return clean(key)

    def add_missing_nodes(self) -> None:
        """Add the ends of the edges as nodes, for a file that lists none."""
        self._listed = False
        for link in self._links:
            for key in (link.source, link.target):
                self._nodes.setdefault(key, {})

    def edges(self, columns: Columns) -> Iterator[Edge]:
        """Yield the edges by name.

        Raises:
            GraphFileError: an edge refers to a node that is not there.
            UsageError: no edge has the attribute that was asked for as the relation.
        """
        self._keep_used_nodes()
        self._notes.leave("names a node", count=len(self._nodes) if self._listed else 0)
        names = self._names()
        attribute = self._relation(columns.relation, columns.weight)
        self._notes.look.keep_attributes(
            ((names[key], own) for key, own in self._nodes.items()),
            ((clean(_relation_of(link, attribute)), link.attributes) for link in self._links),
        )
        for link in self._links:
            relation = _relation_of(link, attribute)
            if attribute and not link.attributes.get(attribute, "").strip():
                self._notes.add(f'has no {quote(attribute)}, so the relation is called "{EDGE}"', link.line)
            weight = link.attributes.get(columns.weight) if columns.weight else None
            ends = names[link.source], relation, names[link.target]
            yield Edge(link.line, *ends, link.both_ways, weight=weight)

    def _keep_used_nodes(self) -> None:
        """Check that the ends of all edges are there, and leave out nodes without an edge."""
        used = set()
        for link in self._links:
            for key in (link.source, link.target):
                if key not in self._nodes:
                    place = link.place or self._place
                    place.wrong(
                        f"an edge refers to the node {quote(key)}, which is not there; add it", link.line
                    )
                used.add(key)
        if self._links and len(used) < len(self._nodes):
            alone = len(self._nodes) - len(used)
            self._notes.add(f"nodes without an edge, left out: {alone:,}")
            self._notes.leave("a node without an edge", count=alone, missed=True)
            self._nodes = {key: value for key, value in self._nodes.items() if key in used}

    def _names(self) -> dict[str, str]:
        """Return the name of each node by its id, from the first attribute that tells most nodes apart."""
        if any(has_invisible(name) for attributes in self._nodes.values() for name in attributes.values()):
            self._notes.add(INVISIBLE)
        for label in usual_among(self._present(self._nodes.values()), _LABELS):
            names = {key: attributes.get(label, "") for key, attributes in self._nodes.items()}
            if self._tells_apart(label, names):
                return distinct_names(self._place, names)
        return distinct_names(self._place, dict.fromkeys(self._nodes, ""))

    def _tells_apart(self, label: str, names: dict[str, str]) -> bool:
        """Tell whether at most half of the nodes share their name with another, and note if any do."""
        count = Counter(clean(name) for name in names.values() if name.strip())
        alike = sum(number for number in count.values() if number > 1)
        if 2 * alike > len(names) or not count:
            self._notes.add(f"{quote(label)} does not tell the nodes apart, so it is not used as their name")
            return False
        if alike:
            first = next(name for name, number in count.items() if number > 1)
            self._notes.add(f"{alike:,} nodes share a name, such as {quote(first)}; their ids are added")
        return True

    def _relation(self, wanted: str | None, weight: str | None) -> str | None:
        """Return the attribute that is the relation."""
        attributes = [link.attributes for link in self._links]
        present = self._present(attributes)
        if wanted is not None and wanted not in present:
            there = f"there are {join_quoted(present)}" if present else "they have none"
            raise UsageError(f"{self._place.name}: no edge has an attribute {quote(wanted)}; {there}")
        found = Columns.usual_relation(attributes) if wanted is None else wanted
        used = {found, weight, "key"} if keys_count(attributes) else {found, weight}
        unused = [name for name in present if name not in used]
        note_unused(self._notes, "attributes of edges", unused)
        if wanted is None and self._notes.by_hand:
            self._doubt_relation(found, unused)
        return found

    def _doubt_relation(self, found: str | None, unused: list[str]) -> None:
        """Note another attribute that may be the relation: one of a usual name, or else the colour."""
        others = list(usual_among(unused, [*OF_EDGES[:-3], *([] if found else _COLOURS)]))
        for name in others:
            values = {link.attributes[name] for link in self._links if name in link.attributes}
            if len(values) > 1:
                read = f"{quote(found)} is read as the relation" if found else "no relation is read"
                self._notes.add(
                    f"{read}; if {quote(name)} is it: --relation {shlex.quote(name)}", doubtful=True
                )
                return

    def _present(self, all_attributes: Iterable[Attributes]) -> list[str]:
        """Return the names of the attributes, in order of appearance."""
        present = dict.fromkeys(name for attributes in all_attributes for name in attributes)
        if len(present) > _MAX_ATTRIBUTES:
            self._place.too_large(f"more than {_MAX_ATTRIBUTES:,} different attributes")
        return list(present)


def _relation_of(link: Link, attribute: str | None) -> str:
    """Return the relation of an edge as the file writes it, or :data:`EDGE` if it says none."""
    relation = link.attributes.get(attribute, "") if attribute else ""
    return relation if relation.strip() else EDGE
