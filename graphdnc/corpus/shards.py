"""Several corpora read as one: the shards of a corpus that was built in parts, or corpora of one task.

A corpus may be built by shards, on as many machines as one likes. Each shard is a corpus and says which part
of which corpus it is. Read together, in order, they have the same examples in the same order as that corpus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphdnc.corpus.files import Corpus
from graphdnc.errors import CorpusError
from graphdnc.questions import Example
from graphdnc.utils.checksum import checksum

ENDING = ".h5"


@dataclass(frozen=True)
class Part:
    """Which part of a corpus a shard is: number ``number`` of ``count``, counted from 1."""

    number: int
    count: int

    def of(self, whole: Sequence[int]) -> range:
        """Return its part of the numbers of all blocks: consecutive ones, in all shards about as many."""
        first, end = (at * len(whole) // self.count for at in (self.number - 1, self.number))
        return range(first, end)


class Shards:
    """Several corpora as one.

    Attributes:
        task: the task of all of them.
        corpora: the corpora, in the order of their examples.

    Raises:
        CorpusError: a corpus cannot be read, has another task, or is there twice; or a shard is missing.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.corpora = _in_order([Corpus(path) for path in paths])
        self.task = self.corpora[0].info.task
        self._starts: dict[str, NDArray[np.intp]] = {}

    @property
    def checksum(self) -> str:
        """The checksum of the corpus, or of the checksums of several."""
        found = [corpus.checksum for corpus in self.corpora]
        return found[0] if len(found) == 1 else checksum(one.encode() for one in found)

    def starts(self, split: str) -> NDArray[np.intp]:
        """Return the number of the first example of each corpus in a split, then that of all examples."""
        if split not in self._starts:
            self._starts[split] = np.cumsum([0, *(len(corpus.split(split)) for corpus in self.corpora)])
        return self._starts[split]

    def lessons(self, split: str) -> dict[int, NDArray[np.intp]]:
        """Return the numbers of the examples of each lesson in a split, by the number of the lesson."""
        stored = [corpus.split(split).columns["questions/lesson"] for corpus in self.corpora]
        lesson = np.concatenate(stored)
        return {int(number): np.flatnonzero(lesson == number) for number in np.unique(lesson)}

    def example(self, split: str, index: int) -> Example:
        """Return an example of a split by its number, counted from 0."""
        starts = self.starts(split)
        if not 0 <= index < starts[-1]:
            raise IndexError(f"example {index} of {starts[-1]}")
        place = int(np.searchsorted(starts, index, side="right")) - 1
        return self.corpora[place].example(split, index - int(starts[place]))


def corpus_files(named: str, beside: Path) -> list[Path]:
    """Return the files that a path names: itself, the corpora in a folder, or those that fit a pattern.

    It is looked up here first, then in the folder ``beside``. A name that nothing fits is returned as it is.
    """
    for place in (Path(), beside):
        path = place / named
        if path.is_dir():
            return sorted(path.glob(f"*{ENDING}"))
        if path.is_file():
            return [path]
        if has_magic(named) and (found := sorted(glob(str(path)))):
            return list(map(Path, found))
    return [beside / named]


def shard_of(info: Mapping[str, Any]) -> Part | None:
    """Return which shard a corpus is by its parameters; ``None`` for a whole corpus.

    Raises:
        ValueError: they are damaged.
    """
    shard = info.get("shard")
    if shard is None:
        return None
    sound = isinstance(shard, list) and len(shard) == 2 and all(type(number) is int for number in shard)
    if not sound or not 1 <= shard[0] <= shard[1]:
        raise ValueError("its shard is not a number of a count")
    return Part(*shard)


def _in_order(corpora: Sequence[Corpus]) -> list[Corpus]:
    """Return corpora in the order of their shards.

    Raises:
        CorpusError: they do not belong together.
    """
    first, *others = corpora
    for corpus in others:
        if corpus.info.task != first.info.task:
            raise CorpusError(
                f"{corpus.path} asks for {corpus.info.task}, {first.path} for {first.info.task}; "
                "train on corpora of one task"
            )
    parts = [_part(corpus) for corpus in corpora]
    if not any(parts):
        _refuse_twice(corpora, [corpus.info for corpus in corpora])
        return list(corpora)
    whole = [_whole(corpus) for corpus in corpora]
    for corpus, part, of in zip(corpora, parts, whole, strict=True):
        if part is None or of != whole[0] or part.count != (parts[0] or part).count:
            raise CorpusError(f"{corpus.path} is no shard of the same corpus as {first.path}; leave one out")
    found = {part.number: corpus for part, corpus in zip(parts, corpora, strict=True) if part is not None}
    _refuse_twice(corpora, parts)
    count = max(part.count for part in parts if part is not None)
    for number in range(1, count + 1):
        if number not in found:
            raise CorpusError(
                f"{first.path}: shard {number} of {count} is missing; build it with graphdnc build-data "
                f"--shard {number}/{count} and the options of the others, and give all shards"
            )
    return [found[number] for number in sorted(found)]


def _part(corpus: Corpus) -> Part | None:
    try:
        return shard_of(corpus.info.parameters)
    except ValueError as error:
        raise CorpusError(f"{corpus.path} is damaged ({error}); build it again") from error


def _whole(corpus: Corpus) -> tuple[object, ...]:
    """Return what shards of one corpus have in common."""
    info = corpus.info
    described = {key: value for key, value in info.parameters.items() if key != "shard"}
    return info.generator, info.seed, info.graphdnc, described


def _refuse_twice(corpora: Sequence[Corpus], keys: Sequence[object]) -> None:
    for place, key in enumerate(keys):
        before = keys.index(key)
        if before < place:
            raise CorpusError(
                f"{corpora[place].path} has the same examples as {corpora[before].path}; leave one out"
            )
