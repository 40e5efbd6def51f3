"""Batches of training examples, drawn so that a run can continue from any batch.

Examples come in pools. The randomness of a pool depends only on its number and the seed, so a pool can be
drawn again without any saved state. Inside a pool, episodes of similar length share a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graphdnc.corpus.stories import StoryInfo
from graphdnc.training.config import DataConfig, ScheduleConfig

Draw = Callable[[np.random.Generator, int], Any]
"""Draws one example of a lesson, given by its number, counted from 0. What it is depends on the task."""


@dataclass(frozen=True)
class Source:
    """Where examples come from.

    ``validation`` draws examples that ``training`` never draws; ``lessons`` is the number of lessons.
    ``made_of`` has the fingerprint of each thing that decides what is drawn, and ``place`` says where that is
    found from any folder. ``stories`` says how the corpus of a run on stories was made.
    """

    task: str
    lessons: int
    training: Draw
    validation: Draw
    made_of: Mapping[str, str] = field(default_factory=dict)
    place: DataConfig | None = None
    stories: StoryInfo | None = None


def draw_pool(
    draw: Draw,
    lesson: int,
    schedule: ScheduleConfig,
    cut: Callable[[list[Any], int], list[list[Any]]],
    rng: np.random.Generator,
) -> list[list[Any]]:
    """Draw the batches of one pool, from the lesson and, for a share of the examples, earlier ones.

    ``cut`` cuts examples into batches of a size.
    """
    count = schedule.batch * schedule.pool
    rehearsed = rng.random(count) < schedule.rehearsal if lesson else np.zeros(count, bool)
    lessons = np.where(rehearsed, rng.integers(max(lesson, 1), size=count), lesson)
    examples = [draw(rng, int(number)) for number in lessons]
    batches = cut(examples, schedule.batch)
    return [batches[index] for index in rng.permutation(len(batches))]
