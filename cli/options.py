"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from graphdnc.errors import UsageError

if TYPE_CHECKING:
    from graphdnc.readers import Columns

GraphFile = Annotated[
    str,
    typer.Argument(metavar="GRAPH", help="A graph file, folder or zip (docs/files.md); - is standard input."),
]
FormatName = Annotated[
    str | None,
    typer.Option(metavar="FORMAT", help="csv, graphml, gexf, gml, pajek, json, gedcom, gtfs, ..."),
]
SourceColumn = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column of sources: name or number.")
]
RelationColumn = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column of relations, or attribute of edges.")
]
TargetColumn = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of targets.")]
ThreeColumns = Annotated[
    str | None, typer.Option(metavar="S,R,T", help="Columns of source, relation and target at once.")
]

_SLOW = 4 << 20
"""Bytes of a graph that take seconds to read."""


def graph_source(graph: str, quiet: bool = False) -> str | BinaryIO:
    """Return what a graph is read from; of a large one it is said on a terminal that it is being read."""
    if graph == "-":
        return sys.stdin.buffer
    if not quiet and sys.stderr.isatty() and _size(graph) >= _SLOW:
        print(f"reading {graph} ...", file=sys.stderr)
    return graph


def _size(path: str) -> int:
    with suppress(OSError):  # whoever reads it says what is wrong
        files = [entry.path for entry in os.scandir(path)] if os.path.isdir(path) else [path]
        return sum(map(os.path.getsize, files))
    return 0


def columns_of(together: str | None, source: str | None, relation: str | None, target: str | None) -> Columns:
    """Return the columns asked for, by one option or by three."""
    from graphdnc.readers import Columns

    if together is None:
        return Columns(source, relation, target)
    if source or relation or target:
        raise UsageError("--columns says all columns at once; leave --source, --relation and --target out")
    parts = [part.strip() or None for part in together.split(",")]
    if len(parts) != 3:
        raise UsageError(
            f"--columns {together!r} is not three columns; write names or numbers: --columns 1,3,2"
        )
    return Columns(*parts)
