"""``graphdnc eval`` for networks that are trained for tasks about sequences."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from graphdnc.cli.output import print_json, print_rows, write_figure
from graphdnc.errors import UsageError

if TYPE_CHECKING:
    from graphdnc.evaluation import Accuracy, SequenceReport
    from graphdnc.tasks.sequences.task import SequenceTask
    from graphdnc.utils.ranges import Range

_COUNTED = ("episodes", "whole sequences right", "95% interval")


def evaluate_sequence_model(
    model: str,
    lesson: str,
    sizes: list[str],
    rows: int | None,
    episodes: int,
    seed: int,
    plot: str | None,
    as_json: bool,
) -> None:
    """Measure a network on fresh sequences and print the result.

    Raises:
        UsageError: a size is not one of the task, or there is no such lesson.
    """
    from graphdnc.evaluation import evaluate_sequences
    from graphdnc.networks.sequence_checkpoint import load_sequence_checkpoint
    from graphdnc.utils.progress import ProgressBar
    from graphdnc.utils.ranges import format_range
    from graphdnc.utils.rng import Purpose, stream

    checkpoint = load_sequence_checkpoint(model)
    network, task = checkpoint.network, checkpoint.task
    ranges = {**_lesson(task, lesson), **_sizes(task, sizes)}
    rows = rows or network.config.memory_rows
    rng = stream(Purpose.EVALUATION, seed)
    drawn = iter(lambda: task.draw(rng, ranges), None)
    with ProgressBar("measured", episodes) as bar:

        def show(counted: SequenceReport) -> None:
            bar.show(counted.episodes, f"{counted.accuracy.share:.2%} right")

        found = evaluate_sequences(network, islice(drawn, episodes), rows, report=show)
    settings = {name: format_range(own) for name, own in ranges.items()} | {"rows": rows}
    if as_json:
        print_json(_record(task, found, seed, model, settings))
    else:
        _print(task, found, model, settings)
    if plot is not None:
        from graphdnc.pictures.accuracy import sequence_accuracy

        write_figure(plot, lambda format: sequence_accuracy(found, task.sizes, model, format))


def _lesson(task: SequenceTask, lesson: str) -> Mapping[str, Range]:
    """Return the ranges of a lesson of the task's own file, given by number, or of its last."""
    from graphdnc.datasets.lessons.curriculum import lesson_number, read_lessons
    from graphdnc.datasets.lessons.sequences import read_sequence_lessons

    path, table = read_lessons(task.name)
    lessons = read_sequence_lessons(str(path), table).lessons
    return lessons[lesson_number(task.name, len(lessons), lesson) - 1]


def _sizes(task: SequenceTask, stated: list[str]) -> dict[str, Range]:
    """Return the ranges that options state, as in ``length=40``."""
    from graphdnc.utils.ranges import parse_range

    found = {}
    for text in stated:
        name, _, span = text.partition("=")
        if name not in task.sizes:
            known = " or ".join(f"--size {own}=N" for own in task.sizes)
            raise UsageError(f"--size {text}: {task.name} has no size {name!r}; write {known}")
        try:
            found[name] = parse_range(span, task.sizes[name])
        except ValueError as error:
            raise UsageError(f"--size {text}: {error}; write for example --size {name}=2-8") from None
    return found


def _record(
    task: SequenceTask, found: SequenceReport, seed: int, model: str, settings: dict[str, int | str]
) -> dict[str, Any]:
    """Return a result as the fields of ``eval --json``."""
    record = {"task": task.name, **_counted(found.accuracy)}
    record["vectors_right"] = round(found.vectors_right / found.vectors, 6)
    record |= {"seed": seed, "model": model, "settings": settings}
    for size in task.sizes:
        record[f"by_{size}"] = {key: _counted(right) for key, right in found.by(size).items()}
    return record


def _counted(right: Accuracy) -> dict[str, Any]:
    interval = [round(end, 6) for end in right.interval]
    return {"episodes": right.episodes, "accuracy": round(right.share, 6), "interval": interval}


def _print(task: SequenceTask, found: SequenceReport, model: str, settings: dict[str, int | str]) -> None:
    words = ", ".join(f"{name} {value}" for name, value in settings.items())
    vectors = f"{found.vectors_right / found.vectors:.2%}"
    row = (model, task.name, words, *_cells(found.accuracy), vectors)
    print_rows(("model", "task", "settings", *_COUNTED, "vectors right"), [row])
    for size in task.sizes:
        counted = found.by(size)
        if len(counted) > 1:
            print()
            print_rows((size, *_COUNTED), [(str(key), *_cells(right)) for key, right in counted.items()])


def _cells(right: Accuracy) -> tuple[str, ...]:
    low, high = right.interval
    return f"{right.episodes:,}", f"{right.share:.2%}", f"{low:.2%} to {high:.2%}"
