"""What all kernels share: the form of weights, states and gradients, and which options they support.

Values are torch tensors or NumPy arrays. Shapes: S steps, B episodes, N rows, W columns, R read heads; the
last M rows have links. The last reads and the hidden values enter matrix products together: they are one
array ``recurrent`` ``[B, R * W + hidden]``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

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


def round_up(number: int, multiple: int) -> int:
    """Round up to a multiple."""
    return -(-number // multiple) * multiple


_NOT_YET = {"layer_norm": "layer normalisation", "wipe_freed_rows": "wiping freed rows"}


def unsupported_option(config: DNCConfig) -> str | None:
    """Return the option of a network that the kernels do not support, in words, or ``None``."""
    for option, what in _NOT_YET.items():
        if getattr(config, option):
            return f"the kernels do not support {what} ({option})"
    if config.links == "sparse":
        return "the kernels support dense links, or none, not sparse links"
    if config.write_heads > 1 or config.controller_layers > 1:
        return "the kernels support one write head and one controller layer"
    return None
