"""Stories with questions, as in the bAbI tasks (Weston et al. 2015): a word a step, and answers of words.

Where a word of an answer is wanted, the network is shown a dash instead. Nothing else that it says counts.
A story is questions and sentences in any order, and words are numbers of a vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphdnc.utils.arrays import Floats

BABI = "babi"
"""The name of the task in corpora and checkpoints."""
DOES = "questions about stories of a few sentences, in words"
DASH = "-"
"""The word that asks for one of an answer."""
LARGEST_VOCABULARY = 2**16
"""The most words: in a corpus they are numbers of 16 bits."""
FAILED = 0.05
"""A task counts as failed if a larger share of its questions is answered wrong."""


@dataclass(frozen=True)
class Story:
    """A story of T words.

    Attributes:
        words: ``[T]`` integers, all of its words by number, those of answers too.
        asked: ``[T]`` bool, the words of answers. Those of one question follow each other.
        task: the number of its task, from 1.
    """

    words: NDArray[np.integer]
    asked: NDArray[np.bool_]
    task: int

    def __len__(self) -> int:
        """Return the number of words."""
        return len(self.words)

    @property
    def ends(self) -> NDArray[np.intp]:
        """How many words there are up to the end of each answer."""
        return np.flatnonzero(self.asked & ~np.append(self.asked[1:], False)) + 1

    def cut(self, longest: int) -> Story | None:
        """Return its beginning up to the last answer within ``longest`` words; ``None`` if there is none.

        >>> story = Story(np.arange(6), np.array([0, 1, 1, 0, 0, 1], bool), 1)
        >>> len(story.cut(5)), story.cut(2)
        (3, None)
        """
        fitting = self.ends[self.ends <= longest]
        return (
            Story(self.words[: fitting[-1]], self.asked[: fitting[-1]], self.task) if len(fitting) else None
        )


@dataclass(frozen=True)
class StoryArrays:
    """B stories, padded at the end.

    Attributes:
        inputs: ``[T, B, words of the vocabulary]`` float32, one-hot, with dashes in the place of answers.
        targets: ``[T, B]`` int64, the words that are right.
        wanted: ``[T, B]`` bool, where a word of an answer is wanted.
        active: ``[T, B]`` bool, false where a step is padding.
    """

    inputs: Floats
    targets: NDArray[np.int64]
    wanted: NDArray[np.bool_]
    active: NDArray[np.bool_]


def lay_out(stories: Sequence[Story], vocabulary: Sequence[str]) -> StoryArrays:
    """Return stories side by side."""
    lengths = np.array([len(story) for story in stories])
    active = np.arange(lengths.max())[:, None] < lengths
    targets, wanted = np.zeros(active.shape, np.int64), np.zeros(active.shape, bool)
    for number, story in enumerate(stories):
        targets[: len(story), number], wanted[: len(story), number] = story.words, story.asked
    shown = np.where(wanted, vocabulary.index(DASH), targets)
    inputs = np.zeros((*active.shape, len(vocabulary)), np.float32)
    steps, episodes = np.nonzero(active)
    inputs[steps, episodes, shown[steps, episodes]] = 1
    return StoryArrays(inputs, targets, wanted, active)


def answers_right(
    said: NDArray[np.integer], targets: NDArray[np.integer], wanted: NDArray[np.bool_]
) -> list[NDArray[np.bool_]]:
    """Return for each of B stories whether each of its answers is right in all words; all are ``[T, B]``."""
    first = wanted.copy()
    first[1:] &= ~wanted[:-1]
    number, wrong = first.cumsum(0), wanted & (said != targets)
    return [
        np.bincount(own[asked] - 1, bad[asked], minlength=own[-1]) == 0
        for own, asked, bad in zip(number.T, wanted.T, wrong.T, strict=True)
    ]


def check_vocabulary(words: Any) -> None:
    """Raise ValueError unless words from a file are a list of different words, the dash among them."""
    sound = isinstance(words, list) and all(isinstance(word, str) for word in words)
    if not sound or DASH not in words or len(set(words)) < len(words) or len(words) > LARGEST_VOCABULARY:
        raise ValueError("its vocabulary is no list of different words with a dash")
