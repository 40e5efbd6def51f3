"""Formats that are known but not read: each is refused by its name, with what to give instead."""

from __future__ import annotations

import re

from graphdnc.readers.source import Place

_ARROWS = "write its arrows as lines: a -> b: relation"
_GEPHI = "open it in Gephi and export it as GEXF"
_TABLE = "give its edges as CSV: source,relation,target"
# how such a file begins, what it is, and what to do
_UNREAD = (
    (r"\s*@start\w+", "PlantUML", _ARROWS),
    (r"(?s)\s*(?:<\?.*?\?>\s*)?<(?:mxfile|mxGraphModel)\b", "a drawing of draw.io", _ARROWS),
    (r"\s*(?:<[?!][^<>]*>\s*)*<svg\b", "an SVG picture", _ARROWS),
    (r"(?is)\s*(?:<\?.*?\?>\s*)?(?:<!doctype html|<html\b)", "a web page", "save its table as CSV"),
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
    (r"\s*(?:%YAML|(?:---\s*\n)?[\w-]+:[ \t]*\n\s*-\s)", "YAML", "convert it to JSON"),
    (r"\s*(?:[#;][^\n]*\n\s*)*\[[\w .:-]+\]\s*\n\s*[\w.-]+\s*=", "an INI or TOML file", _TABLE),
    (r"\s*(?:%[^\n]*\n\s*)*@\w+\s*\{", "BibTeX", _TABLE),
    (r"(?i)\s*(?:--[^\n]*\n\s*)*(?:CREATE\s+TABLE|INSERT\s+INTO)\b", "SQL", "export the table as CSV"),
    (r"\s*\\(?:documentclass|begin\{)", "LaTeX", _ARROWS),
    (r"(?i)\s*(?:CREATE|MERGE|MATCH)\s*\(", "Cypher", "export the graph from Neo4j as CSV or GraphML"),
)  # fmt: skip
_PATTERNS = [(re.compile(begins), name, remedy) for begins, name, remedy in _UNREAD]


def refuse_unread(place: Place, head: str) -> None:
    """Refuse a file that begins like a format that is known but not read.

    Raises:
        GraphFileError: it is such a file; the message says what to give instead.
    """
    if head[257:262] == "ustar":
        place.wrong("this is a tar archive; unpack it (a package of Gramps holds the file data.gramps)")
    xml = head.lstrip().startswith("<")
    for begins, name, remedy in _PATTERNS:
        if (xml or not begins.pattern.startswith("(?s).*?<")) and begins.match(head):
            place.wrong(f"this is {name}, which is not read; {remedy}")
