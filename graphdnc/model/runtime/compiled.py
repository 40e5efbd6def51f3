"""A network that only answers: NumPy arrays, and steps by the kernels on a CPU. It needs no torch.

Loading torch takes longer than answering. The results are those of ``DNC``; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from graphdnc.errors import CapacityError
from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.cpu.bindings import PackedMatrix
from graphdnc.model.kernels.cpu.controller import run_controller
from graphdnc.model.kernels.cpu.run import PackedWeights, Run, StepRunner, product
from graphdnc.model.kernels.state import LayerWeights, unsupported_option, weights_of
from graphdnc.model.runtime.compiled_state import CompiledState
from graphdnc.model.runtime.protocol import State
from graphdnc.utils.arrays import Floats
from graphdnc.utils.cpus import default_threads


class CompiledNetwork:
    """A network with fixed weights. The kernels must be built and support its options."""

    def __init__(self, config: DNCConfig, weights: Mapping[str, Floats], threads: int | None = None) -> None:
        """Take weights by the names that they have in a checkpoint.

        Raises:
            ValueError: a weight is missing, unknown or of the wrong shape.
        """
        _check_weights(config, weights)
        self.config, self.threads = config, default_threads() if threads is None else threads
        # copies: the network that they are of may be trained on
        self.weights = {name: np.array(array, np.float32, order="C") for name, array in weights.items()}
        own = self.weights
        layers = [_layer_weights(own, number) for number in range(config.controller_layers)]
        self._weights = weights_of(layers, own["interface.weight"], own.get("interface.bias"), np.concatenate)
        self._packed = PackedWeights(self._weights, config)
        self._output = PackedMatrix(
            np.concatenate([own["read_output.weight"], own["output.weight"]], axis=1).T
        )
        self._skip = PackedMatrix(own["input_output.weight"].T) if config.output_skip else None

    @staticmethod
    def unsupported(config: DNCConfig) -> str | None:
        """Return the option of a network that a compiled one does not support, in words, or ``None``."""
        if config.parallel_description and config.link_description and config.links != "off":
            return "links among the rows of a description that is written at once"
        return unsupported_option(config, on_gpu=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy by weights: what is packed for the kernels cannot be copied."""
        return CompiledNetwork, (self.config, self.weights, self.threads)

    def begin(self, episodes: int, rows: int) -> CompiledState:
        """Return the state of episodes before their first step, with an empty memory of ``rows`` rows."""
        return CompiledState.empty(self.config, rows, np.zeros(episodes, np.int64))

    def memorise(self, inputs: Floats, lengths: NDArray[np.int64], rows: int) -> CompiledState:
        """Write descriptions ``[T, B, input]`` of ``lengths`` ``[B]`` triples into a memory of ``rows`` rows.

        Raises:
            CapacityError: there are more triples than rows.
            ValueError: the shapes do not fit each other or the network.
        """
        inputs, lengths = self._checked(inputs), np.asarray(lengths, np.int64)
        if lengths.shape != (inputs.shape[1],) or ((lengths < 0) | (lengths > len(inputs))).any():
            raise ValueError(f"lengths must be one for each episode, from 0 to {len(inputs)}")
        if len(inputs) > rows:
            raise CapacityError(f"{len(inputs):,} triples do not fit in a memory of {rows:,} rows")
        state = CompiledState.empty(self.config, rows, lengths)
        if self.config.parallel_description:
            return self._memorise_in_parallel(inputs, lengths, state)
        active = np.arange(len(inputs))[:, None] < lengths
        run = Run(self.config, len(inputs), active, state.linkable, state.start, threads=self.threads)
        return state.after(run.forward(inputs, self._packed))

    def run(self, steps: Floats, state: State, active: NDArray[np.bool_]) -> Floats:
        """Run steps ``[S, B, input]`` -> logits ``[S, B, output]``, zeros where not ``active``."""
        own, steps = cast(CompiledState, state), self._checked(steps)
        if len(own.linkable) != steps.shape[1] or active.shape != steps.shape[:2]:
            raise ValueError(
                f"the state is of {len(own.linkable)} episodes; inputs are {list(steps.shape)}, "
                f"active is {list(active.shape)}"
            )
        run = Run(self.config, len(steps), active, own.linkable, own.start, threads=self.threads)
        logits = product(run.run_all(steps, self._packed), self._output, self.threads)
        return self._with_input(logits, steps, active)

    def stepper(self, state: State) -> CompiledStepper:
        """Return an object that runs steps one at a time, beginning at ``state``."""
        return CompiledStepper(self, cast(CompiledState, state))

    def _checked(self, inputs: Floats) -> Floats:
        """Return inputs ``[S, B, input]`` contiguous and in float32.

        Raises:
            ValueError: they have another shape, or there are none.
        """
        if inputs.ndim != 3 or inputs.shape[-1] != self.config.input_size or not inputs.size:
            wanted = f"[steps, batch, {self.config.input_size}]"
            raise ValueError(f"inputs have the shape {list(inputs.shape)}; it must be {wanted}, no number 0")
        return np.ascontiguousarray(inputs, np.float32)

    def _with_input(self, logits: Floats, inputs: Floats, active: NDArray[np.bool_]) -> Floats:
        """Add what comes from the input directly; set zeros where not ``active``."""
        if self._skip is not None:
            logits += product(inputs, self._skip, self.threads)
        logits[~active] = 0
        return logits

    def _memorise_in_parallel(
        self, inputs: Floats, lengths: NDArray[np.int64], state: CompiledState
    ) -> CompiledState:
        """Write row t for triple t, as in ``parallel_description.py``; rows of triples have no links here."""
        run, start = run_controller(inputs, lengths, self._weights, self.config, self.threads), state.start
        gates, vectors = (
            self._interface_part(name, run.outputs, inputs) for name in ("write_gates", "write_vectors")
        )
        longest = len(inputs)
        opened = _sigmoid(gates[..., 0].T) * (np.arange(longest) < lengths[:, None])  # [B, T]
        last = np.arange(longest) == lengths[:, None] - 1
        columns = start.memory.swapaxes(1, 2)[..., :longest]
        np.multiply(vectors.transpose(1, 2, 0), opened[:, None], out=columns)
        start.usage[:, :longest] = opened * ~last
        start.write_weights[:, :longest] = opened * last
        last_step = {"hidden": run.hidden.copy(), "cell": run.cell.copy()}  # views would keep all steps
        return CompiledState(start._replace(**last_step), state.linkable)

    def _interface_part(self, name: str, outputs: Floats, inputs: Floats) -> Floats:
        """Return a part of the interface vector, ``[T, B, part]``, while nothing is read."""
        place = interface_layout.slices(self.config)[name]
        matrix, hidden = self._weights.interface[place], outputs.shape[-1]
        found = product(outputs, PackedMatrix(matrix[:, :hidden].T), self.threads)
        if self.config.interface_skip:
            from_input = matrix[:, hidden : hidden + inputs.shape[-1]]
            found += product(inputs, PackedMatrix(from_input.T), self.threads)
        if self._weights.interface_bias is not None:
            found += self._weights.interface_bias[place]
        return found


