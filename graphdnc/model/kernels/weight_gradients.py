"""Gradients of a network's weights, summed over the steps of a run."""

from __future__ import annotations

import torch
from torch import Tensor

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.state import SplitWeights, Weights, split


def split_tensors(weights: Weights[Tensor], config: DNCConfig) -> SplitWeights[Tensor]:
    """Split the weights of a network by what they multiply."""
    return split(weights, config, lambda parts: torch.cat(parts, dim=1))


class WeightGradients:
    """The gradients of the weight matrices, stored transposed, because adding to them is then faster.

    Shapes: K steps, B episodes. ``gates_grad`` ``[K, B, 4 * hidden]`` and ``interface_grad``
    ``[K, B, interface]`` are the gradients of gates and interface vector before their activation functions.
    """

    def __init__(self, weights: SplitWeights[Tensor]) -> None:
        self._sums: SplitWeights[Tensor] = SplitWeights(*map(_zeros_like, weights))  # type: ignore[arg-type]

    def add(self, gates_grad: Tensor, interface_grad: Tensor, inputs: Tensor, recurrent: Tensor) -> None:
        """Add the gradients of K steps with inputs ``[K, B, input]``.

        ``recurrent`` ``[K + 1, B, R * W + hidden]`` holds the values before the first step and after each.
        """
        gates, interface, inputs = (value.flatten(0, 1) for value in (gates_grad, interface_grad, inputs))
        before, after = recurrent[:-1].flatten(0, 1), recurrent[1:].flatten(0, 1)
        sums, read_size = self._sums, after.shape[1] - self._sums.interface_hidden.shape[1]
        sums.bias.add_(gates.sum(0))
        sums.input.addmm_(gates.T, inputs)
        sums.recurrent.addmm_(gates.T, before)
        sums.interface_hidden.addmm_(interface.T, after[:, read_size:])
        if sums.interface_input is None or sums.interface_reads is None or sums.interface_bias is None:
            return
        sums.interface_input.addmm_(interface.T, inputs)
        sums.interface_reads.addmm_(interface.T, before[:, :read_size])
        sums.interface_bias.add_(interface.sum(0))

    def weights(self) -> Weights[Tensor]:
        """Return the sums in the form of the network's own weights."""
        sums = self._sums
        read_size = sums.recurrent.shape[1] - sums.interface_hidden.shape[1]
        if sums.interface_input is not None and sums.interface_reads is not None:
            interface = torch.cat([sums.interface_hidden, sums.interface_input, sums.interface_reads], dim=1)
        else:
            interface = sums.interface_hidden.contiguous()
        return Weights(
            input=torch.cat([sums.input, sums.recurrent[:, :read_size]], dim=1),
            hidden=sums.recurrent[:, read_size:].contiguous(),
            bias=sums.bias,
            interface=interface,
            interface_bias=sums.interface_bias,
        )


def input_gradients(
    weights: SplitWeights[Tensor], gates_grad: Tensor, interface_grad: Tensor, out: Tensor
) -> None:
    """Set ``out`` ``[K, B, input]`` to the gradients of the inputs; see :class:`WeightGradients`."""
    flat = out.flatten(0, 1)
    torch.mm(gates_grad.flatten(0, 1), weights.input, out=flat)
    if weights.interface_input is not None:
        flat.addmm_(interface_grad.flatten(0, 1), weights.interface_input)


def _zeros_like(value: Tensor | None) -> Tensor | None:
    """Return zeros of the shape of a matrix, stored column by column."""
    if value is None:
        return None
    return value.new_zeros(value.shape[::-1]).permute(*reversed(range(value.dim())))
