"""Names as people write them: the beginning or the end of a name, St for Saint, X for Cross.

A name is only left incomplete where one node alone can be meant. Whoever asks is told which: such a name is a
:class:`Loose` number, and :attr:`Loose.said` is what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from graphdnc.graph import Graph
from graphdnc.language.free.verbs import plural_forms
from graphdnc.language.lexer import SOFT, Item, Lexer
from graphdnc.names import fold, node_index
from graphdnc.questions.lines import line_names

_ALIKE = {"saint": "st", "x": "cross", "crs": "cross", "rd": "road", "sq": "square", "stn": "station"}
_BRACKETS = re.compile(r"(.*\S)\s*\(([^()]+)\)")
_OWNING = re.compile("['\u2019]s\\b")
LONGEST = 8
_MOST_MEANT = 4
"""Nodes among which a person is asked to choose."""


class Loose(int):
    """The number of a node whose name was not typed as it is in the graph."""

    said: str

    @classmethod
    def of(cls, number: int, said: str) -> Loose:
        """Return the number of a node, and what was typed for its name."""
        loose = cls(number)
        loose.said = said
        return loose


@lru_cache(maxsize=4)
def loose_names(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Return other names of nodes, folded, and the nodes that each may mean, cached.

    >>> graph = Graph.from_triples([("King's Cross St Pancras", "Victoria", "St John's Wood")])
    >>> loose_names(graph)["kings cross"], loose_names(graph)["st john"]
    ((0,), (1,))
    """
    meant: dict[str, set[int]] = {}
    sure: dict[str, set[int]] = {}
    for node in range(graph.nodes):
        name = graph.node_name(node)
        apart = _BRACKETS.fullmatch(name)
        forms = (name, _OWNING.sub("", name), apart and apart[1])
        for whole in dict.fromkeys(filter(None, forms)):
            words = alike(fold(whole).split())
            sure.setdefault(" ".join(words), set()).add(node)
            for cut in range(1, len(words)):
                for part in (words[:cut], words[cut:]):
                    meant.setdefault(" ".join(part), set()).add(node)
    found = {said: tuple(nodes) if len(nodes) == 1 else () for said, nodes in meant.items()}
    return found | {said: tuple(sorted(nodes)[:_MOST_MEANT]) for said, nodes in sure.items()}


def alike(words: Iterable[str]) -> list[str]:
    """Return words with those that are written in several ways in one of them."""
    return [_ALIKE.get(word, word) for word in words]


def nodes(graph: Graph, common: frozenset[str], lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield nodes by their names and, where no name fits as well, by parts of names.

    ``common`` are words that are no part of a name if they stand alone.
    """
    whole = list(lexer.nodes(position))
    yield from whole
    ends = {item.end for item in whole}
    known, folded = loose_names(graph), node_index(graph).folded
    for end, said in lexer.spans(position, LONGEST, SOFT | {"&"}):
        if end in ends or said in folded or (end == position + 1 and (said in common or len(said) < 3)):
            continue
        text = lexer.text[lexer.tokens[position].start : lexer.tokens[end - 1].end]
        meant = known.get(" ".join(alike(said.split())), ())
        for number in meant or _singular(folded, said):
            yield Item.named(position, end, Loose.of(number, text))


def owners(graph: Graph, common: frozenset[str], lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield owners by their names and, where no name fits as well, by parts of names: "Jill's"."""
    whole = list(lexer.owners(position))
    yield from whole
    ends = {item.end for item in whole}
    known, folded = loose_names(graph), node_index(graph).folded
    for end, _ in lexer.spans(position, LONGEST, SOFT | {"&"}):
        before = [token.word for token in lexer.tokens[position : end - 1]]
        for base, after in lexer.bases(end - 1):
            said = " ".join([*before, base])
            if after in ends or said in folded or (not before and (said in common or len(said) < 3)):
                continue
            text = lexer.text[lexer.tokens[position].start : lexer.tokens[after - 1].end]
            for number in known.get(" ".join(alike([*before, base])), ()):
                yield Item.named(position, after, Loose.of(number, text))


def _singular(folded: Mapping[str, Iterable[int]], said: str) -> tuple[int, ...]:
    """Return the node whose name is the singular of what was typed: vole for "voles"."""
    forms = plural_forms(said) if said.endswith("s") else ()
    meant = {number for form in forms for number in folded.get(form, ())}
    return tuple(meant) if len(meant) == 1 else ()


def lines(graph: Graph, around: frozenset[str], lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield the relations of lines and of their directions: "the Northern line", "Northern line southbound".

    ``around`` are words that may stand inside or after the name: "line".
    """
    parts = line_names(graph).parts
    said: list[str] = []
    for end, whole in lexer.spans(position, LONGEST, SOFT | {"&", "(", ")"}):
        word = lexer.tokens[end - 1].word
        if whole in parts and not around.isdisjoint(whole.split()):  # the word is part of the name
            yield Item.named(position, end, parts[whole])
        if word in around:
            if said:
                yield from _called_line(parts, said, position, end, begun=True)
            continue
        said.append(word)
        yield from _called_line(parts, said, position, end)


def _called_line(
    parts: dict[str, frozenset[int]], said: list[str], position: int, end: int, begun: bool = False
) -> Iterator[Item]:
    name = " ".join(said)
    if name in parts:
        yield Item.named(position, end, parts[name])
    elif begun and len(name) > 2:
        meant = {part for part in parts if part.startswith(name) and " " not in part.removeprefix(name)}
        if len(meant) == 1:
            yield Item.named(position, end, parts[meant.pop()])
