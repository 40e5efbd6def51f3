"""RDF in Turtle and N-Triples, read by rdflib, which is an optional package.

A statement about two resources becomes a triple. Texts, dates and numbers are not nodes; those that label a
resource are its name, the others are left out. Without a label, the name is the end of the IRI. Nothing is
fetched, neither what an IRI refers to nor what the file imports.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote

from graphdnc.errors import GraphDNCError, UsageError
from graphdnc.readers.build_graph import MAX_TRIPLES, Edge, distinct_names
from graphdnc.readers.columns import Columns
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Content, Place, numbered_lines
from graphdnc.utils.text import one_line, quote

if TYPE_CHECKING:
    from rdflib.term import Node

_BASE = "http://localhost/"
_LABELS = (
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://schema.org/name",
    "https://schema.org/name",
    "http://xmlns.com/foaf/0.1/name",
    "http://purl.org/dc/terms/title",
)
Statement = tuple[int | None, "Node", "Node", "Node"]
"""A line, if it is known, and a subject, predicate and object."""


def read_turtle(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a Turtle file."""
    with _rdflib():
        return _edges(content.place, _parse_turtle(content), notes)


def read_ntriples(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of an N-Triples file."""
    with _rdflib():
        return _edges(content.place, _parse_ntriples(content), notes)


@contextmanager
def _rdflib() -> Iterator[None]:
    """Import rdflib and keep it silent; it logs warnings about single values."""
    try:
        from rdflib.namespace import RDF
        from rdflib.term import bind
    except ImportError:
        raise UsageError("RDF needs rdflib, which is not installed: pip install 'graphdnc[rdf]'") from None
    log = logging.getLogger("rdflib")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        # else XML in a text is parsed and its entities are expanded
        for datatype in (RDF.XMLLiteral, RDF.HTML):
            bind(datatype, str, constructor=str, datatype_specific=True)
        yield
    finally:
        log.setLevel(before)


def _parse_turtle(content: Content) -> list[Statement]:
    from rdflib import Graph

    found: list[Statement] = []
    text = content.text("Turtle")

    class Sink(Graph):
        def add(self, triple: Any) -> Any:
            _keep(content.place, found, (None, *triple))
            return self

    try:
        Sink().parse(io.StringIO(text), format="turtle", publicID=_BASE)
    except Exception as error:  # for a broken file rdflib raises errors of any kind
        _refuse(content.place, "Turtle", error, getattr(error, "lines", None))
    return found


def _parse_ntriples(content: Content) -> list[Statement]:
    from rdflib.plugins.parsers.ntriples import W3CNTriplesParser

    found: list[Statement] = []
    number = 0

    class Sink:
        def triple(self, *triple: Any) -> None:
            _keep(content.place, found, (number, *triple))

    parser = W3CNTriplesParser(Sink(), bnode_context={})  # type: ignore[arg-type]
    for number, line in numbered_lines(content.text("N-Triples")):
        try:
            parser.line = line  # not parsestring, which takes quadratic time for long lines
            parser.parseline()
        except Exception as error:  # for a broken file rdflib raises errors of any kind
            _refuse(content.place, "N-Triples", error, number - 1)
    return found


def _keep(place: Place, found: list[Statement], statement: Statement) -> None:
    if len(found) >= MAX_TRIPLES:
        place.too_large(f"more than {MAX_TRIPLES:,} triples")
    found.append(statement)


def _refuse(place: Place, kind: str, error: Exception, before: int | None) -> NoReturn:
    if isinstance(error, GraphDNCError):
        raise error
    if isinstance(error, RecursionError):
        place.wrong("brackets are nested too deep; export the file again")
    said = one_line(getattr(error, "_why", error)) or type(error).__name__
    place.wrong(f"not {kind} ({quote(said, 120)}); export it again", None if before is None else before + 1)


def _edges(place: Place, statements: list[Statement], notes: Notes) -> Iterator[Edge]:
    from rdflib.term import Literal

    kept = [one for one in statements if not isinstance(one[3], Literal)]
    notes.account.unit, notes.account.read = "statements", len(statements)
    named = sum(isinstance(one[3], Literal) and str(one[2]) in _LABELS for one in statements)
    notes.leave("a label", count=named)
    notes.leave("a text, date or number", count=len(statements) - len(kept) - named, missed=True)
    if len(kept) < len(statements):
        notes.add(f"texts, dates and numbers are not nodes; left out: {len(statements) - len(kept):,}")
    labels = _labels(statements)
    nodes = _names(place, labels, (node for _, source, _, target in kept for node in (source, target)))
    relations = _names(place, labels, (relation for _, _, relation, _ in kept))
    for line, source, relation, target in kept:
        yield Edge(line, nodes[source], relations[relation], nodes[target])


def _labels(statements: list[Statement]) -> dict[Node, str]:
    """Return the best label of each resource: by property, then English or without a language."""
    from rdflib.term import Literal

    best: dict[Node, tuple[int, bool, str]] = {}
    for _, source, relation, target in statements:
        if isinstance(target, Literal) and str(relation) in _LABELS and str(target).strip():
            foreign = bool(target.language) and not str(target.language).startswith("en")
            rank = (_LABELS.index(str(relation)), foreign, str(target))
            best[source] = min(best.get(source, rank), rank)
    return {node: label for node, (_, _, label) in best.items()}


def _names(place: Place, labels: dict[Node, str], resources: Iterable[Node]) -> dict[Node, str]:
    """Return a name for each resource: its label, the end of its IRI, or a number if it has no IRI."""
    from rdflib.term import BNode

    keys: dict[Node, str] = {}
    for node in resources:
        keys.setdefault(node, f"_:{len(keys) + 1}" if isinstance(node, BNode) else str(node))
    names = {key: labels.get(node) or _end(key) for node, key in keys.items()}
    apart = distinct_names(place, names)
    return {node: apart[key] for node, key in keys.items()}


def _end(iri: str) -> str:
    return unquote(re.split(r"[/#]", iri.rstrip("/#"))[-1])
