"""Synthetic families as they are: remarriages, unmarried and unknown parents; not every fact is stated.

``families.py`` draws families in which nobody is related in two ways and everything is stated. Here somebody
may have half-siblings, a stepmother, a brother whose parents nobody knows, or a cousin for a husband; and a
family may state only parents, or only children, so that the rest has to be concluded.

People are drawn one event at a time: a birth, a marriage, somebody's parents, ... A parent who is not one of
the family is a negative number, which siblings may share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from graphdnc.datasets.generators.families import LEAST_PEOPLE, given_names
from graphdnc.graph import Graph
from graphdnc.kinship.rules import ROLES, SEXES, step_word

RELATIONS = tuple(ROLES)
"""The relations of every lineage, in the order of their numbers, whether it states them or not."""

STYLES = ("all", "parents", "children", "siblings", "mixed")
"""What a family states: all base facts; parents only; children only; children and siblings; each fact in one
way or another, some without sex. Marriages are always stated, siblings where nothing else tells of them."""

MOST_CHILDREN, MOST_PARTNERS = 6, 3
DEEPER = (1.0, 4.0)
"""From and to how much likelier a couple is to have the next child for each generation further down: the
families drawn with less are broad, those with more are deep."""
SAME_SEX, UNMARRIED, BRINGS_CHILD, WITH_PARENT, ONE_PARENT = 0.03, 0.2, 0.5, 0.4, 0.25
"""How often a couple is of one sex; is not married; a second husband or wife brings a child, known with its
other parent; how often only one parent of somebody who married in is known."""
TRIES, COUSINS = 50, 0.3
"""Pairs of people of a family looked at for a marriage; how often cousins are looked for."""
SAID, SEXLESS = 0.3, 0.15
"""Of a family of mixed style: how often a fact that can be concluded is stated, how often without sex."""


@dataclass
class _Person:
    male: bool
    generation: int
    parents: tuple[int, ...] = ()


@dataclass
class _Family:
    """A family that is still growing; people are numbers in order of birth or entry.

    Attributes:
        most: how many people it may have.
        deeper: how much likelier the next child is for each generation further down.
        people: who there is.
        couples: who may have children together, and whether they are married.
    """

    most: int
    deeper: float
    people: list[_Person] = field(default_factory=list)
    couples: dict[tuple[int, int], bool] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """How many people more there may be."""
        return self.most - len(self.people)

    def add(self, male: bool, generation: int, parents: tuple[int, ...] = ()) -> int:
        """Add somebody and return their number."""
        self.people.append(_Person(male, generation, parents))
        return len(self.people) - 1

    def partners(self, person: int) -> int:
        """Return how many couples somebody is in."""
        return sum(person in couple for couple in self.couples)

    def forebears(self, person: int, generations: int) -> set[int]:
        """Return somebody and their parents, their parents' parents, ... so many generations up."""
        known = person >= 0 and generations > 0
        above = self.people[person].parents if known else ()
        return {person}.union(*(self.forebears(parent, generations - 1) for parent in above))


def lineage(rng: np.random.Generator, people: tuple[int, int], style: str | None = None) -> Graph:
    """Draw a family of ``people`` people inclusive, and what is stated of it.

    Args:
        rng: the source of all randomness.
        people: the fewest and the most people.
        style: what is stated, one of ``STYLES``; drawn where there is none.

    Raises:
        ValueError: the range is empty or begins below ``LEAST_PEOPLE``, or there is no such style.
    """
    if not LEAST_PEOPLE <= people[0] <= people[1]:
        raise ValueError(f"no family has from {people[0]} to {people[1]} people; from {LEAST_PEOPLE} up")
    if style not in (None, *STYLES):
        raise ValueError(f"no family states {style!r}; choose one of {', '.join(STYLES)}")
    grown = _grow(rng, int(rng.integers(people[0], people[1] + 1)))
    chosen = style or STYLES[int(rng.integers(len(STYLES)))]
    rows = sorted({(s, RELATIONS.index(word), t) for s, word, t in _stated(rng, grown, chosen)})
    names = given_names(rng, [person.male for person in grown.people], repeated=True)
    return Graph(np.array(rows, dtype=np.int32), len(grown.people), len(RELATIONS), names, RELATIONS)


