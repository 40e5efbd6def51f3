"""The differentiable neural computer: a controller and its memory, run through the steps of an episode."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from graphdnc.errors import CapacityError
from graphdnc.model import access, interface, interface_layout, parallel_description
from graphdnc.model.config import DNCConfig
from graphdnc.model.controller import Controller, LSTMLayer
from graphdnc.model.kernels.autograd import run_steps
from graphdnc.model.kernels.cpu.bindings import PackedMatrix
from graphdnc.model.kernels.cpu.recurrence import array, arrays, tensors
from graphdnc.model.kernels.cpu.run import PackedWeights, StepRunner
from graphdnc.model.kernels.dispatch import fallback_reason, kernels_for, product
from graphdnc.model.kernels.state import Weights
from graphdnc.model.state import DNCState, kernel_end, kernel_start


class DNC(nn.Module):
    """A differentiable neural computer (Graves et al. 2016), batched, with the options of its configuration.

    A new network has plain random weights. The description of a graph and the questions about it are two
    calls, so that a graph can be memorised once and asked about many times::

        state = network.memorise(batch.description, batch.lengths, rows)
        logits, state = network(batch.steps, state, batch.active)

    Attributes:
        use_kernels: run the steps by the kernels where they can; ``fallback_reason`` says why they cannot.
        freeze_memory_path: the kernels leave out the gradients that pass through the memory, a third of the
            time. Only for training in which ``has_fixed_memory_path`` is and stays true. Gradients of the
            other weights are exact if the last step of every episode is active. The state after the steps
            has no gradient.
    """

    def __init__(self, config: DNCConfig) -> None:
        super().__init__()
        self.config = config
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

    def initial_state(self, batch: int, rows: int | None = None, described: Tensor | None = None) -> DNCState:
        """Return the state before the first step, with an empty memory of ``rows`` rows.

        ``described`` ``[B]`` is the number of triples that will be described first; it matters only without
        ``link_description``.
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
        """Run steps ``[S, B, input]``; return logits ``[S, B, output]`` and the state after the last step.

        Args:
            inputs: one input for each step and episode.
            state: the state to begin at; by default the memory is empty.
            active: bool ``[S, B]``. A step where it is false leaves an episode's state exactly as it was and
                gives zeros.
            reading: without it the memory is not looked at, and all reads are zeros.

        Raises:
            ValueError: the shapes do not fit each other or the network.
        """
        if state is None:
            state = self.initial_state(inputs.shape[1])
        self._check(inputs, state, active)
        if torch.compiler.is_compiling():  # it cannot look into the kernels, and would unroll the steps
            return torch.compiler.disable(self._run)(inputs, state, active, reading)  # type: ignore[no-any-return]
        return self._run(inputs, state, active, reading)

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

    def _run(
        self, inputs: Tensor, state: DNCState, active: Tensor | None, reading: bool
    ) -> tuple[Tensor, DNCState]:
        if self.fallback_reason(inputs, reading) is None:
            return self._run_kernels(inputs, state, active)
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
        if inputs.dtype != self.output.weight.dtype or torch.is_autocast_enabled(inputs.device.type):
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
        layer = self.controller.layers[0]
        assert isinstance(layer, LSTMLayer)
        return Weights(
            layer.input_weight, layer.hidden_weight, layer.bias, self.interface.weight, self.interface.bias
        )

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
        layer, own = self.controller.layers[0], self.controller.output_size
        assert isinstance(layer, LSTMLayer)
        sees_reads = bool(layer.input_weight.detach()[:, self.config.input_size :].any())
        return not (trained or sees_reads or bool(self.interface.weight.detach()[:, :own].any()))

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
        reads = state.memory.reads.flatten(1)
        hidden, controller = self.controller(torch.cat([inputs, reads], dim=-1), state.controller)
        seen = torch.cat([hidden, inputs, reads], dim=-1) if self.config.interface_skip else hidden
        parts = interface.parse(self.interface(seen), self.config)
        if active is not None:
            # no write and nothing freed: memory, usage and links stay exactly as they are
            parts = parts._replace(
                write_gates=parts.write_gates * active.unsqueeze(-1),
                free_gates=parts.free_gates * active.unsqueeze(-1),
            )
        memory = access.step(parts, state.memory, self.config, reading)
        logits = self._with_input(self.output(hidden) + self.read_output(memory.reads.flatten(1)), inputs)
        after = DNCState(controller, memory)
        if active is None:
            return logits, after, parts
        return torch.where(active.unsqueeze(-1), logits, 0), after.held(state, active), parts

    def stepper(self, state: DNCState) -> Stepper:
        """Return an object that runs steps one at a time, beginning at ``state``; for inference only."""
        return Stepper(self, state)

    def memorise(self, inputs: Tensor, lengths: Tensor, rows: int | None = None) -> DNCState:
        """Write descriptions into an empty memory and return the state after them.

        Args:
            inputs: ``[T, B, input]``, one triple a step.
            lengths: ``[B]``, the number of triples of each episode.
            rows: rows of memory; by default those of the configuration.

        Raises:
            CapacityError: there are more triples than rows.
            ValueError: a length is negative or more than T.
        """
        rows = self.config.memory_rows if rows is None else rows
        if len(inputs) > rows:
            raise CapacityError(f"{len(inputs):,} triples do not fit in a memory of {rows:,} rows")
        if bool(((lengths < 0) | (lengths > len(inputs))).any()):
            raise ValueError(f"lengths must be from 0 to {len(inputs)}, the steps of the description")
        if self.config.parallel_description:
            return self._memorise_in_parallel(inputs, lengths, rows)
        active = torch.arange(len(inputs), device=lengths.device)[:, None] < lengths
        state = self.initial_state(inputs.shape[1], rows, lengths)
        _, after = self.forward(inputs, state, active, reading=not self.config.blind_description)
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
        memory = parallel_description.write_all(
            gates.squeeze(-1).T, vectors.transpose(0, 1), lengths, rows, self.config
        )
        return DNCState(state, memory)


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
            logits, self._state = self._network(inputs.unsqueeze(0), self._state, one_step)
            return logits.squeeze(0)  # type: ignore[no-any-return]
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
