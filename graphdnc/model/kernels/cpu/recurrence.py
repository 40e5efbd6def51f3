"""The recurrent steps on torch tensors, with hand-written gradients.

``run.py`` has the forward pass. The backward pass goes through the segments of steps from the last to the
first. It recomputes memory and links inside a segment from the write weights, which needs no addressing, and
sums the gradients of weight matrices over a whole segment. Tensors and arrays share their storage.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.autograd import RunGradients, refuse_second_gradients
from graphdnc.model.kernels.cpu import bindings, run
from graphdnc.model.kernels.cpu.buffers import Buffers, aligned
from graphdnc.model.kernels.cpu.weight_gradients import Normalised, WeightGradients
from graphdnc.model.kernels.state import End, Start, Weights
from graphdnc.model.kernels.weight_gradients import input_gradients, split_tensors
from graphdnc.utils.arrays import Floats


class Run:
    """A run of steps. With ``keep`` it keeps everything that the backward pass needs."""

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
        """Run all steps of inputs ``[S, B, input]``."""
        packed = run.PackedWeights(arrays(weights), self._run.config)
        end: End[Tensor] = tensors(self._run.forward(array(inputs), packed))
        return end

    def backward(
        self, inputs: Tensor, weights: Weights[Tensor], end_grads: tuple[Tensor | None, ...], inputs_too: bool
    ) -> RunGradients:
        """Return the gradients of inputs, weights and first state."""
        return _BackwardPass(self._run, inputs, weights, end_grads, inputs_too).run_all()


class _BackwardPass:
    """The backward pass through a run."""

    def __init__(
        self,
        run: run.Run,
        inputs: Tensor,
        weights: Weights[Tensor],
        end_grads: tuple[Tensor | None, ...],
        inputs_too: bool,
    ) -> None:
        self.run, self.inputs = run, inputs
        self.weights = split_tensors(weights, run.config)
        self.parameters = bindings.Parameters.of(arrays(self.weights)._asdict(), backward=True)
        self.weight_grads = WeightGradients(run.config, run.threads)
        output_grad, sizes, batch = end_grads[0], run.sizes, run.batch
        self.output_grad = None if output_grad is None else array(output_grad.contiguous())
        self.state_grads = self._state_grads(end_grads[1:])
        self.recurrent_grad = aligned(2, batch, run.tape["recurrent"].shape[-1])
        self.recurrent_grad[run.steps % 2] = 0 if self.output_grad is None else self.output_grad[-1]
        normed, hidden = sizes.segment * run.config.layer_norm, run.hidden_size
        shapes = {
            "recomputed": (sizes.threads, sizes.segment - 1, sizes.chunk, bindings.snapshot_size(sizes)),
            "gates_grad": (sizes.segment, batch, 4 * hidden),
            "sums_grad": (normed, batch, 4 * hidden),
            "normed_cell_grad": (normed, batch, hidden),
            "interface_grad": (sizes.segment, batch, sizes.interface_size),
        }
        self.buffers: dict[str, Any] = {**Buffers(shapes, self).named}
        if not normed:
            self.buffers.update(sums_grad=self.buffers["gates_grad"], normed_cell_grad=None)
        self.inputs_grad = torch.empty_like(inputs) if inputs_too else None

    def _state_grads(self, end_grads: tuple[Tensor | None, ...]) -> dict[str, Floats]:
        """Return the gradients of the last state, padded; the kernels turn them into those of the first."""
        sizes, batch, unlinked = self.run.sizes, self.run.batch, self.run.linked.start
        stride, heads, width = sizes.stride, sizes.heads, sizes.width
        cell, memory, usage, write_weights, read_weights, links, precedence = map(array, end_grads)
        columns = None if memory is None else memory.swapaxes(1, 2)
        linked = self.run.tape["links"].shape, self.run.tape["precedence"].shape
        return {
            "cell_grad": _padded(cell, (batch, self.run.hidden_size)),
            "memory_grad": _padded(columns, (batch, width, stride)),
            "usage_grad": _padded(usage, (batch, stride)),
            "write_weights_grad": _padded(write_weights, (batch, stride)),
            "read_weights_grad": _padded(read_weights, (batch, heads, stride)),
            "links_grad": _padded(links, linked[0], unlinked, unlinked),
            "precedence_grad": _padded(precedence, linked[1], 0, unlinked),
        }

    def run_all(self) -> RunGradients:
        """Backpropagate through all steps; return the gradients of inputs, weights and first state."""
        buffers: dict[str, Any] = {**self.buffers, **self.state_grads}
        buffers |= {"recurrent_grad": self.recurrent_grad, "output_grad": self.output_grad}
        addresses = bindings.pointers(bindings.Gradients.NAMES, buffers)
        for first in reversed(self.run.segments):
            count = min(self.run.sizes.segment, self.run.steps - first)
            self.run.kernels.backward(self.parameters, bindings.Gradients(first=first, **addresses), count)
            self._add_segment(first, count)
        return self.inputs_grad, self.weight_grads.weights(), tensors(self._start_grads())

    def _add_segment(self, first: int, count: int) -> None:
        """Add a segment to the gradients of the weights, and set those of its inputs."""
        steps, recurrent = slice(first, first + count), self.run.tape["recurrent"][first : first + count + 1]
        sums, interface = self._found("sums_grad", count), self._found("interface_grad", count)
        normalised = self._normalised(first, count) if self.run.config.layer_norm else None
        self.weight_grads.add(sums, interface, self.inputs[steps], torch.from_numpy(recurrent), normalised)
        if self.inputs_grad is not None:
            input_gradients(self.weights, sums, interface, self.inputs_grad[steps])

    def _normalised(self, first: int, count: int) -> Normalised:
        tape, end = self.run.tape, first + count
        return Normalised(
            sums=torch.from_numpy(tape["sums"][first:end]),
            gates_grad=self._found("gates_grad", count),
            cell=torch.from_numpy(tape["cell"][first + 1 : end + 1]),
            cell_grad=self._found("normed_cell_grad", count),
        )

    def _found(self, name: str, count: int) -> Tensor:
        """Return the gradients that the kernels found in a segment of ``count`` steps."""
        return torch.from_numpy(self.buffers[name][:count])

    def _start_grads(self) -> Start[Floats]:
        rows, read_size, linked = self.run.rows, self.run.read_size, self.run.linked
        state, recurrent = self.state_grads, self.recurrent_grad[0]
        run.clear_diagonal(state["links_grad"])
        return Start(
            hidden=recurrent[:, read_size:],
            cell=state["cell_grad"],
            memory=state["memory_grad"][..., :rows].swapaxes(1, 2),
            usage=state["usage_grad"][..., :rows],
            write_weights=state["write_weights_grad"][..., :rows],
            read_weights=state["read_weights_grad"][..., :rows],
            reads=recurrent[:, :read_size],
            links=state["links_grad"][:, linked, linked],
            precedence=state["precedence_grad"][:, linked],
        )


class _Product(torch.autograd.Function):
    """Rows times the transpose of a matrix, as ``torch.nn.functional.linear``."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, matrix: Tensor) -> Tensor:
        ctx.save_for_backward(rows, matrix)
        return _multiply(rows, matrix.T)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
        refuse_second_gradients()
        rows, matrix = ctx.saved_tensors
        grad = grad.contiguous()
        return _multiply(grad, matrix), grad.flatten(0, -2).T @ rows.flatten(0, -2)


