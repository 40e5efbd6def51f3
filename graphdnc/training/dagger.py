"""Answers of which some moves are the network's own, as in DAgger (Ross et al. 2011).

The paper trains shortest paths like this (Graves et al. 2016, Methods): at each move the network is taught
every right move from where it is. Then either the teacher's move is made, or the one the network prefers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.episodes.encoding import StackedSteps
from graphdnc.episodes.steps import StepsWriter
from graphdnc.model.dnc import DNC
from graphdnc.model.state import DNCState
from graphdnc.tasks.task import Rollout, Task
from graphdnc.training.tensors import Batch, stack_tensors


def roll_out(
    network: DNC,
    batch: Batch,
    state: DNCState,
    task: Task[Any],
    teacher: float,
    streams: Sequence[np.random.Generator],
) -> tuple[Tensor, Batch] | None:
    """Plan as in the batch, then move; return logits ``[S, B, output]`` and the batch of what was done.

    ``teacher`` is the share of moves that are the teacher's, drawn from a stream for each episode. Returns
    ``None`` if the answers of the task are not made of moves.
    """
    pairs = zip(batch.examples, batch.labels, strict=True)
    rollouts = [own for own in (task.rollout(*pair) for pair in pairs) if own is not None]
    if len(rollouts) < len(batch.examples):
        return None
    planning = ~batch.answering
    logits, state = network(batch.steps, state, batch.active & planning)
    planned = StackedSteps(
        steps=batch.steps,
        active=batch.active & planning,
        answering=torch.zeros_like(batch.answering),
        choices=batch.choices,
        credit=batch.credit & planning.unsqueeze(-1),
        among=batch.among & planning.unsqueeze(-1),
    )
    said, done = [logits], [planned]
    while moving := [index for index, own in enumerate(rollouts) if own.open]:
        step = _next_step(rollouts, moving, task)
        moved, state = network(step.steps.to(logits.device), state, step.active.to(logits.device))
        preferred = moved[0].detach().cpu().numpy()
        for index in moving:
            if streams[index].random() < teacher:
                rollouts[index].move_as_taught(streams[index])
            else:
                rollouts[index].move_as_preferred(preferred[index])
        said.append(moved)
        done.append(StackedSteps(*(value.to(logits.device) for value in step)))
    most = max(step.choices.shape[2] for step in done)
    steps = StackedSteps(*map(torch.cat, zip(*(_widened(step, most) for step in done), strict=True)))
    return torch.cat(said), replace(batch, **steps._asdict())


def _next_step(rollouts: Sequence[Rollout], moving: list[int], task: Task[Any]) -> StackedSteps[Tensor]:
    """Return the next answer step of all episodes, empty for those that are not ``moving``."""
    writers = [StepsWriter() for _ in rollouts]
    for index in moving:
        rollouts[index].add_step(writers[index])
    return stack_tensors([writer.steps() for writer in writers], task)


def _widened(step: StackedSteps[Tensor], most: int) -> StackedSteps[Tensor]:
    """Return steps with K = ``most`` choices each."""
    more = most - step.choices.shape[2]
    return step._replace(
        choices=F.pad(step.choices, (0, 0, 0, more)),
        credit=F.pad(step.credit, (0, more)),
        among=F.pad(step.among, (0, more)),
    )
