"""Refusals of sentences: what is not understood, and a sentence to try."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NoReturn

from graphdnc.errors import CapacityError, GraphDNCError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.language.chart import Chart
from graphdnc.language.describe import (
    describe_inverse,
    describe_kin,
    example,
    examples,
    kin_example,
    path_example,
    relation_example,
    towards_example,
)
from graphdnc.language.kinship_grammar import KinSentence, terms_of
from graphdnc.language.lexer import SOFT, Item, Lexer
from graphdnc.language.phrases import WALK_PHRASES
from graphdnc.language.relation_grammar import names_missing
from graphdnc.language.walk_grammar import MAX_STEPS, kinds, too_long
from graphdnc.names import fold
from graphdnc.questions import Between, Inverse, Kin, KinQuestion, Sayable, ShortestPath, Traversal, Walk
from graphdnc.utils.text import quote

_FLAGS: dict[type[Sayable], str] = {
    Traversal: "--start NODE --follow RELATION,RELATION",
    ShortestPath: "--from NODE --to NODE",
    Inverse: "--follow RELATION,RELATION --to NODE",
}
_KIN_FLAGS = "--of NODE with --relation TERM, --is NODE or both"
_ASKED: dict[type[Walk], str] = {Traversal: "what to follow", ShortestPath: "where to go"}
_STEPPED = frozenset(["RIDE", "REPEAT", "REPEAT-LATE"])
# Phrases that end a fragment that is not understood.
_BREAKS = frozenset[str]().union(
    *(WALK_PHRASES[kind] for kind in ("LINK", "START", "TO", "TOWARDS", "CLOSE"))
)
_OWNER = re.compile(r"(.+?)['\u2019](?:s\b|\s)")
_VERB_OR_OF = r"(?:of|does|do|did|has)"


def flags(asked: Iterable[type[Sayable]]) -> str:
    """Return the options for questions of some kinds."""
    return " or ".join(dict.fromkeys(_FLAGS.get(kind, _KIN_FLAGS) for kind in asked))


def refuse(lexer: Lexer, chart: Chart, graph: Graph, kin: KinSentence | None) -> NoReturn:
    """Raise an error for a sentence that is not understood.

    ``chart`` has its readings as a walk or a path, ``kin`` those about relatives if the graph is a family.
    """
    readings = (reading for at in range(len(chart.cells)) for _, reading in chart.readings(at))
    if any(too_long(reading.captures) for reading in readings):
        raise CapacityError(f"the question takes more than {MAX_STEPS} steps; ask it in parts")
    if kin is not None and kin.chart.furthest >= chart.furthest + (not kin.likely):
        _refuse_kin(kin, graph)
    _refuse_names(lexer, graph)
    asked = _asked(chart)
    remedy = _remedy(graph, asked, _wants_direction(lexer, chart))
    if not lexer.tokens:
        raise UsageError(f"the question is empty; {remedy}")
    if chart.furthest < len(lexer.tokens):
        _refuse_fragment(lexer, chart, remedy)
    if not lexer.ends_well:
        raise UsageError(f"the signs at the end are not understood; {remedy}")
    slots = {slot for _, reading in chart.readings(chart.furthest) for slot, _ in reading.captures}
    if not slots & {"relation", "goal"}:
        missing = " or ".join(_ASKED[kind] for kind in asked)
        raise UsageError(f"the question does not say {missing}; {remedy}")
    if "start" not in slots:
        raise UsageError(f"the question does not say where to start; {remedy}")
    raise UsageError(f"the question is incomplete; {remedy}")


def _asked(chart: Chart) -> list[type[Walk]]:
    """Return the kinds of questions that fit what was understood."""
    found = {kind for state in chart.cells[chart.furthest] for kind in kinds(state.parts)}
    return [kind for kind in _ASKED if kind in found or not found]


def _wants_direction(lexer: Lexer, chart: Chart) -> bool:
    """Return whether understanding ended inside "towards NODE", or at "to" after a step."""
    after = lexer.tokens[chart.furthest].word if chart.furthest < len(lexer.tokens) else ""
    return any(
        "AIM" in parts or (after == "to" and (parts & _STEPPED or parts >= {"FIRST", "HERE"}))
        for parts in (state.parts for state in chart.cells[chart.furthest])
    )


def _remedy(graph: Graph, asked: list[type[Walk]], direction: bool) -> str:
    one = {Traversal: towards_example if direction else example, ShortestPath: path_example}
    said = [one[asked[0]](graph)] if len(asked) == 1 else examples(graph)
    shown = " or ".join(f'"{sentence}"' for sentence in said)
    return f"try {shown}" + (f", or use {flags(asked)}" if len(asked) == 1 else "")


def _refuse_names(lexer: Lexer, graph: Graph) -> None:
    """Refuse an unknown name after the beginning of a question that names a relation."""
    first = next(iter(graph))
    shown = {
        Traversal: f"What is the {graph.relation_name(first.relation)} of {graph.node_name(first.source)}?",
        Inverse: describe_inverse(graph, Inverse(first.target, (first.relation,))),
    }
    for position, kind, asked in names_missing(lexer):
        begin = lexer.tokens[position].start if lexer.opens(position) else lexer.tokens[position - 1].end
        said = lexer.text[begin:].strip().rstrip(" ?.!")[:60]
        index = lexer.names[kind]
        raise UnknownName(f'no {index.kind} is called {said!r}; {index.suggest(said)}; try "{shown[asked]}"')


def _refuse_fragment(lexer: Lexer, chart: Chart, remedy: str) -> NoReturn:
    fragment = _fragment(lexer, chart.furthest)
    shown, parts = quote(fragment), fragment.split()[:6]
    _refuse_relation(lexer, chart, fragment, remedy)
    states = chart.cells[chart.furthest]
    for kind in dict.fromkeys(kind for state in states for kind in lexer.names if kind in state.moves):
        index = lexer.names[kind]
        for length in range(len(parts), 0, -1):
            said = " ".join(parts[:length])
            if set(map(fold, parts[:length])) <= WALK_PHRASES["ASK"]:
                break
            if index.nearest(said):
                raise UnknownName(f"no {index.kind} is called {shown}; {index.suggest(said)}; {remedy}")
    if chart.wanted(chart.furthest) <= {"PLACE", "NODE"}:
        raise UnknownName(f"no node is called {shown}; {lexer.names['NODE'].suggest(fragment)}; {remedy}")
    raise UsageError(f"{shown} is not understood; {remedy}")


def _refuse_relation(lexer: Lexer, chart: Chart, fragment: str, remedy: str) -> None:
    """Refuse "take the Northern towards northbound" if "Northern northbound" is a relation."""
    index = lexer.names["RELATION"]
    for state, reading in chart.readings(chart.furthest):
        if "AIM" in state.parts and "NODE" in state.moves and reading.captures[-1][0] != "count":
            words = fold(f"{index.names[reading.values('relation')[-1]]} {fragment}")
            if words in index.folded:
                name = index.names[index.folded[words][0]]
                raise UnknownName(
                    f"no node is called {fragment!r}, but {name!r} is a relation; follow that; {remedy}"
                )


def _fragment(lexer: Lexer, position: int) -> str:
    """Return the text from a word up to the next sign or fixed phrase."""
    tokens = lexer.tokens
    begin = tokens[position - 1].end if position else 0
    if lexer.arrow(position):  # the arrow is part of what was understood
        begin = tokens[position].start
    end = position + 1
    while end < len(tokens) and not tokens[end].gap - SOFT:
        if any(lexer.phrases(end, _BREAKS)) or any(lexer.times(end)):
            break
        end += 1
    return lexer.text[begin : tokens[end - 1].end].strip(" ,;:.")


def _refuse_kin(sentence: KinSentence, graph: Graph) -> NoReturn:
    """Raise an error for a sentence that is not understood as a question about relatives."""
    furthest, lexer = sentence.chart.furthest, sentence.lexer
    example = f'try "{kin_example(graph)}" or "{relation_example(graph)}"'
    if furthest == len(lexer.tokens):
        wrong = "the question is incomplete" if lexer.ends_well else "the signs at the end are not understood"
        raise UsageError(f"{wrong}; {example}")
    other = _simpler_question(sentence)
    if other is None:
        _refuse_kin_name(sentence, example)
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


def _refuse_kin_name(sentence: KinSentence, example: str) -> None:
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
