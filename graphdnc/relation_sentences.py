"""Questions that call relations by their names, as people ask about things that are no places. ::

    What is the capital of France?        What is France's capital?
    Who is Alice's manager's manager?     Who is the manager of the manager of Alice?
    What does flask depend on?            Who does Alice report to?
    What is Paris the seat of?

The last three follow the relations "depends on", "reports to" and "seat of". Asked for from the other end::

    What depends on flask?                Who reports to Alice?
    Whose manager is Alice?               Whose manager's manager is Alice?
    What is Paris the capital of?

Such a sentence is a traversal or an inverse question, read only where it is nothing else
(:mod:`graphdnc.sentences`): of a family, whose relatives somebody asks for is known better there. It is
inverse only where it is no traversal: "the capital of France" is followed from France where "capital" is a
relation, and leads to France where only "capital of" is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from graphdnc.errors import UnknownName
from graphdnc.graph import Graph
from graphdnc.lexer import APOSTROPHES, Item, Lexer
from graphdnc.names import fold
from graphdnc.phrases import RELATION_PHRASES
from graphdnc.questions import Inverse, Traversal

MOST_NAMED = 12
"""So many relations are named in one sentence."""
_LONGEST_PHRASE = 5


class _Named(NamedTuple):
    """A node and relations, and where the words that name them end."""

    end: int
    node: int
    relations: tuple[int, ...]


def relation_questions(lexer: Lexer) -> list[Traversal] | list[Inverse]:
    """Return all that a sentence can be read as."""
    if not lexer.ends_well:
        return []
    walks = _read(lexer, _asked, _done, _is)
    if walks:
        return [Traversal(start, relations) for start, relations in walks]
    return [Inverse(goal, relations) for goal, relations in _read(lexer, _doing, _whose, _is_of)]


def describe_inverse(graph: Graph, question: Inverse) -> str:
    """Return a sentence for an inverse question, one that is read where the names allow it."""
    names, goal = list(map(graph.relation_name, question.relations)), graph.node_name(question.goal)
    if len(names) == 1 and _is_done(fold(names[0]).split()):
        return f"What {names[0]} {goal}?"
    owned = "'s ".join(names)
    return f"Whose {owned} is {goal}?"


def _read(
    lexer: Lexer, *forms: Callable[[Lexer, int], Iterator[_Named]]
) -> list[tuple[int, tuple[int, ...]]]:
    """Return the nodes and relations that a whole sentence names in one of some forms."""
    found = (
        (named.node, named.relations)
        for begin in _skipped(lexer, 0, "LIST")
        for form in forms
        for named in form(lexer, begin)
        if len(lexer.tokens) in _skipped(lexer, named.end, "END")
    )
    return list(dict.fromkeys(found))


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
    """Yield of which kind a name should be, and where: after "the capital of", "France's", "who likes"."""
    if begin == len(lexer.tokens):
        return
    for _, end in _deeds(lexer, begin):
        if end < len(lexer.tokens):
            yield "NODE", end
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
        for node in lexer.nodes(begin) if begin < len(lexer.tokens) else ():
            yield from (_Named(end, node.value, (number,)) for end, number in lexer.verbs(node.end))


def _is(lexer: Lexer, position: int) -> Iterator[_Named]:
    """Yield what somebody is: "is Paris the seat of", of a relation "seat of"."""
    for node, relation in _after_is(lexer, position):
        if _words(lexer, relation)[-1] in RELATION_PHRASES["PREPOSITION"]:
            yield _Named(relation.end, node, (relation.value,))


def _is_of(lexer: Lexer, position: int) -> Iterator[_Named]:
    """Yield whose something is: "is Paris the capital of", of a relation "capital"."""
    for node, relation in _after_is(lexer, position):
        yield from (_Named(end, node, (relation.value,)) for end in _phrases(lexer, relation.end, "OF"))


def _after_is(lexer: Lexer, position: int) -> Iterator[tuple[int, Item]]:
    """Yield a node after "is", and the relation after that."""
    if not 0 < position < len(lexer.tokens) or lexer.tokens[position - 1].word not in RELATION_PHRASES["IS"]:
        return
    for node in lexer.nodes(position):
        for begin in _skipped(lexer, node.end, "THE"):
            if begin < len(lexer.tokens):
                yield from ((node.value, relation) for relation in lexer.relations(begin))


def _doing(lexer: Lexer, position: int) -> Iterator[_Named]:
    """Yield what is asked for by what it does: who "reports to Bob", what "is part of Europe"."""
    for relation, end in _deeds(lexer, position):
        for node in lexer.nodes(end) if end < len(lexer.tokens) else ():
            yield _Named(node.end, node.value, (relation,))


def _deeds(lexer: Lexer, position: int) -> Iterator[tuple[int, int]]:
    """Yield relations that may be said of the "who" before them, and where they end."""
    before = {token.word for token in lexer.tokens[:position]}
    if position == len(lexer.tokens) or before.isdisjoint(RELATION_PHRASES["WHO"]):
        return
    for relation in lexer.relations(position):
        if _is_done(_words(lexer, relation)):
            yield relation.value, relation.end
    yield from ((relation, end) for end, relation in lexer.verbs(position))  # "which ones depend on flask"


def _whose(lexer: Lexer, position: int) -> Iterator[_Named]:
    """Yield what is asked for by what it has: "whose manager is Bob"."""
    if position == len(lexer.tokens):
        return
    for begin in _phrases(lexer, position, "WHOSE"):
        for end, relations in _chain(lexer, begin, 0):
            for after in _phrases(lexer, end, "IS"):
                for node in lexer.nodes(after) if after < len(lexer.tokens) else ():
                    yield _Named(node.end, node.value, relations)


def _words(lexer: Lexer, relation: Item) -> list[str]:
    return fold(lexer.names["RELATION"].names[relation.value]).split()


def _is_done(words: list[str]) -> bool:
    """Whether a relation is said of who comes before it: "likes", "part of", but not "capital"."""
    return words[0].endswith("s") or words[-1] in RELATION_PHRASES["PREPOSITION"]
