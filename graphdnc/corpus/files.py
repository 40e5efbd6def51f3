"""Corpora: many examples in one HDF5 file, in splits that share no graph.

``schema.py`` and docs/corpus.md describe the contents of a file. A reader keeps no file open. It opens the
file to check it and to load whole splits, so a corpus can be passed to forked or spawned workers. A file
cannot execute anything or point elsewhere: there are no pickles, no links, no external storage, and no
filters except gzip, shuffle and fletcher32. The last line of a file is the checksum of all before it; it is
checked before HDF5 reads anything.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
from numpy.typing import NDArray

from graphdnc.corpus.schema import (
    FORMAT,
    OFFSETS,
    SCHEMA,
    SPLITS,
    VERSION,
    Column,
    Columns,
    CorpusInfo,
    check_split,
    check_values,
)
from graphdnc.errors import CorpusError
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example
from graphdnc.tasks import TASKS
from graphdnc.utils.atomic_write import part_of, synchronise
from graphdnc.utils.checksum import checksum_of, seal, sealed_with
from graphdnc.utils.locks import claimed

_CHUNK_ROWS = 16384
_CACHE = 2**18
"""Bytes of each dataset that HDF5 may hold in memory before it writes them."""
_RESERVE = 2**24
"""Bytes on disk reserved for HDF5: enough for the caches of all datasets and for its own tables."""


class CorpusWriter:
    """Writes a corpus to a temporary file and renames it at the end; a context manager.

    After an exception, nothing remains on disk. HDF5 crashes on a full disk when it closes the file, so the
    space for every write is reserved first.
    """

    def __init__(self, path: str | Path, info: CorpusInfo, overwrite: bool = False) -> None:
        self.path = Path(path)
        self._info = info
        self._overwrite = overwrite
        self._file: h5py.File | None = None
        self._at_the_end = ExitStack()

    def __enter__(self) -> Self:
        """Raise CorpusError if the file exists or cannot be written."""
        self._refuse_existing()
        with self._failing_clearly():
            if self._at_the_end.enter_context(claimed(self.path)) == "elsewhere":
                raise CorpusError(
                    f"another process builds {self.path} now; wait until it is done, or choose another name"
                )
            self._partial = self._at_the_end.enter_context(part_of(self.path))
            self._partial.write_bytes(bytes(_RESERVE))
            # no other process has this file; its own lock would be in the way of that of HDF5
            self._file = h5py.File(self._partial, "w", rdcc_nbytes=_CACHE, locking=False)
            self._reserve(_RESERVE)
            info = self._info
            self._file.attrs.update({"format": FORMAT, "schema": VERSION, "graphdnc": info.graphdnc})
            self._file.attrs.update({"task": info.task, "generator": info.generator, "seed": info.seed})
            self._file.attrs["parameters"] = json.dumps(info.parameters)
            for split in SPLITS:
                for name, column in SCHEMA.items():
                    _create(self._file, f"{split}/{name}", column, rows=int(name in OFFSETS))
        return self

    def add(self, split: str, columns: Columns) -> None:
        """Append examples, laid out by :func:`pack`, to a split.

        Raises:
            CorpusError: the file cannot be written, for example because the disk is full.
        """
        assert self._file is not None
        with self._failing_clearly():
            self._reserve(_RESERVE + sum(array.nbytes for array in columns.values()))
            group = self._file[split]
            first = len(group["graphs/nodes"])
            for name, array in columns.items():
                dataset = group[name]
                if name in OFFSETS:
                    array = array[1:] + dataset[-1]
                elif name == "questions/graph":
                    array = array + np.int32(first)
                rows = len(dataset)
                dataset.resize(rows + len(array), axis=0)
                dataset[rows:] = array

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        if kind is not None:
            self._discard()
            return
        with self._failing_clearly():
            self._file.flush()
            size = self._file.id.get_filesize()
            self._file.close()
            with self._partial.open("rb+") as file:
                file.truncate(size)
                seal(file)
            synchronise(self._partial)
            self._refuse_existing()
            self._partial.replace(self.path)
            synchronise(self.path.parent)
        self._discard()

    def _reserve(self, room: int) -> None:
        """Append zeros to the file, so that HDF5 has ``room`` bytes more than it uses now."""
        assert self._file is not None
        with self._partial.open("rb+") as file:
            missing = self._file.id.get_filesize() + room - file.seek(0, os.SEEK_END)
            file.write(bytes(max(0, missing)))

    def _refuse_existing(self) -> None:
        if self.path.exists() and not self._overwrite:
            raise CorpusError(f"{self.path} exists already; choose another name or overwrite it with --force")

    @contextmanager
    def _failing_clearly(self) -> Iterator[None]:
        """Remove the file after any error; raise errors of the system as CorpusError."""
        try:
            yield
        except BaseException as error:
            self._discard()
            if not isinstance(error, OSError):
                raise
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise CorpusError(
                f"cannot write {self.path}: {reason}; check the folder and its free space"
            ) from error

    def _discard(self) -> None:
        if self._file is not None:
            self._file.close()
        self._at_the_end.close()


def _create(file: h5py.File, name: str, column: Column, rows: int) -> None:
    width = (column.width,) if column.width > 1 else ()
    file.create_dataset(
        name,
        data=np.zeros((rows, *width), column.dtype),
        maxshape=(None, *width),
        chunks=(_CHUNK_ROWS, *width),
        compression="gzip",
        shuffle=True,
        fletcher32=True,
    )


class Corpus:
    """A corpus opened for reading; as a context manager, it frees the loaded splits.

    Attributes:
        path: the path of the file.
        info: how the corpus was made.
        checksum: the SHA-256 of what the file holds, as 64 hexadecimal digits.

    Raises:
        CorpusError: there is no such file, or it is not a corpus, damaged, or of another schema version.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._splits: dict[str, Split] = {}
        self.checksum, self._checked = "", (0, 0, 0)
        with self._reading() as file:
            self.info = _read_info(file)
            for split in SPLITS:
                check_split(file, split)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._splits.clear()

    def split(self, name: str) -> Split:
        """Return ``"train"``, ``"validation"`` or ``"test"``, loaded into memory on first use."""
        if name not in SPLITS:
            raise CorpusError(f"no split {name!r}; a corpus has {', '.join(SPLITS)}")
        if name not in self._splits:
            with self._reading() as file:
                columns = {column: file[f"{name}/{column}"][()] for column in SCHEMA}
                check_values(columns)
            self._splits[name] = Split(self.path, self.info.task, columns)
        return self._splits[name]

    @contextmanager
    def _reading(self) -> Iterator[h5py.File]:
        """Open the file; errors of HDF5 on a damaged file become a CorpusError with a message of one line.

        It is read without a lock: it is never changed in its place, and not every file system has locks.
        """
        try:
            if not h5py.is_hdf5(self.path):
                self.path.open("rb").close()
                raise CorpusError(f"{self.path} is not an HDF5 file; make a corpus with graphdnc build-data")
            self._check()
            with h5py.File(self.path, "r", locking=False) as file:
                yield file
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            raise CorpusError(
                f"cannot read {self.path}: {error.strerror}; give the path of a corpus"
            ) from error
        except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
            raise _damaged(self.path, " ".join(str(error).split())) from error

    def _check(self) -> None:
        """Check the file against its checksum, unless it is the one that was checked."""
        found = self.path.stat()
        now = (found.st_ino, found.st_size, found.st_mtime_ns)
        if now == self._checked:
            return
        with self.path.open("rb") as file:
            known = sealed_with(file) or checksum_of(file)  # files of earlier versions are not sealed
        if self.checksum not in ("", known):
            raise CorpusError(f"{self.path} was replaced by another corpus while it was in use; begin again")
        self.checksum, self._checked = known, now

    def lessons(self, split: str) -> list[NDArray[np.intp]]:
        """Return the numbers of the examples of each lesson in a split, in the order of the lessons."""
        lesson = self.split(split).columns["questions/lesson"]
        return [np.flatnonzero(lesson == number) for number in np.unique(lesson)]

    def example(self, split: str, index: int) -> Example:
        """Return an example of a split by its number, counted from 0."""
        return self.split(split).example(index)


