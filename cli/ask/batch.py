"""Many questions, one a line, from a file or standard input, and a summary of their answers."""

from __future__ import annotations

import codecs
import io
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from graphdnc.errors import UsageError

TOGETHER = 16
"""Questions asked together: faster than one by one, and the first answer still comes soon."""
LARGEST = 64 * 2**20
"""Bytes of the largest file of questions."""


class Line(NamedTuple):
    """A question and the number of its line."""

    number: int
    text: str


def questions_in(batches: Iterator[list[str]]) -> Iterator[list[Line]]:
    """Yield the questions among lines: those that are neither blank nor a comment.

    >>> list(questions_in(iter([["one", "", "# two"], ["three"]])))
    [[Line(number=1, text='one')], [Line(number=4, text='three')]]
    """
    number = 0
    for lines in batches:
        numbered = [Line(at, line.strip()) for at, line in enumerate(lines, start=number + 1)]
        number += len(lines)
        yield [line for line in numbered if line.text and not line.text.startswith("#")]


def questions_of(path: str) -> list[list[Line]]:
    """Return the questions in a file, in batches."""
    try:
        if Path(path).stat().st_size > LARGEST:
            raise UsageError(f"{path}: larger than {LARGEST:,} bytes; split the file")
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}; give a file of one question a line") from error
    except ValueError as error:
        raise UsageError(f"{path}: not valid UTF-8; save the file as UTF-8") from error
    (found,) = questions_in(iter([text.split("\n")]))
    if not found:
        raise UsageError(f"{path}: no question; give a file of one question a line")
    return [found[at : at + TOGETHER] for at in range(0, len(found), TOGETHER)]


def arriving(stream: TextIO) -> Iterator[list[str]]:
    """Yield the lines of a stream in batches, without waiting for more lines once there is one.

    A program may send the next question only after it has read an answer.
    """
    assert isinstance(stream, io.TextIOWrapper)
    # some editors start a UTF-8 file with a byte order mark, which is not part of a question
    encoding = "utf-8-sig" if codecs.lookup(stream.encoding).name == "utf-8" else stream.encoding
    decoder = codecs.getincrementaldecoder(encoding)(stream.errors or "strict")
    rest = ""
    while chunk := stream.buffer.read1(2**16):
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        for start in range(0, len(lines), TOGETHER):
            yield lines[start : start + TOGETHER]
    yield [rest + decoder.decode(b"", final=True)]


class Tally:
    """The number of questions by exit code; ``checked`` says whether answers are checked."""

    def __init__(self, checked: bool) -> None:
        self.codes: Counter[int] = Counter()
        self.checked = checked
        self._started = time.perf_counter()

    def __str__(self) -> str:
        seconds = time.perf_counter() - self._started
        right, failed, unread, none, wrong = (self.codes[code] for code in (0, 1, 2, 3, 4))
        compared = (
            f"{right:,} agree with the exact check, {wrong:,} differ" if self.checked else "not checked"
        )
        parts = [f"{right + wrong:,} answered ({compared})", f"{none:,} without an answer"]
        parts += [f"{unread:,} not understood", *([f"{failed:,} failed"] if failed else [])]
        return f"{self.codes.total():,} questions in {seconds:.1f} s: {', '.join(parts)}"
