"""Accuracy of whole answers, with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from graphdnc.episodes.encoding import encode
from graphdnc.memorised import AT_ONCE, Memorised, Vote, fitting, read_votes, room
from graphdnc.oracle import is_answer
from graphdnc.questions import Example
from graphdnc.reasoner import majority
from graphdnc.training.checkpoint import Checkpoint
from graphdnc.training.stream import Purpose, by_length, stream

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


def evaluate(
    checkpoint: Checkpoint,
    examples: Iterable[Example],
    votes: int = 1,
    seed: int = 0,
    batch: int = 64,
    report: Callable[[int, int], None] = lambda correct, episodes: None,
) -> Accuracy:
    """Ask every example ``votes`` times under fresh labels and count whole answers that are right.

    Right is any path that answers the question, so questions with several answers are fair too. Where all
    examples have the same graph, a few questions at a time share its labels.
    ``batch`` bounds the episodes run at once, votes counted; ``report`` is told how many are right so far.

    Raises:
        CapacityError: a graph is larger than there is room for.
    """
    correct = episodes = 0
    for number, group in enumerate(_groups(iter(examples), checkpoint, votes, batch)):
        tried = _try(checkpoint, group, votes, stream(Purpose.EVALUATION, seed, number))
        for example, tries in zip(group, tried, strict=True):
            path, _, _ = majority(tries)
            correct += path is not None and is_answer(example.graph, example.question, path)
        episodes += len(group)
        report(correct, episodes)
    return Accuracy(correct, episodes)


def _try(
    checkpoint: Checkpoint, group: list[Example], votes: int, rng: np.random.Generator
) -> list[list[Vote]]:
    """Return the votes on every example of a group."""
    if len(group) > 1 and _one_graph(group):
        steps = 2 * max(len(example.question.relations) for example in group) + 1
        memorised = Memorised.graph(checkpoint, group[0].graph, votes, steps, rng)
        return memorised.ask([example.question for example in group])
    encoded = encode([example for example in group for _ in range(votes)], rng, checkpoint.code)
    rows = len(encoded.description) + len(encoded.steps)
    network = fitting(checkpoint, rows, len(encoded.labels))
    with torch.inference_mode():
        state = network.memorise(encoded.description, encoded.lengths, rows)
        logits, _ = network(encoded.steps, state, encoded.active)
    tries = read_votes(logits, encoded.wanted, encoded.labels, checkpoint.code)
    return [tries[start : start + votes] for start in range(0, len(tries), votes)]


def _groups(
    examples: Iterator[Example], checkpoint: Checkpoint, votes: int, batch: int
) -> Iterator[list[Example]]:
    """Cut examples into groups of like length that fit in memory."""
    while pool := list(islice(examples, _POOL)):
        if _one_graph(pool):
            yield from by_length(pool, _SHARED)
            continue
        rows = max(len(example.graph) + 2 * len(example.answer) + 1 for example in pool)
        size = min(batch, AT_ONCE // room(fitting(checkpoint, rows, votes).config, rows)) // votes
        yield from by_length(pool, max(1, size))


def _one_graph(examples: list[Example]) -> bool:
    return all(example.graph is examples[0].graph for example in examples)
