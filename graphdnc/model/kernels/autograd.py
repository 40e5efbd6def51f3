"""A run of steps as one operation of the autograd graph, whichever kernels take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.state import End, Start, Weights


class Run(Protocol):
    """A run of steps over a batch: where its values lie, and what takes the steps."""

    def forward(self, inputs: Tensor, weights: Weights[Tensor]) -> End[Tensor]:
        """Take all steps of inputs ``[S, B, input]``."""
        ...

    def backward(
        self,
        inputs: Tensor,
        weights: Weights[Tensor],
        end_back: tuple[Tensor | None, ...],
        inputs_too: bool,
    ) -> tuple[Tensor | None, Weights[Tensor], Start[Tensor]]:
        """Return the gradients of inputs, if wanted, of weights and start, from those of ``End``."""
        ...


Begin = Callable[[DNCConfig, int, Tensor | None, Tensor | None, Start[Tensor], bool], Run]
"""What begins a run of so many steps; the last argument says whether all that the way back needs is kept."""


class _Recurrence(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        begin: Begin,
        config: DNCConfig,
        active: Tensor | None,
        linkable: Tensor | None,
        inputs: Tensor,
        *tensors: Tensor | None,
    ) -> tuple[Tensor, ...]:
        weights, start = _grouped(tensors)
        ctx.run = begin(config, len(inputs), active, linkable, start, True)
        ctx.save_for_backward(inputs, *weights)
        ctx.set_materialize_grads(False)
        return tuple(ctx.run.forward(inputs, weights))

    @staticmethod
    def backward(ctx: Any, *end_back: Tensor | None) -> tuple[Tensor | None, ...]:
        refuse_second_gradients()
        inputs, *weights = ctx.saved_tensors
        found = ctx.run.backward(inputs, Weights(*weights), end_back, ctx.needs_input_grad[4])
        return None, None, None, None, found[0], *found[1], *found[2]


def _grouped(tensors: tuple[Tensor | None, ...]) -> tuple[Weights[Tensor], Start[Tensor]]:
    """Return weights and start from their tensors in a row, as autograd hands them on."""
    count = len(Weights._fields)
    return Weights(*tensors[:count]), Start(*tensors[count:])  # type: ignore[arg-type]


def refuse_second_gradients() -> None:
    """Refuse to go back with a graph of gradients: a gradient written by hand has no gradient itself.

    Raises:
        RuntimeError: this is called on a way back with ``create_graph=True``.
    """
    if torch.is_grad_enabled():
        raise RuntimeError("the fast path has no second gradients; set network.fast = False")


def take(
    begin: Begin,
    config: DNCConfig,
    inputs: Tensor,
    active: Tensor | None,
    linkable: Tensor | None,
    weights: Weights[Tensor],
    start: Start[Tensor],
) -> End[Tensor]:
    """Take all steps of inputs ``[S, B, input]``; ``active`` is ``[S, B]``, ``linkable`` ``[B]`` int64."""
    inputs = inputs.contiguous()
    tensors = (inputs, *weights, *start)
    if torch.is_grad_enabled() and any(tensor is not None and tensor.requires_grad for tensor in tensors):
        return End(*_Recurrence.apply(begin, config, active, linkable, *tensors))  # type: ignore[no-untyped-call]
    return begin(config, len(inputs), active, linkable, start, False).forward(inputs, weights)
