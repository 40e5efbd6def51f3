"""Accuracy of whole answers, with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from graphdnc.answering.decoding import Decoder
from graphdnc.answering.memory import AT_ONCE, GraphMemory, fitting, room
from graphdnc.networks.calibration import Calibration
from graphdnc.networks.checkpoint import Checkpoint
from graphdnc.questions import Example
from graphdnc.tasks import task_of
from graphdnc.tasks.buckets import by_length
from graphdnc.tasks.votes import Vote
from graphdnc.utils.rng import Purpose, stream

_POOL = 512
"""Examples drawn before they are sorted by length, so that little of a batch is padding."""
_SHARED = 32
"""Questions asked of one memory where all examples have the same graph; then it is memorised afresh."""


@dataclass(frozen=True)
class Accuracy:
    """How many whole answers were right.

    Attributes:
        correct: episodes whose every triple was right.
        episodes: all episodes.
    """

    correct: int
    episodes: int

    @property
    def share(self) -> float:
        """The share of whole answers that were right, 0 to 1."""
        return self.correct / self.episodes

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of that share (Wilson 1927), honest also near 0 and 1.

        >>> low, high = Accuracy(100, 100).interval
        >>> round(low, 3), round(high, 3)
        (0.963, 1.0)
        """
        z, n = 1.959964, self.episodes
        middle = self.share + z * z / (2 * n)
        spread = z * ((self.share * (1 - self.share) + z * z / (4 * n)) / n) ** 0.5
        return max(0.0, (middle - spread) / (1 + z * z / n)), min(1.0, (middle + spread) / (1 + z * z / n))


@dataclass
class Report:
    """What was counted over all episodes.

    Attributes:
        correct: whole answers that were right: of shortest paths, as short as can be.
        named: answers that name a path as asked, perhaps not a shortest one.
        episodes: all episodes.
        calibration: how sure the network was of each answer, and whether it was right.
        confidence: how sure an answer is, given how many votes agree, of how many, and what they say.
    """

    correct: int = 0
    named: int = 0
    episodes: int = 0
    calibration: Calibration = field(default_factory=Calibration)
    confidence: Callable[[int, int, float], float] = lambda agreeing, votes, said: said
    _parts: dict[str, dict[Any, list[bool]]] = field(default_factory=dict)

    @property
    def accuracy(self) -> Accuracy:
        """Whole answers that were right."""
        return Accuracy(self.correct, self.episodes)

    @property
    def valid(self) -> Accuracy:
        """Answers that name a path as asked, perhaps not a shortest one."""
        return Accuracy(self.named, self.episodes)

    def by(self, part: str) -> dict[Any, Accuracy]:
        """Return the accuracy of each part of the examples: by ``length`` and what else the task names."""
        answers = self._parts.get(part, {})
        return {key: Accuracy(sum(right), len(right)) for key, right in sorted(answers.items())}

    def add(self, example: Example, votes: list[Vote]) -> None:
        """Count the answer that all votes on an example give together."""
        task = task_of(example.question)
        verdict, right = task.count(example.question, votes), task.is_right(example, votes)
        path, sure = verdict.path, self.confidence(verdict.agreeing, len(votes), verdict.confidence)
        self.episodes += 1
        self.correct += right
        self.calibration.add(sure, right)
        self.named += right or (path is not None and task.is_valid(example, path))
        for part, key in task.parts(example).items():
            self._parts.setdefault(part, {}).setdefault(key, []).append(right)


def evaluate(
    checkpoint: Checkpoint,
    examples: Iterable[Example],
    votes: int = 1,
    seed: int = 0,
    batch: int = 64,
    report: Callable[[Report], None] = lambda counted: None,
) -> Report:
    """Ask every example ``votes`` times under fresh labels and count whole answers that are right.

    Right is any path that answers the question, so questions with several answers are fair too. Where all
    examples have the same graph, a few questions at a time share its labels.
    ``batch`` bounds the episodes run at once, votes counted; ``report`` is told what was counted so far.

    Raises:
        CapacityError: a graph is larger than there is room for.
    """
    counted = Report(confidence=checkpoint.confidence)
    for number, group in enumerate(_groups(iter(examples), checkpoint, votes, batch)):
        tried = _try(checkpoint, group, votes, stream(Purpose.EVALUATION, seed, number))
        for example, tries in zip(group, tried, strict=True):
            counted.add(example, tries)
        report(counted)
    return counted


def _try(
    checkpoint: Checkpoint, group: list[Example], votes: int, rng: np.random.Generator
) -> list[list[Vote]]:
    """Return the votes on every example of a group."""
    spare = _spare(checkpoint, group)
    if len(group) > 1 and _one_graph(group):
        memorised = GraphMemory.of(checkpoint, group[0].graph, votes, spare, rng)
        return memorised.ask([example.question for example in group])
    asked = [example for example in group for _ in range(votes)]
    lengths = [checkpoint.task.described_rows(example.graph) for example in asked]
    network = fitting(checkpoint, max(lengths) + spare, len(asked), min(lengths))
    tries = Decoder(network, checkpoint.task).ask(asked, rng)
    return [tries[start : start + votes] for start in range(0, len(tries), votes)]


def _spare(checkpoint: Checkpoint, examples: list[Example]) -> int:
    task = checkpoint.task
    return max(task.spare_rows(example.question, example.graph.nodes) for example in examples)


def _groups(
    examples: Iterator[Example], checkpoint: Checkpoint, votes: int, batch: int
) -> Iterator[list[Example]]:
    """Cut examples into groups of like length that fit in memory."""
    while pool := list(islice(examples, _POOL)):
        if _one_graph(pool):
            yield from by_length(pool, _SHARED)
            continue
        described = max(checkpoint.task.described_rows(example.graph) for example in pool)
        rows = described + _spare(checkpoint, pool)
        one = room(fitting(checkpoint, rows, votes, described).config, rows, described)
        yield from by_length(pool, max(1, min(batch, AT_ONCE // one) // votes))


def _one_graph(examples: list[Example]) -> bool:
    return all(example.graph is examples[0].graph for example in examples)
