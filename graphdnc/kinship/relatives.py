"""Exact answers about kin: relatives of a person, how two people are related, and proofs of both.

A rule is evaluated on sets: each step maps the set of people reached so far to the next set. A person is
never their own relative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import OPPOSITE, Facts, facts_of, roles_of
from graphdnc.kinship.family_graph import family_graph
from graphdnc.kinship.rules import SEXES, WORDS, Chain, Rule, Step, step_word
from graphdnc.kinship.stated import stated_relatives
from graphdnc.kinship.vocabulary import Term, Vocabulary, closest, standard_vocabulary


@dataclass(frozen=True)
class Link:
    """One step from a person to a relative.

    Attributes:
        word: what the person reached is to the previous one: "mother", or "parent" if no sex is stated.
        person: the person reached.
        triples: the triples that prove it; two for a sibling by a parent.
    """

    word: str
    person: int
    triples: tuple[Triple, ...]


@dataclass(frozen=True)
class Evidence:
    """Triples that prove that one person is a relative of another.

    They cannot prove that other triples are missing, for example that a stepmother is not a mother.

    Attributes:
        links: the steps to the relative.
        beside: triples that prove conditions, such as the other parent of a half-sibling.
    """

    links: tuple[Link, ...]
    beside: tuple[Triple, ...] = ()

    @property
    def triples(self) -> tuple[Triple, ...]:
        """All triples in the order of the steps, without repetitions."""
        walked = [triple for link in self.links for triple in link.triples]
        return tuple(dict.fromkeys((*walked, *self.beside)))


@dataclass(frozen=True)
class Relationship:
    """How two people are related.

    Attributes:
        terms: the closest terms, each as exact as the facts allow; empty if no term fits.
        evidence: the proof of each term, or one sequence of steps if no term fits.
    """

    terms: tuple[Term, ...]
    evidence: tuple[Evidence, ...]


def relatives(graph: Graph, person: int, term: Term | str) -> frozenset[int]:
    """Return the relatives of a person by a term, by the facts of a family in whatever words.

    Those whom the graph calls such relatives count too (:mod:`graphdnc.kinship.stated`).

    >>> family = Graph.from_triples([("Ann", "mother", "Eve"), ("Eve", "brother", "Tom")])
    >>> [family.node_name(person) for person in relatives(family, 0, "uncle")]
    ['Tom']
    """
    found, facts = _term(term), facts_of(family_graph(graph).graph)
    stated = stated_relatives(graph, person, found)
    return frozenset((_reached(facts, found.rule, person) | stated.keys()) - {person})


def relation_between(
    graph: Graph, person: int, relative: int, vocabulary: Vocabulary | None = None
) -> Relationship:
    """Return what ``relative`` is to a person: the terms of fewest steps, and their proofs.

    If one term is more exact than another, such as "maternal uncle" than "uncle", only that one is returned.
    If no term fits, the evidence is a shortest sequence of parents, children, siblings and spouses.

    Raises:
        NoAnswer: the facts do not relate them, or they are the same person.
    """
    terms = vocabulary or standard_vocabulary()
    if person == relative:
        raise NoAnswer(f"{graph.node_name(person)!r} is the same person; name two people")
    nearest = closest([term for term in terms if relative in relatives(graph, person, term)])
    shown = (_proof(graph, term, person, relative) for term in nearest)
    proofs = tuple(found for found in shown if found) or (_way(graph, person, relative),)
    return Relationship(tuple(nearest), proofs)


def words_along(graph: Graph, path: Iterable[Triple]) -> tuple[str, ...]:
    """Return what each person on a path is to the previous one: "mother", "husband".

    The path may follow a fact from its target to its source.

    >>> family = Graph.from_triples([("Ann", "mother", "Eve"), ("Tom", "mother", "Eve")])
    >>> words_along(family, family.undirected())
    ('mother', 'child', 'mother', 'child')
    """
    graph = family_graph(graph).graph
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
    """Return the people that a rule leads to; the person may be one of them."""
    return {one for chain in rule.chains for one in _layers(facts, chain, person)[-1]}


def _layers(facts: Facts, chain: Chain, person: int) -> list[set[int]]:
    """Return the people reached after 0, 1, ... steps of a chain."""
    return list(accumulate(chain, lambda here, step: _advanced(facts, step, person, here), initial={person}))


def _advanced(facts: Facts, step: Step, person: int, here: set[int]) -> set[int]:
    """Return the people that a step leads to from a set of people, with its conditions applied."""
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


def _move(facts: Facts, step: Step, person: int) -> set[int]:
    return _reached(facts, step.rule, person) if step.rule else facts.steps[step.name].get(person, set())


def proof(facts: Facts, rule: Rule, person: int, relative: int) -> Evidence | None:
    """Return a proof that a rule leads to a relative, by its shortest chain."""
    for chain in sorted(rule.chains, key=len):
        layers = _layers(facts, chain, person)
        if relative in layers[-1]:
            return _walk(facts, chain, layers, relative)
    return None


def _walk(facts: Facts, chain: Chain, layers: list[set[int]], relative: int) -> Evidence:
    """Return the steps of a chain to a relative, searched from the end to the start."""
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
        shown = proof(facts, rule, min(layers[0]), relative)
        beside += shown.triples if shown else ()
    return Evidence(way.links + last.links, tuple(dict.fromkeys(beside)))


def _links(facts: Facts, step: Step, person: int, other: int) -> Evidence:
    """Return one step between two people: one link, or the links of the term in the step."""
    if step.rule:
        shown = proof(facts, step.rule, person, other)
        assert shown is not None
        return Evidence(shown.links, shown.beside + facts.shown("self", other, other, step.sex))
    triples = facts.shown(step.name, person, other, step.sex)
    word = step_word(step.name, step.sex or facts.told_sex(triples, other))
    return Evidence((Link(word, other, triples),))


def _proof(graph: Graph, term: Term, person: int, relative: int) -> Evidence | None:
    """Return a proof in fewest steps, or the triple that calls one person the other's relative."""
    found = proof(facts_of(family_graph(graph).graph), term.rule, person, relative)
    if found is None and (stated := stated_relatives(graph, person, term).get(relative)):
        return Evidence((Link(term.name, relative, (stated,)),))
    return found


def _way(graph: Graph, person: int, relative: int) -> Evidence:
    """Return a shortest sequence of parents, children, siblings and spouses between two people."""
    facts = facts_of(family_graph(graph).graph)
    came: dict[int, tuple[Step, int]] = {}
    reached = [person]
    for one in reached:  # the list grows; nearer people come first
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
