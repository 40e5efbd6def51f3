"""What a network answers, in numbers, and that answer with its names beside the exact one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from graphdnc.graph import Graph, NamedTriple, named
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Asked, Inverse, Kin, Path, Question
from graphdnc.tasks import task_of
from graphdnc.tasks.votes import Relative


@dataclass(frozen=True)
class Answer:
    """What the network said.

    Attributes:
        question: what was asked.
        path: of a traversal the path that most votes gave, of a shortest path the shortest that any found;
            ``None`` where no vote named a path of this graph, and for kin.
        denies: whether the network says that there is no way, or nobody of that kin.
        confidence: from 0 to 1: how often answers are right on which so many votes agree, as measured, or
            their share where it was not measured; of a single vote, the probability that the network gave it.
        votes: how often it was asked.
        agreeing: how many votes gave this answer, or one as short.
        seconds: wall time, that of memorising included where the graph was not in memory yet; of questions
            asked together, an equal share.
        memorised: how many triples it was given, in all memories and parts together.
        relatives: of a question for kin everybody whom the network lists, in its order.
        paths: a path to each end that the network found, ``path`` first; more than one only where relations
            lead to several places.
        complete: false where there were more places to look at than were memorised or tried.
        part: whether only a part of the graph was to be memorised, as the whole does not fit.
    """

    question: Asked | Inverse
    path: Path | None
    denies: bool
    confidence: float
    votes: int
    agreeing: int
    seconds: float
    memorised: int
    relatives: tuple[Relative, ...] = ()
    paths: tuple[Path, ...] = ()
    complete: bool = True
    part: bool = False


def nowhere(answer: Answer) -> Answer:
    """Return the answer to a walk towards a place where nothing that the network named leads there.

    It was not told the place, so where else it went is no answer.
    """
    return replace(answer, path=None, paths=(), agreeing=0, confidence=0.0)


@dataclass(frozen=True)
class Checked:
    """An answer of the network beside the exact one.

    Attributes:
        text: the question as it was asked.
        graph: what it was asked about.
        answer: what the network said.
        exact: exact paths: all of a traversal, one of a shortest path, none where no way leads to the goal;
            ``None`` where the check was off.
        why: why there is no exact path.
        model: the name of the network; ``None`` where none was asked.
    """

    text: str
    graph: Graph
    answer: Answer
    exact: list[Path] | None
    why: str
    model: str | None

    @property
    def question(self) -> Asked | Inverse:
        """What was asked."""
        return self.answer.question

    @property
    def kind(self) -> str:
        """The name of what is asked: that of the network to ask, and of the task in a corpus."""
        return "traversal" if isinstance(self.question, Inverse) else task_of(self.question).name

    @property
    def inverse(self) -> bool:
        """Whether it was asked from where relations lead to a node, which is where paths begin."""
        return isinstance(self.question, Inverse)

    @property
    def check(self) -> Literal["agrees", "disagrees", "off"]:
        """Whether the network's answer is exact, or that this was not asked."""
        if self.exact is None:
            return "off"
        path = self.answer.path
        if path is None:
            return "agrees" if self.answer.denies and not self.exact else "disagrees"
        return "agrees" if is_answer(self.graph, self._question, path) else "disagrees"

    @property
    def complete(self) -> bool:
        """Whether all ends were found, or where the exact ones are not known, looked for."""
        if self.exact is None:
            return self.answer.complete
        return set(self.exact_ends) <= set(self.ends)

    @property
    def _question(self) -> Question | Inverse:
        assert not isinstance(self.question, Kin), (
            "relatives are checked in graphdnc.answering.kinship.answer"
        )
        return self.question

    @property
    def path(self) -> list[NamedTriple]:
        """The triples that the network named, by name; none where it named no path."""
        return named(self.graph, self.answer.path or ())

    @property
    def paths(self) -> list[list[NamedTriple]]:
        """A path to each end that the network found, by name; none where it named no path."""
        return [named(self.graph, path) for path in self._found]

    @property
    def _found(self) -> list[Path]:
        answer = self.answer
        return list(answer.paths or (() if answer.path is None else (answer.path,)))

    @property
    def confidence(self) -> float:
        """How sure the network was, from 0 to 1."""
        return self.answer.confidence

    @property
    def ends(self) -> list[str]:
        """The names of what the network answered: none, one, or all ends that it found."""
        return self._ends(self._found)

    @property
    def exact_ends(self) -> list[str]:
        """The names of all exact answers."""
        return self._ends(self.exact or [])

    def _ends(self, paths: list[Path]) -> list[str]:
        question = self._question
        if isinstance(question, Inverse):
            nodes = [path[0].source for path in paths]
        else:
            nodes = [path[-1].target if path else question.start for path in paths]
        return list(dict.fromkeys(map(self.graph.node_name, nodes)))
