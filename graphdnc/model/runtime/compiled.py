"""A network that only answers: NumPy's arrays, steps by the kernels on a CPU, and no torch.

To load torch takes longer than to answer. What a network does here is what ``DNC`` does, its twin: tests
compare the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from graphdnc.errors import CapacityError
from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.cpu.bindings import Panels
from graphdnc.model.kernels.cpu.controller import listen
from graphdnc.model.kernels.cpu.run import LaidOut, Run, Steps, product
from graphdnc.model.kernels.state import End, Start, Weights
from graphdnc.model.kernels.supported import kernels_lack
from graphdnc.model.runtime.protocol import State
from graphdnc.utils.arrays import Floats
from graphdnc.utils.cpus import default_threads


def frozen_lacks(config: DNCConfig) -> str | None:
    """Return what a frozen network cannot do of what a network asks for, or ``None``."""
    if config.parallel_description and config.link_description and config.links != "off":
        return "links among the rows of a description that is written at once"
    return kernels_lack(config)


class CompiledNetwork:
    """A network whose weights no longer change; the kernels must be there, and know its options."""

    def __init__(self, config: DNCConfig, weights: Mapping[str, Floats], threads: int | None = None) -> None:
        """Take weights as a checkpoint holds them.

        Raises:
            ValueError: they are not those of such a network.
        """
        _refuse_misfits(config, weights)
        self.config, self.threads = config, default_threads() if threads is None else threads
        # copies: to train a network on does not change what was frozen of it
        self.weights = {name: np.array(array, np.float32, order="C") for name, array in weights.items()}
        own = self.weights
        self._weights = Weights(
            input=own["controller.layers.0.input_weight"],
            hidden=own["controller.layers.0.hidden_weight"],
            bias=own["controller.layers.0.bias"],
            interface=own["interface.weight"],
            interface_bias=own.get("interface.bias"),
        )
        self._laid_out = LaidOut(self._weights, config)
        self._output = Panels(np.concatenate([own["read_output.weight"], own["output.weight"]], axis=1).T)
        self._skip = Panels(own["input_output.weight"].T) if config.output_skip else None

    def memorise(self, inputs: Floats, lengths: NDArray[np.int64], rows: int) -> FrozenState:
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
        state = self._empty(rows, lengths)
        if self.config.parallel_description:
            return self._memorise_at_once(inputs, lengths, state)
        active = np.arange(len(inputs))[:, None] < lengths
        run = Run(self.config, len(inputs), active, state.linkable, state.start, threads=self.threads)
        return state.after(run.forward(inputs, self._laid_out))

    def run(self, steps: Floats, state: State, active: NDArray[np.bool_]) -> Floats:
        """Take steps ``[S, B, input]`` -> logits ``[S, B, output]``, zeros where not ``active``."""
        own, steps = cast(FrozenState, state), self._checked(steps)
        if len(own.linkable) != steps.shape[1] or active.shape != steps.shape[:2]:
            raise ValueError(
                f"the state is of {len(own.linkable)} episodes; inputs are {list(steps.shape)}, "
                f"active is {list(active.shape)}"
            )
        run = Run(self.config, len(steps), active, own.linkable, own.start, threads=self.threads)
        logits = product(run.take_all(steps, self._laid_out), self._output, self.threads)
        return self._said(logits, steps, active)

    def stepper(self, state: State) -> FrozenStepper:
        """Return what takes steps one at a time, from this state on."""
        return FrozenStepper(self, cast(FrozenState, state))

    def _checked(self, inputs: Floats) -> Floats:
        """Return inputs ``[S, B, input]`` as the kernels take them.

        Raises:
            ValueError: they have another shape, or there are none.
        """
        if inputs.ndim != 3 or inputs.shape[-1] != self.config.input_size or not inputs.size:
            wanted = f"[steps, batch, {self.config.input_size}]"
            raise ValueError(f"inputs have the shape {list(inputs.shape)}; it must be {wanted}, no number 0")
        return np.ascontiguousarray(inputs, np.float32)

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how a copy is made: what is laid out for the kernels cannot be copied."""
        return CompiledNetwork, (self.config, self.weights, self.threads)

    def _said(self, logits: Floats, inputs: Floats, active: NDArray[np.bool_]) -> Floats:
        """Return logits with what the output sees of the input itself, zeros where not ``active``."""
        if self._skip is not None:
            logits += product(inputs, self._skip, self.threads)
        logits[~active] = 0
        return logits

    def _empty(self, rows: int, described: NDArray[np.int64]) -> FrozenState:
        """Return the state before descriptions of so many triples."""
        config, batch = self.config, len(described)
        linkable = np.zeros(batch, np.int64) if config.link_description else np.minimum(described, rows)
        linked = 0 if config.links == "off" else rows - int(linkable.min())
        width, heads, hidden = config.memory_width, config.read_heads, config.controller_size
        start = Start(
            hidden=_zeros(batch, hidden),
            cell=_zeros(batch, hidden),
            memory=_zeros(batch, width, rows).swapaxes(1, 2),  # as the kernels have it
            usage=_zeros(batch, rows),
            written=_zeros(batch, rows),
            read=_zeros(batch, heads, rows),
            reads=_zeros(batch, heads * width),
            links=_zeros(batch, linked, linked),
            precedence=_zeros(batch, linked),
        )
        return FrozenState(start, linkable)

    def _memorise_at_once(
        self, inputs: Floats, lengths: NDArray[np.int64], state: FrozenState
    ) -> FrozenState:
        """Write row t for triple t, as ``description.py`` says; no row that is written is linked."""
        heard, start, longest = listen(inputs, lengths, self._weights, self.threads), state.start, len(inputs)
        gates, vectors = self._told(heard.outputs, inputs, "write_gates", "write_vectors")
        opened = _sigmoid(gates[..., 0].T) * (np.arange(longest) < lengths[:, None])  # [B, T]
        last = np.arange(longest) == lengths[:, None] - 1
        np.multiply(
            vectors.transpose(1, 2, 0), opened[:, None], out=start.memory.swapaxes(1, 2)[..., :longest]
        )
        start.usage[:, :longest] = opened * ~last
        start.written[:, :longest] = opened * last
        return FrozenState(start._replace(hidden=heard.hidden, cell=heard.cell), state.linkable)

    def _told(self, outputs: Floats, inputs: Floats, *parts: str) -> list[Floats]:
        """Return parts of the interface vector ``[T, B, part]`` of what is heard, nothing being read."""
        places, hidden, shown = interface_layout.slices(self.config), outputs.shape[-1], inputs.shape[-1]
        found = []
        for part in parts:
            matrix = self._weights.interface[places[part]]
            told = product(outputs, Panels(matrix[:, :hidden].T), self.threads)
            if self.config.interface_skip:
                told += product(inputs, Panels(matrix[:, hidden : hidden + shown].T), self.threads)
            if self._weights.interface_bias is not None:
                told += self._weights.interface_bias[places[part]]
            found.append(told)
        return found


