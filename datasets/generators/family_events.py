"""A family grows by one event at a time: a birth, a marriage, a newly found parent, and so on.

Everything that happens in real families may happen: remarriages, unmarried couples, unknown parents, a
marriage between cousins. People are numbered in order of birth or entry. A parent outside the family is a
negative number, which siblings may share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from graphdnc.utils.rng import pick, pick_weighted

MOST_CHILDREN, MOST_PARTNERS = 6, 3
DEEPER = (1.0, 4.0)
"""How much more likely a couple is to have the next child than a couple one generation above it, as a range.
A family drawn with a low value is broad; one drawn with a high value is deep."""
SAME_SEX = 0.03
"""Probability that both members of a couple have the same sex."""
UNMARRIED = 0.2
"""Probability that a couple is not married."""
BRINGS_CHILD, WITH_PARENT = 0.5, 0.4
"""Probability that a second husband or wife brings a child, and that the child's other parent is known."""
ONE_PARENT = 0.25
"""Probability that only one parent of a person who married in is known."""
COUSINS, TRIES = 0.3, 50
"""Probability that a match is sought between cousins, and how many pairs are tried for a match."""


@dataclass
class Person:
    """A member of a family that is still growing."""

    male: bool
    generation: int
    parents: tuple[int, ...] = ()


@dataclass
class GrowingFamily:
    """A family that is still growing.

    Attributes:
        most: the number of people to reach.
        deeper: how much more likely the next child is in each further generation.
        people: the people so far.
        couples: the pairs who may have children together, and whether they are married.
    """

    most: int
    deeper: float
    people: list[Person] = field(default_factory=list)
    couples: dict[tuple[int, int], bool] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """How many people may still be added."""
        return self.most - len(self.people)

    def add(self, male: bool, generation: int, parents: tuple[int, ...] = ()) -> int:
        """Add a person and return their number."""
        self.people.append(Person(male, generation, parents))
        return len(self.people) - 1

    def add_child(self, rng: np.random.Generator, *parents: int) -> None:
        """Add a son or a daughter, one generation below the first parent."""
        self.add(rng.random() < 0.5, self.people[parents[0]].generation + 1, parents)

    def partners(self, person: int) -> int:
        """Return how many couples a person belongs to."""
        return sum(person in couple for couple in self.couples)

    def ancestors(self, person: int, generations: int) -> set[int]:
        """Return a person and their ancestors, up to a number of generations above."""
        known = person >= 0 and generations > 0
        above = self.people[person].parents if known else ()
        return {person}.union(*(self.ancestors(parent, generations - 1) for parent in above))


def grow(rng: np.random.Generator, count: int) -> GrowingFamily:
    """Return a family of ``count`` people: a married couple and their child, then random events."""
    family = GrowingFamily(count, rng.uniform(*DEEPER))
    _add_partner(rng, family, family.add(rng.random() < 0.5, 0))
    _birth(rng, family)
    events, chances = list(_EVENTS), np.array(list(_EVENTS.values()))
    while family.room:
        pick_weighted(rng, events, chances)(rng, family)
    return family


def _birth(rng: np.random.Generator, family: GrowingFamily) -> None:
    """Give a couple a child; couples further down are more likely to be chosen."""
    born = Counter(person.parents for person in family.people)
    couples = [couple for couple in family.couples if born[couple] < MOST_CHILDREN]
    if couples:
        depths = np.array([family.people[couple[0]].generation for couple in couples])
        family.add_child(rng, *pick_weighted(rng, couples, family.deeper ** (depths - depths.max())))


def _birth_to_one_parent(rng: np.random.Generator, family: GrowingFamily) -> None:
    """Give a person a child whose other parent is unknown."""
    family.add_child(rng, pick(rng, range(len(family.people))))


def _marriage(rng: np.random.Generator, family: GrowingFamily) -> None:
    """Give a person without a partner a newcomer as partner."""
    single = [person for person in range(len(family.people)) if not family.partners(person)]
    if single:
        _add_partner(rng, family, pick(rng, single))


def _remarriage(rng: np.random.Generator, family: GrowingFamily) -> None:
    """Give a person who has had a partner another one, who may bring a child."""
    people = [person for person in range(len(family.people)) if 0 < family.partners(person) < MOST_PARTNERS]
    newcomer = _add_partner(rng, family, pick(rng, people)) if people else None
    if newcomer is None or not family.room or rng.random() > BRINGS_CHILD:
        return
    parents = [newcomer]
    if family.room > 1 and rng.random() < WITH_PARENT:
        parents.append(family.add(not family.people[newcomer].male, family.people[newcomer].generation))
    family.add_child(rng, *parents)


