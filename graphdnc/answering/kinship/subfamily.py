"""Which part of a large family is memorised for a question: the people near enough and all facts among them.

A person is near enough if some way leads there over at most as many parents, children, siblings and spouses
as the rule of the question and its conditions have, in any order. The part therefore does not reveal in which
order they lead to the answer. Facts are followed in both directions.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np

from graphdnc.answering.subgraph import Subgraph, SubgraphLimits, rows_among
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph
from graphdnc.kinship.facts import OPPOSITE, roles_of
from graphdnc.kinship.rules import Chain, Rule


class Reach(NamedTuple):
    """How far a rule can lead: the largest number of facts of each kind, and of all kinds together."""

    parent: int = 0
    child: int = 0
    sibling: int = 0
    spouse: int = 0
    facts: int = 0

    def then(self, other: Reach) -> Reach:
        """Return the reach of one rule followed by another."""
        return Reach(*(one + more for one, more in zip(self, other, strict=True)))

    def within(self, other: Reach) -> Reach:
        """Return the larger reach, for each kind of fact."""
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


def reach(rule: Rule) -> Reach:
    """Return how far a rule and its conditions can lead."""
    return reduce(Reach.within, map(_chain_reach, rule.chains))


def neighbourhood(graph: Graph, person: int, far: Reach, limits: SubgraphLimits) -> Subgraph:
    """Return the part with all people as near to a person as a rule can lead.

    For a person whose sex is not stated by these facts, the part has one more person, whose fact states it.
    If no fact is stated of anybody near, the part has other people with one, because a network was never
    trained on a family without facts.

    Raises:
        CapacityError: there are more people than the limits allow.
        UsageError: no relation of the graph is one of kinship.
    """
    near = _near(graph, [(person, far)], limits.nodes)
    if len(near) > limits.nodes:
        name = graph.node_name(person)
        raise CapacityError(
            f"more than {limits.nodes} people are near enough to {name!r} to be such a relative, too many "
            "for the network; ask for nearer relatives"
        )
    return _part(graph, _with_facts(graph, near))


def widest(graph: Graph, person: int, relative: int, far: Reach, limits: SubgraphLimits) -> Subgraph:
    """Return the part with all people who may be on a way of this reach between a person and a relative.

    Everybody on such a way is within half of it from one end. If the limits allow fewer people, the part has
    those who are nearer.

    Raises:
        UsageError: no relation of the graph is one of kinship.
    """
    for facts in range(-(-far.facts // 2), -1, -1):
        half = far._replace(facts=facts)
        near = _near(graph, [(person, half), (relative, half.back)], limits.nodes)
        if len(near) <= limits.nodes:
            break
    return _part(graph, _with_facts(graph, near))


@lru_cache(maxsize=4)
def both_ways(graph: Graph) -> Graph:
    """Return the graph of the facts about kinship, each also in the other direction, under the same relation.

    Raises:
        UsageError: no relation of the graph is one of kinship.
    """
    roles = roles_of(graph)
    facts = np.array([triple for triple in graph if triple.relation in roles], np.int32)
    return replace(graph, triples=facts).undirected()


def _chain_reach(chain: Chain) -> Reach:
    walked, furthest = Reach(), Reach()
    for step in chain:
        # conditions of an elementary step are followed from where the rule starts
        furthest = reduce(Reach.within, map(reach, (*step.within, *step.without)), furthest)
        walked = walked.then(reach(step.rule) if step.rule else _STEPS[step.name])
    return walked.within(furthest)


@lru_cache(maxsize=2)
def _ways(graph: Graph) -> tuple[defaultdict[int, list[int]], ...]:
    """Return for each kind of fact the people that facts lead to from each person."""
    roles = roles_of(graph)
    ways: dict[str, defaultdict[int, list[int]]] = {kind: defaultdict(list) for kind in _KINDS}
    for source, relation, target in graph:
        if relation in roles:
            step = roles[relation][0]
            ways[step][source].append(target)
            ways[OPPOSITE[step]][target].append(source)
    return tuple(ways[kind] for kind in _KINDS)


def _near(graph: Graph, starts: list[tuple[int, Reach]], most: int) -> list[int]:
    """Return all people near enough to a start, in the order of the graph; stop above ``most``."""
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
    """Return people whose facts state the sex of a person near, if no fact among those near states it."""
    roles = roles_of(graph)
    sexed = [one for one in graph if one.target in near and roles.get(one.relation, ("", None))[1]]
    told = {triple.target for triple in sexed if triple.source in near}
    return set({triple.target: triple.source for triple in sexed if triple.target not in told}.values())


def _with_facts(graph: Graph, near: list[int]) -> list[int]:
    """Return the people near, and two others of whom a fact is stated if none is stated among those near."""
    roles, inside = roles_of(graph), set(near)
    stated = [one for one in graph if one.relation in roles and one.source != one.target]
    if any(one.source in inside and one.target in inside for one in stated):
        return near
    return sorted(inside.union(*((one.source, one.target) for one in stated[:1])))


def _part(graph: Graph, people: list[int]) -> Subgraph:
    # what a relation is, is known by its name, also if no fact of the part has it
    return Subgraph(graph, rows_among(graph, people), np.array(people, np.int64), all_relations=True)
