"""A sentence as words, and what its words can be read as: phrases, counts and names of a graph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from graphdnc.graph import Graph
from graphdnc.language.counts import REPEATED, TENS, read_count
from graphdnc.language.phrases import BE, LONGEST
from graphdnc.names import fold, node_index, normalise, relation_index, words

_SEPARATORS = frozenset(
    ",;:.?!()[]\"'\u2018\u2019\u201c\u201d\u00ab\u00bb\u2026\u2013\u2014\u2192\u21d2->=/_"
)
SOFT = frozenset(".-/'\u2019_")
"""Signs that people leave out of names or put in: "St. Pancras", "Heathrow Terminals 2-3"."""
_PAUSES = frozenset(",;:.")
APOSTROPHES = frozenset("'`\u2018\u2019\u02bc")
_ARROW = re.compile("[-=]*>|[\u2192\u21d2]")
_OWNER = re.compile(f"(.+)[{''.join(sorted(APOSTROPHES))}]s", re.IGNORECASE)


class Token(NamedTuple):
    """A folded word, where it stands in the text, and the signs between it and the word before."""

    word: str
    start: int
    end: int
    gap: frozenset[str]


class Item(NamedTuple):
    """Some tokens read as one thing.

    Attributes:
        end: how many tokens of the sentence are read then.
        value: a count, the number of a node or relation, or what else is noted.
        covers: how many words are read as a name.
        weight: how many of them count against other readings.
    """

    end: int
    value: Any = None
    covers: int = 0
    weight: int = 0


class Lexer:
    """A sentence about a graph.

    Attributes:
        text: the sentence, normalised.
        tokens: its words.
        names: the names of the graph by kind of item, "NODE" and "RELATION".
        ends_well: whether nothing but punctuation follows the last word.
    """

    def __init__(self, text: str, graph: Graph) -> None:
        self.text = normalise(text)
        self.names = {"NODE": node_index(graph), "RELATION": relation_index(graph)}
        self.tokens: list[Token] = []
        self._spans: dict[int, list[tuple[int, str]]] = {}
        self._signs = _SEPARATORS | self.names["NODE"].signs | self.names["RELATION"].signs
        end = 0
        for word, start, after in words(self.text):
            self.tokens.append(Token(word, start, after, self._between(end, start)))
            end = after
        self.ends_well = self._between(end, len(self.text)) <= self._signs

    def _between(self, start: int, end: int) -> frozenset[str]:
        return frozenset("".join(self.text[start:end].split()))

    def phrases(self, position: int, phrases: frozenset[str]) -> Iterator[Item]:
        """Yield the phrases of a kind that begin at a position."""
        if position not in self._spans:
            self._spans[position] = list(self.spans(position, LONGEST))
        return (Item(end) for end, said in self._spans[position] if said in phrases)

    def counts(self, position: int) -> Iterator[Item]:
        """Yield the counts that begin at a position: "two stops", "twice"."""
        if self._within_number(position):
            return
        for end in range(position + 1, min(position + LONGEST, len(self.tokens)) + 1):
            if end > position + 1 and self.tokens[end - 1].gap and not self._within_number(end - 1):
                return
            count = read_count([token.word for token in self.tokens[position:end]])
            if count is not None:
                yield Item(end, count)

    def times(self, position: int) -> Iterator[Item]:
        """Yield the counts that may follow a relation; after a comma "twice" could mean all steps before."""
        pause = self.tokens[position].gap & _PAUSES
        return (
            one for one in self.counts(position) if not (pause and self.tokens[one.end - 1].word in REPEATED)
        )

    def _within_number(self, position: int) -> bool:
        """Whether a token goes on a number of two words, as "one" does in "twenty-one"."""
        hyphen = position > 0 and self.tokens[position].gap == {"-"}
        return hyphen and self.tokens[position - 1].word in TENS

    def _find(self, kind: str, positions: Sequence[int]) -> Iterator[Item]:
        """Yield the names made of the first tokens of ``positions``, long ones first."""
        for length in self.names[kind].lengths:
            span = positions[:length]
            if len(span) == length:
                yield from (_name(positions[0], span[-1] + 1, one) for one in self._names(kind, span))

    def owners(self, position: int, kind: str = "NODE") -> Iterator[Item]:
        """Yield the nodes, or relations, whose names, as those of owners, are tokens from ``position`` on.

        That is "Freya's" of Freya, "James'" of James; where a word ends in s without an apostrophe, it may
        have been left out: "freyas".
        """
        for length in self.names[kind].lengths:
            span = range(position, position + length)
            if span[-1] < len(self.tokens):
                for base, end in self.bases(span[-1]):
                    yield from (_name(position, end, one) for one in self._names(kind, span, base))

    def bases(self, position: int) -> Iterator[tuple[str, int]]:
        """Yield what a token is without the ending of an owner, and where the next token is."""
        word, start, end, _ = self.tokens[position]
        owner = _OWNER.fullmatch(self.text[start:end])
        after = self.tokens[position + 1] if position + 1 < len(self.tokens) else None
        if owner:
            yield fold(owner[1]), position + 1
        elif after and after.word == "s" and after.gap & APOSTROPHES:  # a name in quotes
            yield word, position + 2
        elif self.text[end : end + 1] in APOSTROPHES and word.endswith(("s", "x", "z")):
            yield word, position + 1
        elif word.endswith("s"):
            yield from ((base, position + 1) for base in (word[:-1], word))

    def arrow(self, position: int) -> bool:
        """Whether an arrow stands between a token and the one before."""
        between = self.text[self.tokens[position - 1].end : self.tokens[position].start] if position else ""
        return _ARROW.search(between) is not None

    def opens(self, position: int) -> bool:
        """Whether only punctuation stands before a token."""
        return self.tokens[position].gap <= self._signs

    def spans(
        self, position: int, longest: int, within: frozenset[str] = frozenset()
    ) -> Iterator[tuple[int, str]]:
        """Yield the next one, two, ... words and where they end, with no signs between them but some."""
        said: list[str] = []
        for end in range(position, min(position + longest, len(self.tokens))):
            if end > position and not self.tokens[end].gap <= within:
                return
            said.append(self.tokens[end].word)
            yield end + 1, " ".join(said)

    def nodes(self, position: int) -> Iterator[Item]:
        """Yield the nodes whose names are the tokens from ``position`` on."""
        return self._find("NODE", range(position, len(self.tokens)))

    def relations(self, position: int) -> Iterator[Item]:
        """Yield the relations whose names are the tokens from ``position`` on."""
        return self._find("RELATION", range(position, len(self.tokens)))

    def lines(self, position: int) -> Iterator[Item]:
        """Yield relations with "line" left out: "Central eastbound" of "Central line eastbound"."""
        if self.tokens[position].word != "line":
            longest = 2 * max(self.names["RELATION"].lengths, default=0)
            within = range(position, len(self.tokens))[:longest]
            yield from self._find("RELATION", [at for at in within if self.tokens[at].word != "line"])

    def owning_relations(self, position: int) -> Iterator[Item]:
        """Yield the relations whose names, as those of owners, are tokens from ``position`` on."""
        return self.owners(position, "RELATION")

    def verbs(self, position: int) -> Iterator[Item]:
        """Yield the relations whose names tokens from ``position`` on are after "does", and where they end.

        That is "report to" of "reports to", "have part" of "has part".
        """
        for length in self.names["RELATION"].lengths:
            span = range(position, position + length)
            if span[-1] < len(self.tokens):
                first, *rest = (self.tokens[at].word for at in span)
                for said in _third_person(first):
                    name = " ".join([said, *rest])
                    numbers = self.names["RELATION"].folded.get(name, [])
                    yield from (_name(position, span[-1] + 1, number) for number in numbers)

    def predicates(self, position: int) -> Iterator[Item]:
        """Yield the relations whose names begin with "is", or the like, and go on with the tokens here.

        That is "part of" of "is part of", "founded by" of "was founded by".
        """
        for length in self.names["RELATION"].lengths:
            span = range(position, position + length - 1)
            if span and span[-1] < len(self.tokens):
                rest = " ".join(self.tokens[at].word for at in span)
                for said in sorted(BE.split()):
                    numbers = self.names["RELATION"].folded.get(f"{said} {rest}", [])
                    yield from (_name(position, span[-1] + 1, number) for number in numbers)

    def _names(self, kind: str, span: Sequence[int], last: str | None = None) -> list[int]:
        """Return what is called as some tokens are, the last one read as ``last``."""
        index = self.names[kind]
        parts = [self.tokens[i].word for i in span]
        numbers = index.folded.get(" ".join([*parts[:-1], last or parts[-1]]), [])
        gaps: set[str] = set().union(*(self.tokens[i].gap for i in span[1:])) - SOFT
        fitting = [number for number in numbers if gaps <= set(normalise(index.names[number]))]
        start = self.tokens[span[0]].start
        exact = [n for n in fitting if self.text.startswith(normalise(index.names[n]), start)]
        return [max(exact, key=lambda number: len(index.names[number]))] if exact else fitting


def _name(begin: int, end: int, number: int) -> Item:
    return Item(end, number, end - begin, end - begin)


def _third_person(verb: str) -> list[str]:
    """Return how a verb may end after "he": reports, watches, carries, has."""
    if verb == "have":
        return ["has"]
    return [f"{verb}s", f"{verb}es", *([f"{verb[:-1]}ies"] if verb.endswith("y") else [])]
