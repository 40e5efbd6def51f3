"""Tables with a person a row: name, father, mother, spouse, sex, years, by name or by id.

Headings are understood in the words of :mod:`graphdnc.kinship.words`. Each relation is stated from both
sides, as in GEDCOM: a child is a son if his own row says his sex, or if he is a father in another row. People
of the same name are told apart by their years, or else by their ids. A cell may name several people, with ";"
or "|" between them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from graphdnc.kinship.facts import OPPOSITE
from graphdnc.kinship.rules import step_word
from graphdnc.kinship.words import Heading, folded, sex_of, understand
from graphdnc.names import fold
from graphdnc.readers.build_graph import INVISIBLE, Edge, distinct_names
from graphdnc.readers.clean import clean, has_invisible
from graphdnc.readers.columns import Columns, note_unused
from graphdnc.readers.csv_records import Row, is_marked, wrong_width
from graphdnc.readers.formats.tables import edge_list
from graphdnc.readers.formats.tables.rows import HASH_ROW, WIDEST, Rows, open_rows
from graphdnc.readers.headings import find_kin, find_person, is_people
from graphdnc.readers.notes import HEADER, HEADER_AGAIN, REPEATED, Notes
from graphdnc.readers.source import Content
from graphdnc.utils.text import quote

_NOBODY = frozenset(
    ["", "-", "--", "?", "n/a", "na", "none", "null", "nil", "unknown", "unbekannt", "inconnu", "desconocido"]
)
_NUMBER = re.compile(r"\d+|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|yes|no|true|false|x", re.IGNORECASE)
_SEVERAL = re.compile(r"[,;|]")
_YEAR = re.compile(r"(?<!\d)\d{3,4}(?!\d)")


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a table with a person a row; if columns are chosen, those of an edge list.

    Raises:
        GraphFileError: the table has no header or no kin, or a row is too long or too short.
    """
    if columns != Columns():
        return edge_list.read(content, columns, notes)
    return read_rows(open_rows(content, content.text("CSV")), notes)


