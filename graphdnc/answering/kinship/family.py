"""A family that networks are asked about: as a whole, or as much of it as a question needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Protocol

from graphdnc.answering.kinship.answer import CheckedKin, CheckedRelation
from graphdnc.answering.kinship.relationship import Related, related
from graphdnc.answering.kinship.subfamily import (
    MOST_PEOPLE,
    Part,
    Reach,
    both_ways,
    neighbourhood,
    reach,
    widest,
)
from graphdnc.errors import GraphDNCError, NoAnswer
from graphdnc.graph import Graph
from graphdnc.kinship.relatives import relation_between, relatives
from graphdnc.kinship.vocabulary import Vocabulary
from graphdnc.questions import Asked, Between, Claim, Kin, ShortestPath

if TYPE_CHECKING:
    from graphdnc.answering.answer import Answer


class AskTogether(Protocol):
    """Asks questions of one kind together, each as often as is usual, or once."""

    def __call__(self, questions: Sequence[Asked], once: bool = False) -> list[Answer]:
        """Return an answer to each question."""


Hold = Callable[[Graph, str], AskTogether]
"""Lets the network of a name hold a graph; returns what asks it."""


class Family:
    """A family, and whom to ask about it.

    A family of more people than a network tells apart is asked about in parts: the neighbourhood of a
    person, as far as the rule of the term can lead.

    Attributes:
        graph: the family.
        vocabulary: the terms by which two people may be related.
        check: whether exact answers are sought too.
        model: the name of the network that lists relatives; it may be changed.
    """

    def __init__(
        self,
        graph: Graph,
        vocabulary: Vocabulary,
        hold: Hold,
        check: bool = True,
        model: str = "kinship",
        most: int = MOST_PEOPLE,
    ) -> None:
        self.graph, self.vocabulary = graph, vocabulary
        self.check, self.model = check, model
        self._hold, self._most = hold, most
        self._whole = Part(graph, tuple(range(graph.nodes)))
        self._held: tuple[Part, str, AskTogether] | None = None
        self._ways: AskTogether | None = None

    @property
    def fits(self) -> bool:
        """Whether the family is asked about as a whole."""
        return self.graph.nodes <= self._most

    def list_kin(self, asked: Sequence[tuple[str, Kin | Claim]]) -> list[CheckedKin | GraphDNCError]:
        """Answer questions, each with its text, or say why not; one that fails does not stop the others.

        Of a claim the network is asked for all such relatives, and not told whom the claim is about.
        """
        if not self.fits:
            return [answer for one in asked for answer in self._try_to_list([one])]
        return self._try_to_list(list(asked))

    def _try_to_list(self, asked: list[tuple[str, Kin | Claim]]) -> list[CheckedKin | GraphDNCError]:
        try:
            answers = self.ask_all(
                [question.kin if isinstance(question, Claim) else question for _, question in asked]
            )
        except GraphDNCError as error:
            if len(asked) == 1:
                return [error]
            return [answer for one in asked for answer in self._try_to_list([one])]
        return [
            self._checked(text, question, answer)
            for (text, question), answer in zip(asked, answers, strict=True)
        ]

    def _checked(self, text: str, question: Kin | Claim, answer: Answer) -> CheckedKin:
        kin, claimed = (question.kin, question.relative) if isinstance(question, Claim) else (question, None)
        exact = relatives(self.graph, kin.person, kin.term) if self.check else None
        return CheckedKin(text, self.graph, kin.person, kin.term, answer, exact, self.model, claimed)

    def find_relation(self, text: str, between: Between) -> CheckedRelation:
        """Answer how two people are related: by a term, or where none fits, by a shortest way.

        Raises:
            NoAnswer: they are the same person.
            UsageError: no relation of the graph is one of kinship.
        """
        exact, why = None, ""
        if between.person == between.relative:
            raise NoAnswer(f"{self.graph.node_name(between.person)!r} is the same person; name two people")
        if self.check:
            try:
                exact = relation_between(self.graph, between.person, between.relative, self.vocabulary)
            except NoAnswer as error:
                why = str(error)
        found = self.relate(between)
        way = None if found.terms else self.way(between)
        return CheckedRelation(text, self.graph, between, found, way, self.check, exact, why, self.model)

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
            part = neighbourhood(self.graph, question.person, reach(question.term.rule), self._most)
            answers += self._ask(part, [question])
        return answers

    def relate(self, between: Between) -> Related:
        """Find out how two people are related.

        Raises:
            UsageError: no relation of the graph is one of kinship.
        """
        part = self._around(between)
        return related(
            lambda asked: self._ask(part, asked),
            between.person,
            between.relative,
            self.vocabulary,
            glance=lambda asked: self._ask(part, asked, once=True),
        )

    def way(self, between: Between) -> Answer:
        """Ask for a shortest way from a person to the other by facts, whichever way these lead.

        Raises:
            UsageError: no relation of the graph is one of kinship.
        """
        if self._ways is None:
            self._ways = self._hold(both_ways(self.graph), "shortest-path")
        return self._ways([ShortestPath(between.person, between.relative)])[0]

    def _around(self, between: Between) -> Part:
        """Return what is asked about where two people are."""
        if self.fits:
            return self._whole
        furthest = reduce(Reach.within, (reach(term.rule) for term in self.vocabulary))
        return widest(self.graph, between.person, between.relative, furthest, self._most)

    def _ask(self, part: Part, questions: Sequence[Kin], once: bool = False) -> list[Answer]:
        inside = [Kin(part.inside(question.person), question.term) for question in questions]
        if self._held is None or (self._held[0].people, self._held[1]) != (part.people, self.model):
            self._held = part, self.model, self._hold(part.graph, self.model)
        answers = self._held[2](inside, once)
        if self.fits:
            return answers
        return [_outside(part, *pair) for pair in zip(questions, answers, strict=True)]


def _outside(part: Part, question: Kin, answer: Answer) -> Answer:
    """Return an answer about a part of a family in the numbers of the whole."""
    relatives = tuple(
        one._replace(person=part.people[one.person], shown=tuple(map(part.outside, one.shown)))
        for one in answer.relatives
    )
    return replace(answer, question=question, relatives=relatives, part=True)
