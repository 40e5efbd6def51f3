"""The steps of an episode, written one by one."""

from __future__ import annotations

import numpy as np
from walk_episodes import GRAPH, LABELS

from graphdnc.episodes.steps import BLANK, StepsWriter, in_labels


def test_steps_are_written_one_by_one() -> None:
    writer = StepsWriter()
    writer.add([1, 2, 3], [], transition=True)
    writer.add([4, BLANK, 5], [[6, 7, 8], [9, 9, 9]], planning=True)
    writer.add([0, 0, 0], [[1, 1, 1]], [[2, 2, 2], [3, 3, 3]], answering=True, transition=True)
    writer.add([0, 0, 0], [[1, 1, 1]], [], answering=True)
    steps = writer.steps()
    assert len(steps) == 4
    assert steps.shown.tolist() == [[1, 2, 3], [4, -1, 5], [0, 0, 0], [0, 0, 0]]
    #                          transition, answer wanted, planning
    assert steps.channels.tolist() == [[1, 0, 0], [0, 0, 1], [1, 1, 0], [0, 1, 0]]
    assert steps.choices.shape == (4, 3, 3)
    assert steps.choices[1, :2].tolist() == [[6, 7, 8], [9, 9, 9]]
    assert steps.choices[2].tolist() == [[1, 1, 1], [2, 2, 2], [3, 3, 3]]
    first, none = [True, False, False], [False] * 3
    assert steps.credit.tolist() == [none, [True, True, False], first, first]
    assert steps.among.tolist() == [none, none, [True] * 3, first]
    assert (steps.channels.dtype, steps.shown.dtype) == (np.float32, np.int64)


def test_no_steps_are_none() -> None:
    steps = StepsWriter().steps()
    assert len(steps) == 0
    assert steps.shown.shape == steps.channels.shape == (0, 3)


def test_numbers_become_labels_and_blanks_stay() -> None:
    assert in_labels([(0, 1, 3), (BLANK, 0, BLANK), (2, BLANK, 1)], LABELS) == [
        [500, 123, 999],
        [BLANK, 0, BLANK],
        [90, BLANK, 7],
    ]
    assert in_labels([], LABELS) == []
    assert in_labels(GRAPH.triples[:1], LABELS) == [[500, 0, 7]]
