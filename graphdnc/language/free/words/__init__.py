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
from typing import Any

from graphdnc.names import fold

LANGUAGES = ("en", "de", "fr", "es")
"""The languages, in the order in which a sentence is read in them."""
_TOKEN = re.compile(r"[()\[\]|]|[^\s()\[\]|]+")


@dataclass(frozen=True)
class Meaning:
    """What relations of some names are about.

    Attributes:
        names: folded names of relations that lead from the one that has to the one that is had.
        opposite: the same of relations that lead the other way round.
        had: nouns for what they lead to: "dependencies".
        having: nouns for what leads there: "dependents".
        above: phrases before a node for what it leads to: "above".
        below: the same for what leads to it: "under".
    """

    names: frozenset[str]
    opposite: frozenset[str]
    had: frozenset[str]
    having: frozenset[str]
    above: frozenset[str]
    below: frozenset[str]


@dataclass(frozen=True)
class Words:
    """The words of a language.

    Attributes:
        name: the name of the language in that language.
        phrases: the phrases of each kind, such as "VIA".
        directions: the words for each direction of a line, such as "northbound", and "any".
        numbers: numbers in words.
        units: words for steps.
        meanings: what relations are about.
    """

    name: str
    phrases: Mapping[str, frozenset[str]]
    directions: Mapping[str, frozenset[str]]
    numbers: Mapping[str, int]
    units: frozenset[str]
    meanings: tuple[Meaning, ...]


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
    return Words(
        data["name"],
        {kind.upper(): _phrases(templates) for kind, templates in kinds.items()},
        {direction: _phrases(templates) for direction, templates in data["directions"].items()},
        numbers | {fold(word): number for word, number in data["numbers"]["also"].items()},
        _phrases(data["numbers"]["units"]),
        tuple(_meaning(one) for one in data["meanings"]),
    )


def kin_forms(language: str) -> dict[str, list[str]]:
    """Return the forms of questions about relatives, by kind; those of English are what is asked instead."""
    found: dict[str, list[str]] = _read(language)["kin"]
    return found


def _meaning(data: Mapping[str, list[str]]) -> Meaning:
    names, opposite = (frozenset(map(fold, data[key])) for key in ("names", "opposite"))
    return Meaning(names, opposite, *(_phrases(data[key]) for key in ("had", "having", "above", "below")))


def _read(language: str) -> dict[str, Any]:
    path = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
