"""The tasks: each kind of question is declared once, in a module or package of its own.

``task.py`` has the interface. A task is known to the rest of the package by one line in :data:`TASKS`.
"""

from __future__ import annotations

from typing import Any

from graphdnc.questions import Example
from graphdnc.tasks.inference import InferenceTask
from graphdnc.tasks.kinship.task import KinshipTask
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.tasks.task import Task
from graphdnc.tasks.traversal import TraversalTask

TASKS: dict[str, type[Task[Any]]] = {
    task.name: task for task in (TraversalTask, ShortestPathTask, InferenceTask, KinshipTask)
}
"""All tasks by name. To add one from outside this package, put it in this table."""


def task_of(question: object) -> type[Task[Any]]:
    """Return the task that a question belongs to."""
    return next(task for task in TASKS.values() if isinstance(question, task.question))


def by_length(examples: list[Example], batch: int) -> list[list[Example]]:
    """Cut examples into batches alike in the length of the answer first, then in the number of triples.

    Little of such a batch is padding.
    """
    bands = max(1, int((len(examples) / batch) ** 0.5))
    by_answer = sorted(examples, key=lambda example: task_of(example.question).length(example))
    size = -(-len(by_answer) // (bands * batch)) * batch
    ordered: list[Example] = []
    for start in range(0, len(by_answer), size):
        ordered += sorted(by_answer[start : start + size], key=lambda example: len(example.graph))
    return [ordered[start : start + batch] for start in range(0, len(ordered), batch)]
