"""Learning curves of training runs, from their ``metrics.jsonl``.

    python benchmarks/curves.py runs/traversal runs/traversal-seed-2
    python benchmarks/curves.py docs/learning/*.jsonl --plot docs/learning.svg

Prints a Markdown row for each run: after how many examples and minutes each lesson was passed, and the best
accuracy in the last lesson. With ``--plot`` it draws the accuracy on fresh episodes of the current lesson.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import tables


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

    def first_at(self, accuracy: float) -> dict[str, Any] | None:
        """Return the first validation in the last lesson with at least this accuracy."""
        return next((line for line in self.last if line["validated"] >= accuracy), None)


def load(path: Path) -> Run:
    """Read the metrics of a run: a file, or a folder with ``metrics.jsonl``."""
    file = path / "metrics.jsonl" if path.is_dir() else path
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return Run(path.name if path.is_dir() else path.stem, lines)


def row(run: Run) -> list[str]:
    """Return a run as a row of the table."""
    best = max(run.last, key=lambda line: line["validated"])
    end, good = run.lines[-1], run.first_at(0.99)
    return [
        run.name,
        ", ".join(_cost(line) for line in run.passed) or "none",
        f"{best['validated']:.1%} of lesson {best['lesson']} at {_cost(best)}",
        "not reached" if good is None else _cost(good),
        _cost(end),
    ]


def _cost(line: dict[str, Any]) -> str:
    return f"{line['examples'] / 1000:,.0f}k ({line['seconds'] / 60:.0f} min)"


def plot(runs: list[Run]) -> str:
    """Return the curves as SVG, a panel for each task or kind of run: the name up to its last hyphen."""
    from plots import Panel, svg  # a table needs no matplotlib

    panels: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for run in runs:
        kind = run.name.rpartition("-")[0] or run.name
        points = [(line["examples"], line["validated"]) for line in run.lines]
        panels.setdefault(kind, {})[run.name] = points
    drawn = [Panel(kind, lines, (0.0, 1.0)) for kind, lines in panels.items()]
    return svg(drawn, "examples (accuracy on fresh episodes of the current lesson)")


def main() -> None:
    """Print the table, and draw the curves if asked to."""
    parser = tables.parser(__doc__)
    parser.add_argument("runs", nargs="+", type=Path, help="folders of runs, or files like metrics.jsonl")
    parser.add_argument("--plot", type=Path, help="also draw the curves in this SVG file")
    chosen = parser.parse_args()
    runs = [load(path) for path in chosen.runs]
    titles = ["run", "lessons passed after", "best of the last lesson", "99% of the last lesson", "end"]
    print(tables.heading(*titles))
    for run in runs:
        tables.row(*row(run))
    if chosen.plot is not None:
        chosen.plot.write_text(plot(runs), encoding="utf-8")


if __name__ == "__main__":
    main()
