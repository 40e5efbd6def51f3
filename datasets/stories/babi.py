"""The bAbI tasks (Weston et al. 2015) as a corpus, from the text files that were published.

A line has a number, which begins at 1 with each story, and a sentence. A question has its answer behind a
tab: words with commas between them. What stands behind another tab, the numbers of supporting facts, is not
read. As in the paper, everything is in lower case; digits, and signs but . and ?, are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from graphdnc.corpus.stories import StoryColumns, StoryInfo, columns_of, write_stories
from graphdnc.errors import CorpusError
from graphdnc.tasks.stories import BABI, DASH, Story
from graphdnc.utils.checksum import checksum
from graphdnc.utils.text import is_number, quote

ATTRIBUTION = (
    "bAbI tasks data, copyright (c) 2015-present, Facebook, Inc.; J. Weston et al., Towards AI-Complete "
    "Question Answering: A Set of Prerequisite Toy Tasks, arXiv:1502.05698. Changed: words as numbers, "
    "stories in other splits and perhaps cut"
)
LICENCE = "Creative Commons Attribution 3.0 Unported, https://creativecommons.org/licenses/by/3.0/"
HELD_OUT = 10
"""One story in this many goes to validation, as in the paper."""
MOST_BYTES = 64 * 2**20
"""The most bytes of a file; those of the tasks have at most 3 MiB."""
MOST_WORDS = 10_000
"""The most words of a story; those of the tasks have at most 1,397."""
MOST_DIFFERENT = 10_000
"""The most different words, each of which is a number in every input."""
_NAME = re.compile(r"qa(\d{1,2})_([^_]*).*\.txt", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+|[.?]")


@dataclass
class _Read:
    """The stories of all files, with words as text.

    Attributes:
        stories: for each story its words, which of them are of answers, the task, and whether it is a test.
        tasks: the name of each task by its number.
        files: the checksum of each file by its name.
    """

    stories: list[tuple[list[str], list[bool], int, bool]] = field(default_factory=list)
    tasks: dict[int, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def build_babi(folder: Path, path: Path, longest: int | None, overwrite: bool = False) -> StoryInfo:
    """Read the files ``qa*.txt`` of a folder, write a corpus, and return how it was made.

    Files with ``_test`` in their names are the test split, whole. A tenth of all other stories, by a hash of
    each, are for validation. Stories that are told in a test, too, are left out of the others.

    Args:
        folder: where the files are.
        path: the file to write.
        longest: the most words of a story that is no test; longer ones are cut behind the last answer that
            fits, or left out. ``None`` for no limit.
        overwrite: whether to replace an existing file.

    Raises:
        CorpusError: a file is missing or is not as the tasks are, or the corpus exists or cannot be written.
    """
    read = _read_folder(folder)
    vocabulary = (DASH, *sorted({word for words, *_ in read.stories for word in words}))
    if len(vocabulary) > MOST_DIFFERENT:
        raise CorpusError(
            f"{folder}: {len(vocabulary):,} different words, more than {MOST_DIFFERENT:,}; give a folder "
            "that has only the files of the bAbI tasks"
        )
    splits, counts = _split(read, vocabulary, longest)
    parameters: dict[str, Any] = {"longest": longest, **counts, "files": read.files}
    info = StoryInfo(BABI, vocabulary, read.tasks, ATTRIBUTION, LICENCE, parameters)
    write_stories(path, info, splits, overwrite)
    return info


def _split(
    read: _Read, vocabulary: Sequence[str], longest: int | None
) -> tuple[dict[str, StoryColumns], dict[str, int]]:
    """Return the columns of each split, and how many stories were cut or left out, and why."""
    numbers = {word: number for number, word in enumerate(vocabulary)}
    found: dict[str, list[Story]] = {"train": [], "validation": [], "test": []}
    tests = {tuple(words) for words, *_, test in read.stories if test}
    counts = Counter(cut=0, too_long=0, also_in_tests=0)
    for words, asked, task, test in read.stories:
        story = Story(np.array([numbers[word] for word in words], np.uint16), np.array(asked), task)
        if test:
            found["test"].append(story)
            continue
        kept = story if longest is None else story.cut(longest)
        counts["also_in_tests"] += tuple(words) in tests
        counts["too_long"] += kept is None
        if kept is None or tuple(words) in tests:
            continue
        counts["cut"] += len(kept) < len(story)
        place = int(checksum([" ".join(words[: len(kept)]).encode()])[:8], 16) % HELD_OUT
        found["train" if place else "validation"].append(kept)
    return {split: columns_of(stories) for split, stories in found.items()}, dict(counts)


def _read_folder(folder: Path) -> _Read:
    """Read the files of the tasks in a folder.

    Raises:
        CorpusError: there are none, a task has no stories for training or none for tests, or a file is wrong.
    """
    read = _Read()
    paths = sorted(folder.glob("qa*.txt")) if folder.is_dir() else []
    for path in paths:
        if (named := _NAME.fullmatch(path.name)) is None:
            continue
        task, content = int(named[1]), _bytes_of(path)
        read.files[path.name] = checksum([content])
        test = "_test" in path.name
        read.tasks[task] = named[2] if test else read.tasks.get(task, named[2])
        read.stories += [(*story, task, test) for story in read_stories(path.name, _text(path, content))]
    if not read.stories:
        raise CorpusError(
            f"{folder}: no files of the bAbI tasks; give the folder that has qa1_..._train.txt, for example "
            "tasks_1-20_v1-2/en-10k"
        )
    for task, name in read.tasks.items():
        for wanted, kind in ((False, "train"), (True, "test")):
            if not any(own == task and test is wanted for *_, own, test in read.stories):
                raise CorpusError(
                    f"{folder}: there is no qa{task}_{name}_{kind}.txt; add it, or remove the task"
                )
    read.tasks = dict(sorted(read.tasks.items()))
    return read


def _bytes_of(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        CorpusError: it cannot be read, is no regular file, or is too large.
    """
    if not path.is_file():
        raise CorpusError(f"{path} is not a regular file; remove it, or give another folder")
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); check its permissions") from error
    if len(content) > MOST_BYTES:
        raise CorpusError(f"{path}: larger than {MOST_BYTES >> 20} MiB; that is no file of the bAbI tasks")
    return content


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CorpusError(f"{path}, line {line}: not UTF-8; save the file as UTF-8 text") from error