def _add_partner(rng: np.random.Generator, family: GrowingFamily, person: int) -> int:
    """Add a partner for a person. An unmarried couple has a child at once, which connects the two."""
    newcomer = family.add(_partner_is_male(rng, family, person), family.people[person].generation)
    married = not family.room or rng.random() >= UNMARRIED
    family.couples[person, newcomer] = married
    if not married:
        family.add_child(rng, person, newcomer)
    return newcomer


def _partner_is_male(rng: np.random.Generator, family: GrowingFamily, person: int) -> bool:
    return family.people[person].male == bool(rng.random() < SAME_SEX)


def _match(rng: np.random.Generator, family: GrowingFamily) -> None:
    """Marry two people of the family: first cousins, or people without a common grandparent."""
    cousins = bool(rng.random() < COUSINS)
    for _ in range(TRIES):
        one, other = rng.permutation(len(family.people))[:2].tolist()
        if _may_marry(family, one, other, cousins):
            family.couples[one, other] = True
            return


def _may_marry(family: GrowingFamily, one: int, other: int, cousins: bool) -> bool:
    ages = abs(family.people[one].generation - family.people[other].generation)
    sexes = {family.people[one].male, family.people[other].male}
    busy = max(family.partners(one), family.partners(other)) > 1
    if ages > (not cousins) or len(sexes) < 2 or busy or {(one, other), (other, one)} & family.couples.keys():
        return False
    siblings = family.ancestors(one, 1) & family.ancestors(other, 1)
    near = family.ancestors(one, 2) & family.ancestors(other, 2)
    lineal = one in family.ancestors(other, family.most) or other in family.ancestors(one, family.most)
    return bool(near) == cousins and not siblings and not lineal


def _match_of_siblings(rng: np.random.Generator, family: GrowingFamily) -> None:
    """Marry a sibling of a husband to a sibling of his wife."""
    married = [couple for couple, wed in family.couples.items() if wed]
    pairs = [
        (one, other)
        for couple in married
        for one in _single_siblings(family, couple[0])
        for other in _single_siblings(family, couple[1])
        if family.people[one].male != family.people[other].male
        # half-siblings of the two may be half-siblings of each other
        and not family.ancestors(one, 1) & family.ancestors(other, 1)
    ]
    if pairs:
        family.couples[pick(rng, pairs)] = True


def _single_siblings(family: GrowingFamily, person: int) -> list[int]:
    parents = set(family.people[person].parents)
    siblings = [number for number, one in enumerate(family.people) if parents & set(one.parents)]
    return [one for one in siblings if one != person and not family.partners(one)]


def _found_parents(rng: np.random.Generator, family: GrowingFamily) -> None:
    """Add one parent or both of a person without known parents."""
    children = [number for number, person in enumerate(family.people) if not person.parents]
    if not children:
        return
    child = pick(rng, children)
    above = family.people[child].generation - 1
    parent = family.add(rng.random() < 0.5, above)
    family.people[child].parents = (parent,)
    if family.room and rng.random() >= ONE_PARENT:
        other = family.add(_partner_is_male(rng, family, parent), above)
        family.people[child].parents = (parent, other)
        family.couples[parent, other] = rng.random() >= UNMARRIED


def _found_sibling(rng: np.random.Generator, family: GrowingFamily) -> None:
    """Add a sibling of a person without known parents; the parents of both stay unknown."""
    people = [n for n, person in enumerate(family.people) if all(parent < 0 for parent in person.parents)]
    if people:
        person = pick(rng, people)
        unknown = family.people[person].parents or (-person - 1,)
        family.people[person].parents = unknown
        family.add(rng.random() < 0.5, family.people[person].generation, unknown)


_Event = Callable[[np.random.Generator, GrowingFamily], None]

_EVENTS: dict[_Event, float] = {
    _birth: 0.5,
    _marriage: 0.24,
    _remarriage: 0.06,
    _found_parents: 0.08,
    _birth_to_one_parent: 0.05,
    _match: 0.03,
    _match_of_siblings: 0.03,
    _found_sibling: 0.03,
}
"""The events in a family, and how likely each is."""
