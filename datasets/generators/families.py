"""Synthetic families with several generations, marriages and siblings.

A triple (Ada, mother, Mira) says that Ada's mother is Mira: ``mother`` leads from Ada to Mira. Relations such
as ``son`` and ``brother`` may lead from one person to several.

Each person marries at most once, and only a newcomer of the same generation. So no two people are related in
two ways.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, permutations

import numpy as np

from graphdnc.datasets.generators.people import given_names, number_of_people
from graphdnc.graph import Graph
from graphdnc.kinship import relatives
from graphdnc.utils.rng import pick

BASE = ("mother", "father", "son", "daughter", "brother", "sister", "husband", "wife")

DERIVED = (
    *("grandmother", "grandfather", "grandson", "granddaughter"),
    *("aunt", "uncle", "nephew", "niece", "cousin"),
)
"""Terms of kinship that can be stated beside the base relations."""

MOST_CHILDREN = 5
BIRTHS, MARRIAGES = 0.65, 0.25
"""Probability that a family grows by a birth, and by a marriage; otherwise a newcomer's parents are added."""


@dataclass
class _Person:
    """A member of a family that is still growing; people are numbered in order of birth or entry."""

    male: bool
    generation: int
    parents: tuple[int, int] | None = None  # mother, father
    spouse: int | None = None


def family(rng: np.random.Generator, people: tuple[int, int]) -> Graph:
    """Draw a named family of ``people[0]`` to ``people[1]`` people, with its base relations as triples.

    Raises:
        ValueError: the range is empty or begins below ``LEAST_PEOPLE``.
    """
    persons = _grow(rng, number_of_people(rng, people))
    relation = {name: number for number, name in enumerate(BASE)}
    rows = [(source, relation[name], target) for source, name, target in _facts(persons)]
    names = given_names(rng, [person.male for person in persons])
    return Graph(np.array(rows, dtype=np.int32), len(persons), len(BASE), names, BASE)


def with_derived(graph: Graph) -> Graph:
    """Return the graph of a family with the triples of the terms ``DERIVED`` added.

    The base relations must be named as in ``BASE``; other relations are kept.
    """
    assert graph.relation_names is not None
    names = tuple(dict.fromkeys((*graph.relation_names, *DERIVED)))
    derived = {
        (person, names.index(term), relative)
        for term in DERIVED
        for person in range(graph.nodes)
        for relative in relatives(graph, person, term)
    }
    stated = [tuple(row) for row in graph.triples.tolist()]
    array = np.array([*stated, *sorted(derived.difference(stated))], dtype=np.int32)
    return Graph(array, graph.nodes, len(names), graph.node_names, names)


def _grow(rng: np.random.Generator, count: int) -> list[_Person]:
    """Return ``count`` people: three generations, then births, marriages and parents of newcomers."""
    persons = _couple(0, generation=0)
    _bear(rng, persons)
    _marry(rng, persons)
    _bear(rng, persons, earliest=1)
    while len(persons) < count:
        chance = rng.random()
        if chance < BIRTHS:
            _bear(rng, persons)
        elif chance < BIRTHS + MARRIAGES:
            _marry(rng, persons)
        elif len(persons) + 2 <= count:
            _trace_back(rng, persons)
    return persons


def _couple(number: int, generation: int) -> list[_Person]:
    """Return a wife and a husband, who become people ``number`` and ``number + 1``."""
    return [_Person(False, generation, spouse=number + 1), _Person(True, generation, spouse=number)]


def _bear(rng: np.random.Generator, persons: list[_Person], earliest: int = 0) -> None:
    """Give a child to a couple of generation ``earliest`` or later, unless all have many children."""
    children = Counter(person.parents for person in persons)
    couples = [
        (number, person.spouse)
        for number, person in enumerate(persons)
        if person.spouse is not None
        and not person.male
        and person.generation >= earliest
        and children[number, person.spouse] < MOST_CHILDREN
    ]
    if couples:
        parents = pick(rng, couples)
        persons.append(_Person(rng.random() < 0.5, persons[parents[0]].generation + 1, parents))


def _marry(rng: np.random.Generator, persons: list[_Person]) -> None:
    """Marry an unmarried person, if there is one, to a newcomer."""
    single = [number for number, person in enumerate(persons) if person.spouse is None]
    if single:
        chosen = pick(rng, single)
        persons[chosen].spouse = len(persons)
        persons.append(_Person(not persons[chosen].male, persons[chosen].generation, spouse=chosen))


def _trace_back(rng: np.random.Generator, persons: list[_Person]) -> None:
    """Add the parents of a newcomer below the first generation, if there is one without parents."""
    newcomers = [person for person in persons if person.parents is None and person.generation > 0]
    if newcomers:
        chosen = pick(rng, newcomers)
        chosen.parents = (len(persons), len(persons) + 1)
        persons += _couple(len(persons), chosen.generation - 1)


def _facts(persons: list[_Person]) -> Iterator[tuple[int, str, int]]:
    """Yield every base triple, with its relation by name."""
    siblings: dict[tuple[int, int], list[int]] = {}
    for number, person in enumerate(persons):
        if person.spouse is not None:
            yield person.spouse, "husband" if person.male else "wife", number
        if person.parents is not None:
            for name, parent in zip(("mother", "father"), person.parents, strict=True):
                yield number, name, parent
                yield parent, "son" if person.male else "daughter", number
            siblings.setdefault(person.parents, []).append(number)
    for one, other in chain.from_iterable(permutations(group, 2) for group in siblings.values()):
        yield one, "brother" if persons[other].male else "sister", other
