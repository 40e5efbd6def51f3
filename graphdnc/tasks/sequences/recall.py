"""Tasks of recall: which item came after this one, and which items were there?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.random import Generator

from graphdnc.tasks.sequences.task import BITS, SequenceEpisode, SequenceTask, draw_bits, draw_distinct


class AssociativeRecall(SequenceTask):
    """Show items, then one of them again; the answer is the item after it (Graves et al. 2014, section 4.3).

    An item is one or several vectors, the first marked by ``start``; no two begin alike. A third channel
    marks the item that is shown again.
    """

    name = "associative-recall"
    sizes: ClassVar[dict[str, int]] = {"items": 2, "length": 1}
    does = "says which item came after one that is shown again"
    channels = 3

    def lay_out(self, rng: Generator, sizes: Mapping[str, int]) -> SequenceEpisode:
        """Show ``items`` items of ``length`` vectors, one of them again, and ask for the next."""
        items, length = sizes["items"], sizes["length"]
        episode = self.empty((items + 1) * length, length, sizes)
        vectors = draw_bits(rng, items * length).reshape(items, length, BITS)
        vectors[:, 0] = draw_distinct(rng, items)
        asked = int(rng.integers(items - 1))
        shown = np.concatenate([vectors, vectors[asked : asked + 1]])
        episode.inputs[: (items + 1) * length, :BITS] = shown.reshape(-1, BITS)
        episode.inputs[::length, self.start] = 1
        episode.inputs[items * length : -length, self.answer + 1] = 1
        episode.targets[-length:] = vectors[asked + 1]
        return episode


class FreeRecall(SequenceTask):
    """Show distinct vectors, then ask for all of them, in any order, as people recall lists of words."""

    name = "free-recall"
    sizes: ClassVar[dict[str, int]] = {"length": 1}
    does = "says a list of vectors again, in any order"
    any_order = True

    def lay_out(self, rng: Generator, sizes: Mapping[str, int]) -> SequenceEpisode:
        """Show ``length`` vectors, then ask for as many."""
        length = sizes["length"]
        episode = self.empty(length, length, sizes)
        episode.inputs[:length, :BITS] = episode.targets[length:] = draw_distinct(rng, length)
        episode.inputs[[0, length], self.start] = 1
        return episode
