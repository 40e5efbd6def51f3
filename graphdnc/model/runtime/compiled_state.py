"""The state of a compiled network, in NumPy arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.state import End, Start
from graphdnc.utils.arrays import Floats


@dataclass(frozen=True)
class CompiledState:
    """The state of B episodes; ``linkable`` ``[B]`` is the first row of each episode that can be linked."""

    start: Start[Floats]
    linkable: NDArray[np.int64]

    @classmethod
    def empty(cls, config: DNCConfig, rows: int, described: NDArray[np.int64]) -> CompiledState:
        """Return the state before descriptions of ``described`` ``[B]`` triples."""
        batch = len(described)
        linkable = np.zeros(batch, np.int64) if config.link_description else np.minimum(described, rows)
        linked = 0 if config.links == "off" else rows - int(linkable.min())
        width, heads = config.memory_width, config.read_heads
        hidden = config.controller_layers * config.controller_size
        start = Start(
            hidden=_zeros(batch, hidden),
            cell=_zeros(batch, hidden),
            memory=_zeros(batch, width, rows).swapaxes(1, 2),  # the layout of the kernels
            usage=_zeros(batch, rows),
            write_weights=_zeros(batch, rows),
            read_weights=_zeros(batch, heads, rows),
            reads=_zeros(batch, heads * width),
            links=_zeros(batch, linked, linked),
            precedence=_zeros(batch, linked),
        )
        return cls(start, linkable)

    @property
    def memory(self) -> Floats:
        """The rows of memory, ``[B, N, W]``."""
        return self.start.memory

    @property
    def read_weights(self) -> Floats:
        """The read weights of the last step, ``[B, R, N]``."""
        return self.start.read_weights

    def repeated(self, times: int) -> CompiledState:
        """Return the states of all B episodes repeated ``times`` times, as ``times * B`` episodes."""
        columns = self.start._replace(memory=self.start.memory.swapaxes(1, 2))
        start = Start(*(np.concatenate([value] * times) for value in columns))
        linkable = np.concatenate([self.linkable] * times)
        return CompiledState(start._replace(memory=start.memory.swapaxes(1, 2)), linkable)

    def part(self, first: int, end: int) -> CompiledState:
        """Return the states of episodes ``first`` to ``end``."""
        return CompiledState(Start(*(value[first:end] for value in self.start)), self.linkable[first:end])

    def after(self, end: End[Floats]) -> CompiledState:
        """Return the state after steps that began at this state."""
        rest, reads = end._asdict(), self.start.reads.shape[1]
        last = rest.pop("recurrent")[-1]
        start = Start(hidden=last[:, reads:].copy(), reads=last[:, :reads].copy(), **rest)
        return CompiledState(start, self.linkable)


def _zeros(*shape: int) -> Floats:
    return np.zeros(shape, np.float32)
