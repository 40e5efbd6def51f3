"""What can be asked of a graph, in numbers; ``graphdnc.language`` makes questions out of sentences."""

from __future__ import annotations

from dataclasses import dataclass

from graphdnc.graph import Graph, Triple
from graphdnc.kinship.vocabulary import Term
from graphdnc.questions.lists import LeadingTo as LeadingTo
from graphdnc.questions.lists import ListQuestion
from graphdnc.questions.relation_table import SEQUENCES
from graphdnc.questions.ways import WayQuestion

Path = tuple[Triple, ...]
"""Consecutive triples: each starts at the node where the one before it ends."""


def reverse_path(path: Path) -> Path:
    """Return a path of a graph as a path of the inverse graph, which starts where the first one ends.

    >>> reverse_path((Triple(0, 5, 1), Triple(1, 6, 2)))
    (Triple(source=2, relation=6, target=1), Triple(source=1, relation=5, target=0))
    """
    return tuple(Triple(target, relation, source) for source, relation, target in reversed(path))


@dataclass(frozen=True)
class Traversal:
    """Where do relations, followed one after the other, lead to from a node?

    Attributes:
        start: the node to start from.
        relations: the relations to follow, at least one.
        towards: for each relation, the node towards which it is followed if it leads to several nodes, or
            ``None``; empty if no step is towards a node. :class:`graphdnc.oracle.towards.WalkConstraints`
            defines what that means.
    """

    start: int
    relations: tuple[int, ...]
    towards: tuple[int | None, ...] = ()

    def __post_init__(self) -> None:
        if not self.relations:
            raise ValueError("a traversal needs at least one relation")
        object.__setattr__(self, "relations", tuple(self.relations))  # lists cannot be hashed
        object.__setattr__(self, "towards", tuple(self.towards))
        if self.towards and len(self.towards) != len(self.relations):
            raise ValueError("towards must have a node or None for each relation")
        if set(self.towards) == {None}:
            object.__setattr__(self, "towards", ())  # equal questions compare equal

    @property
    def steps(self) -> tuple[tuple[int, int | None], ...]:
        """For each step its relation, and the node towards which it is followed, or ``None``."""
        return tuple(zip(self.relations, self.towards or (None,) * len(self.relations), strict=True))


@dataclass(frozen=True)
class Inverse:
    """From where do relations, followed one after the other, lead to a node, as in "who reports to Bob"?

    A network walks from the goal through the inverse graph, in which every triple is reversed.

    Attributes:
        goal: the node at the end.
        relations: the relations in the order in which they lead there, at least one.
    """

    goal: int
    relations: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.relations:
            raise ValueError("an inverse question needs at least one relation")
        object.__setattr__(self, "relations", tuple(self.relations))

    @property
    def walk(self) -> Traversal:
        """The same question about the inverse graph."""
        return Traversal(self.goal, self.relations[::-1])


@dataclass(frozen=True)
class ShortestPath:
    """Which path leads from a start to a goal by the fewest triples?

    Several paths may be equally short; each of them is an answer. If the start is the goal, the answer is the
    empty path.
    """

    start: int
    goal: int


Walk = Traversal | ShortestPath
"""A question about nodes that is answered by a path."""


@dataclass(frozen=True)
class Relation:
    """Where does a relation that no triple states lead to from a node?

    The relation is one of those in ``relation_table.py`` and stands for a sequence of edge labels, which are
    the relation numbers of the graph. The answer is the path along that sequence; its last target is the node
    asked for.

    Attributes:
        start: the node to start from.
        relation: the relation's number in the table.
    """

    start: int
    relation: int

    def __post_init__(self) -> None:
        if not 0 <= self.relation < len(SEQUENCES):
            raise ValueError(f"a relation must be from 0 to {len(SEQUENCES) - 1}, got {self.relation}")

    @property
    def edges(self) -> tuple[int, ...]:
        """The edge labels that the relation stands for."""
        return SEQUENCES[self.relation]


@dataclass(frozen=True)
class Kin:
    """Who are the relatives of a person by a term of kinship?

    The answer is a set of people, which may be empty. The term may have a rule of its own.
    """

    person: int
    term: Term


@dataclass(frozen=True)
class Between:
    """How are two people related? A network is asked many questions about relatives to find that.

    Attributes:
        person: the person.
        relative: the other person: the answer is what they are to ``person``.
    """

    person: int
    relative: int


@dataclass(frozen=True)
class Claim:
    """Is one person a relative of another by a term? A network is asked for all such relatives.

    Attributes:
        kin: the question for all such relatives.
        relative: the person who may be among them.
    """

    kin: Kin
    relative: int


KinQuestion = Kin | Claim | Between
"""A question about a family."""
Question = Traversal | ShortestPath | Relation
"""A question that is answered by a path."""
Asked = Question | Kin | LeadingTo
"""A question that a network can be asked."""
Compound = WayQuestion | ListQuestion
"""A question that takes several questions to networks."""
Sayable = Walk | Inverse | KinQuestion | Compound
"""A question that can be asked in words."""


@dataclass(frozen=True)
class Example:
    """A graph, a question about it and an exact answer, for training and evaluation.

    Attributes:
        graph: the graph.
        question: the question.
        answer: an exact path; empty for kin.
        people: for kin, all such relatives.
    """

    graph: Graph
    question: Asked
    answer: Path
    people: frozenset[int] = frozenset()
