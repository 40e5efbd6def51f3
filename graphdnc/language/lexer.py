"""A sentence as words, and the phrases, counts and names of a graph that begin at each word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from graphdnc.graph import Graph
from graphdnc.language.counts import REPEATED, TENS, read_count
from graphdnc.language.free.relation_names import relation_index
from graphdnc.language.phrases import BE, LONGEST
from graphdnc.names import NameIndex, fold, node_index, normalise, words

_SEPARATORS = frozenset(
    ",;:.?!\u00bf\u00a1()[]\"'\u2018\u2019\u201c\u201d\u00ab\u00bb\u2026\u2013\u2014\u2192\u21d2->=/_"
)
SOFT = frozenset(".-/'\u2019_")
"""Signs that people often add to names or leave out: "St. Pancras", "Heathrow Terminals 2-3"."""
_JOINING = frozenset("-'\u2019")
"""Signs between the words of a phrase: "y a-t-il"."""
PAUSES = frozenset(",;:.!")
"""Signs that end a clause."""
APOSTROPHES = frozenset("'`\u2018\u2019\u02bc")
_ARROW = re.compile("[-=]*>|[\u2192\u21d2]")
_OWNER = re.compile(f"(.+)[{''.join(sorted(APOSTROPHES))}]s", re.IGNORECASE)


class Token(NamedTuple):
    """A folded word, its place in the text, and the signs between it and the previous word."""

    word: str
    start: int
    end: int
    gap: frozenset[str]


class Item(NamedTuple):
    """Some words read as one thing.

    Attributes:
        end: the number of the word after the item.
        value: the count, the number of the node or relation, or the term; ``None`` for a phrase.
        covers: the number of words that are read as a name.
        weight: the number of these words that count against other readings.
    """

    end: int
    value: Any = None
    covers: int = 0
    weight: int = 0

    @classmethod
    def named(cls, begin: int, end: int, value: Any) -> Item:
        """Return an item whose words are all read as a name."""
        return cls(end, value, end - begin, end - begin)


class Lexer:
    """A sentence about a graph.

    The methods that take a position yield what begins at the word with that number.

    Attributes:
        text: the sentence, normalised.
        tokens: its words.
        names: the names of the graph, by "NODE" and "RELATION".
        ends_well: whether only punctuation follows the last word.
    """

    def __init__(self, text: str, graph: Graph, nodes: NameIndex | None = None) -> None:
        """Cut a sentence about a graph; ``nodes`` are the names of its nodes, by default those it has."""
        self.text = normalise(text)
        self.names = {"NODE": nodes or node_index(graph), "RELATION": relation_index(graph)}
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

    def opens(self, position: int) -> bool:
        """Return whether only punctuation stands before a word."""
        return self.tokens[position].gap <= self._signs

    def arrow(self, position: int) -> bool:
        """Return whether an arrow stands before a word."""
        between = self.text[self.tokens[position - 1].end : self.tokens[position].start] if position else ""
        return _ARROW.search(between) is not None

    def spans(
        self, position: int, longest: int, within: frozenset[str] = frozenset()
    ) -> Iterator[tuple[int, str]]:
        """Yield the next one, two, ... words and their end. Only the signs ``within`` may separate them."""
        said: list[str] = []
        for end in range(position, min(position + longest, len(self.tokens))):
            if end > position and not self.tokens[end].gap <= within:
                return
            said.append(self.tokens[end].word)
            yield end + 1, " ".join(said)

    def phrases(self, position: int, phrases: frozenset[str]) -> Iterator[Item]:
        """Yield phrases of a kind."""
        if position not in self._spans:
            self._spans[position] = list(self.spans(position, LONGEST, _JOINING))
        return (Item(end) for end, said in self._spans[position] if said in phrases)

    def counts(self, position: int) -> Iterator[Item]:
        """Yield counts: "two stops", "twice"."""
        if self._within_number(position):
            return
        for end in range(position + 1, min(position + LONGEST, len(self.tokens)) + 1):
            if end > position + 1 and self.tokens[end - 1].gap and not self._within_number(end - 1):
                return
            count = read_count([token.word for token in self.tokens[position:end]])
            if count is not None:
                yield Item(end, count)

    def times(self, position: int) -> Iterator[Item]:
        """Yield counts that may follow a relation. After a comma, "twice" could mean all steps so far."""
        pause = self.tokens[position].gap & PAUSES
        for item in self.counts(position):
            if not (pause and self.tokens[item.end - 1].word in REPEATED):
                yield item

    def _within_number(self, position: int) -> bool:
        """Return whether a word is the second of a number with a hyphen, such as "twenty-one"."""
        hyphen = position > 0 and self.tokens[position].gap == {"-"}
        return hyphen and self.tokens[position - 1].word in TENS

    def nodes(self, position: int) -> Iterator[Item]:
        """Yield nodes, long names first."""
        return self._find("NODE", range(position, len(self.tokens)))

    def relations(self, position: int) -> Iterator[Item]:
        """Yield relations, long names first."""
        return self._find("RELATION", range(position, len(self.tokens)))

    def lines(self, position: int) -> Iterator[Item]:
        """Yield relations without the word "line": "Central eastbound" for "Central line eastbound"."""
        if self.tokens[position].word != "line":
            longest = 2 * max(self.names["RELATION"].lengths, default=0)
            within = range(position, len(self.tokens))[:longest]
            yield from self._find("RELATION", [at for at in within if self.tokens[at].word != "line"])

    def owners(self, position: int, kind: str = "NODE") -> Iterator[Item]:
        """Yield names as owners: "Freya's", "James'", or "freyas" with the apostrophe left out."""
        for span in self._windows(kind, range(position, len(self.tokens))):
            for base, end in self.bases(span[-1]):
                yield from (Item.named(position, end, one) for one in self._names(kind, span, base))

    def verbs(self, position: int) -> Iterator[Item]:
        """Yield relations in the form after "does": "report to" for "reports to"."""
        for span in self._windows("RELATION", range(position, len(self.tokens))):
            first, *rest = (self.tokens[at].word for at in span)
            for said in _third_person(first):
                yield from self._called(position, span[-1] + 1, " ".join([said, *rest]))

    def predicates(self, position: int) -> Iterator[Item]:
        """Yield relations that begin with "is", without that word: "part of" for "is part of"."""
        for span in self._windows("RELATION", range(position, len(self.tokens)), less=1):
            rest = " ".join(self.tokens[at].word for at in span)
            for said in sorted(BE.split()):
                yield from self._called(position, span[-1] + 1, f"{said} {rest}")

    def bases(self, position: int) -> Iterator[tuple[str, int]]:
        """Yield a word without the ending of an owner, and the number of the next word."""
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

    def _windows(self, kind: str, positions: Sequence[int], less: int = 0) -> Iterator[Sequence[int]]:
        """Yield the first words of ``positions``, as many as names of a kind have, less some."""
        for length in self.names[kind].lengths:
            if less < length <= len(positions) + less:
                yield positions[: length - less]

    def _find(self, kind: str, positions: Sequence[int]) -> Iterator[Item]:
        for span in self._windows(kind, positions):
            yield from (Item.named(positions[0], span[-1] + 1, one) for one in self._names(kind, span))

    def _called(self, position: int, end: int, name: str) -> Iterator[Item]:
        return (Item.named(position, end, one) for one in self.names["RELATION"].folded.get(name, []))

    def _names(self, kind: str, span: Sequence[int], last: str | None = None) -> list[int]:
        """Return the numbers of the names that some words match, with ``last`` in place of the last word."""
        index = self.names[kind]
        parts = [self.tokens[at].word for at in span]
        numbers = index.folded.get(" ".join([*parts[:-1], last or parts[-1]]), [])
        gaps: set[str] = set().union(*(self.tokens[at].gap for at in span[1:])) - SOFT
        fitting = [number for number in numbers if gaps <= set(normalise(index.names[number]))]
        start = self.tokens[span[0]].start
        exact = [one for one in fitting if self.text.startswith(normalise(index.names[one]), start)]
        return [max(exact, key=lambda number: len(index.names[number]))] if exact else fitting


def _third_person(verb: str) -> list[str]:
    """Return a verb with the endings that it may have after "he": reports, watches, carries, has."""
    if verb == "have":
        return ["has"]
    return [f"{verb}s", f"{verb}es", *([f"{verb[:-1]}ies"] if verb.endswith("y") else [])]
