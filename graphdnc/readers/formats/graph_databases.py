"""The CSV files of graph databases: Neo4j and Neptune, nodes and edges in files of their own.

One file of edges is enough; the ids are the names then. A folder or a zip may hold files of nodes too,
whose names are taken. Neo4j marks the columns ``:ID``, ``:START_ID``, ``:END_ID`` and ``:TYPE`` (or
``_id``, ``_start``, ``_end``, ``_type`` where all is in one file), Neptune ``~id``, ``~from``, ``~to`` and
``~label``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from graphdnc.readers.archive import Bundle, Table, table
from graphdnc.readers.build_graph import Edge, Notes
from graphdnc.readers.formats.edge_list import Columns
from graphdnc.readers.property_graph import Link, Network
from graphdnc.readers.source import Content, Place

_MARKED = re.compile(
    r"[^:]*:(ID|START_ID|END_ID|TYPE|LABEL|IGNORE)(?:\(([^)]*)\))?(?:\{.*\})?", re.IGNORECASE
)
_NEO4J = {"_id": "id", "_start": "start", "_end": "end", "_type": "type", "_labels": "kind"}
_NEPTUNE = {"~id": "id", "~from": "start", "~to": "end", "~label": "type"}
_ROLES = {"ID": "id", "START_ID": "start", "END_ID": "end", "TYPE": "type", "LABEL": "kind", "IGNORE": "kind"}


class _Column(NamedTuple):
    """What a column holds: its role (empty for a property), its name, its space of ids."""

    role: str
    name: str
    space: str


def is_neo4j(columns: list[str]) -> bool:
    """Tell whether the columns are those of nodes or edges that Neo4j writes."""
    roles = {_neo4j(name).role for name in columns}
    return {"start", "end"} <= roles or any(_MARKED.fullmatch(name) for name in columns)


def is_neptune(columns: list[str]) -> bool:
    """Tell whether the columns are those of nodes or edges that Neptune writes."""
    return "~id" in columns or {"~from", "~to"} <= set(columns)


def read(found: Content | Bundle, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges in one file of edges, or in the files of a folder or a zip.

    Raises:
        GraphFileError: a file is damaged, or an edge names a node that is nowhere; it names the line.
        UsageError: no edge has the attribute that was asked for as the relation.
    """
    network = Network(found.place, notes)
    nodes = [_take(there, network) for there in _tables(found)]
    if not any(nodes):
        network.add_missing_nodes()
    return network.edges(columns)


def _tables(found: Content | Bundle) -> Iterator[Table]:
    if isinstance(found, Content):
        data = found.data
        yield table(found.place, lambda: io.BytesIO(data))
        return
    yield from found.tables()


def _take(there: Table, network: Network) -> bool:
    """Read a table; return whether it has nodes."""
    meant = [_neo4j(name) if not is_neptune(there.columns) else _neptune(name) for name in there.columns]
    at = {column.role: place for place, column in enumerate(meant) if column.role}
    edges, nodes = {"start", "end"} <= at.keys(), "id" in at
    if not edges and not nodes:
        found = "columns neither of nodes nor of edges: no :ID, :START_ID or ~from"
        there.place.wrong(f"{found}; a header of its own file is found by name, x-header.csv", there.line)
    nodes = nodes and (not edges or "_id" in there.columns)
    for line, row in there.rows:
        if edges and row[at["start"]].strip():
            network.add_link(_link(there.place, line, row, meant, at))
        elif nodes:
            key = _key(there.place, line, row[at["id"]], meant[at["id"]])
            network.add_node(key, _properties(row, meant), line, there.place)
        else:
            there.place.wrong("the beginning of the edge is empty; fill it in or delete the line", line)
    return nodes


def _neo4j(name: str) -> _Column:
    marked = _MARKED.fullmatch(name)
    if marked:
        return _Column(_ROLES[marked[1].upper()], name, (marked[2] or "").strip())
    return _Column(_NEO4J.get(name, ""), name.partition(":")[0], "")


def _neptune(name: str) -> _Column:
    return _Column(_NEPTUNE.get(name, ""), name.partition(":")[0], "")


def _link(place: Place, line: int, row: list[str], meant: list[_Column], at: dict[str, int]) -> Link:
    ends = [_key(place, line, row[at[end]], meant[at[end]]) for end in ("start", "end")]
    named = {"relation": row[at["type"]]} if "type" in at else {}
    return Link(line, ends[0], ends[1], False, _properties(row, meant) | named, place)


def _key(place: Place, line: int, value: str, column: _Column) -> str:
    if not value.strip():
        place.wrong(f"the {column.role} is empty; fill it in or delete the line", line)
    return f"{column.space} {value.strip()}" if column.space else value.strip()


def _properties(row: list[str], meant: list[_Column]) -> dict[str, str]:
    return {
        column.name: value
        for column, value in zip(meant, row, strict=True)
        if not column.role and value.strip()
    }
