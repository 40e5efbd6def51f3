"""One parser for all grammars of questions: grammars are tables, and a chart holds every reading.

A grammar is a table of forms. A form lists what comes one after the other in a sentence::

    LIST* person:OWNER (term:TERM | MARRIED) END*

A word in capitals is a kind: of a fixed phrase, or of something that a scanner finds, such as a name of the
graph. ``slot:KIND`` notes the value of what is read. ``X*`` is any number of times, ``X+`` at least once,
``X{3}`` at most three times, ``[X]`` at most once, ``(X | Y)`` one of two. A kind that the grammar calls a
part stands for its form; a part does not hold itself.

Such forms describe a regular language, so a grammar is a finite automaton: the forms become the positions of
Glushkov's automaton (V. M. Glushkov, "The abstract theory of automata", 1961), and the sets of positions a
sentence may be in become its states, made when a sentence first needs them. The chart holds, for each number
of words read, the states a sentence can be in and the best readings that lead to each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, reduce
from itertools import product
from typing import Any, NamedTuple

from graphdnc.language.lexer import Item, Lexer

_KEPT = 8
"""Readings of one state: enough to know whether two meanings are left, few enough to end in time."""
_TOKEN = re.compile(r"\{\d+\}|[()\[\]|*+]|[^\s()\[\]|*+{}]+")

Captures = tuple[tuple[str, Any], ...]
"""The slots of a reading and their values, in the order of the sentence."""
Build = Callable[[Captures], Any]
"""What makes a question of a whole sentence; ``None`` where something is not said."""
Scanner = Callable[[Lexer, int], Iterable[Item]]
"""What finds the items of a kind that begin at a position of the sentence."""


class Reading(NamedTuple):
    """What a beginning of the sentence was read as.

    ``covered`` counts the words read as names, ``weight`` those of them that count against other readings.
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
        """Return what the slot was filled with, in the order of the sentence."""
        return [value for name, value in self.captures if name == slot]


class State:
    """A set of positions in the forms of a grammar, which one beginning of a sentence leads to.

    Attributes:
        parts: the parts of the grammar that are being read.
        builds: what makes a question where the sentence may end here; empty where it may not.
    """

    def __init__(self, grammar: Grammar, positions: frozenset[int]) -> None:
        self._grammar, self._positions = grammar, positions
        self.parts = frozenset[str]().union(*(grammar.inside[at] for at in positions))
        self.builds = tuple(dict.fromkeys(grammar.ends[at] for at in sorted(positions) if at in grammar.ends))

    @cached_property
    def moves(self) -> dict[str, list[tuple[str | None, State]]]:
        """For each kind that may come next, its slots and the states that it leads to."""
        targets: dict[tuple[str, str | None], set[int]] = {}
        following = (after for at in sorted(self._positions) for after in sorted(self._grammar.follow[at]))
        for after in following:
            targets.setdefault(self._grammar.symbols[after], set()).add(after)
        found: dict[str, list[tuple[str | None, State]]] = {}
        for (kind, slot), positions in targets.items():
            found.setdefault(kind, []).append((slot, self._grammar.state(frozenset(positions))))
        return found