def product(rows: Tensor, matrix: Tensor) -> Tensor:
    """Multiply contiguous rows ``[..., depth]`` by the transpose of a matrix ``[columns, depth]``."""
    return _Product.apply(rows, matrix)  # type: ignore[no-untyped-call, no-any-return]


def _multiply(rows: Tensor, matrix: Tensor) -> Tensor:
    packed = bindings.PackedMatrix(array(matrix))
    return torch.from_numpy(run.product(array(rows), packed, torch.get_num_threads()))


def array(values: Tensor | None) -> Any:
    """Return the array that shares a tensor's storage, or ``None`` for ``None``."""
    return None if values is None else values.detach().numpy()


def arrays(values: Any) -> Any:
    """Return a named tuple of tensors as one of arrays."""
    return type(values)(*map(array, values))


def tensors(values: Any) -> Any:
    """Return a named tuple of arrays as one of tensors."""
    return type(values)(*(None if value is None else torch.from_numpy(value) for value in values))


def _padded(values: Floats | None, shape: tuple[int, ...], above: int = 0, left: int = 0) -> Floats:
    """Return an array of that shape with the values where ``run.pad`` puts them; zeros for ``None``."""
    padded = aligned(*shape)
    if values is None:
        padded[...] = 0
    else:
        run.pad(values, padded, above, left)
    return padded
