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

from graphdnc.episodes.encoding import Batch, Together, input_size, lay_together, log_probabilities
from graphdnc.episodes.labels import LabelCode
from graphdnc.episodes.search import Planning, Statement, add_move
from graphdnc.episodes.steps import BLANK, StepsWriter, in_labels
from graphdnc.graph import Triple
from graphdnc.model.dnc import DNC, DNCState
from graphdnc.oracle import distances
from graphdnc.questions import ShortestPath

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
    while walk.open():
        step = walk.next_step()
        moved, state = network(step.shown.to(logits.device), state, step.active.to(logits.device))
        walk.move(moved[0].detach().cpu(), teacher, rng)
        said.append(moved)
        done.append(Together(*(value.to(logits.device) for value in step)))
    most = max(step.choices.shape[2] for step in done)
    steps = Together(
        *(torch.cat([_widened(value, most) for value in values]) for values in zip(*done, strict=True))
    )
    walked = replace(
        batch,
        steps=steps.shown,
        active=steps.active,
        answering=steps.answering,
        choices=steps.choices,
        credit=steps.credit,
        among=steps.among,
    )
    return torch.cat(said), walked


def _planned(batch: Batch) -> Together:
    """Return the steps of a batch without its answers."""
    planning = ~batch.answering
    return Together(
        shown=batch.steps,
        active=batch.active & planning,
        answering=torch.zeros_like(batch.answering),
        choices=batch.choices,
        credit=batch.credit & planning.unsqueeze(-1),
        among=batch.among & planning.unsqueeze(-1),
    )


def _widened(value: Tensor, most: int) -> Tensor:
    """Return choices ``[S, B, K, 3]``, or what belongs to them ``[S, B, K]``, with K = ``most``."""
    if value.dtype == torch.int64:
        return F.pad(value, (0, 0, 0, most - value.shape[2]))
    return (
        F.pad(value, (0, most - value.shape[2])) if value.dtype == torch.bool and value.dim() == 3 else value
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

    def open(self) -> list[int]:
        """Return the episodes that are not at their goal, and may go on from where they are."""
        return [
            index
            for index, heard in enumerate(self.heard)
            if self.left[index] and heard[2] != self.goals[index] and self.away[index][heard[2]] > 0
        ]

    def next_step(self) -> Together:
        """Return the next answer step of all episodes."""
        writers = [StepsWriter() for _ in self.heard]
        for index in self.open():
            example, labels = self.batch.examples[index], self.batch.labels[index]
            heard, away = self.heard[index], self.away[index]
            add_move(writers[index], example.graph, away, heard, labels, self.planning, self.first)
        self.first = False
        channels = input_size(self.code, self.planning) - 3 * self.code.width
        return lay_together([writer.steps() for writer in writers], self.code, channels)

    def move(self, logits: Tensor, teacher: float, rng: np.random.Generator) -> None:
        """Take one move in every open episode, given logits ``[B, output]``."""
        for index in self.open():
            taught = rng.random() < teacher
            move = self._taught(index, rng) if taught else self._preferred(index, logits[index])
            self.heard[index] = move
            self.left[index] -= 1

    def _taught(self, index: int, rng: np.random.Generator) -> Statement:
        away, node = self.away[index], self.heard[index][2]
        right = [triple for triple in self._leaving(index) if away[triple.target] == away[node] - 1]
        return right[int(rng.integers(len(right)))]

    def _preferred(self, index: int, logits: Tensor) -> Statement:
        leaving = self._leaving(index)
        choices = torch.tensor(in_labels(leaving, self.batch.labels[index]))
        return leaving[int(log_probabilities(logits, choices, self.code).argmax())]

    def _leaving(self, index: int) -> tuple[Triple, ...]:
        return self.batch.examples[index].graph.leaving(self.heard[index][2])
