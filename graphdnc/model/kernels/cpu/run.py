"""The recurrent steps as the kernels take them, over NumPy's arrays; torch is not needed.

Nothing that is large per step is kept for the way back. Memory and links are kept before the first step of
each segment of steps only.

Shapes: S steps, B episodes, N rows padded to ``stride``, W columns, R read heads; links are among the last M
rows. What is carried from step to step and enters matrix products is one array ``[B, R * W + hidden]``: last
reads, hidden values.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.cpu import bindings
from graphdnc.model.kernels.cpu.buffers import Buffers, aligned
from graphdnc.model.kernels.state import End, Start, Weights, cut
from graphdnc.utils.arrays import Floats


class Run:
    """A run of steps: where its values lie. With ``keep`` all that the way back needs is kept.

    Without, further steps can be taken than there are, each in the place of an earlier one.
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
        self.sizes = bindings.sizes(config, self.batch, self.rows, linked, steps, keep, threads)
        unlinked = max(self.rows - linked - self.sizes.link_first, 0)
        self.linked = slice(unlinked, unlinked + linked)
        self.tape = self._tape(start, active, linkable)
        self.kernels = bindings.Kernels(
            self.sizes, bindings.Tape(**bindings.pointers(bindings.Tape.NAMES, self.tape))
        )

    def forward(self, inputs: Floats, weights: LaidOut) -> End[Floats]:
        """Take all steps of inputs ``[S, B, input]``; return the state after them too."""
        return self.end(self.steps, self.take_all(inputs, weights))

    def take_all(self, inputs: Floats, weights: LaidOut) -> Floats:
        """Take all steps of inputs ``[S, B, input]``; return what each carries, ``[S, B, carried]``."""
        for first in self.segments:
            self.take(first, inputs[first : first + self.sizes.segment], weights)
        carried: Floats = self.tape["carried"][1:]
        return carried

    def take(self, first: int, inputs: Floats, weights: LaidOut) -> None:
        """Take some steps, a segment at most, numbered from ``first`` on, of inputs ``[K, B, input]``."""
        self._see(first, inputs, weights)
        self.kernels.forward(weights.matrices, first, len(inputs))

    def _see(self, first: int, inputs: Floats, weights: LaidOut) -> None:
        """Do the inputs' share of the products of some steps at once."""
        slot, flat = first % self.sizes.gate_slots, flattened(inputs)
        gates, told = (flattened(self.tape[name][slot : slot + len(inputs)]) for name in ("gates", "told"))
        weights.gates_input.multiply(flat, gates, self.threads, weights.bias)
        if weights.told_input is not None:
            weights.told_input.multiply(flat, told, self.threads, weights.told_bias)

    @property
    def segments(self) -> range:
        """The first step of each segment."""
        return range(0, self.steps, self.sizes.segment)

    @property
    def _some_linked(self) -> bool:
        """Whether some rows have links and others none."""
        return not self.config.link_description and self.config.links != "off"

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        z = self.sizes
        return {
            "gates": (z.gate_slots, z.batch, 4 * z.hidden),
            "told": (z.gate_slots, z.batch, z.told),
            "cell": (z.slots, z.batch, z.hidden),
            "memory": (z.batch, z.width, z.stride),
            "links": (z.batch, z.link_rows, z.link_stride),
            "precedence": (z.batch, z.link_stride),
            "usage": (z.slots, z.batch, z.stride),
            "order": (z.slots, z.batch, z.stride),
            "written": (z.slots, z.batch, z.stride),
            "linking": (z.slots * self._some_linked, z.batch, z.link_stride),
            "read": (z.slots, z.batch, z.heads, z.stride),
            "content": (z.slots, z.batch, z.heads, z.stride),
            "write_content": (z.slots * (not self.config.allocate_only), z.batch, z.stride),
            "kept": (len(self.segments) * self.keep, z.batch, bindings.written(z)),
        }

    def _tape(
        self, start: Start[Floats], active: NDArray[Any] | None, linkable: NDArray[np.int64] | None
    ) -> dict[str, Any]:
        tape: dict[str, Any] = Buffers(self._shapes(), self).named
        if not self.keep:
            tape["kept"] = None
        tape["active"] = None if active is None else np.ascontiguousarray(active, np.uint8)
        tape["linkable"] = linkable if self._some_linked else None
        tape["linked_columns"] = np.empty(
            (self.batch, self.sizes.link_rows // bindings.ROW_BLOCK), dtype=np.uint64
        )
        # not among the buffers: it goes out
        carried = aligned(self.steps + 1, self.batch, self.read_size + self.sizes.hidden)
        carried[0, :, : self.read_size], carried[0, :, self.read_size :] = start.reads, start.hidden
        tape["carried"] = carried
        tape["cell"][0] = start.cell
        pad(start.memory.swapaxes(1, 2), tape["memory"])
        pad(start.links, tape["links"], self.linked.start, self.linked.start)
        pad(start.precedence, tape["precedence"], 0, self.linked.start)
        for name, value in (("usage", start.usage), ("written", start.written), ("read", start.read)):
            pad(value, tape[name][0])
        clear_diagonal(tape["links"])
        tape["order"] = tape["order"].view(np.int32)
        tape["order"][0, :, : self.rows] = np.arange(self.rows)
        return tape

    def end(self, step: int, carried: Floats) -> End[Floats]:
        """Return a copy of the state before step number ``step``, all steps up to it taken."""
        slot, rows = step % self.sizes.slots, self.rows
        return End(
            carried=carried,
            cell=self.tape["cell"][slot].copy(),
            memory=self.tape["memory"][..., :rows].copy().swapaxes(1, 2),
            usage=self.tape["usage"][slot, ..., :rows].copy(),
            written=self.tape["written"][slot, ..., :rows].copy(),
            read=self.tape["read"][slot, ..., :rows].copy(),
            links=self.tape["links"][:, self.linked, self.linked].copy(),
            precedence=self.tape["precedence"][:, self.linked].copy(),
        )


class LaidOut:
    """The weights of a network, laid out for the way on."""

    def __init__(self, weights: Weights[Floats], config: DNCConfig) -> None:
        maps = cut(weights, config, lambda parts: np.concatenate(parts, axis=1))
        self.bias, self.told_bias = maps.bias, maps.interface_bias
        self.gates_input = bindings.Panels(maps.input.T)
        self.told_input = None if maps.told_input is None else bindings.Panels(maps.told_input.T)
        self.matrices = bindings.Matrices.of(
            maps.carried.T,
            maps.told_hidden.T,
            None if maps.told_reads is None else maps.told_reads.T,
        )


class Steps:
    """Steps taken one at a time, as many as there come: a run of one step, taken again and again."""

    def __init__(
        self,
        config: DNCConfig,
        weights: LaidOut,
        output: bindings.Panels,
        start: Start[Floats],
        linkable: NDArray[np.int64] | None,
        threads: int,
    ) -> None:
        """Begin from a state; ``output`` is a matrix ``[R * W + hidden, output]``."""
        active = np.ones((1, len(start.memory)), np.uint8)
        self._run, self._taken = Run(config, 1, active, linkable, start, threads=threads), 0
        self._active, self._carried = self._run.tape["active"][0], self._run.tape["carried"]
        self._weights, self._output = weights, output

    def take(self, inputs: Floats, active: NDArray[np.bool_] | None) -> Floats:
        """Take a step of inputs ``[B, input]`` and return its output ``[B, output]``."""
        self._active[:] = True if active is None else active
        self._run.take(self._taken, np.ascontiguousarray(inputs, np.float32)[None], self._weights)
        self._taken += 1
        return product(self._carried[self._taken % 2], self._output, self._run.threads)

    def end(self) -> End[Floats]:
        """Return a copy of the state after the last step."""
        slot = self._taken % 2
        return self._run.end(self._taken, self._carried[slot : slot + 1])


def product(rows: Floats, matrix: bindings.Panels, threads: int) -> Floats:
    """Return contiguous rows ``[..., depth]`` times a matrix ``[depth, columns]``."""
    out = aligned(*rows.shape[:-1], matrix.columns)
    matrix.multiply(flattened(rows), flattened(out), threads)
    return out


def flattened(values: Floats) -> Floats:
    """Return contiguous values ``[..., last]`` as ``[all before, last]``, in place."""
    assert values.flags.c_contiguous
    return values.reshape(-1, values.shape[-1])


def clear_diagonal(links: Floats) -> None:
    """Let no row of links ``[B, above, along]`` be linked to itself."""
    own = np.arange(min(links.shape[1:]))
    links[:, own, own] = 0


def pad(values: Floats, to: Floats, above: int = 0, left: int = 0) -> None:
    """Copy values into the last two axes, so many places from their beginning, and zeros around them."""
    below, right = above + values.shape[-2], left + values.shape[-1]
    for outside in (to[..., :above, :], to[..., below:, :], to[..., :left], to[..., right:]):
        outside[...] = 0
    to[..., above:below, left:right] = values
