"""Grammars as tables of forms, compiled to finite automata.

A form lists what a sentence contains, in order::

    LIST* person:OWNER (term:TERM | MARRIED) END*

A word in capitals is a kind: a fixed phrase, or something that a scanner finds, such as a name of the graph.
``slot:KIND`` also stores the value of what is read. ``X*`` means any number of times, ``X+`` at least once,
``X{3}`` at most three times, ``[X]`` at most once, ``(X | Y)`` one of two. A part is a form with a name;
other forms use the name. Parts cannot contain themselves, so the languages are regular.

The compiler numbers every kind in every form (Glushkov, "The abstract theory of automata", 1961). A state of
the automaton is the set of numbers that a sentence may have reached. States are made on first use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial, reduce
from typing import Any, NamedTuple

from graphdnc.language.lexer import Item, Lexer

_TOKEN = re.compile(r"\{\d+\}|[()\[\]|*+]|[^\s()\[\]|*+{}]+")

Captures = tuple[tuple[str, Any], ...]
"""Slots and their values, in the order of the sentence."""
Build = Callable[[Captures], Any]
"""Makes a question from a whole sentence, or ``None`` if something is missing."""
Scanner = Callable[[Lexer, int], Iterable[Item]]
"""Finds the items of one kind that begin at a word."""


class State:
    """What may follow the beginning of a sentence.

    Attributes:
        parts: the parts of the grammar that are being read.
        builds: makes the questions, if the sentence may end here.
    """

    def __init__(self, grammar: Grammar, positions: frozenset[int]) -> None:
        self._grammar, self._positions = grammar, sorted(positions)
        self.parts = frozenset[str]().union(*(grammar.inside[at] for at in positions))
        self.builds = tuple(dict.fromkeys(grammar.ends[at] for at in self._positions if at in grammar.ends))

    @cached_property
    def moves(self) -> dict[str, list[tuple[str | None, State]]]:
        """For each kind that may come next: its slots, and the states that follow."""
        targets: dict[tuple[str, str | None], set[int]] = {}
        for at in self._positions:
            for after in sorted(self._grammar.follow[at]):
                targets.setdefault(self._grammar.symbols[after], set()).add(after)
        found: dict[str, list[tuple[str | None, State]]] = {}
        for (kind, slot), positions in targets.items():
            found.setdefault(kind, []).append((slot, self._grammar.state(frozenset(positions))))
        return found


class Grammar:
    """A table of forms.

    Args:
        forms: each form, and the function that builds its question.
        phrases: the phrases of each kind.
        scanners: the scanners of all other kinds, and of phrases that need more than their words.
        parts: the parts by name.
        longest: the largest number of values in one reading.
    """

    def __init__(
        self,
        forms: Iterable[tuple[str, Build]],
        phrases: Mapping[str, frozenset[str]],
        scanners: Mapping[str, Scanner],
        parts: Mapping[str, str],
        longest: int = 1_000_000,
    ) -> None:
        fixed = {kind: partial(Lexer.phrases, phrases=among) for kind, among in phrases.items()}
        self.scanners: dict[str, Scanner] = {**fixed, **scanners}
        self._forms, self._parts, self.longest = tuple(forms), parts, longest
        self._states: dict[frozenset[int], State] = {}
        # Position 0 stands before the first word.
        self.symbols: list[tuple[str, str | None]] = [("", None)]
        self.inside: list[frozenset[str]] = [frozenset()]
        self.follow: list[set[int]] = [set()]
        self.ends: dict[int, Build] = {}

    @cached_property
    def start(self) -> State:
        """The state before the first word. The forms are compiled on first use."""
        for text, build in self._forms:
            form = self._compile(text, frozenset())
            self.follow[0] |= form.first
            self.ends |= dict.fromkeys(form.last, build)
        return self.state(frozenset([0]))

    def state(self, positions: frozenset[int]) -> State:
        """Return the state of a set of positions."""
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
                piece = reduce(self._joined, [copy._replace(empty=True) for copy in copies])
            at += mark[:1] in ("*", "+", "{")
            pieces.append(piece)
        return reduce(self._joined, pieces), at

    def _one(self, tokens: Sequence[str], at: int, inside: frozenset[str]) -> tuple[_Piece, int]:
        """Compile a kind, a part, or a form in brackets."""
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
        """Return two pieces as one, in order."""
        self._link(one, other)
        first = one.first | other.first if one.empty else one.first
        last = one.last | other.last if other.empty else other.last
        return _Piece(one.empty and other.empty, first, last)

    def _link(self, one: _Piece, other: _Piece) -> None:
        for at in one.last:
            self.follow[at] |= other.first


class _Piece(NamedTuple):
    """A piece of a form: whether it may be left out, and the positions at which it begins and ends."""

    empty: bool
    first: set[int]
    last: set[int]
