"""The interface of a trained network, however it runs: NumPy arrays in, NumPy arrays out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graphdnc.model.config import DNCConfig
from graphdnc.utils.arrays import Floats


class State(Protocol):
    """The state of controller and memory of B episodes after some steps."""

    @property
    def memory(self) -> Floats:
        """The rows of memory, ``[B, N, W]``."""

    @property
    def read_weights(self) -> Floats:
        """The read weights of the last step, ``[B, R, N]``."""

    def repeated(self, times: int) -> State:
        """Return the states of all B episodes repeated ``times`` times, as ``times * B`` episodes."""

    def part(self, first: int, end: int) -> State:
        """Return the states of episodes ``first`` to ``end``."""


class Stepper(Protocol):
    """Runs steps one at a time, for when an input depends on the previous output."""

    def step(self, inputs: Floats, active: NDArray[np.bool_]) -> Floats:
        """Run a step: inputs ``[B, input]`` -> logits ``[B, output]``.

        Where ``active`` ``[B]`` is false an episode's state stays as it was and its logits are zeros.
        """

    @property
    def state(self) -> State:
        """A copy of the state after the last step."""


class Network(Protocol):
    """A trained network."""

    @property
    def config(self) -> DNCConfig:
        """Its sizes and options."""

    @property
    def weights(self) -> Mapping[str, Floats]:
        """Its weights by name, as a checkpoint holds them."""

    @property
    def threads(self) -> int:
        """The threads that run a step."""

    def begin(self, episodes: int, rows: int) -> State:
        """Return the state of episodes before their first step, with an empty memory of ``rows`` rows."""

    def memorise(self, inputs: Floats, lengths: NDArray[np.int64], rows: int) -> State:
        """Write descriptions ``[T, B, input]`` of ``lengths`` ``[B]`` triples into a memory of ``rows`` rows.

        Raises:
            CapacityError: there are more triples than rows.
        """

    def run(self, steps: Floats, state: State, active: NDArray[np.bool_]) -> Floats:
        """Run steps ``[S, B, input]`` -> logits ``[S, B, output]``, zeros where not ``active``."""

    def stepper(self, state: State) -> Stepper:
        """Return an object that runs steps one at a time, beginning at ``state``."""
