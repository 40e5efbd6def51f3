"""People and families, as programs for family trees keep them, and the triples that they state.

Only what a file states becomes a triple: parents, children and spouses. Siblings follow from their parents;
only those of a family without parents become triples. If a sex is not stated, the role in the family decides
for parents and spouses, and a child is a "child". People of the same name are told apart by their years, or
else by their ids: "John Smith (1850-1910)", "John Smith (I12)".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import permutations

from graphdnc.readers.build_graph import INVISIBLE, Edge, distinct_names
from graphdnc.readers.clean import clean, has_invisible
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Place
from graphdnc.utils.text import quote

# what one person is to another, by sex, or by the role in the family if no sex is stated
_PARENT = {"M": "father", "F": "mother", "HUSB": "father", "WIFE": "mother"}
_SPOUSE = {"M": "husband", "F": "wife", "HUSB": "husband", "WIFE": "wife"}
_CHILD = {"M": "son", "F": "daughter"}
_SIBLING = {"M": "brother", "F": "sister"}


DANGLING = "a link to a person or a family that is not in the file; left out"
"""The note about them."""


@dataclass
class Person:
    """A person, as a file describes them."""

    name: str = ""
    pieces: dict[str, str] = field(default_factory=dict)
    sex: str = ""
    years: dict[str, str] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """The name, or "unnamed"."""
        stated = clean(self.name.replace("/", " "))
        return stated or clean(" ".join(self.pieces.get(tag, "") for tag in ("GIVN", "SURN"))) or "unnamed"

    @property
    def lived(self) -> str:
        """The years of birth and death; empty if both are unknown."""
        years = [self.years.get(event, "") for event in ("BIRT", "DEAT")]
        return "-".join(years) if any(years) else ""


@dataclass
class Family:
    """Parents and children by id, each with the tag and the number of the line that states it."""

    parents: dict[str, tuple[str, int]] = field(default_factory=dict)
    children: dict[str, tuple[str, int]] = field(default_factory=dict)


class FamilyTree:
    """The people and families of a file, by id."""

    def __init__(self, place: Place, notes: Notes) -> None:
        self.people: dict[str, Person] = {}
        self.families: dict[str, Family] = {}
        self._place = place
        self._notes = notes
        notes.account.unit = "records"

    def check_ancestors(self) -> None:
        """Refuse a tree in which a person is their own ancestor."""
        parents: dict[str, list[str]] = {}
        for family in self.families.values():
            for child in family.children:
                parents.setdefault(child, []).extend(family.parents)
        try:
            TopologicalSorter(parents).prepare()
        except CycleError as error:
            person = error.args[1][0]
            name = quote(self.people[person].called)
            self._place.wrong(f"{name} (@{person}@) is their own ancestor; correct the families")

    def edges(self) -> Iterator[Edge]:
        """Yield the relation of each member of a family to the others."""
        names = self._names()
        for family in self.families.values():
            more = False  # a family is one record
            if len(family.parents) + len(family.children) < 2:
                self._notes.leave("a family without two members", missed=True)
            for one, other in permutations(family.parents, 2):
                role, line = family.parents[other]
                term = self._term(_SPOUSE, other, role, "spouse")
                yield Edge(line, names[one], term, names[other], more=more)
                more = True
            for one, other in permutations(family.children, 2) if not family.parents else ():
                line = family.children[other][1]
                term = self._term(_SIBLING, other, "", "sibling")
                yield Edge(line, names[one], term, names[other], more=more)
                more = True
            for child, (_, line) in family.children.items():
                for parent, (role, _) in family.parents.items():
                    term = self._term(_PARENT, parent, role, "parent")
                    yield Edge(line, names[child], term, names[parent], more=more)
                    term = self._term(_CHILD, child, "", "child")
                    yield Edge(line, names[parent], term, names[child], more=True)
                    more = True

    def _term(self, terms: dict[str, str], person: str, role: str, neutral: str) -> str:
        sex = self.people[person].sex
        return terms.get(role if sex in ("", "U") else sex, neutral)

    def _names(self) -> dict[str, str]:
        used = {
            person: self.people[person].called
            for family in self.families.values()
            for person in (*family.parents, *family.children)
            if len(family.parents) + len(family.children) > 1
        }
        for one in self.people.values():
            if has_invisible(one.name) or any(map(has_invisible, one.pieces.values())):
                self._notes.add(INVISIBLE)
        if len(used) < len(self.people):
            alone = len(self.people) - len(used)
            self._notes.add(f"people without a family, left out: {alone:,}")
            self._notes.leave("a person without a family", count=alone, missed=True)
        self._notes.leave("names a person", count=len(used))
        count = Counter(used.values())
        lived = {person: self.people[person].lived for person in used}
        alike = Counter((name, lived[person]) for person, name in used.items())
        # years tell people apart if all of the same name have years, and different ones
        undated = {name for (name, years), number in alike.items() if number > 1 or not years}
        for person, name in used.items():
            if count[name] > 1 and name not in undated:
                used[person] = f"{name} ({lived[person]})"
        return distinct_names(self._place, used)
