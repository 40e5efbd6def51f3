"""Grammar of questions about relatives. ::

    Who is Freya's maternal great uncle?      Does Colin have any cousins?
    Name all of Ida's nephews                 How many sisters has James got?
    Who are the aunts of Freya's mother?      Who is Freya's mother's husband's brother?
    Who is the brother of the mother of Ida?  Who are the sons of a cousin of Freya's mother?
    How is Fergus related to Freya?           How are Freya and Fergus related?
    What is Fergus to Freya?                  What is Fergus's relation to Freya?
    Is Fergus Freya's uncle?                  Are Freya and Asha cousins?
    Who is Isla married to?                   Is Isla married to Graham?

The terms are those of a vocabulary, in the singular or the plural. "On her mother's side" after a term makes
it maternal. "Of" may occur four times. A rule may stand for a term: "Freya's mother/brother". The owner of a
name that ends in s is James' or James's; the apostrophe may be missing. One question asks for one term.

Of all readings, those count that read most words as names and terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphdnc.errors import UsageError
from graphdnc.kinship.vocabulary import Vocabulary
from graphdnc.language.chart import Chart, Reading
from graphdnc.language.grammar import Captures, Grammar
from graphdnc.language.lexer import Item, Lexer
from graphdnc.language.phrases import KIN_PHRASES, MUTUAL, SIDES
from graphdnc.questions import Between, Claim, Kin, KinQuestion

_WITHIN = frozenset("-'\u2019")
"""Signs between the words of a term: "great-uncle"."""
_LONGEST_TERM, _LONGEST_RULE = 8, 60
_MOST_TERMS = 50
"""The largest number of terms in one sentence."""
_CUES = frozenset(["who", "whos", "whose", "related", "relation", "relationship", "relative", "relatives"])
_BRACKETS = re.compile(r"(?:\s*\])*")

_PARTS = {
    # "Freya's mother's cousin", "the sons of the cousins of Freya", "the sons of a cousin of Freya's mother"
    "OWNED": "person:OWNER term:TERM'S* term:TERM",
    "RELATIVES": "OWNED | outer:TERM OF (THE* outer:TERM OF){3} (person:NODE | person:OWNER | OWNED)",
    "MARRIED-TO": "term:MARRIED TO",
    "PAIR": "person:NODE AND relative:NODE",
}
_FORMS = (
    # "who are Freya's mother's cousins", "who is Isla married to"
    "LIST* (RELATIVES | person:NODE IS* MARRIED-TO) END*",
    # "is Fergus Freya's uncle", "whether Fergus is an uncle of Freya", "is Isla married to Graham"
    "ASK* (IS relative:NODE | WHETHER relative:NODE IS) (ONE* RELATIVES | MARRIED-TO person:NODE) END*",
    # "are Freya and Asha cousins", "are Isla and Graham married"
    "ASK* IS PAIR (term:MUTUAL | term:MARRIED) OTHER* END*",
    # "does Freya have any cousins", "how many cousins does Freya have"
    "ASK* HAS person:NODE HAVE* term:TERM'S* term:TERM END*",
    "ASK* MANY term:TERM'S* term:TERM HAS person:NODE HAVE* END*",
    # "how is Fergus related to Freya", "how are Freya and Fergus related"
    "ASK* HOW* IS (relative:NODE RELATED TO person:NODE | PAIR RELATED OTHER*) END*",
    "ASK* HOW (relative:NODE IS | HAS relative:NODE) RELATED TO person:NODE END*",
    # "what (relation) is Fergus to Freya", "what relation does Fergus have to Freya"
    "ASK* WHAT RELATION* (IS* relative:NODE | relative:NODE IS) TO person:NODE END*",
    "ASK* WHAT RELATION HAS relative:NODE HAVE* TO person:NODE END*",
    # "Fergus's relation to Freya", "the relation of Fergus to Freya", "... between Freya and Fergus"
    "ASK* WHAT* (relative:OWNER RELATION | RELATION OF relative:NODE) TO person:NODE END*",
    "ASK* WHAT* RELATION BETWEEN PAIR END*",
)


def terms_of(captures: Captures) -> str:
    """Return the terms of a reading as one rule, from the person on. "Of" reverses their order."""
    outer = [value for slot, value in captures if slot == "outer"]
    return "/".join([value for slot, value in captures if slot == "term"] + outer[::-1])


class KinSentence:
    """A sentence read as a question about relatives.

    Attributes:
        chart: its readings.
        questions: the questions of the best readings.
    """

    def __init__(self, lexer: Lexer, vocabulary: Vocabulary) -> None:
        self.lexer, self.vocabulary = lexer, vocabulary
        scanners = {"TERM": self._terms, "TERM'S": self._owning_terms, "MUTUAL": self._mutual_terms}
        self.chart = Chart(_GRAMMAR, lexer, scanners)
        found = [reading for _, reading in self.chart.whole()] if lexer.ends_well else []
        most = max((reading.weight for reading in found), default=0)
        best = [reading for reading in found if reading.weight == most]
        self.questions = list(dict.fromkeys(map(self._question, best)))

    @property
    def likely(self) -> bool:
        """Whether the sentence seems to be about relatives, even if it is not understood."""
        words = [token.word for token in self.lexer.tokens]
        return any(word in _CUES or self.vocabulary.called(word) for word in words)

    def _question(self, reading: Reading) -> KinQuestion:
        said, terms = dict(reading.captures), terms_of(reading.captures)
        if not terms:
            return Between(said["person"], said["relative"])
        kin = Kin(said["person"], self.vocabulary.term(terms))
        return Claim(kin, said["relative"]) if "relative" in said else kin

    def _terms(self, lexer: Lexer, position: int) -> Iterator[Item]:
        for end, said in lexer.spans(position, _LONGEST_TERM, _WITHIN):
            term = self.vocabulary.called(said)
            if term is not None:
                yield Item.named(position, end, term.name)
                yield from self._sided(position, end, term.name)
        yield from self._rules(position)

    def _sided(self, position: int, end: int, name: str) -> Iterator[Item]:
        for side, phrases in SIDES.items():
            term = self.vocabulary.called(f"{side} {name}")
            if term is not None:
                for phrase in self.lexer.phrases(end, phrases):
                    yield Item.named(position, phrase.end, term.name)

    def _rules(self, position: int) -> Iterator[Item]:
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
                    yield Item.named(position, end, self.vocabulary.term(rule).name)
                except UsageError:  # the rule may go on
                    continue

    def _owning_terms(self, lexer: Lexer, position: int) -> Iterator[Item]:
        for end, _ in lexer.spans(position, _LONGEST_TERM, _WITHIN):
            words = [token.word for token in lexer.tokens[position : end - 1]]
            for base, after in lexer.bases(end - 1):
                term = self.vocabulary.called(" ".join([*words, base]))
                if term is not None:
                    yield Item.named(position, after, term.name)

    def _mutual_terms(self, lexer: Lexer, position: int) -> Iterator[Item]:
        return (item for item in self._terms(lexer, position) if item.value in MUTUAL)


def _married(lexer: Lexer, position: int) -> Iterator[Item]:
    phrases = lexer.phrases(position, KIN_PHRASES["MARRIED"])
    return (Item.named(position, phrase.end, "spouse") for phrase in phrases)


_GRAMMAR = Grammar(
    forms=[(form, lambda captures: captures) for form in _FORMS],
    phrases=KIN_PHRASES,
    scanners={"NODE": Lexer.nodes, "OWNER": Lexer.owners, "MARRIED": _married},
    parts=_PARTS,
    longest=_MOST_TERMS + 1,
)
