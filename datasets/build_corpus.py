"""Build a corpus on all cores: draw examples of a curriculum and write them to an HDF5 file.

Episodes are drawn in blocks, each from its own random stream, which depends only on the seed and the number
of the block. Blocks are written in order, so the data do not depend on the number of workers. If a lesson
asks several questions about a graph, each is an episode.
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
"""Episodes drawn from one random stream. A different number gives different data for the same seed."""
_Block = dict[str, Columns]
Numbered = tuple[tuple[int, Lesson], ...]
"""Lessons, each with its number in the curriculum."""


def build_corpus(
    path: str | Path,
    lessons: Numbered,
    episodes: int,
    seed: int,
    workers: int | None = None,
    overwrite: bool = False,
    progress: Callable[[int], None] = lambda drawn: None,
) -> dict[str, int]:
    """Draw examples, a graph of each lesson in turn, write them to a corpus, return each split's size.

    Args:
        path: the file to write.
        lessons: the lessons, all of one task, each with a number that is stored with its examples.
        episodes: how many examples to draw.
        seed: from 0 to 2**63 - 1; the same seed and arguments give the same bytes.
        workers: the number of processes that draw; ``None`` for one for each core.
        overwrite: whether to replace an existing file.
        progress: called with the number of episodes drawn since the previous call.

    Raises:
        UsageError: no episodes or lessons, lessons of several tasks, or a lesson whose graphs have no
            question of the length it asks for.
        CorpusError: the file exists, or cannot be written.
    """
    if episodes < 1 or not lessons or not 0 <= seed < 2**63:
        raise UsageError("a corpus needs a lesson, an episode, and a seed from 0 to 2**63 - 1")
    task, *others = dict.fromkeys(lesson.task for _, lesson in lessons)
    if others:
        raise UsageError(f"a corpus has one task; choose lessons of {task} or of {others[0]}")
    parameters = {"episodes": episodes, "lessons": [_described(*numbered) for numbered in lessons]}
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
    """Return the number of a lesson and its keys as in the file of a curriculum."""
    described: dict[str, object] = {"lesson": number, "task": lesson.task}
    for key in fields(lesson):
        value = getattr(lesson, key.name)
        if value != key.default:
            described[SIZES[lesson.graphs] if key.name == "size" else key.name] = value
    return described


def _blocks(lessons: Numbered, episodes: int, seed: int, workers: int) -> Iterator[_Block]:
    """Yield all blocks in order. Several workers draw them in processes of their own."""
    starts = range(0, episodes, BLOCK)
    tasks = ((lessons, number, min(BLOCK, episodes - at), seed) for number, at in enumerate(starts))
    if workers == 1 or episodes <= BLOCK:
        yield from (_draw_block(*task) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context) as pool:
        # Keep few blocks waiting, so that memory does not grow with the corpus.
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
                "a worker process was killed, perhaps because memory ran out; use fewer --workers"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _hidden_interrupts() -> Iterator[None]:
    """Start processes that ignore Ctrl-C from their first moment on; the main process stops them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _draw_block(lessons: Numbered, number: int, episodes: int, seed: int) -> _Block:
    """Draw a block and pack the examples of each split."""
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
