"""Traces of answers: a file with one JSON object a step, or a table of the first steps at the prompt."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphdnc.cli.output import plain, print_rows
from graphdnc.errors import UsageError

if TYPE_CHECKING:
    from graphdnc.answering.trace import Trace
    from graphdnc.tasks.reading import Named, Read, Step

SHOWN = 40
"""Steps in a table."""


class TraceFile:
    """A file of traces, which is written when all questions are answered.

    Raises:
        UsageError: there is no such folder, or a file of that name is not a trace: it is not overwritten.
    """

    def __init__(self, name: str) -> None:
        self.path = Path(name)
        if not self.path.name or not self.path.parent.is_dir():
            raise UsageError(f"{name}: there is no such folder; give --trace a file in an existing folder")
        if self.path.exists() and not self.path.is_file():
            raise UsageError(f"{name}: not a file; give --trace the name of a file")
        if self.path.exists() and not _is_trace(self.path):
            raise UsageError(f"{name}: this file exists and is not a trace; give --trace another name")
        self.questions = 0
        self._lines = tempfile.TemporaryFile("w+", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115  closed by save

    def add(self, trace: Trace | None) -> None:
        """Add the steps of the next question; ``None`` if it needed no network or was not answered."""
        self.questions += 1
        for number, step in enumerate([] if trace is None else trace.steps, start=1):
            record = {"question": self.questions, "try": 1, "step": number, **step_record(step)}
            self._lines.write(json.dumps(record, ensure_ascii=False) + "\n")

    def save(self) -> None:
        """Write the file."""
        from graphdnc.utils.atomic_write import write_atomically

        try:
            with self._lines:
                write_atomically(self.path, self._copy)
        except OSError as error:
            raise UsageError(
                f"{self.path}: the trace cannot be written ({error.strerror or error})"
            ) from error

    def _copy(self, path: Path) -> None:
        self._lines.seek(0)
        with path.open("w", encoding="utf-8") as file:
            shutil.copyfileobj(self._lines, file)


def _is_trace(path: Path) -> bool:
    """Return whether a file is empty or starts like a trace."""
    with path.open("rb") as file:
        start = file.read(64)
    return not start or re.match(rb'\{"question": \d+, "try": \d+, "step": ', start) is not None


def step_record(step: Step) -> dict[str, Any]:
    """Return a step as JSON values; the fields that only kin have are left out if they are ``None``."""
    record = step._asdict()
    record["reads"] = {
        head: read and {**read._asdict(), "weight": round(read.weight, 4)}
        for head, read in step.reads.items()
    }
    for name in ("instruction", "person", "candidate"):
        if record[name] is None:
            del record[name]
    return record


def print_trace(trace: Trace | None) -> None:
    """Print the first steps as a table: what the network heard and said, and what each head read."""
    if trace is None or not trace.steps:
        print("no steps: this answer needs no network")
        return
    heads = tuple(trace.steps[0].reads)
    told = any(step.instruction for step in trace.steps)
    columns = ("step", "phase", *["instruction"] * told, "heard", "said", *heads)
    rows: list[tuple[str, ...]] = []
    for number, step in enumerate(trace.steps[:SHOWN], start=1):
        instruction = [plain(step.instruction or "")] * told
        reads = [_read(step.reads[head]) for head in heads]
        rows.append((str(number), step.phase, *instruction, _shown(step.heard), _said(step), *reads))
    print_rows(columns, rows)
    if len(trace.steps) > SHOWN:
        print(f"and {len(trace.steps) - SHOWN:,} more; --trace FILE writes all")


def _said(step: Step) -> str:
    if step.said is None:
        return ""
    if step.phase == "recall" and step.instruction:
        return "the instruction"
    return _shown(step.said) or "the end"


def _read(read: Read | None) -> str:
    """Return what a head read, with its weight if that is not all.

    >>> _read(None)
    ''
    """
    if read is None:
        return ""
    holds = _shown(read.holds) or f"step {read.written}"
    return holds + (f" ({read.weight:.0%})" if read.weight < 0.99 else "")


def _shown(triple: Named) -> str:
    """Return a triple on one line, with a dash for a blank part.

    >>> _shown(("Bank", None, None))
    'Bank, -, -'
    """
    if triple == (None, None, None):
        return ""
    return plain(", ".join("-" if part is None else part for part in triple)).replace("\n", " ")
