"""Graph files of every format; :func:`read_graph` reads them all.

The format is detected from the name of the file or its content. :func:`inspect_graph` also returns notes
about how the file was read. Most formats are read here and not by networkx: a reader here names the line of
whatever it cannot read, and it never returns part of a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace

from graphdnc.errors import UsageError
from graphdnc.graph import Graph, named
from graphdnc.kinship.own_words import own_words, with_own_words
from graphdnc.readers.archive import Folder, open_folder, open_zip
from graphdnc.readers.build_graph import to_graph
from graphdnc.readers.columns import Columns
from graphdnc.readers.detect import FORMATS, Format, detect_file, detect_folder, find_format
from graphdnc.readers.doubts import Named
from graphdnc.readers.encodings import in_utf8
from graphdnc.readers.notes import Account, Look, Note, Notes
from graphdnc.readers.source import ZIP, Content, GraphSource, read_content
from graphdnc.weights import Weights

__all__ = ["FORMATS", "Account", "Columns", "Inspection", "Note", "inspect_graph", "read_graph"]


@dataclass(frozen=True)
class Inspection:
    """A graph and how it was read.

    Attributes:
        graph: the graph.
        format: the name of the format, a key of :data:`FORMATS`.
        notes: what a person may want to know about the file, by line.
        weights: columns or attributes that seem to hold weights. They are not used unless asked for.
        account: how many rows or elements there are, and what became of each.
        look: where the file places nodes, and the colours that it gives to relations.
        weighted: the weights of the triples, if a column of them was asked for.
    """

    graph: Graph
    format: str
    notes: tuple[Note, ...]
    weights: tuple[str, ...]
    account: Account
    look: Look
    weighted: Weights | None = None


def read_graph(
    file: GraphSource,
    columns: Columns | None = None,
    *,
    format: str | None = None,
    means: Iterable[str] = (),
) -> Graph:
    """Read a graph from a path or a binary stream.

    Args:
        file: the path of a file, folder or zip, or a binary stream.
        columns: which columns or attributes hold the triples; by default they are found by their names.
        format: a key of :data:`FORMATS`; by default it is detected.
        means: one's own words for relations of kinship, such as "erzeuger = father".

    Raises:
        GraphFileError: the file cannot be read, or one of its lines is wrong; the message names the line.
        UsageError: a column or word that was asked for is not in the file, or there is no such format.
        CapacityError: the file is too large.
    """
    return inspect_graph(file, columns, format=format, means=means).graph


def inspect_graph(
    file: GraphSource,
    columns: Columns | None = None,
    *,
    format: str | None = None,
    means: Iterable[str] = (),
) -> Inspection:
    """Read a graph as :func:`read_graph` does, and return it with notes about the file."""
    asked = None if format is None else find_format(format)
    words = own_words(means)
    notes = Notes()
    opened = _open(file)
    if isinstance(opened, Content) and (asked is None or asked.text):
        opened = in_utf8(replace(opened, means=words), notes)
    known = asked or (detect_file(opened) if isinstance(opened, Content) else detect_folder(opened))
    chosen = columns or Columns()
    _check_options(known, opened, chosen)
    notes.by_hand = known.by_hand
    weighted: dict[Named, float] = {}
    graph = to_graph(opened.place, known.reader()(opened, chosen, notes), notes, weighted)
    weights = _weights(chosen.weight, graph, weighted)
    return Inspection(
        with_own_words(graph, words, notes.understood),
        known.name,
        notes=tuple(notes),
        weights=tuple(notes.weights),
        account=notes.account,
        look=notes.look,
        weighted=weights,
    )


def _weights(name: str | None, graph: Graph, weighted: dict[Named, float]) -> Weights | None:
    """Return the weights of the triples, if they were asked for.

    Raises:
        UsageError: not every triple has one.
    """
    if name is None:
        return None
    of = {}
    for triple, by_name in zip(graph, named(graph, graph), strict=True):
        if by_name not in weighted:
            raise UsageError(
                f"--weight {name}: the triple {', '.join(by_name)!r} has no such number; give a column or an "
                "attribute that every edge has"
            )
        of[triple] = weighted[by_name]
    return Weights(name, of)


def _open(file: GraphSource) -> Content | Folder:
    """Open a file or, for formats of several files, a folder or a zip."""
    if isinstance(file, str | os.PathLike) and os.path.isdir(file):
        return open_folder(file)
    content = read_content(file)
    is_zip = content.data.startswith(ZIP) and content.suffix in ("", ".zip", ".ods", ".docx")
    return open_zip(content) if is_zip and not content.is_spreadsheet else content


def _check_options(known: Format, opened: Content | Folder, columns: Columns) -> None:
    """Refuse one file of a format of several, the other way round, and columns that would have no effect."""
    if isinstance(opened, Folder) and not known.several:
        opened.place.wrong(
            f"this is a folder or a zip, but {known.called} is one file; give that file, unpacked"
        )
    if isinstance(opened, Content) and not known.single:
        opened.place.wrong(
            f"this is one file, but a {known.called} is several; give their folder or a zip of it"
        )

    if not known.columns and (columns.source, columns.target) != (None, None):
        raise UsageError(
            f"{known.called} has no columns, so --source and --target have no effect; leave them out"
        )
    if not known.attributes and columns.relation is not None:
        raise UsageError(f"{known.called} names its relations itself; leave out --relation")
