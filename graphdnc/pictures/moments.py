"""A trace as JSON values for the page: what happened in the memory at each step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from graphdnc.answering.trace import Trace
from graphdnc.tasks.reading import Step
from graphdnc.utils.arrays import Floats

if TYPE_CHECKING:
    from graphdnc.model.recording import Recording

LEAST, MOST = 0.02, 8
"""The least weight that is shown, and the maximum number of rows of a weighting that are."""
_CHANGED = 0.01


def memory_of(trace: Trace) -> dict[str, Any]:
    """Return a trace as JSON values; ``page/memory.js`` says what is made of each."""
    recording = trace.recording
    _, readers, rows = recording.read_weights.shape
    return {
        "rows": rows,
        "described": trace.described,
        "readers": readers,
        "writers": recording.write_weights.shape[1],
        "phases": [[name, len(list(steps))] for name, steps in groupby(trace.steps, lambda step: step.phase)],
        "changes": recording.changes.tolist(),
        "steps": [_step(step, recording, number) for number, step in enumerate(trace.steps)],
        "usage": list(_usage(recording.usage)),
        "modes": _folded_modes(recording),
    }


def said_at(trace: Trace) -> dict[frozenset[str | None], int]:
    """Return for two nodes the step in which a triple between them was said first, in the answer if it was.

    Of a shortest path only the target is said; the source is the target before.
    """
    found: dict[frozenset[str | None], int] = {}
    answered: dict[frozenset[str | None], int] = {}
    here = None
    for number, step in enumerate(trace.steps):
        if step.said is None:
            continue
        source, _, target = step.said
        found.setdefault(frozenset((source, target)), number)
        if step.phase == "answer":
            answered.setdefault(frozenset((source, target)), number)
            if here is not None:
                answered.setdefault(frozenset((here, target)), number)
            here = target
    return found | answered


def _step(step: Step, recording: Recording, number: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "heard": list(step.heard),
        "writes": [_rows(weights) for weights in recording.write_weights[number]],
        "reads": [_rows(weights) for weights in recording.read_weights[number]],
        "gates": _rounded(recording.write_gates[number]),
        "allocation": _rounded(recording.allocation_gates[number]),
        "free": _rounded(recording.free_gates[number]),
        "links": [
            [source, round(strength, 2)] if source >= 0 else None
            for source, strength in zip(
                recording.link_sources[number].tolist(),
                recording.link_strengths[number].tolist(),
                strict=True,
            )
        ],
    }
    if step.said is not None and step.phase != "recall":
        found["said"] = list(step.said)
    if step.instruction is not None:
        found["instruction"] = step.instruction
    return found


def _rows(weights: Floats) -> list[list[float]]:
    """Return the rows with the largest weights, and these weights."""
    places = np.flatnonzero(weights >= LEAST)
    best = places[np.argsort(-weights[places], kind="stable")][:MOST].tolist()
    return [[row, round(float(weights[row]), 3)] for row in best]


def _rounded(values: Floats) -> list[float]:
    return [round(value, 2) for value in values.tolist()]


def _folded_modes(recording: Recording) -> list[list[list[float]]]:
    """Return for each step and head the shares of backward, content and forward."""
    modes = recording.read_modes
    writers = modes.shape[-1] // 2
    parts = (modes[..., :writers].sum(-1), modes[..., writers], modes[..., writers + 1 :].sum(-1))
    folded: list[list[list[float]]] = np.round(np.stack(parts, axis=-1), 2).astype(float).tolist()
    return [[[round(share, 2) for share in head] for head in step] for step in folded]


def _usage(usage: Floats) -> Iterator[list[list[float]]]:
    """Yield for each step the rows whose usage changed, and their usage."""
    shown = np.zeros(usage.shape[1], np.float32)
    for now in usage:
        changed = np.flatnonzero(abs(now - shown) > _CHANGED)
        shown[changed] = now[changed]
        yield [[row, round(float(now[row]), 2)] for row in changed.tolist()]
