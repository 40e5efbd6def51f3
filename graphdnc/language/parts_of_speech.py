"""The grammar of relation names: a triple is a sentence only if its relation is a verb or fits after "is"."""

from __future__ import annotations

from graphdnc.language.phrases import (
    ADJECTIVES,
    LOCATIONS,
    MOTIONS,
    NOUNS,
    PAST,
    PREPOSITIONS,
    RELATION_PHRASES,
)

_ARTICLES = RELATION_PHRASES["THE"]


def is_verb(words: list[str]) -> bool:
    """Return whether a name begins with a verb: "reports to", "likes", "founded", but not "parents"."""
    first = (words or [""])[0]
    if first in NOUNS or first in RELATION_PHRASES["IS"] or set(words) <= {"has", "does", *_ARTICLES}:
        return False
    third_person = first.endswith("s") and not first.endswith(("ss", "us", "is"))
    return third_person or first.endswith("ed") or first in PAST


def says_is(words: list[str]) -> bool:
    """Return whether a name begins with "is" and says more: "is part of", but not "is" or "is a"."""
    return bool(words) and words[0] in RELATION_PHRASES["IS"] and not set(words[1:]) <= _ARTICLES


def follows_is(words: list[str]) -> bool:
    """Return whether a name fits after "is": "part of", "in", but not "sold to" or "bus to"."""
    if len(words) < 2:
        return bool(words) and words[0] in LOCATIONS
    first, last = words[0], words[-1]
    if last not in PREPOSITIONS or first in RELATION_PHRASES["IS"] | RELATION_PHRASES["DOES"]:
        return False
    if last in MOTIONS:
        return first in ADJECTIVES
    return first in NOUNS or not first.endswith("s") or first.endswith(("ss", "us"))


def is_role(words: list[str]) -> bool:
    """Return whether a name fits after "is the": "capital of"."""
    return len(words) > 1 and words[-1] == "of" and follows_is(words)
