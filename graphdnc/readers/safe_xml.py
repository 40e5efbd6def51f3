"""XML without its dangers, with line numbers.

An entity can stand for a gigabyte of text or for another file, so a file that declares one is refused.
Nothing that a file names is ever fetched: a document type may be named, but it is not read, and an entity
that it would define is an error, not a gap in a name.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from graphdnc.readers.build_graph import MAX_TRIPLES
from graphdnc.readers.source import Content, Place, line_at
from graphdnc.utils.text import one_line, shorten

_MAX_DEPTH = 100
_MAX_ELEMENTS = 4 * MAX_TRIPLES
_SPACE = " "
# an entity other than those that every XML file has
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#)")

Attributes = dict[str, str]


class Elements:
    """The elements of an XML file, one after the other; override the methods. Names have no namespaces.

    Attributes:
        line: the current line.
    """

    line = 0

    def open(self, path: tuple[str, ...], attributes: Attributes) -> None:
        """Handle the start of an element; ``path`` is the names from the root to it."""

    def close(self, path: tuple[str, ...], text: str) -> None:
        """Handle the end of an element; ``text`` is its text, without that of inner elements."""


def parse(content: Content, root: str, elements: Elements) -> None:
    """Read XML and call the methods of ``elements``; the root must be called ``root``.

    Raises:
        GraphFileError: it is not such XML, or it declares an entity; the message names the line.
    """
    _Parser(content.place, root, elements).run(content.data)


class _Parser:
    def __init__(self, place: Place, root: str, elements: Elements) -> None:
        self._place = place
        self._root = root
        self._elements = elements
        self._path: tuple[str, ...] = ()
        # the text of each open element; it can go on after an inner element
        self._texts: list[list[str]] = []
        self._parser = parser = expat.ParserCreate(namespace_separator=_SPACE)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._refuse
        parser.StartDoctypeDeclHandler = self._check_entities
        self._data = b""
        self._count = 0

    def run(self, data: bytes) -> None:
        self._data = data
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            self._place.wrong(f"not well-formed XML ({reason}); export the file again", error.lineno)
        except (LookupError, ValueError) as error:
            self._place.wrong(f"not readable as XML ({one_line(error)}); save it as UTF-8")

    def _refuse(self, *_: object) -> None:
        self._place.wrong("declares an entity; replace it by its text", self._parser.CurrentLineNumber)

    def _check_entities(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        """Refuse entities that the document type would define: in attributes expat drops them silently."""
        found = _ENTITY.search(self._data.replace(b"\0", b"")) if system else None
        if found:
            line = line_at(found.string, found.start())
            self._place.wrong("an entity that another file defines; replace it by its text", line)

    def _start(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(_SPACE)[2]
        self._elements.line = self._parser.CurrentLineNumber
        if not self._path and local != self._root:
            self._place.wrong(
                f"the root element is <{shorten(local)}>, not <{self._root}>; give the --format",
                self._elements.line,
            )
        if len(self._path) >= _MAX_DEPTH:
            self._place.wrong(f"elements are nested more than {_MAX_DEPTH} deep", self._elements.line)
        self._count += 1
        if self._count > _MAX_ELEMENTS:
            self._place.too_large(f"more than {_MAX_ELEMENTS:,} elements")
        self._path = (*self._path, local)
        self._texts.append([])
        plain = {key.rpartition(_SPACE)[2]: value for key, value in attributes.items()}
        self._elements.open(self._path, plain)

    def _end(self, name: str) -> None:
        self._elements.line = self._parser.CurrentLineNumber
        self._elements.close(self._path, "".join(self._texts.pop()))
        self._path = self._path[:-1]

    def _characters(self, text: str) -> None:
        self._texts[-1].append(text)
