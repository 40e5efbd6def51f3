"""A graph held in a network's memory and asked: memorise once, ask many times, vote."""

from __future__ import annotations

import time
from collections.abc import Sequence

from graphdnc.answers import Answer
from graphdnc.episodes.encoding import spare_rows
from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.memorised import Memorised
from graphdnc.model.fast.build import is_built
from graphdnc.questions import TASKS, Question, task_of
from graphdnc.training.checkpoint import Checkpoint, load_checkpoint
from graphdnc.training.stream import Purpose, stream
from graphdnc.votes import count

_SPARE = 64
"""Rows for questions come in such portions, so that a longer question seldom means memorising again."""


class Holder:
    """A network with one graph in its memory."""

    def __init__(self, checkpoint: Checkpoint, graph: Graph) -> None:
        self.checkpoint, self.graph = checkpoint, graph
        self._memorised: tuple[tuple[int, int, int], Memorised] | None = None

    @classmethod
    def load(cls, graph: Graph, model: str = "traversal") -> Holder:
        """Hold a graph in the network of that name or folder.

        Raises:
            CheckpointError: there is no such network, or it is damaged.
        """
        checkpoint = load_checkpoint(model)
        # an answer without the kernels comes sooner than the compiler is done; training has them built
        checkpoint.network.fast = is_built()
        return cls(checkpoint, graph)

    def memorise(self, votes: int = 1, seed: int = 0, spare: int = 1) -> Memorised:
        """Return the graph memorised ``votes`` times, as it is kept where that was done before.

        ``spare`` is how many rows of memory the questions take.

        Raises:
            CapacityError: the graph or the number of votes is larger than there is room for.
        """
        spare = -(-spare // _SPARE) * _SPARE
        key = (votes, seed, spare)
        if self._memorised is None or self._memorised[0] != key:
            # The same seed draws the same labels and orders whatever is asked, so the memory can be kept.
            rng = stream(Purpose.EVALUATION, seed)
            self._memorised = key, Memorised.of(self.checkpoint, self.graph, votes, spare, rng)
        return self._memorised[1]

    def ask(self, question: Question, votes: int = 1, seed: int = 0) -> Answer:
        """Ask a question ``votes`` times and return what the votes say together.

        Raises:
            CapacityError: the graph or the number of votes is larger than there is room for.
            UsageError: the network was trained for another kind of question.
        """
        return self.ask_all([question], votes, seed)[0]

    def ask_all(self, questions: Sequence[Question], votes: int = 1, seed: int = 0) -> list[Answer]:
        """Ask questions together, which is faster than one by one, each ``votes`` times.

        Raises:
            CapacityError: the graph or the number of votes is larger than there is room for.
            UsageError: the network was trained for another kind of question.
        """
        if not questions:
            return []
        self._refuse_other_tasks(questions)
        started = time.perf_counter()
        planning, nodes = self.checkpoint.planning, self.graph.nodes
        spare = max(spare_rows(question, nodes, planning) for question in questions)
        memorised = self.memorise(votes, seed, spare)
        tried = memorised.ask(questions)
        seconds = (time.perf_counter() - started) / len(questions)
        answers = []
        for question, tries in zip(questions, tried, strict=True):
            path, agreeing, confidence, denies = count(question, tries)
            answers.append(
                Answer(question, path, denies, confidence, votes, agreeing, seconds, memorised.shown)
            )
        return answers

    def _refuse_other_tasks(self, questions: Sequence[Question]) -> None:
        for question in questions:
            if not isinstance(question, TASKS[self.checkpoint.task]):
                asked = task_of(question)
                raise UsageError(
                    f"the network {self.checkpoint.name!r} was trained for {self.checkpoint.task}, "
                    f"not for {asked}; choose another --model"
                )
