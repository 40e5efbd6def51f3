"""Sums of the gradients of a network's weights over the steps of a run."""

from __future__ import annotations

import torch
from torch import Tensor

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.state import Maps, Weights, cut


def maps_of(weights: Weights[Tensor], config: DNCConfig) -> Maps[Tensor]:
    """Cut the weights of a network by what they are applied to."""
    return cut(weights, config, lambda parts: torch.cat(parts, dim=1))


class WeightGradients:
    """The gradients of weight matrices; they lie transposed, as adding to them is then faster.

    Shapes: K steps, B episodes. ``gates`` ``[K, B, 4 * hidden]`` and ``told`` ``[K, B, told]`` are gradients
    of what enters the gates, and of the interface vector before its functions.
    """

    def __init__(self, maps: Maps[Tensor]) -> None:
        self._sums: Maps[Tensor] = Maps(*map(_zeros_like, maps))  # type: ignore[arg-type]

    def add(self, gates: Tensor, told: Tensor, inputs: Tensor, carried: Tensor) -> None:
        """Add the share of K steps, given inputs ``[K, B, input]``.

        ``carried`` ``[K + 1, B, R * W + hidden]`` is from before the first of these steps and after each.
        """
        gates, told, inputs = (value.flatten(0, 1) for value in (gates, told, inputs))
        before, after = carried[:-1].flatten(0, 1), carried[1:].flatten(0, 1)
        sums, read_size = self._sums, after.shape[1] - self._sums.told_hidden.shape[1]
        sums.bias.add_(gates.sum(0))
        sums.input.addmm_(gates.T, inputs)
        sums.carried.addmm_(gates.T, before)
        sums.told_hidden.addmm_(told.T, after[:, read_size:])
        if sums.told_input is not None and sums.told_reads is not None and sums.interface_bias is not None:
            sums.told_input.addmm_(told.T, inputs)
            sums.told_reads.addmm_(told.T, before[:, :read_size])
            sums.interface_bias.add_(told.sum(0))

    def weights(self) -> Weights[Tensor]:
        """Put the maps together again."""
        sums = self._sums
        read_size = sums.carried.shape[1] - sums.told_hidden.shape[1]
        if sums.told_input is not None and sums.told_reads is not None:
            interface = torch.cat([sums.told_hidden, sums.told_input, sums.told_reads], dim=1)
        else:
            interface = sums.told_hidden.contiguous()
        return Weights(
            input=torch.cat([sums.input, sums.carried[:, :read_size]], dim=1),
            hidden=sums.carried[:, read_size:].contiguous(),
            bias=sums.bias,
            interface=interface,
            interface_bias=sums.interface_bias,
        )


def inputs_back(maps: Maps[Tensor], gates: Tensor, told: Tensor, out: Tensor) -> None:
    """Set ``out`` ``[K, B, input]`` to the gradients of K steps' inputs; see :class:`WeightGradients`."""
    flat = out.flatten(0, 1)
    torch.mm(gates.flatten(0, 1), maps.input, out=flat)
    if maps.told_input is not None:
        flat.addmm_(told.flatten(0, 1), maps.told_input)


def _zeros_like(value: Tensor | None) -> Tensor | None:
    return (
        None if value is None else value.new_zeros(value.shape[::-1]).permute(*reversed(range(value.dim())))
    )
