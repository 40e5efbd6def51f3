"""The words of the languages: every language has every kind, and templates are read as they are written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from graphdnc.language.free import words
from graphdnc.language.phrases import LONGEST

FOLDER = Path(words.__file__).parent


def kinds(language):
    """Return the sections of a language, and the kinds in each."""
    data = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        section: set(kept)
        for section, kept in data.items()
        if isinstance(kept, dict) and section != "numbers"
    }


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_language_is_complete(language):
    assert kinds(language) == kinds("en")
    known = words.words_of(language)
    assert all(known.phrases.values())
    assert all(known.directions.values())
    assert {*range(1, 13)} <= set(known.numbers.values())
    assert len(known.meanings) == len(words.words_of("en").meanings)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_most_phrases_are_short_enough_to_be_found(language):
    said = [phrase for phrases in words.words_of(language).phrases.values() for phrase in phrases]
    assert sum(len(phrase.split()) <= LONGEST for phrase in said) > 0.99 * len(said)


def test_every_file_is_a_language():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(words.LANGUAGES)


def test_a_template_that_is_not_closed_is_refused():
    with pytest.raises(ValueError, match="cannot be read"):
        list(words.expand("the) way"))
