"""A graph that is too large to memorise: each question is asked about the part of the graph that it needs.

:func:`open_session` decides whether a graph is memorised whole or in such parts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from graphdnc.answering.all_ends import returns
from graphdnc.answering.answer import Answer, without_path
from graphdnc.answering.kinship.subfamily import neighbourhood, reach
from graphdnc.answering.session import AnswerAll, GraphSession, refuse_other_tasks
from graphdnc.answering.subgraph import Subgraph, SubgraphLimits
from graphdnc.answering.subgraph_choice import around, between, leading
from graphdnc.answering.trace import Trace
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph
from graphdnc.networks.checkpoint import Checkpoint, load_checkpoint
from graphdnc.oracle.towards import Place, WalkConstraints
from graphdnc.questions import Asked, Kin, LeadingTo, Path, ShortestPath, Traversal

USUAL = SubgraphLimits(nodes=400, relations=1_000, triples=2_000)
"""Limits for walks and most paths: answers are better, and come sooner, than from larger parts."""
_KEPT, _KEPT_TRIPLES = 8, 8_000
"""Parts that are kept in memory in case the next question needs them again, and their triples together."""
_MOST_FOLLOWED = 32
"""Ends from which a walk goes on, each in a part of its own."""


@dataclass(frozen=True)
class _Reached:
    """How a walk reached a node: by a path whose triples are all in the graph."""

    path: Path
    votes: int
    agreeing: int
    confidence: float

    def further(self, path: Path, said: Answer) -> _Reached:
        """Return how a further path reaches a node; a walk is as sure as its least sure part."""
        before = self.confidence, self.agreeing, self.votes
        confidence, agreeing, votes = min(before, (said.confidence, said.agreeing, said.votes))
        return _Reached((*self.path, *path), votes, agreeing, confidence)


class SubgraphSession:
    """A network and a graph of which parts are memorised, as questions need them.

    Attributes:
        limits: the size of the largest part that the network can memorise.
        open_part: returns a session of the network with a part as its graph.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        graph: Graph,
        limits: SubgraphLimits,
        open_part: Callable[[Checkpoint, Graph], GraphSession] = GraphSession,
    ) -> None:
        self.checkpoint, self.graph, self.limits, self.open_part = checkpoint, graph, limits, open_part
        self._usual = USUAL.and_also(limits)
        self._kept: dict[bytes, GraphSession] = {}

    def answer(self, question: Asked, votes: int = 1, seed: int = 0) -> Answer:
        """Ask the network a question about the part that it needs, or about several parts in turn."""
        refuse_other_tasks(self.checkpoint, [question])
        started = time.perf_counter()
        if isinstance(question, Traversal):
            answer = self._walk(question, votes, seed)
        else:
            (answer,) = self._answer_in(self._part(question), [question], votes, seed)
        return replace(answer, seconds=time.perf_counter() - started)

    def answer_all(self, questions: Sequence[Asked], votes: int = 1, seed: int = 0) -> list[Answer]:
        """Answer questions one by one, each about the part that it needs."""
        return [self.answer(question, votes, seed) for question in questions]

    def for_part(self, choose: Callable[[SubgraphLimits], Subgraph]) -> AnswerAll:
        """Return what answers questions that all need one part of the graph: ``choose`` returns that part."""
        return partial(self._answer_in, choose(self.limits))

    def trace(self, question: Asked, votes: int = 1, seed: int = 0) -> Trace:
        """Ask the network once more about the part that a question needs and keep every step.

        Raises:
            CapacityError: a walk needs several parts, or the part is too large to keep every step.
        """
        refuse_other_tasks(self.checkpoint, [question])
        part = self._part(question)
        asked = Traversal(question.start, part.prefix) if isinstance(question, Traversal) else question
        return self._session(part).trace(part.question_inside(asked), votes, seed)

    def _part(self, question: Asked) -> Subgraph:
        if isinstance(question, Traversal):
            return self._part_of_walk(question)
        if isinstance(question, ShortestPath):
            return between(self.graph, question, self._usual, self.limits)
        if isinstance(question, LeadingTo):
            return leading(self.graph, question, self.limits)
        assert isinstance(question, Kin), f"no part is chosen for {question}"
        return neighbourhood(self.graph, question.person, reach(question.term.rule), self.limits)

    def _part_of_walk(self, question: Traversal) -> Subgraph:
        """Return the part that holds a whole walk."""
        part = around(self.graph, question, self._usual)
        steps = 1 if question.towards else len(part.prefix)
        if steps < len(question.relations):
            raise CapacityError(
                "a walk that is asked about in several parts of a graph is not traced; trace its first "
                f"{steps} step{'s' * (steps != 1)}"
            )
        return part

    def _answer_in(self, part: Subgraph, questions: Sequence[Asked], votes: int, seed: int) -> list[Answer]:
        """Answer questions about one part, in the numbers of the whole graph."""
        inside = list(map(part.question_inside, questions))
        answers = self._session(part).answer_all(inside, votes, seed)
        found = [_outside(part, *pair) for pair in zip(questions, answers, strict=True)]
        return [replace(one, complete=one.complete and part.complete) for one in found]

    def _walk(self, question: Traversal, votes: int, seed: int) -> Answer:
        constraints = WalkConstraints(self.graph, question)
        reached = {constraints.start: _Reached((), votes, votes, 1.0)}
        shown: list[Subgraph] = []
        complete, done = True, 0
        while reached and done < len(question.relations):
            # in one part only one path to each end is known, and not every path is towards a place
            most_steps = 1 if question.towards else len(question.relations)
            parts = self._parts_around(reached, question.relations[done:], most_steps)
            shown += parts.values()
            further: dict[Place, _Reached] = {}
            for place, part in parts.items():
                asked = Traversal(place.node, part.prefix)
                (said,) = self._answer_in(part, [asked], votes, seed)
                complete = complete and part.complete and said.complete
                for path in said.paths:
                    end = constraints.along(done, place, path) if len(path) == len(part.prefix) else None
                    if end is not None:
                        further.setdefault(end, reached[place].further(path, said))
                if not further and place == list(parts)[-1]:
                    lost = _broken_off(question, reached[place], said)
                    return replace(lost, memorised=_triples_together(shown), complete=complete)
            done += len(part.prefix)
            # at the end of the walk, all places are answers; before, each needs a part of its own
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
            memorised=_triples_together(shown),
            paths=tuple(end.path for end in ends),
            complete=complete,
            part=True,
        )

    def _parts_around(
        self, starts: Iterable[Place], relations: tuple[int, ...], most: int
    ) -> dict[Place, Subgraph]:
        """Return the part around each start.

        The same relations are followed in all parts: as many as fit in each of them, and at most ``most``.
        """
        parts = {place: around(self.graph, Traversal(place.node, relations), self._usual) for place in starts}
        fewest = min(most, *(len(part.prefix) for part in parts.values()))
        return {place: replace(part, prefix=part.prefix[:fewest]) for place, part in parts.items()}

    def _session(self, part: Subgraph) -> GraphSession:
        """Return a session with a part; an equal part that was used recently is not memorised again."""
        session = self._kept.pop(part.key, None) or self.open_part(self.checkpoint, part.graph)
        self._kept[part.key] = session
        while len(self._kept) > 1 and (
            len(self._kept) > _KEPT or sum(len(kept.graph) for kept in self._kept.values()) > _KEPT_TRIPLES
        ):
            del self._kept[next(iter(self._kept))]
        return session


