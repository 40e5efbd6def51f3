"""Allocation and free gates while sequences are copied through few rows (paper, Extended Data Fig. 1).

Each step is recorded. A piece is a run of steps that show vectors and the steps that ask for them again; the
table has the mean over all pieces of each step of a piece, and the figure one episode.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.analysis.finding import Finding, Row, interval, share
from graphdnc.answering.trace import record
from graphdnc.datasets.lessons.curriculum import read_lessons
from graphdnc.datasets.lessons.sequences import read_sequence_lessons
from graphdnc.evaluation import Accuracy
from graphdnc.model.recording import Recording
from graphdnc.networks.sequence_checkpoint import SequenceCheckpoint
from graphdnc.pictures.allocation import allocation
from graphdnc.tasks.sequences.task import SequenceEpisode
from graphdnc.utils.rng import Purpose, stream

COLUMNS = ("step of a piece", "steps", "write gate", "allocation gate", "free gates", "rows in use")
IN_USE = 0.5
"""A row is in use if its usage is greater."""


def how_rows_are_reused(checkpoint: SequenceCheckpoint, episodes: int, seed: int) -> Finding:
    """Record episodes of the last lesson and average gates and usage by step of a piece."""
    task, rows = checkpoint.task, checkpoint.network.config.memory_rows
    path, table = read_lessons(task.name)
    ranges = read_sequence_lessons(str(path), table).lessons[-1]
    rng = stream(Purpose.EVALUATION, seed)
    drawn = [task.draw(rng, ranges) for _ in range(episodes)]
    recorded = [record(checkpoint.network, own.inputs, 0, rows) for own in drawn]
    steps: dict[str, list[NDArray[np.float64]]] = {}
    for own, recording in zip(drawn, recorded, strict=True):
        measured = _measured(recording)
        for number, name in enumerate(step_names(own)):
            steps.setdefault(name, []).append(measured[number])
    found: list[Row] = []
    for name, values in steps.items():
        *gates, used = np.mean(values, axis=0).tolist()
        found.append((name, f"{len(values):,}", *(f"{gate:.2f}" for gate in gates), f"{used:.1f} of {rows}"))
    right = Accuracy(sum(map(_is_right, drawn, recorded)), episodes)
    found.append(
        (f"whole sequences right: {share(right.share)} ({interval(right.interval)})", f"{episodes:,}")
    )
    vectors = int((~drawn[0].wanted).sum())
    title = f"{checkpoint.name}: {vectors} vectors through {rows} rows"
    return Finding(
        COLUMNS,
        [(*row, *[""] * (len(COLUMNS) - len(row))) for row in found],
        lambda format: allocation(title, recorded[0], drawn[0].wanted, format),
    )


def step_names(episode: SequenceEpisode) -> list[str]:
    """Return the name of each step: whether a vector is shown or said, and the how manieth of its piece."""
    names: list[str] = []
    number, before = 0, None
    for wanted in episode.wanted.tolist():
        number = number + 1 if wanted == before else 1
        names.append(f"{'said' if wanted else 'shown'} {number}")
        before = wanted
    return names


def _measured(recording: Recording) -> NDArray[np.float64]:
    """Return for each step the write gate, allocation gate, mean free gate and number of rows in use."""
    in_use = (recording.usage > IN_USE).sum(-1)
    gates = (recording.write_gates, recording.allocation_gates, recording.free_gates)
    return np.stack([*(own.mean(-1) for own in gates), in_use], axis=1).astype(np.float64)


def _is_right(episode: SequenceEpisode, recording: Recording) -> bool:
    said = recording.outputs[episode.wanted] > 0
    return bool((said == (episode.targets[episode.wanted] > 0.5)).all())
