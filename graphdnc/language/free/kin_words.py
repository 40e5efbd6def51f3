"""Questions about relatives in other languages, as English ones: "Wer ist Freyas Mutter?".

The forms are data, ``[kin]`` of each language, and so are the words for relatives
(:mod:`graphdnc.kinship.words`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from graphdnc.kinship.rules import step_word
from graphdnc.kinship.words import understand
from graphdnc.language.free.words import LANGUAGES, kin_forms, sides
from graphdnc.names import fold

_PARTS = {
    "OWNER": r"(?P<name>[^?,]+?)(?:['\u2019]s?|s)",
    "NAME": r"(?P<name>[^?,]+?)",
    "OTHER": r"(?P<other>[^?,]+?)",
    "TERM": r"(?P<term>[\w-]+(?: [\w-]+)?)",
}
_PART = re.compile("|".join(_PARTS))
_ENDINGS = ("", "n", "en", "s", "e", "es", "nen")
"""Endings of plurals."""


def in_english(sentence: str) -> Iterator[str]:
    """Yield English sentences that ask what a sentence in another language asks about relatives.

    >>> next(in_english("Wer ist Freyas Mutter?"))
    "Who are Freya's mother?"
    """
    for pattern, asked in _forms():
        found = pattern.fullmatch(sentence.strip(" \xa1\xbf?!."))
        if found is None:
            continue
        said = found.groupdict()
        term = None if "term" not in said else _term(said["term"])
        if "term" in said and term is None:
            continue
        parts = {"NAME": said["name"].strip(), "OTHER": (said.get("other") or "").strip(), "TERM": term or ""}
        yield _PART.sub(lambda part, parts=parts: parts[part[0]], asked)  # type: ignore[misc]


def _term(said: str) -> str | None:
    """Return the English term for a word, of one or of several, and the side of the family beside it."""
    words = said.split()
    for side, beside in sides().items():
        rest = " ".join(word for word in words if fold(word) not in beside)
        if rest and rest != said:
            term = _term_alone(rest)
            return term and f"{side} {term}"
    return _term_alone(said)


def _term_alone(said: str) -> str | None:
    for ending in _ENDINGS:
        meaning = understand(said.removesuffix(ending)) if said.endswith(ending) else None
        if meaning is not None and not meaning.apart and not meaning.sex:
            return step_word(*meaning.role) if meaning.role else meaning.term
    return None


@lru_cache(maxsize=1)
def _forms() -> list[tuple[re.Pattern[str], str]]:
    """Return the forms of all languages but English, and the English form of the same kind."""
    english = kin_forms(LANGUAGES[0])
    return [
        (re.compile(_PART.sub(lambda part: _PARTS[part[0]], form), re.IGNORECASE), english[kind][0])
        for language in LANGUAGES[1:]
        for kind, forms in kin_forms(language).items()
        for form in forms
    ]
