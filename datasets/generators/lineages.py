"""Synthetic families as real ones are: step-parents and half-siblings, and not every fact is stated.

``families.py`` draws families where no two people are related in two ways and every fact is stated. Here a
person may have half-siblings, a stepmother, a brother with unknown parents, or a cousin as husband. A family
may state only parents, or only children; the rest must be concluded.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from graphdnc.datasets.generators.family_events import GrowingFamily, grow
from graphdnc.datasets.generators.people import given_names, number_of_people
from graphdnc.graph import Graph
from graphdnc.kinship.rules import ROLES, SEXES, step_word
from graphdnc.utils.rng import pick

RELATIONS = tuple(ROLES)
"""The relations of every lineage in the order of their numbers, stated or not."""
STYLES = ("all", "parents", "children", "siblings", "mixed")
"""What a family states: all base facts; only parents; only children; children and siblings; or, mixed, each
fact in one way or another, some without sex. Marriages are always stated. Siblings are also stated if no
other fact implies them."""
STATED_SIBLINGS = 0.3
"""In a mixed family, the probability that siblings are stated whom other facts imply."""
SEXLESS = 0.15
"""In half of the mixed families, the probability that a fact is stated without sex."""

_Fact = tuple[int, str, int]


def lineage(rng: np.random.Generator, people: tuple[int, int], style: str | None = None) -> Graph:
    """Draw a named family of ``people[0]`` to ``people[1]`` people, and the facts it states.

    The style is one of ``STYLES``, or ``None`` for a random one.

    Raises:
        ValueError: the range is empty or begins below ``LEAST_PEOPLE``, or there is no such style.
    """
    if style not in (None, *STYLES):
        raise ValueError(f"no family states {style!r}; choose one of {', '.join(STYLES)}")
    family = grow(rng, number_of_people(rng, people))
    stated = _stated(rng, family, style or pick(rng, STYLES))
    rows = sorted({(source, RELATIONS.index(word), target) for source, word, target in stated})
    names = given_names(rng, [person.male for person in family.people], repeated=True)
    return Graph(np.array(rows, dtype=np.int32), len(family.people), len(RELATIONS), names, RELATIONS)


def _stated(rng: np.random.Generator, family: GrowingFamily, style: str) -> Iterator[_Fact]:
    """Yield the facts that a family states, with their relations by name."""
    sexless = SEXLESS if style == "mixed" and rng.random() < 0.5 else 0.0
    for source, step, target in _facts(rng, family, style):
        sex = None if rng.random() < sexless else SEXES[family.people[target].male]
        yield source, step_word(step, sex), target


def _facts(rng: np.random.Generator, family: GrowingFamily, style: str) -> Iterator[_Fact]:
    """Yield the facts that a family states, as steps without sex."""
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
        said = style in ("all", "siblings") or (style == "mixed" and rng.random() < STATED_SIBLINGS)
        if shared and (said or max(shared) < 0):
            both = "all" if style in ("all", "siblings") else "mixed"
            yield from _ways(rng, both, (one, "sibling", other), (other, "sibling", one))


def _ways(rng: np.random.Generator, style: str, up: _Fact, down: _Fact) -> tuple[_Fact, ...]:
    """Return the ways in which one fact is stated: upwards, downwards or both."""
    if style == "mixed":
        return pick(rng, ((up,), (down,), (up, down)))
    return {"all": (up, down), "parents": (up,)}.get(style, (down,))
