"""A graph held in a network's memory and asked: memorise once, ask many times, vote.

A vote is the same question under freshly drawn labels and in a fresh order of the triples. The network
cannot tell two votes apart by anything it has learned, so their agreement says how sure it is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from graphdnc.episodes.encoding import Batch, decode, encode, read_answers
from graphdnc.episodes.labels import LabelCode
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph, Triple
from graphdnc.model.dnc import DNCState
from graphdnc.questions import Example, Path, Traversal
from graphdnc.training.checkpoint import Checkpoint, load_checkpoint
from graphdnc.training.stream import Purpose, stream

MAX_LINKS = 2**28
"""Numbers in the links of all votes together: one GiB."""
_SPARE = 64


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
        seconds: wall time, that of memorising included where the graph was not in memory yet.
        memorised: how many triples it was given.
    """

    question: Traversal
    path: Path | None
    confidence: float
    votes: int
    agreeing: int
    seconds: float
    memorised: int


class Vote(NamedTuple):
    """One try: the path decoded, ``None`` where it is none, and the probability the network gave it."""

    path: Path | None
    probability: float


class Reasoner:
    """A network with one graph in its memory."""

    def __init__(self, checkpoint: Checkpoint, graph: Graph) -> None:
        self.checkpoint, self.graph = checkpoint, graph
        self._memory: tuple[tuple[int, int, int], DNCState] | None = None

    @classmethod
    def load(cls, graph: Graph, model: str = "traversal") -> Reasoner:
        """Hold a graph in the network of that name or folder.

        Raises:
            CheckpointError: there is no such network, or it is damaged.
        """
        return cls(load_checkpoint(model), graph)

    @torch.inference_mode()
    def ask(self, question: Traversal, votes: int = 1, seed: int = 0) -> Answer:
        """Ask a question ``votes`` times and return what most votes say.

        Raises:
            CapacityError: the graph or the number of votes is larger than there is room for.
        """
        started = time.perf_counter()
        network, code = self.checkpoint.network, self.checkpoint.code
        # The same seed draws the same labels and orders whatever is asked, so the memory can be kept.
        example = Example(self.graph, question, _unknown(question))
        batch = encode([example] * votes, stream(Purpose.EVALUATION, seed), code)
        logits, _ = network(batch.steps, self._memorised(batch, seed), batch.active)
        tries = read_votes(logits, batch, code)
        path, agreeing, confidence = majority(tries)
        seconds = time.perf_counter() - started
        return Answer(question, path, confidence, votes, agreeing, seconds, len(self.graph))

    def _memorised(self, batch: Batch, seed: int) -> DNCState:
        steps = -(-len(batch.steps) // _SPARE) * _SPARE
        rows, votes = len(batch.description) + steps, len(batch.labels)
        if rows * rows * votes > MAX_LINKS:
            raise CapacityError(
                f"{len(self.graph):,} triples and {votes} votes need more memory than there is; "
                f"give a graph of at most {int(MAX_LINKS**0.5) - steps:,} triples, or fewer votes"
            )
        key = (seed, votes, rows)
        if self._memory is None or self._memory[0] != key:
            state = self.checkpoint.network.memorise(batch.description, batch.lengths, rows)
            self._memory = key, state
        return self._memory[1]


def read_votes(logits: Tensor, batch: Batch, code: LabelCode) -> list[Vote]:
    """Return what each episode of a batch answered, given logits ``[S, B, output]``."""
    answers = read_answers(logits, code)
    losses = code.loss(logits.reshape(*answers.shape, code.width), answers).sum(-1)
    probabilities = (-(losses * batch.wanted).sum(0)).exp().tolist()
    votes = []
    for index, labels in enumerate(batch.labels):
        answer = answers[batch.wanted[:, index], index].cpu().numpy()
        # An answer that ends at once names no path either: a question has at least one step.
        votes.append(Vote(decode(answer, labels) or None, probabilities[index]))
    return votes


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


def _unknown(question: Traversal) -> Path:
    """Return a path of the right length: the layout of an episode needs one, the network never sees it."""
    return (Triple(question.start, question.relations[0], question.start),) * len(question.relations)
