"""Small spelling mistakes in the words of a question. Names are never corrected.

A word is corrected if it is in no name of the graph, and one word of the questions alone differs from it by
one letter that is missing, added, other, or swapped with the next one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from graphdnc.graph import Graph
from graphdnc.kinship.vocabulary import Vocabulary, plural
from graphdnc.language.free.relation_names import relation_index
from graphdnc.language.free.words import LANGUAGES, words_of
from graphdnc.names import fold, node_index

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_SHORTEST = 4
"""Letters of a word that may be corrected. If it has no more, a letter is missing or two are swapped."""


def spelled(sentence: str, graph: Graph, terms: Vocabulary) -> str | None:
    """Return a sentence with its small mistakes corrected, or ``None`` if there are none.

    A word with a capital, other than the first, may be a name, and is left as it is.
    """
    named = words_of_names(graph)
    english = _words(LANGUAGES[:1]) | _kin(terms)
    known = english | _words(LANGUAGES[1:])
    parts, end, changed = [], 0, False
    for found in _WORD.finditer(sentence):
        word = found[0]
        parts.append(sentence[end : found.start()])
        end = found.end()
        said = fold(word)
        free = len(said) >= _SHORTEST and said not in named and said not in known
        capital = word[0].isupper() and found.start() > 0
        better = _only_near(said, english, known) if free and not capital else None
        changed = changed or better is not None
        parts.append(better or word)
    return "".join([*parts, sentence[end:]]) if changed else None


def _only_near(word: str, *lists: frozenset[str]) -> str | None:
    """Return the only word of the first list with such words that differs by one letter."""
    for known in lists:
        likely = set().union(*(_by_shortened(known).get(short, ()) for short in _shortened(word)))
        near = [one for one in likely if _differ_little(word, one)]
        if len(word) == _SHORTEST:
            near = [one for one in near if len(one) > len(word) or sorted(one) == sorted(word)]
        if near:
            return near[0] if len(near) == 1 else None
    return None


def _shortened(word: str) -> set[str]:
    """Return a word as it is, and without each of its letters: words that differ little share one."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


@lru_cache(maxsize=8)
def _by_shortened(words: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        for short in _shortened(word):
            found.setdefault(short, []).append(word)
    return found


def _differ_little(one: str, other: str) -> bool:
    """Tell whether one letter is missing, added, other, or swapped with the next.

    >>> _differ_little("shortset", "shortest"), _differ_little("betwen", "between"), _differ_little("a", "bc")
    (True, True, False)
    """
    same = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if same is None:
        return abs(len(one) - len(other)) == 1
    rest, left = one[same:], other[same:]
    if rest[1:] == left or rest == left[1:] or rest[1:] == left[1:]:
        return True
    return rest[:2] == left[:2][::-1] and rest[2:] == left[2:]


@lru_cache(maxsize=2)
def _words(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the words of questions in some languages."""
    phrases = (phrase for one in languages for kind in words_of(one).phrases.values() for phrase in kind)
    return frozenset(word for phrase in phrases for word in phrase.split())


@lru_cache(maxsize=8)
def _kin(terms: Vocabulary) -> frozenset[str]:
    """Return the words for relatives, of one and of several."""
    names = (name for term in terms for name in (term.name, *term.aliases))
    return frozenset(word for name in names for each in (name, plural(name)) for word in fold(each).split())


@lru_cache(maxsize=8)
def words_of_names(graph: Graph) -> frozenset[str]:
    """Return the words of all names of a graph."""
    indexes = (node_index(graph), relation_index(graph))
    return frozenset(word for index in indexes for name in index.folded for word in name.split())
