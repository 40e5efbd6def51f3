"""The controller alone, over NumPy arrays, for a description during which nothing is read."""

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
"""Steps whose inputs are multiplied at a time."""


class ControllerRun(NamedTuple):
    """The results of running the controller over T steps of B episodes."""

    outputs: Floats  # [T, B, hidden]
    hidden: Floats  # [B, hidden] after the last step of each episode
    cell: Floats  # [B, hidden] likewise


def run_controller(
    inputs: Floats, lengths: NDArray[np.int64], weights: Weights[Floats], threads: int
) -> ControllerRun:
    """Run the controller from zeros over the first ``lengths`` ``[B]`` steps of inputs ``[T, B, input]``.

    Reads are zeros. After the end of an episode, the outputs of its last step are repeated.
    """
    steps, batch, input_size = inputs.shape
    hidden = weights.hidden.shape[1]
    sizes = bindings.controller_sizes(hidden, batch, steps, min(SEGMENT, steps), threads)
    active = (np.arange(steps)[:, None] < lengths).astype(np.uint8)
    gates, recurrent = aligned(sizes.segment, batch, 4 * hidden), aligned(steps + 1, batch, hidden)
    cell = aligned(2, batch, hidden)
    recurrent[0], cell[0] = 0, 0
    tape: dict[str, Any] = dict.fromkeys(bindings.Tape.NAMES)
    tape |= {"active": active, "gates": gates, "recurrent": recurrent, "cell": cell}
    kernels = bindings.Kernels(sizes, bindings.Tape(**bindings.pointers(bindings.Tape.NAMES, tape)))
    matrices = bindings.Matrices.pack(weights.hidden.T)
    input_weights = bindings.PackedMatrix(weights.input[:, :input_size].T)
    for first in range(0, steps, sizes.segment):
        segment = inputs[first : first + sizes.segment]
        input_weights.multiply(flattened(segment), flattened(gates[: len(segment)]), threads, weights.bias)
        kernels.run_controller(matrices, first, len(segment))
    return ControllerRun(recurrent[1:], recurrent[steps], cell[steps % 2])
