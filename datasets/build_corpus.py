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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Protocol

import numpy as np

from graphdnc.corpus.files import CorpusWriter
from graphdnc.corpus.schema import SPLITS, Columns, CorpusInfo, pack
from graphdnc.corpus.shards import Part
from graphdnc.datasets.lessons.curriculum import SIZES, Lesson
from graphdnc.datasets.lessons.drawing import draw_examples
from graphdnc.datasets.splits import split_of
from graphdnc.errors import CorpusError, UsageError
from graphdnc.questions import Example

BLOCK = 500
"""Episodes drawn from one random stream. A different number gives different data for the same seed."""
Numbered = tuple[tuple[int, Lesson], ...]
"""Lessons, each with its number in the curriculum."""
Block = tuple[Numbered, int, int, int]
"""What a block is drawn from: the lessons, its number, its episodes and the seed."""
Drawn = dict[str, Columns]
"""The columns of a block by split."""
Draw = Callable[[Sequence[Block]], Iterator[Drawn]]


class Promise(Protocol):
    """A block that is being drawn."""

    def result(self) -> Drawn:
        """Wait for it."""


def build_corpus(
    path: str | Path,
    lessons: Numbered,
    episodes: int,
    seed: int,
    workers: int | None = None,
    overwrite: bool = False,
    progress: Callable[[int], None] = lambda drawn: None,
    shard: Part | None = None,
    draw: Draw | None = None,
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
        shard: which part of the corpus to write; ``None`` for all of it. All shards together, read as one
            (:mod:`graphdnc.corpus.shards`), have the same examples as the whole corpus.
        draw: draws the blocks of a corpus; ``None`` for ``workers`` processes of this machine.

    Raises:
        UsageError: no episodes or lessons, lessons of several tasks, more shards than there are blocks, or a
            lesson whose graphs have no question of the length it asks for.
        CorpusError: the file exists, or cannot be written.
    """
    if episodes < 1 or not lessons or not 0 <= seed < 2**63:
        raise UsageError("a corpus needs a lesson, an episode, and a seed from 0 to 2**63 - 1")
    task, *others = dict.fromkeys(lesson.task for _, lesson in lessons)
    if others:
        raise UsageError(f"a corpus has one task; choose lessons of {task} or of {others[0]}")
    parameters: dict[str, object] = {
        "episodes": episodes,
        "lessons": [_described(*numbered) for numbered in lessons],
    }
    numbers = range(-(-episodes // BLOCK))
    if shard is not None:
        if shard.count > len(numbers):
            raise UsageError(
                f"{episodes:,} episodes are {len(numbers)} blocks of {BLOCK}, fewer than {shard.count} "
                f"shards; write --shard {min(shard.number, len(numbers))}/{len(numbers)}, or build more "
                "--episodes"
            )
        parameters["shard"] = [shard.number, shard.count]
        numbers = shard.of(numbers)
    blocks = [(lessons, number, min(BLOCK, episodes - number * BLOCK), seed) for number in numbers]
    draw = draw or partial(_draw_here, workers or os.cpu_count() or 1)
    generator = "+".join(dict.fromkeys(lesson.graphs for _, lesson in lessons))
    counts = dict.fromkeys(SPLITS, 0)
    with CorpusWriter(path, CorpusInfo(task, generator, parameters, seed), overwrite) as writer:
        for block in draw(blocks):
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


def _draw_here(workers: int, blocks: Sequence[Block]) -> Iterator[Drawn]:
    """Yield blocks in order. Several workers draw them in processes of their own."""
    if workers == 1 or len(blocks) < 2:
        yield from (draw_block(block) for block in blocks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context) as pool:

        def submit(block: Block) -> Future[Drawn]:
            with _hidden_interrupts():  # the pool starts its processes here
                return pool.submit(draw_block, block)

        try:
            yield from in_order(submit, blocks, 2 * workers)
        except BrokenProcessPool as error:
            raise CorpusError(
                "a worker process was killed, perhaps because memory ran out; use fewer --workers"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def in_order(submit: Callable[[Block], Promise], blocks: Sequence[Block], most: int) -> Iterator[Drawn]:
    """Yield blocks in order; at most ``most`` wait, so that memory does not grow with the corpus."""
    waiting: deque[Promise] = deque()
    rest = iter(blocks)
    while True:
        waiting.extend(map(submit, islice(rest, most - len(waiting))))
        if not waiting:
            return
        yield waiting.popleft().result()


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


def draw_block(block: Block) -> Drawn:
    """Draw a block and pack the examples of each split."""
    lessons, number, episodes, seed = block
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
