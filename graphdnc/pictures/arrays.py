"""A trace as a file of arrays, for numpy and whatever reads its files."""

from __future__ import annotations

import io

import numpy as np

from graphdnc.answering.trace import Trace
from graphdnc.tasks.reading import Named


def as_npz(trace: Trace) -> bytes:
    """Return all that happened in a trace as the bytes of an ``.npz`` file.

    It has the arrays of :class:`graphdnc.model.recording.Recording` under their names, and ``phases``
    ``[T]``, ``heard`` ``[T, 3]``, ``said`` ``[T, 3]``, ``instructions`` ``[T]``, all text, empty where
    there is none, and ``described``, the number of steps of the description.
    """
    none: Named = (None, None, None)
    steps = trace.steps
    file = io.BytesIO()
    np.savez_compressed(
        file,
        allow_pickle=False,
        **trace.recording._asdict(),
        phases=np.array([step.phase for step in steps]),
        heard=np.array([_text(step.heard) for step in steps]),
        said=np.array([_text(step.said or none) for step in steps]),
        instructions=np.array([step.instruction or "" for step in steps]),
        described=np.array(trace.described),
    )
    return file.getvalue()


def _text(triple: Named) -> list[str]:
    return ["" if part is None else part for part in triple]
