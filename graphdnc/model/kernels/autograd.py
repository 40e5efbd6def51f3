"""A run of steps as one operation of the autograd graph, on any kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.state import End, Start, Weights

RunGradients = tuple[Tensor | None, Weights[Tensor], Start[Tensor]]
"""Gradients of the inputs (``None`` if not wanted), of the weights and of the first state."""


class Run(Protocol):
    """A run of steps over a batch, with the buffers that it needs."""

    def forward(self, inputs: Tensor, weights: Weights[Tensor]) -> End[Tensor]:
        """Run all steps of inputs ``[S, B, input]``."""

    def backward(
        self, inputs: Tensor, weights: Weights[Tensor], end_grads: tuple[Tensor | None, ...], inputs_too: bool
    ) -> RunGradients:
        """Return gradients, given those of the fields of ``End``; of the inputs only if ``inputs_too``."""


RunFactory = Callable[[DNCConfig, int, Tensor | None, Tensor | None, Start[Tensor], bool], Run]
"""Creates a run from configuration, number of steps, ``active``, ``linkable`` and first state.

The last argument says whether to keep what the backward pass needs.
"""


class _Recurrence(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        make_run: RunFactory,
        config: DNCConfig,
        active: Tensor | None,
        linkable: Tensor | None,
        inputs: Tensor,
        *tensors: Tensor | None,
    ) -> tuple[Tensor, ...]:
        weights, start = _grouped(tensors)
        ctx.run = make_run(config, len(inputs), active, linkable, start, True)
        ctx.save_for_backward(inputs, *weights)
        ctx.set_materialize_grads(False)
        return tuple(ctx.run.forward(inputs, weights))

    @staticmethod
    def backward(ctx: Any, *end_grads: Tensor | None) -> tuple[Tensor | None, ...]:
        refuse_second_gradients()
        inputs, *weights = ctx.saved_tensors
        found = ctx.run.backward(inputs, Weights(*weights), end_grads, ctx.needs_input_grad[4])
        return None, None, None, None, found[0], *found[1], *found[2]


def _grouped(tensors: tuple[Tensor | None, ...]) -> tuple[Weights[Tensor], Start[Tensor]]:
    """Split the tensors that autograd passes on into weights and first state."""
    count = len(Weights._fields)
    return Weights(*tensors[:count]), Start(*tensors[count:])  # type: ignore[arg-type]


def refuse_second_gradients() -> None:
    """Refuse a backward pass that builds a graph: hand-written gradients have no gradients of their own.

    Raises:
        RuntimeError: called in a backward pass with ``create_graph=True``.
    """
    if torch.is_grad_enabled():
        raise RuntimeError("the kernels have no second gradients; set network.use_kernels = False")


def run_steps(
    make_run: RunFactory,
    config: DNCConfig,
    inputs: Tensor,
    active: Tensor | None,
    linkable: Tensor | None,
    weights: Weights[Tensor],
    start: Start[Tensor],
) -> End[Tensor]:
    """Run all steps of inputs ``[S, B, input]``; ``active`` is ``[S, B]``, ``linkable`` ``[B]`` int64."""
    inputs = inputs.contiguous()
    tensors = (inputs, *weights, *start)
    if torch.is_grad_enabled() and any(tensor is not None and tensor.requires_grad for tensor in tensors):
        return End(*_Recurrence.apply(make_run, config, active, linkable, *tensors))  # type: ignore[no-untyped-call]
    return make_run(config, len(inputs), active, linkable, start, False).forward(inputs, weights)
