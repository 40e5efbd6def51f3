"""The differentiable neural computer: a controller and its memory, stepped through an episode."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from graphdnc.errors import CapacityError
from graphdnc.model import access, interface, interface_layout, parallel_description
from graphdnc.model.config import DNCConfig
from graphdnc.model.controller import Controller, ControllerState, LSTMLayer, hold
from graphdnc.model.kernels.autograd import take
from graphdnc.model.kernels.cpu.bindings import Panels
from graphdnc.model.kernels.cpu.recurrence import array, arrays, tensors
from graphdnc.model.kernels.cpu.run import LaidOut, Steps
from graphdnc.model.kernels.dispatch import fast_path_reason, kernels_for, product
from graphdnc.model.kernels.state import End, Start, Weights
from graphdnc.model.sparse_links import SparseLinks


class DNCState(NamedTuple):
    """What the network carries from step to step."""

    controller: ControllerState
    memory: access.MemoryState

    def detached(self) -> DNCState:
        """Return the same state with no gradient to where it comes from, for truncated backpropagation."""
        controller = ControllerState(*(value.detach() for value in self.controller))
        return DNCState(controller, access.detached(self.memory))

    def repeated(self, times: int) -> DNCState:
        """Return the states of all B episodes ``times`` times over, as ``times * B`` episodes."""
        controller = ControllerState(*(value.repeat(1, times, 1) for value in self.controller))
        return DNCState(controller, access.repeated(self.memory, times))

    def part(self, first: int, end: int) -> DNCState:
        """Return the states of some of the episodes."""
        controller = ControllerState(*(value[:, first:end] for value in self.controller))
        return DNCState(controller, access.part(self.memory, first, end))


class DNC(nn.Module):
    """A differentiable neural computer (Graves et al. 2016), batched, with the options of its configuration.

    The description of a graph and the questions about it are two calls, so that a graph can be memorised
    once and asked many times::

        state = network.memorise(batch.description, batch.lengths, rows)
        logits, state = network(batch.steps, state, batch.active)

    Attributes:
        fast: take the fast path (``kernels/``) where it can be taken; ``fallback_reason`` says where not.
        freeze_memory_path: the fast path leaves out what would go back through the memory, a third of the
            time. For training where ``looks_up_what_is_given`` and shall go on so. Gradients of other weights
            are exact where no step is left out before an episode's last one; the state after the steps has
            none.
    """

    def __init__(self, config: DNCConfig) -> None:
        super().__init__()
        self.config = config
        self.fast = True
        self.freeze_memory_path = False
        read_size = config.read_heads * config.memory_width
        self.controller = Controller(
            config.input_size + read_size, config.controller_size, config.controller_layers, config.layer_norm
        )
        hidden = self.controller.output_size
        seen = hidden + config.input_size + read_size if config.interface_skip else hidden
        self.interface = nn.Linear(seen, interface_layout.size(config), bias=config.interface_skip)
        self.output = nn.Linear(hidden, config.output_size, bias=False)
        self.read_output = nn.Linear(read_size, config.output_size, bias=False)
        self.input_output = (
            nn.Linear(config.input_size, config.output_size, bias=False) if config.output_skip else None
        )

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.output.weight.device

    def _check(self, inputs: Tensor, state: DNCState, active: Tensor | None) -> None:
        if inputs.dim() != 3 or inputs.shape[-1] != self.config.input_size:
            wanted = f"[steps, batch, {self.config.input_size}]"
            raise ValueError(f"inputs have the shape {list(inputs.shape)}; it must be {wanted}")
        if not inputs.numel():
            raise ValueError(f"inputs have the shape {list(inputs.shape)}; there is nothing to run")
        steps, batch, _ = inputs.shape
        if len(state.memory.memory) != batch:
            raise ValueError(f"the state is of {len(state.memory.memory)} episodes, the inputs of {batch}")
        if active is not None and (active.shape != (steps, batch) or active.dtype != torch.bool):
            what = f"{str(active.dtype).removeprefix('torch.')} {list(active.shape)}"
            raise ValueError(f"active is {what}; it must be bool [{steps}, {batch}]")

    def initial_state(self, batch: int, rows: int | None = None, described: Tensor | None = None) -> DNCState:
        """Return the state of a network that has seen nothing, its memory of ``rows`` rows empty.

        ``described`` ``[B]`` is how many triples it will see first, which matters to ``link_description``.
        """
        rows = self.config.memory_rows if rows is None else rows
        if min(batch, rows) < 1:
            raise ValueError(f"{batch} episodes of {rows} rows; there must be one at least of each")
        memory = access.initial_state(self.config, batch, rows, self.output.weight, described)
        return DNCState(self.controller.initial_state(batch), memory)

    def forward(
        self,
        inputs: Tensor,
        state: DNCState | None = None,
        active: Tensor | None = None,
        reading: bool = True,
    ) -> tuple[Tensor, DNCState]:
        """Run steps ``[S, B, input]``; return logits ``[S, B, output]`` and the state after the last one.

        Without a state the memory is empty at first. Steps where ``active`` ``[S, B]`` is false leave an
        episode's state as it was, exactly, and give zeros. Without ``reading`` reads are zeros.

        Raises:
            ValueError: the shapes do not fit each other or the network.
        """
        if state is None:
            state = self.initial_state(inputs.shape[1])
        self._check(inputs, state, active)
        if torch.compiler.is_compiling():  # it cannot look into the kernels, and would unroll the steps
            return torch.compiler.disable(self._steps)(inputs, state, active, reading)  # type: ignore[no-any-return]
        return self._steps(inputs, state, active, reading)

    def _steps(
        self, inputs: Tensor, state: DNCState, active: Tensor | None, reading: bool
    ) -> tuple[Tensor, DNCState]:
        if self.fallback_reason(inputs, reading) is None:
            return self._forward_fast(inputs, state, active)
        logits = []
        for index, step_inputs in enumerate(inputs):
            output, state = self.step(step_inputs, state, None if active is None else active[index], reading)
            logits.append(output)
        return torch.stack(logits), state

    def fallback_reason(self, inputs: Tensor, reading: bool = True) -> str | None:
        """Return why these steps are taken one by one in torch, or ``None``: by the fast path."""
        if not self.fast:
            return "the fast path is switched off"
        if not reading or not len(inputs):
            return "nothing is read"
        if inputs.dtype != self.output.weight.dtype or torch.is_autocast_enabled(inputs.device.type):
            return "numbers of several types meet"
        return fast_path_reason(self.config, inputs.device, inputs.dtype)

    def stepper(self, state: DNCState) -> Stepper:
        """Return what takes steps one at a time, from this state on; for inference only."""
        return Stepper(self, state)

    def _forward_fast(
        self, inputs: Tensor, state: DNCState, active: Tensor | None
    ) -> tuple[Tensor, DNCState]:
        weights, start = self._weights(), _start(state)
        apart = torch.is_grad_enabled() and self.freeze_memory_path
        with torch.set_grad_enabled(torch.is_grad_enabled() and not apart):
            begin, linkable = kernels_for(inputs), state.memory.linkable
            end = take(begin, self.config, inputs, active, linkable, weights, start)
        carried = end.carried
        if apart:
            hidden = self.controller.run_on(inputs, state.controller)
            carried = torch.cat([carried[..., : -hidden.shape[-1]], hidden], dim=-1)
        logits = self._with_input(product(carried, self._output()), inputs)
        if active is not None:
            logits = torch.where(active.unsqueeze(-1), logits, 0)
        return logits, _after(end, state)

    def looks_up_what_is_given(self) -> bool:
        """Tell whether what is written and looked up hangs on nothing that is learned.

        So it is where the interface is frozen and its weights for the controller are 0, as are those of the
        controller for what is read.
        """
        trained = any(parameter.requires_grad for parameter in self.interface.parameters())
        layer, own = self.controller.layers[0], self.controller.output_size
        assert isinstance(layer, LSTMLayer)
        heard = bool(layer.input_weight.detach()[:, self.config.input_size :].any())
        return not (trained or heard or bool(self.interface.weight.detach()[:, :own].any()))

    def _weights(self) -> Weights[Tensor]:
        cell = self.controller.layers[0]
        assert isinstance(cell, LSTMLayer)
        return Weights(
            cell.input_weight, cell.hidden_weight, cell.bias, self.interface.weight, self.interface.bias
        )

    def _with_input(self, logits: Tensor, inputs: Tensor) -> Tensor:
        """Add what the output sees of the input itself."""
        return logits if self.input_output is None else logits + self.input_output(inputs)

    def _output(self) -> Tensor:
        """Return the map ``[output, R * W + hidden]`` from what the fast path carries to the output."""
        return torch.cat([self.read_output.weight, self.output.weight], dim=1)

    def step(
        self, inputs: Tensor, state: DNCState, active: Tensor | None = None, reading: bool = True
    ) -> tuple[Tensor, DNCState]:
        """Run one step: inputs ``[B, input]`` -> logits ``[B, output]``."""
        reads = state.memory.reads.flatten(1)
        hidden, controller = self.controller(torch.cat([inputs, reads], dim=-1), state.controller)
        seen = torch.cat([hidden, inputs, reads], dim=-1) if self.config.interface_skip else hidden
        told = interface.parse(self.interface(seen), self.config)
        if active is not None:
            # no write and nothing freed: memory, usage and links stay as they are, to the bit
            told = told._replace(
                write_gates=told.write_gates * active.unsqueeze(-1),
                free_gates=told.free_gates * active.unsqueeze(-1),
            )
        memory = access.step(told, state.memory, self.config, reading)
        logits = self._with_input(self.output(hidden) + self.read_output(memory.reads.flatten(1)), inputs)
        if active is not None:
            logits = torch.where(active.unsqueeze(-1), logits, 0)
            controller, memory = _hold(active, (controller, memory), (state.controller, state.memory))
        return logits, DNCState(controller, memory)

    def memorise(self, inputs: Tensor, lengths: Tensor, rows: int | None = None) -> DNCState:
        """Write descriptions ``[T, B, input]`` of ``lengths`` ``[B]`` triples into an empty memory.

        Raises:
            CapacityError: more triples than rows.
            ValueError: a length is negative or more than T.
        """
        rows = self.config.memory_rows if rows is None else rows
        if len(inputs) > rows:
            raise CapacityError(f"{len(inputs):,} triples do not fit in a memory of {rows:,} rows")
        if bool(((lengths < 0) | (lengths > len(inputs))).any()):
            raise ValueError(f"lengths must be from 0 to {len(inputs)}, the steps of the description")
        if self.config.parallel_description:
            return self._memorise_at_once(inputs, lengths, rows)
        active = torch.arange(len(inputs), device=lengths.device)[:, None] < lengths
        state = self.initial_state(inputs.shape[1], rows, lengths)
        _, after = self.forward(inputs, state, active, reading=not self.config.blind_description)
        return after

    def _memorise_at_once(self, inputs: Tensor, lengths: Tensor, rows: int) -> DNCState:
        seen, state = self.controller.run(inputs, lengths)
        if self.config.interface_skip:
            seen = torch.cat([seen, inputs], dim=-1)
        places = interface_layout.slices(self.config)
        gates, vectors = (
            nn.functional.linear(
                seen,
                self.interface.weight[places[name], : seen.shape[-1]],
                None if self.interface.bias is None else self.interface.bias[places[name]],
            )
            for name in ("write_gates", "write_vectors")
        )
        memory = parallel_description.written(
            gates.squeeze(-1).T, vectors.transpose(0, 1), lengths, rows, self.config
        )
        return DNCState(state, memory)


class Stepper:
    """Steps taken one at a time, where an input hangs on the output before; for inference only.

    The state is kept inside; on the fast path it stays where the kernels work on it, so that a step costs no
    more here than in a long run. There are no gradients, and the network's weights must not change meanwhile.
    """

    def __init__(self, network: DNC, state: DNCState) -> None:
        self._network, self._state = network, state
        self._steps: Steps | None = None
        if network.fallback_reason(state.memory.memory) is None and network.device.type == "cpu":
            self._steps = Steps(
                network.config,
                LaidOut(arrays(network._weights()), network.config),
                Panels(array(network._output()).T),
                arrays(_start(state)),
                array(state.memory.linkable),
                torch.get_num_threads(),
            )

    @torch.no_grad()
    def step(self, inputs: Tensor, active: Tensor | None = None) -> Tensor:
        """Run one step: inputs ``[B, input]`` -> logits ``[B, output]``.

        Where ``active`` ``[B]`` is false an episode's state stays as it was, exactly, and logits are zeros.
        """
        if self._steps is None:
            taken = None if active is None else active.unsqueeze(0)
            logits, self._state = self._network(inputs.unsqueeze(0), self._state, taken)
            return logits.squeeze(0)  # type: ignore[no-any-return]
        taken = torch.from_numpy(self._steps.take(array(inputs), array(active)))
        logits = self._network._with_input(taken, inputs)
        return logits if active is None else torch.where(active.unsqueeze(-1), logits, 0)

    @property
    @torch.no_grad()
    def state(self) -> DNCState:
        """The state after the last step, a copy."""
        return self._state if self._steps is None else _after(tensors(self._steps.end()), self._state)


def _start(state: DNCState) -> Start[Tensor]:
    memory = state.memory
    assert not isinstance(memory.links, SparseLinks)
    none = memory.memory.new_zeros(len(memory.memory), 0, 0)
    return Start(
        hidden=state.controller.hidden[0],
        cell=state.controller.cell[0],
        memory=memory.memory,
        usage=memory.usage,
        written=memory.write_weights[:, 0],
        read=memory.read_weights,
        reads=memory.reads.flatten(1),
        links=none if memory.links is None else memory.links[:, 0],
        precedence=none[:, 0:0].flatten(1) if memory.precedence is None else memory.precedence[:, 0],
    )


def _after(end: End[Tensor], before: DNCState) -> DNCState:
    reads, linked = before.memory.reads, before.memory.links is not None
    last, hidden = end.carried[-1].clone().tensor_split([reads[0].numel()], dim=1)
    return DNCState(
        ControllerState(hidden.unsqueeze(0), end.cell.unsqueeze(0)),
        access.MemoryState(
            memory=end.memory,
            usage=end.usage,
            write_weights=end.written.unsqueeze(1),
            read_weights=end.read,
            reads=last.view_as(reads),
            links=end.links.unsqueeze(1) if linked else None,
            precedence=end.precedence.unsqueeze(1) if linked else None,
            linkable=before.memory.linkable,
        ),
    )


def _hold(
    active: Tensor,
    after: tuple[ControllerState, access.MemoryState],
    before: tuple[ControllerState, access.MemoryState],
) -> tuple[ControllerState, access.MemoryState]:
    """Keep the state of episodes that are not active; the memory itself was not written to."""
    keep = active[:, None, None]
    memory = after[1]._replace(
        write_weights=torch.where(keep, after[1].write_weights, before[1].write_weights),
        usage=torch.where(active[:, None], after[1].usage, before[1].usage),
        read_weights=torch.where(keep, after[1].read_weights, before[1].read_weights),
        reads=torch.where(keep, after[1].reads, before[1].reads),
    )
    return hold(active, after[0], before[0]), memory
