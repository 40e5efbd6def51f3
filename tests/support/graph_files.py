"""Graph files in memory, and the triples that are read from them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping

from graphdnc.graph import Graph
from graphdnc.readers import Inspection, inspect_graph

Triples = set[tuple[str, str, str]]


def triples_of(graph: Graph) -> Triples:
    """Return the triples of a graph by name."""
    return {(graph.node_name(s), graph.relation_name(r), graph.node_name(t)) for s, r, t in graph}


def inspect(data: str | bytes, *options: object, **named: object) -> Inspection:
    """Read a text or bytes as a stream, with the options of ``inspect_graph``."""
    return inspect_graph(io.BytesIO(data.encode() if isinstance(data, str) else data), *options, **named)


def read(data: str | bytes, *options: object, **named: object) -> Triples:
    """Return the triples that are read from a text or bytes."""
    return triples_of(inspect(data, *options, **named).graph)


def triples_in_csv(rows: Iterable[tuple[str, str, str]]) -> Triples:
    """Return the triples that are read from the same rows as CSV."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("source", "relation", "target"), *rows])
    return read(text.getvalue(), format="csv")


def zipped(files: Mapping[str, str | bytes], folder: str = "", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of files by name."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(folder + name, text)
    return data.getvalue()
