"""Tasks of copying: once, several times, and piece by piece through a memory that is too small for all.

Layout in time of a copy of three vectors::

    vector     start   answer   output
    v1           1       0      none
    v2           0       0      none
    v3           0       0      none
    blank        1       1      v1
    blank        0       1      v2
    blank        0       1      v3
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.random import Generator

from graphdnc.tasks.sequences.task import BITS, SequenceEpisode, SequenceTask, draw_bits

MOST_TIMES = 10
"""How often a sequence is repeated is shown as a share of this."""


class Copy(SequenceTask):
    """Say a sequence again (Graves, Wayne & Danihelka 2014, section 4.1)."""

    name = "copy"
    sizes: ClassVar[dict[str, int]] = {"length": 1}
    does = "says a sequence of vectors again"

    def lay_out(self, rng: Generator, sizes: Mapping[str, int]) -> SequenceEpisode:
        """Show ``length`` vectors, then ask for them."""
        length = sizes["length"]
        episode = self.empty(length, length, sizes)
        episode.inputs[:length, :BITS] = episode.targets[length:] = draw_bits(rng, length)
        episode.inputs[[0, length], self.start] = 1
        return episode


class MemoryReuse(Copy):
    """Copy pieces one after the other, in fewer rows than there are vectors (paper, Extended Data Fig. 1)."""

    name = "memory-reuse"
    sizes: ClassVar[dict[str, int]] = {"pieces": 1, "length": 1}
    does = "copies piece after piece through a memory with fewer rows than there are vectors"

    def lay_out(self, rng: Generator, sizes: Mapping[str, int]) -> SequenceEpisode:
        """Show and ask for ``pieces`` sequences of ``length`` vectors."""
        pieces = [super(MemoryReuse, self).lay_out(rng, sizes) for _ in range(sizes["pieces"])]
        return SequenceEpisode.join(pieces, sizes)


class RepeatCopy(SequenceTask):
    """Say a sequence several times, then that this is all (Graves et al. 2014, section 4.2)."""

    name = "repeat-copy"
    sizes: ClassVar[dict[str, int]] = {"length": 1, "times": 1}
    does = "says a sequence of vectors again, as often as it is told"
    channels = 3
    marks_end = True

    def lay_out(self, rng: Generator, sizes: Mapping[str, int]) -> SequenceEpisode:
        """Show ``length`` vectors and a number, ask for the vectors so many times, then for the end."""
        length, times = sizes["length"], sizes["times"]
        episode = self.empty(length, length * times + 1, sizes)
        vectors = draw_bits(rng, length)
        episode.inputs[:length, :BITS] = vectors
        episode.inputs[[0, length], self.start] = 1
        episode.inputs[length, self.answer + 1] = times / MOST_TIMES
        episode.targets[length:-1, :BITS] = np.tile(vectors, (times, 1))
        episode.targets[-1, BITS] = 1
        return episode
