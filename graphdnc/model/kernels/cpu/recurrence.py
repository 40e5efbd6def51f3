"""The recurrent steps on torch's tensors, with their gradient written by hand: kernels, and products.

``run.py`` has the way on. On the way back, memory and links before the other steps of a segment are made
again from the weights with which rows were written, which needs no addressing. Gradients of weight matrices
are summed a whole segment at a time. Tensors and arrays share their numbers: nothing is copied between them.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.autograd import refuse_second_gradients
from graphdnc.model.kernels.cpu import bindings, run
from graphdnc.model.kernels.cpu.buffers import Buffers, aligned
from graphdnc.model.kernels.state import End, Start, Weights
from graphdnc.model.kernels.weight_gradients import WeightGradients, inputs_back, maps_of
from graphdnc.utils.arrays import Floats


class Run:
    """A run of steps. With ``keep`` all that the way back needs is kept."""

    def __init__(
        self,
        config: DNCConfig,
        steps: int,
        active: Tensor | None,
        linkable: Tensor | None,
        start: Start[Tensor],
        keep: bool = False,
    ) -> None:
        self._run = run.Run(
            config, steps, array(active), array(linkable), arrays(start), keep, torch.get_num_threads()
        )

    def forward(self, inputs: Tensor, weights: Weights[Tensor]) -> End[Tensor]:
        """Take all steps of inputs ``[S, B, input]``."""
        end: End[Tensor] = tensors(
            self._run.forward(array(inputs), run.LaidOut(arrays(weights), self._run.config))
        )
        return end

    def backward(
        self,
        inputs: Tensor,
        weights: Weights[Tensor],
        end_back: tuple[Tensor | None, ...],
        inputs_too: bool,
    ) -> tuple[Tensor | None, Weights[Tensor], Start[Tensor]]:
        """Go back through all steps."""
        return _WayBack(self._run, inputs, weights, end_back, inputs_too).all_segments()


class _WayBack:
    """The way back through a run, segment by segment from the last one on."""

    def __init__(
        self,
        run: run.Run,
        inputs: Tensor,
        weights: Weights[Tensor],
        end_back: tuple[Tensor | None, ...],
        inputs_too: bool,
    ) -> None:
        self.run, self.seen = run, inputs
        self.maps = maps_of(weights, run.config)
        matrices = (self.maps.carried, self.maps.told_hidden, self.maps.told_reads)
        self.matrices, self.sums = bindings.Matrices.of(*map(array, matrices)), WeightGradients(self.maps)
        outside, sizes, batch = end_back[0], run.sizes, run.batch
        self.outside = None if outside is None else array(outside.contiguous())
        self.state = self._state_back(end_back[1:])
        self.carried = aligned(2, batch, run.tape["carried"].shape[-1])
        self.carried[run.steps % 2] = 0 if self.outside is None else self.outside[-1]
        shapes = {
            "remade": (sizes.threads, sizes.segment - 1, sizes.chunk, bindings.written(sizes)),
            "gates_back": (sizes.segment, batch, 4 * run.config.controller_size),
            "told_back": (sizes.segment, batch, sizes.told),
        }
        self.buffers = Buffers(shapes, self).named
        self.gates, self.told, self.passed = (
            torch.from_numpy(values)
            for values in (self.buffers["gates_back"], self.buffers["told_back"], run.tape["carried"])
        )
        self.inputs = torch.empty_like(inputs) if inputs_too else None

    def _state_back(self, end_back: tuple[Tensor | None, ...]) -> dict[str, Floats]:
        """Return the gradients of the last state, padded, in buffers that turn into those of the first."""
        sizes, batch, unlinked = self.run.sizes, self.run.batch, self.run.linked.start
        stride, heads, width = sizes.stride, sizes.heads, sizes.width
        cell, memory, usage, written, read, links, precedence = map(array, end_back)
        linked = self.run.tape["links"].shape, self.run.tape["precedence"].shape
        parts = {
            "cell_back": (cell, (batch, sizes.hidden), (0, 0)),
            "memory_back": (
                None if memory is None else memory.swapaxes(1, 2),
                (batch, width, stride),
                (0, 0),
            ),
            "usage_back": (usage, (batch, stride), (0, 0)),
            "written_back": (written, (batch, stride), (0, 0)),
            "read_back": (read, (batch, heads, stride), (0, 0)),
            "links_back": (links, linked[0], (unlinked, unlinked)),
            "precedence_back": (precedence, linked[1], (0, unlinked)),
        }
        return {name: _padded(value, shape, *place) for name, (value, shape, place) in parts.items()}

    def all_segments(self) -> tuple[Tensor | None, Weights[Tensor], Start[Tensor]]:
        """Go back through all steps."""
        buffers = {**self.buffers, **self.state, "carried_back": self.carried, "outside": self.outside}
        places = bindings.pointers(bindings.Back.NAMES, buffers)
        for first in reversed(self.run.segments):
            count = min(self.run.sizes.segment, self.run.steps - first)
            self.run.kernels.backward(self.matrices, bindings.Back(first=first, **places), count)
            self._sum(first, count)
        return self.inputs, self.sums.weights(), tensors(self._start())

    def _sum(self, first: int, count: int) -> None:
        """Add a segment's share to the gradients of the weights."""
        steps, gates, told = slice(first, first + count), self.gates[:count], self.told[:count]
        self.sums.add(gates, told, self.seen[steps], self.passed[first : first + count + 1])
        if self.inputs is not None:
            inputs_back(self.maps, gates, told, self.inputs[steps])

    def _start(self) -> Start[Floats]:
        rows, read_size, state, linked = self.run.rows, self.run.read_size, self.state, self.run.linked
        run.clear_diagonal(state["links_back"])
        return Start(
            hidden=self.carried[0][:, read_size:],
            cell=state["cell_back"],
            memory=state["memory_back"][..., :rows].swapaxes(1, 2),
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
        return _times(rows, matrix.T)

    @staticmethod
    def backward(ctx: Any, back: Tensor) -> tuple[Tensor, Tensor]:
        refuse_second_gradients()
        rows, matrix = ctx.saved_tensors
        back = back.contiguous()
        return _times(back, matrix), back.flatten(0, -2).T @ rows.flatten(0, -2)


def product(rows: Tensor, matrix: Tensor) -> Tensor:
    """Return contiguous rows ``[..., depth]`` times a matrix ``[columns, depth]`` transposed."""
    return _Product.apply(rows, matrix)  # type: ignore[no-untyped-call, no-any-return]


def _times(rows: Tensor, matrix: Tensor) -> Tensor:
    panels = bindings.Panels(array(matrix))
    return torch.from_numpy(run.product(array(rows), panels, torch.get_num_threads()))


def array(values: Tensor | None) -> Any:
    """Return the same numbers as an array, without a gradient; none for none."""
    return None if values is None else values.detach().numpy()


def arrays(values: Any) -> Any:
    """Return a named tuple of tensors as one of arrays."""
    return type(values)(*map(array, values))


def tensors(values: Any) -> Any:
    """Return a named tuple of arrays as one of tensors."""
    return type(values)(*(None if value is None else torch.from_numpy(value) for value in values))


def _padded(values: Floats | None, shape: tuple[int, ...], above: int, left: int) -> Floats:
    """Return an array of that shape that holds the values, as ``run.pad`` places them; zeros for none."""
    padded = aligned(*shape)
    if values is None:
        padded[...] = 0
    else:
        run.pad(values, padded, above, left)
    return padded
