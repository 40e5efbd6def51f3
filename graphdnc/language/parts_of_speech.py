"""Whether the name of a relation is a verb, or follows "is": only then a triple is a sentence."""

from __future__ import annotations

from graphdnc.language.phrases import (
    LEANED_ON,
    LEANING,
    NO_VERBS,
    PAST,
    PLACING,
    PREPOSITIONS,
    RELATION_PHRASES,
)

_ARTICLES = RELATION_PHRASES["THE"]


def is_verb(words: list[str]) -> bool:
    """Whether a relation is what somebody does: "reports to", "likes", "founded", but not "parents"."""
    first = (words or [""])[0]
    if first in NO_VERBS or first in RELATION_PHRASES["IS"] or set(words) <= {"has", "does", *_ARTICLES}:
        return False
    third_person = first.endswith("s") and not first.endswith(("ss", "us", "is"))
    return third_person or first.endswith("ed") or first in PAST


def says_is(words: list[str]) -> bool:
    """Whether a relation is what somebody is, with the "is": "is part of", but not "is" or "is a"."""
    return bool(words) and words[0] in RELATION_PHRASES["IS"] and not set(words[1:]) <= _ARTICLES


def follows_is(words: list[str]) -> bool:
    """Whether "is" and a relation are what somebody is: "part of", "in", but not "sold to" or "bus to"."""
    if len(words) < 2:
        return bool(words) and words[0] in PLACING
    first, last = words[0], words[-1]
    if last not in PREPOSITIONS or first in RELATION_PHRASES["IS"] | RELATION_PHRASES["DOES"]:
        return False
    if last in LEANING:
        return first in LEANED_ON
    return first in NO_VERBS or not first.endswith("s") or first.endswith(("ss", "us"))
