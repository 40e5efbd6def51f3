"""A graph held in a network's memory and asked: memorise once, ask many times, vote."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from graphdnc.answering.all_ends import list_ends, returns
from graphdnc.answering.answer import Answer, nowhere
from graphdnc.answering.fan_out import branches, most_targets
from graphdnc.answering.memory import GraphMemory
from graphdnc.answering.subgraph import SubgraphLimits
from graphdnc.answering.subgraph_session import SubgraphSession
from graphdnc.answering.trace import Trace, trace
from graphdnc.answering.voting import Vote, count
from graphdnc.episodes.encoding import spare_rows
from graphdnc.errors import CapacityError, UsageError
from graphdnc.graph import Graph
from graphdnc.networks.checkpoint import Checkpoint, load_checkpoint
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import TASKS, Asked, Kin, Traversal, task_of
from graphdnc.utils.rng import Purpose, stream

_SPARE = 64
"""Rows for questions come in such portions, so that a longer question seldom means memorising again."""
_KEPT = 2
"""Ways in which a graph was memorised that are kept: for asking, and for listing where relations branch."""
LARGEST = {"traversal": (400, 10_000), "shortest-path": (999, 2_000)}
"""Nodes and triples of the largest graph that is memorised whole. Among more nodes a network loses its way
along one relation (docs/sizes.md); of more triples an answer would take more than ten seconds."""


class GraphSession:
    """A network with one graph in its memory."""

    def __init__(self, checkpoint: Checkpoint, graph: Graph) -> None:
        self.checkpoint, self.graph = checkpoint, graph
        self._memorised: dict[tuple[int, int, int], GraphMemory] = {}
        room = room_of(checkpoint)
        fits = room is None or room.holds(graph)
        self._parts = (
            None
            if room is None or fits
            else SubgraphSession(graph, room, lambda part: GraphSession(checkpoint, part))
        )

    @classmethod
    def load(cls, graph: Graph, model: str = "traversal") -> GraphSession:
        """Hold a graph in the network of that name or folder.

        Raises:
            CheckpointError: there is no such network, or it is damaged.
        """
        return cls(load_checkpoint(model, threads=1), graph)  # one is the fastest: see GraphMemory.ask

    def memorise(self, votes: int = 1, seed: int = 0, spare: int = 1) -> GraphMemory:
        """Return the graph memorised ``votes`` times, as it is kept where that was done before.

        ``spare`` is how many rows of memory the questions take.

        Raises:
            CapacityError: the graph or the number of votes is larger than there is room for.
        """
        spare = -(-spare // _SPARE) * _SPARE
        key = (votes, seed, spare)
        if key not in self._memorised:
            while len(self._memorised) >= _KEPT:
                del self._memorised[next(iter(self._memorised))]
            # The same seed draws the same labels and orders whatever is asked, so the memory can be kept.
            rng = stream(Purpose.EVALUATION, seed)
            self._memorised[key] = GraphMemory.of(self.checkpoint, self.graph, votes, spare, rng)
        return self._memorised[key]

    def ask(self, question: Asked, votes: int = 1, seed: int = 0) -> Answer:
        """Ask a question ``votes`` times and return what the votes say together.

        Raises:
            CapacityError: the graph or the number of votes is larger than there is room for.
            UsageError: the network was trained for another kind of question.
        """
        return self.ask_all([question], votes, seed)[0]

    def ask_all(self, questions: Sequence[Asked], votes: int = 1, seed: int = 0) -> list[Answer]:
        """Ask questions together, which is faster than one by one, each ``votes`` times.

        Of a graph that does not fit, each is asked of the part that it needs. Where a walk passes a relation
        that leads to several places, all ends are listed that the network finds.

        Raises:
            CapacityError: the graph or the number of votes is larger than there is room for.
            UsageError: the network was trained for another kind of question.
        """
        if not questions:
            return []
        self._refuse_other_tasks(questions)
        if self._parts is not None:
            parts = self._parts
            return [
                parts.ask(question, votes, seed) for question in questions if not isinstance(question, Kin)
            ]
        started = time.perf_counter()
        planning, nodes = self.checkpoint.planning, self.graph.nodes
        spare = max(spare_rows(question, nodes, planning) for question in questions)
        memorised = self.memorise(votes, seed, spare)
        tried = memorised.ask(questions)
        seconds = (time.perf_counter() - started) / len(questions)
        answers = []
        for question, tries in zip(questions, tried, strict=True):
            path, agreeing, confidence, denies, kin = count(question, tries)
            paths = () if path is None else (path,)
            sure, shown = self.checkpoint.confidence(agreeing, votes, confidence), memorised.shown
            answer = Answer(question, path, denies, sure, votes, agreeing, seconds, shown, kin, paths=paths)
            answers.append(self._listed(answer, tries, seed, spare))
        return answers

    def trace(self, question: Asked, votes: int = 1, seed: int = 0) -> Trace:
        """Return what the network hears, says and reads as it answers a question, the first of its votes.

        Raises:
            CapacityError: the graph is asked about in parts, there is no room, or too many steps.
            UsageError: the network was trained for another kind of question.
        """
        self._refuse_other_tasks([question])
        if self._parts is not None:
            raise CapacityError("this graph is asked about in parts; only one that fits whole is traced")
        spare = spare_rows(question, self.graph.nodes, self.checkpoint.planning)
        return trace(self.memorise(votes, seed, spare), question)

    def _listed(self, answer: Answer, tries: list[Vote], seed: int, spare: int) -> Answer:
        """Return the answer with all ends that the network finds, where relations lead to several places."""
        question = answer.question
        if not isinstance(question, Traversal) or most_targets(self.graph, question.relations) < 2:
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

        listed = list_ends(self.graph, question, answer.votes, memories)
        first = answer.path if answer.path in walked else next(iter([*walked, *listed.paths]), None)
        if first is None:
            lost = nowhere(answer) if question.towards else answer
            return replace(lost, complete=listed.complete)
        others = (path for path in listed.paths if path[-1].target != first[-1].target)
        first, *_ = paths = tuple(sorted((first, *others), key=returns))
        share = listed.share(first)
        agreeing = round(share * listed.tries)
        return replace(
            answer,
            path=first,
            paths=paths,
            votes=listed.tries,
            agreeing=agreeing,
            confidence=self.checkpoint.confidence(agreeing, listed.tries, share),
            complete=listed.complete,
            memorised=shown,
            seconds=answer.seconds + time.perf_counter() - started,
        )

    def _refuse_other_tasks(self, questions: Sequence[Asked]) -> None:
        for question in questions:
            if not isinstance(question, TASKS[self.checkpoint.task]):
                asked = task_of(question)
                raise UsageError(
                    f"the network {self.checkpoint.name!r} was trained for {self.checkpoint.task}, "
                    f"not for {asked}; choose another --model"
                )


def room_of(checkpoint: Checkpoint) -> SubgraphLimits | None:
    """Return how large a graph a network memorises whole; ``None`` where no part can be chosen for it."""
    if checkpoint.task not in LARGEST:
        return None
    labels, (nodes, triples) = checkpoint.code.capacity, LARGEST[checkpoint.task]
    return SubgraphLimits(min(nodes, labels - 1), labels, triples)
