"""How the result of ``graphdnc eval`` is printed: as tables or as one JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graphdnc.cli.output import print_rows, said_sure

if TYPE_CHECKING:
    from graphdnc.evaluation import Accuracy, Report
    from graphdnc.networks.calibration import Calibration
    from graphdnc.tasks.task import Task


def record_of(
    task: Task[Any], graphs: str, found: Report, seed: int, model: str, settings: dict[str, int | str]
) -> dict[str, Any]:
    """Return a result as the fields of ``eval --json``."""
    record = {
        "task": task.name,
        "graphs": graphs,
        **_counted(found.accuracy),
        "calibration_error": said_sure(found.calibration.error, int(settings["votes"])),
        "seed": seed,
        "model": model,
        "settings": settings,
    }
    if "term" in task.reported:
        record["by_term"] = {term: _counted(right) for term, right in found.by("term").items()}
    if "nobody" in task.reported:
        counted = found.by("nobody")
        for name, none in (("nobody", True), ("somebody", False)):
            record[name] = _counted(counted[none]) if none in counted else None
    if "length" in task.reported:
        record["by_length"] = {str(length): _counted(right) for length, right in found.by("length").items()}
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
    right = ("episodes", "whole answers right", "95% interval", "calibration error")
    columns: tuple[str, ...] = ("model", "graphs", "settings", *right)
    error = said_sure(found.calibration.error, int(settings["votes"]))
    row: tuple[str, ...] = (
        model,
        graphs,
        words,
        *_cells(found.accuracy),
        "-" if error is None else f"{error:.3f}",
    )
    if task.reports_valid:
        columns, row = (*columns, "valid paths"), (*row, f"{found.valid.share:.2%}")
    print_rows(columns, [row])
    if "length" in task.reported:
        _print_parts("steps", found.by("length"))
    if "nobody" in task.reported:
        counted = found.by("nobody").items()
        _print_parts("there is", {"nobody" if none else "somebody": part for none, part in counted})
    if "term" in task.reported:
        _print_parts("term", found.by("term"))


def _print_parts(what: str, parts: Mapping[Any, Accuracy]) -> None:
    print()
    rows = [(str(part), *_cells(right)) for part, right in parts.items()]
    print_rows((what, "episodes", "whole answers right", "95% interval"), rows)


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
