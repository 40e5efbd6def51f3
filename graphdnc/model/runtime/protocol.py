"""What an answer asks of a network, whatever takes its steps: NumPy's arrays go in and come out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graphdnc.model.config import DNCConfig
from graphdnc.utils.arrays import Floats


class State(Protocol):
    """Controller and memory of B episodes after some steps."""

    @property
    def memory(self) -> Floats:
        """What the rows of memory hold, ``[B, N, W]``."""
        ...

    @property
    def read_weights(self) -> Floats:
        """How much each head read of each row in the last step, ``[B, R, N]``."""
        ...

    def repeated(self, times: int) -> State:
        """Return the states of all B episodes ``times`` times over, as ``times * B`` episodes."""
        ...

    def part(self, first: int, end: int) -> State:
        """Return the states of some of the episodes."""
        ...


class Stepper(Protocol):
    """Takes steps one at a time, where an input hangs on the output before."""

    def step(self, inputs: Floats, active: NDArray[np.bool_]) -> Floats:
        """Take a step: inputs ``[B, input]`` -> logits ``[B, output]``.

        Where ``active`` ``[B]`` is false an episode's state stays as it was, and logits are zeros.
        """
        ...

    @property
    def state(self) -> State:
        """The state after the last step, a copy."""
        ...


class Network(Protocol):
    """A trained network, to be asked."""

    @property
    def config(self) -> DNCConfig:
        """Its sizes and options."""
        ...

    @property
    def weights(self) -> Mapping[str, Floats]:
        """Its weights by name, as a checkpoint holds them."""
        ...

    @property
    def threads(self) -> int:
        """On how many threads a step is taken."""
        ...

    def memorise(self, inputs: Floats, lengths: NDArray[np.int64], rows: int) -> State:
        """Write descriptions ``[T, B, input]`` of ``lengths`` ``[B]`` triples into a memory of ``rows`` rows.

        Raises:
            CapacityError: there are more triples than rows.
        """
        ...

    def run(self, steps: Floats, state: State, active: NDArray[np.bool_]) -> Floats:
        """Take steps ``[S, B, input]`` -> logits ``[S, B, output]``, zeros where not ``active``."""
        ...

    def stepper(self, state: State) -> Stepper:
        """Return what takes steps one at a time, from this state on."""
        ...
