"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Annotated, BinaryIO

import typer

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
