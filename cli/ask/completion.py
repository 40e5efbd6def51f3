"""Completion of a line at the prompt: names of the graph, also with spaces and accents, and commands.

The terminal completes word by word, so a proposal is the rest of a name from the current word on.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from graphdnc.cli.output import plain
from graphdnc.graph import Graph
from graphdnc.language.free.relation_names import relation_index
from graphdnc.names import fold, node_index

DELIMITERS = " \t"
"""Characters that end a word; names may have all others."""


class Completer:
    """Completes names anywhere in a line, and commands at its start.

    ``commands`` has for each command a function that returns the words that may follow it; ``None`` stands
    for the names of the graph.
    """

    def __init__(self, graph: Graph, commands: dict[str, Callable[[], Sequence[str]] | None]) -> None:
        self._commands = commands
        names = (
            (folded, index.names[numbers[0]])
            for index in (node_index(graph), relation_index(graph))
            for folded, numbers in index.folded.items()
        )
        # a name with characters that the terminal cannot show can be asked for, but not typed
        self._names = sorted((folded, name) for folded, name in names if plain(name) == name)

    def complete(self, line: str, begin: int) -> list[str]:
        """Return what may replace ``line[begin:]``, where ``line`` is the text before the cursor."""
        command, _, rest = line.partition(" ")
        if line.startswith(":") and begin <= len(command):
            return [name for name in self._commands if name.startswith(line)]
        following = self._commands.get(command)
        if following is not None:
            return [word for word in following() if word.startswith(line[begin:])]
        first = len(line) - len(rest) if command in self._commands else 0
        return self._complete_name(line, first, begin)

    def _complete_name(self, line: str, first: int, begin: int) -> list[str]:
        for start in _word_starts(line, first, begin):
            rests = {_rest(name, line[start:begin]) for name in self._beginning_with(line[start:])}
            if rests:
                return _proposals(line[begin:], sorted(rests))
        return []

    def _beginning_with(self, typed: str) -> list[str]:
        """Return the names that start with the typed text; a space at its end ends a word."""
        wanted = fold(typed) + (" " if typed.strip() and typed.endswith(" ") else "")
        at = bisect_left(self._names, (wanted, ""))
        found = []
        while at < len(self._names) and self._names[at][0].startswith(wanted):
            found.append(self._names[at][1])
            at += 1
        return found


def _word_starts(line: str, first: int, begin: int) -> Iterator[int]:
    """Yield the places where a name that ends at the cursor may start, the longest name first."""
    for at in range(first, begin + 1):
        if at == begin or (line[at] not in DELIMITERS and (at == first or line[at - 1] in DELIMITERS)):
            yield at


def _rest(name: str, typed: str) -> str:
    """Return the rest of a name after the whole words that were typed."""
    return name[_length(name, typed) :].lstrip() if typed else name


def _length(name: str, typed: str) -> int:
    """Return the length of the start of a name that, folded, is the typed text."""
    wanted = fold(typed)
    return next((length for length in range(1, len(name)) if fold(name[:length]) == wanted), len(name))


def _proposals(typed: str, rests: list[str]) -> list[str]:
    """Return rests of names as the terminal needs them: it inserts what they have in common.

    If that is less than was typed, as "king" of "King's Cross" and "Kingsbury" for "kings", the proposals
    start with the typed text instead, so that nothing typed is lost.
    """
    common = os.path.commonprefix(rests)  # noqa: RUF071  of letters, not of folders
    if len(rests) == 1 or fold(common).startswith(fold(typed)):
        return rests
    return sorted({typed + rest[_length(rest, typed) :].lstrip("'\u2019.") for rest in rests})
