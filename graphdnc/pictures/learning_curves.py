"""Learning curves of training runs, from their ``metrics.jsonl``: as a table and as a figure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from graphdnc.errors import UsageError
from graphdnc.pictures.charts import Panel, chart
from graphdnc.pictures.figures import Format

COLUMNS = ("run", "lessons passed after", "best of the last lesson", "99% of the last lesson", "end")
_NEEDED = ("examples", "seconds", "lesson", "validated")
PAPER = {
    "traversal": (0.988, "paper, Zone 1: 98.8%"),
    "shortest-path": (0.553, "paper, Zone 1: 55.3%"),
    "inference": (0.818, "paper, a family: 81.8%"),
}
"""The accuracy of the paper's networks by task (Graves et al. 2016), on its own graphs."""


@dataclass(frozen=True)
class Run:
    """The validations of a training run, in order; ``lines`` are those of ``metrics.jsonl``."""

    name: str
    lines: list[dict[str, Any]]

    @property
    def passed(self) -> list[dict[str, Any]]:
        """The validations after which a new lesson began."""
        return [line for line, after in pairwise(self.lines) if after["lesson"] > line["lesson"]]

    @property
    def last(self) -> list[dict[str, Any]]:
        """The validations in the last lesson that was reached."""
        return [line for line in self.lines if line["lesson"] == self.lines[-1]["lesson"]]

    @property
    def kind(self) -> str:
        """The name without the number of the run at its end: runs of a kind are drawn together."""
        name, _, number = self.name.rpartition("-")
        return name if name and number.isdigit() else self.name

    def first_at(self, accuracy: float) -> dict[str, Any] | None:
        """Return the first validation in the last lesson with at least this accuracy."""
        return next((line for line in self.last if line["validated"] >= accuracy), None)


def load_run(path: Path) -> Run:
    """Read the metrics of a run: a file, or a folder with ``metrics.jsonl``.

    Raises:
        UsageError: there are no metrics, or they are no metrics of a run.
    """
    file = path / "metrics.jsonl" if path.is_dir() else path
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise UsageError(
            f"{file}: {error.strerror or error}; give the folder of a run, or its metrics.jsonl"
        ) from error
    except ValueError as error:
        raise UsageError(f"{file}: not the metrics of a run ({error}); give a metrics.jsonl") from error
    if not all(isinstance(line, dict) and all(name in line for name in _NEEDED) for line in lines):
        raise UsageError(f"{file}: a line has not all of {', '.join(_NEEDED)}; give a metrics.jsonl")
    lines = [line for line in lines if line["validated"] is not None]
    if not lines:
        raise UsageError(f"{file}: the run has no validation yet; wait for the first one")
    return Run(path.resolve().name if path.is_dir() else path.stem, lines)


def row(run: Run) -> tuple[str, ...]:
    """Return a run as a row of the table."""
    best = max(run.last, key=lambda line: line["validated"])
    end, good = run.lines[-1], run.first_at(0.99)
    return (
        run.name,
        ", ".join(_cost(line) for line in run.passed) or "none",
        f"{best['validated']:.1%} of lesson {best['lesson']} at {_cost(best)}",
        "not reached" if good is None else _cost(good),
        _cost(end),
    )


def _cost(line: dict[str, Any]) -> str:
    return f"{line['examples'] / 1000:,.0f}k ({line['seconds'] / 60:.0f} min)"


def curves(runs: Sequence[Run], format: Format, together: bool = False) -> bytes:
    """Return the curves as the bytes of a file: for each kind of run accuracy by examples and by time, and
    loss.

    Vertical lines mark the lessons that the first run of a kind passed. If ``together``, all runs are of one
    kind, that of the first.

    Raises:
        UsageError: matplotlib is not installed.
    """
    panels: list[Panel] = []
    kinds = [runs[0].kind if together else run.kind for run in runs]
    for kind in dict.fromkeys(kinds):
        panels += _panels(kind, [run for run, own in zip(runs, kinds, strict=True) if own == kind])
    return chart(panels, format, columns=3)


def _panels(kind: str, runs: Sequence[Run]) -> list[Panel]:
    def lines(x: str, y: str, scale: float) -> dict[str, list[tuple[float, float]]]:
        drawn = {run.name: [(line[x] / scale, line[y]) for line in run.lines if y in line] for run in runs}
        return {name: points for name, points in drawn.items() if points}

    lessons = [(line["examples"], str(line["lesson"])) for line in runs[0].passed]
    minutes = [(line["seconds"] / 60, str(line["lesson"])) for line in runs[0].passed]
    levels = [level for task, level in PAPER.items() if kind.startswith(task)]
    accuracy = f"{kind}: accuracy in the current lesson"
    examples, passed = "examples", f" (lines: {runs[0].name} passed a lesson)" if lessons else ""
    panels = [
        Panel(
            accuracy,
            lines("examples", "validated", 1),
            (0, 1),
            0,
            examples + passed,
            lessons,
            levels,
            logarithmic=False,
        ),
        Panel(
            accuracy,
            lines("seconds", "validated", 60),
            (0, 1),
            0,
            "minutes" + passed,
            minutes,
            levels,
            logarithmic=False,
        ),
    ]
    loss = lines("examples", "loss", 1)
    if loss:
        panels.append(
            Panel(
                f"{kind}: loss in nats a step", loss, None, 0, examples + passed, lessons, logarithmic=False
            )
        )
    return panels
