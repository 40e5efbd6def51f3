"""Moves that are sometimes the network's own: its teacher shows the right one from wherever it has come.

The paper trains shortest paths so (Graves et al. 2016, Methods; after Ross et al. 2011): at each move the
network is told all that begin a shortest way from the node it is at, and then the teacher's move is taken, or
the one that the network holds for best.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.episodes.encoding import Together, input_size, most_probable
from graphdnc.episodes.labels import LabelCode
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.search import Statement, add_move
from graphdnc.episodes.steps import BLANK, StepsWriter
from graphdnc.graph import Triple
from graphdnc.model.dnc import DNC, DNCState
from graphdnc.oracle.distances import distances
from graphdnc.questions import ShortestPath
from graphdnc.training.tensors import Batch, teach_together
from graphdnc.utils.arrays import Floats

_LONGEST = 2
"""An episode ends after so many times the moves it takes at least."""


def answer_mixed(
    network: DNC,
    batch: Batch,
    state: DNCState,
    code: LabelCode,
    planning: Planning,
    teacher: float,
    rng: np.random.Generator,
) -> tuple[Tensor, Batch]:
    """Plan as in the batch, then move; return logits ``[S, B, output]`` and the batch of what was done.

    ``teacher`` is the share of moves that are the teacher's.
    """
    logits, state = network(batch.steps, state, batch.active & ~batch.answering)
    walk = _Walk(batch, code, planning)
    said, done = [logits], [_planned(batch)]
    while walking := walk.walking():
        step = walk.next_step(walking)
        moved, state = network(step.steps.to(logits.device), state, step.active.to(logits.device))
        walk.move(walking, moved[0].detach().cpu().numpy(), teacher, rng)
        said.append(moved)
        done.append(Together(*(value.to(logits.device) for value in step)))
    most = max(step.choices.shape[2] for step in done)
    steps = Together(*map(torch.cat, zip(*(_widened(step, most) for step in done), strict=True)))
    return torch.cat(said), replace(batch, **steps._asdict())


def _planned(batch: Batch) -> Together[Tensor]:
    """Return the steps of a batch without its answers."""
    planning = ~batch.answering
    return Together(
        steps=batch.steps,
        active=batch.active & planning,
        answering=torch.zeros_like(batch.answering),
        choices=batch.choices,
        credit=batch.credit & planning.unsqueeze(-1),
        among=batch.among & planning.unsqueeze(-1),
    )


def _widened(step: Together[Tensor], most: int) -> Together[Tensor]:
    """Return steps with K = ``most`` choices each."""
    more = most - step.choices.shape[2]
    return step._replace(
        choices=F.pad(step.choices, (0, 0, 0, more)),
        credit=F.pad(step.credit, (0, more)),
        among=F.pad(step.among, (0, more)),
    )


class _Walk:
    """Where B episodes are on their way."""

    def __init__(self, batch: Batch, code: LabelCode, planning: Planning) -> None:
        self.batch, self.code, self.planning = batch, code, planning
        self.goals, self.heard = [], []
        for example in batch.examples:
            assert isinstance(example.question, ShortestPath)
            self.goals.append(example.question.goal)
            self.heard.append((BLANK, BLANK, example.question.start))
        pairs = zip(batch.examples, self.goals, strict=True)
        self.away = [distances(example.graph, goal) for example, goal in pairs]
        self.left = [_LONGEST * len(example.answer) for example in batch.examples]
        self.first = True

    def walking(self) -> list[int]:
        """Return the episodes that are not at their goal, and may go on from where they are."""
        return [
            index
            for index, heard in enumerate(self.heard)
            if self.left[index] and heard[2] != self.goals[index] and self.away[index][heard[2]] > 0
        ]

    def next_step(self, walking: list[int]) -> Together[Tensor]:
        """Return the next answer step of all episodes, empty for those that are not ``walking``."""
        writers = [StepsWriter() for _ in self.heard]
        for index in walking:
            example, labels = self.batch.examples[index], self.batch.labels[index]
            heard, away = self.heard[index], self.away[index]
            add_move(writers[index], example.graph, away, heard, labels, self.planning, self.first)
        self.first = False
        channels = input_size(self.code, self.planning) - 3 * self.code.width
        return teach_together([writer.steps() for writer in writers], self.code, channels)

    def move(self, walking: list[int], logits: Floats, teacher: float, rng: np.random.Generator) -> None:
        """Take one move in every episode that is ``walking``, given logits ``[B, output]``."""
        for index in walking:
            taught = rng.random() < teacher
            move = self._taught(index, rng) if taught else self._preferred(index, logits[index])
            self.heard[index] = move
            self.left[index] -= 1

    def _taught(self, index: int, rng: np.random.Generator) -> Statement:
        away, node = self.away[index], self.heard[index][2]
        right = [triple for triple in self._leaving(index) if away[triple.target] == away[node] - 1]
        return right[int(rng.integers(len(right)))]

    def _preferred(self, index: int, logits: Floats) -> Statement:
        return most_probable(logits, self._leaving(index), self.batch.labels[index], self.code)[0]

    def _leaving(self, index: int) -> tuple[Triple, ...]:
        return self.batch.examples[index].graph.leaving(self.heard[index][2])
