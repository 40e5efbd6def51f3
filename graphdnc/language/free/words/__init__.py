"""The words of questions by language, as data: a TOML file for each language, read into :class:`Words`.

``en.toml`` explains the files. To add a language, translate one of them; every file has the same kinds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Literal

from graphdnc.language.free.verbs import verb_forms
from graphdnc.names import fold

LANGUAGES = ("en", "de", "fr", "es")
"""The languages, in the order in which a sentence is read in them."""
_TOKEN = re.compile(r"[()\[\]|]|[^\s()\[\]|]+")
_PLAIN = re.compile(r"(?<![^\s()\[\]|])[^\W\d_A-Z]+(?![^\s()\[\]|*+])")


Span = Literal["one", "said", "any"]
"""Over how many steps a fact holds: one; one, but more are said in the answer; or any number."""


@dataclass(frozen=True)
class Meaning:
    """What relations of some names are about.

    Attributes:
        key: the same in all languages.
        span: over how many steps a fact holds: what a dependency needs is needed, too.
        names: folded names of relations that lead from the one that has to the one that is had.
        plurals: their forms for several subjects, in languages where the subject may follow the verb.
        opposite: the same of relations that lead the other way round.
        had: nouns for what they lead to: "dependencies".
        having: nouns for what leads there: "dependents".
        above: phrases before a node for what it leads to: "above".
        below: the same for what leads to it: "under".
        asks: forms of questions with these relations, in words of their own, by what they ask for; a form
            may name kinds and parts of ``forms.py``, such as N, the node that is asked about.
    """

    key: str
    span: Span
    names: frozenset[str]
    plurals: frozenset[str]
    opposite: frozenset[str]
    had: frozenset[str]
    having: frozenset[str]
    above: frozenset[str]
    below: frozenset[str]
    asks: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Words:
    """The words of a language.

    Attributes:
        name: the name of the language in that language.
        phrases: the phrases of each kind, such as "VIA".
        directions: the words for each direction of a line, such as "northbound", and "any".
        numbers: numbers in words.
        units: words for steps.
        changes: words for changes.
        meanings: what relations are about.
        verb_first: whether the subject may follow the verb: "Was braucht flask?"
        inside: words that may follow the first word of a verb: "depends directly on".
    """

    name: str
    phrases: Mapping[str, frozenset[str]]
    directions: Mapping[str, frozenset[str]]
    numbers: Mapping[str, int]
    units: frozenset[str]
    changes: frozenset[str]
    meanings: tuple[Meaning, ...]
    verb_first: bool
    inside: frozenset[str]


def expand(template: str) -> Iterator[str]:
    """Yield the phrases that a template stands for, folded.

    >>> sorted(expand("[the] (best|shortest) way"))
    ['best way', 'shortest way', 'the best way', 'the shortest way']
    """
    tokens = _TOKEN.findall(template)
    choices, at = _choices(tokens, 0)
    if at != len(tokens):
        raise ValueError(f"{template!r} cannot be read at {tokens[at]!r}")
    return (said for said in choices if said)


def _choices(tokens: list[str], at: int) -> tuple[list[str], int]:
    """Return the phrases of a choice up to its end, and the place after them."""
    found: list[str] = []
    parts: list[list[str]] = []
    while True:
        token = tokens[at] if at < len(tokens) else ""
        if token in ("", "|", ")", "]"):
            found += (" ".join(filter(None, each)) for each in product(*parts))
            parts = []
            if token != "|":
                return found, at
            at += 1
        elif token in ("(", "["):
            inner, at = _choices(tokens, at + 1)
            parts.append(["", *inner] if token == "[" else inner)
            at += 1
        else:
            parts.append([fold(token)])
            at += 1


def _phrases(templates: Iterable[str]) -> frozenset[str]:
    return frozenset(phrase for template in templates for phrase in expand(template))


@lru_cache(maxsize=len(LANGUAGES))
def words_of(language: str) -> Words:
    """Return the words of a language, cached."""
    data = _read(language)
    kinds = {
        **data["phrases"],
        **data["line"],
        **{f"ride-{kind}": said for kind, said in data["ride"].items()},
    }
    numbers = {fold(word): number for number, word in enumerate(data["numbers"]["words"], start=1)}
    meanings = tuple(_meaning(one, language == "en") for one in data["meanings"])
    own = (word for meaning in meanings for forms in meaning.asks.values() for word in own_words(forms))
    return Words(
        data["name"],
        {kind.upper(): _phrases(templates) for kind, templates in kinds.items()}
        | {word: frozenset([fold(word)]) for word in own},
        {direction: _phrases(templates) for direction, templates in data["directions"].items()},
        numbers | {fold(word): number for word, number in data["numbers"]["also"].items()},
        _phrases(data["numbers"]["units"]),
        _phrases(data["numbers"]["changes"]),
        meanings,
        data["order"]["verb-first"],
        _phrases(data["order"]["inside"]),
    )


def own_words(forms: Iterable[str]) -> Iterator[str]:
    """Yield the words in forms that are no kinds or parts: those in small letters."""
    return (word for form in forms for word in _PLAIN.findall(form))


def kin_forms(language: str) -> dict[str, list[str]]:
    """Return the forms of questions about relatives, by kind; those of English are what is asked instead."""
    found: dict[str, list[str]] = _read(language)["kin"]
    return found


@lru_cache(maxsize=1)
def sides() -> dict[str, frozenset[str]]:
    """Return the words of all languages for each side of a family, "maternal" and "paternal"."""
    found: dict[str, frozenset[str]] = {}
    for language in LANGUAGES:
        for side, words in _read(language)["sides"].items():
            found[side] = found.get(side, frozenset()) | frozenset(map(fold, words))
    return found


@lru_cache(maxsize=1)
def verbs_of_nouns() -> dict[str, str]:
    """Return the verbs that people ask with where a relation is named by a noun, by the noun, folded."""
    languages = map(_read, LANGUAGES)
    return {fold(noun): verb for data in languages for noun, verb in data["order"]["verbs-of-nouns"]}


def _meaning(data: Mapping[str, Any], english: bool) -> Meaning:
    lists = ("names", "plurals", "opposite", "had", "having", "above", "below")
    said = {key: _phrases(data[key]) for key in lists}
    if english:
        said |= {key: frozenset().union(*map(verb_forms, said[key])) for key in ("names", "opposite")}
    asks = {kind: tuple(forms) for kind, forms in data.get("asks", {}).items()}
    return Meaning(data["key"], data["span"], **said, asks=asks)


@lru_cache(maxsize=len(LANGUAGES))
def _read(language: str) -> dict[str, Any]:
    path = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
