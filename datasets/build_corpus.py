"""Build a corpus: generator x task x lesson -> HDF5, on all cores, the same data for any number of workers.

Episodes are drawn in blocks, each from a random stream of its own that depends on the seed and the number
of the block only; blocks are written in order. Where a lesson asks several questions about a graph, each of
them is an episode.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import fields
from itertools import count, islice
from pathlib import Path

import numpy as np

from graphdnc.corpus.files import CorpusWriter
from graphdnc.corpus.schema import SPLITS, Columns, CorpusInfo, pack
from graphdnc.datasets.lessons.curriculum import SIZES, Lesson
from graphdnc.datasets.lessons.drawing import draw_examples
from graphdnc.datasets.splits import split_of
from graphdnc.errors import CorpusError, UsageError
from graphdnc.questions import Example

BLOCK = 500
"""Episodes drawn from one random stream. Another number would give other data for the same seed."""
_Block = dict[str, Columns]
Numbered = tuple[tuple[int, Lesson], ...]
"""Lessons with their numbers in the curriculum."""


def build_corpus(
    path: str | Path,
    lessons: Numbered,
    episodes: int,
    seed: int,
    workers: int | None = None,
    overwrite: bool = False,
    progress: Callable[[int], None] = lambda drawn: None,
) -> dict[str, int]:
    """Draw ``episodes`` examples, a graph of each lesson in turn, and write them to a corpus at ``path``.

    Args:
        lessons: pairs of a number, which is stored with each example, and the lesson; all of one task.
        seed: from 0 to 2**63 - 1; the same seed and arguments give the same bytes.
        workers: how many processes draw; ``None`` for one a core.
        progress: called with the number of episodes that were drawn since its last call.

    Returns:
        how many examples each split holds.

    Raises:
        UsageError: no episodes or lessons, lessons of several tasks, or a lesson whose questions its
            graphs do not have.
        CorpusError: the file exists, or cannot be written.
    """
    if episodes < 1 or not lessons or not 0 <= seed < 2**63:
        raise UsageError("a corpus needs a lesson, at least one episode and a seed from 0 to 2**63 - 1")
    task, *others = dict.fromkeys(lesson.task for _, lesson in lessons)
    if others:
        raise UsageError(f"a corpus has one task; choose lessons of {task} or of {others[0]}")
    parameters = {
        "episodes": episodes,
        "lessons": [_described(*numbered) for numbered in lessons],
    }
    generator = "+".join(dict.fromkeys(lesson.graphs for _, lesson in lessons))
    counts = dict.fromkeys(SPLITS, 0)
    with CorpusWriter(path, CorpusInfo(task, generator, parameters, seed), overwrite) as writer:
        for block in _blocks(lessons, episodes, seed, workers or os.cpu_count() or 1):
            for split, columns in block.items():
                writer.add(split, columns)
                counts[split] += len(columns["questions/graph"])
            progress(sum(len(columns["questions/graph"]) for columns in block.values()))
    return counts


def _described(number: int, lesson: Lesson) -> dict[str, object]:
    """Return a lesson as it would be written in a curriculum, after its number."""
    described: dict[str, object] = {"lesson": number, "task": lesson.task}
    for key in fields(lesson):
        value = getattr(lesson, key.name)
        if value != key.default:
            described[SIZES[lesson.graphs] if key.name == "size" else key.name] = value
    return described


def _blocks(lessons: Numbered, episodes: int, seed: int, workers: int) -> Iterator[_Block]:
    """Yield all blocks in order; more than one worker draw them in processes of their own."""
    tasks = (
        (lessons, number, min(BLOCK, episodes - number * BLOCK), seed)
        for number in range(-(-episodes // BLOCK))
    )
    if workers == 1 or episodes <= BLOCK:
        yield from (_draw_block(*task) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context) as pool:
        # Few blocks wait at a time, so that memory does not grow with the corpus.
        waiting: deque[Future[_Block]] = deque()
        try:
            with _hidden_interrupts():
                for task in islice(tasks, 2 * workers):
                    waiting.append(pool.submit(_draw_block, *task))
            while waiting:
                block = waiting.popleft().result()
                waiting.extend(pool.submit(_draw_block, *task) for task in islice(tasks, 1))
                yield block
        except BrokenProcessPool as error:
            raise CorpusError(
                "a worker process was killed, perhaps for memory; use fewer --workers"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _hidden_interrupts() -> Iterator[None]:
    """Start processes that never hear Ctrl-C, from their first moment on: the one that writes stops them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _draw_block(lessons: Numbered, number: int, episodes: int, seed: int) -> _Block:
    """Draw a block and lay out the examples of each split."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
    parts: dict[str, tuple[list[Example], list[int]]] = {split: ([], []) for split in SPLITS}
    turns = (lessons[turn % len(lessons)] for turn in count(number * BLOCK))
    while episodes:
        lesson_number, lesson = next(turns)
        try:
            drawn = draw_examples(rng, lesson)[:episodes]
        except UsageError as error:
            raise UsageError(f"lesson {lesson_number}: {error}") from error
        examples, numbers = parts[split_of(drawn[0].graph)]
        examples += drawn
        numbers += [lesson_number] * len(drawn)
        episodes -= len(drawn)
    return {split: pack(*part) for split, part in parts.items()}
