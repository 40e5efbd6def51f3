"""The family trees of Gramps, in its XML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.formats.family_tree import DANGLING, Family, FamilyTree, Person
from graphdnc.readers.notes import Notes
from graphdnc.readers.safe_xml import Attributes, Elements
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import quote

_YEAR = re.compile(r"(?<!\d)\d{3,4}(?!\d)")
_EVENTS = {"birth": "BIRT", "death": "DEAT"}
_ROLES = {"father": "HUSB", "mother": "WIFE", "childref": "CHIL"}


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a family tree of Gramps."""
    found = _Gramps(content.place, notes)
    found.parse(content.data, "database")
    tree = found.tree()
    tree.check_ancestors()
    return tree.edges()


class _Gramps(Elements):
    def __init__(self, place: Place, notes: Notes) -> None:
        super().__init__(place)
        self._tree = FamilyTree(place, notes)
        self._notes = notes
        # the ids of people by the handles that links name, and the years of events by kind
        self._ids: dict[str, str] = {}
        self._events: dict[str, tuple[str, str]] = {}
        self._happened: list[tuple[str, str]] = []
        # links from families to people: the family, the handle, the role, the line
        self._links: list[tuple[str, str, str, int]] = []
        self._key = self._event = self._kind = ""
        self._alternative = False

    def open(self, path: tuple[str, ...], attributes: Attributes) -> None:
        """Begin a person, a family or an event, or note a link."""
        match path[1:]:
            case ("people", "person"):
                self._key = self._begin(attributes, self._tree.people)
                self._ids[attributes.get("handle", self._key)] = self._key
                self._tree.people[self._key] = Person()
            case ("people", "person", "name"):
                self._alternative = attributes.get("alt") == "1"
            case ("people", "person", "eventref"):
                self._happened.append((self._key, attributes.get("hlink", "")))
            case ("families", "family"):
                self._key = self._begin(attributes, self._tree.families)
                self._tree.families[self._key] = Family()
            case ("families", "family", "father" | "mother" | "childref" as role):
                self._links.append((self._key, attributes.get("hlink", ""), _ROLES[role], self.line))
                if {attributes.get(kind, "Birth") for kind in ("mrel", "frel")} - {"Birth", "Unknown"}:
                    self._notes.add("a child by adoption or the like; read as any other child", self.line)
            case ("events", "event"):
                self._event, self._kind = attributes.get("handle", ""), ""
            case ("events", "event", "dateval" | "datespan" | "daterange" | "datestr"):
                said = attributes.get("val") or attributes.get("start") or ""
                if (year := _YEAR.search(said)) and self._kind in _EVENTS:
                    self._events.setdefault(self._event, (_EVENTS[self._kind], year[0]))

    def close(self, path: tuple[str, ...], text: str) -> None:
        """Take the text of an element."""
        match path[1:]:
            case ("events", "event", "type"):
                self._kind = text.strip().lower()
            case ("people", "person", "gender"):
                self._tree.people[self._key].sex = text.strip().upper()[:1]
            case ("people", "person", "name", "first" | "surname" as part) if not self._alternative:
                tag = {"first": "GIVN", "surname": "SURN"}[part]
                self._tree.people[self._key].pieces.setdefault(tag, text)

    def tree(self) -> FamilyTree:
        """Return the tree, with its links."""
        for key, event in self._happened:
            kind, year = self._events.get(event, ("", ""))
            self._tree.people[key].years.setdefault(kind, year)
        for key, handle, role, line in self._links:
            if handle not in self._ids:
                self._notes.add(DANGLING, line, doubtful=True)
                continue
            family, person = self._tree.families[key], self._ids[handle]
            members = family.children if role == "CHIL" else family.parents
            members.setdefault(person, (role, line))
        return self._tree

    def _begin(self, attributes: Attributes, there: dict[str, Person] | dict[str, Family]) -> str:
        self._notes.account.read += 1
        key = attributes.get("id") or attributes.get("handle") or f"line {self.line}"
        if key in there:
            self.place.wrong(f"the id {quote(key)} occurs twice; give each its own", self.line)
        return key
