"""The recurrent steps with their gradient written by hand: what the kernels do, and the matrix products.

Nothing that is large per step is kept for the way back. Memory and links are kept before the first step of
each segment of steps only. On the way back, those before the other steps of a segment are made again from the
weights with which rows were written, which needs no addressing. Gradients of weight matrices are summed a
whole segment at a time.

Shapes: S steps, B episodes, N rows padded to ``stride``, W columns, R read heads; links are among the last M
rows. What is carried from step to step and enters matrix products is one tensor ``[B, R * W + hidden]``: last
reads, hidden values.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from graphdnc.model.config import DNCConfig
from graphdnc.model.fast.cpu import kernels
from graphdnc.model.fast.cpu.buffers import Buffers
from graphdnc.model.fast.function import refuse_second_gradients
from graphdnc.model.fast.state import End, Maps, Start, Weights


class Run:
    """A run of steps: where its values lie. With ``keep`` all that the way back needs is kept.

    Without, further steps can be taken than there are, each in the place of an earlier one.
    """

    def __init__(
        self,
        config: DNCConfig,
        steps: int,
        active: Tensor | None,
        linkable: Tensor | None,
        start: Start,
        keep: bool = False,
    ) -> None:
        assert all(value.dtype == torch.float32 for value in start), "the kernels read float32"
        self.config, self.keep = config, keep
        self.batch, self.rows = start.memory.shape[:2]
        self.steps, linked = steps, start.links.shape[1]
        assert active is None or active.shape == (steps, self.batch)
        assert linked == self.rows or linkable is not None or config.links == "off"
        self.read_size = config.read_heads * config.memory_width
        self.sizes = kernels.sizes(config, self.batch, self.rows, linked, steps, keep)
        unlinked = max(self.rows - linked - self.sizes.link_first, 0)
        self.linked = slice(unlinked, unlinked + linked)
        self.tape = self._tape(start, active, linkable)
        self.kernels = kernels.Kernels(
            self.sizes, kernels.Tape(**kernels.pointers(kernels.Tape.NAMES, self.tape))
        )

    def forward(self, inputs: Tensor, weights: Weights) -> End:
        """Take all steps of inputs ``[S, B, input]``."""
        return _WayOn(self, weights).all_segments(inputs)

    def backward(
        self, inputs: Tensor, weights: Weights, end_back: tuple[Tensor | None, ...], inputs_too: bool
    ) -> tuple[Tensor | None, Weights, Start]:
        """Go back through all steps."""
        return _WayBack(self, inputs, weights, end_back, inputs_too).all_segments()

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
            "kept": (len(self.segments) * self.keep, z.batch, kernels.written(z)),
        }

    def _tape(self, start: Start, active: Tensor | None, linkable: Tensor | None) -> dict[str, Any]:
        tape: dict[str, Any] = Buffers(self._shapes(), self).named
        if not self.keep:
            tape["kept"] = None
        tape["active"] = None if active is None else active.to(torch.uint8).contiguous()
        tape["linkable"] = linkable if self._some_linked else None
        tape["linked_columns"] = torch.empty(
            self.batch, self.sizes.link_rows // kernels.ROW_BLOCK, dtype=torch.int64
        )
        # not among the buffers: it goes out
        tape["carried"] = start.reads.new_empty(
            self.steps + 1, self.batch, self.read_size + self.sizes.hidden
        )
        torch.cat([start.reads, start.hidden], dim=1, out=tape["carried"][0])
        tape["cell"][0] = start.cell
        _pad(start.memory.mT, tape["memory"])
        _pad(start.links, tape["links"], self.linked.start, self.linked.start)
        _pad(start.precedence, tape["precedence"], 0, self.linked.start)
        for name, value in (("usage", start.usage), ("written", start.written), ("read", start.read)):
            _pad(value, tape[name][0])
        tape["links"].diagonal(dim1=1, dim2=2).zero_()
        tape["order"] = tape["order"].view(torch.int32)
        tape["order"][0, :, : self.rows] = torch.arange(self.rows)
        return tape

    def end(self, step: int, carried: Tensor) -> End:
        """Return a copy of the state before step number ``step``, all steps up to it taken."""
        slot, rows = step % self.sizes.slots, self.rows
        return End(
            carried=carried,
            cell=self.tape["cell"][slot].clone(),
            memory=self.tape["memory"][..., :rows].mT.contiguous(),
            usage=self.tape["usage"][slot, ..., :rows].clone(),
            written=self.tape["written"][slot, ..., :rows].clone(),
            read=self.tape["read"][slot, ..., :rows].clone(),
            links=self.tape["links"][:, self.linked, self.linked].clone(),
            precedence=self.tape["precedence"][:, self.linked].clone(),
        )


class _WayOn:
    """The way on through a run, with the weights laid out for it."""

    def __init__(self, run: Run, weights: Weights) -> None:
        self.run = run
        maps = Maps.of(weights, run.config)
        self.bias, self.told_bias = maps.bias, maps.interface_bias
        self.gates_input = kernels.Panels(maps.input.T)
        self.told_input = None if maps.told_input is None else kernels.Panels(maps.told_input.T)
        self.matrices = kernels.Matrices.of(
            maps.carried.T,
            maps.told_hidden.T,
            None if maps.told_reads is None else maps.told_reads.T,
        )

    def all_segments(self, inputs: Tensor) -> End:
        """Take all steps of inputs ``[S, B, input]``."""
        run = self.run
        for first in run.segments:
            self.take(first, inputs[first : first + run.sizes.segment])
        return run.end(run.steps, run.tape["carried"][1:])

    def take(self, first: int, inputs: Tensor) -> None:
        """Take some steps, a segment at most, numbered from ``first`` on, of inputs ``[K, B, input]``."""
        self._see(first, inputs)
        self.run.kernels.forward(self.matrices, first, inputs.shape[0])

    def _see(self, first: int, inputs: Tensor) -> None:
        """Do the inputs' share of the products of some steps at once."""
        slot, flat = first % self.run.sizes.gate_slots, inputs.flatten(0, 1)
        gates, told = (
            self.run.tape[name][slot : slot + inputs.shape[0]].flatten(0, 1) for name in ("gates", "told")
        )
        self.gates_input.multiply(flat, gates, self.bias)
        if self.told_input is not None:
            self.told_input.multiply(flat, told, self.told_bias)


