"""The differentiable neural computer: a controller and its memory, run through the steps of an episode."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import overload

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from graphdnc.errors import CapacityError
from graphdnc.model import access, interface, interface_layout, parallel_description
from graphdnc.model.arguments import (
    autocasts,
    check_active,
    check_inputs,
    check_state,
    masked,
    packed_like,
    unpacked,
)
from graphdnc.model.config import DNCConfig
from graphdnc.model.controller import Controller, LSTMLayer
from graphdnc.model.kernels.autograd import run_steps
from graphdnc.model.kernels.cpu.bindings import PackedMatrix
from graphdnc.model.kernels.cpu.recurrence import array, arrays, tensors
from graphdnc.model.kernels.cpu.run import PackedWeights, StepRunner
from graphdnc.model.kernels.dispatch import fallback_reason, kernels_for, product
from graphdnc.model.kernels.state import LayerWeights, Weights, weights_of
from graphdnc.model.state import DNCState, kernel_end, kernel_start


class DNC(nn.Module):
    """A differentiable neural computer (Graves et al. 2016), batched, with the options of its configuration.

    A new network has plain random weights. The description of a graph and the questions about it are two
    calls, so that a graph can be memorised once and asked about many times::

        state = network.memorise(batch.description, batch.lengths, rows)
        logits, state = network(batch.steps, state, batch.active)

    The weights may be of any floating type. With float16, bfloat16 or autocast, controller and outputs use
    it, while the memory and its addressing stay in float32.

    Attributes:
        batch_first: inputs, ``active`` and logits have the episodes first, ``[B, S, ...]`` instead of
            ``[S, B, ...]``. Packed sequences and states are the same in both.
        use_kernels: run the steps by the kernels where they can; ``fallback_reason`` says why they cannot.
        freeze_memory_path: the kernels leave out the gradients that pass through the memory, a third of the
            time. Only for training in which ``has_fixed_memory_path`` is and stays true. Gradients of the
            other weights are exact if the last step of every episode is active. The state after the steps
            has no gradient.
    """

    def __init__(self, config: DNCConfig, *, batch_first: bool = False) -> None:
        super().__init__()
        self.config = config
        self.batch_first = batch_first
        self.use_kernels = True
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
        """The device of the weights."""
        return self.output.weight.device

    @property
    def memory_type(self) -> torch.dtype:
        """The type of the numbers of the memory: that of the weights, or float32 if these have half of it."""
        own = self.output.weight.dtype
        return torch.float32 if own in (torch.float16, torch.bfloat16) else own

    def initial_state(self, batch: int, rows: int | None = None, described: Tensor | None = None) -> DNCState:
        """Return the state before the first step, with an empty memory of ``rows`` rows.

        ``described`` ``[B]`` is the number of triples that will be described first; it matters only without
        ``link_description``.
        """
        rows = self.config.memory_rows if rows is None else rows
        if min(batch, rows) < 1:
            raise ValueError(f"{batch} episodes of {rows} rows; there must be one at least of each")
        like = self.output.weight.new_empty(0, dtype=self.memory_type)
        memory = access.initial_state(self.config, batch, rows, like, described)
        return DNCState(self.controller.initial_state(batch), memory)

    @overload
    def forward(
        self, inputs: Tensor, state: DNCState | None = ..., active: Tensor | None = ..., reading: bool = ...
    ) -> tuple[Tensor, DNCState]: ...
    @overload
    def forward(
        self, inputs: PackedSequence, state: DNCState | None = ..., active: None = ..., reading: bool = ...
    ) -> tuple[PackedSequence, DNCState]: ...
    def forward(
        self,
        inputs: Tensor | PackedSequence,
        state: DNCState | None = None,
        active: Tensor | None = None,
        reading: bool = True,
    ) -> tuple[Tensor | PackedSequence, DNCState]:
        """Run steps ``[S, B, input]``; return logits ``[S, B, output]`` and the state after the last step.

        Args:
            inputs: one input for each step and episode, or a packed sequence; then the logits are packed
                alike.
            state: the state to begin at; by default the memory is empty.
            active: bool ``[S, B]``. A step where it is false leaves an episode's state exactly as it was and
                gives zeros. What its input is does not matter, not even to gradients: it may be NaN.
            reading: without it the memory is not looked at, and all reads are zeros.

        Raises:
            ValueError: what is given does not fit the network, or each other; the message says what.
        """
        if torch.compiler.is_compiling():  # it cannot look into the kernels, and would unroll the steps
            return torch.compiler.disable(self._forward)(inputs, state, active, reading)  # type: ignore[no-any-return]
        return self._forward(inputs, state, active, reading)

    def _forward(
        self, inputs: Tensor | PackedSequence, state: DNCState | None, active: Tensor | None, reading: bool
    ) -> tuple[Tensor | PackedSequence, DNCState]:
        if isinstance(inputs, PackedSequence):
            if active is not None:
                raise ValueError("a packed sequence says itself where episodes end; leave active out")
            shown, active = unpacked(inputs)
            check_inputs(shown, self.config, self.output.weight)
            logits, after = self._run(shown, self._begin(state, shown.shape[1]), active, reading)
            return packed_like(inputs, logits), after
        check_inputs(inputs, self.config, self.output.weight, self.batch_first)
        if active is not None:
            check_active(active, inputs)
        shown, active = self._steps_first(inputs), None if active is None else self._steps_first(active)
        logits, after = self._run(shown, self._begin(state, shown.shape[1]), active, reading)
        return self._steps_first(logits), after

    def _steps_first(self, values: Tensor) -> Tensor:
        """Exchange steps and episodes if the episodes come first; it is its own inverse."""
        return values.transpose(0, 1) if self.batch_first else values

    def _begin(self, state: DNCState | None, batch: int) -> DNCState:
        """Return the state to begin at: the one given, if it is one of this network, or an empty memory."""
        if state is None:
            return self.initial_state(batch)
        check_state(state, self.config, self.output.weight, self.memory_type)
        if len(state.memory.memory) != batch:
            raise ValueError(f"the state is of {len(state.memory.memory)} episodes, the inputs of {batch}")
        return state

    def _run(
        self, inputs: Tensor, state: DNCState, active: Tensor | None, reading: bool
    ) -> tuple[Tensor, DNCState]:
        with torch.cuda.device_of(inputs):  # of several GPUs, Triton runs kernels on the current one
            if self.fallback_reason(inputs, reading) is None:
                return self._run_kernels(masked(inputs, active), state, active)
        logits = []
        for index, step_inputs in enumerate(inputs):
            output, state = self.step(step_inputs, state, None if active is None else active[index], reading)
            logits.append(output)
        return torch.stack(logits), state

    def fallback_reason(self, inputs: Tensor, reading: bool = True) -> str | None:
        """Return why torch runs these steps one by one, or ``None`` if the kernels run them."""
        if not self.use_kernels:
            return "the kernels are switched off"
        if not reading or not len(inputs):
            return "nothing is read"
        if inputs.dtype != self.output.weight.dtype or autocasts(inputs.device):
            return "inputs and weights are of different types"
        return fallback_reason(self.config, inputs.device, inputs.dtype)

    def _run_kernels(self, inputs: Tensor, state: DNCState, active: Tensor | None) -> tuple[Tensor, DNCState]:
        frozen = torch.is_grad_enabled() and self.freeze_memory_path
        with torch.set_grad_enabled(torch.is_grad_enabled() and not frozen):
            end = run_steps(
                kernels_for(inputs),
                self.config,
                inputs,
                active,
                state.memory.linkable,
                self._kernel_weights(),
                kernel_start(state),
            )
        recurrent = end.recurrent
        if frozen:  # the controller again, with gradients
            hidden = self.controller.run_on(inputs, state.controller)
            recurrent = torch.cat([recurrent[..., : -hidden.shape[-1]], hidden], dim=-1)
        logits = self._with_input(product(recurrent, self._recurrent_output()), inputs)
        if active is not None:
            logits = torch.where(active.unsqueeze(-1), logits, 0)
        return logits, kernel_end(end, state)

    def _kernel_weights(self) -> Weights[Tensor]:
        layers = [_layer_weights(layer) for layer in self.controller.layers]
        return weights_of(layers, self.interface.weight, self.interface.bias, torch.cat)

    def _recurrent_output(self) -> Tensor:
        """Return the map ``[output, R * W + hidden]`` from reads and hidden values to the output."""
        return torch.cat([self.read_output.weight, self.output.weight], dim=1)

    def _with_input(self, logits: Tensor, inputs: Tensor) -> Tensor:
        """Add what comes from the input directly, by ``output_skip``."""
        return logits if self.input_output is None else logits + self.input_output(inputs)

    def has_fixed_memory_path(self) -> bool:
        """Return whether what is written and looked up depends on no weight that is trained.

        This is so if the interface is frozen, its weights for the controller are 0, and the controller's
        weights for the reads are 0.
        """
        trained = any(parameter.requires_grad for parameter in self.interface.parameters())
        first, end = self.config.input_size, self.controller.input_size
        reads = [_layer_weights(layer).input.detach()[:, first:end] for layer in self.controller.layers]
        own = self.interface.weight.detach()[:, : self.controller.output_size]
        return not (trained or any(bool(weights.any()) for weights in (*reads, own)))

    def step(
        self, inputs: Tensor, state: DNCState, active: Tensor | None = None, reading: bool = True
    ) -> tuple[Tensor, DNCState]:
        """Run one step in torch: inputs ``[B, input]`` -> logits ``[B, output]``. See ``forward``."""
        logits, after, _ = self.step_with_interface(inputs, state, active, reading)
        return logits, after

    def step_with_interface(
        self, inputs: Tensor, state: DNCState, active: Tensor | None = None, reading: bool = True
    ) -> tuple[Tensor, DNCState, interface.Interface]:
        """Run one step as ``step`` does, and also return the interface vector that operated the memory."""
        own, inputs = self.output.weight.dtype, masked(inputs, active)
        shown = torch.cat([inputs, state.memory.reads.flatten(1).to(own)], dim=-1)
        hidden, controller = self.controller(shown, state.controller)
        seen = torch.cat([hidden, shown], dim=-1) if self.config.interface_skip else hidden
        vector = self.interface(seen)
        with self._in_full_precision():
            parts, memory = self._operate(vector.to(self.memory_type), state.memory, active, reading)
        said = self.output(hidden) + self.read_output(memory.reads.flatten(1).to(own))
        logits, after = self._with_input(said, inputs), DNCState(controller.to(own), memory)
        if active is None:
            return logits, after, parts
        return torch.where(active.unsqueeze(-1), logits, 0), after.held(state, active), parts

    def _operate(
        self, vector: Tensor, before: access.MemoryState, active: Tensor | None, reading: bool
    ) -> tuple[interface.Interface, access.MemoryState]:
        """Operate the memory by an interface vector ``[B, interface]``, where ``active`` ``[B]``."""
        parts = interface.parse(vector, self.config)
        if active is not None:
            # no write and nothing freed: memory, usage and links stay exactly as they are
            parts = parts._replace(
                write_gates=parts.write_gates * active.unsqueeze(-1),
                free_gates=parts.free_gates * active.unsqueeze(-1),
            )
        return parts, access.step(parts, before, self.config, reading)

    def _in_full_precision(self) -> AbstractContextManager[object]:
        """Switch autocast off: addressing takes differences that half precision does not hold."""
        device = self.device
        return torch.autocast(device.type, enabled=False) if autocasts(device) else nullcontext()

    def stepper(self, state: DNCState) -> Stepper:
        """Return an object that runs steps one at a time, beginning at ``state``; for inference only."""
        return Stepper(self, self._begin(state, len(state.memory.memory)))

    def memorise(self, inputs: Tensor, lengths: Tensor, rows: int | None = None) -> DNCState:
        """Write descriptions into an empty memory and return the state after them.

        Args:
            inputs: ``[T, B, input]``, one triple a step. Those after the end of an episode do not matter.
            lengths: ``[B]``, the number of triples of each episode.
            rows: rows of memory; by default those of the configuration.

        Raises:
            CapacityError: there are more triples than rows.
            ValueError: a length is negative or more than T.
        """
        rows = self.config.memory_rows if rows is None else rows
        check_inputs(inputs, self.config, self.output.weight, self.batch_first)
        shown = self._steps_first(inputs)
        if len(shown) > rows:
            raise CapacityError(f"{len(shown):,} triples do not fit in a memory of {rows:,} rows")
        if bool(((lengths < 0) | (lengths > len(shown))).any()):
            raise ValueError(f"lengths must be from 0 to {len(shown)}, the steps of the description")
        active = torch.arange(len(shown), device=lengths.device)[:, None] < lengths
        if self.config.parallel_description:
            return self._memorise_in_parallel(masked(shown, active), lengths, rows)
        state = self.initial_state(shown.shape[1], rows, lengths)
        _, after = self._run(shown, state, active, reading=not self.config.blind_description)
        return after

    def _memorise_in_parallel(self, inputs: Tensor, lengths: Tensor, rows: int) -> DNCState:
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
        with self._in_full_precision():
            memory = parallel_description.write_all(
                gates.squeeze(-1).T.to(self.memory_type),
                vectors.transpose(0, 1).to(self.memory_type),
                lengths,
                rows,
                self.config,
            )
        return DNCState(state.to(self.output.weight.dtype), memory)


def _layer_weights(layer: nn.Module) -> LayerWeights[Tensor]:
    """Return the parameters of a layer of the controller, for the kernels."""
    assert isinstance(layer, LSTMLayer)
    gate, cell = layer.gate_norm, layer.cell_norm
    return LayerWeights(
        input=layer.input_weight,
        hidden=layer.hidden_weight,
        bias=layer.bias,
        gate_scale=None if gate is None else gate.weight,
        gate_shift=None if gate is None else gate.bias,
        cell_scale=None if cell is None else cell.weight,
        cell_shift=None if cell is None else cell.bias,
    )


class Stepper:
    """Runs steps one at a time, for when an input depends on the previous output; for inference only.

    It keeps the state. With the kernels the state stays in their buffers, so that a single step costs no more
    than a step of a long run. There are no gradients, and the network's weights must not change meanwhile.
    """

    def __init__(self, network: DNC, state: DNCState) -> None:
        self._network, self._state = network, state
        self._runner: StepRunner | None = None
        if network.fallback_reason(state.memory.memory) is None and network.device.type == "cpu":
            self._runner = StepRunner(
                network.config,
                PackedWeights(arrays(network._kernel_weights()), network.config),
                PackedMatrix(array(network._recurrent_output()).T),
                arrays(kernel_start(state)),
                array(state.memory.linkable),
                torch.get_num_threads(),
            )

    @torch.no_grad()
    def step(self, inputs: Tensor, active: Tensor | None = None) -> Tensor:
        """Run one step: inputs ``[B, input]`` -> logits ``[B, output]``.

        Where ``active`` ``[B]`` is false, an episode's state stays exactly as it was; its logits are zeros.
        """
        if self._runner is None:
            one_step = None if active is None else active.unsqueeze(0)
            logits, self._state = self._network._run(inputs.unsqueeze(0), self._state, one_step, True)
            return logits.squeeze(0)
        inputs = masked(inputs, active)
        output = torch.from_numpy(self._runner.step(array(inputs), array(active)))
        logits = self._network._with_input(output, inputs)
        return logits if active is None else torch.where(active.unsqueeze(-1), logits, 0)

    @property
    @torch.no_grad()
    def state(self) -> DNCState:
        """A copy of the state after the last step."""
        if self._runner is None:
            return self._state
        return kernel_end(tensors(self._runner.end()), self._state)