def _grow(rng: np.random.Generator, count: int) -> _Family:
    """Begin with a married couple, then let things happen up to ``count`` people."""
    family = _Family(count, rng.uniform(*DEEPER))
    _join(rng, family, family.add(rng.random() < 0.5, 0))
    _bear(rng, family)
    chances = np.array(list(_EVENTS.values()))
    events = list(_EVENTS)
    while family.room:
        events[int(rng.choice(len(events), p=chances / chances.sum()))](rng, family)
    return family


def _bear(rng: np.random.Generator, family: _Family) -> None:
    """Give a couple a child, likelier one further down."""
    born = Counter(person.parents for person in family.people)
    couples = [couple for couple in family.couples if born[couple] < MOST_CHILDREN]
    if couples:
        depths = np.array([family.people[couple[0]].generation for couple in couples])
        chances = family.deeper ** (depths - depths.max())
        parents = couples[int(rng.choice(len(couples), p=chances / chances.sum()))]
        family.add(rng.random() < 0.5, family.people[parents[0]].generation + 1, parents)


def _bear_alone(rng: np.random.Generator, family: _Family) -> None:
    """Give somebody a child whose other parent is not known."""
    parent = int(rng.integers(len(family.people)))
    family.add(rng.random() < 0.5, family.people[parent].generation + 1, (parent,))


def _marry(rng: np.random.Generator, family: _Family) -> None:
    """Let somebody who has no partner meet a newcomer."""
    single = [person for person in range(len(family.people)) if not family.partners(person)]
    if single:
        _join(rng, family, single[int(rng.integers(len(single)))])


def _remarry(rng: np.random.Generator, family: _Family) -> None:
    """Let somebody who has had a partner meet another newcomer, who may bring a child."""
    people = [person for person in range(len(family.people)) if 0 < family.partners(person) < MOST_PARTNERS]
    newcomer = _join(rng, family, people[int(rng.integers(len(people)))]) if people else None
    if newcomer is None or not family.room or rng.random() > BRINGS_CHILD:
        return
    parents: tuple[int, ...] = (newcomer,)
    if family.room > 1 and rng.random() < WITH_PARENT:
        parents = (newcomer, family.add(not family.people[newcomer].male, family.people[newcomer].generation))
    family.add(rng.random() < 0.5, family.people[newcomer].generation + 1, parents)


def _join(rng: np.random.Generator, family: _Family, partner: int) -> int:
    """Let a newcomer marry somebody, or else have a child with them, by which the two are related."""
    newcomer = family.add(_sex_beside(rng, family, partner), family.people[partner].generation)
    married = not family.room or rng.random() >= UNMARRIED
    family.couples[partner, newcomer] = married
    if not married:
        family.add(rng.random() < 0.5, family.people[partner].generation + 1, (partner, newcomer))
    return newcomer


def _sex_beside(rng: np.random.Generator, family: _Family, partner: int) -> bool:
    """Return whether somebody's husband or wife is male."""
    return family.people[partner].male == bool(rng.random() < SAME_SEX)


def _match(rng: np.random.Generator, family: _Family) -> None:
    """Let two people of the family marry who are not near kin by blood, or else first cousins."""
    cousins = bool(rng.random() < COUSINS)
    for _ in range(TRIES):
        one, other = rng.permutation(len(family.people))[:2].tolist()
        if _may_marry(family, one, other, cousins):
            family.couples[one, other] = True
            return


def _may_marry(family: _Family, one: int, other: int, cousins: bool) -> bool:
    """Tell whether two people may marry: of like age, who share no grandparent, or a grandparent only."""
    ages = abs(family.people[one].generation - family.people[other].generation)
    sexes = {family.people[one].male, family.people[other].male}
    busy = max(family.partners(one), family.partners(other)) > 1
    if ages > (not cousins) or len(sexes) < 2 or busy or {(one, other), (other, one)} & family.couples.keys():
        return False
    siblings = family.forebears(one, 1) & family.forebears(other, 1)
    near = family.forebears(one, 2) & family.forebears(other, 2)
    lineal = one in family.forebears(other, family.most) or other in family.forebears(one, family.most)
    return bool(near) == cousins and not siblings and not lineal


