"""How far a run has come, and what it counted since the last validation."""

from __future__ import annotations

from dataclasses import dataclass

from graphdnc.training.metrics import Progress


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
    """

    lesson: int = 0
    pool: int = 0
    batch: int = 0
    updates: int = 0
    examples: int = 0
    seconds: float = 0.0
    best_lesson: int = -1
    best_accuracy: float = -1.0


@dataclass
class Tally:
    """Sums since the last validation."""

    loss: float = 0.0
    right: int = 0
    examples: int = 0
    batches: int = 0
    seconds: float = 0.0
    data: float = 0.0

    def add(self, loss: float, right: int, examples: int) -> None:
        """Add one batch: its loss, how many of its answers were right, and how many examples it had."""
        self.loss += loss
        self.right += right
        self.examples += examples
        self.batches += 1

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
            seconds=at.seconds,
        )
