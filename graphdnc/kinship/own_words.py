"""One's own words for relations of kinship: "vater = father", "is_dad_to = father of"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.rules import ALSO_ROLES, ROLES
from graphdnc.kinship.words import folded, understand
from graphdnc.names import fold
from graphdnc.utils.text import join_quoted, quote

_EXAMPLE = 'write for example "erzeuger = father" or "sired = father of"'


def own_words(texts: Iterable[str]) -> dict[str, str]:
    """Return what words mean, by the folded word, from texts such as "erzeuger = father".

    >>> own_words(["Erzeuger = father"])
    {'erzeuger': 'father'}

    Raises:
        UsageError: a text is not of this form, a word occurs twice, or what it shall mean is no word for kin.
    """
    words: dict[str, str] = {}
    for text in texts:
        word, equals, meaning = (part.strip() for part in text.partition("="))
        if not equals or not folded(word) or not meaning:
            raise UsageError(f"{quote(text)} does not say what a word means; {_EXAMPLE}")
        found = understand(meaning)
        if found is None or found.apart:
            raise UsageError(f"{quote(meaning)} is no word for kin; {_EXAMPLE}")
        if fold(ALSO_ROLES.get(fold(word), word)) in ROLES and found.role is None:
            raise UsageError(f"{quote(word)} can only mean a parent, child, sibling or spouse; {_EXAMPLE}")
        if folded(word) in words:
            raise UsageError(f"{quote(word)} is given two meanings; give it one")
        words[folded(word)] = meaning
    return words


def with_own_words(graph: Graph, words: Mapping[str, str], used: Iterable[str] = ()) -> Graph:
    """Return a graph whose relations mean what ``words`` say, for questions about kin.

    Words in ``used`` need not be relations: they head columns.

    Raises:
        UsageError: there is no relation of such a name.
    """
    there = {folded(graph.relation_name(number)) for number in range(graph.relations)}
    for word in words:
        if word not in there and word not in used:
            names = join_quoted([graph.relation_name(number) for number in range(graph.relations)], most=8)
            raise UsageError(f"--means: no relation is called {quote(word)}; the relations are {names}")
    return replace(graph, kin_words=(*graph.kin_words, *words.items())) if words else graph
