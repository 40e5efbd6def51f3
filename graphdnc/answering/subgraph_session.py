"""Questions about a graph that is too large to memorise: each is asked of a part of it (``excerpt.py``)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from graphdnc.answering.all_ends import returns
from graphdnc.answering.answer import Answer, nowhere
from graphdnc.answering.subgraph import Subgraph, SubgraphLimits, around, between
from graphdnc.graph import Graph
from graphdnc.oracle.solve import Place, WalkConstraints
from graphdnc.questions import Path, Question, ShortestPath, Traversal

PART = SubgraphLimits(nodes=400, relations=1_000, triples=2_000)
"""A part usually: labels are told apart better and answers come sooner than from as much as fits."""
_KEPT = 16
"""Parts kept in memory, in case the next question needs the same."""
_MOST_FOLLOWED = 32
"""Ends that a walk goes on from in parts of their own at most."""


class Holds(Protocol):
    """A network with one graph in its memory."""

    def ask(self, question: Question, votes: int, seed: int) -> Answer:
        """Ask a question ``votes`` times and return what the votes say together."""


@dataclass(frozen=True)
class _Reached:
    """How a node was reached: by a path of the whole graph, so surely."""

    path: Path
    votes: int
    agreeing: int
    confidence: float

    def further(self, path: Path, said: Answer) -> _Reached:
        """Return how a node is reached by a further path; a walk is as sure as its least sure part."""
        least = min(
            (self.confidence, self.agreeing, self.votes), (said.confidence, said.agreeing, said.votes)
        )
        return _Reached((*self.path, *path), least[2], least[1], least[0])


class SubgraphSession:
    """A graph of which parts are memorised, as questions need them."""

    def __init__(self, graph: Graph, most: SubgraphLimits, hold: Callable[[Graph], Holds]) -> None:
        """``most`` is what fits at all; ``hold`` lets a network memorise a part."""
        self.graph, self.most = graph, most
        self.room = SubgraphLimits(*map(min, zip(_sizes(PART), _sizes(most), strict=True)))
        self._hold, self._held = hold, dict[bytes, Holds]()

    def ask(self, question: Question, votes: int, seed: int) -> Answer:
        """Ask a traversal or a shortest path of the part that it needs, or of several, one after the other.

        Raises:
            CapacityError: no part that fits has room for the answer.
        """
        started = time.perf_counter()
        if isinstance(question, ShortestPath):
            answer = self._ask_way(question, votes, seed)
        else:
            assert isinstance(question, Traversal), "no part is chosen for other questions"
            answer = self._ask_walk(question, votes, seed)
        return replace(answer, seconds=time.perf_counter() - started, part=True)

    def _ask_way(self, question: ShortestPath, votes: int, seed: int) -> Answer:
        part = between(self.graph, question, self.room, self.most)
        said = self._holding(part).ask(part.way(question), votes, seed)
        paths = tuple(map(part.outside, said.paths))
        path = None if said.path is None else part.outside(said.path)
        return replace(said, question=question, path=path, paths=paths)

    def _ask_walk(self, question: Traversal, votes: int, seed: int) -> Answer:
        course = WalkConstraints(self.graph, question)
        reached = {course.start: _Reached((), votes, votes, 1.0)}
        shown: list[Subgraph] = []
        complete, done = True, 0
        while reached and done < len(question.relations):
            # of a leg only one path to each end is known, and not every one is towards a place
            most_steps = 1 if question.towards else len(question.relations)
            parts = self._legs(reached, question.relations[done:], most_steps)
            shown += parts.values()
            further: dict[Place, _Reached] = {}
            for place, part in parts.items():
                said = self._holding(part).ask(part.walk(place.node), votes, seed)
                complete = complete and part.complete and said.complete
                for path in map(part.outside, said.paths):
                    end = course.along(done, place, path) if len(path) == len(part.leg) else None
                    if end is not None:
                        further.setdefault(end, reached[place].further(path, said))
                if not further and place == list(parts)[-1]:
                    lost = _lost(question, reached[place], said, part)
                    return replace(lost, memorised=_memorised(shown), complete=complete)
            done += len(part.leg)
            # where the walk ends all are answers; where it goes on each costs a part of its own
            most = _MOST_FOLLOWED if done < len(question.relations) else len(further)
            complete = complete and len(further) <= most
            reached = dict(list(further.items())[:most])
        first, *_ = ends = sorted(reached.values(), key=lambda end: returns(end.path))
        return Answer(
            question=question,
            path=first.path,
            denies=False,
            confidence=first.confidence,
            votes=first.votes,
            agreeing=first.agreeing,
            seconds=0.0,
            memorised=_memorised(shown),
            paths=tuple(end.path for end in ends),
            complete=complete,
        )

    def _legs(self, starts: Iterable[Place], relations: tuple[int, ...], most: int) -> dict[Place, Subgraph]:
        """Return the part around each start.

        All are asked for the same relations, as many as all reach, and no more than ``most``.
        """
        parts = {place: around(self.graph, Traversal(place.node, relations), self.room) for place in starts}
        fewest = min(most, *(len(part.leg) for part in parts.values()))
        return {place: replace(part, leg=part.leg[:fewest]) for place, part in parts.items()}

    def _holding(self, part: Subgraph) -> Holds:
        """Return a network that holds a part, the same where it was needed before."""
        held = self._held.pop(part.key, None) or self._hold(part.graph)
        self._held[part.key] = held
        while len(self._held) > _KEPT:
            del self._held[next(iter(self._held))]
        return held


def _sizes(room: SubgraphLimits) -> tuple[int, int, int]:
    return room.nodes, room.relations, room.triples


def _lost(question: Traversal, before: _Reached, said: Answer, part: Subgraph) -> Answer:
    """Return the answer of a walk that breaks off: what was said, as far as it goes."""
    said = replace(said, question=question)
    if question.towards:
        return nowhere(said)
    path = None if said.path is None else (*before.path, *part.outside(said.path))
    paths = () if path is None else (path,)
    return replace(said, path=path, paths=paths)


def _memorised(parts: Sequence[Subgraph]) -> int:
    """Return how many triples parts have together."""
    return len(np.unique(np.concatenate([part.rows for part in parts])))
