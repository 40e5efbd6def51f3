"""Answers about kin: the relatives of a person, and how two people are related."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphdnc.answering.answer import Answer, CheckedAnswer
from graphdnc.answering.kinship.relationship import Related
from graphdnc.answering.kinship.subfamily import both_ways
from graphdnc.graph import Triple
from graphdnc.kinship.family_graph import FamilyGraph, family_graph
from graphdnc.kinship.relatives import Relationship, words_along
from graphdnc.kinship.vocabulary import Term
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Between, Kin, Path, ShortestPath

UNRELATED = Relationship((), ())
"""The exact answer if nothing relates two people."""


@dataclass(frozen=True)
class CheckedKinship(CheckedAnswer):
    """An answer about the people of a family."""

    @property
    def family(self) -> FamilyGraph:
        """The facts of the graph in the words that networks were trained on."""
        return family_graph(self.graph)

    @property
    def shown(self) -> list[Path]:
        """The facts that the network said on the way to each person it names, in numbers of the graph."""
        return [self.family.as_given(one.shown) for one in self.answer.relatives]

    @property
    def tries(self) -> list[int]:
        """The number of votes for each name in ``ends``."""
        return [one.agreeing for one in self.answer.relatives]

    def _record_of_paths(self, paths: list[list[dict[str, str]]]) -> dict[str, Any]:
        return {"holds": self.holds, "path": paths[0] if paths else [], "shown": paths, "tries": self.tries}

    def _record_of_questions(self) -> dict[str, Any]:
        return {"denies": self.answer.denies, "asked": self.asked}


@dataclass(frozen=True)
class CheckedRelatives(CheckedKinship):
    """The relatives that the network names, beside the exact ones.

    Attributes:
        claimed: for a question that is answered by yes or no, the person it is about; ``None`` for others.
        not_known: what no fact settles: why the person of the claim may be such a relative or not, or who
            would be one with another sex stated.
        asked: the number of questions that it took.
    """

    exact: frozenset[int] | None
    claimed: int | None = None
    not_known: tuple[str, ...] = ()
    asked: int = 1
    kind = "kinship"

    @property
    def kin(self) -> Kin:
        """The question: whose relatives, and by which term."""
        assert isinstance(self.question, Kin)
        return self.question

    @property
    def holds(self) -> bool | None:
        """Whether the network names the person of the claim.

        Without a claim, whether it names anybody, if that is asked.

        ``None`` if the question is not for yes or no, without an answer, and if it does not name them, but
        no fact says that they are no such relative: a missing fact is not a "no".
        """
        relatives = self.answer.relatives
        if not self._for_yes_or_no or not (relatives or self.answer.denies):
            return None
        named = any(self.claimed in (None, one.person) for one in relatives)
        return None if self.not_known and not named else named

    @property
    def left_open(self) -> bool:
        """Whether the question is for yes or no, and no fact settles it."""
        return self._for_yes_or_no and self.holds is None and bool(self.not_known)

    @property
    def _for_yes_or_no(self) -> bool:
        return self.claimed is not None or self.put == "whether"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as the JSON object of ``ask --json``; nothing is sure of what is not known."""
        found = super().to_dict()
        return {**found, "confidence": None} if self.left_open else found

    def _record_of_questions(self) -> dict[str, Any]:
        return {**super()._record_of_questions(), "not_known": list(self.not_known)}

    @property
    def ends(self) -> list[str]:
        """The names of the relatives that the network names."""
        return [self.graph.node_name(one.person) for one in self.answer.relatives]

    @property
    def exact_ends(self) -> list[str]:
        """The names of all such relatives."""
        return list(map(self.graph.node_name, sorted(self.exact or ())))

    def _is_exact(self) -> bool:
        relatives = self.answer.relatives
        answered = bool(relatives) or self.answer.denies
        return answered and {one.person for one in relatives} == set(self.exact or ())


@dataclass(frozen=True)
class CheckedRelation(CheckedKinship):
    """How the network says that two people are related, beside the exact answer.

    ``exact`` is :data:`UNRELATED` if nothing relates them. ``answer.path`` is the shortest path between them
    if the network found no term: each triple leads on, so it may be a fact in the other direction.

    Attributes:
        terms: the closest terms by which the network names one of them as a relative of the other.
        asked: the number of questions that it took.
    """

    exact: Relationship | None
    terms: tuple[Term, ...] = ()
    asked: int = 1
    kind = "relationship"

    @property
    def between(self) -> Between:
        """The question: the two people."""
        assert isinstance(self.question, Between)
        return self.question

    @property
    def _way(self) -> Path:
        """The path between them, if no term was found."""
        return () if self.terms else self.answer.path or ()

    @property
    def ends(self) -> list[str]:
        """What one is to the other: terms or, without a term, a chain of words such as "husband's sister"."""
        if self._way:
            return ["'s ".join(words_along(self.graph, self._way))]
        return [term.name for term in self.terms]

    @property
    def exact_ends(self) -> list[str]:
        """The same by the exact rules; empty if nothing relates them."""
        exact = self.exact or UNRELATED
        if exact.terms or exact == UNRELATED:
            return [term.name for term in exact.terms]
        return ["'s ".join(link.word for link in exact.evidence[0].links)]

    @property
    def shown(self) -> list[Path]:
        """The facts that the network said for each name in ``ends``, in numbers."""
        if not self._way:
            return super().shown
        stated = set(self.family.graph)
        facts = tuple(one if one in stated else Triple(*one[::-1]) for one in self._way)
        return [self.family.as_given(facts)]

    @property
    def tries(self) -> list[int]:
        """The number of votes for each name in ``ends``."""
        return [self.answer.agreeing] if self._way else super().tries

    def _is_exact(self) -> bool:
        exact = self.exact or UNRELATED
        if exact == UNRELATED:
            return self.answer.denies
        if exact.terms or self.terms:
            return set(exact.terms) == set(self.terms)
        question = ShortestPath(self.between.person, self.between.relative)
        return bool(self._way) and is_answer(both_ways(self.family.graph), question, self._way)


def relation_answer(between: Between, found: Related, way: Answer | None) -> Answer:
    """Return one answer for all questions that it took to find out how two people are related.

    ``way`` is the answer to the question for a shortest path, which is asked if no term was found. The answer
    is as sure as its least sure part.
    """
    if way is None:
        votes, agreeing = found.answers[0].votes, min(one.agreeing for one in found.relatives)
        sure = min(answer.confidence for answer in found.answers) if votes == 1 else agreeing / votes
    else:
        votes, agreeing, sure = way.votes, way.agreeing, way.confidence
    return Answer(
        question=between,
        path=None if way is None else way.path,
        denies=way is not None and way.denies and not way.path,
        confidence=sure,
        votes=votes,
        agreeing=agreeing,
        seconds=found.seconds + (way.seconds if way else 0.0),
        memorised=found.memorised,
        relatives=found.relatives,
        part=found.part,
    )
