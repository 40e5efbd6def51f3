"""The grammar of relation names: a triple is a sentence only if its relation is a verb or fits after "is"."""

from __future__ import annotations

from graphdnc.language.phrases import RELATION_PHRASES, joined

_PREPOSITIONS = joined(
    "of in on at by with to from for into onto under over above below near inside outside behind beside "
    "after before about"
)
"""Last words of relations that fit after "is": "who is part OF Europe?"."""
_LOCATIONS = _PREPOSITIONS - joined("of by with to from for into onto about")
"""Prepositions that fit after "is" alone: "who is IN Rome?"."""
_MOTIONS = joined("to from for")
"""Prepositions that also follow verbs, "sold to", and nouns, "bus to": those do not fit after "is"."""
_ADJECTIVES = joined(
    "related connected linked married attached assigned opposed engaged next close similar equal "
    "adjacent opposite"
)
"""First words with which they fit after "is": "who is NEXT TO Bob?"."""
_PAST = joined(
    "wrote made built won led sold taught met knew saw bought sent gave took ran beat began became held "
    "kept left lost paid spoke drew drove ate sang fought caught came went told found felt hired"
)
"""Irregular verbs in the past tense."""
_NOUNS = joined(
    "parents friends siblings cousins neighbours neighbors colleagues brothers sisters sons wives "
    "daughters husbands members employees managers owners authors actors lines stops stations roads "
    "series species edges routes streets ways steps tags topics types names parts news buses trains "
    "classes bosses aliases statuses addresses towns cities countries rivers lakes colours colors"
)
"""Plurals that look like verbs, as "reports" does, but name things in most graphs."""
_ARTICLES = RELATION_PHRASES["THE"]


def is_verb(words: list[str]) -> bool:
    """Return whether a name begins with a verb: "reports to", "likes", "founded", but not "parents"."""
    first = (words or [""])[0]
    if first in _NOUNS or first in RELATION_PHRASES["IS"] or set(words) <= {"has", "does", *_ARTICLES}:
        return False
    third_person = first.endswith("s") and not first.endswith(("ss", "us", "is"))
    return third_person or first.endswith("ed") or first in _PAST


def says_is(words: list[str]) -> bool:
    """Return whether a name begins with "is" and says more: "is part of", but not "is" or "is a"."""
    return bool(words) and words[0] in RELATION_PHRASES["IS"] and not set(words[1:]) <= _ARTICLES


def follows_is(words: list[str]) -> bool:
    """Return whether a name fits after "is": "part of", "in", but not "sold to" or "bus to"."""
    if len(words) < 2:
        return bool(words) and words[0] in _LOCATIONS
    first, last = words[0], words[-1]
    if last not in _PREPOSITIONS or first in RELATION_PHRASES["IS"] | RELATION_PHRASES["DOES"]:
        return False
    if last in _MOTIONS:
        return first in _ADJECTIVES
    return first in _NOUNS or not first.endswith("s") or first.endswith(("ss", "us"))


def is_role(words: list[str]) -> bool:
    """Return whether a name fits after "is the": "capital of"."""
    return len(words) > 1 and words[-1] == "of" and follows_is(words)
