"""The recurrent steps on a GPU, with hand-written gradients: kernels, and matrix products between them.

The tape keeps everything that the backward pass needs, memory and links of every step among it. A GPU has
room for that, and writing them to the next step's slot costs no more than writing them to their own.
"""

from __future__ import annotations

import torch
from torch import Tensor

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.autograd import RunGradients
from graphdnc.model.kernels.gpu import backward, cell, forward
from graphdnc.model.kernels.gpu.cuda_graphs import repeat
from graphdnc.model.kernels.gpu.layout import Gradients, Sizes, Tape, sizes
from graphdnc.model.kernels.state import End, Start, Weights
from graphdnc.model.kernels.weight_gradients import WeightGradients, input_gradients, split_tensors

UNITS = 256
"""Units of the LSTM cell that one program computes."""


class Run:
    """A run of steps over a batch. With ``keep`` it keeps everything that the backward pass needs."""

    def __init__(
        self,
        config: DNCConfig,
        steps: int,
        active: Tensor | None,
        linkable: Tensor | None,
        start: Start[Tensor],
        keep: bool,
    ) -> None:
        self.config, self.steps = config, steps
        self.batch, self.rows = start.memory.shape[:2]
        self.read_size = config.read_heads * config.memory_width
        self.linked = start.precedence.shape[1]
        self.sizes: Sizes = sizes(config, self.rows, self.linked)
        self.slots, self.kept = (steps + 1, steps) if keep else (2, 1)
        self.tape = self._tape(start, active, linkable)
        self._set_start(start)

    def _tape(self, start: Start[Tensor], active: Tensor | None, linkable: Tensor | None) -> Tape:
        config, slots, kept = self.config, self.slots, self.kept
        rows, linked = self.sizes.stride, self.sizes.link_stride
        heads, gates, interface = config.read_heads, 4 * config.controller_size, interface_layout.size(config)
        recurrent, has_links = self.read_size + config.controller_size, config.links != "off"

        def empty(*shape: int) -> Tensor:
            return start.memory.new_empty(shape)

        def followed() -> Tensor | None:
            return start.memory.new_zeros(kept, self.batch, heads, rows) if has_links else None

        return Tape(
            clocks=start.memory.new_zeros(2, dtype=torch.int64),
            rows=torch.tensor([self.rows, self.rows - self.linked], device=start.memory.device),
            active=None if active is None else active.to(torch.uint8).contiguous(),
            linkable=None if config.link_description else linkable,
            gates=empty(self.steps, self.batch, gates),
            interface=empty(self.steps, self.batch, interface),
            recurrent=empty(self.steps + 1, self.batch, recurrent),
            cell=empty(slots, self.batch, config.controller_size),
            memory=empty(slots, self.batch, config.memory_width, rows),
            links=empty(slots, self.batch, linked, linked) if has_links else None,
            precedence=empty(slots, self.batch, linked) if has_links else None,
            usage=empty(slots, self.batch, rows),
            log_usage=empty(self.batch, rows),
            write_weights=empty(slots, self.batch, rows),
            read_weights=empty(slots, self.batch, heads, rows),
            content=empty(kept, self.batch, heads, rows),
            write_content=None if config.allocate_only else empty(kept, self.batch, rows),
            log_before=empty(kept, self.batch, rows),
            forward=followed(),
            backward=followed(),
            current_recurrent=torch.cat([start.reads, start.hidden], dim=1),
            current_gates=empty(self.batch, gates),
            current_interface=empty(self.batch, interface),
        )

    def _set_start(self, start: Start[Tensor]) -> None:
        """Copy the state before the first step to the tape."""
        tape = self.tape
        tape.recurrent[0], tape.cell[0] = tape.current_recurrent, start.cell
        _pad(start.memory.mT, tape.memory[0])
        _pad(start.usage, tape.usage[0], around=1)  # rows of the padding are never free
        _pad(start.write_weights, tape.write_weights[0])
        _pad(start.read_weights, tape.read_weights[0])
        if tape.links is not None and tape.precedence is not None:
            _pad(start.links, tape.links[0])
            _pad(start.precedence, tape.precedence[0])

    def forward(self, inputs: Tensor, weights: Weights[Tensor]) -> End[Tensor]:
        """Run all steps of inputs ``[S, B, input]``."""
        tape, split, read_size = self.tape, split_tensors(weights, self.config), self.read_size
        flat = inputs.flatten(0, 1)
        torch.addmm(split.bias, flat, split.input.T, out=tape.gates.flatten(0, 1))
        if split.interface_input is None or split.interface_bias is None:
            tape.interface.zero_()
        else:
            torch.addmm(split.interface_bias, flat, split.interface_input.T, out=tape.interface.flatten(0, 1))
        reads, hidden = tape.current_recurrent[:, :read_size], tape.current_recurrent[:, read_size:]

        def step() -> None:
            torch.mm(tape.current_recurrent, split.recurrent.T, out=tape.current_gates)
            cell.step_cell[self.cells](tape, self.sizes, self.batch, self.slots, block=UNITS)
            torch.mm(hidden, split.interface_hidden.T, out=tape.current_interface)
            if split.interface_reads is not None:
                tape.current_interface.addmm_(reads, split.interface_reads.T)
            forward.step_memory[(self.batch,)](
                tape, self.sizes, self.batch, self.slots, self.kept, num_warps=self.sizes.warps
            )

        repeat(step, self.steps, inputs.device)
        return self._end()

    def backward(
        self, inputs: Tensor, weights: Weights[Tensor], end_grads: tuple[Tensor | None, ...], inputs_too: bool
    ) -> RunGradients:
        """Return the gradients of inputs, weights and first state."""
        back = BackwardPass(self, inputs, weights, End(*end_grads))  # type: ignore[arg-type]
        back.run_all()
        grads, sums = back.grads, WeightGradients(back.split)
        sums.add(grads.gates, grads.interface, inputs, self.tape.recurrent)
        inputs_grad = torch.empty_like(inputs) if inputs_too else None
        if inputs_grad is not None:
            input_gradients(back.split, grads.gates, grads.interface, inputs_grad)
        return inputs_grad, sums.weights(), back.start_grad()

    @property
    def cells(self) -> tuple[int, int]:
        """The grid of programs for the LSTM cell: episodes, and parts of the cell."""
        return self.batch, -(-self.config.controller_size // UNITS)

    def _end(self) -> End[Tensor]:
        tape, slot, rows, linked = self.tape, self.steps % self.slots, self.rows, self.linked
        none = tape.usage.new_zeros(self.batch, 0)
        links = none.unsqueeze(-1) if tape.links is None else tape.links[slot, :, :linked, :linked]
        return End(
            recurrent=tape.recurrent[1:],
            cell=tape.cell[slot].clone(),
            memory=tape.memory[slot, ..., :rows].mT.contiguous(),
            usage=tape.usage[slot, :, :rows].clone(),
            write_weights=tape.write_weights[slot, :, :rows].clone(),
            read_weights=tape.read_weights[slot, ..., :rows].clone(),
            links=links.clone(memory_format=torch.contiguous_format),
            precedence=none if tape.precedence is None else tape.precedence[slot, :, :linked].clone(),
        )


class BackwardPass:
    """The backward pass through a run."""

    def __init__(self, run: Run, inputs: Tensor, weights: Weights[Tensor], end_grads: End[Tensor]) -> None:
        self.run, self.inputs, self.split = run, inputs, split_tensors(weights, run.config)
        tape, memory = run.tape, end_grads.memory
        self.grads = Gradients(
            clocks=torch.full_like(tape.clocks, run.steps - 1),
            output_grad=None if end_grads.recurrent is None else end_grads.recurrent.contiguous(),
            gates=torch.empty_like(tape.gates),
            interface=torch.empty_like(tape.interface),
            cell=_copied(end_grads.cell, tape.cell),
            memory=_copied(None if memory is None else memory.mT, tape.memory),
            links=None if tape.links is None else _copied(end_grads.links, tape.links),
            precedence=None if tape.precedence is None else _copied(end_grads.precedence, tape.precedence),
            usage=_copied(end_grads.usage, tape.usage),
            write_weights=_copied(end_grads.write_weights, tape.write_weights),
            read_weights=_copied(end_grads.read_weights, tape.read_weights),
            allocated=torch.empty_like(tape.usage[0]),
            forward=None if tape.forward is None else torch.zeros_like(tape.read_weights[0]),
            backward=None if tape.forward is None else torch.zeros_like(tape.read_weights[0]),
            linked_write_weights=None if tape.forward is None else torch.zeros_like(tape.usage[0]),
            linked_read_weights=None if tape.forward is None else torch.zeros_like(tape.read_weights[0]),
            current_recurrent=torch.zeros_like(tape.current_recurrent),
            current_gates=torch.empty_like(tape.current_gates),
            current_interface=torch.empty_like(tape.current_interface),
        )

    def run_all(self) -> None:
        """Backpropagate through all steps."""
        run, grads, split, read_size = self.run, self.grads, self.split, self.run.read_size
        reads, hidden = grads.current_recurrent[:, :read_size], grads.current_recurrent[:, read_size:]

        def step() -> None:
            backward.step_memory_backward[(run.batch,)](
                run.tape, grads, run.sizes, run.batch, num_warps=run.sizes.warps
            )
            hidden.addmm_(grads.current_interface, split.interface_hidden)
            cell.step_cell_backward[run.cells](run.tape, grads, run.sizes, run.batch, block=UNITS)
            grads.current_recurrent.addmm_(grads.current_gates, split.recurrent)
            if split.interface_reads is not None:
                reads.addmm_(grads.current_interface, split.interface_reads)

        repeat(step, run.steps, self.inputs.device)

    def start_grad(self) -> Start[Tensor]:
        """Return the gradients of the state before the first step."""
        grads, read_size = self.grads, self.run.read_size
        none = grads.usage.new_zeros(self.run.batch, 0)
        if grads.links is not None:
            grads.links.diagonal(dim1=1, dim2=2).zero_()  # no row is linked to itself
        rows, linked = self.run.rows, self.run.linked
        return Start(
            hidden=grads.current_recurrent[:, read_size:],
            cell=grads.cell,
            memory=grads.memory[..., :rows].mT,
            usage=grads.usage[:, :rows],
            write_weights=grads.write_weights[:, :rows],
            read_weights=grads.read_weights[..., :rows],
            reads=grads.current_recurrent[:, :read_size],
            links=none.unsqueeze(-1) if grads.links is None else grads.links[:, :linked, :linked],
            precedence=none if grads.precedence is None else grads.precedence[:, :linked],
        )


def _copied(value: Tensor | None, slots: Tensor) -> Tensor:
    """Return a padded copy of a gradient of the last state, to be changed in place; zeros for ``None``."""
    copy = torch.zeros_like(slots[0])
    if value is not None:
        _pad(value, copy)
    return copy


def _pad(values: Tensor, to: Tensor, around: float = 0) -> None:
    """Copy values to the beginning of all axes, and set the rest to ``around``."""
    to.fill_(around)
    to[tuple(slice(length) for length in values.shape)] = values
