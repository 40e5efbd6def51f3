"""Accuracy of whole answers, with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import torch

from graphdnc.episodes.encoding import encode
from graphdnc.errors import CapacityError
from graphdnc.oracle import is_answer
from graphdnc.questions import Example
from graphdnc.reasoner import MAX_LINKS, majority, read_votes
from graphdnc.training.checkpoint import Checkpoint
from graphdnc.training.stream import Purpose, by_length, stream

_POOL = 512
"""Examples drawn before they are sorted by length, so that little of a batch is padding."""
_BATCH_LINKS = 2**24
"""Numbers in the links of a batch: large enough for speed, small enough for any cache and memory."""


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


@torch.inference_mode()
def evaluate(
    checkpoint: Checkpoint,
    examples: Iterable[Example],
    votes: int = 1,
    seed: int = 0,
    batch: int = 64,
    report: Callable[[int, int], None] = lambda correct, episodes: None,
) -> Accuracy:
    """Ask every example ``votes`` times under fresh labels and count whole answers that are right.

    Right is any path that answers the question, so questions with several answers are fair too.
    ``batch`` bounds the episodes run at once, votes counted; ``report`` is told how many are right so far.

    Raises:
        CapacityError: a graph is larger than there is room for.
    """
    correct = episodes = 0
    for number, group in enumerate(_groups(iter(examples), votes, batch)):
        rng = stream(Purpose.EVALUATION, seed, number)
        encoded = encode([example for example in group for _ in range(votes)], rng, checkpoint.code)
        rows = len(encoded.description) + len(encoded.steps)
        state = checkpoint.network.memorise(encoded.description, encoded.lengths, rows)
        logits, _ = checkpoint.network(encoded.steps, state, encoded.active)
        tries = read_votes(logits, encoded, checkpoint.code)
        for index, example in enumerate(group):
            path, _, _ = majority(tries[index * votes : (index + 1) * votes])
            correct += path is not None and is_answer(example.graph, example.question, path)
        episodes += len(group)
        report(correct, episodes)
    return Accuracy(correct, episodes)


def _groups(examples: Iterator[Example], votes: int, batch: int) -> Iterator[list[Example]]:
    """Cut examples into groups of like length that fit in memory."""
    while pool := list(islice(examples, _POOL)):
        rows = max(len(example.graph) + 2 * len(example.answer) + 1 for example in pool)
        if rows * rows * votes > MAX_LINKS:
            raise CapacityError(f"a graph of {rows:,} triples is larger than there is room for")
        size = min(batch, _BATCH_LINKS // (rows * rows)) // votes
        yield from by_length(pool, max(1, size))
