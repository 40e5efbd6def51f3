"""SIF, the Simple Interaction Format of Cytoscape: a source, a relation, and one target or several."""

from __future__ import annotations

from collections.abc import Iterator

from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.lines import content_lines
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Content


def seem_sif(rows: list[list[str]]) -> bool:
    """Tell whether rows have different numbers of targets, and one row begins with a name of another.

    >>> seem_sif([["a", "r", "b", "c"], ["b", "r", "c"]]), seem_sif([["a", "r", "b"], ["b", "r", "c"]])
    (True, False)
    """
    widths = set(map(len, rows))
    first = [row[0] for row in rows]
    targets = {name for row in rows for name in row[2:]}
    return (
        2 not in widths and widths > {3} and (len(set(first)) < len(first) or not targets.isdisjoint(first))
    )


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a SIF file; if it has a tab, tabs separate the names, otherwise spaces do."""
    delimiter = "\t" if b"\t" in content.data else None
    for line, text in content_lines(content, "SIF", notes):
        source, *rest = (name for name in text.split(delimiter) if name.strip())
        if not rest:
            notes.leave("a node without an edge", line, missed=True)
            continue
        if len(rest) == 1:
            content.place.wrong("two names; a line is: source, relation, targets; add the target", line)
        for at, target in enumerate(rest[1:]):
            yield Edge(line, source, rest[0], target, more=at > 0)
