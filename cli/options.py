"""Options that several commands share, and what they are turned into."""

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
    typer.Argument(
        metavar="GRAPH",
        help="A graph file, folder or zip, or a shipped graph: underground, family; - is stdin.",
    ),
]
FormatName = Annotated[
    str | None, typer.Option(metavar="FORMAT", help="csv, graphml, gexf, gml, pajek, json, gedcom, gtfs, ...")
]
SourceColumn = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column of sources, by name or number.")
]
RelationColumn = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column of relations, or edge attribute.")
]
TargetColumn = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of targets.")]
ThreeColumns = Annotated[
    str | None,
    typer.Option(metavar="S,R,T", help="Columns of source, relation and target; S,T without a relation."),
]
Means = Annotated[
    list[str] | None,
    typer.Option(
        "--means", metavar='"WORD = TERM"', help='What a relation means: "erzeuger = father". Repeatable.'
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object on each line.")]

_SLOW = 4 << 20
"""Bytes of a graph file that takes seconds to read."""


def graph_source(graph: str, quiet: bool = False) -> str | BinaryIO:
    """Return the source of a graph: its path, or standard input. On a terminal, announce a large file.

    The name of a shipped graph is that graph, unless there is a file of the same name; then a note says so.
    """
    if graph == "-":
        return sys.stdin.buffer
    graph = _shipped_or_file(graph, quiet)
    if not quiet and sys.stderr.isatty() and _size(graph) >= _SLOW:
        print(f"reading {graph} ...", file=sys.stderr)
    return graph


def _shipped_or_file(name: str, quiet: bool) -> str:
    """Return the path of a shipped graph, if a name is that of one and of no file here."""
    from graphdnc.datasets.real import NAMES, real_graph_path

    if name not in NAMES:
        return name
    path = str(real_graph_path(name))
    if not os.path.exists(name):
        return path
    if not quiet:
        said = f"note: {name} here is read, not the shipped graph of that name; that is {path}"
        print(said, file=sys.stderr)
    return name


def _size(path: str) -> int:
    with suppress(OSError):  # the reader reports what is wrong
        files = [entry.path for entry in os.scandir(path)] if os.path.isdir(path) else [path]
        return sum(map(os.path.getsize, files))
    return 0


def columns_of(together: str | None, source: str | None, relation: str | None, target: str | None) -> Columns:
    """Return the columns that ``--columns``, of three or two names, or the three single options, name."""
    from graphdnc.readers import Columns
    from graphdnc.readers.columns import NO_RELATION

    if together is None:
        return Columns(source, relation, target)
    if source or relation or target:
        raise UsageError("--columns names all columns; leave --source, --relation and --target out")
    parts = [part.strip() or None for part in together.split(",")]
    if len(parts) == 2:
        return Columns(parts[0], NO_RELATION, parts[1])
    if len(parts) != 3:
        example = "write for example --columns 1,3,2, or --columns 1,2 if there is no relation"
        raise UsageError(f"--columns {together!r} does not name two or three columns; {example}")
    return Columns(*parts)
