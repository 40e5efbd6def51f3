"""The questions of all tasks by name. A new task adds one line."""

from __future__ import annotations

from graphdnc.datasets.questions.inference import INFERENCE
from graphdnc.datasets.questions.kinship import KINSHIP
from graphdnc.datasets.questions.shortest_path import SHORTEST_PATH
from graphdnc.datasets.questions.task_questions import TaskQuestions
from graphdnc.datasets.questions.traversal import TRAVERSAL
from graphdnc.errors import UsageError

QUESTIONS: dict[str, TaskQuestions] = {
    "traversal": TRAVERSAL,
    "shortest-path": SHORTEST_PATH,
    "inference": INFERENCE,
    "kinship": KINSHIP,
}


def default_curriculum(task: str, generator: str) -> str:
    """Return the name of the curriculum for a task on the graphs of a generator.

    Raises:
        UsageError: there is no such task, or it has no curriculum on these graphs.
    """
    if task not in QUESTIONS:
        raise UsageError(f"no curriculum for the task {task!r}; write --task {' or --task '.join(QUESTIONS)}")
    names = QUESTIONS[task].curricula
    if generator not in names:
        raise UsageError(
            f"no curriculum for --task {task} on {generator} graphs; choose {' or '.join(names)} graphs"
        )
    return names[generator]
