"""Family trees in GEDCOM 5.5.1 and 7: father, mother, son, daughter, husband and wife."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.csv_records import MAX_LINE
from graphdnc.readers.encodings import guess_text
from graphdnc.readers.formats.ansel import decode_ansel
from graphdnc.readers.formats.family_tree import DANGLING, Family, FamilyTree, Person
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Content, Place, decode, line_at, numbered_lines
from graphdnc.utils.text import quote

_LINE = re.compile(r"\s*(\d{1,2})\s+(?:@([^@]+)@\s+)?(\w+)(?: (.*))?", re.DOTALL)
_POINTER = re.compile(r"@([^@]+)@")
_YEAR = re.compile(r"(?<!\d)\d{3,4}(?!\d)")
_CHARSET = re.compile(rb"[\r\n][ \t]*1[ \t]+CHAR[ \t]+([^\r\n]*)")
_HEAD = 65_536
# "0 H" in UTF-16 without a mark
_UNMARKED = {"0 H".encode(encoding): encoding for encoding in ("utf-16-le", "utf-16-be")}
# character sets by the letters and digits of their names
_CODECS = (
    dict.fromkeys(("UTF8", "UNICODE", "UTF16"), "utf-8-sig")
    | dict.fromkeys(("ANSI", "IBMWINDOWS", "WINDOWS", "MSWINDOWS", "ANSIWINDOWS"), "cp1252")
    | dict.fromkeys(("LATIN1", "LATIN", "ISOLATIN1", "ISO88591", "88591"), "latin-1")
    | dict.fromkeys(("LATIN9", "ISO885915"), "iso8859-15")
    | dict.fromkeys(("LATIN2", "ISO88592"), "iso8859-2")
    | dict.fromkeys(("IBMPC", "IBM", "PC", "OEM", "CP437", "IBM437"), "cp437")
    | dict.fromkeys(("MSDOS", "IBMDOS", "DOS", "PCDOS", "CP850", "IBM850"), "cp850")
    | dict.fromkeys(("MACINTOSH", "MAC", "MACROMAN"), "mac-roman")
    | dict.fromkeys(("ASCII", "USASCII"), "ascii")
    | {f"{prefix}{page}": f"cp{page}" for page in range(1250, 1259) for prefix in ("CP", "WINDOWS", "WIN")}
    | {f"{prefix}{page}": f"cp{page}" for page in (852, 855, 858, 866) for prefix in ("CP", "IBM")}
)
_VOID = "VOID"


class Line(NamedTuple):
    """A line of the file: its number, level, id, tag and value."""

    number: int
    level: int
    key: str
    tag: str
    value: str


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a family tree."""
    tree = _Tree(content.place, notes)
    tree.read(_lines(content.place, _text(content, notes)))
    tree.check_ancestors()
    return tree.edges()


def _text(content: Content, notes: Notes) -> str:
    place, data = content.place, content.data
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(place, data, "utf-16")
    for start, encoding in _UNMARKED.items():
        if data.startswith(start):
            return decode(place, data, encoding)
    if b"\0" in data:
        place.wrong("contains a NUL byte, so it is not text; export it as UTF-8")
    stated = _CHARSET.search(data[:_HEAD])
    name = stated[1].decode("latin-1").strip().upper() if stated else "UTF-8"
    if data.startswith(codecs.BOM_UTF8):
        return decode(place, data)
    if name == "ANSEL":
        return _ansel(place, data, notes)
    codec = _CODECS.get(re.sub(r"[^A-Z0-9]", "", name))
    if codec is None:
        line = line_at(data, stated.start(1)) if stated else None
        place.wrong(f"the character set {quote(name)} is not known; export it as UTF-8", line)
    if codec == "utf-8-sig":
        return _utf8(place, data, notes)
    if codec.startswith("cp") and codec != "cp1252" and not data.isascii():
        notes.add(f"the character set {quote(name)} is read as {codec.upper()}")
    return decode(place, data, codec)


