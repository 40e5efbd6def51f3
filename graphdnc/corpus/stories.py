"""Corpora of stories with questions: one HDF5 file, as safe to read as other corpora.

docs/babi.md describes the contents. The file is read whole; like other corpora it has no pickles, links,
external storage or other filters, and ends with the checksum of all before it, which is checked first.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from graphdnc.corpus.schema import SPLITS, Column, check_split
from graphdnc.errors import CorpusError
from graphdnc.tasks.stories import BABI, Story, check_vocabulary
from graphdnc.utils.atomic_write import write_atomically
from graphdnc.utils.checksum import sealed, unsealed

FORMAT, VERSION = "graphdnc-stories", 1
LARGEST_FILE = 2**30
"""The most bytes of a file that is read."""
_CHUNK_ROWS = 16384

StoryColumns = dict[str, NDArray[Any]]
"""Arrays by their names in ``STORY_SCHEMA``."""
STORY_SCHEMA: dict[str, Column] = {
    "stories/task": Column("uint8"),
    "stories/words": Column("uint16", 1, "stories/offsets"),
    "stories/asked": Column("uint8", 1, "stories/offsets"),
    "stories/offsets": Column("int64"),
}


@dataclass(frozen=True)
class StoryInfo:
    """How a corpus of stories was made.

    Attributes:
        task: the name of the task.
        vocabulary: all words, by number; the dash is one of them.
        tasks: the name of each kind of question, by its number.
        attribution: whose stories they are.
        licence: under which licence they may be passed on.
        parameters: all settings that decided what is in the corpus, as JSON types.
        graphdnc: the version of graphdnc that wrote the corpus.
    """

    task: str
    vocabulary: tuple[str, ...]
    tasks: Mapping[int, str]
    attribution: str
    licence: str
    parameters: Mapping[str, Any]
    graphdnc: str = field(default_factory=lambda: version("graphdnc"))


def columns_of(stories: Sequence[Story]) -> StoryColumns:
    """Lay out stories as the columns of ``STORY_SCHEMA``."""
    columns: dict[str, Any] = {
        "stories/task": [story.task for story in stories],
        "stories/words": np.concatenate([np.empty(0, int), *(story.words for story in stories)]),
        "stories/asked": np.concatenate([np.empty(0, bool), *(story.asked for story in stories)]),
        "stories/offsets": np.cumsum([0, *map(len, stories)]),
    }
    return {name: np.asarray(values).astype(STORY_SCHEMA[name].dtype) for name, values in columns.items()}


def write_stories(
    path: str | Path, info: StoryInfo, splits: Mapping[str, StoryColumns], overwrite: bool = False
) -> None:
    """Write a corpus, all of it or nothing; the same arguments give the same bytes.

    Raises:
        CorpusError: the file exists, or cannot be written.
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise CorpusError(f"{path} exists already; choose another name or overwrite it with --force")
    content = BytesIO()
    with h5py.File(content, "w") as file:
        texts = {name: json.dumps(value) for name, value in _texts(info).items()}
        file.attrs.update({"format": FORMAT, "schema": VERSION, **texts})
        for split, columns in splits.items():
            for name, values in columns.items():
                options = {"compression": "gzip", "shuffle": True, "fletcher32": True}
                file.create_dataset(
                    f"{split}/{name}", data=values, maxshape=(None,), chunks=(_CHUNK_ROWS,), **options
                )
    try:
        write_atomically(path, lambda part: part.write_bytes(sealed(content.getvalue())))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise CorpusError(f"cannot write {path}: {reason}; check the folder and its free space") from error


def _texts(info: StoryInfo) -> dict[str, Any]:
    return {**vars(info), "tasks": {str(number): name for number, name in info.tasks.items()}}


