"""Which formats there are, and which one a file is in.

The ending of the name says so; where it says nothing, as for a stream, the content does.
"""

from __future__ import annotations

import codecs
import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from graphdnc.errors import UsageError
from graphdnc.readers.archive import Bundle
from graphdnc.readers.build_graph import Edge, Notes
from graphdnc.readers.formats.edge_list import Columns, find_delimiter
from graphdnc.readers.formats.graph_databases import is_neo4j, is_neptune
from graphdnc.readers.source import Content, shown

Reader = Callable[[Any, Columns, Notes], Iterator[Edge]]
"""Yields the edges of what was opened: of a content or, where a format is several files, of a bundle."""


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes:
        name: its name for ``--format``.
        called: what it is called in messages.
        suffixes: the endings of its files.
        module: the module that reads it.
        function: what in that module does.
        single: it can be one file.
        several: it can be several files, in a folder or a zip.
        columns: it has columns, so that ``--source`` and ``--target`` can name them.
        attributes: ``--relation`` names the column or the attribute of the edges that is their relation.
    """

    name: str
    called: str
    suffixes: tuple[str, ...]
    module: str
    function: str = "read"
    single: bool = True
    several: bool = False
    columns: bool = False
    attributes: bool = False

    def reader(self) -> Reader:
        """Import what reads it."""
        reader: Reader = getattr(
            importlib.import_module(f"graphdnc.readers.formats.{self.module}"), self.function
        )
        return reader


EDGE_LIST = Format("csv", "edge list", (".csv", ".tsv", ".tab"), "edge_list", columns=True, attributes=True)
FORMATS = {
    known.name: known
    for known in (
        EDGE_LIST,
        Format("graphml", "GraphML", (".graphml",), "graphml", attributes=True),
        Format("gexf", "GEXF", (".gexf",), "gexf", attributes=True),
        Format("gml", "GML", (".gml",), "gml", attributes=True),
        Format("pajek", "Pajek", (".net", ".pajek"), "pajek", attributes=True),
        Format("json", "node-link or adjacency JSON", (".json", ".cyjs"), "json_graph", attributes=True),
        Format("gedcom", "GEDCOM", (".ged", ".gedcom"), "gedcom"),
        Format("turtle", "Turtle", (".ttl", ".turtle"), "rdf", "read_turtle"),
        Format("ntriples", "N-Triples", (".nt",), "rdf", "read_ntriples"),
        Format("neo4j", "Neo4j CSV", (), "graph_databases", several=True, attributes=True),
        Format("neptune", "Neptune CSV", (), "graph_databases", several=True, attributes=True),
        Format("gtfs", "GTFS feed", (), "gtfs", single=False, several=True),
    )
}
# What the content of a file begins with, by format; the first that fits counts.
_SIGNS = (
    ("gedcom", re.compile(r"\s*0\s+HEAD\b")),
    ("json", re.compile(r"\s*[\[{]")),
    ("gml", re.compile(r"(?:\s*#[^\n]*\n|\s*(?:Creator|Version|comment)\b[^\n]*\n)*\s*graph\s*\[", re.I)),
    ("turtle", re.compile(r"(?:\s*#[^\n]*\n)*\s*(?:@prefix|@base|PREFIX|BASE)\s", re.I)),
    ("ntriples", re.compile(r"(?:\s*#[^\n]*\n)*\s*(?:<[^>\s]*>|_:\w+)\s*<[^>\s]*>\s*[<\"_]")),
    ("pajek", re.compile(r"(?:\s*%[^\n]*\n)*\s*\*(?:vertices|network)\b", re.I)),
)
_XML = re.compile(r"<(?:\w+:)?(graphml|gexf)\b")
_HEAD = 4096


def format_of(content: Content) -> Format:
    """Return the format of one file, by its name or else by its content.

    Raises:
        GraphFileError: it is in none of them.
    """
    head = _head(content.data)
    named = next((known for known in FORMATS.values() if content.suffix in known.suffixes), None)
    found = named or _signed(content, head)
    return _table_format(head) if found is EDGE_LIST else found


def _signed(content: Content, head: str) -> Format:
    """Return the format that a content begins like, an edge list where it is none of the others."""
    for name, sign in _SIGNS:
        if sign.match(head):
            return FORMATS[name]
    if not head.lstrip().startswith("<"):
        return EDGE_LIST
    root = _XML.search(head)
    if root is None:
        content.place.wrong("XML that is neither GraphML nor GEXF; export it in one of these")
    return FORMATS[root[1]]


def _table_format(head: str) -> Format:
    """Return what kind of CSV has such a header."""
    header = next(iter(head.splitlines()), "")
    columns = [name.strip().strip('"') for name in header.split(find_delimiter(header))]
    return FORMATS["neo4j"] if is_neo4j(columns) else FORMATS["neptune"] if is_neptune(columns) else EDGE_LIST


def format_called(name: str) -> Format:
    """Return the format of a name, or of the ending of a file's name such as "net".

    Raises:
        UsageError: there is none.
    """
    wanted = name.lower().lstrip(".")
    for known in FORMATS.values():
        if wanted == known.name or f".{wanted}" in known.suffixes:
            return known
    raise UsageError(f"no format {shown(name)}; the formats are {', '.join(FORMATS)}")


def _head(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return data[:_HEAD].decode(encoding, errors="replace")


def format_of_several(bundle: Bundle) -> Format:
    """Return the format of the files of a folder or a zip, by their names.

    Raises:
        GraphFileError: it is none of those that are made of several files.
    """
    names = set(bundle.names)
    if names & {"stops.txt", "stop_times.txt"}:
        return FORMATS["gtfs"]
    tables = [there.columns for there in bundle.tables()]
    for name, fits in (("neo4j", is_neo4j), ("neptune", is_neptune)):
        if any(map(fits, tables)):
            return FORMATS[name]
    if "[Content_Types].xml" in names:
        bundle.place.wrong("this is a spreadsheet or a document; save the sheet as CSV")
    there = ", ".join(shown(name, 30) for name in bundle.names[:5]) or "nothing"
    bundle.place.wrong(
        f"this is a directory or a zip of no graph (there is {there}); name the file in it, unpacked"
    )
