"""Questions that call relations by their names, as people ask about things that are no places. ::

    What is the capital of France?        What is France's capital?
    Who is Alice's manager's manager?     Who is the manager of the manager of Alice?
    What does flask depend on?            Who does Alice report to?
    What is Paris the seat of?            What is Paris part of?

The last four follow the relations "depends on", "reports to", "seat of" and "is part of". Such a sentence is
a traversal, read only where it is nothing else (:mod:`graphdnc.language.parse`): of a family, whose relatives
somebody asks for is known better there. Where it is no traversal either it may ask from the other end of a
relation::

    Who reports to Alice?                 What depends on flask?
    What is part of Europe?               What is the capital of France?
    Whose manager is Alice?               What is Paris the capital of?

The first four are what a triple says, "Paris is part of Europe", with "who" or "what" for its source. They
are read only where that is a sentence: relations are verbs, or end with a preposition and "is" comes before
them. So "the capital of France" leads from France where "capital" is a relation, and is what leads there
where "capital of" is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from graphdnc.errors import UnknownName
from graphdnc.graph import Graph
from graphdnc.language.describe import describe_inverse
from graphdnc.language.lexer import APOSTROPHES, Item, Lexer
from graphdnc.language.parts_of_speech import follows_is, is_verb, says_is
from graphdnc.language.phrases import (
    RELATION_PHRASES,
)
from graphdnc.names import fold
from graphdnc.questions import Inverse, Traversal

MOST_NAMED = 12
"""So many relations are named in one sentence."""
_LONGEST_PHRASE = 5
_ARTICLES = RELATION_PHRASES["THE"]


class _Named(NamedTuple):
    """A node and relations, and where the words that name them end."""

    end: int
    node: int
    relations: tuple[int, ...]


def relation_questions(lexer: Lexer) -> list[Traversal] | list[Inverse]:
    """Return all that a sentence can be read as."""
    if not lexer.ends_well:
        return []
    walks = [*_whole(lexer, "LIST", _asked, _done), *_whole(lexer, "BEFORE", _end_of)]
    if walks:
        return [Traversal(start, relations) for start, relations in dict.fromkeys(walks)]
    found = _whole(lexer, "BEFORE", _doing, _whose, _owner_of)
    return [Inverse(goal, relations) for goal, relations in dict.fromkeys(found)]


_Form = Callable[[Lexer, int], Iterator[_Named]]
"""What reads a part of a sentence from a position on."""


def _whole(lexer: Lexer, before: str, *forms: _Form) -> list[tuple[int, tuple[int, ...]]]:
    """Return the node and the relations of a whole sentence in one of some forms, after some phrases."""
    return [
        (named.node, named.relations)
        for begin in _skipped(lexer, 0, before)
        for form in forms
        for named in form(lexer, begin)
        if len(lexer.tokens) in _skipped(lexer, named.end, "END")
    ]


def refuse_names(lexer: Lexer, graph: Graph) -> None:
    """Refuse a name that there is not, where a sentence goes on as such a question from one that there is.

    Raises:
        UnknownName: there is none; the message has the nearest.
    """
    first = next(iter(graph))
    shown = f"What is the {graph.relation_name(first.relation)} of {graph.node_name(first.source)}?"
    missing = [(*one, shown) for begin in _skipped(lexer, 0, "LIST") for one in _names_missing(lexer, begin)]
    shown = describe_inverse(graph, Inverse(first.target, (first.relation,)))
    missing += [("NODE", at, shown) for begin in _skipped(lexer, 0, "BEFORE") for at in _goals(lexer, begin)]
    for kind, end, remedy in missing:
        said = lexer.text[lexer.tokens[end].start :].rstrip(" ?.!")[:60]
        index = lexer.names[kind]
        near = index.suggest(said)
        raise UnknownName(f'no {index.kind} is called {said!r}; {near}; say for example "{remedy}"')


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


def _goals(lexer: Lexer, begin: int) -> Iterator[int]:
    """Yield where a node should be named: after "who reports to", "what is in the"."""
    for relation in _predicates(lexer, begin):
        for at in _skipped(lexer, relation.end, "THE"):
            if at < len(lexer.tokens):
                yield at


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
                for end, node, before in _of(lexer, begin, depth):
                    yield _Named(end, node, (*before, relation.value))


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
        for node in _nodes(lexer, begin):
            yield from (_Named(end, node.value, (number,)) for end, number in lexer.verbs(node.end))


def _end_of(lexer: Lexer, position: int) -> Iterator[_Named]:
    """Yield where relations lead: "what is Paris the seat of", "who was Apple founded by"."""
    for node, relation in _after_node(lexer, position):
        if follows_is(_words(lexer, relation)):
            yield _Named(relation.end, node.value, (relation.value,))
    for node in _after(lexer, position, "WHO IS", _nodes):
        for relation in lexer.predicates(node.end):
            yield _Named(relation.end, node.value, (relation.value,))


def _owner_of(lexer: Lexer, position: int) -> Iterator[_Named]:
    """Yield whose something is: "what is Paris the capital of", of a relation "capital"."""
    for node, relation in _after_node(lexer, position):
        yield from (_Named(end, node.value, (relation.value,)) for end in _phrases(lexer, relation.end, "OF"))


def _after_node(lexer: Lexer, position: int) -> Iterator[tuple[Item, Item]]:
    """Yield a node after "who is", and a relation after that: "is Paris the capital"."""
    for node in _after(lexer, position, "WHO IS", _nodes):
        for begin in _skipped(lexer, node.end, "THE"):
            yield from ((node, relation) for relation in lexer.relations(begin))


def _whose(lexer: Lexer, position: int) -> Iterator[_Named]:
    """Yield what is asked for by what it has: "whose manager is Bob"."""
    for begin in _phrases(lexer, position, "WHOSE"):
        for end, relations in _chain(lexer, begin, 0):
            for node in _after(lexer, end, "IS", _nodes):
                yield _Named(node.end, node.value, relations)


def _doing(lexer: Lexer, position: int) -> Iterator[_Named]:
    """Yield what is asked for by what it does or is: "who reports to Bob", "what is part of Europe"."""
    for relation in _predicates(lexer, position):
        yield from (_Named(node.end, node.value, (relation.value,)) for node in _nodes(lexer, relation.end))


def _predicates(lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield relations after "who" that make a sentence of it with a node after them."""
    yield from _deeds(lexer, position)
    yield from _beings(lexer, position)