def _match_siblings(rng: np.random.Generator, family: _Family) -> None:
    """Let somebody's brother or sister marry a brother or sister of that somebody's husband or wife."""
    married = [couple for couple, wed in family.couples.items() if wed]
    pairs = [
        (one, other)
        for couple in married
        for one in _single_siblings(family, couple[0])
        for other in _single_siblings(family, couple[1])
        if family.people[one].male != family.people[other].male
        # brothers and sisters by halves of one couple may be so of each other
        and not family.forebears(one, 1) & family.forebears(other, 1)
    ]
    if pairs:
        family.couples[pairs[int(rng.integers(len(pairs)))]] = True


def _single_siblings(family: _Family, person: int) -> list[int]:
    parents = set(family.people[person].parents)
    siblings = [number for number, one in enumerate(family.people) if parents & set(one.parents)]
    return [one for one in siblings if one != person and not family.partners(one)]


def _trace_back(rng: np.random.Generator, family: _Family) -> None:
    """Find out about a parent or both of somebody of whom none is known."""
    lost = [number for number, person in enumerate(family.people) if not person.parents]
    if not lost:
        return
    child = lost[int(rng.integers(len(lost)))]
    above = family.people[child].generation - 1
    parent = family.add(rng.random() < 0.5, above)
    family.people[child].parents = (parent,)
    if family.room and rng.random() >= ONE_PARENT:
        other = family.add(_sex_beside(rng, family, parent), above)
        family.people[child].parents = (parent, other)
        family.couples[parent, other] = rng.random() >= UNMARRIED


def _find_sibling(rng: np.random.Generator, family: _Family) -> None:
    """Give somebody whose parents are not known a brother or sister by those parents."""
    lost = [number for number, person in enumerate(family.people) if all(one < 0 for one in person.parents)]
    if lost:
        person = lost[int(rng.integers(len(lost)))]
        unknown = family.people[person].parents or (-person - 1,)
        family.people[person].parents = unknown
        family.add(rng.random() < 0.5, family.people[person].generation, unknown)


_Event = Callable[[np.random.Generator, _Family], None]

_EVENTS: dict[_Event, float] = {
    _bear: 0.5,
    _marry: 0.24,
    _remarry: 0.06,
    _trace_back: 0.08,
    _bear_alone: 0.05,
    _match: 0.03,
    _match_siblings: 0.03,
    _find_sibling: 0.03,
}
"""What happens in a family, and how often."""


def _stated(rng: np.random.Generator, family: _Family, style: str) -> Iterator[tuple[int, str, int]]:
    """Yield what a family of a style states, relations by name."""
    sexless = SEXLESS if style == "mixed" and rng.random() < 0.5 else 0.0
    for source, step, target in _facts(rng, family, style):
        sex = None if rng.random() < sexless else SEXES[family.people[target].male]
        yield source, step_word(step, sex), target


def _facts(rng: np.random.Generator, family: _Family, style: str) -> Iterator[tuple[int, str, int]]:
    for child, person in enumerate(family.people):
        for parent in person.parents:
            if parent >= 0:
                yield from _ways(rng, style, (child, "parent", parent), (parent, "child", child))
    for (one, other), married in family.couples.items():
        if married:
            both = "all" if style == "all" else "mixed"
            yield from _ways(rng, both, (one, "spouse", other), (other, "spouse", one))
    for one, other in combinations(range(len(family.people)), 2):
        shared = set(family.people[one].parents) & set(family.people[other].parents)
        said = style in ("all", "siblings") or (style == "mixed" and rng.random() < SAID)
        if shared and (said or max(shared) < 0):
            both = "all" if style in ("all", "siblings") else "mixed"
            yield from _ways(rng, both, (one, "sibling", other), (other, "sibling", one))


def _ways(
    rng: np.random.Generator, style: str, up: tuple[int, str, int], down: tuple[int, str, int]
) -> tuple[tuple[int, str, int], ...]:
    """Return the ways in which a fact is stated, of two: upwards, downwards or both."""
    if style == "mixed":
        return ((up,), (down,), (up, down))[int(rng.integers(3))]
    return {"all": (up, down), "parents": (up,)}.get(style, (down,))