class Steps:
    """Steps taken one at a time, as many as there come: a run of one step, taken again and again."""

    def __init__(
        self, config: DNCConfig, weights: Weights, output: Tensor, start: Start, linkable: Tensor | None
    ) -> None:
        active = torch.ones(1, len(start.memory), dtype=torch.uint8)
        self._run, self._taken = Run(config, 1, active, linkable, start), 0
        self._active, self._carried = self._run.tape["active"][0], self._run.tape["carried"]
        self._on, self._output = _WayOn(self._run, weights), kernels.Panels(output.T)

    def take(self, inputs: Tensor, active: Tensor | None) -> Tensor:
        """Take a step of inputs ``[B, input]`` and return its output ``[B, output]``."""
        if active is None:
            self._active.fill_(1)
        else:
            self._active.copy_(active)
        self._on.take(self._taken, inputs.contiguous().unsqueeze(0))
        self._taken += 1
        out = inputs.new_empty(inputs.shape[0], self._output.columns)
        self._output.multiply(self._carried[self._taken % 2], out)
        return out

    def end(self) -> End:
        """Return a copy of the state after the last step."""
        slot = self._taken % 2
        return self._run.end(self._taken, self._carried[slot : slot + 1])


class _WayBack:
    """The way back through a run, segment by segment from the last one on."""

    def __init__(
        self,
        run: Run,
        inputs: Tensor,
        weights: Weights,
        end_back: tuple[Tensor | None, ...],
        inputs_too: bool,
    ) -> None:
        self.run, self.seen, self.maps = run, inputs, Maps.of(weights, run.config)
        self.matrices = kernels.Matrices.of(self.maps.carried, self.maps.told_hidden, self.maps.told_reads)
        outside, sizes, batch = end_back[0], run.sizes, run.batch
        self.outside = None if outside is None else outside.contiguous()
        self.state = self._state_back(End(weights.input.new_empty(0), *end_back[1:]))  # type: ignore[arg-type]
        self.carried = weights.input.new_empty(2, batch, run.tape["carried"].shape[-1])
        self.carried[run.steps % 2] = 0 if self.outside is None else self.outside[-1]
        shapes = {
            "remade": (sizes.threads, sizes.segment - 1, sizes.chunk, kernels.written(sizes)),
            "gates_back": (sizes.segment, batch, 4 * run.config.controller_size),
            "told_back": (sizes.segment, batch, sizes.told),
        }
        self.buffers = Buffers(shapes, self).named
        self.gates, self.told = self.buffers["gates_back"], self.buffers["told_back"]
        self.inputs = torch.empty_like(inputs) if inputs_too else None
        self.sums = self.maps.zeros()

    def _state_back(self, end: End) -> dict[str, Tensor]:
        """Return the gradients of the last state, padded, in buffers that turn into those of the first."""
        sizes, batch, unlinked = self.run.sizes, self.run.batch, self.run.linked.start
        stride, heads, width = sizes.stride, sizes.heads, sizes.width
        like = self.run.tape["memory"]
        links, precedence = self.run.tape["links"].shape, self.run.tape["precedence"].shape
        parts = {
            "cell_back": (end.cell, (batch, sizes.hidden), (0, 0)),
            "memory_back": (None if end.memory is None else end.memory.mT, (batch, width, stride), (0, 0)),
            "usage_back": (end.usage, (batch, stride), (0, 0)),
            "written_back": (end.written, (batch, stride), (0, 0)),
            "read_back": (end.read, (batch, heads, stride), (0, 0)),
            "links_back": (end.links, links, (unlinked, unlinked)),
            "precedence_back": (end.precedence, precedence, (0, unlinked)),
        }
        return {
            name: like.new_zeros(shape) if value is None else _padded(value, shape, *place)
            for name, (value, shape, place) in parts.items()
        }

    def all_segments(self) -> tuple[Tensor | None, Weights, Start]:
        """Go back through all steps."""
        tensors = {**self.buffers, **self.state, "carried_back": self.carried, "outside": self.outside}
        places = kernels.pointers(kernels.Back.NAMES, tensors)
        for first in reversed(self.run.segments):
            count = min(self.run.sizes.segment, self.run.steps - first)
            self.run.kernels.backward(self.matrices, kernels.Back(first=first, **places), count)
            self._sum(first, count)
        return self.inputs, self.sums.weights(), self._start()

    def _sum(self, first: int, count: int) -> None:
        """Add a segment's share to the gradients of the weights."""
        steps, gates, told = slice(first, first + count), self.gates[:count], self.told[:count]
        self.sums.add(gates, told, self.seen[steps], self.run.tape["carried"][first : first + count + 1])
        if self.inputs is not None:
            self.maps.inputs_back(gates, told, self.inputs[steps])

    def _start(self) -> Start:
        rows, read_size, state, linked = self.run.rows, self.run.read_size, self.state, self.run.linked
        state["links_back"].diagonal(dim1=1, dim2=2).zero_()
        return Start(
            hidden=self.carried[0][:, read_size:],
            cell=state["cell_back"],
            memory=state["memory_back"][..., :rows].mT,
            usage=state["usage_back"][..., :rows],
            written=state["written_back"][..., :rows],
            read=state["read_back"][..., :rows],
            reads=self.carried[0][:, :read_size],
            links=state["links_back"][:, linked, linked],
            precedence=state["precedence_back"][:, linked],
        )


