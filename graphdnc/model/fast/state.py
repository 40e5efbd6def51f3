"""What goes into a run of recurrent steps and what comes out, for all fast paths: weights, states, gradients.

Shapes: S steps, B episodes, N rows, W columns, R read heads; links are among the last M rows. What is carried
from step to step and enters matrix products is one tensor ``[B, R * W + hidden]``: last reads, hidden values.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from graphdnc.model import interface
from graphdnc.model.config import DNCConfig


class Weights(NamedTuple):
    """The parameters of controller and interface."""

    input: Tensor  # [4 * hidden, input + R * W]
    hidden: Tensor  # [4 * hidden, hidden]
    bias: Tensor  # [4 * hidden]
    interface: Tensor  # [told, seen]
    interface_bias: Tensor | None  # [told]


class Start(NamedTuple):
    """The state before the first step."""

    hidden: Tensor  # [B, hidden]
    cell: Tensor  # [B, hidden]
    memory: Tensor  # [B, N, W]
    usage: Tensor  # [B, N]
    written: Tensor  # [B, N]
    read: Tensor  # [B, R, N]
    reads: Tensor  # [B, R * W]
    links: Tensor  # [B, M, M]
    precedence: Tensor  # [B, M]


class End(NamedTuple):
    """Reads and hidden values after every step, and the rest of the state after the last."""

    carried: Tensor  # [S, B, R * W + hidden]
    cell: Tensor
    memory: Tensor
    usage: Tensor
    written: Tensor
    read: Tensor
    links: Tensor
    precedence: Tensor


class Maps(NamedTuple):
    """The weight matrices cut by what they are applied to; also the sums of their gradients."""

    bias: Tensor
    input: Tensor
    carried: Tensor
    told_hidden: Tensor
    told_input: Tensor | None
    told_reads: Tensor | None
    interface_bias: Tensor | None

    @classmethod
    def of(cls, weights: Weights, config: DNCConfig) -> Maps:
        """Cut the weights of a network."""
        seen, hidden, skip = config.input_size, config.controller_size, config.interface_skip
        return cls(
            bias=weights.bias,
            input=weights.input[:, :seen],
            carried=torch.cat([weights.input[:, seen:], weights.hidden], dim=1),
            told_hidden=weights.interface[:, :hidden],
            told_input=weights.interface[:, hidden : hidden + seen] if skip else None,
            told_reads=weights.interface[:, hidden + seen :] if skip else None,
            interface_bias=weights.interface_bias,
        )

    def zeros(self) -> Maps:
        """Return sums of nothing; matrices lie transposed, as ``add`` is then faster."""
        return Maps(*(None if value is None else _zeros_like(value) for value in self))  # type: ignore[arg-type]

    def add(self, gates: Tensor, told: Tensor, inputs: Tensor, carried: Tensor) -> None:
        """Add the share of K steps to sums.

        Args:
            gates: ``[K, B, 4 * hidden]``, gradients of what enters the gates.
            told: ``[K, B, told]``, gradients of the interface vector before its functions.
            inputs: ``[K, B, input]``.
            carried: ``[K + 1, B, R * W + hidden]``, before the first of these steps and after each.
        """
        gates, told, inputs = (value.flatten(0, 1) for value in (gates, told, inputs))
        before, after = carried[:-1].flatten(0, 1), carried[1:].flatten(0, 1)
        read_size = after.shape[1] - self.told_hidden.shape[1]
        self.bias.add_(gates.sum(0))
        self.input.addmm_(gates.T, inputs)
        self.carried.addmm_(gates.T, before)
        self.told_hidden.addmm_(told.T, after[:, read_size:])
        if self.told_input is not None and self.told_reads is not None and self.interface_bias is not None:
            self.told_input.addmm_(told.T, inputs)
            self.told_reads.addmm_(told.T, before[:, :read_size])
            self.interface_bias.add_(told.sum(0))

    def weights(self) -> Weights:
        """Put the maps together again."""
        read_size = self.carried.shape[1] - self.told_hidden.shape[1]
        if self.told_input is not None and self.told_reads is not None:
            interface = torch.cat([self.told_hidden, self.told_input, self.told_reads], dim=1)
        else:
            interface = self.told_hidden.contiguous()
        return Weights(
            input=torch.cat([self.input, self.carried[:, :read_size]], dim=1),
            hidden=self.carried[:, read_size:].contiguous(),
            bias=self.bias,
            interface=interface,
            interface_bias=self.interface_bias,
        )

    def inputs_back(self, gates: Tensor, told: Tensor, out: Tensor) -> None:
        """Set ``out`` ``[K, B, input]`` to the gradient of the inputs; the others are as in ``add``."""
        flat = out.flatten(0, 1)
        torch.mm(gates.flatten(0, 1), self.input, out=flat)
        if self.told_input is not None:
            flat.addmm_(told.flatten(0, 1), self.told_input)


def _zeros_like(value: Tensor) -> Tensor:
    return value.new_zeros(value.shape[::-1]).permute(*reversed(range(value.dim())))


PLACES = {
    "write_gate": "write_gates",
    "write_vector": "write_vectors",
    "erase": "erase",
    "read_keys": "read_keys",
    "read_strengths": "read_strengths",
    "read_modes": "read_modes",
    "free_gates": "free_gates",
    "read_masks": "read_masks",
    "write_key": "write_keys",
    "write_strength": "write_strengths",
    "allocation_gate": "allocation_gates",
    "write_mask": "write_masks",
}
"""What kernels of one write head call the parts of the interface vector."""


def places(config: DNCConfig) -> dict[str, int]:
    """Return where each part of the interface vector begins, by the kernels' names; -1 where it has none."""
    found = interface.slices(config)
    return {name: found[part].start if part in found else -1 for name, part in PLACES.items()}


def grouped(tensors: tuple[Tensor | None, ...]) -> tuple[Weights, Start]:
    """Return weights and start from their tensors in a row, as autograd hands them on."""
    count = len(Weights._fields)
    return Weights(*tensors[:count]), Start(*tensors[count:])  # type: ignore[arg-type]
