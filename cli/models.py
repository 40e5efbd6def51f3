"""``graphdnc models``: the installed networks, what they can do and how well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphdnc.cli.options import AsJson
from graphdnc.cli.output import plain, print_json, print_rows

if TYPE_CHECKING:
    from graphdnc.networks.catalogue import Listing, Result

DOES = {
    "traversal": "follows relations from a node, one after the other",
    "shortest-path": "finds a way of the fewest steps between two nodes, or that there is none",
    "inference": "follows 400 numbered relations that no triple states (graphdnc eval)",
    "kinship": "names a person's relatives by a term of kinship",
}
"""What a network can do, by its task about graphs; part of ``models --json``."""


def models(
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="A network, by name or folder: print its card.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the installed networks: what they can do, how well, and what they cost to train.

    Example: graphdnc models

    Example: graphdnc models shortest-path
    """
    from graphdnc.networks.catalogue import installed, listing

    found = [listing(name) for name in ([model] if model else installed())]
    if as_json:
        for one in found:
            print_json(record_of(one))
    elif model:
        _print_card(found[0])
    else:
        _print_tables(found)


def record_of(one: Listing) -> dict[str, Any]:
    """Return a network as the fields of ``models --json``."""
    return {
        "name": one.name,
        "folder": str(one.folder),
        "task": one.task,
        "rung": one.rung,
        "does": _does(one),
        "results": [asdict(result) for result in one.results],
        "bytes": one.size,
        "training": one.training,
        "settings": one.settings,
    }


def _does(one: Listing) -> str | None:
    """Return what a network can do, if its task is known."""
    from graphdnc.tasks.sequences import SEQUENCE_TASKS
    from graphdnc.tasks.stories import BABI
    from graphdnc.tasks.stories import DOES as STORIES

    if one.task in SEQUENCE_TASKS:
        return SEQUENCE_TASKS[one.task].does
    return STORIES if one.task == BABI else DOES.get(one.task)


def _print_tables(found: list[Listing]) -> None:
    columns = ("name", "task", "rung", "what it does", "size", "examples", "seconds", "trained on")
    print_rows(columns, [_row(one) for one in found])
    print()
    measured = ("name", "rung", "graphs", "steps", "votes", "episodes", "right", "95% interval")
    print_rows(measured, [_measured(one, result) for one in found for result in one.results])


def _row(one: Listing) -> tuple[str, ...]:
    cost = [_figure(one.training.get(key)) for key in ("examples", "seconds")]
    size = f"{one.size / 1e6:.1f} MB"
    hardware = plain(str(one.training.get("hardware", "-")))
    return (one.name, one.task, one.rung or "-", _does(one) or "-", size, *cost, hardware)


def _figure(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, int | float) else "-"


def _measured(one: Listing, result: Result) -> tuple[str, ...]:
    low, high = result.interval
    counts = (result.steps, str(result.votes), f"{result.episodes:,}")
    return (
        one.name,
        one.rung or "-",
        result.graphs,
        *counts,
        f"{result.accuracy:.2%}",
        f"{low:.2%} to {high:.2%}",
    )


def _print_card(one: Listing) -> None:
    if one.card:
        _print_markdown(plain(one.card))
    else:
        print(f"{one.name}: {_does(one) or plain(one.task)}; no card")
    print()
    settings = one.settings | {"training": one.training}
    print_rows(("setting", "value"), [(plain(name), plain(value)) for name, value in _flat(settings)])


def _print_markdown(text: str) -> None:
    for tabular, lines in groupby(text.splitlines(), key=lambda line: line.startswith("|")):
        if tabular:
            header, *rows = (_cells(line) for line in lines)
            print_rows(header, rows[1:])
        else:
            print("\n".join(line.lstrip("# ").replace("`", "") for line in lines), flush=True)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().strip("*").replace("`", "") for cell in line.strip().strip("|").split("|"))


def _flat(values: dict[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    """Yield the settings of nested tables, each as a dotted name and a text."""
    for key, value in values.items():
        name = f"{within}{key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.")
        else:
            yield name, str(value)
