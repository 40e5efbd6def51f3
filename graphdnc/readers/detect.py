"""The formats, and which of them a file has.

The ending of the file's name decides; if it says nothing, as for a stream, the content does.
"""

from __future__ import annotations

import codecs
import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from graphdnc.errors import UsageError
from graphdnc.readers.archive import Folder
from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.csv_records import count_titles, find_delimiter, split_line
from graphdnc.readers.formats.graph_databases import is_neo4j, is_neptune
from graphdnc.readers.formats.tables.markdown import is_rule
from graphdnc.readers.formats.tables.rows import without_separator
from graphdnc.readers.formats.tables.spaces import seem_edges
from graphdnc.readers.formats.tables.stations import seem_dashed
from graphdnc.readers.formats.text.adjacency import seem_adjacency
from graphdnc.readers.formats.text.arrows import is_arrow_line, is_comment
from graphdnc.readers.formats.text.mermaid import FENCE
from graphdnc.readers.formats.text.outline import seem_outline
from graphdnc.readers.formats.text.sif import seem_sif
from graphdnc.readers.formats.unread import refuse_no_graph, refuse_prose, refuse_unread
from graphdnc.readers.headings import is_people
from graphdnc.readers.notes import Notes
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
        text: it does not say itself which encoding it has.
        by_hand: people write such files by hand, so that a name may have more in it than a name.
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
    text: bool = True
    by_hand: bool = False

    def reader(self) -> Reader:
        """Import the function that reads this format."""
        module = importlib.import_module(f"graphdnc.readers.formats.{self.module}")
        return cast(Reader, getattr(module, self.function))


