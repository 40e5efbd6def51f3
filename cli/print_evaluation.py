"""How the result of ``graphdnc eval`` is printed: as tables or as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdnc.answering.answer import stated_confidence
from graphdnc.cli.output import print_rows

if TYPE_CHECKING:
    from graphdnc.evaluation import Accuracy, Report
    from graphdnc.networks.calibration import Calibration
    from graphdnc.tasks.task import Task

_COUNTED = ("episodes", "whole answers right", "95% interval")


def record_of(
    task: Task[Any], graphs: str, found: Report, seed: int, model: str, settings: dict[str, int | str]
) -> dict[str, Any]:
    """Return a result as the fields of ``eval --json``."""
    record = {
        "task": task.name,
        "graphs": graphs,
        **_counted(found.accuracy),
        "calibration_error": stated_confidence(found.calibration.error, int(settings["votes"])),
        "seed": seed,
        "model": model,
        "settings": settings,
    }
    for part in reversed(task.reported):
        counted = {key: _counted(right) for key, right in found.by(part).items()}
        if part == "nobody":
            record |= {"nobody": counted.get(True), "somebody": counted.get(False)}
        else:
            record[f"by_{part}"] = counted  # JSON turns numbers into strings
    if task.reports_valid:
        record["valid"] = round(found.valid.share, 6)
    return record


def _counted(right: Accuracy) -> dict[str, Any]:
    interval = [round(end, 6) for end in right.interval]
    return {"episodes": right.episodes, "accuracy": round(right.share, 6), "interval": interval}


def print_tables(
    task: Task[Any], graphs: str, found: Report, model: str, settings: dict[str, int | str]
) -> None:
    """Print the result as one row, then a table for each way in which the task splits its examples."""
    words = ", ".join(f"{name} {value}" for name, value in settings.items())
    error = stated_confidence(found.calibration.error, int(settings["votes"]))
    columns = ["model", "graphs", "settings", *_COUNTED, "calibration error"]
    row = [model, graphs, words, *_cells(found.accuracy), "-" if error is None else f"{error:.3f}"]
    if task.reports_valid:
        columns.append("valid paths")
        row.append(f"{found.valid.share:.2%}")
    print_rows(tuple(columns), [tuple(row)])
    for part in task.reported:
        heading = {"length": "steps", "nobody": "there is"}.get(part, part)
        named = {True: "nobody", False: "somebody"} if part == "nobody" else {}
        rows = [(str(named.get(key, key)), *_cells(right)) for key, right in found.by(part).items()]
        print()
        print_rows((heading, *_COUNTED), rows)


def print_bins(calibration: Calibration) -> None:
    """Print the share of right answers for each range of confidence."""
    rows = [
        (f"{bin.low:.0%} to {bin.high:.0%}", f"{bin.answers:,}", f"{bin.confidence:.1%}", f"{bin.right:.1%}")
        for bin in calibration.bins()
    ]
    print()
    print_rows(("confidence", "episodes", "mean confidence", "right"), rows)


def _cells(right: Accuracy) -> tuple[str, ...]:
    low, high = right.interval
    return f"{right.episodes:,}", f"{right.share:.2%}", f"{low:.2%} to {high:.2%}"
