"""A graph in a network's memory: memorised once, asked many times, by votes.

The tries of a question can be made as they are needed. A few are made first; if they agree, the answer is as
sure as it would be after all votes, which was measured (:class:`graphdnc.networks.calibration.Agreement`).
Otherwise the question is asked again, as often as there are votes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from graphdnc.answering.all_ends import find_all_ends, returns
from graphdnc.answering.answer import Answer, without_path
from graphdnc.answering.budget import Kept
from graphdnc.answering.memory import BUDGET, GraphMemory
from graphdnc.answering.subgraph import Subgraph, SubgraphLimits
from graphdnc.answering.trace import Trace, trace
from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.networks.checkpoint import Checkpoint
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Asked, Traversal
from graphdnc.tasks import task_of
from graphdnc.tasks.fan_out import branches, most_targets
from graphdnc.tasks.votes import Vote
from graphdnc.utils.rng import Purpose, stream

_SPARE = 64
"""Rows of memory for questions are a multiple of this, so that a longer question rarely needs a new one."""
_KEPT = 2
"""Memories of the graph that are kept: one to ask, one to find all ends where relations branch."""

AnswerAll = Callable[[Sequence[Asked], int, int], list[Answer]]
"""Answers questions, given the number of votes and a seed."""


class GraphSession:
    """A network with one graph in its memory.

    Attributes:
        as_needed: whether a question is asked no more often than it needs; else as often as there are votes.
    """

    def __init__(self, checkpoint: Checkpoint, graph: Graph, as_needed: bool = False) -> None:
        self.checkpoint, self.graph, self.as_needed = checkpoint, graph, as_needed
        self._memorised = Kept()  # by votes, seed and spare rows

    def memorise(self, votes: int = 1, seed: int = 0, spare: int = 1) -> GraphMemory:
        """Return the graph memorised ``votes`` times; an earlier memory of the same kind is used again.

        ``spare`` is the number of memory rows that the questions need.
        """
        spare = -(-spare // _SPARE) * _SPARE
        key = (votes, seed, spare)
        if key not in self._memorised:
            while len(self._memorised) >= _KEPT:
                del self._memorised[next(iter(self._memorised))]
            # The same seed draws the same labels and orders for any question, so the memory can be kept.
            rng = stream(Purpose.EVALUATION, seed)
            made = GraphMemory.of(self.checkpoint, self.graph, votes, spare, rng)
            BUDGET.keep(self._memorised, key, made, made.size)
        memory: GraphMemory = self._memorised[key]
        BUDGET.used(memory)
        return memory

    def answer(self, question: Asked, votes: int = 1, seed: int = 0) -> Answer:
        """Ask the network a question ``votes`` times and return what the votes say together."""
        return self.answer_all([question], votes, seed)[0]

    def answer_all(self, questions: Sequence[Asked], votes: int = 1, seed: int = 0) -> list[Answer]:
        """Answer questions together, which is faster than one by one; each is asked ``votes`` times.

        Where a walk passes a relation that leads to several places, the answer has all ends that the network
        finds.

        Raises:
            CapacityError: there is no room for the graph or for that many votes.
            UsageError: the network was trained for another kind of question.
        """
        if not questions:
            return []
        refuse_other_tasks(self.checkpoint, questions)
        started = time.perf_counter()
        task = self.checkpoint.task
        spare = max(task.spare_rows(question, self.graph.nodes) for question in questions)
        tried = self._try(questions, votes, seed, spare)
        seconds = (time.perf_counter() - started) / len(questions)
        return [
            self._with_all_ends(self._counted(question, tries, votes, seconds), tries, seed, spare)
            for question, tries in zip(questions, tried, strict=True)
        ]

    def _try(self, questions: Sequence[Asked], votes: int, seed: int, spare: int) -> list[list[Vote]]:
        """Return the votes on every question: all of them, or only the first few if these agree."""
        few, tried = self._first_tries(votes), dict[Asked, list[Vote]]()
        if few < votes:
            # where relations lead to several places, every try is shown other targets
            first = [question for question in questions if not self._may_branch(question)]
            for question, tries in self._vote(first, few, seed, spare):
                if self.checkpoint.task.count(question, tries).agreeing == few:
                    tried[question] = tries
        unsure = [question for question in questions if question not in tried]
        tried |= self._vote(unsure, votes, seed, spare)
        return [tried[question] for question in questions]

    def _vote(
        self, questions: list[Asked], votes: int, seed: int, spare: int
    ) -> Iterator[tuple[Asked, list[Vote]]]:
        """Yield questions with the votes on each."""
        if questions:
            yield from zip(questions, self.memorise(votes, seed, spare).vote(questions), strict=True)

    def _first_tries(self, votes: int) -> int:
        """Return how many of ``votes`` tries are made first."""
        enough = self.checkpoint.enough
        return min(votes, enough.tries) if self.as_needed and enough is not None else votes

    def _counted(self, question: Asked, tries: list[Vote], votes: int, seconds: float) -> Answer:
        """Return what the tries say together; there would have been ``votes`` of them if they disagreed."""
        path, agreeing, confidence, denies, kin = self.checkpoint.task.count(question, tries)
        sure = self.checkpoint.confidence(agreeing, len(tries), confidence)
        if len(tries) < votes and self.checkpoint.enough is not None:
            sure = self.checkpoint.enough.confidence
        shown = self.checkpoint.task.shown_triples(self.graph, len(tries))
        paths = () if path is None else (path,)
        return Answer(question, path, denies, sure, len(tries), agreeing, seconds, shown, kin, paths=paths)

    def _may_branch(self, question: Asked) -> bool:
        """Return whether a question follows a relation that leads from a node to several places."""
        return isinstance(question, Traversal) and most_targets(self.graph, question.relations) >= 2

    def for_part(self, choose: Callable[[SubgraphLimits], Subgraph]) -> AnswerAll:
        """Return what answers questions that all need one part of the graph: here the whole is memorised."""
        return self.answer_all

    def trace(self, question: Asked, votes: int = 1, seed: int = 0) -> Trace:
        """Return what the network reads and says at every step of its first try at a question."""
        refuse_other_tasks(self.checkpoint, [question])
        spare = self.checkpoint.task.spare_rows(question, self.graph.nodes)
        return trace(self.memorise(self._first_tries(votes), seed, spare), question)

    def _with_all_ends(self, answer: Answer, tries: list[Vote], seed: int, spare: int) -> Answer:
        """Return the answer with all ends that the network finds, if relations lead to several places."""
        question = answer.question
        if not isinstance(question, Traversal) or not self._may_branch(question):
            return answer
        walked = [vote.path for vote in tries if vote.path and is_answer(self.graph, question, vote.path)]
        if walked and not any(branches(self.graph, path) for path in walked):
            return answer
        started, shown = time.perf_counter(), answer.memorised

        def memories(tries: int) -> GraphMemory:
            nonlocal shown
            memorised = self.memorise(tries, seed, spare)
            shown = max(shown, memorised.shown)
            return memorised

        found = find_all_ends(self.graph, question, answer.votes, memories)
        first = answer.path if answer.path in walked else next(iter([*walked, *found.paths]), None)
        if first is None:
            lost = without_path(answer) if question.towards else answer
            return replace(lost, complete=found.complete)
        others = (path for path in found.paths if path[-1].target != first[-1].target)
        first, *_ = paths = tuple(sorted((first, *others), key=returns))
        share = found.share(first)
        agreeing = round(share * found.tries)
        return replace(
            answer,
            path=first,
            paths=paths,
            votes=found.tries,
            agreeing=agreeing,
            confidence=self.checkpoint.confidence(agreeing, found.tries, share),
            complete=found.complete,
            memorised=shown,
            seconds=answer.seconds + time.perf_counter() - started,
        )


def refuse_other_tasks(checkpoint: Checkpoint, questions: Sequence[Asked]) -> None:
    """Raise a UsageError for a question that a network was not trained for."""
    for question in questions:
        if not isinstance(question, checkpoint.task.question):
            raise UsageError(
                f"the network {checkpoint.name!r} was trained for {checkpoint.task.name}, not for "
                f"{task_of(question).name}; choose another --model"
            )
