"""Write the CSV files in ``datasets/real`` from the TOML files beside them.

Run ``python tests/support/make_real_graphs.py`` after a change to ``underground_lines.toml`` or
``family.toml``.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx

HERE = Path(__file__).parents[2] / "datasets" / "real"


class Fact(NamedTuple):
    """One row of a CSV file: a triple by names."""

    source: str
    relation: str
    target: str


@dataclass(frozen=True)
class Route:
    """Part of a line without forks: its stations in order, and a relation for each direction."""

    forward: str
    backward: str
    stations: tuple[str, ...]

    def facts(self, stops: Collection[str] | None = None) -> Iterator[Fact]:
        """Yield a fact for each pair of neighbouring stations and direction.

        If ``stops`` are given, trains pass through all other stations.
        """
        calls = [station for station in self.stations if stops is None or station in stops]
        yield from (Fact(a, self.forward, b) for a, b in pairwise(calls))
        yield from (Fact(b, self.backward, a) for a, b in pairwise(calls))


@dataclass(frozen=True)
class Couple:
    """A husband and a wife with their son and their daughter, if they have them."""

    husband: str
    wife: str
    son: str | None = None
    daughter: str | None = None

    def facts(self) -> Iterator[Fact]:
        """Yield all facts within this family; a fact reads "source's relation is target"."""
        yield Fact(self.husband, "wife", self.wife)
        yield Fact(self.wife, "husband", self.husband)
        for kind, child in (("son", self.son), ("daughter", self.daughter)):
            if child is not None:
                yield Fact(self.husband, kind, child)
                yield Fact(self.wife, kind, child)
                yield Fact(child, "father", self.husband)
                yield Fact(child, "mother", self.wife)
        if self.son is not None and self.daughter is not None:
            yield Fact(self.son, "sister", self.daughter)
            yield Fact(self.daughter, "brother", self.son)


def _route(table: dict[str, Any]) -> Route:
    forward, backward = (f"{table['line']} {table[way]}" for way in ("forward", "backward"))
    return Route(forward, backward, tuple(table["stations"]))


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def check(facts: Sequence[Fact]) -> None:
    """Raise ``ValueError`` unless facts are unambiguous, have an opposite each, and are connected."""
    leaving = Counter((fact.source, fact.relation) for fact in facts)
    if twice := [key for key, count in leaving.items() if count > 1]:
        raise ValueError(f"a relation leaves a source twice: {twice}")
    ways = Counter((fact.source, fact.target) for fact in facts)
    # Count them: two lines between the same stations need two edges back.
    if lone := [(a, b) for (a, b), count in ways.items() if ways[b, a] != count]:
        raise ValueError(f"edges without an opposite: {lone}")
    if lost := {fact.source for fact in facts} - reached(facts):
        raise ValueError(f"not connected with {facts[0].source}: {sorted(lost)}")


def reached(facts: Sequence[Fact]) -> set[str]:
    """Return every name that can be reached from the first source."""
    graph = nx.DiGraph((fact.source, fact.target) for fact in facts)
    return {facts[0].source, *nx.descendants(graph, facts[0].source)}


def make() -> dict[str, list[Fact]]:
    """Return the checked facts of every file, by the name of the file without its suffix."""
    underground, couples = _load("underground_lines.toml"), _load("family.toml")["couples"]
    routes, zone1 = [_route(table) for table in underground["route"]], underground["zone1"]
    if unknown := set(zone1) - {station for route in routes for station in route.stations}:
        raise ValueError(f"zone1 lists stations that are on no route: {sorted(unknown)}")
    files = {
        "underground": [fact for route in routes for fact in route.facts()],
        "underground_zone1": [fact for route in routes for fact in route.facts(zone1)],
        "family": [fact for couple in couples for fact in Couple(**couple).facts()],
    }
    for facts in files.values():
        check(facts)
    return files


def to_csv(facts: Sequence[Fact]) -> str:
    """Return the text of a CSV file: a header, then one fact on each line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Fact._fields)
    writer.writerows(facts)
    return text.getvalue()


def main() -> None:
    """Write all files and print their sizes."""
    for name, facts in make().items():
        (HERE / f"{name}.csv").write_text(to_csv(facts), encoding="utf-8")
        nodes = len({fact.source for fact in facts})
        relations = len({fact.relation for fact in facts})
        print(f"{name}.csv: {nodes} nodes, {relations} relations, {len(facts)} triples")


if __name__ == "__main__":
    main()
