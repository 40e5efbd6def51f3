"""Metrics as JSON lines: the record of a run that outlives any dashboard."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

from graphdnc.utils.atomic_write import write_atomically


@dataclass(frozen=True)
class Progress:
    """Where a run stands after a batch, or after a validation where ``validated`` is given.

    Attributes:
        examples: examples trained on so far.
        lesson: the lesson in hand, counted from 1.
        loss: mean cross-entropy of an answer step, in nats, since the last report.
        accuracy: share of whole training answers right since the last report.
        rate: the learning rate.
        per_second: examples per second since the last report.
        data_share: the share of that time spent on drawing and encoding examples.
        seconds: wall time of the run so far, all its parts together.
        validated: share of whole answers right on fresh episodes of the lesson, or ``None``.
    """

    examples: int
    lesson: int
    loss: float
    accuracy: float
    rate: float
    per_second: float
    data_share: float
    seconds: float
    validated: float | None = None


class MetricsFile:
    """Appends one JSON object a line; lines past the point a run is taken up from are dropped first."""

    def __init__(self, path: Path, examples: int) -> None:
        self.path = path
        kept = [line for line in self._lines() if _examples(line) <= examples]
        write_atomically(path, lambda beside: beside.write_text("".join(kept), encoding="utf-8"))

    def _lines(self) -> list[str]:
        if not self.path.exists():
            return []
        return self.path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)

    def append(self, progress: Progress) -> None:
        """Write one line."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(progress)) + "\n")


def _examples(line: str) -> float:
    """Return the examples of a line; of one that a crash left half or damaged more than any run has."""
    try:
        return float(json.loads(line)["examples"])
    except (ValueError, TypeError, KeyError):
        return math.inf
