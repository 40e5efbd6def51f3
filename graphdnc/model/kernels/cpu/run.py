"""The recurrent steps by the kernels, over NumPy arrays; torch is not needed.

For the backward pass, memory and links are saved only before the first step of each segment of steps.

Shapes: S steps, B episodes, N rows padded to ``stride``, W columns, R read heads; the last M rows have links.
``hidden`` are the values of all layers of the controller. The last reads and the hidden values are one array
``recurrent`` ``[B, R * W + hidden]``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.cpu import bindings
from graphdnc.model.kernels.cpu.buffers import Buffers, aligned
from graphdnc.model.kernels.state import End, SplitWeights, Start, Weights, split
from graphdnc.utils.arrays import Floats


class Run:
    """A run of steps and its buffers. With ``keep`` it keeps everything that the backward pass needs.

    Without ``keep`` more than S steps can be run: further steps reuse the buffers of earlier ones.
    """

    def __init__(
        self,
        config: DNCConfig,
        steps: int,
        active: NDArray[Any] | None,
        linkable: NDArray[np.int64] | None,
        start: Start[Floats],
        keep: bool = False,
        threads: int = 1,
    ) -> None:
        assert all(value.dtype == np.float32 for value in start), "the kernels read float32"
        self.config, self.keep, self.threads = config, keep, threads
        self.batch, self.rows = start.memory.shape[:2]
        self.steps, linked = steps, start.links.shape[1]
        assert active is None or active.shape == (steps, self.batch)
        assert linked == self.rows or linkable is not None or config.links == "off"
        self.read_size = config.read_heads * config.memory_width
        self.hidden_size = config.controller_layers * config.controller_size
        self.sizes = bindings.sizes(config, self.batch, self.rows, linked, steps, keep, threads)
        unlinked = max(self.rows - linked - self.sizes.link_first, 0)
        self.linked = slice(unlinked, unlinked + linked)
        self.tape = self._tape(start, active, linkable)
        addresses = bindings.pointers(bindings.Tape.NAMES, self.tape)
        self.kernels = bindings.Kernels(self.sizes, bindings.Tape(**addresses))

    def forward(self, inputs: Floats, weights: PackedWeights) -> End[Floats]:
        """Run all steps of inputs ``[S, B, input]``; return what they give and the state after them."""
        return self.end(self.steps, self.run_all(inputs, weights))

    def run_all(self, inputs: Floats, weights: PackedWeights) -> Floats:
        """Run all steps of inputs ``[S, B, input]``; return reads and hidden values ``[S, B, recurrent]``."""
        for first in self.segments:
            self.run_segment(first, inputs[first : first + self.sizes.segment], weights)
        recurrent: Floats = self.tape["recurrent"][1:]
        return recurrent

    def run_segment(self, first: int, inputs: Floats, weights: PackedWeights) -> None:
        """Run steps ``first`` to ``first + K``, at most a segment, of inputs ``[K, B, input]``."""
        self._multiply_inputs(first, inputs, weights)
        self.kernels.forward(weights.parameters, first, len(inputs))

    def _multiply_inputs(self, first: int, inputs: Floats, weights: PackedWeights) -> None:
        """Begin the sums of gates and interface vectors of several steps with the part of the inputs."""
        slot, flat = first % self.sizes.gate_slots, flattened(inputs)
        sums = flattened(self.tape["sums"][slot : slot + len(inputs)])
        weights.gates_input.multiply(flat, sums, self.threads, weights.input_bias)
        if weights.interface_input is not None:
            interface = flattened(self.tape["interface"][slot : slot + len(inputs)])
            weights.interface_input.multiply(flat, interface, self.threads, weights.interface_bias)

    @property
    def segments(self) -> range:
        """The first step of each segment."""
        return range(0, self.steps, self.sizes.segment)

    @property
    def _some_linked(self) -> bool:
        """Whether some rows have links and others have none."""
        return not self.config.link_description and self.config.links != "off"

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        z, hidden = self.sizes, self.hidden_size
        return {
            "sums": (z.gate_slots * self.config.layer_norm, z.batch, 4 * hidden),
            "gates": (z.gate_slots, z.batch, 4 * hidden),
            "interface": (z.gate_slots, z.batch, z.interface_size),
            "cell": (z.slots, z.batch, hidden),
            "memory": (z.batch, z.width, z.stride),
            "links": (z.batch, z.link_rows, z.link_stride),
            "precedence": (z.batch, z.link_stride),
            "usage": (z.slots, z.batch, z.stride),
            "order": (z.slots, z.batch, z.stride),
            "write_weights": (z.slots, z.batch, z.stride),
            "link_write_weights": (z.slots * self._some_linked, z.batch, z.link_stride),
            "read_weights": (z.slots, z.batch, z.heads, z.stride),
            "content": (z.slots, z.batch, z.heads, z.stride),
            "write_content": (z.slots * (not self.config.allocate_only), z.batch, z.stride),
            "snapshots": (len(self.segments) * self.keep, z.batch, bindings.snapshot_size(z)),
        }

    def _tape(
        self, start: Start[Floats], active: NDArray[Any] | None, linkable: NDArray[np.int64] | None
    ) -> dict[str, Any]:
        tape: dict[str, Any] = Buffers(self._shapes(), self).named
        if not self.keep:
            tape["snapshots"] = None
        if not self.config.layer_norm:
            tape["sums"] = tape["gates"]
        tape["active"] = None if active is None else np.ascontiguousarray(active, np.uint8)
        tape["linkable"] = linkable if self._some_linked else None
        blocks = self.sizes.link_rows // bindings.ROW_BLOCK
        tape["linked_columns"] = np.empty((self.batch, blocks), dtype=np.uint64)
        # not one of the reused buffers, because it is returned
        tape["recurrent"] = aligned(self.steps + 1, self.batch, self.read_size + self.hidden_size)
        tape["order"] = tape["order"].view(np.int32)
        self._set_start(tape, start)
        return tape

    def _set_start(self, tape: dict[str, Any], start: Start[Floats]) -> None:
        """Copy the state before the first step to the tape."""
        recurrent, unlinked = tape["recurrent"], self.linked.start
        recurrent[0, :, : self.read_size], recurrent[0, :, self.read_size :] = start.reads, start.hidden
        tape["cell"][0] = start.cell
        pad(start.memory.swapaxes(1, 2), tape["memory"])
        pad(start.links, tape["links"], unlinked, unlinked)
        clear_diagonal(tape["links"])
        pad(start.precedence, tape["precedence"], 0, unlinked)
        pad(start.usage, tape["usage"][0])
        pad(start.write_weights, tape["write_weights"][0])
        pad(start.read_weights, tape["read_weights"][0])
        tape["order"][0, :, : self.rows] = np.arange(self.rows)

    def end(self, step: int, recurrent: Floats) -> End[Floats]:
        """Return a copy of the state before step number ``step``, once all steps before it were run."""
        slot, rows = step % self.sizes.slots, self.rows
        return End(
            recurrent=recurrent,
            cell=self.tape["cell"][slot].copy(),
            memory=self.tape["memory"][..., :rows].copy().swapaxes(1, 2),
            usage=self.tape["usage"][slot, ..., :rows].copy(),
            write_weights=self.tape["write_weights"][slot, ..., :rows].copy(),
            read_weights=self.tape["read_weights"][slot, ..., :rows].copy(),
            links=self.tape["links"][:, self.linked, self.linked].copy(),
            precedence=self.tape["precedence"][:, self.linked].copy(),
        )


class PackedWeights:
    """The weights of a network, packed for the forward pass."""

    def __init__(self, weights: Weights[Floats], config: DNCConfig) -> None:
        own = split_arrays(weights, config)
        # with layer norm the bias is added after it, in each step
        self.input_bias, self.interface_bias = None if config.layer_norm else own.bias, own.interface_bias
        self.gates_input = bindings.PackedMatrix(own.input.T)
        self.interface_input = (
            None if own.interface_input is None else bindings.PackedMatrix(own.interface_input.T)
        )
        self.parameters = bindings.Parameters.of(own._asdict())


class StepRunner:
    """Runs any number of steps one at a time, in the buffers of a single step."""

    def __init__(
        self,
        config: DNCConfig,
        weights: PackedWeights,
        output: bindings.PackedMatrix,
        start: Start[Floats],
        linkable: NDArray[np.int64] | None,
        threads: int,
    ) -> None:
        """Begin at a state; ``output`` is a matrix ``[R * W + hidden, output]``."""
        active = np.ones((1, len(start.memory)), np.uint8)
        self._run, self._done = Run(config, 1, active, linkable, start, threads=threads), 0
        self._active, self._recurrent = self._run.tape["active"][0], self._run.tape["recurrent"]
        self._weights, self._output = weights, output

    def step(self, inputs: Floats, active: NDArray[np.bool_] | None) -> Floats:
        """Run a step with inputs ``[B, input]``; return its output ``[B, output]``."""
        self._active[:] = True if active is None else active
        self._run.run_segment(self._done, np.ascontiguousarray(inputs, np.float32)[None], self._weights)
        self._done += 1
        return product(self._recurrent[self._done % 2], self._output, self._run.threads)

    def end(self) -> End[Floats]:
        """Return a copy of the state after the last step."""
        slot = self._done % 2
        return self._run.end(self._done, self._recurrent[slot : slot + 1])


def split_arrays(weights: Weights[Floats], config: DNCConfig) -> SplitWeights[Floats]:
    """Split the weights of a network by what they multiply."""
    return split(weights, config, lambda parts: np.concatenate(parts, axis=1))


def product(rows: Floats, matrix: bindings.PackedMatrix, threads: int) -> Floats:
    """Multiply contiguous rows ``[..., depth]`` by a matrix ``[depth, columns]``."""
    out = aligned(*rows.shape[:-1], matrix.columns)
    matrix.multiply(flattened(rows), flattened(out), threads)
    return out


def flattened(values: Floats) -> Floats:
    """Return a view of contiguous values ``[..., last]`` with two axes."""
    assert values.flags.c_contiguous
    return values.reshape(-1, values.shape[-1])


def clear_diagonal(links: Floats) -> None:
    """Set the diagonal of links ``[B, above, along]`` to 0: no row is linked to itself."""
    own = np.arange(min(links.shape[1:]))
    links[:, own, own] = 0


def pad(values: Floats, to: Floats, above: int = 0, left: int = 0) -> None:
    """Copy values to row ``above`` and column ``left`` of the last two axes of ``to``; set zeros around."""
    below, right = above + values.shape[-2], left + values.shape[-1]
    for around in (to[..., :above, :], to[..., below:, :], to[..., :left], to[..., right:]):
        around[...] = 0
    to[..., above:below, left:right] = values
