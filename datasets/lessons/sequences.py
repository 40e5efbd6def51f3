"""Lessons of tasks about sequences, as data.

A file has the name of the task and one ``[[lesson]]`` table for each lesson, with a range for each size of
the task. Ranges include both ends::

    task = "copy"

    [[lesson]]
    length = [1, 20]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphdnc.errors import ConfigError
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.tasks.sequences.task import SequenceTask
from graphdnc.utils.ranges import Range, check_range


@dataclass(frozen=True)
class SequenceLessons:
    """The lessons of a task about sequences, from easy to hard: for each the range of every size."""

    task: SequenceTask
    lessons: tuple[Mapping[str, Range], ...]


def read_sequence_lessons(where: str, table: Mapping[str, Any]) -> SequenceLessons:
    """Return the lessons of a file, whose task is about sequences; ``where`` is its name for errors.

    Raises:
        ConfigError: a key is unknown or missing, or a range is wrong.
    """
    task = SEQUENCE_TASKS[table["task"]]
    lessons = table.get("lesson")
    if set(table) - {"task", "lesson"} or not isinstance(lessons, list) or not lessons:
        raise ConfigError(f"{where}: write task and one [[lesson]] table for each lesson, nothing else")
    return SequenceLessons(
        task,
        tuple(_ranges(f"{where}: lesson {number}", task, own) for number, own in enumerate(lessons, start=1)),
    )


def _ranges(where: str, task: SequenceTask, table: Mapping[str, Any]) -> dict[str, Range]:
    if set(table) != set(task.sizes):
        raise ConfigError(
            f"{where}: it has {', '.join(table) or 'nothing'}; {task.name} needs {' and '.join(task.sizes)}"
        )
    try:
        return {name: check_range(table[name], least) for name, least in task.sizes.items()}
    except ValueError as error:
        raise ConfigError(f"{where}: {error}; write for example length = [1, 20]") from None
