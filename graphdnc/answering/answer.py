"""What a network answers, in numbers, and the one interface to answers of all kinds.

A network's answer stands beside the exact one. The exact answer never changes the network's answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from graphdnc.graph import Graph, NamedTriple, named
from graphdnc.questions import Asked, Between, Compound, Inverse, Path
from graphdnc.questions.put import Put
from graphdnc.tasks.votes import Relative


@dataclass(frozen=True)
class Answer:
    """What the network answered, in numbers.

    Attributes:
        question: the question.
        path: for a walk, the path that most votes gave; for a shortest path, the shortest one that any vote
            found. ``None`` if no vote gave a path of this graph, and for relatives.
        denies: whether the network says that there is no path, or no such relative.
        confidence: from 0 to 1: the measured probability that an answer is right, given how many votes agree.
            Where that was not measured, it is the share of votes that agree; for a single vote, the
            probability that the network gave its answer.
        votes: how often the network was asked.
        agreeing: the number of votes that gave this answer, or one as short.
        seconds: wall time, with the time to memorise the graph if it was not in memory yet; for questions
            answered together, an equal share.
        memorised: the number of triples that the network was shown, in all memories and parts together.
        relatives: for a question about kin, the people that the network names, in its order.
        paths: one path to each end that the network found, ``path`` first. There are several only if
            relations lead to several places.
        complete: false if there were more places to look at than were memorised or tried.
        part: whether only a part of the graph was memorised, because the whole does not fit.
    """

    question: Asked | Inverse | Between | Compound
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


def without_path(answer: Answer) -> Answer:
    """Return an answer without its path, for a walk towards a place that the path does not lead towards.

    The network does not know the place, so a path to elsewhere is not an answer.
    """
    return replace(answer, path=None, paths=(), agreeing=0, confidence=0.0)


@dataclass(frozen=True)
class CheckedAnswer(ABC):
    """An answer of the network beside the exact answer, by name: the interface to answers of all kinds.

    Attributes:
        text: the question as it was asked.
        graph: the graph that it is about.
        answer: what the network answered, in numbers.
        exact: the exact answer; ``None`` if answers are not checked.
        why: the reason if there is no exact answer.
        model: the name of the network; ``None`` if no network was needed.
        put: how the question is put (:data:`graphdnc.questions.put.Put`).
    """

    text: str
    graph: Graph
    answer: Answer
    exact: Any
    why: str
    model: str | None
    put: Put = field(default="list", kw_only=True)

    @property
    @abstractmethod
    def kind(self) -> str:
        """The kind of the question."""

    @property
    @abstractmethod
    def ends(self) -> list[str]:
        """The names that the network answers with: none, one or several."""

    @property
    @abstractmethod
    def exact_ends(self) -> list[str]:
        """The names of all exact answers."""

    @property
    @abstractmethod
    def shown(self) -> list[Path]:
        """The triples that the network gave for each name in ``ends``, in numbers."""

    @abstractmethod
    def _is_exact(self) -> bool:
        """Return whether the network's answer is an exact one."""

    def _is_whole(self) -> bool:
        """Return whether an exact answer lacks nothing."""
        return True

    @property
    def question(self) -> Asked | Inverse | Between | Compound:
        """The question in numbers."""
        return self.answer.question

    @property
    def check(self) -> Literal["agrees", "incomplete", "disagrees", "off"]:
        """Whether the network's answer agrees with the exact one; ``"off"`` if answers are not checked.

        ``"incomplete"``: all that it names is right, but it does not name all that is.
        """
        if self.exact is None:
            return "off"
        if not self._is_exact():
            return "disagrees"
        return "agrees" if self._is_whole() else "incomplete"

    @property
    def complete(self) -> bool:
        """Whether all ends were found or, if the exact ones are not known, looked for."""
        return self.answer.complete

    @property
    def holds(self) -> bool | None:
        """The answer to a question for yes or no; ``None`` for other questions and if there is no answer."""
        return None

    @property
    def count(self) -> int | float | None:
        """The number that is asked for; ``None`` for other questions and if there is no answer."""
        return len(self.ends) if self.put == "count" and self.answered else None

    @property
    def answered(self) -> bool:
        """Whether the network gave an answer; to a question for a number, none at all is one."""
        return bool(self.ends) or self.holds is not None or (self.put == "count" and self.answer.denies)

    @property
    def asked(self) -> int:
        """The number of questions that the networks were asked."""
        return 1

    @property
    def confidence(self) -> float:
        """How sure the network is, from 0 to 1."""
        return self.answer.confidence

    @property
    def votes(self) -> int:
        """How often the network was asked."""
        return self.answer.votes

    @property
    def paths(self) -> list[list[NamedTriple]]:
        """The triples that the network gave for each name in ``ends``, by name."""
        return [named(self.graph, path) for path in self.shown]

    @property
    def path(self) -> list[NamedTriple]:
        """The triples for the first name in ``ends``; none if the network gave no answer."""
        return next(iter(self.paths), [])

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as the JSON object of ``ask --json``; the tests list its keys."""
        answer, ends = self.answer, self.ends
        return {
            "question": self.text,
            "kind": self.kind,
            "answers": ends,
            **self._record_of_paths([[triple._asdict() for triple in path] for path in self.paths]),
            "confidence": stated_confidence(answer.confidence, answer.votes),
            "votes": answer.votes,
            "agreeing": answer.agreeing,
            "check": self.check,
            "exact": None if self.exact is None else self.exact_ends,
            **self._record_of_questions(),
            "model": self.model,
            "triples": len(self.graph),
            "memorised": answer.memorised,
            "seconds": round(answer.seconds, 3),
            **self._record_of_put(),
            **self._record_of_kind(),
        }

    def _record_of_paths(self, paths: list[list[dict[str, str]]]) -> dict[str, Any]:
        return {"path": paths[0] if paths else [], "paths": paths}

    def _record_of_questions(self) -> dict[str, Any]:
        return {}

    def _record_of_put(self) -> dict[str, Any]:
        return {} if self.put == "list" else {"count": self.count, "holds": self.holds}

    def _record_of_kind(self) -> dict[str, Any]:
        return {}


def stated_confidence(confidence: float, votes: int) -> float | None:
    """Return a number about confidence for JSON; ``None`` for a single vote, which says nothing about it."""
    return None if votes == 1 else round(confidence, 6)
