"""The source of the examples of a training run: a curriculum, drawn on the fly, or a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from graphdnc.corpus.shards import Shards, corpus_files
from graphdnc.datasets.lessons.curriculum import load_curriculum, read_lessons
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.datasets.lessons.sequences import SequenceLessons, read_sequence_lessons
from graphdnc.errors import CorpusError
from graphdnc.questions import Example
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.tasks.sequences.task import SequenceEpisode
from graphdnc.training.batches import Draw, Source
from graphdnc.training.config import DataConfig


def source(data: DataConfig, beside: Path) -> Source:
    """Return the source of a run's examples; a path is looked up here first, then in the folder ``beside``.

    Several corpora are read as one (:mod:`graphdnc.corpus.shards`).

    Raises:
        ConfigError: there is no such curriculum.
        CorpusError: the corpus cannot be read, or a lesson of it has no validation examples.
    """
    if data.corpus:
        named = (data.corpus,) if isinstance(data.corpus, str) else data.corpus
        return _stored([path for name in named for path in corpus_files(name, beside)])
    path = Path(data.curriculum) if Path(data.curriculum).is_file() else beside / data.curriculum
    lessons = path if path.is_file() else data.curriculum
    file, table = read_lessons(lessons)
    if table.get("task") in tuple(SEQUENCE_TASKS):
        return _sequences(read_sequence_lessons(str(file), table))
    curriculum = load_curriculum(lessons)

    def draw(rng: np.random.Generator, lesson: int) -> Example:
        return draw_example(rng, curriculum.lessons[lesson])

    return Source(curriculum.task, len(curriculum.lessons), training=draw, validation=draw)


def _sequences(found: SequenceLessons) -> Source:
    def draw(rng: np.random.Generator, lesson: int) -> SequenceEpisode:
        return found.task.draw(rng, found.lessons[lesson])

    return Source(found.task.name, len(found.lessons), training=draw, validation=draw)


def _stored(paths: Sequence[Path]) -> Source:
    if not paths:
        raise CorpusError("there is no corpus in the folder; build one with graphdnc build-data")
    corpus = Shards(paths)
    train, validation = (corpus.lessons(split) for split in ("train", "validation"))
    missing = sorted(set(train) - set(validation))
    if missing:
        raise CorpusError(f"{paths[0]}: a lesson has no validation examples; build more --episodes")
    places = {"train": list(train.values()), "validation": [validation[number] for number in train]}

    def drawn_from(split: str) -> Draw:
        return lambda rng, lesson: corpus.example(split, int(rng.choice(places[split][lesson])))

    return Source(corpus.task, len(train), training=drawn_from("train"), validation=drawn_from("validation"))
