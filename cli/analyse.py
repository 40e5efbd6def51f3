"""``graphdnc analyse``: what a network does with its memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphdnc.errors import UsageError

if TYPE_CHECKING:
    from graphdnc.analysis.finding import Finding

USUAL = {
    "rows": 200,
    "heads": 100,
    "resize": 200,
    "links": 200,
    "allocation": 50,
    "recall": 1000,
    "forgetting": 500,
}
"""The analyses, and how many questions, graphs or sequences each takes by default."""


def analyse(
    what: Annotated[
        str, typer.Argument(metavar="ANALYSIS", help=f"{', '.join(USUAL)}; see docs/analysis.md.")
    ],
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A network, by name or folder.")],
    episodes: Annotated[
        int | None, typer.Option(help="Fresh graphs or questions. Default: by analysis.", min=2)
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of graphs, questions and labels.", min=0)] = 1,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Draw the figure in this file, .svg or .png."),
    ] = None,
) -> None:
    """Look into the memory of a network.

    Example: graphdnc analyse rows traversal -o rows.svg

    rows: which triple each row holds, decoded by a linear classifier. heads: what each read head reads, by
    phase. resize: accuracy by rows of memory and triples. links: sparse against dense temporal links.
    allocation: how rows are freed and written again, by a network for sequences. recall: what is recalled
    of lists, and in which order. forgetting: what is answered when there are more facts than rows, by age.
    """
    if what not in USUAL:
        raise UsageError(f"there is no analysis {what!r}; choose one of {', '.join(USUAL)}")
    from graphdnc.cli.output import print_rows, write_figure
    from graphdnc.pictures.figures import format_of

    if output is not None:
        format_of(output)  # refused before anything is measured
    found = _measure(what, model, episodes or USUAL[what], seed)
    print_rows(found.columns, found.rows)
    if output is not None:
        write_figure(output, found.draw)


def _measure(what: str, model: str, episodes: int, seed: int) -> Finding:
    from graphdnc.analysis import allocation, forgetting, heads, links, recall, resize, rows
    from graphdnc.networks.checkpoint import load_checkpoint
    from graphdnc.networks.sequence_checkpoint import load_sequence_checkpoint

    of_sequences = {
        "allocation": allocation.how_rows_are_reused,
        "recall": recall.how_lists_are_recalled,
        "forgetting": forgetting.what_is_forgotten,
    }
    if what in of_sequences:
        return of_sequences[what](load_sequence_checkpoint(model, threads=1), episodes, seed)
    analyses = {
        "rows": rows.decode_rows,
        "heads": heads.what_heads_read,
        "resize": resize.by_rows,
        "links": links.sparse_and_dense,
    }
    return analyses[what](load_checkpoint(model, threads=1), episodes, seed)
