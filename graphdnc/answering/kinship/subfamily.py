"""The part of a large family that a question can need: everybody near enough, and all facts among them.

Near enough is who is reached over as many parents, children, siblings and spouses as a rule and its
conditions have, in whatever order: the part does not tell in which order they lead to the answer. Facts lead
both ways.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, reduce
from typing import NamedTuple

import numpy as np

from graphdnc.errors import CapacityError
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import OPPOSITE, roles_of
from graphdnc.kinship.rules import Chain, Rule

MOST_PEOPLE = 999
"""A network tells no more people apart than there are labels."""


class Reach(NamedTuple):
    """How far a rule can lead: over so many facts of each kind, and so many in all."""

    parent: int = 0
    child: int = 0
    sibling: int = 0
    spouse: int = 0
    facts: int = 0

    def then(self, other: Reach) -> Reach:
        """Return the reach of one after the other."""
        return Reach(*(one + more for one, more in zip(self, other, strict=True)))

    def within(self, other: Reach) -> Reach:
        """Return the reach of whichever leads further, by each kind of fact."""
        return Reach(*map(max, self, other))

    @property
    def back(self) -> Reach:
        """The reach of the way back: from a child to a parent is from a parent to a child."""
        return self._replace(parent=self.child, child=self.parent)


_KINDS = Reach._fields[:-1]
_STEPS = {
    "parent": Reach(parent=1, facts=1),
    "child": Reach(child=1, facts=1),
    "sibling": Reach(parent=1, child=1, sibling=1, facts=2),  # stated, or by a parent
    "spouse": Reach(spouse=1, facts=1),
    "co-parent": Reach(parent=1, child=1, facts=2),
    "self": Reach(),
}


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


def reach(rule: Rule) -> Reach:
    """Return how far a rule and its conditions can lead."""
    return reduce(Reach.within, map(_chain_reach, rule.chains))


def neighbourhood(graph: Graph, person: int, far: Reach, most: int = MOST_PEOPLE) -> Part:
    """Return everybody as near to a person as a rule leads, and all facts among them.

    Whose sex none of these facts tells brings one person more, of a fact that does.

    Raises:
        CapacityError: they are more people than ``most``.
        UsageError: no relation of the graph is one of kinship.
    """
    near = _near(graph, [(person, far)], most)
    if len(near) > most:
        name = graph.node_name(person)
        raise CapacityError(
            f"more than {most} people are near enough to {name!r} to be such a relative, more than a network "
            "tells apart; ask for nearer relatives"
        )
    return _part(graph, near)


def widest(graph: Graph, person: int, relative: int, far: Reach, most: int = MOST_PEOPLE) -> Part:
    """Return who may be on the way from a person to a relative that leads so far, at most.

    Whoever is on the way from one to the other is within half of it of one of them. Where those are more
    people than ``most``, only those less far away are taken.

    Raises:
        UsageError: no relation of the graph is one of kinship.
    """
    for facts in range(-(-far.facts // 2), -1, -1):
        half = far._replace(facts=facts)
        near = _near(graph, [(person, half), (relative, half.back)], most)
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


def _chain_reach(chain: Chain) -> Reach:
    walked, furthest = Reach(), Reach()
    for step in chain:
        # the conditions of an elementary step are asked from where the rule begins
        furthest = reduce(Reach.within, map(reach, (*step.within, *step.without)), furthest)
        walked = walked.then(reach(step.rule) if step.rule else _STEPS[step.name])
    return walked.within(furthest)


@lru_cache(maxsize=2)
def _ways(graph: Graph) -> tuple[defaultdict[int, list[int]], ...]:
    """Return who the facts lead to from each person, by kind of fact."""
    roles = roles_of(graph)
    ways: dict[str, defaultdict[int, list[int]]] = {kind: defaultdict(list) for kind in _KINDS}
    for source, relation, target in graph:
        if relation in roles:
            step = roles[relation][0]
            ways[step][source].append(target)
            ways[OPPOSITE[step]][target].append(source)
    return tuple(ways[kind] for kind in _KINDS)


def _near(graph: Graph, starts: list[tuple[int, Reach]], most: int) -> list[int]:
    """Return everybody near enough to one of some people, in the order of the graph; stop above ``most``."""
    ways = _ways(graph)
    states = dict.fromkeys(starts)
    near = {person for person, _ in starts}
    waiting = list(states)
    for person, left in waiting:  # grows while it is walked
        if len(near) > most:
            return sorted(near)
        for kind, facts in enumerate(left[:-1] if left.facts else ()):
            if facts:
                less = Reach(*(n - (at in (kind, len(_KINDS))) for at, n in enumerate(left)))
                fresh = [state for other in ways[kind][person] if (state := (other, less)) not in states]
                states.update(dict.fromkeys(fresh))
                near.update(other for other, _ in fresh)
                waiting += fresh
    return sorted(near | _telling_sex(graph, near))


def _telling_sex(graph: Graph, near: set[int]) -> set[int]:
    """Return who facts begin at that tell the sex of somebody near, where none among those near does."""
    roles = roles_of(graph)
    sexed = [one for one in graph if one.target in near and roles.get(one.relation, ("", None))[1]]
    told = {triple.target for triple in sexed if triple.source in near}
    return set({triple.target: triple.source for triple in sexed if triple.target not in told}.values())


def _part(graph: Graph, people: list[int]) -> Part:
    inside = {person: number for number, person in enumerate(people)}
    among = [row for row in graph if row.source in inside and row.target in inside]
    triples = [(inside[source], relation, inside[target]) for source, relation, target in among]
    names = tuple(map(graph.node_name, people))
    part = replace(graph, triples=np.array(triples, np.int32), nodes=len(people), node_names=names)
    return Part(part, tuple(people))
