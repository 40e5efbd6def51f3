"""What a network says of kin, by name, beside the exact answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from graphdnc.answering.answer import Answer
from graphdnc.answering.kinship.relationship import Related
from graphdnc.answering.kinship.subfamily import both_ways
from graphdnc.graph import Graph, NamedTriple, Triple, named
from graphdnc.kinship.relatives import Relationship, words_along
from graphdnc.kinship.vocabulary import Term
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Between, Kin, Path, ShortestPath
from graphdnc.tasks.votes import Relative

Verdict = Literal["agrees", "disagrees", "off"]


@dataclass(frozen=True)
class CheckedKin:
    """The relatives that the network lists, beside the exact ones.

    Attributes:
        text: the question as it was asked.
        graph: the family.
        person: whose relatives were asked for.
        term: by which term.
        answer: what the network said.
        exact: everybody who is such a relative; ``None`` where the check was off.
        model: the name of the network.
        claimed: who was asked to be one of them; ``None`` where all were asked for.
    """

    text: str
    graph: Graph
    person: int
    term: Term
    answer: Answer
    exact: frozenset[int] | None
    model: str
    claimed: int | None = None
    kind = "kinship"

    @property
    def question(self) -> Kin:
        """What was asked."""
        return Kin(self.person, self.term)

    @property
    def listed(self) -> tuple[Relative, ...]:
        """What was said of each relative, in the network's order."""
        return self.answer.relatives

    @property
    def holds(self) -> bool | None:
        """Whether the network lists who was asked to be one of them; ``None`` where it does not say."""
        if self.claimed is None or not (self.listed or self.denies):
            return None
        return any(one.person == self.claimed for one in self.listed)

    @property
    def check(self) -> Verdict:
        """Whether the network lists exactly the right people, or that this was not asked."""
        if self.exact is None:
            return "off"
        if not self.listed and not self.answer.denies:
            return "disagrees"
        return "agrees" if {one.person for one in self.listed} == self.exact else "disagrees"

    @property
    def ends(self) -> list[str]:
        """The names of everybody listed."""
        return [self.graph.node_name(one.person) for one in self.listed]

    @property
    def exact_ends(self) -> list[str]:
        """The names of everybody who is such a relative."""
        return list(map(self.graph.node_name, sorted(self.exact or ())))

    @property
    def path(self) -> list[NamedTriple]:
        """The facts said on the way to the first one listed, by name."""
        return named(self.graph, self.listed[0].shown) if self.listed else []

    @property
    def shown(self) -> list[Path]:
        """The facts said on the way to each one listed."""
        return [one.shown for one in self.listed]

    @property
    def tries(self) -> list[int]:
        """How many tries list each one."""
        return [one.agreeing for one in self.listed]

    @property
    def denies(self) -> bool:
        """Whether the network says that nobody is such a relative."""
        return self.answer.denies

    @property
    def agreeing(self) -> int:
        """How many tries list exactly these people."""
        return self.answer.agreeing

    @property
    def votes(self) -> int:
        """How often it was asked."""
        return self.answer.votes

    @property
    def confidence(self) -> float:
        """How sure the network was, from 0 to 1."""
        return self.answer.confidence

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.answer.seconds

    @property
    def memorised(self) -> int:
        """How many triples the network was given."""
        return self.answer.memorised

    @property
    def part(self) -> bool:
        """Whether these were not the whole family."""
        return self.answer.part

    @property
    def asked(self) -> int:
        """How many questions it took."""
        return 1


@dataclass(frozen=True)
class CheckedRelation:
    """What the network says that somebody is to a person, beside the exact answer.

    Attributes:
        text: the question as it was asked.
        graph: the family.
        between: who was asked about.
        found: the terms, by the relatives that the network lists.
        way: where it lists none, what it says of a shortest way from one to the other.
        checking: whether the exact answer was sought.
        exact: the exact answer; ``None`` where nothing relates them.
        why: that nothing does, in words.
        kinship_model: the name of the network that lists relatives.
    """

    text: str
    graph: Graph
    between: Between
    found: Related
    way: Answer | None
    checking: bool
    exact: Relationship | None
    why: str
    kinship_model: str
    kind = "relationship"
    holds = None

    @property
    def question(self) -> Between:
        """What was asked."""
        return self.between

    @property
    def person(self) -> int:
        """Whose relation to the other one was asked for."""
        return self.between.person

    @property
    def model(self) -> str:
        """The name of the network that gave the answer."""
        return "shortest-path" if self.way else self.kinship_model

    @property
    def denies(self) -> bool:
        """Whether the network says that nothing relates the two."""
        return self.way is not None and self.way.denies and not self.steps

    @property
    def steps(self) -> Path:
        """The way that the network named, each triple as it leads on; none where there is a term."""
        return (self.way.path if self.way else None) or ()

    @property
    def check(self) -> Verdict:
        """Whether these are the closest terms, or where there is no term, whether no way is shorter."""
        if not self.checking:
            return "off"
        return "agrees" if self._right() else "disagrees"

    def _right(self) -> bool:
        if self.exact is None:
            return self.denies
        if self.exact.terms or self.found.terms:
            return set(self.exact.terms) == set(self.found.terms)
        question = ShortestPath(self.between.person, self.between.relative)
        return bool(self.steps) and is_answer(both_ways(self.graph), question, self.steps)

    @property
    def ends(self) -> list[str]:
        """What the person is called: the terms, or where none fits, a chain of words."""
        if self.found.terms or not self.steps:
            return [term.name for term in self.found.terms]
        return ["'s ".join(words_along(self.graph, self.steps))]

    @property
    def exact_ends(self) -> list[str]:
        """The same by the exact rules; nothing where nothing relates them."""
        if self.exact is None:
            return []
        if self.exact.terms:
            return [term.name for term in self.exact.terms]
        return ["'s ".join(link.word for link in self.exact.evidence[0].links)]

    @property
    def shown(self) -> list[Path]:
        """The facts said on the way, for each of the answers."""
        if self.found.terms or not self.steps:
            return [one.shown for one in self.found.listed]
        stated = set(self.graph)
        return [tuple(one if one in stated else Triple(*one[::-1]) for one in self.steps)]

    @property
    def path(self) -> list[NamedTriple]:
        """The facts of the first answer, by name."""
        return named(self.graph, self.shown[0]) if self.shown else []

    @property
    def votes(self) -> int:
        """How often each question was asked."""
        answers = self.found.answers or ((self.way,) if self.way else ())
        return answers[0].votes

    @property
    def tries(self) -> list[int]:
        """How many tries gave each of the answers."""
        if self.found.terms or self.way is None:
            return [one.agreeing for one in self.found.listed]
        return [self.way.agreeing] if self.steps else []

    @property
    def agreeing(self) -> int:
        """How many tries gave the answer that fewest gave."""
        return min(self.tries) if self.way is None else self.way.agreeing

    @property
    def confidence(self) -> float:
        """How sure the network was of the least sure answer, from 0 to 1."""
        if self.found.terms and self.votes > 1:
            return self.agreeing / self.votes
        if self.found.terms:
            return min(answer.confidence for answer in self.found.answers)
        return self.way.confidence if self.way else 0.0

    @property
    def seconds(self) -> float:
        """How long all questions took."""
        return self.found.seconds + (self.way.seconds if self.way else 0.0)

    @property
    def memorised(self) -> int:
        """How many triples the network was given that listed relatives."""
        return self.found.memorised

    @property
    def part(self) -> bool:
        """Whether these were not the whole family."""
        return self.found.part

    @property
    def asked(self) -> int:
        """How many questions it took."""
        return self.found.asked + (self.way is not None)
