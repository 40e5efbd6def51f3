"""What a network forgets once its memory is full: answers by the age of the fact, beside exact rules.

The age is how many facts were shown after the one that is asked for. The rules keep one whole fact in a row
(``keeping.py``); a network may do more, or less.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.analysis import keeping
from graphdnc.analysis.finding import Finding, Row, interval, share
from graphdnc.datasets.lessons.curriculum import read_lessons
from graphdnc.datasets.lessons.sequences import read_sequence_lessons
from graphdnc.errors import UsageError
from graphdnc.evaluation import Accuracy
from graphdnc.networks.sequence_checkpoint import SequenceCheckpoint
from graphdnc.pictures.charts import Panel, chart
from graphdnc.tasks.sequences.facts import FactStream
from graphdnc.tasks.sequences.task import SequenceEpisode, said_right, stack
from graphdnc.utils.rng import Purpose, stream

NETWORK = "network"
RULES: dict[str, keeping.Rule] = {
    "the first kept": keeping.first_kept,
    "oldest overwritten": keeping.oldest_overwritten,
    "least read overwritten": keeping.least_read_overwritten,
    "best possible": keeping.best_possible,
}
COLUMNS = ("questions about", "questions", NETWORK, "95% interval", *RULES)
HALF = 50
"""Percent of questions by popularity from which an episode counts as one about popular facts."""


class Questions(NamedTuple):
    """Q questions: the age of the fact, the percentage ``popular`` of the episode, and who is right."""

    age: NDArray[np.int64]  # [Q]
    popular: NDArray[np.int64]  # [Q]
    right: dict[str, NDArray[np.bool_]]  # [Q], of the network and by each rule


def what_is_forgotten(checkpoint: SequenceCheckpoint, episodes: int, seed: int) -> Finding:
    """Measure answers in the longest streams of the last lesson, in the memory of the network's own size.

    Raises:
        UsageError: the network is not for streams of facts.
    """
    task, network = checkpoint.task, checkpoint.network
    if not isinstance(task, FactStream):
        raise UsageError(
            f"{checkpoint.name} was trained for {task.name!r}; forgetting is measured of {FactStream.name!r}"
        )
    path, table = read_lessons(task.name)
    ranges = dict(read_sequence_lessons(str(path), table).lessons[-1])
    facts, rows = ranges["facts"][1], network.config.memory_rows
    rng = stream(Purpose.EVALUATION, seed)
    drawn = [task.draw(rng, ranges | {"facts": (facts, facts)}) for _ in range(episodes)]
    arrays = stack(drawn)
    logits = network.run(arrays.inputs, network.begin(episodes, rows), arrays.active)
    steps = said_right(logits, arrays)[1]
    found = questions_of(task, drawn, steps[1::2].T, rows)
    title = f"{facts} facts, {rows} rows"
    return Finding(COLUMNS, _table(found), partial(chart, [_panel(title, found)]))


def questions_of(
    task: FactStream, episodes: Sequence[SequenceEpisode], right: NDArray[np.bool_], rows: int
) -> Questions:
    """Return the questions of episodes of F facts each, ``right`` ``[episodes, F]`` by the network."""
    asked = [task.asked(own) for own in episodes]
    facts = right.shape[1]
    answered = {name: np.concatenate([rule(own, rows) for own in asked]) for name, rule in RULES.items()}
    return Questions(
        age=np.concatenate([np.arange(facts) - own for own in asked]),
        popular=np.repeat([own.sizes["popular"] for own in episodes], facts),
        right={NETWORK: right.ravel(), **answered},
    )


def _table(found: Questions) -> list[Row]:
    rows, first, oldest = [], 0, int(found.age.max())
    while first <= oldest:
        last = min(max(2 * first - 1, first), oldest)
        words = f"a fact of age {first}" if first == last else f"a fact of age {first}-{last}"
        rows.append(_row(words, found, (found.age >= first) & (found.age <= last)))
        first = last + 1
    rows.append(_row("any fact", found, found.age >= 0))
    rows.append(_row(f"any, most by age (popular 0-{HALF - 1})", found, found.popular < HALF))
    rows.append(_row(f"any, most by rank (popular {HALF}-100)", found, found.popular >= HALF))
    return rows


def _row(words: str, found: Questions, which: NDArray[np.bool_]) -> Row:
    count = int(which.sum())
    if not count:
        return (words, "0", *[""] * (len(COLUMNS) - 2))
    right = {name: Accuracy(int(own[which].sum()), count) for name, own in found.right.items()}
    own = right.pop(NETWORK)
    return (
        words,
        f"{count:,}",
        share(own.share),
        interval(own.interval),
        *(share(rule.share) for rule in right.values()),
    )


def _panel(title: str, found: Questions) -> Panel:
    ages = np.unique(found.age).tolist()
    lines = {
        name: [(age, float(own[found.age == age].mean())) for age in ages]
        for name, own in found.right.items()
    }
    return Panel(title, lines, (0.0, 1.0), x_label="age of the fact", logarithmic=False)
