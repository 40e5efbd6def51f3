"""``graphdnc inspect``: how a graph file is understood."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from graphdnc.cli.options import (
    AsJson,
    FormatName,
    GraphFile,
    Means,
    RelationColumn,
    SourceColumn,
    TargetColumn,
    ThreeColumns,
    columns_of,
    graph_source,
)
from graphdnc.cli.output import print_json, print_rows

if TYPE_CHECKING:
    from graphdnc.graph import Graph
    from graphdnc.readers import Inspection, Note

SHOWN = 10
"""How many relations are listed; ``--json`` lists all."""
QUESTIONS = 3
"""How many questions are suggested."""


def inspect(
    graph: GraphFile,
    format: FormatName = None,
    as_json: AsJson = False,
    source: SourceColumn = None,
    relation: RelationColumn = None,
    target: TargetColumn = None,
    columns: ThreeColumns = None,
    means: Means = None,
) -> None:
    """Show how a graph file is understood: its format, nodes, relations, and warnings.

    Example: graphdnc inspect underground

    Example: zcat tree.ged.gz | graphdnc inspect - --format gedcom --json
    """
    from graphdnc.readers import inspect_graph

    picked = columns_of(columns, source, relation, target)
    found = inspect_graph(graph_source(graph), picked, format=format, means=means or [])
    record = record_of(graph, found)
    if as_json:
        print_json(record)
    else:
        _print(record, found)


def record_of(file: str, found: Inspection) -> dict[str, Any]:
    """Return an inspection as the fields of ``inspect --json``."""
    import numpy as np

    from graphdnc.kinship.warnings import family_warnings
    from graphdnc.language.suggestions import suggested_questions

    graph = found.graph
    count = np.bincount(graph.triples[:, 1], minlength=graph.relations)
    return {
        "file": file,
        "format": found.format,
        "triples": len(graph),
        "nodes": graph.nodes,
        "relations": [
            {"relation": graph.relation_name(number), "triples": int(count[number])}
            for number in np.argsort(-count, kind="stable").tolist()
        ],
        "leaving": _degrees(graph, 0),
        "entering": _degrees(graph, 2),
        "read": {
            "unit": found.account.unit,
            "count": found.account.read,
            "became_triples": found.account.used,
            "left_out": [
                {"why": note.text, "lines": note.lines, "count": note.count, "missed": note.doubtful}
                for note in found.account.left_out
            ],
        },
        "weights": list(found.weights),
        "warnings": [{"text": note.text, "lines": note.lines, "count": note.count} for note in found.notes],
        "doubts": family_warnings(graph),
        "questions": list(islice(suggested_questions(graph), QUESTIONS)),
    }


def _degrees(graph: Graph, column: int) -> dict[str, float]:
    import numpy as np

    count = np.bincount(graph.triples[:, column], minlength=graph.nodes)
    return {"min": int(count.min()), "median": float(np.median(count)), "max": int(count.max())}


def _print(record: dict[str, Any], found: Inspection) -> None:
    from graphdnc.readers import FORMATS
    from graphdnc.readers.notes import describe_left

    relations = record["relations"]
    print(f"format: {FORMATS[found.format].called} ({found.format})")
    print(f"{record['triples']:,} triples, {record['nodes']:,} nodes, {len(relations):,} relations")
    account = found.account
    others = f"; {describe_left(account.left_out)}" if account.left_out else ""
    print(f"{account.read:,} {account.unit} read: {account.used:,} became triples{others}")
    for way in ("leaving", "entering"):
        degrees = record[way]
        print(f"{way} a node: {degrees['min']} to {degrees['max']} triples, median {degrees['median']:g}")
    print(flush=True)
    rows: list[tuple[str, ...]] = [(row["relation"], f"{row['triples']:,}") for row in relations[:SHOWN]]
    print_rows(("relation", "triples"), rows)
    if len(relations) > SHOWN:
        print(f"and {len(relations) - SHOWN:,} more")
    for note in found.notes:
        print(f"note: {_where(note)}{note.text}")
    for doubt in record["doubts"]:
        print(f"note: {doubt}")
    for weight in record["weights"]:
        print(f"note: {weight!r} looks like weights; weights are not used")
    if record["questions"]:
        print("\nask, for example:")
    for sentence in record["questions"]:
        print(f"  {sentence}")


def _where(note: Note) -> str:
    if not note.lines:
        return f"{note.count:,} times: " if note.count > 1 else ""
    listed = ", ".join(map(str, note.lines))
    more = f" and {note.count - len(note.lines):,} more" if note.count > len(note.lines) else ""
    return f"line{'s' if note.count > 1 else ''} {listed}{more}: "
