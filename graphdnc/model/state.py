"""What a network carries from step to step, and its form in the kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from graphdnc.model import access
from graphdnc.model.controller import ControllerState, hold
from graphdnc.model.kernels.state import End, Start
from graphdnc.model.sparse_links import SparseLinks

Change = Callable[[Tensor], Tensor]


class DNCState(NamedTuple):
    """The state of controller and memory after a step, for B episodes."""

    controller: ControllerState
    memory: access.MemoryState

    def detached(self) -> DNCState:
        """Return the same state without its gradient history, for truncated backpropagation."""
        return self._changed(Tensor.detach, Tensor.detach)

    def repeated(self, times: int) -> DNCState:
        """Return the states of all B episodes repeated ``times`` times, as ``times * B`` episodes."""
        return self._changed(
            lambda value: value.repeat(1, times, 1),
            lambda value: value.repeat(times, *[1] * (value.dim() - 1)),
        )

    def part(self, first: int, end: int) -> DNCState:
        """Return the states of episodes ``first`` to ``end``."""
        return self._changed(lambda value: value[:, first:end], lambda value: value[first:end])

    def _changed(self, controller: Change, memory: Change) -> DNCState:
        """Return the state with a function applied to each tensor of the controller and of the memory."""
        return DNCState(_changed(self.controller, controller), _changed(self.memory, memory))

    def held(self, before: DNCState, active: Tensor) -> DNCState:
        """Return this state for the ``active`` ``[B]`` episodes, and ``before`` for the others.

        The memory rows are not selected: an inactive episode writes nothing.
        """
        keep, after, old = active[:, None, None], self.memory, before.memory
        memory = after._replace(
            write_weights=torch.where(keep, after.write_weights, old.write_weights),
            usage=torch.where(active[:, None], after.usage, old.usage),
            read_weights=torch.where(keep, after.read_weights, old.read_weights),
            reads=torch.where(keep, after.reads, old.reads),
        )
        if after.age is not None and old.age is not None:
            memory = memory._replace(age=torch.where(active[:, None], after.age, old.age))
        return DNCState(hold(active, self.controller, before.controller), memory)


def _changed(values: Any, change: Change) -> Any:
    """Return a tensor, or a named tuple of tensors, changed; ``None`` stays."""
    if isinstance(values, tuple):
        return type(values)(*(_changed(value, change) for value in values))
    return None if values is None else change(values)


def kernel_start(state: DNCState) -> Start[Tensor]:
    """Return a state in the form in which a run by the kernels begins."""
    memory = state.memory
    assert not isinstance(memory.links, SparseLinks)
    none = memory.memory.new_zeros(len(memory.memory), 0, 0)
    return Start(
        hidden=_side_by_side(state.controller.hidden),
        cell=_side_by_side(state.controller.cell),
        memory=memory.memory,
        usage=memory.usage,
        write_weights=memory.write_weights[:, 0],
        read_weights=memory.read_weights,
        reads=memory.reads.flatten(1),
        links=none if memory.links is None else memory.links[:, 0],
        precedence=none.flatten(1) if memory.precedence is None else memory.precedence[:, 0],
    )


def kernel_end(end: End[Tensor], before: DNCState) -> DNCState:
    """Return the state in which a run by the kernels ended; ``before`` is the state in which it began."""
    reads, linked = before.memory.reads, before.memory.links is not None
    last, hidden = end.recurrent[-1].clone().tensor_split([reads[0].numel()], dim=1)
    layers = len(before.controller.hidden)
    return DNCState(
        ControllerState(_by_layer(hidden, layers), _by_layer(end.cell, layers)),
        access.MemoryState(
            memory=end.memory,
            usage=end.usage,
            write_weights=end.write_weights.unsqueeze(1),
            read_weights=end.read_weights,
            reads=last.view_as(reads),
            links=end.links.unsqueeze(1) if linked else None,
            precedence=end.precedence.unsqueeze(1) if linked else None,
            linkable=before.memory.linkable,
        ),
    )


def _side_by_side(layers: Tensor) -> Tensor:
    """Return values ``[layers, B, units]`` as ``[B, layers * units]``."""
    return layers.transpose(0, 1).flatten(1)


def _by_layer(values: Tensor, layers: int) -> Tensor:
    """Return values ``[B, layers * units]`` as ``[layers, B, units]``."""
    return values.view(len(values), layers, -1).transpose(0, 1)
