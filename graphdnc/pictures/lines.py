"""Relations as lines: "Victoria northbound" and "Victoria southbound" are one line, drawn in one colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from graphdnc.graph import Graph
from graphdnc.questions.lines import line_names

PALETTE = (
    *("#0b62c4", "#d6342c", "#0f8a4b", "#e08a00", "#7b3fa0", "#00909e", "#c2418c", "#7a5a2b"),
    *("#5d6b7a", "#89a800", "#2f3fa8", "#a8323e"),
)
"""Colours that tell lines apart on a light and on a dark ground. Later lines repeat them with other dashes.
"""
DASHES = ("", "9 4", "3 3", "12 3 3 3")


class Line(NamedTuple):
    """Relations that are drawn alike.

    Attributes:
        name: what they have in common.
        colour: ``#rrggbb``.
        dash: the lengths of dashes and gaps; empty for a whole line. It tells equal colours apart.
    """

    name: str
    colour: str
    dash: str


def lines_of(graph: Graph, colours: Mapping[str, str], joined: bool) -> tuple[list[Line], list[int]]:
    """Return the lines of a graph, and for each relation the number of its line.

    ``colours`` are those that the file gives to relations, by name. Unless ``joined``, each relation is a
    line.
    """
    names = line_names(graph)
    numbers: dict[str, int] = {}
    given: dict[int, str] = {}
    belongs = []
    for relation in range(graph.relations):
        name = graph.relation_name(relation)
        number = numbers.setdefault(names.titles[names.line[relation]] if joined else name, len(numbers))
        belongs.append(number)
        if name in colours:
            given.setdefault(number, colours[name])
    lines = []
    for name, number in numbers.items():
        if number in given:
            lines.append(Line(name, given[number], ""))
        else:
            turn, place = divmod(number, len(PALETTE))
            lines.append(Line(name, PALETTE[place], DASHES[turn % len(DASHES)]))
    return lines, belongs
