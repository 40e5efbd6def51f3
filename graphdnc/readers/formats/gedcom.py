"""Family trees in GEDCOM 5.5.1 and 7: father, mother, son, daughter, husband and wife.

Only what a file states becomes a triple: parents, children and spouses. Siblings follow from their parents;
only those of a family without parents become triples. If a sex is not stated, the role in the family decides
for parents and spouses, and a child is a "child". People of the same name are told apart by their years, or
else by their ids: "John Smith (1850-1910)", "John Smith (I12)".
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import permutations
from typing import NamedTuple

from graphdnc.readers.build_graph import Edge, Notes, clean, distinct_names
from graphdnc.readers.columns import Columns
from graphdnc.readers.csv_records import MAX_LINE
from graphdnc.readers.formats.ansel import decode_ansel
from graphdnc.readers.source import Content, Place, decode, line_at, numbered_lines
from graphdnc.utils.text import quote

_LINE = re.compile(r"\s*(\d{1,2})\s+(?:@([^@]+)@\s+)?(\w+)(?: (.*))?", re.DOTALL)
_POINTER = re.compile(r"@([^@]+)@")
_YEAR = re.compile(r"(?<!\d)\d{3,4}(?!\d)")
_CHARSET = re.compile(rb"[\r\n][ \t]*1[ \t]+CHAR[ \t]+([^\r\n]*)")
_HEAD = 65_536
# "0 H" in UTF-16 without a mark
_UNMARKED = {"0 H".encode(encoding): encoding for encoding in ("utf-16-le", "utf-16-be")}
_CODECS = (
    dict.fromkeys(("UTF-8", "UTF8", "UNICODE"), "utf-8-sig")
    | dict.fromkeys(("ANSI", "WINDOWS-1252", "CP1252"), "cp1252")
    | dict.fromkeys(("ISO-8859-1", "ISO8859-1"), "latin-1")
    | {"ASCII": "ascii", "IBMPC": "cp437", "MACINTOSH": "mac-roman"}
)
_VOID = "VOID"
# what one person is to another, by sex, or by the role in the family if no sex is stated
_PARENT = {"M": "father", "F": "mother", "HUSB": "father", "WIFE": "mother"}
_SPOUSE = {"M": "husband", "F": "wife", "HUSB": "husband", "WIFE": "wife"}
_CHILD = {"M": "son", "F": "daughter"}
_SIBLING = {"M": "brother", "F": "sister"}


class Line(NamedTuple):
    """A line of the file: its number, level, id, tag and value."""

    number: int
    level: int
    key: str
    tag: str
    value: str


@dataclass
class _Person:
    name: str = ""
    pieces: dict[str, str] = field(default_factory=dict)
    sex: str = ""
    years: dict[str, str] = field(default_factory=dict)

    @property
    def called(self) -> str:
        stated = clean(self.name.replace("/", " "))
        return stated or clean(" ".join(self.pieces.get(tag, "") for tag in ("GIVN", "SURN"))) or "unnamed"

    @property
    def lived(self) -> str:
        years = [self.years.get(event, "") for event in ("BIRT", "DEAT")]
        return "-".join(years) if any(years) else ""


@dataclass
class _Family:
    """Parents and children by id, each with the tag and the number of the line that states it."""

    parents: dict[str, tuple[str, int]] = field(default_factory=dict)
    children: dict[str, tuple[str, int]] = field(default_factory=dict)


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
    if name not in _CODECS:
        line = line_at(data, stated.start(1)) if stated else None
        place.wrong(f"the character set {quote(name)} is not known; export it as UTF-8", line)
    return decode(place, data, _CODECS[name])


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
        if not line.strip():
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
        last = Line(number, level, (found[2] or "").strip(), found[3].upper(), (found[4] or "").strip())
        yield last
    if last is None or (last.level, last.tag) != (0, "TRLR"):
        place.wrong("the last line is not 0 TRLR: the end of the file is missing; export it again")


class _Tree:
    def __init__(self, place: Place, notes: Notes) -> None:
        self._place = place
        self._notes = notes
        self._people: dict[str, _Person] = {}
        self._families: dict[str, _Family] = {}
        # links between families and people: the family, the person, the tag, the line
        self._links: list[tuple[str, str, str, int]] = []

    def read(self, lines: Iterator[Line]) -> None:
        """Read all records."""
        record, outer = Line(0, 0, "", "", ""), ""
        for line in lines:
            if line.level == 0:
                # in GEDCOM 7 a record to which no other refers needs no id
                record = line if line.key else line._replace(key=f"line {line.number}")
                self._begin(record)
            elif line.level == 1:
                outer = line.tag
                self._read_first(record, line)
            elif line.level == 2 and record.tag == "INDI":
                self._read_second(self._people[record.key], outer, line)
        for key, person, tag, number in self._links:
            self._link(key, person, tag, number)

    def _begin(self, line: Line) -> None:
        if line.tag in ("INDI", "FAM") and (line.key in self._people or line.key in self._families):
            self._place.wrong(f"the id {quote(line.key)} occurs twice; give each its own", line.number)
        if line.tag == "INDI":
            self._people[line.key] = _Person()
        elif line.tag == "FAM":
            self._families[line.key] = _Family()

    def _read_first(self, record: Line, line: Line) -> None:
        if record.tag == "INDI":
            person = self._people[record.key]
            if line.tag == "NAME" and not person.name:
                person.name = line.value
            elif line.tag == "SEX":
                person.sex = line.value.upper()[:1]
            elif line.tag in ("FAMC", "FAMS"):
                self._links.append((self._pointer(line), record.key, line.tag, line.number))
        elif record.tag == "FAM" and line.tag in ("HUSB", "WIFE", "CHIL"):
            self._links.append((record.key, self._pointer(line), line.tag, line.number))

    def _read_second(self, person: _Person, outer: str, line: Line) -> None:
        if outer == "NAME" and line.tag in ("GIVN", "SURN"):
            person.pieces.setdefault(line.tag, line.value)
        elif outer in ("BIRT", "DEAT") and line.tag == "DATE":
            if year := _YEAR.search(line.value):
                person.years.setdefault(outer, year[0])
        elif outer == "FAMC" and line.tag == "PEDI" and line.value.upper() not in ("", "BIRTH"):
            self._notes.add("a child by adoption or the like; read as any other child", line.number)

    def _pointer(self, line: Line) -> str:
        found = _POINTER.fullmatch(line.value)
        if found is None:
            self._place.wrong(f"{line.tag} names {quote(line.value)}; an id is written @I1@", line.number)
        return found[1].strip()

    def _link(self, key: str, person: str, tag: str, number: int) -> None:
        if _VOID in (key, person):
            return
        for there, wanted, kind in ((self._families, key, "family"), (self._people, person, "person")):
            if wanted not in there:
                missing = f"the {kind} {quote(wanted)} is not in the file"
                self._place.wrong(f"{missing}; export it too, or delete this line", number)
        family = self._families[key]
        members = family.children if tag in ("CHIL", "FAMC") else family.parents
        # HUSB and WIFE say more than FAMS
        if person not in members or tag in ("HUSB", "WIFE"):
            members[person] = (tag, number)

    def check_ancestors(self) -> None:
        """Refuse a tree in which a person is their own ancestor."""
        parents: dict[str, list[str]] = {}
        for family in self._families.values():
            for child in family.children:
                parents.setdefault(child, []).extend(family.parents)
        try:
            TopologicalSorter(parents).prepare()
        except CycleError as error:
            person = error.args[1][0]
            name = quote(self._people[person].called)
            self._place.wrong(f"{name} (@{person}@) is their own ancestor; correct the families")

    def edges(self) -> Iterator[Edge]:
        """Yield the relation of each member of a family to the others."""
        names = self._names()
        for family in self._families.values():
            for one, other in permutations(family.parents, 2):
                role, line = family.parents[other]
                yield Edge(line, names[one], self._term(_SPOUSE, other, role, "spouse"), names[other])
            for one, other in permutations(family.children, 2) if not family.parents else ():
                line = family.children[other][1]
                yield Edge(line, names[one], self._term(_SIBLING, other, "", "sibling"), names[other])
            for child, (_, line) in family.children.items():
                for parent, (role, _) in family.parents.items():
                    yield Edge(line, names[child], self._term(_PARENT, parent, role, "parent"), names[parent])
                    yield Edge(line, names[parent], self._term(_CHILD, child, "", "child"), names[child])

    def _term(self, terms: dict[str, str], person: str, role: str, neutral: str) -> str:
        sex = self._people[person].sex
        return terms.get(role if sex in ("", "U") else sex, neutral)

    def _names(self) -> dict[str, str]:
        used = {
            person: self._people[person].called
            for family in self._families.values()
            for person in (*family.parents, *family.children)
            if len(family.parents) + len(family.children) > 1
        }
        if len(used) < len(self._people):
            self._notes.add(f"people without a family, left out: {len(self._people) - len(used):,}")
        count = Counter(used.values())
        lived = {person: self._people[person].lived for person in used}
        alike = Counter((name, lived[person]) for person, name in used.items())
        # years tell people apart if all of the same name have years, and different ones
        undated = {name for (name, years), number in alike.items() if number > 1 or not years}
        for person, name in used.items():
            if count[name] > 1 and name not in undated:
                used[person] = f"{name} ({lived[person]})"
        return distinct_names(self._place, used)
