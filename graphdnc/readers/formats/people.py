"""Tables with a person a row: name, father, mother, spouse, sex, years, by name or by id.

Headings are understood in the words of :mod:`graphdnc.kinship.words`. Each relation is stated from both
sides, as in GEDCOM: a child is a son if his own row says his sex. People of the same name are told apart by
their years, or else by their ids. A cell may name several people, with ";" or "|" between them.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphdnc.kinship.facts import OPPOSITE
from graphdnc.kinship.rules import step_word
from graphdnc.kinship.words import Heading, heading, sex_of
from graphdnc.readers.build_graph import Edge, Notes, clean, distinct_names
from graphdnc.readers.columns import USUAL, Columns, find_usual, note_unused
from graphdnc.readers.csv_records import Row, find_delimiter, records, wrong_width
from graphdnc.readers.formats import edge_list
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import quote

_NOBODY = frozenset(
    ["", "-", "--", "?", "n/a", "na", "none", "null", "nil", "unknown", "unbekannt", "inconnu", "desconocido"]
)
_YEAR = re.compile(r"(?<!\d)\d{3,4}(?!\d)")


def is_people(headings: list[str]) -> bool:
    """Tell whether the columns of a table describe a person a row: who it is, and a father or the like."""
    columns = _understood(headings)
    kin = [one.meaning for one in columns.values() if one.meaning is not None]
    roles = [meaning.role for meaning in kin if meaning.role and not meaning.weak]
    sure = any(sex or step == "spouse" for step, sex in roles) or (
        len(roles) > 1 and any(one.kind == "sex" for one in columns.values())
    )
    edges = all(find_usual(headings, USUAL[role]) is not None for role in ("source", "target"))
    return sure and not edges and bool(_naming(headings, columns))


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a table with a person a row; if columns are chosen, those of an edge list.

    Raises:
        GraphFileError: the table has no header or no kin, or a row is too long or too short.
    """
    if columns != Columns():
        return edge_list.read(content, columns, notes)
    place, text = content.place, content.text("CSV")
    rows = records(place, io.StringIO(text, newline=""), find_delimiter(text), comments=True)
    first = next(rows, None)
    if first is None or not is_people(first[1]):
        place.wrong(
            "no header of a table with a person a row; name its columns, for example: name,father,mother",
            first[0] if first else None,
        )
    table = _Table(place, first, notes)
    for row in rows:
        table.add(row)
    if not table.people:
        place.wrong("no people after the header; write one a line", first[0])
    return table.edges()


def _understood(headings: list[str]) -> dict[int, Heading]:
    found = ((column, heading(text)) for column, text in enumerate(headings))
    return {column: said for column, said in found if said is not None}


def _naming(headings: list[str], columns: dict[int, Heading]) -> list[int]:
    """Return the columns with the name of the person of a row, in the order of the name."""
    kinds = {kind: column for column, kind in reversed([(at, one.kind) for at, one in columns.items()])}
    given, called, last = (kinds.get(kind) for kind in ("given", "name", "surname"))
    # "nom, prénom" and "nombre, apellidos": the name is what the other column is not
    parts = (given, called, last) if None in (given, last) else (given, last)
    named = [at for at in parts if at is not None] or ([kinds["id"]] if "id" in kinds else [])
    if named:
        return named
    meanings = {at: one.meaning for at, one in columns.items() if one.meaning is not None}
    steps = {at: meaning.role[0] for at, meaning in meanings.items() if meaning.role}
    child = [at for at, step in steps.items() if step == "child"]
    if child and "parent" in steps.values():
        return child[:1]
    return [0] if 0 not in columns and len(steps) > 1 and headings[0].strip() else []


@dataclass
class _Person:
    line: int
    name: str
    sex: str | None = None
    years: list[str] = field(default_factory=lambda: ["", ""])
    kin: list[tuple[Heading, str, int]] = field(default_factory=list)