class CompiledStepper:
    """Runs steps one at a time; the state stays in the buffers of the kernels."""

    def __init__(self, network: CompiledNetwork, state: CompiledState) -> None:
        self._network, self._before = network, state
        self._runner = StepRunner(
            network.config,
            network._packed,
            network._output,
            state.start,
            state.linkable,
            network.threads,
        )

    def step(self, inputs: Floats, active: NDArray[np.bool_]) -> Floats:
        """Run a step: inputs ``[B, input]`` -> logits ``[B, output]``, zeros where not ``active``."""
        (inputs,) = self._network._checked(inputs[None])
        if len(inputs) != len(self._before.linkable) or active.shape != inputs.shape[:1]:
            count = len(self._before.linkable)
            raise ValueError(f"the state is of {count} episodes; inputs are of {len(inputs)}")
        return self._network._with_input(self._runner.step(inputs, active), inputs, active)

    @property
    def state(self) -> CompiledState:
        """A copy of the state after the last step."""
        return self._before.after(self._runner.end())


def _check_weights(config: DNCConfig, weights: Mapping[str, Floats]) -> None:
    """Check that weights have the names and shapes of those of a network.

    Raises:
        ValueError: one is missing, unknown or of the wrong shape.
    """
    wanted = _shapes(config)
    for name in sorted(wanted.keys() | weights.keys()):
        if name not in weights:
            raise ValueError(f"{name} is missing")
        if name not in wanted:
            raise ValueError(f"there is no place for {name}")
        if weights[name].shape != wanted[name]:
            raise ValueError(f"{name} is {list(weights[name].shape)}; it must be {list(wanted[name])}")


def _shapes(config: DNCConfig) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights of a network by name."""
    hidden, interface = config.controller_layers * config.controller_size, interface_layout.size(config)
    output, reads = config.output_size, config.read_heads * config.memory_width
    shown = config.input_size + reads
    shapes: dict[str, tuple[int, ...]] = {
        "interface.weight": (interface, hidden + (shown if config.interface_skip else 0)),
        "output.weight": (output, hidden),
        "read_output.weight": (output, reads),
    }
    for number in range(config.controller_layers):
        below = config.controller_size if number > 0 else 0
        shapes |= _layer_shapes(config, number, shown + below)
    if config.interface_skip:
        shapes["interface.bias"] = (interface,)
    if config.output_skip:
        shapes["input_output.weight"] = (output, config.input_size)
    return shapes


def _layer_shapes(config: DNCConfig, number: int, seen: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights of a layer of the controller that sees ``seen`` numbers."""
    units = config.controller_size
    shapes: dict[str, tuple[int, ...]] = {
        "input_weight": (4 * units, seen),
        "hidden_weight": (4 * units, units),
        "bias": (4 * units,),
    }
    if config.layer_norm:
        shapes |= {f"gate_norm.{part}": (4 * units,) for part in ("weight", "bias")}
        shapes |= {f"cell_norm.{part}": (units,) for part in ("weight", "bias")}
    return {_name(number, part): shape for part, shape in shapes.items()}


def _layer_weights(weights: Mapping[str, Floats], number: int) -> LayerWeights[Floats]:
    """Return the weights of a layer of the controller."""
    return LayerWeights(
        input=weights[_name(number, "input_weight")],
        hidden=weights[_name(number, "hidden_weight")],
        bias=weights[_name(number, "bias")],
        gate_scale=weights.get(_name(number, "gate_norm.weight")),
        gate_shift=weights.get(_name(number, "gate_norm.bias")),
        cell_scale=weights.get(_name(number, "cell_norm.weight")),
        cell_shift=weights.get(_name(number, "cell_norm.bias")),
    )


def _name(layer: int, part: str) -> str:
    """Return the name of a weight of a layer of the controller in a checkpoint."""
    return f"controller.layers.{layer}.{part}"


def _sigmoid(values: Floats) -> Floats:
    closed: Floats = np.exp(-np.clip(values, -80, None))
    return np.reciprocal(1 + closed)
