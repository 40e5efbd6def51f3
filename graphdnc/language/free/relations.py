"""What words for relations mean in a graph: "requires", "depend on", "dependencies" or "chain of command"."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from graphdnc.graph import Graph
from graphdnc.language.free.names import plural_forms, verb_forms
from graphdnc.language.free.words import Meaning, words_of
from graphdnc.language.parts_of_speech import is_verb, says_is
from graphdnc.names import fold
from graphdnc.questions.lists import Direction


class Sense(NamedTuple):
    """Relations, and whether a word follows them as they are ("out") or from their targets ("in")."""

    relations: frozenset[int]
    direction: Direction


class RelationWords(NamedTuple):
    """The words for the relations of a graph.

    Attributes:
        verbs: verbs in all their forms, and what fits after "is": "depend on", "part of".
        nouns: nouns, in the singular and the plural: "managers", "dependencies".
        places: words before a node: "above", "under".
    """

    verbs: dict[str, Sense]
    nouns: dict[str, Sense]
    places: dict[str, Sense]


@lru_cache(maxsize=16)
def relation_words(graph: Graph, language: str) -> RelationWords:
    """Return the words for the relations of a graph in a language, cached."""
    found = RelationWords({}, {}, {})
    names = {fold(graph.relation_name(number)): number for number in range(graph.relations)}
    for meaning in words_of(language).meanings:
        _add_meaning(found, meaning, names)
    own = RelationWords({}, {}, {})
    for name, number in names.items():
        words, sense = name.split(), Sense(frozenset([number]), "out")
        if is_verb(words) or says_is(words) or words[:1] == ["has"]:
            _join(own.verbs, verb_forms(name), sense)
        if not is_verb(words):
            _join(own.nouns, plural_forms(name.removeprefix("has ").removesuffix(" of")), sense)
            _join(own.verbs, {name} if words[-1:] == ["of"] else (), sense)
    own.verbs.update(_directly(own.verbs, language))
    found.verbs.update(_directly(found.verbs, language))
    found.verbs.update(own.verbs)  # a name of the graph says most exactly what is meant
    found.nouns.update(own.nouns)
    return found


def _directly(verbs: dict[str, Sense], language: str) -> dict[str, Sense]:
    """Return verbs with what says that one step is meant inside them: "depend directly on"."""
    if language != "en":
        return {}
    parts = ((verb.split(maxsplit=1), sense) for verb, sense in verbs.items())
    return {f"{part[0]} directly {part[1]}": sense for part, sense in parts if len(part) == 2}


def _add_meaning(found: RelationWords, meaning: Meaning, names: dict[str, int]) -> None:
    """Add the words of a meaning, if relations of the graph have it."""
    forms = {form for name in meaning.names for form in (name, *verb_forms(name))}
    against = {form for name in meaning.opposite for form in (name, *verb_forms(name))}
    out = frozenset(number for name, number in names.items() if name in forms)
    back = frozenset(number for name, number in names.items() if name in against)
    for relations, had, having in ((out, "out", "in"), (back, "in", "out")):
        if not relations:
            continue
        has, is_had = Sense(relations, _side(had)), Sense(relations, _side(having))
        _add(found.verbs, forms, has)
        _add(found.verbs, against - forms, is_had)
        _add(found.nouns, meaning.had, has)
        _add(found.nouns, meaning.having, is_had)
        _add(found.places, meaning.above, has)
        _add(found.places, meaning.below, is_had)


def _side(direction: str) -> Direction:
    return "out" if direction == "out" else "in"


def _add(words: dict[str, Sense], forms: Iterable[str], sense: Sense) -> None:
    words.update(dict.fromkeys(forms, sense))


def _join(words: dict[str, Sense], forms: Iterable[str], sense: Sense) -> None:
    """Add words that may already stand for another relation: then they stand for both."""
    for form in forms:
        known = words.get(form)
        words[form] = sense if known is None else Sense(known.relations | sense.relations, sense.direction)