class StoryCorpus:
    """A corpus of stories, checked and in memory.

    Attributes:
        path: the path of the file.
        info: how it was made.
        checksum: the SHA-256 of what the file holds, as 64 hexadecimal digits.

    Raises:
        CorpusError: there is no such file, or it is not such a corpus, damaged, or of another version.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        try:
            content, self.checksum = _content(self.path)
            with h5py.File(BytesIO(content), "r") as file:
                self.info = _read_info(file, self.path)
                self._splits = {split: _read_split(file, split, self.info) for split in SPLITS}
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            raise CorpusError(f"cannot read {path}: {error.strerror}; give the path of a corpus") from error
        except (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError) as error:
            reason = " ".join(str(error).split())
            raise CorpusError(
                f"{path} is damaged or incomplete ({reason}); build it again with graphdnc build-data {BABI}"
            ) from error

    def __len__(self) -> int:
        """Return the number of stories in all splits."""
        return sum(len(columns["stories/task"]) for columns in self._splits.values())

    def story(self, split: str, index: int) -> Story:
        """Return a story of a split by its number, counted from 0."""
        columns = self._splits[split]
        first, end = columns["stories/offsets"][index : index + 2]
        asked = columns["stories/asked"][first:end].astype(bool)
        return Story(columns["stories/words"][first:end], asked, int(columns["stories/task"][index]))

    @cached_property
    def by_task(self) -> dict[str, dict[int, NDArray[np.intp]]]:
        """The numbers of the stories of each task, by split and task."""
        return {
            split: {
                task: found
                for task in self.info.tasks
                if len(found := np.flatnonzero(columns["stories/task"] == task))
            }
            for split, columns in self._splits.items()
        }


def is_story_corpus(path: Path) -> bool:
    """Tell whether a file says that it is a corpus of stories; nothing else of it is checked."""
    try:
        with h5py.File(path, "r", locking=False) as file:
            return bool(file.attrs.get("format") == FORMAT)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError):
        return False


def _content(path: Path) -> tuple[bytes, str]:
    """Return a file without its last line, and its checksum."""
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ValueError(f"it has more than {LARGEST_FILE:,} bytes")
    inner, known = unsealed(content)
    if known is None:
        raise ValueError("its last line, the checksum, is missing")
    return inner, known


def _read_info(file: h5py.File, path: Path) -> StoryInfo:
    if file.attrs.get("format") != FORMAT:
        raise CorpusError(f"{path} is no corpus of stories; make one with graphdnc build-data {BABI}")
    if file.attrs["schema"] != VERSION:
        raise CorpusError(f"{path} has schema version {file.attrs['schema']}, this graphdnc reads {VERSION}")
    names = StoryInfo.__dataclass_fields__
    values = {name: json.loads(str(file.attrs[name])) for name in names}
    texts = ("task", "attribution", "licence", "graphdnc")
    if not all(isinstance(values[name], str) for name in texts) or values["task"] != BABI:
        raise ValueError("its task or its licence is unknown")
    words, tasks = values["vocabulary"], values["tasks"]
    check_vocabulary(words)
    if not isinstance(tasks, dict) or not isinstance(values["parameters"], dict):
        raise ValueError("its tasks or parameters are no JSON object")
    known = {int(number): str(name) for number, name in tasks.items()}
    return StoryInfo(**(values | {"vocabulary": tuple(words), "tasks": known}))


def _read_split(file: h5py.File, split: str, info: StoryInfo) -> StoryColumns:
    """Return the columns of a split; raise ValueError unless they fit the schema and each other."""
    check_split(file, split, STORY_SCHEMA)
    columns: StoryColumns = {name: file[f"{split}/{name}"][()] for name in STORY_SCHEMA}
    task, words, asked, offsets = columns.values()
    if len(offsets) != len(task) + 1 or offsets[0] or offsets[-1] != len(words) or len(words) != len(asked):
        raise ValueError(f"{split}: offsets and words do not fit")
    if (np.diff(offsets) < 1).any() or (asked > 1).any() or (words >= len(info.vocabulary)).any():
        raise ValueError(f"{split}: a number is out of range")
    if not set(task.tolist()) <= set(info.tasks):
        raise ValueError(f"{split}: a task has no name")
    if len(task) and not np.add.reduceat(asked.astype(int), offsets[:-1]).all():
        raise ValueError(f"{split}: a story asks nothing")
    return columns
