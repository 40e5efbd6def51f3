"""One parser for all grammars: a chart of every reading of a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from graphdnc.language.grammar import Captures, Grammar, Scanner, State
from graphdnc.language.lexer import Item, Lexer

_KEPT = 8
"""Readings kept for each state: enough to find a second meaning, few enough to be fast."""


class Reading(NamedTuple):
    """One way to read the beginning of a sentence.

    Attributes:
        captures: the slots and their values.
        weight: the number of words that were read as names and count against other readings.
        covered: the number of words that were read as names.
    """

    captures: Captures = ()
    weight: int = 0
    covered: int = 0

    def extended(self, slot: str | None, item: Item) -> Reading:
        """Return the reading with one more item."""
        if slot is None:
            return self
        captures = (*self.captures, (slot, item.value))
        return Reading(captures, self.weight + item.weight, self.covered + item.covers)

    def values(self, slot: str) -> list[Any]:
        """Return the values of a slot, in the order of the sentence."""
        return [value for name, value in self.captures if name == slot]


class Chart:
    """A sentence read by a grammar. ``scanners`` find kinds that the grammar does not define.

    Attributes:
        cells: for each number of words read: the possible states, and the best readings of each.
        furthest: the number of words that were understood.
    """

    def __init__(self, grammar: Grammar, lexer: Lexer, scanners: Mapping[str, Scanner] | None = None) -> None:
        self._lexer, self._longest = lexer, grammar.longest
        self._scanners = {**grammar.scanners, **(scanners or {})}
        self.cells: list[dict[State, list[Reading]]] = [{} for _ in range(len(lexer.tokens) + 1)]
        self.cells[0][grammar.start] = [Reading()]
        for position in range(len(lexer.tokens)):
            if lexer.opens(position):
                self._advance(position)
        self.furthest = max(position for position, cell in enumerate(self.cells) if cell)

    def _advance(self, position: int) -> None:
        cell = self.cells[position]
        states, items = list(cell), dict[str, list[Item]]()
        for state in states:  # an item without words adds a state to this cell
            for kind, targets in state.moves.items():
                if kind not in items:
                    items[kind] = list(self._scanners[kind](self._lexer, position))
                for item, (slot, after) in product(items[kind], targets):
                    if item.end == position:
                        states.append(after)
                    self._put(self.cells[item.end], after, (one.extended(slot, item) for one in cell[state]))

    def _put(self, cell: dict[State, list[Reading]], state: State, readings: Iterable[Reading]) -> None:
        """Add readings to a state of a cell, and keep the best."""
        kept = cell.get(state, [])
        for reading in readings:
            if len(reading.captures) <= self._longest and reading not in kept:
                kept.append(reading)
        if kept:
            kept.sort(key=lambda reading: (-reading.weight, len(reading.captures)))
            cell[state] = kept[:_KEPT]

    def readings(self, position: int) -> Iterator[tuple[State, Reading]]:
        """Yield all readings of the first words, with their states."""
        return ((state, reading) for state, kept in self.cells[position].items() for reading in kept)

    def wanted(self, position: int) -> set[str]:
        """Return the kinds that may follow the first words."""
        return {kind for state in self.cells[position] for kind in state.moves}

    def whole(self) -> Iterator[tuple[Any, Reading]]:
        """Yield each question that the whole sentence may ask, with its reading."""
        for state, reading in self.readings(len(self.cells) - 1):
            for build in state.builds:
                question = build(reading.captures)
                if question is not None:
                    yield question, reading
