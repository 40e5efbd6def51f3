"""What can be asked of a graph, in numbers; ``sentences.py`` makes questions out of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

from graphdnc.graph import Graph, Triple
from graphdnc.kinship.vocabulary import Term
from graphdnc.questions.relation_table import SEQUENCES

Path = tuple[Triple, ...]
"""Triples one after the other, each leaving the node the one before it entered."""


def turned(path: Path) -> Path:
    """Return a path through a graph as one through its inverse, which begins where it ends.

    >>> turned((Triple(0, 5, 1), Triple(1, 6, 2)))
    (Triple(source=2, relation=6, target=1), Triple(source=1, relation=5, target=0))
    """
    return tuple(Triple(target, relation, source) for source, relation, target in reversed(path))


@dataclass(frozen=True)
class Traversal:
    """Start at a node and follow relations, one after the other: which triples are walked?

    Attributes:
        start: the node to start from.
        relations: the relations to follow, at least one.
        towards: for each of them the node towards which it is followed, where it leads to several, or
            ``None``; empty where no step is towards a node. :class:`graphdnc.oracle.solve.WalkConstraints`
            says what it means.
    """

    start: int
    relations: tuple[int, ...]
    towards: tuple[int | None, ...] = ()

    def __post_init__(self) -> None:
        if not self.relations:
            raise ValueError("a traversal follows at least one relation")
        object.__setattr__(self, "relations", tuple(self.relations))  # lists are not hashed
        object.__setattr__(self, "towards", tuple(self.towards))
        if self.towards and len(self.towards) != len(self.relations):
            raise ValueError("a traversal is towards one node, or none, at every step")
        if set(self.towards) == {None}:
            object.__setattr__(self, "towards", ())  # the same question is equal

    @property
    def steps(self) -> tuple[tuple[int, int | None], ...]:
        """The relation of each step, and the node towards which it is followed, or ``None``."""
        return tuple(zip(self.relations, self.towards or (None,) * len(self.relations), strict=True))


@dataclass(frozen=True)
class Inverse:
    """From where do relations, followed one after the other, lead to a node: who reports to Bob?

    A network walks from the goal through the inverse graph, with every triple the other way round.

    Attributes:
        goal: the node at the end.
        relations: the relations in the order in which they lead there, at least one.
    """

    goal: int
    relations: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.relations:
            raise ValueError("at least one relation leads to the goal")
        object.__setattr__(self, "relations", tuple(self.relations))

    @property
    def walk(self) -> Traversal:
        """The same question of the inverse graph."""
        return Traversal(self.goal, self.relations[::-1])


@dataclass(frozen=True)
class ShortestPath:
    """From a start to a goal by the fewest triples: which triples are walked?

    Several paths may be equally short; each of them is an answer. Where the start is the goal, the answer
    is the empty path.

    Attributes:
        start: the node to start from.
        goal: the node to end at.
    """

    start: int
    goal: int


@dataclass(frozen=True)
class Relation:
    """From a start along a relation that no triple states: who or what is at its end?

    The relation is one of the table in ``relations.py`` and stands for a sequence of edge labels, which are
    the relation numbers of the graph. The answer is the path of that sequence; its last target is what is
    asked for.

    Attributes:
        start: the node to start from.
        relation: the relation's number in the table.
    """

    start: int
    relation: int

    def __post_init__(self) -> None:
        if not 0 <= self.relation < len(SEQUENCES):
            raise ValueError(f"no relation {self.relation}; they are numbered from 0 to {len(SEQUENCES) - 1}")

    @property
    def edges(self) -> tuple[int, ...]:
        """The edge labels that the relation stands for."""
        return SEQUENCES[self.relation]


@dataclass(frozen=True)
class Kin:
    """Everybody who is a person's relative by a term of kinship: who are they?

    The answer is a set of people: nobody, one or several.

    Attributes:
        person: whose relatives are asked for.
        term: the term, of the vocabulary or defined by its own rule.
    """

    person: int
    term: Term


Question = Traversal | ShortestPath | Relation
"""What is answered by a path."""
Asked = Question | Kin
"""Everything that a network is asked."""

TASKS: dict[str, type[Asked]] = {
    "traversal": Traversal,
    "shortest-path": ShortestPath,
    "inference": Relation,
    "kinship": Kin,
}
"""What is asked, by the name it has in options, curricula, corpora and checkpoints."""


def task_of(question: Asked) -> str:
    """Return the name of what is asked."""
    return next(task for task, kind in TASKS.items() if isinstance(question, kind))


@dataclass(frozen=True)
class Example:
    """A graph, a question about it and an exact answer: what training and evaluation are made of.

    Attributes:
        graph: the graph.
        question: the question.
        answer: an exact path; empty for kin.
        people: everybody who is such a relative, of a question for kin.
    """

    graph: Graph
    question: Asked
    answer: Path
    people: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Between:
    """What is somebody to a person? It takes many questions for kin to find out.

    Attributes:
        person: the person.
        relative: whose relation to the person is asked for.
    """

    person: int
    relative: int


@dataclass(frozen=True)
class Claim:
    """Is somebody a person's relative by a term? One question for kin finds out.

    Attributes:
        kin: all such relatives.
        relative: who may be one of them.
    """

    kin: Kin
    relative: int


@overload
def put_to_network(question: Kin | Claim) -> Kin: ...


@overload
def put_to_network(question: Asked | Claim) -> Asked: ...


def put_to_network(question: Asked | Claim) -> Asked:
    """Return what a network is asked: of a claim all such relatives, and not whom the claim is about."""
    return question.kin if isinstance(question, Claim) else question


Walk = Traversal | ShortestPath


KinQuestion = Kin | Claim | Between
"""What can be asked about kin."""


Sayable = Walk | Inverse | KinQuestion
"""What can be asked in words."""
