"""What goes into a run of recurrent steps and what comes out, for all fast paths: weights, states, gradients.

Values are torch's tensors or NumPy's arrays. Shapes: S steps, B episodes, N rows, W columns, R read heads;
links are among the last M rows. What is carried from step to step and enters matrix products is one of
``[B, R * W + hidden]``: last reads, hidden values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig

Values = TypeVar("Values")


class Weights(NamedTuple, Generic[Values]):
    """The parameters of controller and interface."""

    input: Values  # [4 * hidden, input + R * W]
    hidden: Values  # [4 * hidden, hidden]
    bias: Values  # [4 * hidden]
    interface: Values  # [told, seen]
    interface_bias: Values | None  # [told]


class Start(NamedTuple, Generic[Values]):
    """The state before the first step."""

    hidden: Values  # [B, hidden]
    cell: Values  # [B, hidden]
    memory: Values  # [B, N, W]
    usage: Values  # [B, N]
    written: Values  # [B, N]
    read: Values  # [B, R, N]
    reads: Values  # [B, R * W]
    links: Values  # [B, M, M]
    precedence: Values  # [B, M]


class End(NamedTuple, Generic[Values]):
    """Reads and hidden values after every step, and the rest of the state after the last."""

    carried: Values  # [S, B, R * W + hidden]
    cell: Values
    memory: Values
    usage: Values
    written: Values
    read: Values
    links: Values
    precedence: Values


class Maps(NamedTuple, Generic[Values]):
    """The weight matrices cut by what they are applied to."""

    bias: Values
    input: Values
    carried: Values
    told_hidden: Values
    told_input: Values | None
    told_reads: Values | None
    interface_bias: Values | None


def cut(
    weights: Weights[Values], config: DNCConfig, joined: Callable[[list[Values]], Values]
) -> Maps[Values]:
    """Cut the weights of a network; ``joined`` puts matrices of as many rows side by side."""
    seen, hidden, skip = config.input_size, config.controller_size, config.interface_skip
    return Maps(
        bias=weights.bias,
        input=_columns(weights.input, 0, seen),
        carried=joined([_columns(weights.input, seen), weights.hidden]),
        told_hidden=_columns(weights.interface, 0, hidden),
        told_input=_columns(weights.interface, hidden, hidden + seen) if skip else None,
        told_reads=_columns(weights.interface, hidden + seen) if skip else None,
        interface_bias=weights.interface_bias,
    )


def _columns(matrix: Values, first: int, end: int | None = None) -> Values:
    return matrix[:, first:end]  # type: ignore[index, no-any-return]


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
    found = interface_layout.slices(config)
    return {name: found[part].start if part in found else -1 for name, part in PLACES.items()}
