"""Refusals of questions about relatives: what is not understood, and a question to try."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from graphdnc.errors import GraphDNCError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe_kin, kin_example, relation_example
from graphdnc.language.kinship_grammar import KinSentence, terms_of
from graphdnc.language.lexer import Item, Lexer
from graphdnc.names import fold
from graphdnc.questions import Between, Kin, KinQuestion
from graphdnc.utils.text import quote

KIN_FLAGS = "--of NODE with --relation TERM, --is NODE or both"

_OWNER = re.compile(r"(.+?)['\u2019](?:s\b|\s)")
_VERB_OR_OF = r"(?:of|does|do|did|has)"


def refuse_kin(sentence: KinSentence, graph: Graph) -> NoReturn:
    """Raise an error for a sentence that is not understood as a question about relatives."""
    furthest, lexer = sentence.chart.furthest, sentence.lexer
    example = f'try "{kin_example(graph)}" or "{relation_example(graph)}"'
    if furthest == len(lexer.tokens):
        wrong = "the question is incomplete" if lexer.ends_well else "the signs at the end are not understood"
        raise UsageError(f"{wrong}; {example}")
    other = _simpler_question(sentence)
    if other is None:
        _refuse_name(sentence, example)
    else:
        example = f'ask one thing at a time: "{describe_kin(graph, other)}"'
    raise UsageError(f"{quote(_rest(lexer, furthest))} is not understood; {example}")


def _simpler_question(sentence: KinSentence) -> KinQuestion | None:
    """Return a question with one of two terms, or about two people with an unknown term between them."""
    tokens, furthest = sentence.lexer.tokens, sentence.chart.furthest
    asks = tokens[0].word in ("is", "are", "was", "were")
    later = (item.value for at in range(furthest, len(tokens)) for item in _people(sentence.lexer, at))
    named = next(later, None)
    for _, reading in sentence.chart.readings(furthest):
        said, terms = dict(reading.captures), terms_of(reading.captures)
        person = said.get("person", named)
        if terms and person is not None and tokens[furthest].word in ("and", "or"):
            return Kin(person, sentence.vocabulary.term(terms))
        if asks and "relative" in said and person is not None:
            return Between(person, said["relative"])
    return None


def _people(lexer: Lexer, position: int) -> Iterator[Item]:
    yield from lexer.owners(position)
    yield from lexer.nodes(position)


def _refuse_name(sentence: KinSentence, example: str) -> None:
    """Refuse an unknown person or term if one should follow what was understood."""
    furthest, lexer = sentence.chart.furthest, sentence.lexer
    rest = _rest(lexer, furthest)
    owner = _OWNER.match(rest)
    if owner and _ends_with_name(lexer, owner[1]):
        return
    _refuse_person(sentence, furthest, example)
    if furthest and lexer.tokens[furthest - 1].word == "the":
        _refuse_person(sentence, furthest - 1, example)  # "the" may be part of the name
    known = any(True for _ in _people(lexer, furthest))
    if "TERM" in sentence.chart.wanted(furthest) and _term_expected(sentence, rest) and not known:
        try:
            sentence.vocabulary.term(re.split(rf"\s+{_VERB_OR_OF}\s+", rest)[0])
        except GraphDNCError as error:
            raise type(error)(f"{error}; {example}") from None


def _refuse_person(sentence: KinSentence, position: int, example: str) -> None:
    """Refuse an unknown owner, or something that is almost a name, where a person should be."""
    wanted, index = sentence.chart.wanted(position), sentence.lexer.names["NODE"]
    rest = _rest(sentence.lexer, position)
    owner = _OWNER.match(rest)
    if owner and "OWNER" in wanted:
        raise UnknownName(f"no person is called {quote(owner[1])}; {index.suggest(owner[1])}; {example}")
    said = re.split(r"\s+(?:have|has|got|related|to|and)\b", rest)[0]
    if "NODE" in wanted and index.nearest(said):
        raise UnknownName(f"no person is called {quote(said)}; {index.suggest(said)}; {example}")


def _ends_with_name(lexer: Lexer, text: str) -> bool:
    """Return whether an unknown name ends with a known one: then the words before that are wrong."""
    parts = text.split()
    return any(fold(" ".join(parts[at:])) in lexer.names["NODE"].folded for at in range(1, len(parts)))


def _term_expected(sentence: KinSentence, rest: str) -> bool:
    """Return whether a term should follow: a person was named before, or is named after the term."""
    named = any(reading.values("person") for _, reading in sentence.chart.readings(sentence.chart.furthest))
    return named or re.search(rf"\s{_VERB_OR_OF}\s", rest) is not None


def _rest(lexer: Lexer, position: int) -> str:
    """Return the text from a word on, without the punctuation at the end."""
    return lexer.text[lexer.tokens[position].start :].rstrip(" ?.!")
