"""The controller alone, over NumPy arrays, for a description during which nothing is read."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.cpu import bindings
from graphdnc.model.kernels.cpu.buffers import aligned
from graphdnc.model.kernels.cpu.run import flattened, split_arrays
from graphdnc.model.kernels.state import Weights
from graphdnc.utils.arrays import Floats

SEGMENT = 64
"""Steps whose inputs are multiplied at a time."""


class ControllerRun(NamedTuple):
    """The results of running the controller over T steps of B episodes."""

    outputs: Floats  # [T, B, hidden], of all layers
    hidden: Floats  # [B, hidden] after the last step of each episode
    cell: Floats  # [B, hidden] likewise


def run_controller(
    inputs: Floats, lengths: NDArray[np.int64], weights: Weights[Floats], config: DNCConfig, threads: int
) -> ControllerRun:
    """Run the controller from zeros over the first ``lengths`` ``[B]`` steps of inputs ``[T, B, input]``.

    Reads are zeros. After the end of an episode, the outputs of its last step are repeated.
    """
    steps, batch, _ = inputs.shape
    hidden = config.controller_layers * config.controller_size
    sizes = bindings.controller_sizes(config, batch, steps, min(SEGMENT, steps), threads)
    active = (np.arange(steps)[:, None] < lengths).astype(np.uint8)
    gates, recurrent = aligned(sizes.segment, batch, 4 * hidden), aligned(steps + 1, batch, hidden)
    sums = aligned(*gates.shape) if config.layer_norm else gates
    cell = aligned(2, batch, hidden)
    recurrent[0], cell[0] = 0, 0
    tape: dict[str, Any] = dict.fromkeys(bindings.Tape.NAMES)
    tape |= {"active": active, "sums": sums, "gates": gates, "recurrent": recurrent, "cell": cell}
    kernels = bindings.Kernels(sizes, bindings.Tape(**bindings.pointers(bindings.Tape.NAMES, tape)))
    own = split_arrays(weights, config)
    parameters = bindings.Parameters.of(own._asdict() | _without_reads(weights, config))
    input_weights, bias = bindings.PackedMatrix(own.input.T), None if config.layer_norm else own.bias
    for first in range(0, steps, sizes.segment):
        segment = inputs[first : first + sizes.segment]
        input_weights.multiply(flattened(segment), flattened(sums[: len(segment)]), threads, bias)
        kernels.run_controller(parameters, first, len(segment))
    return ControllerRun(recurrent[1:], recurrent[steps], cell[steps % 2])


def _without_reads(weights: Weights[Floats], config: DNCConfig) -> dict[str, Floats | None]:
    """Return what replaces the matrices that lead from reads, or to the interface vector."""
    absent = dict.fromkeys(("upper_reads", "interface_hidden", "interface_reads"))
    return absent | {"recurrent": weights.hidden[: 4 * config.controller_size]}
