"""The steps of one episode after its description: what is shown, and which outputs are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import Labels

BLANK = -1
CHANNEL_NAMES = ("transition", "answer wanted", "planning")
TRANSITION, ANSWER_WANTED, PLANNING = range(3)
"""The binary channels that follow the three labels of every input. Only networks that plan aloud have
``PLANNING``."""


@dataclass(frozen=True)
class Steps:
    """S steps of one episode, in labels, with up to K choices for the output of each.

    Attributes:
        shown: ``[S, 3]`` int64, the triple shown; ``BLANK`` where nothing is shown.
        channels: ``[S, channels]`` float32, the channels that follow the triple.
        choices: ``[S, K, 3]`` int64, the triples that the output is compared with.
        credit: ``[S, K]`` bool, the choices that are right; none if the step has no output.
        among: ``[S, K]`` bool, the choices that the output is limited to; none if it is free.
    """

    shown: NDArray[np.int64]
    channels: NDArray[np.float32]
    choices: NDArray[np.int64]
    credit: NDArray[np.bool_]
    among: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.shown)


class StepsWriter:
    """Collects the steps of an episode."""

    def __init__(self) -> None:
        self._shown: list[Sequence[int]] = []
        self._channels: list[tuple[bool, bool, bool]] = []
        self._choices: list[tuple[list[Sequence[int]], int, bool]] = []

    def add(
        self,
        shown: Sequence[int],
        right: Sequence[Sequence[int]],
        wrong: Sequence[Sequence[int]] | None = None,
        *,
        transition: bool = False,
        answering: bool = False,
        planning: bool = False,
    ) -> None:
        """Add a step that shows a triple of labels; ``right`` are the right outputs.

        If ``wrong`` is given, the output is limited to the right and wrong triples.
        """
        self._shown.append(shown)
        self._channels.append((transition, answering, planning))
        self._choices.append(([*right, *(wrong or ())], len(right), wrong is not None))

    def steps(self) -> Steps:
        """Return all steps added."""
        shown = np.array(self._shown, np.int64).reshape(-1, 3)
        return steps_of(shown, np.array(self._channels, np.float32).reshape(-1, 3), self._choices)


def steps_of(
    shown: NDArray[np.int64],
    channels: NDArray[np.float32],
    choices_of_steps: Sequence[tuple[Sequence[Sequence[int]], int, bool]],
) -> Steps:
    """Return steps from what is shown at each, and from its choices.

    The choices of a step are triples of labels, how many of them (the first ones) are right, and whether the
    output is limited to them.
    """
    most = max((len(triples) for triples, _, _ in choices_of_steps), default=0)
    choices = np.zeros((len(choices_of_steps), most, 3), np.int64)
    credit = np.zeros(choices.shape[:2], bool)
    among = np.zeros(choices.shape[:2], bool)
    for index, (triples, right, closed) in enumerate(choices_of_steps):
        if triples:
            choices[index, : len(triples)] = triples
            credit[index, :right] = True
            among[index, : len(triples)] = closed
    return Steps(shown, channels, choices, credit, among)


def in_labels(triples: Sequence[Sequence[int]] | NDArray[np.int32], labels: Labels) -> list[list[int]]:
    """Return triples of node and relation numbers as triples of labels; ``BLANK`` stays blank."""
    rows = np.array(triples, np.int64).reshape(-1, 3)
    # the blank is number -1, the last one
    nodes, relations = np.append(labels.nodes, BLANK), np.append(labels.relations, BLANK)
    columns = (nodes[rows[:, 0]], relations[rows[:, 1]], nodes[rows[:, 2]])
    listed: list[list[int]] = np.stack(columns, axis=1).tolist()
    return listed
