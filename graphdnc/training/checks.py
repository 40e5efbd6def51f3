"""Checks of a run's settings against its task, before anything is trained."""

from __future__ import annotations

from typing import Any

from graphdnc.episodes.encoding import output_size
from graphdnc.episodes.labels import DigitCode
from graphdnc.errors import ConfigError
from graphdnc.model.config import DNCConfig
from graphdnc.tasks import TASKS
from graphdnc.tasks.task import Task
from graphdnc.training.config import TrainingConfig


def task_of_run(config: TrainingConfig, name: str) -> Task[Any]:
    """Return the task of a run, with its label code and its planning.

    Raises:
        ConfigError: the planning or the sizes in the configuration do not fit the task.
    """
    kind = TASKS[name]
    refusal = kind.refusal(config.planning)
    if refusal is not None:
        raise ConfigError(refusal)
    code = DigitCode(known_relations=kind.known_relations)
    task = kind(code, config.planning if kind.planned else None)
    _refuse_wrong_sizes(config.model, task)
    return task


def _refuse_wrong_sizes(model: DNCConfig, task: Task[Any]) -> None:
    if model.memory_rows != DNCConfig.memory_rows:
        raise ConfigError(
            f"model.memory_rows is {model.memory_rows}, which training would not use: a memory has as "
            "many rows as its batch needs; leave it out"
        )
    for name, needed in (("input_size", task.input_size), ("output_size", output_size(task.code))):
        if getattr(model, name) != needed:
            raise ConfigError(
                f"model.{name} is {getattr(model, name)}; {task.name} needs {needed}: "
                f"--set model.{name}={needed}"
            )
