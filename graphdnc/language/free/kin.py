"""Words for relatives that stand for other words or for several: "aunts and uncles", "in-laws", "the Queen"."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TERM = r"[\w-]+(?:[ -](?:in-law|in-laws|once removed|twice removed))?"
_BOTH = re.compile(rf"\b(?:(great|half|step|maternal|paternal|female|male)[ -])?({_TERM}) (?:and|or|&) ({_TERM})\b", re.IGNORECASE)
_IN_LAWS = re.compile(r"(?<!-)\bin-?laws?\b(?! of)", re.IGNORECASE)
_SEXED = re.compile(r"\b(female|male|girl|boy)\s+((?:[\w-]+\s)?(?:cousins?|siblings?|children|child|grandchildren|grandchild|parents?|grandparents?|spouses?|first cousins?|second cousins?))\b", re.IGNORECASE)
_SIDED = {
    "female": "female", "girl": "female", "male": "male", "boy": "male",
}
_ALIKE = [
    (re.compile(rf"\b(?:is|are)\s+(.+?)\s+and\s+(.+?)\s+(?:husband and wife|wife and husband|a couple|spouses|partners|man and wife)\b", re.IGNORECASE), r"are \1 and \2 married"),
    (re.compile(r"\b(?:is|are)\s+(.+?)\s+and\s+(.+?)\s+(?:brother and sister|sister and brother)\b", re.IGNORECASE), r"are \1 and \2 siblings"),
    (re.compile(r"^(?:is|was)\s+(.+?)\s+married\s*\??$", re.IGNORECASE), r"does \1 have a spouse"),
    (re.compile(r"^(?:who(?:m)?)\s+(?:did|does|has|is)\s+(.+?)\s+(?:marry|married|wed|marrying)\s*\??$", re.IGNORECASE), r"who is \1's spouse"),
    (re.compile(r"^who\s+(?:married|wed|is married to|was married to)\s+(.+?)\s*\??$", re.IGNORECASE), r"who is \1's spouse"),
    (re.compile(r"^(?:which|who|how many) of\s+(.+?['\u2019]s .+?)\s+(?:are|is)\s+(female|male)\s*\??$", re.IGNORECASE), r"who are \1[\2]"),
    (re.compile(r"^whose (?:daughter|son|child|kid) (?:is|was)\s+(.+?)\s*\??$", re.IGNORECASE), r"who are \1's parents"),
    (re.compile(r"^whose (?:mother|father|parent|mum|dad) (?:is|was)\s+(.+?)\s*\??$", re.IGNORECASE), r"who are \1's children"),
    (re.compile(r"\b(?:queen|king|prince|princess|sir|lord|lady|dame|mr|mrs|ms|miss|dr|saint|st|count|duke|duchess)\.?\s+(?=\S)", re.IGNORECASE), ""),
]
_PAIR = re.compile(
    rf"\b(?:is|are|were)\s+(.+?)\s+and\s+(.+?)\s+({_TERM}s|wives|nieces|children)\s*\??$", re.IGNORECASE
)


def kin_sentences(sentence: str) -> Iterator[list[str]]:
    """Yield other sentences that ask the same, each time one or several that are asked together.

    >>> list(kin_sentences("Who are Kate's aunts and uncles?"))
    [["Who are Kate's aunts?", "Who are Kate's uncles?"]]
    """
    sexed = _SEXED.search(sentence)
    if sexed:
        by_sex = f"{sexed[2]}[{_SIDED[sexed[1].casefold()]}]"
        yield [sentence[: sexed.start()] + by_sex + sentence[sexed.end() :]]
    for pattern, words in _ALIKE:
        said = pattern.sub(words, sentence)
        if said != sentence:
            yield [said]
    if pair := _PAIR.search(sentence):
        one, other, term = pair.groups()
        yield [f"is {other} {one}'s {term}", f"is {one} {other}'s {term}"]
    if _IN_LAWS.search(sentence):
        yield [_IN_LAWS.sub(f"{term}-in-law", sentence, count=1) for term in ("parents", "siblings", "children")]
    for both in _BOTH.finditer(sentence):
        before = f"{both[1]}-" if both[1] and both[1].casefold() in ("great", "half", "step") else f"{both[1]} " if both[1] else ""
        yield [
            sentence[: both.start()] + before + term + sentence[both.end() :] for term in (both[2], both[3])
        ]