Session = GraphSession | SubgraphSession


def load_session(graph: Graph, model: str = "traversal", as_needed: bool = False) -> Session:
    """Return a session for a graph and the network of that name or folder.

    With ``as_needed``, a question is asked no more often than it needs (:class:`GraphSession`).

    Raises:
        CheckpointError: there is no such network, or it is damaged.
    """
    # one thread is the fastest: see GraphMemory.vote
    return open_session(load_checkpoint(model, threads=1), graph, as_needed)


def open_session(checkpoint: Checkpoint, graph: Graph, as_needed: bool = False) -> Session:
    """Return a session for a network and a graph; ``as_needed`` is that of :func:`load_session`."""
    limits = limits_of(checkpoint)
    if limits is None or limits.allow(graph):
        return GraphSession(checkpoint, graph, as_needed)
    return SubgraphSession(checkpoint, graph, limits, partial(GraphSession, as_needed=as_needed))


def limits_of(checkpoint: Checkpoint) -> SubgraphLimits | None:
    """Return the largest size of a graph that a network memorises whole; ``None`` for any size."""
    if checkpoint.task.largest is None:
        return None
    code, (nodes, triples) = checkpoint.task.code, checkpoint.task.largest
    relations = sys.maxsize if code.known_relations else code.capacity
    return SubgraphLimits(min(nodes, code.capacity - 1), relations, triples)


def _outside(part: Subgraph, question: Asked, said: Answer) -> Answer:
    """Return the answer to a question about a part in the numbers of the whole graph."""
    relatives = tuple(
        one._replace(person=int(part.nodes[one.person]), shown=part.outside(one.shown))
        for one in said.relatives
    )
    path = None if said.path is None else part.outside(said.path)
    paths = tuple(map(part.outside, said.paths))
    return replace(said, question=question, path=path, paths=paths, relatives=relatives, part=True)


def _broken_off(question: Traversal, before: _Reached, said: Answer) -> Answer:
    """Return the answer to a walk that does not reach its end: the path as far as it goes."""
    said = replace(said, question=question)
    if question.towards:
        return without_path(said)
    path = None if said.path is None else (*before.path, *said.path)
    return replace(said, path=path, paths=() if path is None else (path,))


def _triples_together(parts: Sequence[Subgraph]) -> int:
    """Return the number of triples that parts have together."""
    return len(np.unique(np.concatenate([part.rows for part in parts])))
