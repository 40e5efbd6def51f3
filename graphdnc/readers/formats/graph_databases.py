"""The CSV files of the graph databases Neo4j and Neptune: nodes and edges in separate files.

One file of edges is enough; then the ids are the names. A folder or a zip may also hold files of nodes,
which give the names. Neo4j marks the columns ``:ID``, ``:START_ID``, ``:END_ID`` and ``:TYPE``, or ``_id``,
``_start``, ``_end`` and ``_type`` if everything is in one file. Neptune marks them ``~id``, ``~from``,
``~to`` and ``~label``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from graphdnc.readers.archive import Folder
from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.notes import Notes
from graphdnc.readers.property_graph import Link, PropertyGraph
from graphdnc.readers.source import Content, Place
from graphdnc.readers.tables import Table, open_table

_MARKED = re.compile(
    r"[^:]*:(ID|START_ID|END_ID|TYPE|LABEL|IGNORE)(?:\(([^)]*)\))?(?:\{.*\})?", re.IGNORECASE
)
_NEO4J = {"_id": "id", "_start": "start", "_end": "end", "_type": "type", "_labels": "kind"}
_NEPTUNE = {"~id": "id", "~from": "start", "~to": "end", "~label": "type"}
_ROLES = {"ID": "id", "START_ID": "start", "END_ID": "end", "TYPE": "type", "LABEL": "kind", "IGNORE": "kind"}


class _Column(NamedTuple):
    """What a column holds: its role (empty for a property), its name and its space of ids."""

    role: str
    name: str
    space: str


def is_neo4j(columns: list[str]) -> bool:
    """Tell whether these are columns of nodes or edges as Neo4j writes them."""
    roles = {_neo4j(name).role for name in columns}
    return {"start", "end"} <= roles or any(_MARKED.fullmatch(name) for name in columns)


def is_neptune(columns: list[str]) -> bool:
    """Tell whether these are columns of nodes or edges as Neptune writes them."""
    return "~id" in columns or {"~from", "~to"} <= set(columns)


def read(found: Content | Folder, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges in one file of edges, or in the files of a folder or a zip."""
    graph = PropertyGraph(found.place, notes)
    if isinstance(found, Folder):
        tables = found.tables()
    else:
        tables = iter([open_table(found.place, partial(io.BytesIO, found.data))])
    have_nodes = [_read_table(table, graph) for table in tables]
    if not any(have_nodes):
        graph.add_missing_nodes()
    return graph.edges(columns)


def _read_table(table: Table, graph: PropertyGraph) -> bool:
    """Add the nodes and edges of a table to a graph; return whether the table has nodes."""
    columns = list(map(_neptune if is_neptune(table.columns) else _neo4j, table.columns))
    at = {column.role: place for place, column in enumerate(columns) if column.role}
    edges, nodes = {"start", "end"} <= at.keys(), "id" in at
    if not edges and not nodes:
        found = "the columns are neither of nodes nor of edges: no :ID, :START_ID or ~from"
        table.place.wrong(f"{found}; a header in a separate file must be called x-header.csv", table.line)
    nodes = nodes and (not edges or "_id" in table.columns)
    for line, row in table.rows:
        if edges and row[at["start"]].strip():
            graph.add_link(_link(table.place, line, row, columns, at))
        elif nodes:
            key = _key(table.place, line, row[at["id"]], columns[at["id"]])
            graph.add_node(key, _properties(row, columns), line, table.place)
        else:
            table.place.wrong("the start of the edge is empty; fill it in or delete the line", line)
    return nodes


def _neo4j(name: str) -> _Column:
    marked = _MARKED.fullmatch(name)
    if marked:
        return _Column(_ROLES[marked[1].upper()], name, (marked[2] or "").strip())
    return _Column(_NEO4J.get(name, ""), name.partition(":")[0], "")


def _neptune(name: str) -> _Column:
    return _Column(_NEPTUNE.get(name, ""), name.partition(":")[0], "")


def _link(place: Place, line: int, row: list[str], columns: list[_Column], at: dict[str, int]) -> Link:
    ends = [_key(place, line, row[at[end]], columns[at[end]]) for end in ("start", "end")]
    named = {"relation": row[at["type"]]} if "type" in at else {}
    return Link(line, ends[0], ends[1], False, _properties(row, columns) | named, place)


def _key(place: Place, line: int, value: str, column: _Column) -> str:
    if not value.strip():
        place.wrong(f"the {column.role} is empty; fill it in or delete the line", line)
    return f"{column.space} {value.strip()}" if column.space else value.strip()


def _properties(row: list[str], columns: list[_Column]) -> dict[str, str]:
    return {
        column.name: value
        for column, value in zip(columns, row, strict=True)
        if not column.role and value.strip()
    }
