"""Where understanding of a question for kin ended, and what would be understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from graphdnc.errors import GraphDNCError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe_kin, kin_example, relation_example
from graphdnc.language.kinship_grammar import KinSentence, terms_of
from graphdnc.language.lexer import Item
from graphdnc.names import fold
from graphdnc.questions import Between, Kin, KinQuestion
from graphdnc.utils.text import quote

KIN_FLAGS = "--of NODE with --relation TERM, --is NODE or both"

_OWNER = re.compile(r"(.+?)['\u2019](?:s\b|\s)")


def refuse_kin(sentence: KinSentence, graph: Graph) -> NoReturn:
    """Say where understanding of a sentence as a question for kin ended, and what would be understood.

    Raises:
        UnknownName: there is no such person or no such term.
        UsageError: the sentence is not understood otherwise.
    """
    _Refusal(sentence).refuse(graph)


class _Refusal:
    def __init__(self, sentence: KinSentence) -> None:
        self.sentence, self.lexer, self.vocabulary = sentence, sentence.lexer, sentence.vocabulary
        self.chart, self.furthest = sentence.chart, sentence.chart.furthest

    def refuse(self, graph: Graph) -> NoReturn:
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
        for _, reading in self.chart.readings(self.furthest):
            said, terms = dict(reading.captures), terms_of(reading.captures)
            person = said.get("person", named)
            if terms and person is not None and tokens[self.furthest].word in ("and", "or"):
                return Kin(person, self.vocabulary.term(terms))
            if asks and "relative" in said and person is not None:
                return Between(person, said["relative"])
        return None

    def _people(self, position: int) -> Iterator[Item]:
        yield from self.lexer.owners(position)
        yield from self.lexer.nodes(position)

    def _refuse_name(self, remedy: str) -> None:
        """Refuse a person or a term that there is not, where one should be."""
        wanted, rest = self.chart.wanted(self.furthest), self._rest(self.furthest)
        owner = _OWNER.match(rest)
        if owner and self._known_later(owner[1]):
            return
        self._refuse_person(self.furthest, remedy)
        if self.furthest and self.lexer.tokens[self.furthest - 1].word == "the":
            self._refuse_person(self.furthest - 1, remedy)  # a name may begin with it
        known = any(True for _ in self._people(self.furthest))
        if "TERM" in wanted and self._some_name(rest) and not known:
            said = re.split(r"\s+(?:of|does|do|did|has)\s+", rest)[0]
            try:
                self.vocabulary.term(said)
            except GraphDNCError as error:
                raise type(error)(f"{error}; {remedy}") from None

    def _refuse_person(self, position: int, remedy: str) -> None:
        """Refuse an owner who is not known, or what is almost a name, where a person should be."""
        wanted, index, rest = self.chart.wanted(position), self.lexer.names["NODE"], self._rest(position)
        owner = _OWNER.match(rest)
        if owner and "OWNER" in wanted:
            raise UnknownName(f"nobody is called {quote(owner[1])}; {index.suggest(owner[1])}; {remedy}")
        said = re.split(r"\s+(?:have|has|got|related|to|and)\b", rest)[0]
        if "NODE" in wanted and index.nearest(said):
            raise UnknownName(f"nobody is called {quote(said)}; {index.suggest(said)}; {remedy}")

    def _known_later(self, text: str) -> bool:
        """Whether a text that is no name ends with one, so that what stands before it is not understood."""
        parts = text.split()
        folded = self.lexer.names["NODE"].folded
        return any(fold(" ".join(parts[first:])) in folded for first in range(1, len(parts)))

    def _some_name(self, rest: str) -> bool:
        """Whether a term is missing: one stands after a name, or before the name that is still to come."""
        named = any(reading.values("person") for _, reading in self.chart.readings(self.furthest))
        return named or re.search(r"\s(?:of|does|do|did|has)\s", rest) is not None

    def _rest(self, position: int) -> str:
        """Return the text from a token on, without the punctuation at its end."""
        return self.lexer.text[self.lexer.tokens[position].start :].rstrip(" ?.!")
