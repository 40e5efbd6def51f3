"""How two people are related, found by asking a network for the relatives of one of them, near ones first.

Nothing here looks at the facts of the family: the answers of networks are believed. Terms without a sex
and a side ("grandparent") are asked for first, those of equal distance together, until the network names the
other person. Then come narrower terms: a term is asked for if all wider terms hold, so "maternal grandmother"
is asked for after "grandmother" and "maternal grandparent".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from graphdnc.answering.kinship.subfamily import reach
from graphdnc.kinship.rules import Rule
from graphdnc.kinship.vocabulary import Term, Vocabulary, closest
from graphdnc.questions import Kin

if TYPE_CHECKING:
    from graphdnc.answering.answer import Answer
    from graphdnc.tasks.votes import Relative

Ask = Callable[[list[Kin]], "list[Answer]"]

_FAR = 5
"""Terms of this many steps or more are few, and are asked for together."""


@dataclass(frozen=True)
class Related:
    """How a person is related to another, as far as the network names them as a relative.

    Attributes:
        terms: the closest terms that hold; empty if none holds.
        answers: the answer of the network for each term.
        relatives: the other person in each of these answers.
        asked: the number of questions.
        seconds: the time for all of them.
        memorised: the number of triples that the network was shown.
        part: whether only a part of the family was memorised.
    """

    terms: tuple[Term, ...]
    answers: tuple[Answer, ...]
    relatives: tuple[Relative, ...]
    asked: int
    seconds: float
    memorised: int
    part: bool


def related(
    ask: Ask,
    person: int,
    relative: int,
    vocabulary: Vocabulary,
    glance: Ask | None = None,
    apart: Callable[[], int] = lambda: 0,
) -> Related:
    """Find what ``relative`` is to a person by asking for relatives of the person.

    If all answers are exact, the terms are those of :func:`graphdnc.kinship.relatives.relation_between`.
    ``glance`` is a faster and less sure way to ask; the terms that it finds are then asked for by ``ask``.
    ``apart`` returns how many facts, at least, lead from the one to the other. It is called if none of the
    nearest terms holds, and terms that do not lead so far are not asked for.
    """
    search, least = _Search(glance or ask, person, relative), 0
    for number, together in enumerate(groups(vocabulary)):
        if number == 1:
            least = apart()
        if search.ask_for([term for term in together if reach(term.rule).facts >= least]):
            search.narrow(vocabulary)
            # there is no term for a parent's sibling of unknown sex, but perhaps there is one further away
            found = closest([term for term in vocabulary if term in search.holds])
            if found:
                return search.result(found, ask if glance else None)
            search.holds.clear()
    return search.result([])


def groups(vocabulary: Vocabulary) -> list[list[Term]]:
    """Return the terms of a vocabulary without sex and side, in the groups in which they are asked for.

    Where women and men have no common name, there is one term for both: "aunt or uncle".
    """
    apart: dict[int, list[Term]] = {}
    for root in _roots(vocabulary):
        if root.narrows is None:  # half-siblings are asked for after siblings
            apart.setdefault(min(root.rule.steps, _FAR), []).append(root)
    return [apart[steps] for steps in sorted(apart)]


def _roots(vocabulary: Vocabulary) -> Iterator[Term]:
    widest: dict[str, Term] = {}
    for term in vocabulary:
        if term.side is None:
            widest.setdefault(term.root, term)
    for root, term in widest.items():
        any_sex = Rule(tuple((*chain[:-1], replace(chain[-1], sex=None)) for chain in term.rule.chains))
        yield term if term.sex is None else replace(term, name=root, rule=any_sex, sex=None)


@dataclass
class _Search:
    """Questions for the relatives of a person, and the terms that hold for one of them."""

    ask: Ask
    person: int
    relative: int
    holds: dict[Term, tuple[Answer, Relative]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)

    def ask_for(self, terms: list[Term]) -> list[Term]:
        """Ask for relatives by some terms, and return the terms that hold."""
        if not terms:
            return []
        answers = self.ask([Kin(self.person, term) for term in terms])
        self.answers += answers
        found = []
        for term, answer in zip(terms, answers, strict=True):
            for one in answer.relatives:
                if one.person == self.relative:
                    self.holds[term] = answer, one
                    found.append(term)
        return found

    def narrow(self, vocabulary: Vocabulary) -> None:
        """Ask for narrower terms than those that hold, until none is left."""
        roots = {term.root for term in self.holds}
        left = [term for term in vocabulary if roots & {term.root, term.narrows} and term not in self.holds]
        while left:
            wider = {term: [other for other in left if term.narrower_than(other)] for term in left}
            ready = [term for term in left if not wider[term]]
            found = self.ask_for(ready)
            refused = [term for term in ready if term not in found]
            left = [
                term
                for term in left
                if term not in ready and not any(term.narrower_than(other) for other in refused)
            ]

    def result(self, terms: list[Term], ask: Ask | None = None) -> Related:
        """Return the result: these terms are the closest. With ``ask``, they are asked for again."""
        asked = len(self.answers)
        if ask is not None:
            self.ask = ask
            self.ask_for(terms)
        found = [self.holds[term] for term in terms]
        return Related(
            tuple(terms),
            tuple(answer for answer, _ in found),
            tuple(relative for _, relative in found),
            asked,
            sum(answer.seconds for answer in self.answers),
            max((answer.memorised for answer in self.answers), default=0),
            any(answer.part for answer in self.answers),
        )
