"""English words for relatives that stand for others, or for several: "aunts and uncles", "in-laws"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphdnc.language.free.kin_words import in_english

_IGNORE = re.IGNORECASE
_TERM = r"[\w-]+(?:[ -](?:in-law|in-laws|once removed|twice removed))?"
_BEFORE = ["great", "half", "step", "maternal", "paternal", "female", "male"]
_OPPOSITE = {
    word: opposite
    for opposite, words in {
        "children": "parent mother father mum mom dad",
        "parents": "daughter son child kid",
        "siblings": "brother sister sibling",
        "spouse": "wife husband spouse partner",
        "grandchildren": "grandmother grandfather grandma grandpa grandad gran nan grandparent",
        "grandparents": "grandson granddaughter grandchild",
        "nieces and nephews": "aunt uncle auntie",
        "aunts and uncles": "niece nephew",
        "cousins": "cousin",
    }.items()
    for word in words.split()
}
"""What somebody is asked for by: "whose aunt is Kate?" asks for her nieces and nephews."""
_WHOSE = re.compile(rf"whose\s+({'|'.join(_OPPOSITE)})\s+(?:is|was)\s+(.+?)\s*\??$", re.IGNORECASE)
_BOTH = re.compile(rf"\b(?:({'|'.join(_BEFORE)})[ -])?({_TERM}) (?:and|or|&) ({_TERM})\b", _IGNORE)
_HYPHENED = frozenset(["great", "half", "step"])
_IN_LAWS = re.compile(r"(?<!-)\bin-?laws?\b(?! of)", _IGNORE)
_KINDS_OF_IN_LAWS = ("parents-in-law", "siblings-in-law", "children-in-law")
_WITHOUT_SEX = "cousin|sibling|child|children|grandchild|grandchildren|parent|grandparent|spouse"
_SEXED = re.compile(rf"\b(female|male)\s+((?:[\w-]+\s)?(?:{_WITHOUT_SEX})s?)\b", _IGNORE)
_KINDS_OF = "full|half|step|great|maternal|paternal|first|second|third|double"
_PAIR = re.compile(
    rf"\b(?:is|are|were)\s+(.+?)\s+and\s+(.+?)\s+((?:(?:{_KINDS_OF})[ -])*(?:{_TERM}s|wives|children))"
    r"\s*\??$",
    _IGNORE,
)
_SPEAKER = re.compile(
    r"^(?:i am|i['\u2019]?m|my name is|my name's)\s+([^.,;:!?]+?)\s*[.,;:!]\s*(\S.*)$", _IGNORE
)
"""Somebody who says who they are, and asks: "I am Freya. Who is my uncle?"."""
_FIRST_PERSON = [
    (re.compile(pattern, _IGNORE), words)
    for pattern, words in (
        (r"\bmy\b", "{}'s"),
        (r"\b(?:do|have) i\b(?= have| got)", "does {}"),
        (r"\bam i\b", "is {}"),
        (r"\b(?:to|of|with) me\b", "to {}"),
        (r"\bdo i\b", "does {}"),
    )
]
_COUPLE = "husband and wife|wife and husband|a couple|spouses|partners|man and wife"
_TITLES = "queen|king|prince|princess|sir|lord|lady|dame|mr|mrs|ms|miss|dr|saint|count|duke|duchess"
_END = r"\s*\??$"
_ALIKE = [
    (re.compile(pattern, _IGNORE), words)
    for pattern, words in (
        (rf"\b(?:is|are)\s+(.+?)\s+and\s+(.+?)\s+(?:{_COUPLE})\b", r"are \1 and \2 married"),
        (
            r"\b(?:is|are)\s+(.+?)\s+and\s+(.+?)\s+(?:brother and sister|sister and brother)\b",
            r"are \1 and \2 siblings",
        ),
        (rf"^(?:is|was)\s+(.+?)\s+married{_END}", r"does \1 have a spouse"),
        (
            rf"^whom?\s+(?:did|does|has|is)\s+(.+?)\s+(?:marry|married|wed|marrying){_END}",
            r"who is \1's spouse",
        ),
        (rf"^who\s+(?:married|wed|is married to|was married to)\s+(.+?){_END}", r"who is \1's spouse"),
        (
            rf"^(?:which|who) of\s+(.+?['\u2019]s .+?)\s+(?:are|is)\s+(female|male){_END}",
            r"who are \1[\2]",
        ),
        (r"\bhalf[- ]?aunts?\b", "parent/half-sister"),
        (r"\bhalf[- ]?uncles?\b", "parent/half-brother"),
        (rf"\b(?:{_TITLES})\.?\s+(?=\S)", ""),
    )
]
"""Patterns of sentences, and what to ask in their place."""


def _by_name(name: str, question: str) -> str:
    """Return a question that somebody asks about their relatives, with their name."""
    for pattern, words in _FIRST_PERSON:
        question = pattern.sub(lambda _, words=words: words.format(name), question)  # type: ignore[misc]
    return question


def kin_sentences(sentence: str) -> Iterator[list[str]]:
    """Yield other sentences that ask the same, each time one or several that are asked together.

    >>> list(kin_sentences("Who are Kate's aunts and uncles?"))
    [["Who are Kate's aunts?", "Who are Kate's uncles?"]]
    """
    yield from ([said] for said in in_english(sentence))
    if speaker := _SPEAKER.match(sentence):
        yield [_by_name(*speaker.groups())]
    if whose := _WHOSE.match(sentence):
        yield [f"who are {whose[2]}'s {term}" for term in _OPPOSITE[whose[1].casefold()].split(" and ")]
    sexed = _SEXED.search(sentence)
    if sexed:
        by_sex = f"{sexed[2]}[{sexed[1].casefold()}]"
        yield [sentence[: sexed.start()] + by_sex + sentence[sexed.end() :]]
    for pattern, words in _ALIKE:
        said = pattern.sub(words, sentence)
        if said != sentence:
            yield [said]
    if pair := _PAIR.search(sentence):
        one, other, term = pair.groups()
        yield [f"is {other} {one}'s {term}", f"is {one} {other}'s {term}"]
    if _IN_LAWS.search(sentence):
        yield [_IN_LAWS.sub(term, sentence, count=1) for term in _KINDS_OF_IN_LAWS]
    for both in _BOTH.finditer(sentence):
        before = both[1] or ""
        joint = "" if not before else "-" if before.casefold() in _HYPHENED else " "
        begin, end = sentence[: both.start()], sentence[both.end() :]
        yield [f"{begin}{before}{joint}{term}{end}" for term in (both[2], both[3])]
