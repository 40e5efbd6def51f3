"""How far a run has come, and its metrics as JSON lines."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from graphdnc.errors import CheckpointError
from graphdnc.utils.atomic_write import write_atomically


@dataclass(frozen=True)
class Progress:
    """The state of a run after a batch, or after a validation if ``validated`` is given.

    Attributes:
        examples: the number of examples trained on so far.
        lesson: the current lesson, counted from 1.
        loss: the mean loss of a batch, in nats, since the last validation.
        accuracy: the share of right training answers since the last validation.
        rate: the learning rate.
        per_second: examples per second since the last validation.
        data_share: the share of that time spent waiting for examples.
        left_out: the number of batches since the last validation whose loss or gradient was not a finite
            number; they changed no weight and are not part of ``loss``.
        seconds: the wall time of the run so far, with all its parts.
        validated: the share of right answers on fresh episodes of the lesson, or ``None``.
    """

    examples: int
    lesson: int
    loss: float
    accuracy: float
    rate: float
    per_second: float
    data_share: float
    left_out: int
    seconds: float
    validated: float | None = None


@dataclass
class Position:
    """How far a run has come.

    With the weights and the state of the optimiser, this is all that is needed to continue the run.

    Attributes:
        lesson: the current lesson, counted from 0.
        pool: the current pool, counted from 0.
        batch: batches of this pool already trained on.
        updates: optimiser steps taken.
        examples: examples trained on.
        seconds: wall time so far.
        best_lesson: the lesson of the best checkpoint.
        best_accuracy: its accuracy on fresh episodes; below 0 before the first validation.
        best_silent: whether it planned in silence; such a checkpoint is better than any that did not.
        validated: examples trained on at the last validation, which has the last line of the metrics;
            ``None`` in a state of an earlier version.
        not_finite: batches in a row, up to the last one, whose loss or gradient was not a finite number.
    """

    lesson: int = 0
    pool: int = 0
    batch: int = 0
    updates: int = 0
    examples: int = 0
    seconds: float = 0.0
    best_lesson: int = -1
    best_accuracy: float = -1.0
    best_silent: bool = False
    validated: int | None = 0
    not_finite: int = 0


@dataclass
class Tally:
    """Sums since the last validation. They are part of the state of a run, so a line covers all of them."""

    loss: float = 0.0
    right: int = 0
    examples: int = 0
    batches: int = 0
    seconds: float = 0.0
    data: float = 0.0
    left_out: int = 0

    def add(self, loss: float, right: int, examples: int) -> None:
        """Add one batch: its loss, how many of its answers were right, and how many examples it had."""
        self.loss += loss
        self.right += right
        self.examples += examples
        self.batches += 1

    def leave_out(self, examples: int) -> None:
        """Count a batch that taught nothing, and whose answers are counted as wrong."""
        self.examples += examples
        self.left_out += 1

    def progress(self, at: Position, rate: float) -> Progress:
        """Return the means so far, as a line of the metrics."""
        return Progress(
            examples=at.examples,
            lesson=at.lesson + 1,
            loss=self.loss / max(self.batches, 1),
            accuracy=self.right / max(self.examples, 1),
            rate=rate,
            per_second=self.examples / max(self.seconds, 1e-9),
            data_share=self.data / max(self.seconds, 1e-9),
            left_out=self.left_out,
            seconds=at.seconds,
        )


class MetricsFile:
    """Appends JSON objects to a file; lines beyond the point from which a run continues are dropped first."""

    def __init__(self, path: Path, examples: int) -> None:
        self.path = path
        lines = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        kept = [line for line in lines.splitlines(keepends=True) if _examples(line) <= examples]
        write_atomically(path, lambda beside: beside.write_text("".join(kept), encoding="utf-8"))

    def append(self, progress: Progress) -> None:
        """Write one line, and wait until it is on the disk.

        Raises:
            CheckpointError: it cannot be written. What was written of it is dropped by the next process.
        """
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(progress)) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise CheckpointError(f"{self.path}: cannot be written ({error.strerror or error})") from error


def _examples(line: str) -> float:
    """Return the examples of a line; infinity for a line that a crash left incomplete or damaged."""
    try:
        return float(json.loads(line)["examples"])
    except (ValueError, TypeError, KeyError):
        return math.inf
