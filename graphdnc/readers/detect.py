"""The formats, and which of them a file has.

The ending of the file's name decides; if it says nothing, as for a stream, the content does.
"""

from __future__ import annotations

import codecs
import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from graphdnc.errors import UsageError
from graphdnc.readers.archive import Folder
from graphdnc.readers.build_graph import Edge, Notes
from graphdnc.readers.columns import Columns
from graphdnc.readers.csv_records import find_delimiter
from graphdnc.readers.formats.graph_databases import is_neo4j, is_neptune
from graphdnc.readers.formats.people import is_people
from graphdnc.readers.source import Content
from graphdnc.utils.text import join_quoted, quote

Reader = Callable[[Any, Columns, Notes], Iterator[Edge]]
"""Yields the edges of a :class:`Content` or, if the format is several files, of a :class:`Folder`.

Raises:
    GraphFileError: the file is not of this format, is damaged or is cut off; the message names the line.
    UsageError: what ``Columns`` names is not in the file, or a package for the format is not installed.
"""


@dataclass(frozen=True)
class Format:
    """A file format.

    Attributes:
        name: its name for ``--format``.
        called: its name in messages.
        suffixes: the endings of its files.
        module: the module of ``graphdnc.readers.formats`` that reads it.
        function: the function of that module.
        single: it can be one file.
        several: it can be several files, in a folder or a zip.
        columns: it has columns, so ``--source`` and ``--target`` can name them.
        attributes: ``--relation`` can name the column or attribute that is the relation.
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
        """Import the function that reads this format."""
        module = importlib.import_module(f"graphdnc.readers.formats.{self.module}")
        return cast(Reader, getattr(module, self.function))


EDGE_LIST = Format("csv", "edge list", (".csv", ".tsv", ".tab"), "edge_list", columns=True, attributes=True)
FORMATS = {
    known.name: known
    for known in (
        EDGE_LIST,
        Format("people", "table with a person a row", (), "people", columns=True, attributes=True),
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
# how the content of a file begins, by format; the first that matches counts
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


def find_format(name: str) -> Format:
    """Return the format with a name, or with the ending of a file's name such as "net"."""
    wanted = name.lower().lstrip(".")
    for known in FORMATS.values():
        if wanted == known.name or f".{wanted}" in known.suffixes:
            return known
    raise UsageError(f"no format {quote(name)}; the formats are {', '.join(FORMATS)}")


def detect_file(content: Content) -> Format:
    """Return the format of one file, by its name or else by its content."""
    utf_16 = content.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    head = content.data[:_HEAD].decode("utf-16" if utf_16 else "utf-8-sig", errors="replace")
    named = next((known for known in FORMATS.values() if content.suffix in known.suffixes), None)
    found = named or _by_content(content, head)
    if found is not EDGE_LIST:
        return found
    header = next(iter(head.splitlines()), "")
    columns = [name.strip().strip('"') for name in header.split(find_delimiter(header))]
    return _by_columns([columns]) or (FORMATS["people"] if is_people(columns) else EDGE_LIST)


def detect_folder(folder: Folder) -> Format:
    """Return the format of the files of a folder or a zip."""
    names = set(folder.names)
    if names & {"stops.txt", "stop_times.txt"}:
        return FORMATS["gtfs"]
    if found := _by_columns([table.columns for table in folder.tables()]):
        return found
    if "[Content_Types].xml" in names:
        folder.place.wrong("this is a spreadsheet or a document; save the sheet as CSV")
    there = join_quoted(folder.names, most=5) or "nothing"
    folder.place.wrong(f"this folder or zip is not a graph (it has {there}); give the file in it, unpacked")


def _by_content(content: Content, head: str) -> Format:
    """Return the format whose files begin like this one, an edge list if there is none."""
    for name, sign in _SIGNS:
        if sign.match(head):
            return FORMATS[name]
    if not head.lstrip().startswith("<"):
        return EDGE_LIST
    root = _XML.search(head)
    if root is None:
        content.place.wrong("XML that is neither GraphML nor GEXF; export it in one of these")
    return FORMATS[root[1]]


def _by_columns(headers: list[list[str]]) -> Format | None:
    """Return the graph database that one of the headers belongs to."""
    for name, fits in (("neo4j", is_neo4j), ("neptune", is_neptune)):
        if any(map(fits, headers)):
            return FORMATS[name]
    return None
