"""Which formats there are, and which one a file is in.

The ending of the name says so; where it says nothing, as for a stream, the content does.
"""

from __future__ import annotations

import codecs
import importlib
import re
from dataclasses import dataclass
from types import ModuleType

from graphdnc.errors import UsageError
from graphdnc.readers.bundle import Bundle
from graphdnc.readers.source import Content, shown


@dataclass(frozen=True)
class Format:
    """A format: its name for ``--format``, what it is called, the endings of its files, its module.

    Attributes:
        single: it can be one file.
        several: it can be several files, in a folder or a zip.
        columns: it has columns, so that ``--source`` and ``--target`` can name them.
        attributes: ``--relation`` names the column or the attribute of the edges that is their relation.
    """

    name: str
    called: str
    suffixes: tuple[str, ...]
    module: str
    single: bool = True
    several: bool = False
    columns: bool = False
    attributes: bool = False

    def load(self) -> ModuleType:
        """Import what reads it: a module with a function ``read``."""
        return importlib.import_module(f"graphdnc.readers.{self.module}")


EDGE_LIST = Format("csv", "edge list", (".csv", ".tsv", ".tab"), "edge_list", columns=True, attributes=True)
FORMATS = {
    known.name: known
    for known in (
        EDGE_LIST,
        Format("graphml", "GraphML", (".graphml",), "graphml", attributes=True),
        Format("gexf", "GEXF", (".gexf",), "gexf", attributes=True),
        Format("gml", "GML", (".gml",), "gml", attributes=True),
        Format("pajek", "Pajek", (".net", ".pajek"), "pajek", attributes=True),
        Format("json", "node-link or adjacency JSON", (".json",), "json_graph", attributes=True),
        Format("gedcom", "GEDCOM", (".ged", ".gedcom"), "gedcom"),
        Format("gtfs", "GTFS feed", (), "gtfs", single=False, several=True),
    )
}
# What the content of a file begins with, by format; the first that fits counts.
_SIGNS = (
    ("gedcom", re.compile(r"\s*0\s+HEAD\b")),
    ("json", re.compile(r"\s*[\[{]")),
    ("gml", re.compile(r"(?:\s*#[^\n]*\n|\s*(?:Creator|Version|comment)\b[^\n]*\n)*\s*graph\s*\[", re.I)),
    ("pajek", re.compile(r"(?:\s*%[^\n]*\n)*\s*\*(?:vertices|network)\b", re.I)),
)
_XML = re.compile(r"<(?:\w+:)?(graphml|gexf)\b")
_HEAD = 4096


def format_of(content: Content) -> Format:
    """Return the format of one file, by its name or else by its content.

    Raises:
        GraphFileError: it is in none of them.
    """
    for known in FORMATS.values():
        if content.suffix in known.suffixes:
            return known
    head = _head(content.data)
    if head.lstrip().startswith("<"):
        root = _XML.search(head)
        if root:
            return FORMATS[root[1]]
        content.place.wrong("XML that is neither GraphML nor GEXF; export it in one of these")
    return next((FORMATS[name] for name, sign in _SIGNS if sign.match(head)), EDGE_LIST)


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
    if "[Content_Types].xml" in names:
        bundle.place.wrong("this is a spreadsheet or a document; save the sheet as CSV")
    there = ", ".join(shown(name, 30) for name in bundle.names[:5]) or "nothing"
    bundle.place.wrong(
        f"this is a directory or a zip of no graph (there is {there}); name the file in it, unpacked"
    )
