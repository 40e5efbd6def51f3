"""The number of people in a family, and their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from graphdnc.utils.rng import pick_between

LEAST_PEOPLE = 5
"""A couple, their child, the child's partner and a grandchild: three generations."""

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


def number_of_people(rng: np.random.Generator, people: tuple[int, int]) -> int:
    """Return a number from a range, both ends included.

    Raises:
        ValueError: the range is empty or begins below ``LEAST_PEOPLE``.
    """
    if not LEAST_PEOPLE <= people[0] <= people[1]:
        raise ValueError(f"no family has from {people[0]} to {people[1]} people; from {LEAST_PEOPLE} up")
    return pick_between(rng, people)


def given_names(rng: np.random.Generator, male: Sequence[bool], repeated: bool = False) -> tuple[str, ...]:
    """Return a different name for each person; a numeral tells people with the same given name apart.

    If ``repeated``, given names repeat as in real families; otherwise each is used once if possible.
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