def _utf8(place: Place, data: bytes, notes: Notes) -> str:
    """Return text that should be UTF-8; old programs also write other encodings under that name."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        return guess_text(place, data, error.start, notes)


def _ansel(place: Place, data: bytes, notes: Notes) -> str:
    try:
        found = data.decode()
    except UnicodeDecodeError:
        pass
    else:
        if not data.isascii():  # ANSEL does not look like UTF-8 by chance
            notes.add("the file says that it is ANSEL, but it is UTF-8; read as UTF-8")
        return found
    try:
        return decode_ansel(data)
    except UnicodeDecodeError as error:
        byte = f"byte 0x{data[error.start]:02x}"
        place.wrong(f"not ANSEL ({byte}); export it as UTF-8", line_at(data, error.start))


def _lines(place: Place, text: str) -> Iterator[Line]:
    """Yield the lines, from ``0 HEAD`` to ``0 TRLR``."""
    last = None
    for number, line in numbered_lines(text):
        if not line.strip(" \t\x1a"):  # old programs end a file with Ctrl-Z
            continue
        if last and last.tag == "TRLR":
            place.wrong("text after the end (0 TRLR); a file holds one tree", number)
        found = _LINE.fullmatch(line) if len(line) <= MAX_LINE else None
        if found is None:
            place.wrong(f"not GEDCOM: {quote(line.strip())}; a line is: number, tag, value", number)
        level = int(found[1])
        if last is None and (level, found[3]) != (0, "HEAD"):
            place.wrong("this is not GEDCOM, which begins with 0 HEAD", number)
        if level > (last.level + 1 if last else 0):
            place.wrong(f"level {level} after level {last.level if last else 0}; a line is missing", number)
        value = (found[4] or "").strip().replace("@@", "@")  # a sign @ that begins no link
        last = Line(number, level, (found[2] or "").strip(), found[3].upper(), value)
        yield last
    if last is None or (last.level, last.tag) != (0, "TRLR"):
        place.wrong("the last line is not 0 TRLR: the end of the file is missing; export it again")


_ADOPTED = "a child by adoption or the like; read as any other child"


class _Tree(FamilyTree):
    def __init__(self, place: Place, notes: Notes) -> None:
        super().__init__(place, notes)
        # links between families and people: the family, the person, the tag, the line
        self._links: list[tuple[str, str, str, int]] = []

    def read(self, lines: Iterator[Line]) -> None:
        """Read all records."""
        record, outer = Line(0, 0, "", "", ""), ""
        for line in lines:
            if line.level == 0:
                # in GEDCOM 7 a record to which no other refers needs no id
                record = line if line.key else line._replace(key=f"line {line.number}")
                self._notes.account.read += 1
                self._begin(record)
            elif line.level == 1:
                outer = line.tag
                self._read_first(record, line)
            elif line.level == 2 and record.tag == "INDI":
                self._read_second(self.people[record.key], outer, line)
            elif line.tag in ("_FREL", "_MREL") and line.value.upper() not in ("", "NATURAL", "BIRTH"):
                self._notes.add(_ADOPTED, line.number, doubtful=True)
        for key, person, tag, number in self._links:
            self._link(key, person, tag, number)

    def _begin(self, line: Line) -> None:
        if line.tag in ("INDI", "FAM") and (line.key in self.people or line.key in self.families):
            self._place.wrong(f"the id {quote(line.key)} occurs twice; give each its own", line.number)
        if line.tag == "INDI":
            self.people[line.key] = Person()
        elif line.tag == "FAM":
            self.families[line.key] = Family()
        else:
            self._notes.leave("a record that is neither person nor family", line.number)

    def _read_first(self, record: Line, line: Line) -> None:
        if record.tag == "INDI":
            person = self.people[record.key]
            if line.tag == "NAME" and not person.name:
                person.name = line.value
            elif line.tag == "SEX":
                person.sex = line.value.upper()[:1]
            elif line.tag == "ASSO":
                said = "an association (ASSO), such as a godfather, is no kin by birth or marriage; left out"
                self._notes.add(said, line.number, doubtful=True)
            elif line.tag in ("FAMC", "FAMS"):
                self._links.append((self._pointer(line), record.key, line.tag, line.number))
        elif record.tag == "FAM" and line.tag in ("HUSB", "WIFE", "CHIL"):
            self._links.append((record.key, self._pointer(line), line.tag, line.number))
        elif record.tag == "FAM" and line.tag == "DIV" and line.value.upper() != "N":
            self._notes.add("a divorced couple; read as husband and wife", line.number, doubtful=True)

    def _read_second(self, person: Person, outer: str, line: Line) -> None:
        if outer == "NAME" and line.tag in ("GIVN", "SURN"):
            person.pieces.setdefault(line.tag, line.value)
        elif outer in ("BIRT", "DEAT") and line.tag == "DATE":
            if year := _YEAR.search(line.value):
                person.years.setdefault(outer, year[0])
        elif outer == "FAMC" and line.tag == "PEDI" and line.value.upper() not in ("", "BIRTH"):
            self._notes.add(_ADOPTED, line.number, doubtful=True)

    def _pointer(self, line: Line) -> str:
        found = _POINTER.fullmatch(line.value)
        if found is None:
            self._place.wrong(f"{line.tag} names {quote(line.value)}; an id is written @I1@", line.number)
        return found[1].strip()

    def _link(self, key: str, person: str, tag: str, number: int) -> None:
        if _VOID in (key, person):
            return
        if key not in self.families or person not in self.people:
            self._notes.add(DANGLING, number, doubtful=True)
            return
        family = self.families[key]
        members = family.children if tag in ("CHIL", "FAMC") else family.parents
        # HUSB and WIFE say more than FAMS
        if person not in members or tag in ("HUSB", "WIFE"):
            members[person] = (tag, number)
