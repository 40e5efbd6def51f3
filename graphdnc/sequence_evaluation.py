"""Measure how many sequences a network gets right, from the first bit to the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from graphdnc.evaluation import Accuracy
from graphdnc.model.runtime.protocol import Network
from graphdnc.tasks.sequences.task import SequenceEpisode, like_lengths, said_right, stack

_POOL = 512
"""Episodes that are drawn together and sorted by length, to reduce padding."""
_NUMBERS = 2**23
"""The most numbers of all links that run at once."""


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
    size = max(1, min(batch, _NUMBERS // rows**2))
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
