"""Weights of triples, such as minutes or miles, also in whole units for a search that counts steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import gcd

from graphdnc.errors import UsageError
from graphdnc.graph import Triple

MOST_UNITS = 20
"""The largest weight in units: the search takes so many steps for one triple."""


@dataclass(frozen=True)
class Weights:
    """The weights of the triples of a graph.

    Attributes:
        name: what they are: the column that they come from.
        of: the weight of each triple, above 0.

    Raises:
        UsageError: there are none, or one of them is not above 0.
    """

    name: str
    of: Mapping[Triple, float]

    def __post_init__(self) -> None:
        wrong = next((weight for weight in self.of.values() if not 0 < weight < float("inf")), None)
        if not self.of or wrong is not None:
            what = "no triple has one" if wrong is None else f"one of them is {wrong:g}"
            raise UsageError(
                f"{self.name!r} cannot be used as weights: {what}; give a column of numbers above 0"
            )

    @cached_property
    def unit(self) -> float:
        """The weight that stands for one step of the search.

        It divides all weights if they are whole numbers and small; otherwise it is the largest weight divided
        by :data:`MOST_UNITS`, and weights are rounded to it.
        """
        weights = list(self.of.values())
        if all(float(weight).is_integer() for weight in weights):
            common = gcd(*map(int, weights))
            if max(weights) <= common * MOST_UNITS:
                return float(common)
        return max(weights) / MOST_UNITS

    @cached_property
    def bound(self) -> float:
        """By how much the weight of one triple is rounded at most."""
        return max(abs(weight - self.units(triple) * self.unit) for triple, weight in self.of.items())

    def units(self, triple: Triple) -> int:
        """Return the weight of a triple in units, at least 1."""
        return max(1, round(self.of[triple] / self.unit))

    def total(self, path: Iterable[Triple]) -> float:
        """Return the weight of a path."""
        return sum(self.of[triple] for triple in path)

    def both_ways(self) -> Weights:
        """Return the weights of the same triples in both directions."""
        back = {
            Triple(target, relation, source): weight for (source, relation, target), weight in self.of.items()
        }
        return Weights(self.name, {**back, **self.of})