class _Table:
    """The people of a table, by id, or by name if it has no ids."""

    def __init__(self, place: Place, first: Row, notes: Notes) -> None:
        line, self._headings = first
        self._place, self._notes = place, notes
        self._columns = _understood(self._headings)
        self._naming = _naming(self._headings, self._columns)
        self._id = next((at for at, one in self._columns.items() if one.kind == "id"), None)
        self.people: dict[str, _Person] = {}
        used = self._columns.keys() | set(self._naming)
        unused = (clean(one) for at, one in enumerate(self._headings) if at not in used)
        note_unused(notes, "columns", unused, line)

    def add(self, row: Row) -> None:
        """Add the person of a row; rows of the same name, without ids, are one person."""
        line, fields = row
        if len(fields) != len(self._headings):
            wrong_width(self._place, row, len(self._headings), "the header")
        name = clean(" ".join(fields[at] for at in self._naming))
        key = name if self._id is None else clean(fields[self._id])
        if key.casefold() in _NOBODY:
            self._place.wrong("the row names nobody; fill in the name or delete the line", line)
        if key in self.people and self._id is not None:
            self._place.wrong(f"the id {quote(key)} occurs twice; give each row its own", line)
        if key in self.people:
            self._notes.add(f"{name} has several rows; read as one person", line)
        person = self.people.setdefault(key, _Person(line, name))
        for at, said in self._columns.items():
            if said.kind == "sex":
                person.sex = sex_of(fields[at]) or person.sex
            elif said.kind in ("born", "died") and (year := _YEAR.search(fields[at])):
                person.years[said.kind == "died"] = year[0]
            elif said.kind == "kin" and at not in self._naming:
                person.kin += ((said, one, line) for one in self._several(fields[at]))

    def _several(self, cell: str) -> list[str]:
        parts = map(clean, re.split(r"[;|\n]", cell))
        return [part for part in parts if part.casefold() not in _NOBODY]

    def edges(self) -> Iterator[Edge]:
        """Yield what each person is to the people of the row, and they to that person."""
        names = self._names()
        called = Counter(person.name for person in self.people.values())
        seen: set[tuple[str, ...]] = set()
        by_name = {person.name: key for key, person in self.people.items() if called[person.name] == 1}
        for key, person in self.people.items():
            for said, value, line in person.kin:
                other = value if value in self.people else by_name.get(value)
                if other is None and (said.by_id or called[value] > 1):
                    if value != "0":  # "0" often means nobody
                        rows = "several rows of that name" if called[value] > 1 else "no row of that id"
                        self._notes.add(f"a relative with {rows} ({quote(value)}); left out", line)
                    continue
                sex = self.people[other].sex if other else None
                name = names[other] if other else value
                stated = list(self._both(names[key], person.sex, said, name, sex, line))
                # what two rows state is one fact
                yield from (edge for edge in stated if edge[1:4] not in seen)
                seen.update(edge[1:4] for edge in stated)

    def _both(
        self, name: str, own: str | None, said: Heading, other: str, sex: str | None, line: int
    ) -> Iterator[Edge]:
        meaning = said.meaning
        assert meaning is not None
        if meaning.role is None:
            yield Edge(line, name, str(meaning.term), other)
            return
        step, stated = meaning.role
        yield Edge(line, name, step_word(step, stated or sex), other)
        yield Edge(line, other, step_word(OPPOSITE[step], own), name)

    def _names(self) -> dict[str, str]:
        """Return the name of each person; years, or else ids, tell people of one name apart."""
        count = Counter(person.name for person in self.people.values())
        lived = {key: "-".join(one.years) if any(one.years) else "" for key, one in self.people.items()}
        alike = Counter((one.name, lived[key]) for key, one in self.people.items())
        undated = {name for (name, years), number in alike.items() if number > 1 or not years}
        names = {
            key: f"{one.name} ({lived[key]})" if count[one.name] > 1 and one.name not in undated else one.name
            for key, one in self.people.items()
        }
        return names if self._id is None else distinct_names(self._place, names)
