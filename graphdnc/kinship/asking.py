"""A family that networks are asked about: as a whole, or as much of it as a question needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from graphdnc.graph import Graph
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.neighbourhood import MOST_PEOPLE, Part, neighbourhood, reach, widest
from graphdnc.kinship.related import Between, Related, related
from graphdnc.kinship.vocabulary import Vocabulary
from graphdnc.questions import Asked, Kin, ShortestPath

if TYPE_CHECKING:
    from graphdnc.answers import Answer

AskTogether = Callable[[Sequence[Asked]], "list[Answer]"]
"""Asks questions of one kind together."""
Hold = Callable[[Graph, str], AskTogether]
"""Lets the network for a kind of question hold a graph; returns what asks it."""


class Family:
    """A family, and whom to ask about it.

    A family of more people than a network tells apart is asked about in parts: the neighbourhood of a
    person, as far as the rule of the term can lead.

    Attributes:
        graph: the family.
        vocabulary: the terms by which two people may be related.
    """

    def __init__(self, graph: Graph, vocabulary: Vocabulary, hold: Hold, most: int = MOST_PEOPLE) -> None:
        self.graph, self.vocabulary = graph, vocabulary
        self._hold, self._most = hold, most
        self._whole = Part(graph, tuple(range(graph.nodes)))
        self._held: dict[str, tuple[Part, AskTogether]] = {}

    @property
    def fits(self) -> bool:
        """Whether the family is asked about as a whole."""
        return self.graph.nodes <= self._most

    def ask_all(self, questions: Sequence[Kin]) -> list[Answer]:
        """Ask who somebody's relatives are; one answer a question.

        Raises:
            CapacityError: the part of the family that a question needs has too many people.
            UsageError: no relation of the graph is one of kinship.
        """
        if self.fits:
            return self._ask(self._whole, questions)
        answers = []
        for question in questions:
            steps = reach(question.term.rule)
            part = neighbourhood(self.graph, (question.person,), steps, self._most)
            answers += self._ask(part, [question])
        return answers

    def relate(self, between: Between) -> Related:
        """Find out how two people are related.

        Raises:
            UsageError: no relation of the graph is one of kinship.
        """
        part = self._around(between)
        return related(
            lambda asked: self._ask(part, asked), between.person, between.relative, self.vocabulary
        )

    def way(self, between: Between) -> Answer:
        """Ask for a shortest way from a person to the other by facts, whichever way these lead.

        Raises:
            UsageError: no relation of the graph is one of kinship.
        """
        part = self._around(between)
        question = ShortestPath(part.inside(between.person), part.inside(between.relative))
        (answer,) = self._holding("shortest-path", part)([question])
        path = None if answer.path is None else tuple(map(part.outside, answer.path))
        return replace(answer, question=ShortestPath(between.person, between.relative), path=path)

    def _around(self, between: Between) -> Part:
        """Return what is asked about where two people are."""
        if self.fits:
            return self._whole
        # whoever is on the way from one to the other is within half of it of one of them
        furthest = max(reach(term.rule) for term in self.vocabulary)
        return widest(self.graph, (between.person, between.relative), -(-furthest // 2), self._most)

    def _ask(self, part: Part, questions: Sequence[Kin]) -> list[Answer]:
        inside = [Kin(part.inside(question.person), question.term) for question in questions]
        answers = self._holding("kinship", part)(inside)
        return [_outside(part, *pair) for pair in zip(questions, answers, strict=True)]

    def _holding(self, kind: str, part: Part) -> AskTogether:
        """Return what asks about a part; the last one of each kind stays in memory."""
        held = self._held.get(kind)
        if held is None or held[0].people != part.people:
            graph = part.graph if kind == "kinship" else both_ways(part.graph)
            held = self._held[kind] = part, self._hold(graph, kind)
        return held[1]


def both_ways(graph: Graph) -> Graph:
    """Return the facts of a family, each leading both ways under the same relation.

    Raises:
        UsageError: no relation of the graph is one of kinship.
    """
    roles = roles_of(graph)
    facts = np.array([triple for triple in graph if triple.relation in roles], np.int32)
    return replace(graph, triples=facts).undirected()


def _outside(part: Part, question: Kin, answer: Answer) -> Answer:
    """Return an answer about a part of a family in the numbers of the whole."""
    relatives = tuple(
        one._replace(person=part.people[one.person], shown=tuple(map(part.outside, one.shown)))
        for one in answer.relatives
    )
    return replace(answer, question=question, relatives=relatives)
