"""Facts of a family that is taken to be whole: siblings share their parents, spouses share their children.

Stories often state only one parent of one child. The assumed facts have relations of their own, such as
"mother (assumed)", so whoever sees them in an answer sees that nobody stated them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import permutations

import numpy as np

from graphdnc.graph import Graph
from graphdnc.kinship.facts import Facts, roles_of
from graphdnc.kinship.family_graph import family_graph
from graphdnc.kinship.rules import step_word
from graphdnc.kinship.words import folded

ASSUMED = " (assumed)"
"""What the name of an assumed relation ends with."""
_FULL = 2
"""The number of parents of a person."""

Fact = tuple[int, str, int]
"""A person, a step and the person that it leads to."""


def closed_family(graph: Graph) -> Graph:
    """Return a graph with what follows if siblings share parents and spouses share children.

    Nobody gets a third parent, a second mother or a second father. If that would happen, or if one of two
    spouses has another spouse as well, nothing is assumed.

    >>> told = Graph.from_triples([("Scott", "brother", "Lewis"), ("Scott", "mother", "Nell")])
    >>> whole = closed_family(told)
    >>> [(whole.node_name(s), whole.relation_name(r), whole.node_name(t)) for s, r, t in whole][2:]
    [('Lewis', 'mother (assumed)', 'Nell')]
    """
    if not any(meaning.role for meaning in family_graph(graph).meanings.values()):
        return graph
    assumed: dict[Fact, None] = {}
    whole = graph
    while True:
        family = family_graph(whole).graph
        facts = Facts(family)
        missing = [fact for fact in _missing(family, facts) if fact not in assumed]
        fresh = _without_rivals(facts, missing)
        if not fresh:
            return whole
        assumed.update(dict.fromkeys(fresh))
        whole = _with_facts(graph, assumed)


def count_assumed(graph: Graph) -> int:
    """Return the number of triples that :func:`closed_family` has added."""
    names = (graph.relation_name(number) for number in range(graph.relations))
    assumed = [number for number, name in enumerate(names) if name.endswith(ASSUMED)]
    return int(np.isin(graph.triples[:, 1], assumed).sum())


def _missing(graph: Graph, facts: Facts) -> Iterator[Fact]:
    """Yield what siblings and spouses share and is not stated."""
    import networkx as nx  # imported here because few families are taken to be whole

    siblings, spouses = nx.Graph(), nx.Graph()
    for source, relation, target in graph:
        step = roles_of(graph).get(relation, ("", None))[0]
        if step in ("sibling", "spouse") and source != target:
            (siblings if step == "sibling" else spouses).add_edge(source, target)
    for group in nx.connected_components(siblings):
        members = sorted(group)
        stated = facts.steps["sibling"]
        yield from ((a, "sibling", b) for a, b in permutations(members, 2) if b not in stated[a])
        parents = sorted({one for member in members for one in facts.steps["parent"][member]})
        for child in members:
            yield from _further_parents(facts, child, parents)
    for one, other in spouses.edges:
        if spouses.degree(one) == spouses.degree(other) == 1:
            for parent, spouse in ((one, other), (other, one)):
                for child in sorted(facts.steps["child"][parent]):
                    yield from _further_parents(facts, child, [parent, spouse])


def _further_parents(facts: Facts, child: int, parents: list[int]) -> Iterator[Fact]:
    """Yield the parents of a child that are not stated, if the child can have them all."""
    known = facts.steps["parent"][child]
    if _can_have(facts, child, parents):
        yield from ((child, "parent", one) for one in parents if one not in known and one != child)


def _can_have(facts: Facts, child: int, parents: Iterable[int]) -> bool:
    """Tell whether a child can have these parents beside those that are stated."""
    together = facts.steps["parent"][child] | set(parents)
    sexes = [sex for sex, people in facts.sexes.items() for one in together if one in people]
    return len(together) <= _FULL and len(sexes) == len(set(sexes))


def _without_rivals(facts: Facts, missing: list[Fact]) -> list[Fact]:
    """Return facts without the parents of a child that siblings and spouses give others, if not all fit."""
    parents: dict[int, set[int]] = {}
    for child, step, one in missing:
        if step == "parent":
            parents.setdefault(child, set()).add(one)
    full = {child for child, several in parents.items() if not _can_have(facts, child, several)}
    return [fact for fact in missing if fact[1] != "parent" or fact[0] not in full]


def _with_facts(graph: Graph, assumed: dict[Fact, None]) -> Graph:
    """Return a graph with assumed facts, named by the sex of whom they lead to."""
    if not assumed:
        return graph
    sexes = Facts(family_graph(graph).graph).sexes
    names = {graph.relation_name(number): number for number in range(graph.relations)}
    words: dict[str, str] = {}
    rows = []
    for source, step, target in assumed:
        sex = next((sex for sex, people in sexes.items() if target in people), None)
        word = step_word(step, sex)
        number = names.setdefault(word + ASSUMED, len(names))
        words[folded(word + ASSUMED)] = word
        rows.append((source, number, target))
    return replace(
        graph,
        triples=np.concatenate([graph.triples, np.array(rows, np.int32)]),
        relations=len(names),
        relation_names=tuple(names),
        kin_words=(*graph.kin_words, *words.items()),
    )
