"""Traces of answers as JSON lines: one object a step."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphdnc.cli.output import write_file
from graphdnc.errors import UsageError

if TYPE_CHECKING:
    from graphdnc.answering.answer import CheckedAnswer
    from graphdnc.answering.trace import Trace
    from graphdnc.tasks.reading import Step


class TraceFile:
    """A file of traces, which is written when all questions are answered.

    Raises:
        UsageError: there is no such folder, or a file of that name is not a trace: it is not overwritten.
    """

    needs_trace = needs_all = True

    def __init__(self, name: str) -> None:
        self.path = writable(name, "--trace", _is_trace)
        self.questions = 0
        self._lines = tempfile.TemporaryFile("w+", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115  closed by save

    def add(self, checked: CheckedAnswer | None, trace: Trace | None, why: str) -> None:
        """Add the steps of the next question; there are none if it needed no network or was not answered."""
        self.questions += 1
        for number, step in enumerate([] if trace is None else trace.steps, start=1):
            record = {"question": self.questions, "try": 1, "step": number, **step_record(step)}
            self._lines.write(json.dumps(record, ensure_ascii=False) + "\n")

    def save(self) -> None:
        """Write the file."""
        with self._lines:
            write_file(self.path, self._copy)

    def _copy(self, path: Path) -> None:
        self._lines.seek(0)
        with path.open("w", encoding="utf-8") as file:
            shutil.copyfileobj(self._lines, file)


def _is_trace(start: bytes) -> bool:
    return re.match(rb'\{"question": \d+, "try": \d+, "step": ', start) is not None


def writable(name: str, option: str, ours: Callable[[bytes], bool]) -> Path:
    """Return the path of a file to write.

    ``ours`` tells by its first bytes whether a file that exists is one that the option has written; others
    are not overwritten.

    Raises:
        UsageError: there is no such folder, or the file exists and is something else.
    """
    path = Path(name)
    if not path.name or not path.parent.is_dir():
        raise UsageError(f"{name}: there is no such folder; give {option} a file in an existing folder")
    if path.exists() and not path.is_file():
        raise UsageError(f"{name}: not a file; give {option} the name of a file")
    if path.exists():
        with path.open("rb") as file:
            start = file.read(64)
        if start and not ours(start):
            what = "a trace" if option == "--trace" else "a page or picture"
            raise UsageError(f"{name}: this file exists and is not {what}; give {option} another name")
    return path


def step_record(step: Step) -> dict[str, Any]:
    """Return a step as JSON values; the fields that only kin have are left out if they are ``None``."""
    record = step._asdict()
    del record["seen"]
    for name, heads in step.seen._asdict().items():
        record[name] = [one and {**one._asdict(), "weight": round(one.weight, 4)} for one in heads]
    for name in ("instruction", "person", "candidate"):
        if record[name] is None:
            del record[name]
    return record
