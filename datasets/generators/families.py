"""Synthetic families: several generations, marriages, siblings; base relations and rules for further ones.

A triple (Ada, mother, Mira) says that Ada's mother is Mira, so that following ``mother`` from Ada leads to
Mira. Sons, brothers and the like may be several: those relations leave a person to several places.

Everybody marries at most once and within a generation, newcomers only, so that nobody is related to
anybody in two ways.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, permutations

import numpy as np

from graphdnc.graph import Graph

BASE = ("mother", "father", "son", "daughter", "brother", "sister", "husband", "wife")

Chain = tuple[str, ...]

RULES: dict[str, tuple[Chain, ...]] = {
    "grandmother": (("mother", "mother"), ("father", "mother")),
    "grandfather": (("mother", "father"), ("father", "father")),
    "grandson": (("son", "son"), ("daughter", "son")),
    "granddaughter": (("son", "daughter"), ("daughter", "daughter")),
    "aunt": (("mother", "sister"), ("father", "sister")),
    "uncle": (("mother", "brother"), ("father", "brother")),
    "nephew": (("brother", "son"), ("sister", "son")),
    "niece": (("brother", "daughter"), ("sister", "daughter")),
    "cousin": tuple(
        (parent, sibling, child)
        for parent in ("mother", "father")
        for sibling in ("brother", "sister")
        for child in ("son", "daughter")
    ),
}
"""Derived relations by blood: somebody's grandmother is who a chain of base relations leads to, and not
the person itself. A chain is followed over every way it can go."""

LEAST_PEOPLE = 5
"""A couple, their child, whom the child married, and a grandchild: three generations."""
MOST_CHILDREN = 5
BIRTHS, MARRIAGES = 0.65, 0.25
"""How often a family grows by a birth and by a marriage; else by the parents of somebody who married in."""

_FEMALE = (
    "Ada Mira Selma Juno Tilda Romy Alba Gesa Ines Odile Petra Runa Sanna Thea Una Vera Wilma Yara Zelda "
    "Bette Carla Dagny Edda Fenja Gilda Hanne Ilka Jorun Kaja Lotta Maren Nadja Orla Pilar Quilla Rieke "
    "Senta Tamar Ulla Viola"
)
_MALE = (
    "Abel Bruno Caspar Dario Emil Falk Gregor Hagen Ivo Janek Kuno Lorenz Milo Nils Otto Pavel Quentin "
    "Rurik Stellan Tibor Urban Vito Wenzel Xaver Yannis Zeno Aldo Bjarne Clemens Didrik Enzo Fabio Gerd "
    "Hilmar Ignaz Jorn Kasimir Leif Magnus Nando"
)


@dataclass
class _Person:
    """Somebody in a family that is still growing; people are numbers in order of birth or entry."""

    male: bool
    generation: int
    parents: tuple[int, int] | None = None  # mother, father
    spouse: int | None = None


def family(rng: np.random.Generator, people: tuple[int, int]) -> Graph:
    """Draw a family with names, its base relations as triples; its people number within ``people`` inclusive.

    Raises:
        ValueError: the range is empty or begins below ``LEAST_PEOPLE``.
    """
    if not LEAST_PEOPLE <= people[0] <= people[1]:
        raise ValueError(f"no family has from {people[0]} to {people[1]} people; from {LEAST_PEOPLE} up")
    persons = _grow(rng, int(rng.integers(people[0], people[1] + 1)))
    relation = {name: number for number, name in enumerate(BASE)}
    rows = [(source, relation[name], target) for source, name, target in _facts(persons)]
    names = given_names(rng, [person.male for person in persons])
    return Graph(np.array(rows, dtype=np.int32), len(persons), len(BASE), names, BASE)


def with_derived(graph: Graph) -> Graph:
    """Return a family's graph with the triples that ``RULES`` derive from it added, and their relations.

    The graph's relations must be named after ``BASE``; other relations it has are kept.
    """
    assert graph.relation_names is not None
    names = tuple(dict.fromkeys((*graph.relation_names, *RULES)))
    number = {name: index for index, name in enumerate(names)}
    rows = {tuple(row) for row in graph.triples.tolist()}
    derived = {
        (start, number[name], target)
        for name, chains in RULES.items()
        for start in range(graph.nodes)
        for target in _reached(graph, start, [[number[link] for link in links] for links in chains])
    }
    array = np.array([*graph.triples.tolist(), *sorted(derived - rows)], dtype=np.int32)
    return Graph(array, graph.nodes, len(names), graph.node_names, names)


def _reached(graph: Graph, start: int, chains: list[list[int]]) -> set[int]:
    """Return who any of the chains of relations leads to from ``start``, except ``start``."""
    found: set[int] = set()
    for links in chains:
        here = {start}
        for link in links:
            here = {triple.target for person in here for triple in graph.follow(person, link)}
        found |= here
    return found - {start}


def _grow(rng: np.random.Generator, count: int) -> list[_Person]:
    """Begin with three generations, then add births, marriages and parents-in-law up to ``count`` people."""
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
    """Return a wife and a husband, to be people ``number`` and ``number + 1``."""
    return [_Person(False, generation, spouse=number + 1), _Person(True, generation, spouse=number)]


def _bear(rng: np.random.Generator, persons: list[_Person], earliest: int = 0) -> None:
    """Give a couple of generation ``earliest`` or later, if one has room for another child, that child."""
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
        parents = couples[int(rng.integers(len(couples)))]
        persons.append(_Person(rng.random() < 0.5, persons[parents[0]].generation + 1, parents))


def _marry(rng: np.random.Generator, persons: list[_Person]) -> None:
    """Let an unmarried person, if there is one, marry a newcomer."""
    single = [number for number, person in enumerate(persons) if person.spouse is None]
    if single:
        chosen = single[int(rng.integers(len(single)))]
        persons[chosen].spouse = len(persons)
        persons.append(_Person(not persons[chosen].male, persons[chosen].generation, spouse=chosen))


def _trace_back(rng: np.random.Generator, persons: list[_Person]) -> None:
    """Give a person whose parents are not known, if there is one below the first generation, its parents."""
    newcomers = [person for person in persons if person.parents is None and person.generation > 0]
    if newcomers:
        chosen = newcomers[int(rng.integers(len(newcomers)))]
        chosen.parents = (len(persons), len(persons) + 1)
        persons += _couple(len(persons), chosen.generation - 1)


def _facts(persons: list[_Person]) -> Iterator[tuple[int, str, int]]:
    """Yield every base triple, the relation by name."""
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


def given_names(rng: np.random.Generator, male: Sequence[bool], repeated: bool = False) -> tuple[str, ...]:
    """Return a different name for each person; who has somebody else's given name is told apart by a numeral.

    Args:
        rng: the source of all randomness.
        male: for each person, whether he is.
        repeated: whether given names repeat as they do among people; else only where a list runs out.
    """
    names = {sex: rng.permutation(words.split()).tolist() for sex, words in enumerate((_FEMALE, _MALE))}
    used: Counter[bool] = Counter()
    bearers: Counter[str] = Counter()
    result = []
    for sex in male:
        name = names[sex][(int(rng.integers(len(names[sex]))) if repeated else used[sex]) % len(names[sex])]
        used[sex] += 1
        bearers[name] += 1
        result.append(name + (f" {bearers[name]}" if bearers[name] > 1 else ""))
    return tuple(result)
