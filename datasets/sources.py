"""The source of the examples of a training run: a curriculum, drawn on the fly, or a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from graphdnc.corpus.shards import Shards, corpus_files
from graphdnc.corpus.stories import StoryCorpus, is_story_corpus
from graphdnc.datasets.lessons.curriculum import load_curriculum, read_lessons
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.datasets.lessons.sequences import SequenceLessons, read_sequence_lessons
from graphdnc.errors import CorpusError
from graphdnc.questions import Example
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.tasks.sequences.task import SequenceEpisode
from graphdnc.tasks.stories import Story
from graphdnc.training.batches import Draw, Source
from graphdnc.training.config import DataConfig
from graphdnc.training.fingerprints import code_in
from graphdnc.utils.checksum import checksum

_CODE = ("generators", "questions", "lessons/drawing.py")
"""The code that draws examples."""


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
    name = data.curriculum
    path = Path(name) if Path(name).is_file() else beside / name
    named_here = path if path.is_file() else name
    file, table = read_lessons(named_here)
    place = DataConfig(curriculum=str(path.resolve()) if path.is_file() else name)
    if table.get("task") in tuple(SEQUENCE_TASKS):
        return _sequences(read_sequence_lessons(str(file), table), place)
    curriculum = load_curriculum(named_here)
    made_of = {"curriculum": checksum([repr(curriculum.lessons).encode()])}
    for part in _CODE:
        made_of |= code_in(Path(__file__).parent / part, f"graphdnc/datasets/{part}")

    def draw(rng: np.random.Generator, lesson: int) -> Example:
        return draw_example(rng, curriculum.lessons[lesson])

    return Source(curriculum.task, len(curriculum.lessons), draw, draw, made_of, place)


def _sequences(found: SequenceLessons, place: DataConfig) -> Source:
    def draw(rng: np.random.Generator, lesson: int) -> SequenceEpisode:
        return found.task.draw(rng, found.lessons[lesson])

    made_of = {"curriculum": checksum([repr((found.task.name, found.lessons)).encode()])}
    return Source(found.task.name, len(found.lessons), draw, draw, made_of, place)


def _stored(paths: Sequence[Path]) -> Source:
    if not paths:
        raise CorpusError("there is no corpus in the folder; build one with graphdnc build-data")
    if is_story_corpus(paths[0]):
        return _stories(paths)
    corpus = Shards(paths)
    train, validation = (corpus.lessons(split) for split in ("train", "validation"))
    missing = sorted(set(train) - set(validation))
    if missing:
        raise CorpusError(f"{paths[0]}: a lesson has no validation examples; build more --episodes")
    places = {"train": list(train.values()), "validation": [validation[number] for number in train]}

    def drawn_from(split: str) -> Draw:
        return lambda rng, lesson: corpus.example(split, int(rng.choice(places[split][lesson])))

    files = tuple(str(path.resolve()) for path in paths)
    place = DataConfig(corpus=files[0] if len(files) == 1 else files)
    made_of = {"corpus": corpus.checksum}
    return Source(corpus.task, len(train), drawn_from("train"), drawn_from("validation"), made_of, place)


def _stories(paths: Sequence[Path]) -> Source:
    """Return a source of stories: each time a task is drawn, then a story of it."""
    if len(paths) > 1:
        raise CorpusError(f"{paths[0]} has stories, of which one file is read at a time; give it alone")
    corpus = StoryCorpus(paths[0])
    for split in ("train", "validation"):
        missing = sorted(set(corpus.info.tasks) - set(corpus.by_task[split]))
        if missing:
            raise CorpusError(
                f"{paths[0]}: task {missing[0]} has no stories in {split}; build it from more, or "
                "with a larger --longest"
            )

    def drawn_from(split: str) -> Draw:
        tasks = list(corpus.by_task[split].values())

        def draw(rng: np.random.Generator, lesson: int) -> Story:
            return corpus.story(split, int(rng.choice(tasks[rng.integers(len(tasks))])))

        return draw

    place, made_of = DataConfig(corpus=str(paths[0].resolve())), {"corpus": corpus.checksum}
    draws = drawn_from("train"), drawn_from("validation")
    return Source(corpus.info.task, 1, *draws, made_of, place, corpus.info)
