"""A network that runs in torch: any configuration, any device, by the kernels where they can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC, Stepper
from graphdnc.model.runtime.protocol import State
from graphdnc.model.state import DNCState
from graphdnc.utils.arrays import Floats


class EagerNetwork:
    """A ``DNC`` with the interface of ``Network``, NumPy arrays in and out. It computes no gradients."""

    def __init__(self, dnc: DNC) -> None:
        self.dnc = dnc

    @classmethod
    def of(cls, config: DNCConfig, weights: Mapping[str, Floats]) -> EagerNetwork:
        """Return a network with these weights, in evaluation mode, on the CPU.

        Raises:
            ValueError: the weights are not those of such a network.
        """
        dnc = DNC(config)
        try:
            dnc.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
        except RuntimeError as error:
            raise ValueError(str(error).splitlines()[-1].strip()) from error
        return cls(dnc.eval())

    @property
    def config(self) -> DNCConfig:
        """Its sizes and options."""
        return self.dnc.config

    @property
    def weights(self) -> Mapping[str, Floats]:
        """Its weights by name, as they are now."""
        tensors = self.dnc.state_dict().items()
        return {name: tensor.detach().cpu().contiguous().numpy() for name, tensor in tensors}

    @property
    def threads(self) -> int:
        """The threads that run a step."""
        return torch.get_num_threads()

    @torch.inference_mode()
    def begin(self, episodes: int, rows: int) -> EagerState:
        """Return the state of episodes before their first step, with an empty memory of ``rows`` rows."""
        return EagerState(self.dnc.initial_state(episodes, rows))

    @torch.inference_mode()
    def memorise(self, inputs: Floats, lengths: NDArray[np.int64], rows: int) -> EagerState:
        """Write descriptions ``[T, B, input]`` of ``lengths`` ``[B]`` triples into a memory of ``rows`` rows.

        Raises:
            CapacityError: there are more triples than rows.
        """
        return EagerState(self.dnc.memorise(self._sent(inputs), self._sent(lengths), rows))

    @torch.inference_mode()
    def run(self, steps: Floats, state: State, active: NDArray[np.bool_]) -> Floats:
        """Run steps ``[S, B, input]`` -> logits ``[S, B, output]``, zeros where not ``active``."""
        logits, _ = self.dnc(self._sent(steps), _own(state), self._sent(active))
        return _array(logits)

    @torch.inference_mode()
    def stepper(self, state: State) -> EagerStepper:
        """Return an object that runs steps one at a time, beginning at ``state``."""
        return EagerStepper(self, self.dnc.stepper(_own(state)))

    def _sent(self, values: NDArray[Any]) -> Tensor:
        return torch.from_numpy(values).to(self.dnc.device)


@dataclass(frozen=True)
class EagerState:
    """A state, in tensors."""

    tensors: DNCState

    @property
    def memory(self) -> Floats:
        """The rows of memory, ``[B, N, W]``."""
        return _array(self.tensors.memory.memory)

    @property
    def read_weights(self) -> Floats:
        """The read weights of the last step, ``[B, R, N]``."""
        return _array(self.tensors.memory.read_weights)

    @torch.inference_mode()
    def repeated(self, times: int) -> EagerState:
        """Return the states of all B episodes repeated ``times`` times, as ``times * B`` episodes."""
        return EagerState(self.tensors.repeated(times))

    @torch.inference_mode()
    def part(self, first: int, end: int) -> EagerState:
        """Return the states of episodes ``first`` to ``end``."""
        return EagerState(self.tensors.part(first, end))


class EagerStepper:
    """Runs steps one at a time."""

    def __init__(self, network: EagerNetwork, stepper: Stepper) -> None:
        self._network, self._stepper = network, stepper

    @torch.inference_mode()
    def step(self, inputs: Floats, active: NDArray[np.bool_]) -> Floats:
        """Run a step: inputs ``[B, input]`` -> logits ``[B, output]``, zeros where not ``active``."""
        return _array(self._stepper.step(self._network._sent(inputs), self._network._sent(active)))

    @property
    @torch.inference_mode()
    def state(self) -> EagerState:
        """A copy of the state after the last step."""
        return EagerState(self._stepper.state)


def _own(state: State) -> DNCState:
    return cast(EagerState, state).tensors


def _array(values: Tensor) -> Floats:
    return cast(Floats, values.cpu().numpy())
