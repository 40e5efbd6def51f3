"""Gradients of a network's weights, summed over the steps of a run.

The products of the kernels are used here too: they are faster than those of general libraries on some
processors, and the sums do not depend on the number of threads.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.cpu.bindings import PackedMatrix
from graphdnc.model.kernels.state import Weights


class Normalised(NamedTuple):
    """What layer norm was applied to in K steps, and the gradients of what it gave."""

    sums: Tensor  # [K, B, 4 * hidden], that enter the gates
    gates_grad: Tensor  # likewise
    cell: Tensor  # [K, B, hidden] after each step
    cell_grad: Tensor  # likewise


class WeightGradients:
    """The sums of a network's gradients. Matrices are transposed, ``[from, to]``, one for each layer."""

    def __init__(self, config: DNCConfig, threads: int) -> None:
        self.config, self.threads = config, threads
        self._read_size, units = config.read_heads * config.memory_width, config.controller_size
        self._seen, interface = config.input_size + self._read_size, interface_layout.size(config)
        hidden = units * config.controller_layers
        self._layers = [
            torch.zeros(self._seen + units * (1 if layer == 0 else 2), 4 * units)
            for layer in range(config.controller_layers)
        ]
        self._interface = torch.zeros(hidden + (self._seen if config.interface_skip else 0), interface)
        self._bias, self._interface_bias = torch.zeros(4 * hidden), torch.zeros(interface)
        self._gate_scale = torch.zeros(4 * hidden)
        self._cell_scale, self._cell_shift = torch.zeros(hidden), torch.zeros(hidden)

    def add(
        self,
        sums_grad: Tensor,
        interface_grad: Tensor,
        inputs: Tensor,
        recurrent: Tensor,
        normalised: Normalised | None,
    ) -> None:
        """Add the gradients of K steps of B episodes.

        Args:
            sums_grad: ``[K, B, 4 * hidden]``, of the sums that enter the gates, before layer norm.
            interface_grad: ``[K, B, interface]``, of the interface vector before its activation functions.
            inputs: ``[K, B, input]``.
            recurrent: ``[K + 1, B, R * W + hidden]``, the values before the first step and after each.
            normalised: with layer norm only.
        """
        batch, units = inputs.shape[1], self.config.controller_size
        shown, values = _transposed(inputs), _transposed(recurrent)
        reads, before = values[:, :-batch].tensor_split([self._read_size])
        after = values[self._read_size :, batch:]
        for layer, sums in enumerate(self._layers):
            first = layer * units
            below = [after[first - units : first]] if layer > 0 else []
            gates = sums_grad[..., 4 * first : 4 * (first + units)]
            self._add_products(sums, [shown, reads, before[first : first + units], *below], gates)
        skip = [shown, reads] if self.config.interface_skip else []
        self._add_products(self._interface, [after, *skip], interface_grad)
        self._interface_bias += interface_grad.sum((0, 1))
        self._bias += (sums_grad if normalised is None else normalised.gates_grad).sum((0, 1))
        if normalised is not None:
            self._gate_scale += _along(normalised.gates_grad, normalised.sums, 4 * units)
            self._cell_scale += _along(normalised.cell_grad, normalised.cell, units)
            self._cell_shift += normalised.cell_grad.sum((0, 1))

    def _add_products(self, sums: Tensor, rows: list[Tensor], grads: Tensor) -> None:
        """Add the products of ``rows``, each ``[from, K * B]``, with ``grads`` ``[K, B, to]``, in order."""
        packed = PackedMatrix(grads.flatten(0, 1).numpy())
        for part, to in zip(rows, sums.split([len(part) for part in rows]), strict=True):
            packed.multiply(part.numpy(), to.numpy(), self.threads, add=True)

    def weights(self) -> Weights[Tensor]:
        """Return the sums in the form of the network's own weights."""
        own, norm = self._seen + self.config.controller_size, self.config.layer_norm
        below = [sums[own:].T for sums in self._layers[1:]]
        return Weights(
            input=torch.cat([sums[: self._seen].T for sums in self._layers]),
            hidden=torch.cat([sums[self._seen : own].T for sums in self._layers]),
            bias=self._bias,
            interface=torch.cat([self._interface.T]),
            interface_bias=self._interface_bias if self.config.interface_skip else None,
            below=torch.cat(below) if below else None,
            gate_scale=self._gate_scale if norm else None,
            cell_scale=self._cell_scale if norm else None,
            cell_shift=self._cell_shift if norm else None,
        )


def _transposed(values: Tensor) -> Tensor:
    """Return values ``[K, B, size]`` as contiguous ``[size, K * B]``."""
    return values.flatten(0, 1).T.contiguous()


def _along(grads: Tensor, values: Tensor, size: int) -> Tensor:
    """Sum the products of gradients and values, normalised in groups of ``size``, over steps and episodes."""
    total = grads.new_zeros(grads.shape[-1])
    for step_grads, step_values in zip(grads, values, strict=True):  # a step stays in the cache
        groups = step_values.unflatten(-1, (-1, size))
        total += (step_grads * F.layer_norm(groups, (size,)).flatten(1)).sum(0)
    return total
