"""The facts of a family as elementary steps: parents, children, siblings, spouses, sexes.

The triple (Ada, mother, Mira) states that Ada's mother is Mira. It follows that Ada is Mira's child and that
Mira is female. A triple tells the sex of its target only: (Ada, wife, Mira) does not state that Ada is male.
A person may have both sexes if the facts say so. Two more conclusions are drawn: children of the same parent
are siblings, and parents of the same child are co-parents.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from graphdnc.errors import UsageError
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.rules import ALSO_ROLES, ELEMENTARY, ROLES, SEXES
from graphdnc.names import fold

OPPOSITE = {"parent": "child", "child": "parent", "sibling": "sibling", "spouse": "spouse"}
"""The reverse of each step that facts state."""


class Facts:
    """The elementary steps of a family.

    Attributes:
        steps: for each elementary step and person, the people that the step leads to. Only ``self``
            leads from a person to the same person.
        sexes: the people of each sex.
    """

    def __init__(self, graph: Graph) -> None:
        self.steps: dict[str, defaultdict[int, set[int]]] = {step: defaultdict(set) for step in ELEMENTARY}
        self.sexes: dict[str, set[int]] = {sex: set() for sex in SEXES}
        # The triple that states a step: with a sex, without one, or by the reverse step; best first.
        self._stated: list[dict[tuple[str, int, int], Triple]] = [{}, {}, {}]
        self._called: dict[tuple[int, str], Triple] = {}
        self._roles = roles_of(graph)
        for triple in graph:
            if triple.relation in self._roles and triple.source != triple.target:
                self._state(triple, *self._roles[triple.relation])
        for person in range(graph.nodes):
            self.steps["self"][person] = {person}
        self._join("sibling", up="parent")
        self._join("co-parent", up="child")

    def shown(self, step: str, person: int, other: int, sex: str | None = None) -> tuple[Triple, ...]:
        """Return triples that prove that a step leads from one person to another one of a sex."""
        triples = self._shown(step, person, other)
        if sex and self.told_sex(triples, other) != sex:
            triples += (self._called[other, sex],)
        return triples

    def told_sex(self, triples: tuple[Triple, ...], person: int) -> str | None:
        """Return the sex of a person that triples state, or ``None``."""
        told = (self._roles[one.relation][1] for one in triples if one.target == person)
        return next(filter(None, told), None)

    def _shown(self, step: str, person: int, other: int) -> tuple[Triple, ...]:
        if step == "self":
            return ()
        for stated in self._stated:
            if (step, person, other) in stated:
                return (stated[step, person, other],)
        up = "parent" if step == "sibling" else "child"
        middle = min(self.steps[up][person] & self.steps[up][other])
        return self._shown(up, person, middle) + self._shown(OPPOSITE[up], middle, other)

    def _state(self, triple: Triple, step: str, sex: str | None) -> None:
        source, _, target = triple
        self.steps[step][source].add(target)
        self.steps[OPPOSITE[step]][target].add(source)
        self._stated[0 if sex else 1].setdefault((step, source, target), triple)
        self._stated[2].setdefault((OPPOSITE[step], target, source), triple)
        if sex:
            self.sexes[sex].add(target)
            self._called.setdefault((target, sex), triple)

    def _join(self, step: str, up: str) -> None:
        for person, above in list(self.steps[up].items()):
            joined = {other for one in above for other in self.steps[OPPOSITE[up]][one]} - {person}
            self.steps[step][person] |= joined


def roles_of(graph: Graph) -> dict[int, tuple[str, str | None]]:
    """Return the step and the sex that each relation of kinship states, by number. There must be one.

    The words must be those of ``ROLES``; :func:`graphdnc.kinship.family_graph.family_graph` rewords others.

    Raises:
        UsageError: no relation of the graph is one of kinship.
    """
    roles = _roles(graph)
    if not roles:
        raise UsageError(
            f"no relation of the graph is one of kinship; use the names {', '.join(ROLES)}, each from a "
            "person to that relative, as in Bart,father,Homer, or say what yours mean, for example "
            '--means "WORD = father"'
        )
    return roles


@lru_cache(maxsize=4)
def _roles(graph: Graph) -> dict[int, tuple[str, str | None]]:
    folded = ((number, fold(graph.relation_name(number))) for number in range(graph.relations))
    named = ((number, ALSO_ROLES.get(name, name)) for number, name in folded)
    return {number: ROLES[name] for number, name in named if name in ROLES}


@lru_cache(maxsize=4)
def facts_of(graph: Graph) -> Facts:
    """Return the facts of a family, cached."""
    return Facts(graph)
