"""Graph files of every format: :func:`read_graph` is the one way in.

The format is known by the file's name or content. :func:`inspect_graph` also returns what was understood.
A reader names the line of whatever it cannot read, and never returns part of a file: networkx's own
readers do neither, which is why most formats are read here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.readers.archive import Bundle, open_folder, open_zip
from graphdnc.readers.build_graph import Note, Notes, graph_of
from graphdnc.readers.detect import FORMATS, Format, format_called, format_of, format_of_several
from graphdnc.readers.formats.edge_list import Columns
from graphdnc.readers.source import ZIP, Content, GraphSource, read_content

__all__ = ["FORMATS", "Columns", "Inspection", "Note", "inspect_graph", "read_graph"]


@dataclass(frozen=True)
class Inspection:
    """A graph and how it was read.

    Attributes:
        graph: the graph.
        format: the name of the format it was read from.
        notes: what a person may want to know about the file, by line.
        weights: columns or attributes that seem to hold weights; triples have none, so they are not used.
    """

    graph: Graph
    format: str
    notes: tuple[Note, ...]
    weights: tuple[str, ...]


def read_graph(file: GraphSource, columns: Columns | None = None, *, format: str | None = None) -> Graph:
    """Read a graph from a path or a binary stream.

    ``format`` is a name of :data:`FORMATS`; without one the name of the file or its content says it.

    Raises:
        GraphFileError: the file cannot be read, or a line of it makes no sense; the message names the line.
        UsageError: a column that was asked for is not in the file, or there is no such format.
        CapacityError: the file is larger than is read.
    """
    return inspect_graph(file, columns, format=format).graph


def inspect_graph(
    file: GraphSource, columns: Columns | None = None, *, format: str | None = None
) -> Inspection:
    """Read a graph, and return with it what was found in the file.

    Raises:
        GraphFileError: the file cannot be read, or a line of it makes no sense; the message names the line.
        UsageError: a column that was asked for is not in the file, or there is no such format.
        CapacityError: the file is larger than is read.
    """
    wanted = None if format is None else format_called(format)
    found = _open(file)
    known = wanted or (format_of(found) if isinstance(found, Content) else format_of_several(found))
    _refuse_the_wrong_kind(known, found)
    chosen = columns or Columns()
    _refuse_columns(known, chosen)
    notes = Notes()
    graph = graph_of(found.place, known.reader()(found, chosen, notes), notes)
    return Inspection(graph, known.name, tuple(notes), tuple(notes.weights))


def _open(file: GraphSource) -> Content | Bundle:
    """Open a file or, for formats of several files, a folder or a zip."""
    if isinstance(file, str | os.PathLike) and os.path.isdir(file):
        return open_folder(file)
    content = read_content(file)
    is_zip = content.data.startswith(ZIP) and content.suffix in ("", ".zip", ".xlsx", ".ods")
    return open_zip(content) if is_zip else content


def _refuse_the_wrong_kind(known: Format, found: Content | Bundle) -> None:
    if isinstance(found, Bundle) and not known.several:
        found.place.wrong(f"this is a folder or a zip, {known.called} is one file; name the file, unpacked")
    if isinstance(found, Content) and not known.single:
        found.place.wrong(f"this is one file, {known.called} is several; give their folder, or a zip of it")


def _refuse_columns(known: Format, columns: Columns) -> None:
    """Refuse options that would be ignored."""
    if not known.columns and (columns.source, columns.target) != (None, None):
        raise UsageError(
            f"{known.called} has no columns, so --source and --target say nothing; leave them out"
        )
    if not known.attributes and columns.relation is not None:
        raise UsageError(f"{known.called} names its relations itself; leave out --relation")
