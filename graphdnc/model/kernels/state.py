"""What all kernels share: the form of weights, states and gradients, and which options they support.

Values are torch tensors or NumPy arrays. Shapes: S steps, B episodes, N rows, W columns, R read heads; the
last M rows have links. Each layer of the controller has ``units`` units; those of all layers, ``hidden``, are
side by side. The last reads and the hidden values enter matrix products together: they are one array
``recurrent`` ``[B, R * W + hidden]``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from graphdnc.model.config import DNCConfig

Values = TypeVar("Values")


class Weights(NamedTuple, Generic[Values]):
    """The parameters of controller and interface map; those of the L layers are below each other.

    With layer norm, ``bias`` is the sum of a layer's bias and the shift of its gates.
    """

    input: Values  # [4 * hidden, input + R * W]
    hidden: Values  # [4 * hidden, units], for a layer's own hidden values
    bias: Values  # [4 * hidden]
    interface: Values  # [interface, hidden], with a skip [interface, hidden + input + R * W]
    interface_bias: Values | None  # [interface]
    below: Values | None = (
        None  # [4 * (hidden - units), units], for those of the layer below, if there is one
    )
    gate_scale: Values | None = None  # [4 * hidden], with layer norm
    cell_scale: Values | None = None  # [hidden], likewise
    cell_shift: Values | None = None  # [hidden], likewise


class LayerWeights(NamedTuple, Generic[Values]):
    """The parameters of one layer of the controller."""

    input: Values  # [4 * units, input + R * W], and further columns for the layer below
    hidden: Values  # [4 * units, units]
    bias: Values  # [4 * units]
    gate_scale: Values | None  # [4 * units], with layer norm
    gate_shift: Values | None  # [4 * units], likewise
    cell_scale: Values | None  # [units], likewise
    cell_shift: Values | None  # [units], likewise


def weights_of(
    layers: list[LayerWeights[Values]],
    interface: Values,
    interface_bias: Values | None,
    concatenate: Callable[[list[Values]], Values],
) -> Weights[Values]:
    """Return the weights of a network; ``concatenate`` puts those of its layers below each other."""
    shown: int = layers[0].input.shape[1]  # type: ignore[attr-defined]

    def joined(parts: list[Values]) -> Values:
        return parts[0] if len(parts) == 1 else concatenate(parts)

    def joined_if_any(parts: list[Values | None]) -> Values | None:
        there = [part for part in parts if part is not None]
        return joined(there) if there else None

    return Weights(
        input=joined([_columns(layer.input, 0, shown) for layer in layers]),
        hidden=joined([layer.hidden for layer in layers]),
        bias=joined([_shifted(layer.bias, layer.gate_shift) for layer in layers]),
        interface=interface,
        interface_bias=interface_bias,
        below=joined_if_any([_columns(layer.input, shown) for layer in layers[1:]]),
        gate_scale=joined_if_any([layer.gate_scale for layer in layers]),
        cell_scale=joined_if_any([layer.cell_scale for layer in layers]),
        cell_shift=joined_if_any([layer.cell_shift for layer in layers]),
    )


def _shifted(bias: Values, shift: Values | None) -> Values:
    return bias if shift is None else bias + shift  # type: ignore[operator]


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
    """The weight matrices, split by what they multiply, and the vectors of layer norm."""

    bias: Values
    input: Values
    recurrent: Values  # [4 * units, R * W + units], of the lowest layer
    upper_reads: Values | None  # of the other layers, as are the next two
    upper_hidden: Values | None
    below: Values | None
    interface_hidden: Values
    interface_input: Values | None
    interface_reads: Values | None
    interface_bias: Values | None
    gate_scale: Values | None
    cell_scale: Values | None
    cell_shift: Values | None


def split(
    weights: Weights[Values], config: DNCConfig, concatenate: Callable[[list[Values]], Values]
) -> SplitWeights[Values]:
    """Split the weights of a network; ``concatenate`` puts matrices side by side."""
    seen, gates, skip = config.input_size, 4 * config.controller_size, config.interface_skip
    hidden, deep = config.controller_size * config.controller_layers, config.controller_layers > 1
    reads = _columns(weights.input, seen)
    return SplitWeights(
        bias=weights.bias,
        input=_columns(weights.input, 0, seen),
        recurrent=concatenate([_rows(reads, 0, gates), _rows(weights.hidden, 0, gates)]),
        upper_reads=_rows(reads, gates) if deep else None,
        upper_hidden=_rows(weights.hidden, gates) if deep else None,
        below=weights.below,
        interface_hidden=_columns(weights.interface, 0, hidden),
        interface_input=_columns(weights.interface, hidden, hidden + seen) if skip else None,
        interface_reads=_columns(weights.interface, hidden + seen) if skip else None,
        interface_bias=weights.interface_bias,
        gate_scale=weights.gate_scale,
        cell_scale=weights.cell_scale,
        cell_shift=weights.cell_shift,
    )


def _rows(matrix: Values, first: int, end: int | None = None) -> Values:
    return matrix[first:end]  # type: ignore[index, no-any-return]


def _columns(matrix: Values, first: int, end: int | None = None) -> Values:
    return matrix[:, first:end]  # type: ignore[index, no-any-return]


def round_up(number: int, multiple: int) -> int:
    """Round up to a multiple."""
    return -(-number // multiple) * multiple


def unsupported_option(config: DNCConfig, on_gpu: bool) -> str | None:
    """Return the option of a network that the kernels do not support, in words, or ``None``."""
    if config.wipe_freed_rows:
        return "the kernels do not support wiping freed rows (wipe_freed_rows)"
    if config.overwrites:
        return f"the kernels allocate free rows only, none in use (when_full = {config.when_full})"
    if config.links == "sparse":
        return "the kernels support dense links, or none, not sparse links"
    if config.write_heads > 1:
        return "the kernels support one write head"
    if on_gpu and config.layer_norm:
        return "the kernels for a GPU do not support layer normalisation (layer_norm)"
    if on_gpu and config.controller_layers > 1:
        return "the kernels for a GPU support one controller layer"
    return None
