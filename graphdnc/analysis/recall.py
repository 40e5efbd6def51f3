"""Which items of a list are recalled, and in which order: the measures of free recall in people.

An output counts as a recall if all its bits are those of an item that was not recalled before. *First* is the
share of lists whose first recall is at a position. The *lag* of two recalls, one right after the other, is
the distance from the first to the second in the list; its probability is how often it was taken of how often
it could have been, because an item at that distance was still to be recalled (lag-CRP, Kahana 1996).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise, zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.analysis.finding import Finding, Row, interval, share
from graphdnc.datasets.lessons.curriculum import read_lessons
from graphdnc.datasets.lessons.sequences import read_sequence_lessons
from graphdnc.errors import UsageError
from graphdnc.evaluation import Accuracy
from graphdnc.networks.sequence_checkpoint import SequenceCheckpoint
from graphdnc.pictures.charts import Panel, Points, chart
from graphdnc.tasks.sequences.task import BITS, SequenceEpisode, stack
from graphdnc.utils.rng import Purpose, stream

COLUMNS = ("position", "recalled", "first", "lag", "probability")
NETWORK, PEOPLE = "network", "people, 16 words"
"""The mean of 3,528 lists of 16 words (PEERS)."""
_PERCENT = "82 74 67 64 62 60 59 56 57 57 58 58 65 70 82 92"
PEOPLE_RECALLED = [int(number) / 100 for number in _PERCENT.split()]
PEOPLE_FIRST = {1: 0.10, 16: 0.45}
PEOPLE_LAGS = {-3: 0.082, -2: 0.109, -1: 0.261, 1: 0.455, 2: 0.123, 3: 0.094}
Recall = list[int]
"""The positions that were recalled of a list, counted from 0, in the order in which they were said."""


class Measures(NamedTuple):
    """Shares by position in the list, and the probability of each lag."""

    recalled: list[float]
    first: list[float]
    lags: dict[int, float]


def how_lists_are_recalled(checkpoint: SequenceCheckpoint, episodes: int, seed: int) -> Finding:
    """Measure recall of the longest lists of the last lesson, in the memory of the network's own size.

    Raises:
        UsageError: the network is not for free recall.
    """
    task, network = checkpoint.task, checkpoint.network
    if not task.any_order:
        raise UsageError(
            f"{checkpoint.name} was trained for {task.name!r}, which has an order; give free-recall"
        )
    path, table = read_lessons(task.name)
    longest = read_sequence_lessons(str(path), table).lessons[-1]["length"][1]
    rng = stream(Purpose.EVALUATION, seed)
    drawn = [task.draw(rng, {"length": (longest, longest)}) for _ in range(episodes)]
    arrays = stack(drawn)
    state = network.begin(episodes, network.config.memory_rows)
    logits = network.run(arrays.inputs, state, arrays.active)
    recalls = [recall(own, logits[:, number] > 0) for number, own in enumerate(drawn)]
    found = Measures(
        by_position(recalls, longest), firsts(recalls, longest), lag_probabilities(recalls, longest)
    )
    whole = Accuracy(sum(len(own) == longest for own in recalls), episodes)
    said = (
        f"whole lists: {share(whole.share)} ({interval(whole.interval)})",
        f"recalled of {longest}: {sum(found.recalled):.2f}",
    )
    rows = [*_table(found), *((text, *[""] * (len(COLUMNS) - 1)) for text in said)]
    return Finding(COLUMNS, rows, partial(chart, _panels(found), columns=3))


def recall(episode: SequenceEpisode, said: NDArray[np.bool_]) -> Recall:
    """Return what is recalled by outputs ``[T, output]``; repetitions and what is no item are left out."""
    items = {tuple(own > 0.5): number for number, own in enumerate(episode.inputs[~episode.wanted, :BITS])}
    found = (items.get(tuple(own)) for own in said[episode.wanted])
    return list(dict.fromkeys(number for number in found if number is not None))


def by_position(recalls: Sequence[Recall], length: int) -> list[float]:
    """Return the share of lists in which the item at each position is recalled."""
    return [sum(number in own for own in recalls) / len(recalls) for number in range(length)]


def firsts(recalls: Sequence[Recall], length: int) -> list[float]:
    """Return the share of lists in which the item at each position is recalled first."""
    return [sum(own[:1] == [number] for own in recalls) / len(recalls) for number in range(length)]


def lag_probabilities(recalls: Sequence[Recall], length: int) -> dict[int, float]:
    """Return the probability of each lag that could have been taken at all."""
    taken, possible = np.zeros(2 * length), np.zeros(2 * length)
    for own in recalls:
        for place, (before, after) in enumerate(pairwise(own), start=1):
            left = [number for number in range(length) if number not in own[:place]]
            possible[np.array(left) - before + length] += 1
            taken[after - before + length] += 1
    return {int(lag) - length: float(taken[lag] / possible[lag]) for lag in np.flatnonzero(possible)}


def _table(found: Measures) -> list[Row]:
    positions = [
        (str(number), share(recalled), share(first))
        for number, (recalled, first) in enumerate(zip(found.recalled, found.first, strict=True), start=1)
    ]
    near = [lag for lag in sorted(found.lags) if abs(lag) <= len(positions) // 2]
    lags = [(f"{lag:+}", share(found.lags[lag])) for lag in near]
    pairs = zip_longest(positions, lags)
    return [(*(position or ("", "", "")), *(lag or ("", ""))) for position, lag in pairs]


def _panels(found: Measures) -> list[Panel]:
    between = {len(PEOPLE_RECALLED) // 2: float("nan")}  # of people, the first and the last are known
    people = sorted((PEOPLE_FIRST | between).items())
    return [
        _panel("recalled", "position in the list", _counted(found.recalled), _counted(PEOPLE_RECALLED)),
        _panel("recalled first", "position in the list", _counted(found.first), people),
        _panel("next recall", "lag from the recall before", _around(found.lags), _around(PEOPLE_LAGS)),
    ]


def _panel(title: str, along: str, points: Points, people: Points) -> Panel:
    lines = {NETWORK: points, PEOPLE: people}
    return Panel(title, lines, (0.0, 1.0), x_label=along, logarithmic=False)


def _counted(values: Sequence[float]) -> list[tuple[float, float]]:
    return [(number, value) for number, value in enumerate(values, start=1)]


def _around(lags: dict[int, float]) -> list[tuple[float, float]]:
    """Return the points of lags up to five, with a gap at 0, which is no lag."""
    near = {lag: value for lag, value in lags.items() if abs(lag) <= 5}
    return sorted((near | {0: float("nan")}).items())
