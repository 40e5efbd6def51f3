"""Weights, states and gradients of a run of recurrent steps, in the form that all kernels share.

Values are torch tensors or NumPy arrays. Shapes: S steps, B episodes, N rows, W columns, R read heads; the
last M rows have links. The last reads and the hidden values enter matrix products together: they are one
array ``recurrent`` ``[B, R * W + hidden]``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig

Values = TypeVar("Values")


class Weights(NamedTuple, Generic[Values]):
    """The parameters of controller and interface map."""

    input: Values  # [4 * hidden, input + R * W]
    hidden: Values  # [4 * hidden, hidden]
    bias: Values  # [4 * hidden]
    interface: Values  # [interface, hidden], with a skip [interface, hidden + input + R * W]
    interface_bias: Values | None  # [interface]


class Start(NamedTuple, Generic[Values]):
    """The state before the first step."""

    hidden: Values  # [B, hidden]
    cell: Values  # [B, hidden]
    memory: Values  # [B, N, W]
    usage: Values  # [B, N]
    write_weights: Values  # [B, N]
    read_weights: Values  # [B, R, N]
    reads: Values  # [B, R * W]
    links: Values  # [B, M, M]
    precedence: Values  # [B, M]


class End(NamedTuple, Generic[Values]):
    """Reads and hidden values after every step, and the rest of the state after the last step."""

    recurrent: Values  # [S, B, R * W + hidden]
    cell: Values
    memory: Values
    usage: Values
    write_weights: Values
    read_weights: Values
    links: Values
    precedence: Values


class SplitWeights(NamedTuple, Generic[Values]):
    """The weight matrices, split by what they multiply."""

    bias: Values
    input: Values
    recurrent: Values
    interface_hidden: Values
    interface_input: Values | None
    interface_reads: Values | None
    interface_bias: Values | None


def split(
    weights: Weights[Values], config: DNCConfig, concatenate: Callable[[list[Values]], Values]
) -> SplitWeights[Values]:
    """Split the weights of a network; ``concatenate`` puts matrices side by side."""
    seen, hidden, skip = config.input_size, config.controller_size, config.interface_skip
    return SplitWeights(
        bias=weights.bias,
        input=_columns(weights.input, 0, seen),
        recurrent=concatenate([_columns(weights.input, seen), weights.hidden]),
        interface_hidden=_columns(weights.interface, 0, hidden),
        interface_input=_columns(weights.interface, hidden, hidden + seen) if skip else None,
        interface_reads=_columns(weights.interface, hidden + seen) if skip else None,
        interface_bias=weights.interface_bias,
    )


def _columns(matrix: Values, first: int, end: int | None = None) -> Values:
    return matrix[:, first:end]  # type: ignore[index, no-any-return]


INTERFACE_PARTS = {
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
"""The parts of the interface vector by the names that the kernels use; they have one write head."""


def interface_offsets(config: DNCConfig) -> dict[str, int]:
    """Return where each part of the interface vector begins, by the kernels' names; -1 if it is absent."""
    found = interface_layout.slices(config)
    return {name: found[part].start if part in found else -1 for name, part in INTERFACE_PARTS.items()}
