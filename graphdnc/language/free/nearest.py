"""What to ask instead of a sentence that is not understood: questions with the names that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from graphdnc.errors import GraphDNCError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship import relatives, standard_vocabulary
from graphdnc.kinship.family_graph import states_kinship
from graphdnc.language.describe import describe
from graphdnc.language.free.spelling import words_of_names
from graphdnc.language.lexer import Lexer
from graphdnc.language.parts_of_speech import is_verb
from graphdnc.names import fold
from graphdnc.questions import Between, Kin, ShortestPath
from graphdnc.questions.lists import Neighbours
from graphdnc.utils.text import join_quoted

_TRY = re.compile(r"; try \".*$", re.DOTALL)
_DATES = re.compile(
    r"\b(?:(?P<order>eldest|oldest|youngest|(?:first|last)[- ]?born|born (?:first|last)|elder|older|younger)"
    r"|when (?:was|were|did|is)|how old|what age|birthday|date of birth|year of birth|which year|what year"
    r"|(?:born|died|married) (?:in|before|after|on)\b|(?:wann|quand|cu\xe1ndo) )",
    re.IGNORECASE,
)


def refuse_dates(sentence: str, graph: Graph) -> None:
    """Refuse a question about dates: a graph has none.

    Raises:
        UsageError: the sentence asks by date, with words that are no names.
    """
    found = _DATES.search(sentence)
    if found is None or set(fold(found[0]).split()) <= words_of_names(graph):
        return
    said = f"{found[0].strip()!r} asks for a date, but dates are not read, only facts between two nodes"
    rest = ""
    if found["order"]:
        plain = " ".join((sentence[: found.start()] + sentence[found.end() :]).split())
        rest = f'; ask without it: "{plain}"'
    raise UsageError(said + rest)


def with_nearest(refused: UsageError | UnknownName, sentence: str, graph: Graph) -> GraphDNCError:
    """Return a refusal that suggests questions with the names in the sentence, if it has any."""
    named = list(dict.fromkeys(_names(sentence, graph)))
    text = str(refused)
    if not named or not _TRY.search(text):
        return refused
    shown = " or ".join(f'"{one}"' for one in _questions(graph, named))
    known = join_quoted(map(graph.node_name, named), most=3)
    return type(refused)(_TRY.sub("", text) + f"; understood: {known}; try {shown}")


def _names(sentence: str, graph: Graph) -> Iterator[int]:
    """Yield the nodes whose whole names stand in a sentence, the longest at each place."""
    try:
        lexer = Lexer(sentence, graph)
    except GraphDNCError:
        return
    at = 0
    while at < len(lexer.tokens):
        found = max((*lexer.nodes(at), *lexer.owners(at)), key=lambda item: item.end, default=None)
        if found is not None and found.value is not None:
            yield found.value
            at = max(found.end, at + 1)
        else:
            at += 1


def _questions(graph: Graph, named: list[int]) -> list[str]:
    """Return one or two questions about nodes that work on this graph."""
    family = states_kinship(graph)
    if len(named) > 1:
        one, other = named[:2]
        return [describe(graph, Between(one, other) if family else ShortestPath(one, other))]
    node = named[0]
    found = [describe(graph, one) for one in _kin(graph, node)] if family else []
    leaving = graph.leaving(node)
    if leaving and is_verb(fold(graph.relation_name(leaving[0].relation)).split()):
        verb = frozenset([leaving[0].relation])
        found.append(describe(graph, Neighbours(node, verb, "out")))
    every = frozenset(range(graph.relations))
    return [*found, describe(graph, Neighbours(node, every, "both"))]


def _kin(graph: Graph, node: int) -> Iterator[Kin]:
    """Yield a question about close relatives that a person has."""
    terms = map(standard_vocabulary().find, ("parent", "child", "sibling", "spouse"))
    yield from islice((Kin(node, term) for term in terms if relatives(graph, node, term)), 1)
