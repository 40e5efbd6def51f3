"""The source of the examples of a training run: a curriculum, drawn on the fly, or a corpus."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graphdnc.corpus.files import Corpus
from graphdnc.datasets.lessons.curriculum import load_curriculum, read_lessons
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.datasets.lessons.sequences import SequenceLessons, read_sequence_lessons
from graphdnc.errors import CorpusError
from graphdnc.questions import Example
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.tasks.sequences.task import SequenceEpisode
from graphdnc.training.batches import Draw, Source
from graphdnc.training.config import DataConfig
from graphdnc.training.fingerprints import code_in
from graphdnc.utils.checksum import checksum

_CODE = ("generators", "questions", "lessons/drawing.py")
"""The code that draws examples."""


def source(data: DataConfig, beside: Path) -> Source:
    """Return the source of a run's examples; a path is looked up here first, then in the folder ``beside``.

    Raises:
        ConfigError: there is no such curriculum.
        CorpusError: the corpus cannot be read, or a lesson of it has no validation examples.
    """
    name = data.curriculum or data.corpus
    path = Path(name) if Path(name).is_file() else beside / name
    if data.corpus:
        return _stored(path)
    named = path if path.is_file() else name
    file, table = read_lessons(named)
    place = DataConfig(curriculum=str(path.resolve()) if path.is_file() else name)
    if table.get("task") in tuple(SEQUENCE_TASKS):
        return _sequences(read_sequence_lessons(str(file), table), place)
    curriculum = load_curriculum(named)
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


def _stored(path: Path) -> Source:
    corpus = Corpus(path)
    places = {split: corpus.lessons(split) for split in ("train", "validation")}
    lessons = len(places["train"])
    if len(places["validation"]) < lessons:
        raise CorpusError(f"{path}: a lesson has no validation examples; build more --episodes")

    def drawn_from(split: str) -> Draw:
        return lambda rng, lesson: corpus.example(split, int(rng.choice(places[split][lesson])))

    train, validation = map(drawn_from, ("train", "validation"))
    made_of, place = {"corpus": corpus.checksum}, DataConfig(corpus=str(path.resolve()))
    return Source(corpus.info.task, lessons, train, validation, made_of, place)
