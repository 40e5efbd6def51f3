"""The part of a large family that a question can need: everybody within so many steps, and their facts.

Who is near is found without regard to the question's answer: every fact leads both ways, whatever it says.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from graphdnc.errors import CapacityError
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.rules import Chain, Rule, Step

MOST_PEOPLE = 999
"""A network tells no more people apart than there are labels."""

_HOPS = {"sibling": 2, "co-parent": 2, "self": 0}
"""How many facts show an elementary step at most, where that is not one: siblings may share a parent."""


@dataclass(frozen=True)
class Part:
    """Some people of a family and the facts among them.

    Attributes:
        graph: the part; names are those of the whole, and so are the numbers of relations.
        people: the number in the whole of each person of the part, by their number in the part.
    """

    graph: Graph
    people: tuple[int, ...]

    @cached_property
    def _inside(self) -> dict[int, int]:
        return {person: inside for inside, person in enumerate(self.people)}

    def inside(self, person: int) -> int:
        """Return a person's number in the part, from the one in the whole."""
        return self._inside[person]

    def outside(self, triple: Triple) -> Triple:
        """Return a fact of the part in the numbers of the whole."""
        return Triple(self.people[triple.source], triple.relation, self.people[triple.target])


def reach(rule: Rule) -> int:
    """Return over how many facts, one after the other, a rule and its conditions can lead."""
    return max(_chain_reach(chain) for chain in rule.chains)


def neighbourhood(graph: Graph, people: tuple[int, ...], steps: int, most: int = MOST_PEOPLE) -> Part:
    """Return everybody whom ``steps`` facts connect with one of ``people``, and all facts among them.

    Whose sex none of these facts tells brings one person more, of a fact that does.

    Raises:
        CapacityError: they are more people than ``most``.
        UsageError: no relation of the graph is one of kinship.
    """
    near = _near(graph, people, steps)
    if len(near) > most:
        name = graph.node_name(people[0])
        raise CapacityError(
            f"{len(near):,} people are within {steps} steps of {name!r}, but a network tells {most} apart; "
            "ask for nearer relatives"
        )
    return _part(graph, near)


def widest(graph: Graph, people: tuple[int, ...], steps: int, most: int = MOST_PEOPLE) -> Part:
    """Return the neighbourhood of ``steps`` facts, or of fewer where those are too many people.

    Raises:
        UsageError: no relation of the graph is one of kinship.
    """
    for fewer in range(steps, -1, -1):
        near = _near(graph, people, fewer)
        if len(near) <= most:
            break
    return _part(graph, near)


def both_ways(graph: Graph) -> Graph:
    """Return the facts of a family, each leading both ways under the same relation.

    Raises:
        UsageError: no relation of the graph is one of kinship.
    """
    roles = roles_of(graph)
    facts = np.array([triple for triple in graph if triple.relation in roles], np.int32)
    return replace(graph, triples=facts).undirected()


def _chain_reach(chain: Chain) -> int:
    walked, furthest = 0, 0
    for step in chain:
        # the conditions of an elementary step are asked from where the rule begins
        furthest = max(furthest, *(reach(rule) for rule in (*step.within, *step.without)), 0)
        walked += _step_reach(step)
    return max(walked, furthest)


def _step_reach(step: Step) -> int:
    return reach(step.rule) if step.rule else _HOPS.get(step.name, 1)


def _near(graph: Graph, people: tuple[int, ...], steps: int) -> list[int]:
    """Return everybody within so many facts of some people, in the order of the graph."""
    roles = roles_of(graph)
    facts = [triple for triple in graph if triple.relation in roles]
    neighbours: defaultdict[int, set[int]] = defaultdict(set)
    for source, _, target in facts:
        neighbours[source].add(target)
        neighbours[target].add(source)
    near = fresh = set(people)
    for _ in range(steps):
        fresh = {other for one in fresh for other in neighbours[one]} - near
        near = near | fresh
    telling = [triple for triple in facts if roles[triple.relation][1] and triple.target in near]
    told = {triple.target for triple in telling if triple.source in near}
    others = {triple.target: triple.source for triple in telling if triple.target not in told}
    return sorted(near.union(others.values()))


def _part(graph: Graph, people: list[int]) -> Part:
    inside = {person: number for number, person in enumerate(people)}
    among = [row for row in graph if row.source in inside and row.target in inside]
    triples = [(inside[source], relation, inside[target]) for source, relation, target in among]
    names = tuple(map(graph.node_name, people))
    part = replace(graph, triples=np.array(triples, np.int32), nodes=len(people), node_names=names)
    return Part(part, tuple(people))
