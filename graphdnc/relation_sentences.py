"""Questions that call relations by their names, as people ask about things that are no places. ::

    What is the capital of France?        What is France's capital?
    Who is Alice's manager's manager?     Who is the manager of the manager of Alice?
    What does flask depend on?            Who does Alice report to?

The last two follow the relations "depends on" and "reports to". Such a sentence is a traversal, read only
where it is nothing else (:mod:`graphdnc.sentences`): of a family, whose relatives somebody asks for is known
better there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from graphdnc.errors import UnknownName
from graphdnc.graph import Graph
from graphdnc.lexer import APOSTROPHES, Lexer
from graphdnc.phrases import RELATION_PHRASES
from graphdnc.questions import Traversal

MOST_NAMED = 12
"""So many relations are named in one sentence."""
_LONGEST_PHRASE = 5


class _Named(NamedTuple):
    """A start and relations, and where the words that name them end."""

    end: int
    start: int
    relations: tuple[int, ...]


def relation_questions(lexer: Lexer) -> list[Traversal]:
    """Return all that a sentence can be read as."""
    if not lexer.ends_well:
        return []
    read = (
        named
        for begin in _skipped(lexer, 0, "LIST")
        for named in chain(_asked(lexer, begin), _done(lexer, begin))
        if len(lexer.tokens) in _skipped(lexer, named.end, "END")
    )
    return list(dict.fromkeys(Traversal(start, relations) for _, start, relations in read))


def refuse_names(lexer: Lexer, graph: Graph) -> None:
    """Refuse a name that there is not, where a sentence goes on as such a question from one that there is.

    Raises:
        UnknownName: there is none; the message has the nearest.
    """
    first = next(iter(graph))
    shown = f"What is the {graph.relation_name(first.relation)} of {graph.node_name(first.source)}?"
    for begin in _skipped(lexer, 0, "LIST"):
        for kind, end in _names_missing(lexer, begin):
            said = lexer.text[lexer.tokens[end].start :].rstrip(" ?.!")[:60]
            index = lexer.names[kind]
            near = index.suggest(said)
            raise UnknownName(f'no {index.kind} is called {said!r}; {near}; say for example "{shown}"')


def _names_missing(lexer: Lexer, begin: int) -> Iterator[tuple[str, int]]:
    """Yield of which kind a name should be, and where: after "the capital of", after "France's"."""
    if begin == len(lexer.tokens):
        return
    for relation in lexer.relations(begin):
        for of in _phrases(lexer, relation.end, "OF"):
            yield from (("NODE", at) for at in _skipped(lexer, of, "THE") if at < len(lexer.tokens))
    for owner in lexer.owners(begin):
        if owner.end < len(lexer.tokens):
            signs = lexer.text[lexer.tokens[begin].start : lexer.tokens[owner.end].start]
            if set(signs) & APOSTROPHES:  # "Banks" is more often a node that there is not
                yield "RELATION", owner.end


def _skipped(lexer: Lexer, position: int, symbol: str) -> list[int]:
    """Return where phrases of a kind may end, any number of them, none included."""
    ends = [position]
    for begin in ends:  # which grows
        ends += [end for end in _phrases(lexer, begin, symbol) if end not in ends]
    return ends


def _phrases(lexer: Lexer, position: int, symbol: str) -> Iterator[int]:
    if position < len(lexer.tokens) and lexer.opens(position):
        for end, said in lexer.spans(position, _LONGEST_PHRASE):
            if said in RELATION_PHRASES[symbol]:
                yield end


def _asked(lexer: Lexer, position: int, depth: int = 0) -> Iterator[_Named]:
    """Yield what stands at a position: France's capital, or the capital of what stands further on."""
    if position >= len(lexer.tokens) or depth >= MOST_NAMED:
        return
    for owner in lexer.owners(position):
        yield from (_Named(end, owner.value, rest) for end, rest in _chain(lexer, owner.end, depth))
    for relation in lexer.relations(position):
        for of in _phrases(lexer, relation.end, "OF"):
            for begin in _skipped(lexer, of, "THE"):
                for end, start, before in _of(lexer, begin, depth):
                    yield _Named(end, start, (*before, relation.value))


def _of(lexer: Lexer, position: int, depth: int) -> Iterator[_Named]:
    if position < len(lexer.tokens):
        yield from (_Named(node.end, node.value, ()) for node in lexer.nodes(position))
        yield from _asked(lexer, position, depth + 1)


def _chain(lexer: Lexer, position: int, depth: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield relations one after the other, all but the last as owners: manager's manager."""
    if position >= len(lexer.tokens) or depth >= MOST_NAMED:
        return
    yield from ((relation.end, (relation.value,)) for relation in lexer.relations(position))
    for owner in lexer.owners(position, "RELATION"):
        for end, rest in _chain(lexer, owner.end, depth + 1):
            yield end, (owner.value, *rest)


def _done(lexer: Lexer, position: int) -> Iterator[_Named]:
    """Yield what somebody does: "does Alice report to", of a relation "reports to"."""
    for begin in _phrases(lexer, position, "DOES"):
        for node in lexer.nodes(begin) if begin < len(lexer.tokens) else ():
            yield from (_Named(end, node.value, (number,)) for end, number in lexer.verbs(node.end))
