"""Terms that a graph states as they are, such as "Jason, grandson, Scott".

They count where they are asked for: Scott is Jason's grandson and grandchild, and Jason is Scott's
grandparent. Nothing further follows: nobody is concluded to be a parent of Scott.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import OPPOSITE, facts_of
from graphdnc.kinship.family_graph import family_graph
from graphdnc.kinship.rules import Chain, Rule, Step
from graphdnc.kinship.vocabulary import Term, standard_vocabulary


class StatedTerm(NamedTuple):
    """A relation that states a term.

    Attributes:
        relation: its number.
        backwards: whether the relatives are the sources of its triples.
        sexed: whether the sex in the term asked for must be stated elsewhere.
    """

    relation: int
    backwards: bool
    sexed: bool


def stated_terms(graph: Graph, term: Term) -> list[StatedTerm]:
    """Return the relations of a family that state a term, or a narrower one, from either side."""
    found = []
    for number, meaning in family_graph(graph).meanings.items():
        if meaning.term is not None:
            said = standard_vocabulary().find(meaning.term)
            if said.rule == term.rule or said.narrower_than(term):
                found.append(StatedTerm(number, meaning.turned, False))
            if said.rule.plain and _backwards(said.rule) == _any_sex(term.rule):
                found.append(StatedTerm(number, not meaning.turned, term.sex is not None))
    return found


def stated_relatives(
    graph: Graph, person: int, term: Term, unsexed: Collection[int] = ()
) -> dict[int, Triple]:
    """Return those whom triples call a person's relatives by a term, each with such a triple.

    Where the term has a sex that these triples do not state, it must be stated elsewhere, except for the
    people ``unsexed``.
    """
    found: dict[int, Triple] = {}
    sexes = facts_of(family_graph(graph).graph).sexes
    for stated in stated_terms(graph, term):
        for triple in graph.entering(person) if stated.backwards else graph.leaving(person):
            other = triple.source if stated.backwards else triple.target
            fits = not stated.sexed or other in sexes[str(term.sex)] or other in unsexed
            if triple.relation == stated.relation and other != person and fits:
                found.setdefault(other, triple)
    return found


def stated_between(graph: Graph, person: int, relative: int) -> Triple | None:
    """Return a triple between two people that calls one of them the other's relative by a term."""
    meanings = family_graph(graph).meanings
    for triple in (*graph.leaving(person), *graph.entering(person)):
        meaning = meanings.get(triple.relation)
        if meaning and meaning.term and relative in (triple.source, triple.target):
            return triple
    return None


@lru_cache(maxsize=256)
def _backwards(rule: Rule) -> frozenset[Chain]:
    """Return the chains that lead back: a child of a child leads to a parent of a parent."""
    return frozenset(
        tuple(Step(OPPOSITE.get(step.name, step.name)) for step in reversed(chain)) for chain in rule.chains
    )


@lru_cache(maxsize=256)
def _any_sex(rule: Rule) -> frozenset[Chain]:
    """Return the chains of a rule for people of any sex."""
    return frozenset((*chain[:-1], replace(chain[-1], sex=None)) for chain in rule.chains)
