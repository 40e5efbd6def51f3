"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

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
