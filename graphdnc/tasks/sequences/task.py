"""The interface of tasks about sequences of vectors, as in the paper's first experiments. They need no graph.

An episode is inputs, targets and a mask, all drawn from a seeded stream. To add a task, write a subclass of
:class:`SequenceTask` and add it to the table in ``graphdnc/tasks/sequences/__init__.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from graphdnc.utils.arrays import Floats
from graphdnc.utils.ranges import Range
from graphdnc.utils.rng import pick_between

BITS = 8
"""The numbers of a vector, each 0 or 1."""
Steps = TypeVar("Steps", bound=Sized)
"""Whatever has a number of steps as its length."""


@dataclass(frozen=True)
class SequenceEpisode:
    """An episode of T steps.

    Attributes:
        inputs: ``[T, input]`` float32, what is shown.
        targets: ``[T, output]`` float32 of 0 and 1, what is right to say.
        wanted: ``[T]`` bool, the steps in which something must be said.
        free: ``[T]`` bool, those of them whose targets may be said in any order.
        sizes: the sizes that it was drawn with, by name.
    """

    inputs: Floats
    targets: Floats
    wanted: NDArray[np.bool_]
    free: NDArray[np.bool_]
    sizes: Mapping[str, int]

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.inputs)

    @classmethod
    def join(cls, parts: Sequence[SequenceEpisode], sizes: Mapping[str, int]) -> SequenceEpisode:
        """Return an episode of several, one after the other."""
        return cls(
            np.concatenate([part.inputs for part in parts]),
            np.concatenate([part.targets for part in parts]),
            np.concatenate([part.wanted for part in parts]),
            np.concatenate([part.free for part in parts]),
            sizes,
        )


class SequenceTask(ABC):
    """One task about sequences.

    The first :data:`BITS` numbers of an input are a vector, the others are channels. Two channels are those
    of the paper's tasks about graphs: ``start`` marks a new part, ``answer`` that an output is wanted.

    Attributes:
        name: the name in options, lessons and checkpoints.
        sizes: what an episode is drawn by, such as the number of vectors, and the least of each.
        does: what a network of the task does, in words.
        channels: the numbers of an input beside the vector.
        marks_end: whether there is one more output, which says that the answer is over.
        any_order: whether the targets may be said in any order.
    """

    name: ClassVar[str]
    sizes: ClassVar[dict[str, int]]
    does: ClassVar[str]
    channels: ClassVar[int] = 2
    marks_end: ClassVar[bool] = False
    any_order: ClassVar[bool] = False
    start, answer = BITS, BITS + 1

    @property
    def input_size(self) -> int:
        """The numbers of an input."""
        return BITS + self.channels

    @property
    def output_size(self) -> int:
        """The numbers of an output."""
        return BITS + self.marks_end

    def draw(self, rng: Generator, ranges: Mapping[str, Range]) -> SequenceEpisode:
        """Draw an episode; each size is drawn from its range."""
        return self.lay_out(rng, {name: pick_between(rng, ranges[name]) for name in self.sizes})

    @abstractmethod
    def lay_out(self, rng: Generator, sizes: Mapping[str, int]) -> SequenceEpisode:
        """Draw an episode with these sizes."""

    def empty(self, shown: int, said: int, sizes: Mapping[str, int]) -> SequenceEpisode:
        """Return an episode of zeros, to be filled: steps that show, then steps with an output."""
        steps = shown + said
        wanted = np.arange(steps) >= shown
        inputs = np.zeros((steps, self.input_size), np.float32)
        inputs[wanted, self.answer] = 1
        targets = np.zeros((steps, self.output_size), np.float32)
        return SequenceEpisode(inputs, targets, wanted, wanted & self.any_order, sizes)


def draw_bits(rng: Generator, vectors: int) -> Floats:
    """Draw vectors ``[vectors, BITS]`` of random zeros and ones."""
    return rng.integers(0, 2, (vectors, BITS)).astype(np.float32)


def draw_distinct(rng: Generator, count: int) -> Floats:
    """Draw vectors ``[count, BITS]`` of which no two are equal, so that a question has one answer."""
    numbers = rng.choice(2**BITS, count, replace=False)
    return (numbers[:, None] >> np.arange(BITS) & 1).astype(np.float32)


@dataclass(frozen=True)
class SequenceArrays:
    """B episodes, padded at the end.

    Attributes:
        inputs: ``[T, B, input]`` float32.
        targets: ``[T, B, output]`` float32.
        wanted: ``[T, B]`` bool.
        free: ``[T, B]`` bool.
        active: ``[T, B]`` bool, false where a step is padding.
    """

    inputs: Floats
    targets: Floats
    wanted: NDArray[np.bool_]
    free: NDArray[np.bool_]
    active: NDArray[np.bool_]


def stack(episodes: Sequence[SequenceEpisode]) -> SequenceArrays:
    """Return episodes side by side."""
    lengths = np.array([len(own.inputs) for own in episodes])
    active = np.arange(lengths.max())[:, None] < lengths

    def padded(name: str) -> NDArray[Any]:
        first: NDArray[Any] = getattr(episodes[0], name)
        values = np.zeros((*active.shape, *first.shape[1:]), first.dtype)
        for number, own in enumerate(episodes):
            values[: lengths[number], number] = getattr(own, name)
        return values

    names = ("inputs", "targets", "wanted", "free")
    return SequenceArrays(**{name: padded(name) for name in names}, active=active)


def like_lengths(episodes: Sequence[Steps], batch: int) -> list[list[Steps]]:
    """Cut episodes into batches of like length, so that little is padding."""
    ordered = sorted(episodes, key=len)
    return [ordered[start : start + batch] for start in range(0, len(ordered), batch)]


def as_said(logits: Floats, targets: Floats, free: NDArray[np.bool_]) -> Floats:
    """Return targets ``[T, B, output]``, those of free steps in the order in which they are said.

    Step by step, of the targets that are left, the one is taken that the network finds most probable.
    """
    if not free.any():
        return targets
    steps = free.any(1)
    left, own = free[steps].T.copy(), targets[steps].swapaxes(0, 1)  # [B, targets], [B, targets, output]
    fit = np.einsum("sbo,bto->sbt", logits[steps], own)  # log-probabilities but for what all targets share
    found, episodes = targets.copy(), np.arange(free.shape[1])
    for scores, step in zip(fit, np.flatnonzero(steps), strict=True):
        said = free[step]
        best = np.where(left, scores, -np.inf).argmax(-1)
        found[step, said] = own[episodes, best][said]
        left[episodes[said], best[said]] = False
    return found


def said_right(logits: Floats, arrays: SequenceArrays) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return whether each episode ``[B]`` is right in all bits, and each step ``[T, B]`` with an output."""
    targets = as_said(logits, arrays.targets, arrays.free)
    steps = ((logits > 0) == (targets > 0.5)).all(-1) & arrays.wanted
    return (steps | ~arrays.wanted).all(0), steps
