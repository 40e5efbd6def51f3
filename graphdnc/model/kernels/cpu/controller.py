"""The controller alone, while a description is heard and nothing is read, over NumPy's arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.model.kernels.cpu import bindings
from graphdnc.model.kernels.cpu.buffers import aligned
from graphdnc.model.kernels.cpu.run import flattened
from graphdnc.model.kernels.state import Weights
from graphdnc.utils.arrays import Floats

SEGMENT = 64
"""Steps whose inputs' share of the gates is there at a time."""


class Heard(NamedTuple):
    """What a controller makes of a description of T steps to B episodes."""

    outputs: Floats  # [T, B, hidden]
    hidden: Floats  # [B, hidden] after the last step of each
    cell: Floats  # [B, hidden] likewise


def listen(inputs: Floats, lengths: NDArray[np.int64], weights: Weights[Floats], threads: int) -> Heard:
    """Run all steps ``[T, B, input]`` of ``lengths`` ``[B]`` from the start; what would be read is zeros.

    An episode's outputs past its length are that of its last step.
    """
    steps, batch, shown = inputs.shape
    hidden = weights.hidden.shape[1]
    sizes = bindings.controller_sizes(hidden, batch, steps, min(SEGMENT, steps), threads)
    active = (np.arange(steps)[:, None] < lengths).astype(np.uint8)
    gates, carried = aligned(sizes.segment, batch, 4 * hidden), aligned(steps + 1, batch, hidden)
    cell = aligned(2, batch, hidden)
    carried[0], cell[0] = 0, 0
    tape: dict[str, Any] = dict.fromkeys(bindings.Tape.NAMES)
    tape |= {"active": active, "gates": gates, "carried": carried, "cell": cell}
    taken = bindings.Kernels(sizes, bindings.Tape(**bindings.pointers(bindings.Tape.NAMES, tape)))
    matrices = bindings.Matrices.of(weights.hidden.T)
    seen = bindings.Panels(weights.input[:, :shown].T)
    for first in range(0, steps, sizes.segment):
        some = inputs[first : first + sizes.segment]
        seen.multiply(flattened(some), flattened(gates[: len(some)]), threads, weights.bias)
        taken.listen(matrices, first, len(some))
    return Heard(carried[1:], carried[steps], cell[steps % 2])
