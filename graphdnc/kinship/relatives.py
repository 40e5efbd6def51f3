"""Exact answers about kin: who is somebody's uncle, how two people are related, and what shows it.

A rule is carried out on sets: whoever the steps so far lead to, then whoever the next step leads to from any
of them. Nobody is their own relative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import OPPOSITE, Facts, facts_of, roles_of
from graphdnc.kinship.rules import SEXES, WORDS, Chain, Rule, Step, step_word
from graphdnc.kinship.vocabulary import Term, Vocabulary, closest, standard_vocabulary


@dataclass(frozen=True)
class Link:
    """One step on the way from a person to a relative.

    Attributes:
        word: what the person reached is to the one before: "mother", or "parent" where no sex is told.
        person: the person reached.
        triples: stated triples that show it, two for a sibling by a parent.
    """

    word: str
    person: int
    triples: tuple[Triple, ...]


@dataclass(frozen=True)
class Evidence:
    """Stated triples which show that somebody is a relative of a person.

    That other triples are not there, as where a stepmother is no mother, they cannot show.

    Attributes:
        links: the way to the relative, step by step.
        beside: triples which show conditions on the way, such as the other parent of a half-sibling.
    """

    links: tuple[Link, ...]
    beside: tuple[Triple, ...] = ()

    @property
    def triples(self) -> tuple[Triple, ...]:
        """All triples in the order of the way, none twice."""
        walked = [triple for link in self.links for triple in link.triples]
        return tuple(dict.fromkeys((*walked, *self.beside)))


@dataclass(frozen=True)
class Relationship:
    """How somebody is related to a person.

    Attributes:
        terms: the closest terms, each as exact as the facts allow; none where there is no word for it.
        evidence: what shows each term; one way of steps where there is no word.
    """

    terms: tuple[Term, ...]
    evidence: tuple[Evidence, ...]


def relatives(graph: Graph, person: int, term: Term | str) -> frozenset[int]:
    """Return everybody who is a person's relative by a term: none, one or several.

    Raises:
        UnknownName: no term is called so.
        UsageError: no relation of the graph is one of kinship.

    >>> family = Graph.from_triples([("Ann", "mother", "Eve"), ("Eve", "brother", "Tom")])
    >>> [family.node_name(person) for person in relatives(family, 0, "uncle")]
    ['Tom']
    """
    return frozenset(_reached(facts_of(graph), _term(term).rule, person) - {person})


def evidence(graph: Graph, person: int, term: Term | str, relative: int) -> Evidence:
    """Return what shows that ``relative`` is a person's relative by a term, by the fewest steps.

    Raises:
        UnknownName: no term is called so.
        UsageError: no relation of the graph is one of kinship.
        NoAnswer: nothing shows it.
    """
    found = None if person == relative else _shown(facts_of(graph), _term(term).rule, person, relative)
    if found is None:
        name, of = graph.node_name(relative), graph.node_name(person)
        called = _term(term).name
        article = "an" if called[0] in "aeiou" else "a"
        raise NoAnswer(
            f"nothing stated makes {name!r} {article} {called} of {of!r}; ask how they are related"
        )
    return found


def relation_between(
    graph: Graph, person: int, relative: int, vocabulary: Vocabulary | None = None
) -> Relationship:
    """Return what ``relative`` is to a person: the terms of fewest steps, and what shows them.

    Of two terms where one says more, such as "uncle" and "maternal uncle", it is that one. Where no term
    fits, the evidence is a shortest way from one to the other by parents, children, siblings and spouses.

    Raises:
        UsageError: no relation of the graph is one of kinship.
        NoAnswer: no way leads from one to the other, or they are the same person.
    """
    facts = facts_of(graph)
    terms = vocabulary or standard_vocabulary()
    if person == relative:
        raise NoAnswer(f"{graph.node_name(person)!r} is the same person; name two people")
    fitting = [term for term in terms if relative in _reached(facts, term.rule, person)]
    nearest = closest(fitting)
    if nearest:
        shown = [_shown(facts, term.rule, person, relative) for term in nearest]
        return Relationship(tuple(nearest), tuple(found for found in shown if found))
    return Relationship((), (_way(graph, facts, person, relative),))


def words_along(graph: Graph, path: Iterable[Triple]) -> tuple[str, ...]:
    """Return what each person along a way is to the one before: "mother", "husband".

    ``path`` walks facts of the graph, some from their target to their source.

    >>> family = Graph.from_triples([("Ann", "mother", "Eve"), ("Tom", "mother", "Eve")])
    >>> words_along(family, family.undirected())
    ('mother', 'child', 'mother', 'child')
    """
    facts, roles, stated = facts_of(graph), roles_of(graph), set(graph)
    words = []
    for triple in path:
        step, sex = roles[triple.relation]
        if triple not in stated:
            step, sex = OPPOSITE[step], None
        known = [one for one in SEXES if triple.target in facts.sexes[one]]
        words.append(step_word(step, sex or (known[0] if len(known) == 1 else None)))
    return tuple(words)


def _term(term: Term | str) -> Term:
    return standard_vocabulary().find(term) if isinstance(term, str) else term


def _reached(facts: Facts, rule: Rule, person: int) -> set[int]:
    """Return who a rule leads to from a person; that may be the person too."""
    return {one for chain in rule.chains for one in _layers(facts, chain, person)[-1]}


def _layers(facts: Facts, chain: Chain, person: int) -> list[set[int]]:
    """Return who is reached after no step of a chain, after one, ..., after all."""
    layers = [{person}]
    for step in chain:
        layers.append(_advanced(facts, step, person, layers[-1]))
    return layers


def _advanced(facts: Facts, step: Step, person: int, here: set[int]) -> set[int]:
    """Return who a step leads to from the people who are reached, its conditions kept."""
    if step.twice:
        ways = Counter(other for one in here for other in _move(facts, step, one))
        found = {other for other, count in ways.items() if count > 1}
    else:
        found = {other for one in here for other in _move(facts, step, one)}
    if step.sex:
        found &= facts.sexes[step.sex]
    for rule in step.within:
        found &= _reached(facts, rule, person)
    for rule in step.without:
        found -= _reached(facts, rule, person)
    return found


def _move(facts: Facts, step: Step, person: int) -> set[int] | frozenset[int]:
    return _reached(facts, step.rule, person) if step.rule else facts.step(step.name, person)


def _shown(facts: Facts, rule: Rule, person: int, relative: int) -> Evidence | None:
    """Return what shows that a rule leads to somebody, by its shortest chain that does."""
    for chain in sorted(rule.chains, key=len):
        layers = _layers(facts, chain, person)
        if relative in layers[-1]:
            return _walk(facts, chain, layers, relative)
    return None


def _walk(facts: Facts, chain: Chain, layers: list[set[int]], relative: int) -> Evidence:
    """Return the way along a chain to somebody it leads to, found from there back to the start."""
    if not chain:
        return Evidence(())
    step = chain[-1]
    before = sorted(one for one in layers[-2] if relative in _move(facts, step, one))
    way = _walk(facts, chain[:-1], layers[:-1], before[0])
    last = _links(facts, step, before[0], relative)
    beside = [*way.beside, *last.beside]
    for other in before[1:2] if step.twice else ():
        beside += _walk(facts, chain[:-1], layers[:-1], other).triples
        beside += _links(facts, step, other, relative).triples
    for rule in step.within:
        shown = _shown(facts, rule, min(layers[0]), relative)
        beside += shown.triples if shown else ()
    return Evidence(way.links + last.links, tuple(dict.fromkeys(beside)))


def _links(facts: Facts, step: Step, person: int, other: int) -> Evidence:
    """Return a step from one person to another: one link, or the links of the term that it takes."""
    if step.rule:
        shown = _shown(facts, step.rule, person, other)
        assert shown is not None
        return Evidence(shown.links, shown.beside + facts.shown("self", other, other, step.sex))
    triples = facts.shown(step.name, person, other, step.sex)
    word = step_word(step.name, step.sex or facts.told_sex(triples, other))
    return Evidence((Link(word, other, triples),))


def _way(graph: Graph, facts: Facts, person: int, relative: int) -> Evidence:
    """Return a way of the fewest parents, children, siblings and spouses from one person to another."""
    came: dict[int, tuple[Step, int]] = {}
    reached = [person]
    for one in reached:  # grows while it is walked: nearer people come first
        for step in map(Step, WORDS):
            fresh = sorted(
                other for other in _move(facts, step, one) if other not in came and other != person
            )
            came.update((other, (step, one)) for other in fresh)
            reached += fresh
    if relative not in came:
        pair = f"{graph.node_name(relative)!r} and {graph.node_name(person)!r}"
        raise NoAnswer(f"nothing stated relates {pair}; state a fact that joins their families")
    links: tuple[Link, ...] = ()
    while relative != person:
        step, before = came[relative]
        links = _links(facts, step, before, relative).links + links
        relative = before
    return Evidence(links)
