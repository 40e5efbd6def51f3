"""The facts of a family in the twelve words for them, whatever words a graph uses.

"Ben is son of Grace" states that Grace's son is Ben, and "Ben, gender, male" states Ben's sex. Networks and
exact rules know the words of :data:`graphdnc.kinship.rules.ROLES` only, so such facts are reworded. A sex is
stated by a fact that leads to the person: if Ben is Grace's child and male, then Grace's son is Ben.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import OPPOSITE
from graphdnc.kinship.rules import ALSO_ROLES, ROLES, step_word
from graphdnc.kinship.words import Meaning, Role, folded, sex_of, understand
from graphdnc.names import fold

_SAYS_WHAT = frozenset(["is", "is a", "a", "type", "instance of"])
"""Relations to the word for a sex: "Ben, is, male"."""


@dataclass(frozen=True, eq=False)
class FamilyGraph:
    """A graph, and the same facts in the words that the rules of kinship know.

    Attributes:
        whole: the graph as it was given.
        graph: the graph with its facts reworded, with the same nodes; the same object if all facts are worded
            so. Its relations are those of ``whole`` and further ones.
        meanings: what the relations of ``whole`` say about kin, by number; empty if it states no kinship.
        given: for each triple that is worded otherwise in ``whole``, the triple there.
    """

    whole: Graph
    graph: Graph
    meanings: Mapping[int, Meaning] = field(default_factory=dict)
    given: Mapping[Triple, Triple] = field(default_factory=dict)

    def as_given(self, path: tuple[Triple, ...]) -> tuple[Triple, ...]:
        """Return triples as the graph that was given states them."""
        return tuple(self.given.get(triple, triple) for triple in path)


@lru_cache(maxsize=8)
def family_graph(graph: Graph) -> FamilyGraph:
    """Return the facts of a graph in the twelve words, cached.

    >>> read = family_graph(Graph.from_triples([("Ben", "is son of", "Eve"), ("Eve", "mother", "Ann")]))
    >>> [read.graph.relation_name(triple.relation) for triple in read.graph]
    ['son', 'mother']
    """
    meanings = _meanings(graph)
    if not any(meaning.role for meaning in meanings.values()):
        return FamilyGraph(graph, graph)
    rewording = _Rewording(graph, meanings)
    rewording.state_sexes()
    rows = list(rewording.rows)
    if rows == list(graph):
        return FamilyGraph(graph, graph, meanings)
    names = tuple(rewording.names)
    triples = np.array(rows, np.int32)
    reworded = replace(graph, triples=triples, relations=len(names), relation_names=names, kin_words=())
    given = {triple: before for triple, before in rewording.rows.items() if triple != before}
    return FamilyGraph(graph, reworded, meanings, given)


def states_kinship(graph: Graph) -> bool:
    """Return whether a graph has a relation of kinship."""
    return bool(family_graph(graph).meanings)


def _meanings(graph: Graph) -> dict[int, Meaning]:
    """Return what relations say about kin; a name with other meanings counts only beside a surer one."""
    own = dict(graph.kin_words)
    found: dict[int, Meaning] = {}
    for number in range(graph.relations):
        name = graph.relation_name(number)
        word = own.get(folded(name))
        if (meaning := understand(word or name)) is not None:
            found[number] = replace(meaning, weak=False) if word else meaning
    sure = any(meaning.role and not meaning.weak for meaning in found.values())
    return {number: meaning for number, meaning in found.items() if sure or not meaning.weak}


class _Rewording:
    """The triples of a graph reworded.

    Attributes:
        names: the names of the relations.
        rows: each triple, and the triple of the graph that it comes from.
    """

    def __init__(self, graph: Graph, meanings: Mapping[int, Meaning]) -> None:
        self._graph, self._meanings = graph, meanings
        self._own = dict(graph.kin_words)
        self.names = [graph.relation_name(number) for number in range(graph.relations)]
        self._numbers: dict[Role, int] = {}
        self._roles: dict[int, Role] = {}
        for number, name in enumerate(map(fold, self.names)):
            if role := ROLES.get(ALSO_ROLES.get(name, name)):
                self._roles[number] = role
                self._numbers.setdefault(role, number)
        self.rows: dict[Triple, Triple] = {}
        for triple in graph:
            self.rows.setdefault(self._reworded(triple), triple)

    def _number(self, role: Role) -> int:
        """Return the relation for a role, a new one if there is none."""
        if role not in self._numbers:
            self._numbers[role] = len(self.names)
            self._roles[len(self.names)] = role
            self.names.append(step_word(*role))
        return self._numbers[role]

    def _reworded(self, triple: Triple) -> Triple:
        meaning = self._meanings.get(triple.relation)
        usual = triple.relation in self._roles and folded(self.names[triple.relation]) not in self._own
        if usual or meaning is None or meaning.role is None:
            return triple
        relation = self._number(meaning.role)
        ends = triple.source, triple.target
        source, target = reversed(ends) if meaning.turned else ends
        return Triple(source, relation, target)

    def state_sexes(self) -> None:
        """Let a fact about each person state their sex, if only a triple such as "Ben, gender, male" does."""
        stated = dict.fromkeys(stated_sexes(self._graph, self._meanings))
        if not stated:
            return
        told: set[tuple[int, str]] = set()
        about: defaultdict[int, list[Triple]] = defaultdict(list)
        for triple in self.rows:
            step, sex = self._roles.get(triple.relation, ("", None))
            if step and triple.source != triple.target:
                about[triple.source].append(triple)
                about[triple.target].append(triple)
                if sex:
                    told.add((triple.target, sex))
        for person, sex in stated:
            if (person, sex) not in told and about[person]:
                self._tell(person, sex, about[person])

    def _tell(self, person: int, sex: str, facts: list[Triple]) -> None:
        leading = next(
            (one for one in facts if one.target == person and not self._roles[one.relation][1]), None
        )
        fact = leading or facts[0]
        step = self._roles[fact.relation][0]
        source = fact.source if fact.target == person else fact.target
        step = step if fact.target == person else OPPOSITE[step]
        self.rows.setdefault(Triple(source, self._number((step, sex)), person), self.rows[fact])


def stated_sexes(graph: Graph, meanings: Mapping[int, Meaning]) -> Iterator[tuple[int, str]]:
    """Yield people and the sex that a triple states: "Ben, gender, male", "Ben, is, male"."""
    says_what = {number for number in range(graph.relations) if _says_what(graph.relation_name(number))}
    sex = {number for number, meaning in meanings.items() if meaning.sex}
    asked = np.isin(graph.triples[:, 1], list(sex | says_what))
    rows = graph.triples[asked].tolist()
    # "H" is a man where "M" is a woman, as in Spanish: hombre, mujer
    letters = {fold(graph.node_name(target)) for _, relation, target in rows if relation in sex}
    women = "m" if {"h", "m"} <= letters and "f" not in letters else None
    for person, relation, target in rows:
        value = fold(graph.node_name(target))
        told = "female" if value == women else sex_of(value)
        if told and (relation in sex or len(value) > 1):
            yield person, told


def _says_what(name: str) -> bool:
    return folded(name) in _SAYS_WHAT