def _deeds(lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield verbs after "who"."""
    several = (
        Item("RELATION", end, number)
        for begin in _phrases(lexer, position, "SEVERAL")
        for end, number in lexer.verbs(begin)
    )
    for relation in (*_after(lexer, position, "WHO", Lexer.relations), *several):
        if is_verb(_words(lexer, relation)):
            yield relation


def _beings(lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield relations after "who is", and "the capital of" there; the "is" may be a part of them."""
    for begin in _phrases(lexer, position, "WHO IS"):
        yield from (one for one in lexer.relations(begin) if follows_is(_words(lexer, one)))
        yield from (one for one in lexer.predicates(begin) if says_is(_words(lexer, one)))
        for at in _phrases(lexer, begin, "THE"):
            for relation in lexer.relations(at):
                words = _words(lexer, relation)
                if len(words) > 1 and words[-1] == "of" and follows_is(words):
                    yield relation


def _after(
    lexer: Lexer, position: int, symbol: str, read: Callable[[Lexer, int], Iterator[Item]]
) -> Iterator[Item]:
    """Yield what is read after a phrase."""
    for begin in _phrases(lexer, position, symbol):
        if begin < len(lexer.tokens) and lexer.opens(begin):
            yield from read(lexer, begin)


def _nodes(lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield the nodes named at a position, or after an article there."""
    for begin in _skipped(lexer, position, "THE"):
        if begin < len(lexer.tokens) and lexer.opens(begin):
            yield from lexer.nodes(begin)


def _words(lexer: Lexer, relation: Item) -> list[str]:
    return fold(lexer.names["RELATION"].names[relation.value]).split()
