"""Formats that are known but not read: each is refused by its name, with what to give instead."""

from __future__ import annotations

import re

from graphdnc.readers.source import Place

_ARROWS = "write its arrows as lines: a -> b: relation"
_GEPHI = "open it in Gephi and export it as GEXF"
_TABLE = "give its edges as CSV: source,relation,target"
_VERSIONS = "it lists packages with their versions and no connections; give its edges: package,dependency"
# how such a file begins, whatever its name says
_NO_GRAPH = (
    (
        r"(?is)\s*(?:<[?!]--.*?-->\s*|<\?.*?\?>\s*)*(?:<!doctype html|<html\b)",
        "a web page, which is not read; save its table as CSV",
    ),
    (
        r"version https://git-lfs\.github\.com/",
        "a pointer of Git LFS, not the file itself; run: git lfs pull",
    ),
)
# keys with values below them, and values or dashes below these
_YAML = (
    r"\s*(?:%YAML|(?:#[^\n]*\n|---[^\n]*\n|[\w.-]+:[ \t]+[^\n]*\n|\s*\n)*+(?:"
    r"[\w-]+:[ \t]*\n\s*-\s|"
    r"[\w./-]+:[ \t]*\n(?:[ \t]+[\w./-]+:[ \t]*\n|[ \t]+-[ \t][^\n]*\n)*+"
    r"[ \t]+(?:-[ \t]+)?[\w./-]+:[ \t]+\S))"
)
# how such a file begins, what it is, and what to do
_UNREAD = (
    (r"\s*@start\w+", "PlantUML", _ARROWS),
    (r"(?s)\s*(?:<\?.*?\?>\s*)?<(?:mxfile|mxGraphModel)\b", "a drawing of draw.io", _ARROWS),
    (r"\s*(?:<[?!][^<>]*>\s*)*<svg\b", "an SVG picture", _ARROWS),
    (r"(?s).*?<(?:\w+:)?RDF\b", "RDF/XML", "convert it to Turtle, for example: rapper -o turtle FILE"),
    (r"(?s).*?<Ontology\b", "OWL/XML", "save it as Turtle in Protégé"),
    (r"(?s).*?<graph\b[^>]*xgmml", "XGMML", "export the network from Cytoscape as SIF or JSON"),
    (r"(?s).*?<(?:\w+:)?definitions\b", "BPMN", _ARROWS),
    (r"(?s).*?<(?:\w+:)?XMI\b", "XMI", _ARROWS),
    (r"(?s).*?<(?:kml|osm|gpx)\b", "a map of places, not a graph of names", _TABLE),
    (r"(?s).*?<(?:map version|opml)\b", "a mind map", _TABLE),
    (r"nodedef\s*>", "GDF", _GEPHI),
    (r"(?i)dl\s+n\s*=", "UCINET DL", _GEPHI),
    (r"(?i)\*node data\b", "VNA of NetDraw", _GEPHI),
    (r"(?i)%%MatrixMarket\b", "a matrix of Matrix Market", _TABLE),
    (r"\(tlp\s", "TLP of Tulip", "export it from Tulip as GML"),
    (r'\s*[\[{]\s*"@(?:context|graph|id)"', "JSON-LD", "convert it to Turtle"),
    (_YAML, "YAML", "convert it to JSON"),
    (
        r"Package\s+Version\b[^\n]*\n-+\s+-+|# packages in environment|#?\s*Name\s+Version\s+Build\b"
        r"|(?:#[^\n]*\n)*(?:[\w.\[\],-]+[=~<>!]=[\w.+!*,<>= -]+[ \t]*(?:\n|$)){2}",
        "a list of versions",
        _VERSIONS,
    ),
    (r"\s*(?:[#;][^\n]*\n\s*)*\[[\w .:-]+\]\s*\n\s*[\w.-]+\s*=", "an INI or TOML file", _TABLE),
    (r"\s*(?:%[^\n]*\n\s*)*@\w+\s*\{", "BibTeX", _TABLE),
    (r"(?i)\s*(?:--[^\n]*\n\s*)*(?:CREATE\s+TABLE|INSERT\s+INTO)\b", "SQL", "export the table as CSV"),
    (
        r"(?:#![^\n]*\n|\s*(?:# |//)[^\n]*\n|\s*\n)*+(?:import [\w.]+(?: as \w+)?;?\s*\n|from [\w.]+ import "
        r"|#include\s*[<\"]|package [\w.]+;?\s*\n|def \w+\(|using [\w.]+;)",
        "a program",
        "run it, and give the graph that it writes",
    ),
    (r"\{\\rtf", "a text of a word processor", "save its table as CSV"),
    (r"BEGIN:V(?:CARD|CALENDAR)\b", "an address book or a calendar", _TABLE),
    (r'(?s)\s*\[Event\s+"', "a record of chess games", _TABLE),
    (r"(?s)(?:format-version:.*?)?\s*\[(?:Term|Typedef)\]", "OBO", "convert it to OWL, and that to Turtle"),
    (r"\s*\([^()\n]*(?:\([^()\n]*\)[^()\n]*)+\)[^\n]*;\s*$", "a tree in Newick", _TABLE),
    (r"\s*\\(?:documentclass|begin\{)", "LaTeX", _ARROWS),
    (r"(?i)\s*(?:CREATE|MERGE|MATCH)\s*\(", "Cypher", "export the graph from Neo4j as CSV or GraphML"),
)  # fmt: skip
_SENTENCE = re.compile(r"(?<![^\W\d_])[^\W\d_]{3,}[.!?][\"'\u201d\u2019)]?(?=\s|$)")
_WORDS_OF_PROSE = 4
"""Words of a line of prose, on average."""


def refuse_no_graph(place: Place, head: str) -> None:
    """Refuse what a program wrote instead of the file: a web page, a pointer.

    Raises:
        GraphFileError: it is such a file.
    """
    for begins, what in _NO_GRAPH:
        if re.match(begins, head):
            place.wrong(f"this is {what}")


def refuse_prose(place: Place, lines: list[str]) -> None:
    """Refuse lines that are sentences: of many words, with a stop after one, and not of the same columns.

    Raises:
        GraphFileError: they are.
    """
    said = [line for line in lines if line.strip()]
    sentences = sum(bool(_SENTENCE.search(line)) for line in said)
    columns = {line.count(",") for line in said}
    if not sentences or 3 * sentences < len(said) or (len(columns) == 1 and len(said) > 1 and max(columns)):
        return
    if any(sign in line for line in said for sign in "\t;|") or any("->" in line for line in said):
        return
    if sum(len(line.split()) for line in said) >= _WORDS_OF_PROSE * len(said):
        place.wrong(f"this is prose, not a graph; {_ARROWS.replace('its arrows as', 'its connections as')}")


def refuse_unread(place: Place, head: str) -> None:
    """Refuse a file that begins like a format that is known but not read.

    Raises:
        GraphFileError: it is such a file; the message says what to give instead.
    """
    if head[257:262] == "ustar":
        place.wrong("this is a tar archive; unpack it (a package of Gramps holds the file data.gramps)")
    xml = head.lstrip().startswith("<")
    for begins, name, remedy in _UNREAD:
        if (xml or not begins.startswith("(?s).*?<")) and re.match(begins, head):
            place.wrong(f"this is {name}, which is not read; {remedy}")
