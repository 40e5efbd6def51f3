"""A stream of facts with questions between them, of more facts than a memory has rows.

Layout in time, for two facts; after each fact one is asked for, of those shown so far::

    vector     start   answer   key     output
    value 1      1       0      key 1   none
    blank        0       1      key 1   value 1
    value 2      1       0      key 2   none
    blank        0       1      key 1   value 1
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from graphdnc.tasks.sequences.task import BITS, SequenceEpisode, SequenceTask, draw_bits, draw_distinct


class FactStream(SequenceTask):
    """Show facts, a key and a value each, and after each ask for the value of a key shown so far.

    What is asked is skewed by Zipf's law, weights 1, 1/2, 1/3, ...: with a chance of ``popular`` percent by a
    rank that every fact draws for good, else by age, the latest fact first. Whether a fact is popular is
    seen only by how often it is asked for.
    """

    name = "fact-stream"
    sizes: ClassVar[dict[str, int]] = {"facts": 1, "popular": 0}
    does = "answers questions about facts while more of them are shown than it can keep"
    channels = 2 + BITS

    def lay_out(self, rng: Generator, sizes: Mapping[str, int]) -> SequenceEpisode:
        """Show ``facts`` facts and ask a question after each."""
        facts = sizes["facts"]
        asked = draw_asked(rng, facts, sizes["popular"] / 100)
        keys, values = draw_distinct(rng, facts), draw_bits(rng, facts)
        episode = SequenceEpisode.join([self.empty(1, 1, sizes) for _ in range(facts)], sizes)
        episode.inputs[::2, :BITS], episode.targets[1::2] = values, values[asked]
        episode.inputs[::2, self.start] = 1
        episode.inputs[::2, self.answer + 1 :] = keys
        episode.inputs[1::2, self.answer + 1 :] = keys[asked]
        return episode

    def asked(self, episode: SequenceEpisode) -> NDArray[np.int64]:
        """Return the number of the fact, counted from 0, that each question is about."""
        keys = episode.inputs[:, self.answer + 1 :]
        found: NDArray[np.int64] = (keys[1::2, None] == keys[None, ::2]).all(-1).argmax(1)
        return found


def draw_asked(rng: Generator, facts: int, popular: float) -> NDArray[np.int64]:
    """Draw which fact is asked for after each, with the chance ``popular``, 0 to 1, by its rank for good."""
    ranks = rng.permutation(facts)
    return np.array([_draw_one(rng, ranks, shown, popular) for shown in range(1, facts + 1)])


def _draw_one(rng: Generator, ranks: NDArray[np.int64], shown: int, popular: float) -> int:
    by_age = np.arange(shown)[::-1]
    weights = 1 / (1 + (ranks[:shown] if rng.random() < popular else by_age))
    return int(rng.choice(shown, p=weights / weights.sum()))