EDGE_LIST = Format(
    "csv",
    "edge list",
    (".csv", ".tsv", ".tab"),
    "tables.edge_list",
    columns=True,
    attributes=True,
    by_hand=True,
)
_MARKDOWN = (".md", ".markdown")
_EDGES = (".edgelist", ".edges", ".el")
FORMATS = {
    known.name: known
    for known in (
        EDGE_LIST,
        Format(
            "people",
            "table with a person a row",
            (),
            "tables.people",
            columns=True,
            attributes=True,
            by_hand=True,
        ),
        Format("graphml", "GraphML", (".graphml",), "graphml", attributes=True, text=False),
        Format("gexf", "GEXF", (".gexf",), "gexf", attributes=True, text=False),
        Format("gml", "GML", (".gml",), "gml", attributes=True),
        Format("pajek", "Pajek", (".net", ".pajek"), "pajek", attributes=True),
        Format(
            "json",
            "JSON",
            (".json", ".cyjs", ".jsonl", ".ndjson"),
            "json_graph",
            attributes=True,
            by_hand=True,
        ),
        Format("dot", "DOT", (".dot", ".gv"), "text.dot", attributes=True, by_hand=True),
        Format(
            "mermaid",
            "Mermaid flowchart",
            (".mmd", ".mermaid"),
            "text.mermaid",
            attributes=True,
        ),
        Format("tgf", "Trivial Graph Format", (".tgf",), "text.tgf", attributes=True),
        Format("sif", "SIF of Cytoscape", (".sif",), "text.sif", by_hand=True),
        Format("arrows", "lines with arrows", (), "text.arrows", by_hand=True),
        Format("adjacency", "lines of a node and its targets", (".adjlist",), "text.adjacency", by_hand=True),
        Format("prolog", "facts of Prolog", (".pl", ".pro", ".prolog"), "text.prolog", by_hand=True),
        Format(
            "markdown",
            "table in Markdown",
            _MARKDOWN,
            "tables.markdown",
            columns=True,
            attributes=True,
            by_hand=True,
        ),
        Format(
            "spaces",
            "edges separated by spaces",
            _EDGES,
            "tables.spaces",
            columns=True,
            attributes=True,
            by_hand=True,
        ),
        Format(
            "xlsx",
            "spreadsheet",
            (".xlsx", ".xlsm"),
            "tables.spreadsheet",
            columns=True,
            attributes=True,
            text=False,
            by_hand=True,
        ),
        Format("outline", "outline", (), "text.outline"),
        Format("lines", "lines of stations", (), "tables.stations", "read_lines", by_hand=True),
        Format("gedcom", "GEDCOM", (".ged", ".gedcom"), "gedcom", text=False),
        Format("gramps", "Gramps XML", (".gramps",), "gramps", text=False),
        Format("turtle", "Turtle", (".ttl", ".turtle"), "rdf", "read_turtle"),
        Format("ntriples", "N-Triples", (".nt",), "rdf", "read_ntriples"),
        Format("neo4j", "Neo4j CSV", (), "graph_databases", several=True, attributes=True),
        Format("neptune", "Neptune CSV", (), "graph_databases", several=True, attributes=True),
        Format("gtfs", "GTFS feed", (), "gtfs", single=False, several=True),
    )
}
_DOT = (
    r"(?:\s|//[^\n]*\n|#[^\n]*\n|/\*[^*]*\*/)*+(?:strict\s+)?(?:di)?graph\b\s*"
    r"(?:[^\W\d]\w*|\"[^\"\n]*\")?\s*\{"
)
_FRONT = r"(?:---\n(?:[^\n]*\n){0,20}?---\n)?"
_CHARTS = "sequenceDiagram|classDiagram|stateDiagram|erDiagram|gantt|gitGraph|mindmap"
_FLOW = r"(?:graph|flowchart)\s+(?:TB|TD|BT|RL|LR)|flowchart(?=[ \t]*\n)"
_FACT = r"[a-z]\w*\([\w\s',.\"]+\)\s*\."
# how the content of a file begins, by format; the first that matches counts
_SIGNS = (
    ("gedcom", re.compile(r"\s*0\s+HEAD\b")),
    ("json", re.compile(r"\s*[\[{]")),
    ("gml", re.compile(r"(?:\s*#[^\n]*\n|\s*(?:Creator|Version|comment)\b[^\n]*\n)*\s*graph\s*\[", re.I)),
    ("turtle", re.compile(r"(?:\s*#[^\n]*\n)*\s*(?:@prefix|@base|PREFIX|BASE)\s", re.I)),
    ("ntriples", re.compile(r"(?:\s*#[^\n]*\n)*\s*(?:<[^>\s]*>|_:\w+)\s*<[^>\s]*>\s*[<\"_]")),
    ("pajek", re.compile(r"(?:\s*%[^\n]*\n)*\s*\*(?:vertices|network)\b", re.I)),
    ("dot", re.compile(_DOT, re.I)),
    ("mermaid", re.compile(rf"{_FRONT}(?:\s*+%%[^\n]*+\n)*+\s*+(?:{_FLOW}|{_CHARTS})\b")),
    ("prolog", re.compile(rf"(?:\s*+(?:%[^\n]*+\n|:-[^\n]*+\n))*+\s*+{_FACT}")),
)
_OBJECT = re.compile(r"\s*(?:\{\s*\"|\[\s*[\[{])")
_XML = re.compile(r"<(?:\w+:)?(graphml|gexf|database)\b")
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
    if content.is_spreadsheet:
        return FORMATS["xlsx"]
    refuse_no_graph(content.place, head)
    if named is None or named.name in ("json", "csv"):
        refuse_unread(content.place, head)
    if named is EDGE_LIST and _OBJECT.match(head):
        named = FORMATS["json"]
    found = named or _by_content(content, head)
    if found is not EDGE_LIST:
        return found
    refuse_prose(content.place, head.splitlines())
    head = "".join(head.splitlines(keepends=True)[count_titles(head) :])
    header = next(iter(head.splitlines()), "")
    columns = [name.strip().strip('"') for name in header.split(find_delimiter(header))]
    if known := _by_columns([columns]):
        return known
    if _are_people(head, content.means):
        return FORMATS["people"]
    if named is EDGE_LIST and len(split_line(header, find_delimiter(head))) == 1:
        return _by_lines(content, head)  # it has no columns, whatever it is called
    return EDGE_LIST