def read_table(rows: Rows, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a table: a person a row if its header describes people, or else an edge list."""
    if columns == Columns() and is_people(rows.head[0][1], rows.means):
        return read_rows(rows, notes)
    return edge_list.read_rows(rows, columns, notes)


def read_rows(rows: Rows, notes: Notes) -> Iterator[Edge]:
    """Yield the edges in the rows of a table with a person a row.

    Raises:
        GraphFileError: the table has no header or no kin, or a row is too long or too short.
    """
    place, first = rows.place, rows.head[0]
    if len(first[1]) > WIDEST:
        place.too_large(f"more than {WIDEST:,} columns")
    if not is_people(first[1], rows.means):
        said = "no header of a table with a person a row; name its columns, for example: name,father,mother"
        place.wrong(said, first[0])
    table = _Table(rows, notes)
    all_rows = rows.read(notes)
    next(all_rows)
    notes.leave(HEADER, first[0])
    for number, fields in all_rows:
        if rows.comments.width and is_marked(fields[0], "\0"):
            notes.add(HASH_ROW, number, doubtful=True)
        if fields == first[1]:
            notes.leave(HEADER_AGAIN, number)
        else:
            table.add((number, fields))
    if not table.people:
        place.wrong("no people after the header; write one a line", first[0])
    return table.edges()


@dataclass
class _Person:
    line: int
    name: str
    sex: str | None = None
    years: list[str] = field(default_factory=lambda: ["", ""])
    kin: list[tuple[Heading, str, int]] = field(default_factory=list)


class _Table:
    """The people of a table, by id, or by name if it has no ids."""

    def __init__(self, rows: Rows, notes: Notes) -> None:
        line, self._headings = rows.head[0]
        self._place, self._notes = rows.place, notes
        self._columns = find_kin(self._headings, rows.means)
        notes.understood |= rows.means.keys() & set(map(folded, self._headings))
        self._naming = find_person(self._headings, self._columns)
        # in a table "husband, wife" the heading of the person of a row says the sex
        own = self._columns.get(self._naming[0])
        self._sex = own.meaning.role[1] if own and own.meaning and own.meaning.role else None
        self._couples = self._sex == "male"
        self._id = next((at for at, one in self._columns.items() if one.kind == "id"), None)
        self.people: dict[str, _Person] = {}
        # the person of each row that is not accounted for, by its line
        self._rows: dict[int, str] = {}
        # the first relative who is left out for each reason, and the rows with such relatives
        self._examples: dict[str, str] = {}
        self._cut: set[int] = set()
        self._all_rows = rows
        used = self._columns.keys() | set(self._naming)
        unused = [clean(one) for at, one in enumerate(self._headings) if at not in used]
        for one in unused:
            if (meaning := understand(one)) is not None and meaning.apart:
                text = f"column {quote(one)} is not read, as it may be no kin by birth or marriage"
                notes.add(f"{text}; if it is, head it with spouse, mother or the like", line, doubtful=True)
        for at, said in self._columns.items():
            if said.meaning is not None and said.meaning.apart:
                text = f"column {quote(clean(self._headings[at]))} is read as the spouse"
                notes.add(f"{text}; if these people are not married, delete it", line, doubtful=True)
        note_unused(notes, "columns", unused, line)

    def add(self, row: Row) -> None:
        """Add the person of a row; rows of the same name, without ids, are one person."""
        line, fields = row
        if len(fields) != len(self._headings):
            wrong_width(self._place, row, len(self._headings), "the header")
        name = clean(" ".join(fields[at] for at in self._naming))
        key = self._key(name, fields)
        if key.casefold() in _NOBODY:
            self._place.wrong("the row names nobody; fill in the name or delete the line", line)
        if key in self.people and self._id is not None:
            self._place.wrong(f"the id {quote(key)} occurs twice; give each row its own", line)
        if key in self.people:
            said = f"{name} has several rows; read as one person"
            if self._one_row_each:
                said += "; if these are several people, tell them apart by years"
            self._notes.add(said, line, doubtful=self._one_row_each)
        if self._is_kin(self._naming[0]) and _SEVERAL.search(name):
            several = f"{quote(name)} is read as one person; if these are several, write a row for each"
            self._notes.add(several, line, doubtful=True)
        if any(map(has_invisible, fields)):
            self._notes.add(INVISIBLE, line)
        self._rows[line] = key
        self._describe(self.people.setdefault(key, _Person(line, name, self._sex)), line, fields)

    def _describe(self, person: _Person, line: int, fields: list[str]) -> None:
        """Add to a person what a row says."""
        for at, said in self._columns.items():
            if said.kind == "sex":
                person.sex = sex_of(self._letters.get(fold(fields[at]), fields[at])) or person.sex
            elif said.kind in ("born", "died") and (year := _YEAR.search(fields[at])):
                person.years[said.kind == "died"] = year[0]
            elif said.kind == "kin" and at not in self._naming:
                person.kin += ((said, one, line) for one in self._several(fields[at], line))

    def _is_kin(self, column: int) -> bool:
        return column in self._columns and self._columns[column].kind == "kin"

    def _key(self, name: str, fields: list[str]) -> str:
        """Return what tells a person apart: the id, or the name, with the year of birth if that differs."""
        if self._id is not None:
            return clean(fields[self._id])
        born = next(
            (_YEAR.search(fields[at]) for at, one in self._columns.items() if one.kind == "born"), None
        )
        there = self.people.get(name)
        return f"{name} ({born[0]})" if there and born and there.years[0] not in ("", born[0]) else name

    @cached_property
    def _one_row_each(self) -> bool:
        """Whether a person needs one row only: it states parents, and nobody has more."""
        if self._is_kin(self._naming[0]):
            return False
        kin = [one.meaning.role for one in self._columns.values() if one.meaning and one.meaning.role]
        return any(step == "parent" for step, _ in kin)

    @cached_property
    def _letters(self) -> dict[str, str]:
        """What letters mean beside others in their column: M is "mujer" beside H, H is "hembra" beside V."""
        sexes = [at for at, said in self._columns.items() if said.kind == "sex"]
        used = {fold(row[at]) for _, row in self._all_rows for at in sexes if at < len(row)}
        if used.isdisjoint({"f", "w", "d"}) and {"h", "m"} <= used:
            return {"h": "male", "m": "female"}
        return {"v": "male", "h": "female"} if {"v", "h"} <= used else {}

    @cached_property
    def _commas_separate(self) -> bool:
        """Whether a comma in a cell separates people: no row is about somebody with a comma in the name."""
        return not any("," in row[at] for _, row in self._all_rows for at in self._naming if at < len(row))

    def _several(self, cell: str, line: int) -> list[str]:
        parts = list(map(clean, re.split(r"[;|\n]", cell)))
        if "," in cell and self._commas_separate:
            said = "a comma separates people, as no row is about somebody with a comma in the name"
            self._notes.add(said, line, doubtful=True)
            parts = [clean(name) for part in parts for name in part.split(",")]
        dated = [part for part in parts if _NUMBER.fullmatch(part)] if self._id is None else []
        if dated:
            said = f"a number or date such as {quote(dated[0])} in a column of relatives; left out"
            self._notes.add(said, line, doubtful=True)
        return [part for part in parts if part.casefold() not in _NOBODY and part not in dated]

    def _found(self, value: str, called: Counter[str]) -> str | None:
        """Return the key of the person whom a cell names, if one alone is called so."""
        if self._id is None and called[value] > 1:
            return None
        return value if value in self.people else self._by_name.get(value)

    @cached_property
    def _by_name(self) -> dict[str, str]:
        keys = {person.name: key for key, person in self.people.items()}
        called = Counter(person.name for person in self.people.values())
        return {name: key for name, key in keys.items() if called[name] == 1}

    def _learn_sexes(self, called: Counter[str]) -> None:
        """Give people whose sex no row states the one of the columns that they stand in: a father is male."""
        stood: dict[str, set[str]] = {}
        for person in self.people.values():
            for said, value, _ in person.kin:
                sex = said.meaning.role[1] if said.meaning and said.meaning.role else None
                if sex is not None and (key := self._found(value, called)) is not None:
                    stood.setdefault(key, set()).add(sex)
        for key, sexes in stood.items():
            if self.people[key].sex is None and len(sexes) == 1:
                self.people[key].sex = next(iter(sexes))

    def edges(self) -> Iterator[Edge]:
        """Yield what each person is to the people of each row, and they to that person."""
        names = self._names()
        called = Counter(person.name for person in self.people.values())
        self._learn_sexes(called)
        seen: set[tuple[str, ...]] = set()
        for key, person in self.people.items():
            for line, kin in groupby(person.kin, key=itemgetter(2)):
                found: list[Edge] = []
                for said, value, _ in kin:
                    other = self._found(value, called)
                    if other is None and (said.by_id or called[value] > 1):
                        self._leave_out(value, called[value], line)
                        continue
                    sex = self.people[other].sex if other else None
                    name = names[other] if other else value
                    found += self._both(names[key], person.sex, said, name, sex, line)
                if self._couples:
                    found += _of_both(found, names[key])
                # what two rows state is one fact
                fresh = [edge for edge in dict.fromkeys(found) if edge[1:4] not in seen]
                seen.update(edge[1:4] for edge in fresh)
                yield from (edge._replace(more=at > 0) for at, edge in enumerate(fresh))
                if fresh:
                    del self._rows[line]
                elif found:
                    self._notes.leave(REPEATED, line)
                    del self._rows[line]
        linked = {name for source, _, target in seen for name in (source, target)}
        for line, key in self._rows.items():
            self._account(line, names[key] in linked)

    def _leave_out(self, value: str, count: int, line: int) -> None:
        """Note a relative who is left out, once for all with the same reason."""
        if value == "0":  # it often means nobody
            return
        rows = "several rows of that name" if count > 1 else "no row of that id"
        example = self._examples.setdefault(rows, quote(value))
        self._notes.add(f"a relative with {rows}, such as {example}; left out", line, doubtful=True)
        self._cut.add(line)

    def _account(self, line: int, linked: bool) -> None:
        """Count a row that became no triple."""
        if line in self._cut:
            self._notes.leave("states only relatives that are left out", line, missed=True)
        elif linked:
            self._notes.leave("states no relative", line)
        else:
            self._notes.leave("a person without a relative", line, missed=True)

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


def _of_both(stated: list[Edge], husband: str) -> list[Edge]:
    """Return what the children of a row about a couple are to the wife, and she to them."""
    own = [edge for edge in stated if edge.source == husband]
    wives = [edge.target for edge in own if edge.relation in ("wife", "spouse")]
    children = [edge for edge in own if edge.relation in ("son", "daughter", "child")]
    return [
        edge
        for wife in wives
        for child in children
        for edge in (
            child._replace(source=wife),
            child._replace(source=child.target, relation="mother", target=wife),
        )
    ]