class _Product(torch.autograd.Function):
    """Rows times a matrix transposed, as ``torch.nn.functional.linear``."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, matrix: Tensor) -> Tensor:
        ctx.save_for_backward(rows, matrix)
        out = rows.new_empty(*rows.shape[:-1], len(matrix))
        kernels.Panels(matrix.T).multiply(rows.flatten(0, -2), out.flatten(0, -2))
        return out

    @staticmethod
    def backward(ctx: Any, back: Tensor) -> tuple[Tensor, Tensor]:
        refuse_second_gradients()
        rows, matrix = ctx.saved_tensors
        flat = back.contiguous().flatten(0, -2)
        rows_back = torch.empty_like(rows)
        kernels.Panels(matrix).multiply(flat, rows_back.flatten(0, -2))
        return rows_back, flat.T @ rows.flatten(0, -2)


def product(rows: Tensor, matrix: Tensor) -> Tensor:
    """Return contiguous rows ``[..., depth]`` times a matrix ``[columns, depth]`` transposed."""
    return _Product.apply(rows, matrix)  # type: ignore[no-untyped-call, no-any-return]


def _padded(values: Tensor, shape: tuple[int, ...], above: int, left: int) -> Tensor:
    """Return a tensor of that shape that holds the values, as ``_pad`` places them."""
    padded = values.new_empty(shape)
    _pad(values, padded, above, left)
    return padded


def _pad(values: Tensor, to: Tensor, above: int = 0, left: int = 0) -> None:
    """Copy values into the last two axes, so many places from their beginning, and zeros around them."""
    below, right = above + values.shape[-2], left + values.shape[-1]
    for outside in (to[..., :above, :], to[..., below:, :], to[..., :left], to[..., right:]):
        outside.zero_()
    to[..., above:below, left:right] = values
