"""XML without its dangers, with line numbers.

An entity can stand for a gigabyte of text or for another file, so a file that declares one is refused.
Nothing that a file names is ever fetched: a document type may be named, but it is not read, and an entity
that it would define is an error, not a gap in a name.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from graphdnc.readers.build_graph import MAX_TRIPLES
from graphdnc.readers.source import Place, line_at
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
        place: the file.
        line: the current line.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.line = 0
        self._count = 0
        self._path: tuple[str, ...] = ()
        # the text of each open element; it can go on after an inner element
        self._texts: list[list[str]] = []

    def open(self, path: tuple[str, ...], attributes: Attributes) -> None:
        """Handle the start of an element; ``path`` is the names from the root to it."""

    def close(self, path: tuple[str, ...], text: str) -> None:
        """Handle the end of an element; ``text`` is its text, without that of inner elements."""

    def parse(self, data: bytes, root: str) -> None:
        """Read XML and call the methods; the root must be called ``root``.

        Raises:
            GraphFileError: it is not such XML, or it declares an entity; the message names the line.
        """
        self._root, self._data = root, data
        self._parser = parser = expat.ParserCreate(namespace_separator=_SPACE)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = lambda text: self._texts[-1].append(text)
        parser.EntityDeclHandler = self._refuse
        parser.StartDoctypeDeclHandler = self._check_entities
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            self.place.wrong(f"not well-formed XML ({reason}); export the file again", error.lineno)
        except (LookupError, ValueError) as error:
            self.place.wrong(f"not readable as XML ({one_line(error)}); save it as UTF-8")

    def _refuse(self, *_: object) -> None:
        self.place.wrong("declares an entity; replace it by its text", self._parser.CurrentLineNumber)

    def _check_entities(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        """Refuse entities that the document type would define: in attributes expat drops them silently."""
        found = _ENTITY.search(self._data.replace(b"\0", b"")) if system else None
        if found:
            line = line_at(found.string, found.start())
            self.place.wrong("an entity that another file defines; replace it by its text", line)

    def _start(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(_SPACE)[2]
        self.line = self._parser.CurrentLineNumber
        if not self._path and local != self._root:
            self.place.wrong(
                f"the root element is <{shorten(local)}>, not <{self._root}>; give the --format",
                self.line,
            )
        if len(self._path) >= _MAX_DEPTH:
            self.place.wrong(f"elements are nested more than {_MAX_DEPTH} deep", self.line)
        self._count += 1
        if self._count > _MAX_ELEMENTS:
            self.place.too_large(f"more than {_MAX_ELEMENTS:,} elements")
        self._path = (*self._path, local)
        self._texts.append([])
        plain = {key.rpartition(_SPACE)[2]: value for key, value in attributes.items()}
        self.open(self._path, plain)

    def _end(self, name: str) -> None:
        self.line = self._parser.CurrentLineNumber
        self.close(self._path, "".join(self._texts.pop()))
        self._path = self._path[:-1]
