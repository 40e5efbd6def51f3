"""The accuracy of whole answers, with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from graphdnc.answering.decoding import Decoder
from graphdnc.answering.memory import AT_ONCE, GraphMemory, fitting, room
from graphdnc.model.runtime.protocol import Network
from graphdnc.networks.calibration import Calibration
from graphdnc.networks.checkpoint import Checkpoint
from graphdnc.questions import Example
from graphdnc.tasks import by_length, task_of
from graphdnc.tasks.sequences.task import SequenceEpisode, like_lengths, said_right, stack
from graphdnc.tasks.stories import FAILED, Story, answers_right, lay_out
from graphdnc.tasks.votes import Vote
from graphdnc.utils.rng import Purpose, stream

_POOL = 512
"""Examples that are drawn together and sorted by length, to reduce padding."""
_LINKS_AT_ONCE = 2**23
"""The most links, in numbers, of all sequences that run at once."""
_SHARED = 32
"""Questions that share one memory if all examples have the same graph."""


@dataclass(frozen=True)
class Accuracy:
    """How many whole answers were right, of how many episodes."""

    correct: int
    episodes: int

    @property
    def share(self) -> float:
        """The share of right answers, 0 to 1."""
        return self.correct / self.episodes

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of that share (Wilson 1927), which is also valid near 0 and 1.

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
    """The results of an evaluation.

    Attributes:
        correct: the number of right answers; a shortest path is right if there is no shorter one.
        named: the number of valid answers, such as paths to the goal that are not the shortest.
        calibration: the confidence of each answer, and whether it was right.
        confidence: returns the confidence of an answer, given the number of agreeing votes, the number of
            votes, and the confidence before calibration.
    """

    correct: int = 0
    named: int = 0
    episodes: int = 0
    calibration: Calibration = field(default_factory=Calibration)
    confidence: Callable[[int, int, float], float] = lambda agreeing, votes, said: said
    _parts: dict[str, dict[Any, list[bool]]] = field(default_factory=dict)

    @property
    def accuracy(self) -> Accuracy:
        """The accuracy of all answers."""
        return Accuracy(self.correct, self.episodes)

    @property
    def valid(self) -> Accuracy:
        """The share of valid answers."""
        return Accuracy(self.named, self.episodes)

    def by(self, part: str) -> dict[Any, Accuracy]:
        """Return the accuracy by ``triples``, by ``rows`` of memory, or by a part that the task names, such
        as ``length``.
        """
        answers = self._parts.get(part, {})
        return {key: Accuracy(sum(right), len(right)) for key, right in sorted(answers.items())}

    def add(self, example: Example, votes: list[Vote], rows: int) -> None:
        """Count the answer that all votes on an example give together, in memories of ``rows`` rows."""
        task = task_of(example.question)
        verdict, right = task.count(example.question, votes), task.is_right(example, votes)
        path, sure = verdict.path, self.confidence(verdict.agreeing, len(votes), verdict.confidence)
        self.episodes += 1
        self.correct += right
        self.calibration.add(sure, right)
        self.named += right or (path is not None and task.is_valid(example, path))
        parts = {**task.parts(example), "triples": len(example.graph), "rows": rows}
        for part, key in parts.items():
            self._parts.setdefault(part, {}).setdefault(key, []).append(right)


def evaluate(
    checkpoint: Checkpoint,
    examples: Iterable[Example],
    votes: int = 1,
    seed: int = 0,
    batch: int = 64,
    report: Callable[[Report], None] = lambda counted: None,
) -> Report:
    """Ask every example ``votes`` times under fresh labels and count the right answers.

    Any path that answers the question is right. If all examples have the same graph, a few questions at a
    time share one memory of it. ``batch`` is the maximum number of episodes, including votes, that run at
    once. ``report`` is called with the results so far.
    """
    counted = Report(confidence=checkpoint.confidence)
    for number, group in enumerate(_groups(iter(examples), checkpoint, votes, batch)):
        tried, rows = _try(checkpoint, group, votes, stream(Purpose.EVALUATION, seed, number))
        for example, tries in zip(group, tried, strict=True):
            counted.add(example, tries, rows)
        report(counted)
    return counted


def _try(
    checkpoint: Checkpoint, group: list[Example], votes: int, rng: np.random.Generator
) -> tuple[list[list[Vote]], int]:
    """Return the votes on each example, and the rows of memory that were used."""
    spare = _spare(checkpoint, group)
    if len(group) > 1 and _one_graph(group):
        memorised = GraphMemory.of(checkpoint, group[0].graph, votes, spare, rng)
        return memorised.vote([example.question for example in group]), memorised.rows
    asked = [example for example in group for _ in range(votes)]
    lengths = [checkpoint.task.described_rows(example.graph) for example in asked]
    rows = max(lengths) + spare
    network = fitting(checkpoint, rows, len(asked), min(lengths))
    tries = Decoder(network, checkpoint.task).vote(asked, rng)
    return [tries[start : start + votes] for start in range(0, len(tries), votes)], rows


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


@dataclass
class SequenceReport:
    """The results of an evaluation.

    Attributes:
        correct: episodes of which every bit was right.
        vectors_right: steps with an output of which every bit was right, of ``vectors``.
    """

    correct: int = 0
    episodes: int = 0
    vectors_right: int = 0
    vectors: int = 0
    _parts: dict[str, dict[int, list[bool]]] = field(default_factory=dict)

    @property
    def accuracy(self) -> Accuracy:
        """The share of whole episodes that are right."""
        return Accuracy(self.correct, self.episodes)

    def by(self, size: str) -> dict[int, Accuracy]:
        """Return the accuracy by one of the sizes of the task, such as ``length``."""
        answers = self._parts.get(size, {})
        return {key: Accuracy(sum(right), len(right)) for key, right in sorted(answers.items())}

    def add(self, sizes: Mapping[str, int], right: bool) -> None:
        """Count an episode."""
        self.episodes += 1
        self.correct += right
        for name, size in sizes.items():
            self._parts.setdefault(name, {}).setdefault(size, []).append(right)


def evaluate_sequences(
    network: Network,
    episodes: Iterable[SequenceEpisode],
    rows: int,
    batch: int = 64,
    report: Callable[[SequenceReport], None] = lambda counted: None,
) -> SequenceReport:
    """Run every episode in an empty memory of ``rows`` rows and count what is right.

    ``batch`` is the maximum number of episodes at once. ``report`` is called with the results so far.
    """
    counted, drawn = SequenceReport(), iter(episodes)
    size = max(1, min(batch, _LINKS_AT_ONCE // rows**2))
    while pool := list(islice(drawn, _POOL)):
        for group in like_lengths(pool, size):
            arrays = stack(group)
            logits = network.run(arrays.inputs, network.begin(len(group), rows), arrays.active)
            whole, steps = said_right(logits, arrays)
            for episode, right in zip(group, whole.tolist(), strict=True):
                counted.add(episode.sizes, right)
            counted.vectors_right += int(steps.sum())
            counted.vectors += int(arrays.wanted.sum())
            report(counted)
    return counted


@dataclass
class StoryReport:
    """The results of an evaluation on stories: right answers by the number of the task."""

    stories: int = 0
    _right: dict[int, list[bool]] = field(default_factory=dict)

    @property
    def by_task(self) -> dict[int, Accuracy]:
        """The accuracy of the answers of each task, in the order of their numbers."""
        return {task: Accuracy(sum(right), len(right)) for task, right in sorted(self._right.items())}

    @property
    def mean_error(self) -> float:
        """The mean of the shares of wrong answers of all tasks, 0 to 1."""
        errors = [1 - right.share for right in self.by_task.values()]
        return sum(errors) / len(errors)

    @property
    def failed(self) -> list[int]:
        """The numbers of the tasks with more than 5% of the answers wrong."""
        found = self.by_task.items()
        return [task for task, own in found if own.episodes - own.correct > FAILED * own.episodes]

    def add(self, task: int, right: Iterable[bool]) -> None:
        """Count the answers of a story."""
        self.stories += 1
        self._right.setdefault(task, []).extend(map(bool, right))


def evaluate_stories(
    network: Network,
    stories: Iterable[Story],
    vocabulary: Sequence[str],
    rows: int,
    batch: int = 64,
    report: Callable[[StoryReport], None] = lambda counted: None,
) -> StoryReport:
    """Tell every story to a network with an empty memory of ``rows`` rows and count what is right.

    An answer is right only if all of its words are. ``batch`` is the maximum number of stories at once.
    ``report`` is called with the results so far.
    """
    counted, told = StoryReport(), iter(stories)
    size = max(1, min(batch, _LINKS_AT_ONCE // rows**2))
    while pool := list(islice(told, _POOL)):
        for group in like_lengths(pool, size):
            arrays = lay_out(group, vocabulary)
            logits = network.run(arrays.inputs, network.begin(len(group), rows), arrays.active)
            found = answers_right(logits.argmax(-1), arrays.targets, arrays.wanted)
            for story, right in zip(group, found, strict=True):
                counted.add(story.task, right)
            report(counted)
    return counted
