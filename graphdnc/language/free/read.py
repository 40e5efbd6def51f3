"""Reads questions as people put them, in any of the languages.

A sentence is read completely or not at all. Of all readings, those count that read most words as names. If
two different questions remain, the sentence has two meanings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from typing import Any, NamedTuple

from graphdnc.errors import UnknownName
from graphdnc.graph import Graph
from graphdnc.kinship.family_graph import states_kinship
from graphdnc.language.chart import Chart, Reading
from graphdnc.language.free import forms, names
from graphdnc.language.free.build import FORMS, Askings, Builder
from graphdnc.language.free.relations import RelationWords, Sense, relation_words
from graphdnc.language.free.words import LANGUAGES, Words, words_of
from graphdnc.language.grammar import Captures, Grammar
from graphdnc.language.lexer import PAUSES, Item, Lexer
from graphdnc.names import fold, node_index
from graphdnc.questions import Sayable, ShortestPath
from graphdnc.questions.lines import BOUND
from graphdnc.questions.lists import Neighbours, Reach
from graphdnc.questions.put import Put
from graphdnc.questions.ways import Way


class ReadSentence(NamedTuple):
    """A reading of a whole sentence.

    Attributes:
        askings: the questions, usually one.
        loose: the nodes whose names were not typed as they are in the graph, and what was typed.
        language: the language that it was read in.
    """

    askings: Askings
    loose: tuple[names.Loose, ...]
    language: str


@dataclass(frozen=True)
class FreeSentence:
    """A sentence read by the forms of one language.

    Attributes:
        chart: its readings.
        meanings: the different questions that it may ask.
    """

    lexer: Lexer
    chart: Chart
    meanings: list[ReadSentence]


def read_sentence(
    lexer: Lexer, graph: Graph, weighted: bool = False, languages: tuple[str, ...] = LANGUAGES
) -> list[ReadSentence]:
    """Return the meanings of a sentence in the first language in which it has any."""
    for language in languages:
        found = sentence_in(lexer, graph, language, weighted).meanings
        if found:
            return found
    return []


def refuse_name(lexer: Lexer, graph: Graph, understood: int) -> None:
    """Refuse an unknown name where a form asks for a node, if it understands more words than ``understood``.

    Raises:
        UnknownName: there is such a name.
    """
    charts = [sentence_in(lexer, graph, language).chart for language in LANGUAGES]
    chart = max(charts, key=lambda chart: chart.furthest)
    words = range(understood + 1, min(chart.furthest + 1, len(lexer.tokens)))
    named = [position for position in words if "NODE" in chart.wanted(position)]
    if named and chart.furthest < len(lexer.tokens):
        said = lexer.text[lexer.tokens[named[-1]].start :].strip().rstrip(" ?.!")[:60]
        index = node_index(graph)
        raise UnknownName(f"no {index.kind} is called {said!r}; {index.suggest(said)}")


def sentence_in(lexer: Lexer, graph: Graph, language: str, weighted: bool = False) -> FreeSentence:
    """Read a sentence in a language."""
    words = words_of(language)
    chart = Chart(_grammar(language), lexer, scanners(graph, language, words))
    if not lexer.ends_well:
        return FreeSentence(lexer, chart, [])
    builder = Builder(graph, directions(graph), relation_words(graph, language).senses, weighted)
    found: list[tuple[Askings, Reading]] = []
    for build, reading in _whole(chart):
        askings = build(builder, reading.captures)
        if askings is not None and not (_is_kin(askings) and not states_kinship(graph)):
            found.append((askings, reading))
    most = max((reading.weight for _, reading in found), default=0)
    meanings: dict[Askings, ReadSentence] = {}
    for askings, reading in found:
        if reading.weight == most:
            loose = tuple(value for _, value in reading.captures if isinstance(value, names.Loose))
            meanings.setdefault(askings, ReadSentence(askings, loose, language))
    return FreeSentence(lexer, chart, _as_put(meanings))


def _as_put(meanings: dict[Askings, ReadSentence]) -> list[ReadSentence]:
    """Return the meanings; of those that differ only in what is said first, the one that says most."""
    kept: dict[tuple[object, ...], ReadSentence] = {}
    near = {
        one.question.node for askings in meanings for one in askings if isinstance(one.question, Neighbours)
    }
    for askings, read in meanings.items():
        asked = askings[0].question
        if isinstance(asked, Reach) and asked.within == 1 and asked.node in near:
            continue  # what is one stop away is next to it
        questions = tuple(_plain(one.question) for one in askings)
        known = kept.get(questions)
        if known is None or _SAYS_MOST.index(askings[0].put) < _SAYS_MOST.index(known.askings[0].put):
            kept[questions] = read
    return list(kept.values())


def _plain(question: Sayable) -> Sayable:
    """Return a way without conditions as a shortest path."""
    if isinstance(question, Way) and question == Way(question.start, question.goal):
        return ShortestPath(question.start, question.goal)
    return question


_SAYS_MOST: tuple[Put, ...] = (
    *(
        "between",
        "transfers",
        "changes",
        "steps",
        "cost",
        "direct",
        "count",
        "whether",
        "why",
        "facts",
        "list",
    ),
)
"""What an answer may say first, the most particular first."""


def _whole(chart: Chart) -> Iterator[tuple[Callable[[Builder, Captures], Askings | None], Reading]]:
    for state, reading in chart.readings(len(chart.cells) - 1):
        for build in state.builds:
            yield build, reading  # type: ignore[misc]


def _is_kin(askings: Askings) -> bool:
    return any("kin=True" in repr(one.question) for one in askings)


@lru_cache(maxsize=8)
def directions(graph: Graph) -> dict[str, frozenset[int]]:
    """Return the relations whose names say each direction, cached."""
    found: dict[str, set[int]] = {}
    for number in range(graph.relations):
        for word in fold(graph.relation_name(number)).split()[1:]:
            if word in BOUND:
                found.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@lru_cache(maxsize=len(LANGUAGES))
def _grammar(language: str) -> Grammar:
    words = words_of(language)
    tables = [(form, build) for name, build in FORMS.items() for form in getattr(forms, f"{name}_FORMS")]
    for meaning in words.meanings:
        for kind, asks in meaning.asks.items():
            build = partial(Builder.meant, key=meaning.key, kind=kind)
            tables += [(f"LEAD* ({ask}) LATER", build) for ask in asks]
    kinds = dict.fromkeys(_SCANNED, _nothing)
    return Grammar(tables, words.phrases, kinds, forms.PARTS)  # type: ignore[arg-type]


_SCANNED = (
    "NODE",
    "OWNER",
    "LINE",
    "VERB",
    "SVO-VERB",
    "STATED-VERB",
    "ONE",
    "MANY",
    "HEAD",
    "PREP",
    "NOUN",
    "OWNING-NOUN",
    "PLACE-OF",
    "COUNT",
    "CHANGES",
    "NUMBER",
    "DIRECTION",
    "ANY-DIRECTION",
    "ARROW",
    "PAUSE",
)


def _nothing(lexer: Lexer, position: int) -> list[Item]:
    return []


@lru_cache(maxsize=len(LANGUAGES))
def follow_up_grammar(language: str) -> Grammar:
    """Return the grammar of follow-ups, whose readings are "BACK", "AGAIN", "OTHER" or "NAMES"."""
    kinds: dict[str, Any] = dict.fromkeys(_SCANNED, _nothing)
    tables: list[tuple[str, Any]] = [
        (form, name)
        for name in ("BACK", "AGAIN", "OTHER", "NAMES")
        for form in getattr(forms, f"{name}_FORMS")
    ]
    return Grammar(tables, words_of(language).phrases, kinds, forms.PARTS)


def scanners(graph: Graph, language: str, words: Words) -> dict[str, Callable[[Lexer, int], Iterator[Item]]]:
    """Return the scanners of what depends on the graph or on the numbers of a language."""
    known: RelationWords = relation_words(graph, language)
    single = {verb: sense for verb, sense in known.verbs.items() if words.verb_first and " " not in verb}
    heads = _heads(known.verbs)
    return {
        "NODE": partial(names.nodes, graph, _common(language)),
        "OWNER": partial(names.owners, graph, _common(language)),
        "LINE": partial(names.lines, graph, words.phrases["LINE"]),
        "VERB": partial(_said, known.verbs),
        "SVO-VERB": partial(_said, {verb: it for verb, it in known.verbs.items() if verb not in single}),
        "STATED-VERB": partial(_said, known.verbs if words.verb_first else {}),
        "ONE": partial(_said, {verb: it for verb, it in single.items() if verb not in known.plurals}),
        "MANY": partial(_said, {verb: it for verb, it in single.items() if verb in known.plurals}),
        "HEAD": partial(_said, heads),
        "PREP": partial(_said, {word: word for head in heads.values() for word in head}),
        "NOUN": partial(_said, known.nouns),
        "OWNING-NOUN": partial(_owning, known.nouns),
        "PLACE-OF": partial(_said, known.places),
        "COUNT": partial(_counts, words, words.units),
        "CHANGES": partial(_counts, words, words.changes),
        "NUMBER": partial(_numbers, words),
        "DIRECTION": partial(_directions, words),
        "ANY-DIRECTION": lambda lexer, at: lexer.phrases(at, words.directions["any"]),
        "ARROW": _arrow,
        "PAUSE": _pause,
    }


@lru_cache(maxsize=len(LANGUAGES))
def _common(language: str) -> frozenset[str]:
    """Return all words of a language, which are no names by themselves."""
    return frozenset(" ".join(chain.from_iterable(words_of(language).phrases.values())).split())


def _heads(verbs: dict[str, Sense]) -> dict[str, dict[str, Sense]]:
    """Return verbs of several words without the last, and the senses by that word: "depends" and "on"."""
    heads: dict[str, dict[str, Sense]] = {}
    for verb, sense in verbs.items():
        head, _, last = verb.rpartition(" ")
        if head:
            heads.setdefault(head, {})[last] = sense
    return heads


def _said(senses: Mapping[str, object], lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield words for relations."""
    for end, said in lexer.spans(position, names.LONGEST, frozenset("-_/'")):
        if said in senses:
            yield Item.named(position, end, senses[said])


