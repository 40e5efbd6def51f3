"""What words for relations mean in a graph: "requires", "depend on", "dependencies" or "chain of command"."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from graphdnc.graph import Graph
from graphdnc.kinship.family_graph import family_graph
from graphdnc.language.free.verbs import plural_forms, verb_forms
from graphdnc.language.free.words import LANGUAGES, Meaning, Span, Words, words_of
from graphdnc.language.parts_of_speech import is_verb, says_is
from graphdnc.names import fold
from graphdnc.questions.lists import Direction


class Sense(NamedTuple):
    """Relations, and how a word follows them.

    Attributes:
        relations: the relations.
        direction: "out" if it follows them as they are, "in" from their targets.
        span: over how many steps a fact of these relations holds; see :class:`Meaning`.
    """

    relations: frozenset[int]
    direction: Direction
    span: Span = "one"


class RelationWords(NamedTuple):
    """The words for the relations of a graph.

    Attributes:
        verbs: verbs in all their forms, and what fits after "is": "depend on", "part of".
        plurals: those of them that are plurals, in languages where that tells who does what.
        nouns: nouns, in the singular and the plural: "managers", "dependencies".
        places: words before a node: "above", "under".
        senses: what each meaning of the language is here, by its key; missing if it is nothing.
    """

    verbs: dict[str, Sense]
    plurals: set[str]
    nouns: dict[str, Sense]
    places: dict[str, Sense]
    senses: dict[str, Sense]


@lru_cache(maxsize=16)
def relation_words(graph: Graph, language: str) -> RelationWords:
    """Return the words for the relations of a graph in a language, cached."""
    words = words_of(language)
    found = RelationWords({}, set(), {}, {}, {})
    kin = family_graph(graph).meanings  # these are asked for as relatives, which says more
    apart = [number for number in range(graph.relations) if number not in kin]
    names = {fold(graph.relation_name(number)): number for number in apart}
    for meaning in words.meanings:
        _add_meaning(found, meaning, names)
    own = RelationWords({}, set(), {}, {}, {})
    for name, number in names.items():
        said, sense = name.split(), _own_sense(found, number)
        if is_verb(said) or says_is(said) or said[:1] == ["has"]:
            _join(own.verbs, verb_forms(name), sense)
        if not is_verb(said):
            _join(own.nouns, plural_forms(name.removeprefix("has ").removesuffix(" of")), sense)
            _join(own.verbs, {name} if said[-1:] == ["of"] else (), sense)
    own.verbs.update(_opened(own.verbs, words))
    found.verbs.update(_opened(found.verbs, words))
    found.verbs.update(own.verbs)  # a name of the graph says most exactly what is meant
    found.nouns.update(own.nouns)
    return found


def _own_sense(found: RelationWords, number: int) -> Sense:
    """Return the sense of the name of a relation itself."""
    spans = (sense.span for sense in found.senses.values() if number in sense.relations)
    return Sense(frozenset([number]), "out", next(spans, "one"))


def _opened(verbs: dict[str, Sense], words: Words) -> dict[str, Sense]:
    """Return verbs with what may stand inside them: "depend directly on", "dépend-il de"."""
    parts = ((verb.split(maxsplit=1), sense) for verb, sense in verbs.items())
    return {
        " ".join([part[0], inside, *part[1:]]): sense
        for part, sense in parts
        for inside in words.inside
        if len(part) == 2 or words.verb_first
    }


def _add_meaning(found: RelationWords, meaning: Meaning, names: dict[str, int]) -> None:
    """Add the words of a meaning, if relations of the graph have it in any language."""
    forms, against = meaning.names | meaning.plurals, meaning.opposite
    alike = [one for language in LANGUAGES for one in words_of(language).meanings if one.key == meaning.key]
    out, back = (
        frozenset(number for name, number in names.items() if any(name in said for said in lists))
        for lists in ([one.names | one.plurals for one in alike], [one.opposite for one in alike])
    )
    for relations, had, having in ((back, "in", "out"), (out, "out", "in")):
        if not relations:
            continue
        has = Sense(relations, _side(had), meaning.span)
        is_had = Sense(relations, _side(having), meaning.span)
        found.senses[meaning.key] = has
        found.plurals.update(meaning.plurals)
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
        words[form] = sense if known is None else known._replace(relations=known.relations | sense.relations)
