"""A family as a tree: parents above their children, couples side by side."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

import networkx as nx
import numpy as np

from graphdnc.kinship.facts import Facts
from graphdnc.pictures.layouts import Positions

_SWEEPS = 24
_APART, _DOWN = 1.0, 1.0
"""The distance between neighbours in a generation, and between generations."""


def by_generations(people: Sequence[int], facts: Facts) -> Positions:
    """Return positions ``[people, 2]`` of people of a family; one generation is a row."""
    family = _Family(people, facts)
    rows = family.rows()
    x = {person: float(place) for row in rows for place, person in enumerate(row)}
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        for row in rows if downwards else rows[::-1]:
            family.arrange(row, x, downwards)
    level = {person: number for number, row in enumerate(rows) for person in row}
    return np.array([[x[person] * _APART, level[person] * _DOWN] for person in people])


class _Family:
    """The people shown, and who of them is whose parent, child or partner."""

    def __init__(self, people: Sequence[int], facts: Facts) -> None:
        known = set(people)
        self.people = list(people)
        steps = ("parent", "child", "spouse", "co-parent", "sibling")
        self.next: dict[str, dict[int, list[int]]] = {
            step: {person: sorted(facts.steps[step][person] & known) for person in people} for step in steps
        }

    def partners(self, person: int) -> list[int]:
        """Return spouses, and those with whom a person has children."""
        return list(dict.fromkeys(self.next["spouse"][person] + self.next["co-parent"][person]))

    def rows(self) -> list[list[int]]:
        """Return the people of each generation, the oldest first."""
        level: dict[int, int] = {}
        for person in self.people:
            if person not in level:
                self._follow(person, level)
        rows: defaultdict[int, list[int]] = defaultdict(list)
        for person in self.people:
            rows[level[person]].append(person)
        return [rows[number] for number in sorted(rows)]

    def _follow(self, first: int, level: dict[int, int]) -> None:
        """Give a level to everybody whom a person is related to; the oldest of them have level 0."""
        found, waiting = {first: 0}, deque([first])
        while waiting:
            person = waiting.popleft()
            near = [(one, 0) for one in self.partners(person) + self.next["sibling"][person]]
            near += [(one, -1) for one in self.next["parent"][person]]
            near += [(one, 1) for one in self.next["child"][person]]
            for one, away in near:
                if one not in found:
                    found[one] = found[person] + away
                    waiting.append(one)
        oldest = min(found.values())
        level |= {person: number - oldest for person, number in found.items()}

    def arrange(self, row: list[int], x: dict[int, float], downwards: bool) -> None:
        """Order a generation by where parents or children are, couples together, and set ``x``."""
        wished = {person: self._wish(person, x, downwards) for person in row}
        units = [sorted(unit, key=lambda one: wished[one]) for unit in self._couples(row)]
        units.sort(key=lambda unit: _mean(wished[one] for one in unit))
        row[:] = [person for unit in units for person in unit]
        middles = [_mean(wished[one] for one in unit) - (len(unit) - 1) / 2 for unit in units]
        starts = _apart(middles, [len(unit) + 0.35 for unit in units])
        for unit, start in zip(units, starts, strict=True):
            for place, person in enumerate(unit):
                x[person] = start + place

    def _wish(self, person: int, x: dict[int, float], downwards: bool) -> float:
        near = self.next["parent" if downwards else "child"][person]
        return _mean(x[one] for one in near) if near else x[person]

    def _couples(self, row: list[int]) -> list[list[int]]:
        graph = nx.Graph()
        graph.add_nodes_from(row)
        own = set(row)
        graph.add_edges_from((person, one) for person in row for one in self.partners(person) if one in own)
        return [list(unit) for unit in nx.connected_components(graph)]


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _apart(wished: list[float], widths: list[float]) -> list[float]:
    """Return starts in the same order, as near to those wished for as widths allow.

    Blocks that touch move together, to the mean of what they wish for.

    >>> _apart([0.0, 0.0, 9.0], [1.0, 1.0, 1.0])
    [-0.5, 0.5, 9.0]
    """
    blocks: list[tuple[float, float, list[int]]] = []  # where it starts, its width, its members
    for place, (start, width) in enumerate(zip(wished, widths, strict=True)):
        block = (start, width, [place])
        while blocks and blocks[-1][0] + blocks[-1][1] > block[0]:
            before = blocks.pop()
            count, more = len(before[2]), len(block[2])
            start = (before[0] * count + (block[0] - before[1]) * more) / (count + more)
            block = (start, before[1] + block[1], before[2] + block[2])
        blocks.append(block)
    found = [0.0] * len(wished)
    for start, _, members in blocks:
        for place in members:
            found[place], start = start, start + widths[place]
    return found