def read_stories(name: str, text: str) -> Iterator[tuple[list[str], list[bool]]]:
    """Yield the words of each story of a file, and which of them are of answers.

    >>> list(read_stories("a file", "1 Ann left.\\n2 Who left? \\tann\\t1"))
    [(['ann', 'left', '.', 'who', 'left', '?', 'ann'], [False, False, False, False, False, False, True])]

    Raises:
        CorpusError: a line is not as described above, or a story is too long or asks nothing.
    """
    words: list[str] = []
    asked: list[bool] = []
    last = 0
    for at, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{name}, line {at}"
        number, said, answer = _parts(where, line)
        if number == 1 and words:
            yield _checked(where, words, asked)
            words, asked = [], []
        elif number != last + 1:
            raise CorpusError(f"{where}: number {number} follows {last}; a story counts its lines from 1")
        last = number
        words += [*said, *answer]
        asked += [*(False for _ in said), *(True for _ in answer)]
        if len(words) > MOST_WORDS:
            raise CorpusError(f"{where}: a story of more than {MOST_WORDS:,} words; cut it")
    if words:
        yield _checked(f"{name}, at its end", words, asked)


def _parts(where: str, line: str) -> tuple[int, list[str], list[str]]:
    """Return the number of a line, the words of its sentence, and those of the answer to it, if any."""
    number, _, rest = line.strip().partition(" ")
    sentence, *answers = rest.split("\t")
    said = _WORD.findall(sentence.lower())
    if not is_number(number) or not said:
        raise CorpusError(
            f"{where}: {quote(line)} is no numbered sentence; write for example: 1 Ann went home."
        )
    answer = _WORD.findall(answers[0].lower()) if answers else []
    if answers and not answer:
        raise CorpusError(f"{where}: the answer has no word; write it behind a tab: 3 Where is Ann?<tab>home")
    return int(number), said, answer


def _checked(where: str, words: list[str], asked: list[bool]) -> tuple[list[str], list[bool]]:
    if not any(asked):
        raise CorpusError(f"{where}: the story before asks nothing; write an answer behind a tab")
    return words, asked