@dataclass(frozen=True)
class Split:
    """The examples of a split, as the columns of ``SCHEMA`` in memory."""

    path: Path
    task: str
    columns: Columns

    def __len__(self) -> int:
        return len(self.columns["questions/graph"])

    def example(self, index: int) -> Example:
        """Return an example by its number, counted from 0.

        Raises:
            CorpusError: the stored answer is not an answer of this task on the stored graph.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"example {index} of {len(self)}")
        column = self.columns
        relations = self._rows("questions/relations", index).tolist()
        targets = self._rows("questions/targets", index).tolist()
        start = int(column["questions/start"][index])
        answer = tuple(map(Triple, [start, *targets], relations, targets))
        graph = self._graph(int(column["questions/graph"][index]))
        try:
            question = TASKS[self.task].restore(answer)
        except ValueError as error:
            raise _damaged(self.path, f"question {index}: {error}") from error
        if not TASKS[self.task].is_answer(graph, question, answer):
            raise _damaged(self.path, f"question {index}: its {self.task} answer is wrong")
        return Example(graph, question, answer)

    def _graph(self, number: int) -> Graph:
        try:
            return Graph(
                self._rows("graphs/triples", number).astype(np.int32),
                int(self.columns["graphs/nodes"][number]),
                int(self.columns["graphs/relations"][number]),
                self._names("graphs/node_names", number),
                self._names("graphs/relation_names", number),
            )
        except ValueError as error:
            raise _damaged(self.path, f"graph {number}: {error}") from error

    def _rows(self, name: str, number: int) -> Any:
        offsets = self.columns[str(SCHEMA[name].offsets)]
        return self.columns[name][offsets[number] : offsets[number + 1]]

    def _names(self, name: str, number: int) -> tuple[str, ...] | None:
        text = self._rows(name, number).tobytes().decode()
        return tuple(text.split("\n")) if text else None


def _damaged(path: Path, reason: str) -> CorpusError:
    return CorpusError(f"{path} is damaged or incomplete ({reason}); build it again with graphdnc build-data")


def _read_info(file: h5py.File) -> CorpusInfo:
    if file.attrs.get("format") != FORMAT:
        raise CorpusError(f"{file.filename} is not a graphdnc corpus; make one with graphdnc build-data")
    if file.attrs["schema"] != VERSION:
        raise CorpusError(
            f"{file.filename} has schema version {file.attrs['schema']}, this graphdnc reads {VERSION}; "
            f"build it again, or read it with graphdnc {file.attrs.get('graphdnc')}"
        )
    task, generator, text, written_by = (
        str(file.attrs[name]) for name in ("task", "generator", "parameters", "graphdnc")
    )
    known = [name for name, own in TASKS.items() if own.in_corpora]
    if task not in known:
        raise CorpusError(
            f"{file.filename} asks for {task!r}, this graphdnc knows {', '.join(known)}; "
            f"build it again, or read it with graphdnc {written_by}"
        )
    parameters = json.loads(text)
    if not isinstance(parameters, dict):
        raise ValueError("its parameters are not a JSON object")
    lessons = parameters.get("lessons", [])
    if not all(isinstance(lesson, dict) and lesson.get("task", task) == task for lesson in lessons):
        raise ValueError(f"its lessons are not of its task {task!r}")
    return CorpusInfo(task, generator, parameters, int(file.attrs["seed"]), written_by)
