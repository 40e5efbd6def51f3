"""The recurrent steps on a GPU, with their gradient written by hand: kernels, and the products between them.

All that the way back needs is kept on the tape, memory and links of every step among it: a GPU has room for
them, and to write them to the next step's place costs no more than to write them back.

A step is five launches or more. Python takes longer to launch them than the GPU to run them, so that a step
is recorded as a CUDA graph and replayed.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable

import torch
from torch import Tensor

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.gpu import backward as back_kernels
from graphdnc.model.kernels.gpu import forward as kernels
from graphdnc.model.kernels.gpu.layout import Back, Sizes, Tape, sizes
from graphdnc.model.kernels.state import End, Start, Weights
from graphdnc.model.kernels.weight_gradients import WeightGradients, inputs_back, maps_of

UNITS = 256
"""Units of the LSTM cell that one program steps."""
FEWEST = 4
"""Steps: fewer are launched one by one."""


@functools.cache
def _aside(device: torch.device) -> torch.cuda.Stream:
    """Return the stream that steps are recorded on: always the same, so that cuBLAS keeps one workspace."""
    return torch.cuda.Stream(device)


def _repeat(step: Callable[[], None], times: int, device: torch.device) -> None:
    """Take a step that is launched alike every time so many times."""
    if device.type != "cuda" or times < FEWEST:
        for _ in range(times):
            step()
        return
    stream, current = _aside(device), torch.cuda.current_stream(device)
    stream.wait_stream(current)
    with torch.cuda.stream(stream):
        step()  # compiles the kernels, which cannot be recorded
        again = _recorded(step, device)
        for _ in range(times - 1):
            again()
    current.wait_stream(stream)


_unrecorded: set[torch.device] = set()
"""Devices on which a recording failed: it is not tried again."""


def _recorded(step: Callable[[], None], device: torch.device) -> Callable[[], None]:
    """Return what replays a step, or the step itself where it cannot be recorded."""
    if device in _unrecorded:
        return step
    graph = torch.cuda.CUDAGraph()
    try:
        graph.capture_begin(capture_error_mode="thread_local")
        try:
            step()
        finally:  # else this thread would stay in the recording, where next to nothing is allowed
            graph.capture_end()
    except torch.cuda.OutOfMemoryError:
        raise
    except RuntimeError as error:
        _unrecorded.add(device)
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        warnings.warn(
            f"steps are launched one by one, slower: they cannot be recorded ({reason})", stacklevel=2
        )
        return step
    return graph.replay


class Run:
    """A run of steps over a batch. With ``keep`` all that the way back needs is kept."""

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
        self._begin(start)

    def _tape(self, start: Start[Tensor], active: Tensor | None, linkable: Tensor | None) -> Tape:
        config, slots, kept = self.config, self.slots, self.kept
        rows, linked = self.sizes.stride, self.sizes.link_stride
        heads, gates, told = config.read_heads, 4 * config.controller_size, interface_layout.size(config)
        carried, has_links = self.read_size + config.controller_size, config.links != "off"

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
            told=empty(self.steps, self.batch, told),
            carried=empty(self.steps + 1, self.batch, carried),
            cell=empty(slots, self.batch, config.controller_size),
            memory=empty(slots, self.batch, config.memory_width, rows),
            links=empty(slots, self.batch, linked, linked) if has_links else None,
            precedence=empty(slots, self.batch, linked) if has_links else None,
            usage=empty(slots, self.batch, rows),
            log_usage=empty(self.batch, rows),
            written=empty(slots, self.batch, rows),
            read=empty(slots, self.batch, heads, rows),
            content=empty(kept, self.batch, heads, rows),
            write_content=None if config.allocate_only else empty(kept, self.batch, rows),
            log_before=empty(kept, self.batch, rows),
            forward=followed(),
            backward=followed(),
            now_carried=torch.cat([start.reads, start.hidden], dim=1),
            now_gates=empty(self.batch, gates),
            now_told=empty(self.batch, told),
        )

    def _begin(self, start: Start[Tensor]) -> None:
        """Copy the state before the first step to the tape."""
        tape = self.tape
        tape.carried[0], tape.cell[0] = tape.now_carried, start.cell
        _pad(start.memory.mT, tape.memory[0])
        _pad(start.usage, tape.usage[0], around=1)  # no row of the padding is ever free
        _pad(start.written, tape.written[0])
        _pad(start.read, tape.read[0])
        if tape.links is not None and tape.precedence is not None:
            _pad(start.links, tape.links[0])
            _pad(start.precedence, tape.precedence[0])

    def forward(self, inputs: Tensor, weights: Weights[Tensor]) -> End[Tensor]:
        """Take all steps of inputs ``[S, B, input]``."""
        tape, maps, read_size = self.tape, maps_of(weights, self.config), self.read_size
        flat = inputs.flatten(0, 1)
        torch.addmm(maps.bias, flat, maps.input.T, out=tape.gates.flatten(0, 1))
        if maps.told_input is None or maps.interface_bias is None:
            tape.told.zero_()
        else:
            torch.addmm(maps.interface_bias, flat, maps.told_input.T, out=tape.told.flatten(0, 1))
        reads, hidden = tape.now_carried[:, :read_size], tape.now_carried[:, read_size:]

        def step() -> None:
            torch.mm(tape.now_carried, maps.carried.T, out=tape.now_gates)
            kernels.step_cell[self.cells](tape, self.sizes, self.batch, self.slots, block=UNITS)
            torch.mm(hidden, maps.told_hidden.T, out=tape.now_told)
            if maps.told_reads is not None:
                tape.now_told.addmm_(reads, maps.told_reads.T)
            kernels.step_memory[(self.batch,)](
                tape, self.sizes, self.batch, self.slots, self.kept, num_warps=self.sizes.warps
            )

        _repeat(step, self.steps, inputs.device)
        return self._end()

    def backward(
        self,
        inputs: Tensor,
        weights: Weights[Tensor],
        end_back: tuple[Tensor | None, ...],
        inputs_too: bool,
    ) -> tuple[Tensor | None, Weights[Tensor], Start[Tensor]]:
        """Go back through all steps."""
        back = WayBack(self, inputs, weights, End(*end_back))  # type: ignore[arg-type]
        back.all_steps()
        return back.seen() if inputs_too else None, back.weights(), back.start()

    @property
    def cells(self) -> tuple[int, int]:
        """How many programs step the LSTM cell: episodes, and parts of the cell."""
        return self.batch, -(-self.config.controller_size // UNITS)

    def _end(self) -> End[Tensor]:
        tape, slot, rows, linked = self.tape, self.steps % self.slots, self.rows, self.linked
        none = tape.usage.new_zeros(self.batch, 0)
        links = none.unsqueeze(-1) if tape.links is None else tape.links[slot, :, :linked, :linked]
        return End(
            carried=tape.carried[1:],
            cell=tape.cell[slot].clone(),
            memory=tape.memory[slot, ..., :rows].mT.contiguous(),
            usage=tape.usage[slot, :, :rows].clone(),
            written=tape.written[slot, :, :rows].clone(),
            read=tape.read[slot, ..., :rows].clone(),
            links=links.clone(memory_format=torch.contiguous_format),
            precedence=none if tape.precedence is None else tape.precedence[slot, :, :linked].clone(),
        )


class WayBack:
    """The way back through a run."""

    def __init__(self, run: Run, inputs: Tensor, weights: Weights[Tensor], end_back: End[Tensor]) -> None:
        self.run, self.inputs, self.maps = run, inputs, maps_of(weights, run.config)
        tape, memory = run.tape, end_back.memory
        self.back = Back(
            clocks=torch.full_like(tape.clocks, run.steps - 1),
            outside=None if end_back.carried is None else end_back.carried.contiguous(),
            gates=torch.empty_like(tape.gates),
            told=torch.empty_like(tape.told),
            cell=_copied(end_back.cell, tape.cell),
            memory=_copied(None if memory is None else memory.mT, tape.memory),
            links=None if tape.links is None else _copied(end_back.links, tape.links),
            precedence=None if tape.precedence is None else _copied(end_back.precedence, tape.precedence),
            usage=_copied(end_back.usage, tape.usage),
            written=_copied(end_back.written, tape.written),
            read=_copied(end_back.read, tape.read),
            allocated=torch.empty_like(tape.usage[0]),
            forward=None if tape.forward is None else torch.zeros_like(tape.read[0]),
            backward=None if tape.forward is None else torch.zeros_like(tape.read[0]),
            linked_written=None if tape.forward is None else torch.zeros_like(tape.usage[0]),
            linked_read=None if tape.forward is None else torch.zeros_like(tape.read[0]),
            now_carried=torch.zeros_like(tape.now_carried),
            now_gates=torch.empty_like(tape.now_gates),
            now_told=torch.empty_like(tape.now_told),
        )

    def all_steps(self) -> None:
        """Go back through all steps."""
        run, back, maps, read_size = self.run, self.back, self.maps, self.run.read_size
        reads, hidden = back.now_carried[:, :read_size], back.now_carried[:, read_size:]

        def step() -> None:
            back_kernels.step_memory_back[(run.batch,)](
                run.tape, back, run.sizes, run.batch, num_warps=run.sizes.warps
            )
            hidden.addmm_(back.now_told, maps.told_hidden)
            back_kernels.step_cell_back[run.cells](run.tape, back, run.sizes, run.batch, block=UNITS)
            back.now_carried.addmm_(back.now_gates, maps.carried)
            if maps.told_reads is not None:
                reads.addmm_(back.now_told, maps.told_reads)

        _repeat(step, run.steps, self.inputs.device)

    def weights(self) -> Weights[Tensor]:
        """Return the gradients of the weights."""
        sums = WeightGradients(self.maps)
        sums.add(self.back.gates, self.back.told, self.inputs, self.run.tape.carried)
        return sums.weights()

    def seen(self) -> Tensor:
        """Return the gradient of the inputs."""
        seen = torch.empty_like(self.inputs)
        inputs_back(self.maps, self.back.gates, self.back.told, seen)
        return seen

    def start(self) -> Start[Tensor]:
        """Return the gradients of the state before the first step."""
        back, read_size = self.back, self.run.read_size
        none = back.usage.new_zeros(self.run.batch, 0)
        if back.links is not None:
            back.links.diagonal(dim1=1, dim2=2).zero_()  # no row is linked to itself
        rows, linked = self.run.rows, self.run.linked
        return Start(
            hidden=back.now_carried[:, read_size:],
            cell=back.cell,
            memory=back.memory[..., :rows].mT,
            usage=back.usage[:, :rows],
            written=back.written[:, :rows],
            read=back.read[..., :rows],
            reads=back.now_carried[:, :read_size],
            links=none.unsqueeze(-1) if back.links is None else back.links[:, :linked, :linked],
            precedence=none if back.precedence is None else back.precedence[:, :linked],
        )


def _copied(value: Tensor | None, slots: Tensor) -> Tensor:
    """Return a gradient of the last state as a copy, padded, that can be changed; zeros for none."""
    copy = torch.zeros_like(slots[0])
    if value is not None:
        _pad(value, copy)
    return copy


def _pad(values: Tensor, to: Tensor, around: float = 0) -> None:
    """Copy values to the beginning of all axes, and set what is around them."""
    to.fill_(around)
    to[tuple(slice(length) for length in values.shape)] = values