@dataclass(frozen=True)
class FrozenState:
    """A state, in arrays; ``linkable`` ``[B]`` is the first row of each episode that can be linked."""

    start: Start[Floats]
    linkable: NDArray[np.int64]

    @property
    def memory(self) -> Floats:
        """What the rows of memory hold, ``[B, N, W]``."""
        return self.start.memory

    @property
    def read_weights(self) -> Floats:
        """How much each head read of each row in the last step, ``[B, R, N]``."""
        return self.start.read

    def repeated(self, times: int) -> FrozenState:
        """Return the states of all B episodes ``times`` times over, as ``times * B`` episodes."""
        start = Start(
            *(np.concatenate([value] * times) for value in self.start._replace(memory=self._columns))
        )
        return FrozenState(
            start._replace(memory=start.memory.swapaxes(1, 2)), np.concatenate([self.linkable] * times)
        )

    def part(self, first: int, end: int) -> FrozenState:
        """Return the states of some of the episodes."""
        return FrozenState(Start(*(value[first:end] for value in self.start)), self.linkable[first:end])

    def after(self, end: End[Floats]) -> FrozenState:
        """Return the state after steps that ended so."""
        reads = self.start.reads.shape[1]
        last = end.carried[-1]
        start = Start(
            hidden=last[:, reads:].copy(),
            cell=end.cell,
            memory=end.memory,
            usage=end.usage,
            written=end.written,
            read=end.read,
            reads=last[:, :reads].copy(),
            links=end.links,
            precedence=end.precedence,
        )
        return FrozenState(start, self.linkable)

    @property
    def _columns(self) -> Floats:
        """The memory as it lies, ``[B, W, N]``."""
        return self.start.memory.swapaxes(1, 2)


class FrozenStepper:
    """Takes steps one at a time; the state stays where the kernels work on it."""

    def __init__(self, network: CompiledNetwork, state: FrozenState) -> None:
        self._network, self._before = network, state
        self._steps = Steps(
            network.config,
            network._laid_out,
            network._output,
            state.start,
            state.linkable,
            network.threads,
        )

    def step(self, inputs: Floats, active: NDArray[np.bool_]) -> Floats:
        """Take a step: inputs ``[B, input]`` -> logits ``[B, output]``, zeros where not ``active``."""
        (inputs,) = self._network._checked(inputs[None])
        if len(inputs) != len(self._before.linkable) or active.shape != inputs.shape[:1]:
            count = len(self._before.linkable)
            raise ValueError(f"the state is of {count} episodes; inputs are of {len(inputs)}")
        return self._network._said(self._steps.take(inputs, active), inputs, active)

    @property
    def state(self) -> FrozenState:
        """The state after the last step, a copy."""
        return self._before.after(self._steps.end())


def _refuse_misfits(config: DNCConfig, weights: Mapping[str, Floats]) -> None:
    """Refuse weights that are not those of a network.

    Raises:
        ValueError: one is missing, is too many, or has another shape.
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
    hidden, shown, told = config.controller_size, config.input_size, interface_layout.size(config)
    output, reads = config.output_size, config.read_heads * config.memory_width
    shapes: dict[str, tuple[int, ...]] = {
        "controller.layers.0.input_weight": (4 * hidden, shown + reads),
        "controller.layers.0.hidden_weight": (4 * hidden, hidden),
        "controller.layers.0.bias": (4 * hidden,),
        "interface.weight": (told, hidden + (shown + reads if config.interface_skip else 0)),
        "output.weight": (output, hidden),
        "read_output.weight": (output, reads),
    }
    if config.interface_skip:
        shapes["interface.bias"] = (told,)
    if config.output_skip:
        shapes["input_output.weight"] = (output, shown)
    return shapes


def _zeros(*shape: int) -> Floats:
    return np.zeros(shape, np.float32)


def _sigmoid(values: Floats) -> Floats:
    closed: Floats = np.exp(-np.clip(values, -80, None))
    return np.reciprocal(1 + closed)