def _owning(senses: dict[str, Sense], lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield nouns for relations as owners: "boss's"."""
    for end, _ in lexer.spans(position, names.LONGEST, frozenset("-_/'")):
        before = [token.word for token in lexer.tokens[position : end - 1]]
        for base, after in lexer.bases(end - 1):
            if (said := " ".join([*before, base])) in senses:
                yield Item.named(position, after, senses[said])


def _number(words: Words, word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 4 else words.numbers.get(word)


def _numbers(words: Words, lexer: Lexer, position: int) -> Iterator[Item]:
    number = _number(words, lexer.tokens[position].word)
    if number:
        yield Item(position + 1, number)


def _counts(words: Words, units: frozenset[str], lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield counts with a unit: "two stops"."""
    for item in _numbers(words, lexer, position):
        if item.end < len(lexer.tokens):
            yield from (unit._replace(value=item.value) for unit in lexer.phrases(item.end, units))


def _directions(words: Words, lexer: Lexer, position: int) -> Iterator[Item]:
    for direction, phrases in words.directions.items():
        if direction != "any":
            yield from (item._replace(value=direction) for item in lexer.phrases(position, phrases))


def _arrow(lexer: Lexer, position: int) -> Iterator[Item]:
    if lexer.arrow(position):
        yield Item(position)


def _pause(lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield the end of a clause: "Bank is closed. How ..."."""
    if not PAUSES.isdisjoint(lexer.tokens[position].gap):
        yield Item(position)