def detect_folder(folder: Folder) -> Format:
    """Return the format of the files of a folder or a zip."""
    names = set(folder.names)
    if names & {"stops.txt", "stop_times.txt"}:
        return FORMATS["gtfs"]
    if found := _by_columns([table.columns for table in folder.tables()]):
        return found
    if "[Content_Types].xml" in names:
        folder.place.wrong("this is a document; save its table as CSV")
    there = join_quoted(folder.names, most=5) or "nothing"
    folder.place.wrong(f"this folder or zip is not a graph (it has {there}); give the file in it, unpacked")


def _by_content(content: Content, head: str) -> Format:
    """Return the format whose files begin like this one, an edge list if there is none."""
    for name, sign in _SIGNS:
        if sign.match(head):
            return FORMATS[name]
    if not head.lstrip().startswith("<"):
        return _by_lines(content, head)
    root = _XML.search(head)
    if root is None:
        content.place.wrong("XML that is neither GraphML nor GEXF; export it in one of these")
    return FORMATS["gramps" if root[1] == "database" else root[1]]


def _by_lines(content: Content, head: str) -> Format:
    """Return the format of a text by its lines, an edge list if nothing else fits."""
    lines = head.splitlines()
    if FENCE in lines:
        return FORMATS["mermaid"]
    if any(is_rule(line) and "|" in before for before, line in pairwise(lines)):
        return FORMATS["markdown"]
    if len(content.data) > len(head.encode()) and len(lines) > 1:
        del lines[-1]  # it is cut off
    said = [line for line in lines if line.strip()]
    if seem_dashed(said):
        return FORMATS["lines"]
    if "#" in (line.strip() for line in said[1:]) and _is_tgf(said):
        return FORMATS["tgf"]
    text = [line for line in said if not is_comment(line)]
    if ":" in head and seem_adjacency(text):
        return FORMATS["adjacency"]
    return _by_columns_of(said, text, find_delimiter(head))


def _by_columns_of(said: list[str], text: list[str], delimiter: str) -> Format:
    """Return the format of lines, ``text`` those that are no comments, by how they are cut into columns."""
    if seem_outline(said):
        return FORMATS["outline"]
    if delimiter == "\t" and seem_sif([line.split("\t") for line in said]):
        return FORMATS["sif"]
    if any(len(split_line(line, delimiter)) > 2 for line in said[:3]):
        return EDGE_LIST
    if text and all(map(is_arrow_line, text)):
        return FORMATS["arrows"]
    if not any(sign in line for line in said[:3] for sign in ",;\t"):
        return FORMATS["spaces"] if seem_edges(said) else EDGE_LIST
    return EDGE_LIST


def _are_people(head: str, means: Mapping[str, str]) -> bool:
    """Tell whether the header of a table is that of a person a row; comments may stand before it."""
    delimiter, text = without_separator(head)
    delimiter = delimiter or find_delimiter(text)
    for line in filter(str.strip, text.splitlines()):
        found = is_people(split_line(line.removeprefix("#").strip(), delimiter), means)
        if found or not line.startswith("#"):
            return found
    return False


def _is_tgf(lines: list[str]) -> bool:
    """Tell whether nodes stand before a line with # alone, and edges of two or three fields after it."""
    middle = [line.strip() for line in lines].index("#")
    keys = {line.split()[0] for line in lines[:middle]}
    ends = [line.split(maxsplit=2)[:2] for line in lines[middle + 1 :]]
    return bool(ends) and all(len(pair) == 2 and set(pair) <= keys for pair in ends)


def _by_columns(headers: list[list[str]]) -> Format | None:
    """Return the graph database that one of the headers belongs to."""
    for name, fits in (("neo4j", is_neo4j), ("neptune", is_neptune)):
        if any(map(fits, headers)):
            return FORMATS[name]
    return None
