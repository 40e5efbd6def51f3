"""Questions about a family, answered by networks and checked by the exact rules of kinship."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce

import numpy as np

from graphdnc.answering.answer import Answer
from graphdnc.answering.kinship.answer import UNRELATED, CheckedRelation, CheckedRelatives, relation_answer
from graphdnc.answering.kinship.relationship import Related, related
from graphdnc.answering.kinship.stated import with_stated
from graphdnc.answering.kinship.subfamily import Reach, both_ways, reach, widest
from graphdnc.answering.sessions import Sessions
from graphdnc.errors import NoAnswer, UsageError
from graphdnc.graph import Graph, named
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.family_graph import family_graph
from graphdnc.kinship.relatives import Relationship, relation_between, relatives
from graphdnc.kinship.stated import stated_between
from graphdnc.kinship.unknown import not_known, open_relatives
from graphdnc.kinship.vocabulary import Vocabulary
from graphdnc.language.describe import describe
from graphdnc.questions import Between, Claim, Kin, ShortestPath

_WAYS = "shortest-path"
"""The task, and the network, that finds the way between two people for whom there is no term."""


@dataclass
class Family:
    """A graph that states kinship, and the terms that can be asked for.

    Attributes:
        graph: the graph as it was given: made undirected, it would have other facts.
        vocabulary: the terms of kinship.
        check: whether exact answers are found too.
    """

    graph: Graph
    vocabulary: Vocabulary
    check: bool

    @property
    def facts(self) -> Graph:
        """The graph with its facts in the words that networks were trained on."""
        return family_graph(self.graph).graph

    def require_facts(self) -> None:
        """Check that something is stated that kin follow from.

        Raises:
            UsageError: no relation of the graph is one of kinship, or it relates nobody to anybody else.
        """
        roles = roles_of(self.facts)
        kin = self.facts.triples[np.isin(self.facts.triples[:, 1], list(roles))]
        if (kin[:, 0] == kin[:, 2]).all():
            person = self.graph.node_name(int(kin[0, 0])) if len(kin) else "nobody"
            raise UsageError(
                f"all facts of kinship lead from a person to the same person, such as {person!r}; "
                "state what people are to others, as in Bart,father,Homer"
            )

    def checked_relatives(
        self, text: str, question: Kin | Claim, answer: Answer, model: str | None, sessions: Sessions
    ) -> CheckedRelatives:
        """Return the network's answer to a question for relatives beside the exact one."""
        kin = question.kin if isinstance(question, Claim) else question
        claimed = question.relative if isinstance(question, Claim) else None
        answer, asked = with_stated(self.graph, kin, answer, sessions)
        if claimed is None:
            open_ = open_relatives(self.graph, kin.person, kin.term)
        else:
            open_ = list(filter(None, [not_known(self.graph, kin.person, kin.term, claimed)]))
        exact = relatives(self.graph, kin.person, kin.term) if self.check else None
        owner = self.graph.node_name(kin.person)
        why = "" if exact else f"no stated facts make anybody {owner}'s {kin.term.name}"
        return CheckedRelatives(text, self.graph, answer, exact, why, model, claimed, tuple(open_), asked)

    def find_relation(self, text: str, between: Between, sessions: Sessions) -> CheckedRelation:
        """Answer how two people are related: by a term or, if none is found, by a shortest path."""
        exact, why = self._exact_relation(between)
        model = sessions.model_for("kinship")

        @cache
        def shortest_way() -> Answer:
            question = ShortestPath(between.person, between.relative)
            return sessions.answer_all(_WAYS, _WAYS, both_ways(self.facts), [question])[0]

        found = self._relate(between, sessions, shortest_way)
        way = None
        if not found.terms:
            self._refuse_stated(between)
            model, way = _WAYS, shortest_way()
        answer, asked = relation_answer(between, found, way), found.asked + shortest_way.cache_info().misses
        return CheckedRelation(text, self.graph, answer, exact, why, model, found.terms, asked)

    def _refuse_stated(self, between: Between) -> None:
        """Refuse a question to which the graph states the answer from the other side only.

        Raises:
            NoAnswer: there is such a triple, and without a sex there is no term for it from this side.
        """
        stated = stated_between(self.graph, between.person, between.relative)
        if stated is not None:
            other = describe(self.graph, Between(between.relative, between.person))
            triple = ", ".join(named(self.graph, [stated])[0])
            raise NoAnswer(f"the graph says only {triple!r}; ask from the other side: {other}")

    def _relate(self, between: Between, sessions: Sessions, shortest_way: Callable[[], Answer]) -> Related:
        """Find the terms in the part of the family that lies between two people.

        A term whose rule has fewer facts than the shortest way between them cannot hold, unless it is stated.
        """
        person, relative = between.person, between.relative
        furthest = reduce(Reach.within, (reach(term.rule) for term in self.vocabulary))
        session = sessions.open(sessions.model_for("kinship"), self.facts)
        answer_all = session.for_part(lambda limits: widest(self.facts, person, relative, furthest, limits))
        votes, seed = sessions.votes_for("kinship"), sessions.seed

        def ask(asked: list[Kin], votes: int) -> list[Answer]:
            said = zip(asked, answer_all(asked, votes, seed), strict=True)
            return [with_stated(self.graph, *pair, sessions)[0] for pair in said]

        def apart() -> int:
            if stated_between(self.graph, person, relative) or stated_between(self.graph, relative, person):
                return 0
            way = shortest_way()
            return sys.maxsize if way.denies else len(way.path or ())

        return related(
            lambda asked: ask(asked, votes),
            person,
            relative,
            self.vocabulary,
            glance=lambda asked: ask(asked, 1),
            apart=apart,
        )

    def _exact_relation(self, between: Between) -> tuple[Relationship | None, str]:
        """Return how two people are related, ``None`` without the check, and the reason if they are not."""
        if between.person == between.relative:
            name = self.graph.node_name(between.person)
            raise NoAnswer(f"{name!r} is the same person; name two people")
        if not self.check:
            return None, ""
        try:
            return relation_between(self.graph, between.person, between.relative, self.vocabulary), ""
        except NoAnswer as error:
            return UNRELATED, str(error)
