"""A graph held in a network's memory and asked: memorise once, ask many times, vote.

A vote is the same question under freshly drawn labels and in a fresh order of the triples. The network
cannot tell two votes apart by anything it has learned, so their agreement says how sure it is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from graphdnc.graph import Graph
from graphdnc.memorised import Memorised, Vote
from graphdnc.model.fast.build import is_built
from graphdnc.questions import Path, Traversal
from graphdnc.training.checkpoint import Checkpoint, load_checkpoint
from graphdnc.training.stream import Purpose, stream

_SPARE = 64
"""Rows for questions come in such portions, so that a longer question seldom means memorising again."""


@dataclass(frozen=True)
class Answer:
    """What the network said.

    Attributes:
        question: what was asked.
        path: the answer most votes gave, or ``None`` where no vote named a path of this graph.
        confidence: from 0 to 1: the share of votes that gave this answer; of a single vote, the probability
            that the network gave it.
        votes: how often it was asked.
        agreeing: how many votes gave this answer.
        seconds: wall time, that of memorising included where the graph was not in memory yet; of questions
            asked together, an equal share.
        memorised: how many triples it was given.
    """

    question: Traversal
    path: Path | None
    confidence: float
    votes: int
    agreeing: int
    seconds: float
    memorised: int


class Reasoner:
    """A network with one graph in its memory."""

    def __init__(self, checkpoint: Checkpoint, graph: Graph) -> None:
        self.checkpoint, self.graph = checkpoint, graph
        self._memorised: tuple[tuple[int, int, int], Memorised] | None = None

    @classmethod
    def load(cls, graph: Graph, model: str = "traversal") -> Reasoner:
        """Hold a graph in the network of that name or folder.

        Raises:
            CheckpointError: there is no such network, or it is damaged.
        """
        checkpoint = load_checkpoint(model)
        # an answer without the kernels comes sooner than the compiler is done; training has them built
        checkpoint.network.fast = is_built()
        return cls(checkpoint, graph)

    def memorise(self, votes: int = 1, seed: int = 0, longest: int = 1) -> Memorised:
        """Return the graph memorised ``votes`` times, as it is kept where that was done before.

        ``longest`` is how many relations the longest question follows.

        Raises:
            CapacityError: the graph or the number of votes is larger than there is room for.
        """
        spare = -(-(2 * longest + 1) // _SPARE) * _SPARE
        key = (votes, seed, spare)
        if self._memorised is None or self._memorised[0] != key:
            # The same seed draws the same labels and orders whatever is asked, so the memory can be kept.
            rng = stream(Purpose.EVALUATION, seed)
            self._memorised = key, Memorised.graph(self.checkpoint, self.graph, votes, spare, rng)
        return self._memorised[1]

    def ask(self, question: Traversal, votes: int = 1, seed: int = 0) -> Answer:
        """Ask a question ``votes`` times and return what most votes say.

        Raises:
            CapacityError: the graph or the number of votes is larger than there is room for.
        """
        return self.ask_all([question], votes, seed)[0]

    def ask_all(self, questions: Sequence[Traversal], votes: int = 1, seed: int = 0) -> list[Answer]:
        """Ask questions together, which is faster than one by one, each ``votes`` times.

        Raises:
            CapacityError: the graph or the number of votes is larger than there is room for.
        """
        if not questions:
            return []
        started = time.perf_counter()
        longest = max(len(question.relations) for question in questions)
        tried = self.memorise(votes, seed, longest).ask(questions)
        seconds = (time.perf_counter() - started) / len(questions)
        answers = []
        for question, tries in zip(questions, tried, strict=True):
            path, agreeing, confidence = majority(tries)
            answers.append(Answer(question, path, confidence, votes, agreeing, seconds, len(self.graph)))
        return answers


def majority(votes: Sequence[Vote]) -> tuple[Path | None, int, float]:
    """Return the path most votes name, how many do, and the confidence in it.

    A vote that names no path counts for ``None``, which wins only where all votes do. Of paths with
    equally many votes the more probable one wins.
    """
    groups: dict[Path | None, list[float]] = {}
    for vote in votes:
        groups.setdefault(vote.path, []).append(vote.probability)
    best = max(groups, key=lambda path: (path is not None, len(groups[path]), sum(groups[path])))
    if best is None:
        return None, len(groups[best]), 0.0
    sure = groups[best][0] if len(votes) == 1 else len(groups[best]) / len(votes)
    return best, len(groups[best]), sure