class Grammar:
    """A table of forms.

    Args:
        forms: each form, and what makes a question of it.
        phrases: the phrases of each kind.
        scanners: what finds items of the other kinds.
        parts: forms that other forms name.
        longest: how many values a reading has at most.
    """

    def __init__(
        self,
        forms: Iterable[tuple[str, Build]],
        phrases: Mapping[str, frozenset[str]],
        scanners: Mapping[str, Scanner],
        parts: Mapping[str, str],
        longest: int = 1_000_000,
    ) -> None:
        self.phrases, self.scanners, self.longest, self._parts = phrases, scanners, longest, parts
        self._forms = tuple(forms)
        self._states: dict[frozenset[int], State] = {}
        # position 0 is the beginning of every sentence
        self.symbols: list[tuple[str, str | None]] = [("", None)]
        self.inside: list[frozenset[str]] = [frozenset()]
        self.follow: list[set[int]] = [set()]
        self.ends: dict[int, Build] = {}

    @cached_property
    def start(self) -> State:
        """The state before the first word; the forms are compiled when it is first needed."""
        for text, build in self._forms:
            form = self._compile(text, frozenset())
            self.follow[0] |= form.first
            self.ends |= dict.fromkeys(form.last, build)
        return self.state(frozenset([0]))

    def state(self, positions: frozenset[int]) -> State:
        """Return the state of some positions, made once."""
        if positions not in self._states:
            self._states[positions] = State(self, positions)
        return self._states[positions]

    def _compile(self, text: str, inside: frozenset[str]) -> _Piece:
        tokens = _TOKEN.findall(text)
        piece, end = self._choice(tokens, 0, inside)
        assert end == len(tokens), text
        return piece

    def _choice(self, tokens: Sequence[str], at: int, inside: frozenset[str]) -> tuple[_Piece, int]:
        piece, at = self._sequence(tokens, at, inside)
        while at < len(tokens) and tokens[at] == "|":
            other, at = self._sequence(tokens, at + 1, inside)
            piece = _Piece(piece.empty or other.empty, piece.first | other.first, piece.last | other.last)
        return piece, at

    def _sequence(self, tokens: Sequence[str], at: int, inside: frozenset[str]) -> tuple[_Piece, int]:
        pieces = []
        while at < len(tokens) and tokens[at] not in "|)]":
            begin = at
            piece, at = self._one(tokens, at, inside)
            mark = tokens[at] if at < len(tokens) else ""
            if mark in ("*", "+"):
                self._link(piece, piece)
                piece = piece._replace(empty=piece.empty or mark == "*")
            elif mark.startswith("{"):
                copies = [piece, *(self._one(tokens, begin, inside)[0] for _ in range(int(mark[1:-1]) - 1))]
                optional = [copy._replace(empty=True) for copy in copies]
                piece = reduce(self._joined, optional)
            at += mark[:1] in ("*", "+", "{")
            pieces.append(piece)
        return reduce(self._joined, pieces), at

    def _one(self, tokens: Sequence[str], at: int, inside: frozenset[str]) -> tuple[_Piece, int]:
        """Compile what stands at a place: a form in brackets, a part or a kind."""
        token = tokens[at]
        if token in ("(", "["):
            piece, at = self._choice(tokens, at + 1, inside)
            return piece._replace(empty=piece.empty or token == "["), at + 1
        if token in self._parts:
            return self._compile(self._parts[token], inside | {token}), at + 1
        slot, _, kind = token.rpartition(":")
        self.symbols.append((kind, slot or None))
        self.inside.append(inside)
        self.follow.append(set())
        position = {len(self.symbols) - 1}
        return _Piece(False, position, position), at + 1

    def _joined(self, one: _Piece, other: _Piece) -> _Piece:
        """Return two pieces one after the other."""
        self._link(one, other)
        first = one.first | other.first if one.empty else one.first
        last = one.last | other.last if other.empty else other.last
        return _Piece(one.empty and other.empty, first, last)

    def _link(self, one: _Piece, other: _Piece) -> None:
        for at in one.last:
            self.follow[at] |= other.first


class _Piece(NamedTuple):
    """A piece of a form: whether it may be left out, and the positions it may begin and end with."""

    empty: bool
    first: set[int]
    last: set[int]


class Chart:
    """A sentence read by a grammar.

    Args:
        grammar: the grammar.
        lexer: the sentence.
        scanners: what finds items of kinds that the grammar leaves open.

    Attributes:
        cells: for each number of words read, the states and the best readings that lead to each.
        furthest: how many words were understood.
    """

    def __init__(self, grammar: Grammar, lexer: Lexer, scanners: Mapping[str, Scanner] | None = None) -> None:
        self._grammar, self._lexer = grammar, lexer
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
        for state in states:  # which grows where an item has no words
            for kind, targets in state.moves.items():
                if kind not in items:
                    items[kind] = list(self._scan(kind, position))
                for item, (slot, after) in product(items[kind], targets):
                    if item.end == position:
                        states.append(after)
                    self._put(self.cells[item.end], after, (one.extended(slot, item) for one in cell[state]))

    def _scan(self, kind: str, position: int) -> Iterable[Item]:
        if kind in self._scanners:
            return self._scanners[kind](self._lexer, position)
        return self._lexer.phrases(position, self._grammar.phrases[kind])

    def _put(self, cell: dict[State, list[Reading]], state: State, readings: Iterable[Reading]) -> None:
        """Add readings to a cell, and keep the best of the state."""
        kept = cell.get(state, [])
        for reading in readings:
            if len(reading.captures) <= self._grammar.longest and reading not in kept:
                kept.append(reading)
        if kept:
            kept.sort(key=lambda reading: (-reading.weight, len(reading.captures)))
            cell[state] = kept[:_KEPT]

    def readings(self, position: int) -> Iterator[tuple[State, Reading]]:
        """Yield all readings of the first words, with their states."""
        return ((state, reading) for state, kept in self.cells[position].items() for reading in kept)

    def wanted(self, position: int) -> set[str]:
        """Return the kinds that may come after the first words."""
        return {kind for state in self.cells[position] for kind in state.moves}

    def whole(self) -> Iterator[tuple[Any, Reading]]:
        """Yield each question that the whole sentence can be read as, and the reading."""
        for state, reading in self.readings(len(self.cells) - 1):
            for build in state.builds:
                question = build(reading.captures)
                if question is not None:
                    yield question, reading
