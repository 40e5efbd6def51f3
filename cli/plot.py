"""``graphdnc plot``: learning curves of training runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def plot(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Folders of runs, or files like metrics.jsonl.")
    ],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Draw the curves in this file, .svg or .png."),
    ] = None,
    together: Annotated[
        bool, typer.Option("--together", help="Draw all runs in the same panels, to compare them.")
    ] = False,
) -> None:
    """Show what training runs learned, and when.

    Example: graphdnc plot runs/walks runs/walks-2 -o curves.svg

    The table says after how many examples and minutes each lesson was passed. The figure has the accuracy on
    fresh episodes of the current lesson, by examples and by minutes, and the loss. Runs whose names differ
    only in a number at the end are drawn together.
    """
    from graphdnc.cli.output import print_rows, write_figure
    from graphdnc.pictures.learning_curves import COLUMNS, curves, load_run, row

    found = [load_run(path) for path in runs]
    print_rows(COLUMNS, [row(run) for run in found])
    if output is not None:
        write_figure(output, lambda format: curves(found, format, together))
