"""How two people are related, found out by asking for one's relatives, near ones first.

Nothing here looks at the facts of a family: ``ask`` answers, and what it answers is believed. Terms without
a sex and a side come first ("grandparent"), those equally far away together, and the first distance at which
the relative is listed is the last one asked for. Only then come the terms that say more: one is asked for
where all those hold that it says more than, so "maternal grandmother" after "grandmother" and "maternal
grandparent".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from graphdnc.answering.kinship.subfamily import Reach, reach, widest
from graphdnc.kinship.rules import Rule
from graphdnc.kinship.vocabulary import Term, Vocabulary, closest
from graphdnc.questions import Between, Kin

if TYPE_CHECKING:
    from graphdnc.answering.answer import Answer
    from graphdnc.answering.open_session import Session
    from graphdnc.answering.subgraph import Subgraph, SubgraphLimits
    from graphdnc.graph import Graph
    from graphdnc.tasks.votes import Relative

Ask = Callable[[list[Kin]], "list[Answer]"]

_FAR = 5
"""Terms of so many steps and more are few, and asked for together."""


@dataclass(frozen=True)
class Related:
    """What asking for a person's relatives found out about one of them.

    Attributes:
        terms: the closest terms under which the relative was listed; none where none was.
        answers: the answer in which each term lists the relative.
        listed: what was said of the relative in each.
        asked: how many questions it took.
        seconds: how long all of them took.
        memorised: how many triples the network was given.
        part: whether these were not the whole family.
    """

    terms: tuple[Term, ...]
    answers: tuple[Answer, ...]
    listed: tuple[Relative, ...]
    asked: int
    seconds: float
    memorised: int
    part: bool


def relate(
    session: Session, graph: Graph, between: Between, vocabulary: Vocabulary, votes: int, seed: int
) -> Related:
    """Find out how two people are related, in the part of a family that lies between them.

    Raises:
        CapacityError: there is no room for the family or for that many votes.
        UsageError: no relation of the graph is one of kinship.
    """
    person, relative = between.person, between.relative

    def choose(limits: SubgraphLimits) -> Subgraph:
        furthest = reduce(Reach.within, (reach(term.rule) for term in vocabulary))
        return widest(graph, person, relative, furthest, limits)

    answer_all = session.for_part(choose)
    return related(
        lambda asked: answer_all(asked, votes, seed),
        person,
        relative,
        vocabulary,
        glance=lambda asked: answer_all(asked, 1, seed),
    )


def related(
    ask: Ask, person: int, relative: int, vocabulary: Vocabulary, glance: Ask | None = None
) -> Related:
    """Find out what ``relative`` is to a person by asking for the person's relatives only.

    Where all answers are exact, the terms are those of
    :func:`graphdnc.kinship.relatives.relation_between`. ``glance`` asks less surely and faster; what it finds
    is then asked for again.
    """
    search = _Search(glance or ask, person, relative)
    for together in groups(vocabulary):
        if search.holding(together):
            search.narrow(vocabulary)
            # of a parent's sibling of no known sex there is no term, but perhaps there is one further away
            found = closest([term for term in vocabulary if term in search.holds])
            if found:
                return search.result(found, ask if glance else None)
            search.holds.clear()
    return search.result([])


def groups(vocabulary: Vocabulary) -> list[list[Term]]:
    """Return the terms of a vocabulary without sex and side, in the groups in which they are asked for.

    Women and men who have no common name have one term here all the same, "aunt or uncle".
    """
    apart: dict[int, list[Term]] = {}
    for root in _roots(vocabulary):
        if root.narrows is None:  # a half-sibling is asked for once there is a sibling
            apart.setdefault(min(root.rule.steps, _FAR), []).append(root)
    return [apart[steps] for steps in sorted(apart)]


def _roots(vocabulary: Vocabulary) -> Iterator[Term]:
    widest: dict[str, Term] = {}
    for term in vocabulary:
        if term.side is None:
            widest.setdefault(term.root, term)
    for root, term in widest.items():
        yield term if term.sex is None else replace(term, name=root, rule=_of_any_sex(term.rule), sex=None)


def _of_any_sex(rule: Rule) -> Rule:
    return Rule(tuple((*chain[:-1], replace(chain[-1], sex=None)) for chain in rule.chains))


class _Search:
    """Questions for one person's relatives, and the terms under which the relative was listed."""

    def __init__(self, ask: Ask, person: int, relative: int) -> None:
        self.ask, self.person, self.relative = ask, person, relative
        self.holds: dict[Term, tuple[Answer, Relative]] = {}
        self.answers: list[Answer] = []

    def holding(self, terms: list[Term]) -> list[Term]:
        """Ask for relatives by some terms, and return those under which the relative is listed."""
        answers = self.ask([Kin(self.person, term) for term in terms])
        self.answers += answers
        found = []
        for term, answer in zip(terms, answers, strict=True):
            for listed in answer.relatives:
                if listed.person == self.relative:
                    self.holds[term] = answer, listed
                    found.append(term)
        return found

    def narrow(self, vocabulary: Vocabulary) -> None:
        """Ask for terms that say more than those that hold, until none is left."""
        roots = {term.root for term in self.holds}
        left = [term for term in vocabulary if roots & {term.root, term.narrows} and term not in self.holds]
        while left:
            wider = {term: [other for other in left if term.narrower_than(other)] for term in left}
            ready = [term for term in left if not wider[term]]
            found = self.holding(ready)
            refused = [term for term in ready if term not in found]
            left = [
                term
                for term in left
                if term not in ready and not any(term.narrower_than(other) for other in refused)
            ]

    def result(self, terms: list[Term], ask: Ask | None = None) -> Related:
        """Return what was found out: that these terms are the closest, asked for again by ``ask``."""
        asked = len(self.answers)
        if ask is not None:
            self.ask = ask
            self.holding(terms)
        found = [self.holds[term] for term in terms]
        return Related(
            tuple(terms),
            tuple(answer for answer, _ in found),
            tuple(listed for _, listed in found),
            asked,
            sum(answer.seconds for answer in self.answers),
            max((answer.memorised for answer in self.answers), default=0),
            any(answer.part for answer in self.answers),
        )
