"""Questions for kin in plain English: who somebody's relatives are, whether one is, how two are related. ::

    Who is Freya's maternal great uncle?      Does Colin have any cousins?
    Name all of Ida's nephews                 How many sisters has James got?
    Who are the aunts of Freya's mother?      Who is Freya's mother's husband's brother?
    Who is the brother of the mother of Ida?  Who are the sons of a cousin of Freya's mother?
    How is Fergus related to Freya?           How are Freya and Fergus related?
    What is Fergus to Freya?                  What is Fergus's relation to Freya?
    Is Fergus Freya's uncle?                  Are Freya and Asha cousins?
    Who is Isla married to?                   Is Isla married to Graham?

The forms and their words are in :mod:`graphdnc.language.kinship_phrases`; the terms are those of a
vocabulary, in the singular or the plural, and "on her mother's side" after a term is the maternal one. "Of"
may stand four times. A rule may stand in place of a term: "Freya's mother/brother". Names are matched as in
:mod:`graphdnc.language.parse`; of a name that ends in s the owner is James' or James's, and an apostrophe
may be missing.

All ways of reading are tried, as there; what reads fewest words as fillers counts, and two readings are two
meanings. One term is asked for at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from graphdnc.errors import GraphDNCError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.vocabulary import Vocabulary
from graphdnc.language.describe import describe_kin, kin_example, relation_example
from graphdnc.language.kinship_phrases import FORMS, KIN_PHRASES, MUTUAL, SIDES
from graphdnc.language.lexer import Item, Lexer
from graphdnc.names import fold
from graphdnc.questions import Between, Claim, Kin, KinQuestion
from graphdnc.utils.text import quote

KIN_FLAGS = "--of NODE with --relation TERM, --is NODE or both"

_FORMS = tuple(tuple(form.split()) for form in FORMS)
_WITHIN = frozenset("-'\u2019")
"""Signs that may stand between the words of a term: "great-uncle"."""
_LONGEST_TERM, _LONGEST_PHRASE, _LONGEST_RULE = 8, 5, 60
_MOST_TERMS = 50
"""More terms in a row than anybody means."""
_OWNER = re.compile(r"(.+?)['\u2019](?:s\b|\s)")
_BRACKETS = re.compile(r"(?:\s*\])*")
_CUES = frozenset(["who", "whos", "whose", "related", "relation", "relationship", "relative", "relatives"])


class _Reading(NamedTuple):
    """What a beginning of the sentence was read as; ``fillers`` counts words that say nothing."""

    form: int
    symbol: int = 0
    person: int = -1
    relative: int = -1
    terms: tuple[str, ...] = ()
    outer: tuple[str, ...] = ()
    fillers: int = 0

    @property
    def next(self) -> str | None:
        """The symbol that comes next, its star with it; ``None`` at the end."""
        form = _FORMS[self.form]
        return form[self.symbol] if self.symbol < len(form) else None

    @property
    def passed(self) -> _Reading:
        """The reading one symbol further."""
        return self._replace(symbol=self.symbol + 1)


class KinSentence:
    """A sentence read as a question for kin.

    Attributes:
        questions: all that it asks by the best readings; none where it cannot be read.
        furthest: how many of its words were understood.
    """

    def __init__(self, lexer: Lexer, vocabulary: Vocabulary) -> None:
        self.lexer, self.vocabulary = lexer, vocabulary
        self.cells: list[dict[_Reading, None]] = [{} for _ in range(len(lexer.tokens) + 1)]
        self._put(0, *map(_Reading, range(len(_FORMS))))
        for position in range(len(lexer.tokens)):
            self._advance(position)
        self.furthest = max((at for at, cell in enumerate(self.cells) if cell), default=0)
        complete = [reading for reading in self.cells[-1] if reading.next is None]
        fewest = min((reading.fillers for reading in complete), default=0)
        best = [reading for reading in complete if reading.fillers == fewest and lexer.ends_well]
        self.questions = list(dict.fromkeys(map(self._question, best)))

    @property
    def likely(self) -> bool:
        """Whether the sentence, understood or not, seems to be about kin."""
        words = [token.word for token in self.lexer.tokens]
        return any(word in _CUES or self.vocabulary.called(word) for word in words)

    def refuse(self, graph: Graph) -> NoReturn:
        """Say where understanding ended, and what would be understood.

        Raises:
            UnknownName: there is no such person or no such term.
            UsageError: the sentence is not understood otherwise.
        """
        remedy = f'say for example "{kin_example(graph)}" or "{relation_example(graph)}"'
        if self.furthest == len(self.lexer.tokens):
            signs = "the signs at the end are not understood"
            raise UsageError(f"{'the question breaks off' if self.lexer.ends_well else signs}; {remedy}")
        fragment = self._rest(self.furthest)
        instead = self._instead()
        if instead is None:
            self._refuse_name(remedy)
        else:
            remedy = f'ask one thing at a time: "{describe_kin(graph, instead)}"'
        raise UsageError(f"{quote(fragment)} is not understood; {remedy}")

    def _instead(self) -> KinQuestion | None:
        """Return what may be asked in place of two terms at a time, or of whether two are what is no term."""
        tokens = self.lexer.tokens
        asks = tokens[0].word in ("is", "are", "was", "were")
        later = (item.value for at in range(self.furthest, len(tokens)) for item in self._people(at))
        named = next(later, None)
        for reading in self.cells[self.furthest]:
            person = named if reading.person < 0 else reading.person
            terms = (*reading.terms, *reading.outer)
            if terms and person is not None and tokens[self.furthest].word in ("and", "or"):
                return Kin(person, self.vocabulary.term("/".join(terms)))
            if asks and reading.relative >= 0 and person is not None:
                return Between(person, reading.relative)
        return None

    def _people(self, position: int) -> Iterator[Item]:
        yield from self.lexer.owners(position)
        yield from self.lexer.nodes(position)

    def _put(self, position: int, *readings: _Reading) -> None:
        """Note readings, and the same with optional symbols left out."""
        for reading in readings:
            self.cells[position][reading] = None
            if reading.next is not None and reading.next.endswith("*"):
                self._put(position, reading.passed)

    def _advance(self, position: int) -> None:
        if not self.lexer.opens(position):
            return
        by_symbol: dict[str, list[_Reading]] = {}
        for reading in self.cells[position]:
            if reading.next is not None and len(reading.terms) < _MOST_TERMS:
                by_symbol.setdefault(reading.next, []).append(reading)
        for symbol, readings in by_symbol.items():
            name = symbol.rstrip("*")
            for end, value in self._items(name, position):
                for reading in readings:
                    after = reading if symbol.endswith("*") else reading.passed
                    self._put(end, _extended(after, name, value, end - position))

    def _items(self, symbol: str, position: int) -> Iterator[tuple[int, int | str | None]]:
        """Yield what the tokens from a position on can be read as: where that ends, and its value."""
        match symbol:
            case "PERSON" | "RELATIVE":
                yield from ((item.end, item.value) for item in self.lexer.nodes(position))
            case "PERSON'S" | "RELATIVE'S":
                yield from ((item.end, item.value) for item in self.lexer.owners(position))
            case "TERM" | "OUTER":
                yield from self._terms(position)
            case "TERM'S":
                yield from self._owning_terms(position)
            case "MUTUAL":
                yield from ((end, name) for end, name in self._terms(position) if name in MUTUAL)
            case "MARRIED":
                yield from ((end, "spouse") for end in self._phrases(symbol, position))
            case _:
                yield from ((end, None) for end in self._phrases(symbol, position))

    def _phrases(self, symbol: str, position: int) -> Iterator[int]:
        return (
            end for end, said in self.lexer.spans(position, _LONGEST_PHRASE) if said in KIN_PHRASES[symbol]
        )

    def _terms(self, position: int) -> Iterator[tuple[int, str]]:
        for end, said in self.lexer.spans(position, _LONGEST_TERM, _WITHIN):
            term = self.vocabulary.called(said)
            if term is not None:
                yield end, term.name
                yield from self._sided(end, term.name)
        yield from self._rules(position)

    def _sided(self, position: int, name: str) -> Iterator[tuple[int, str]]:
        for side, said in SIDES.items():
            term = self.vocabulary.called(f"{side} {name}")
            if term is not None:
                yield from ((end, term.name) for end, words in self.lexer.spans(position, 4) if words in said)

    def _rules(self, position: int) -> Iterator[tuple[int, str]]:
        text, tokens = self.lexer.text, self.lexer.tokens
        if not set(text[tokens[position].start :]) & {"/", "["}:
            return
        for end in range(position + 1, min(position + _LONGEST_RULE, len(tokens)) + 1):
            closed = _BRACKETS.match(text, tokens[end - 1].end)
            stop = closed.end() if closed else tokens[end - 1].end
            rule = text[tokens[position].start : stop]
            whole = not text[stop:].lstrip().startswith(("/", "[", "|"))
            if whole and set(rule) & {"/", "["} and "|" not in rule:
                try:
                    yield end, self.vocabulary.term(rule).name
                except UsageError:  # the rule may go on
                    continue

    def _owning_terms(self, position: int) -> Iterator[tuple[int, str]]:
        for end, _ in self.lexer.spans(position, _LONGEST_TERM, _WITHIN):
            words = [token.word for token in self.lexer.tokens[position : end - 1]]
            for base, after in self.lexer.bases(end - 1):
                term = self.vocabulary.called(" ".join([*words, base]))
                if term is not None:
                    yield after, term.name

    def _question(self, reading: _Reading) -> KinQuestion:
        terms = (*reading.terms, *reading.outer)
        if not terms:
            return Between(reading.person, reading.relative)
        kin = Kin(reading.person, self.vocabulary.term("/".join(terms)))
        return kin if reading.relative < 0 else Claim(kin, reading.relative)

    def _refuse_name(self, remedy: str) -> None:
        """Refuse a person or a term that there is not, where one should be."""
        wanted, rest = self._wanted(self.furthest), self._rest(self.furthest)
        owner = _OWNER.match(rest)
        if owner and self._known_later(owner[1]):
            return
        self._refuse_person(self.furthest, remedy)
        if self.furthest and self.lexer.tokens[self.furthest - 1].word == "the":
            self._refuse_person(self.furthest - 1, remedy)  # a name may begin with it
        known = any(True for _ in self._people(self.furthest))
        if wanted & {"TERM", "OUTER"} and self._some_name(rest) and not known:
            said = re.split(r"\s+(?:of|does|do|did|has)\s+", rest)[0]
            try:
                self.vocabulary.term(said)
            except GraphDNCError as error:
                raise type(error)(f"{error}; {remedy}") from None

    def _refuse_person(self, position: int, remedy: str) -> None:
        """Refuse an owner who is not known, or what is almost a name, where a person should be."""
        wanted, index, rest = self._wanted(position), self.lexer.names["NODE"], self._rest(position)
        owner = _OWNER.match(rest)
        if owner and wanted & {"PERSON'S", "RELATIVE'S"}:
            raise UnknownName(f"nobody is called {quote(owner[1])}; {index.suggest(owner[1])}; {remedy}")
        said = re.split(r"\s+(?:have|has|got|related|to|and)\b", rest)[0]
        if wanted & {"PERSON", "RELATIVE"} and index.nearest(said):
            raise UnknownName(f"nobody is called {quote(said)}; {index.suggest(said)}; {remedy}")

    def _wanted(self, position: int) -> set[str]:
        """Return the symbols that may come next."""
        return {reading.next.rstrip("*") for reading in self.cells[position] if reading.next}

    def _known_later(self, text: str) -> bool:
        """Whether a text that is no name ends with one, so that what stands before it is not understood."""
        parts = text.split()
        folded = self.lexer.names["NODE"].folded
        return any(fold(" ".join(parts[first:])) in folded for first in range(1, len(parts)))

    def _some_name(self, rest: str) -> bool:
        """Whether a term is missing: one stands after a name, or before the name that is still to come."""
        named = any(reading.person >= 0 for reading in self.cells[self.furthest])
        return named or re.search(r"\s(?:of|does|do|did|has)\s", rest) is not None

    def _rest(self, position: int) -> str:
        """Return the text from a token on, without the punctuation at its end."""
        return self.lexer.text[self.lexer.tokens[position].start :].rstrip(" ?.!")


def _extended(reading: _Reading, symbol: str, value: int | str | None, words: int) -> _Reading:
    match symbol, value:
        case "PERSON" | "PERSON'S", int(person):
            return reading._replace(person=person)
        case "RELATIVE" | "RELATIVE'S", int(relative):
            return reading._replace(relative=relative)
        case "OUTER", str(term):
            return reading._replace(outer=(term, *reading.outer))  # the last one said is the nearest
        case _, str(term):
            return reading._replace(terms=(*reading.terms, term))
    return reading._replace(fillers=reading.fillers + words)
