"""The tasks: each kind of question is declared once, in a module or package of its own.

``task.py`` has the interface. A task is known to the rest of the package by one line in :data:`TASKS`.
"""

from __future__ import annotations

from typing import Any

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
