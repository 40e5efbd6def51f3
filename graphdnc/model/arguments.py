"""What a call of the network is given: refused in words where it does not fit, masked and unpacked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from graphdnc.model.config import DNCConfig
from graphdnc.model.sparse_links import SparseLinks
from graphdnc.model.state import DNCState


def check_inputs(inputs: Tensor, config: DNCConfig, weight: Tensor, batch_first: bool = False) -> None:
    """Check inputs ``[S, B, input]``, or ``[B, S, input]``, against the sizes and a weight of the network.

    Raises:
        ValueError: they are empty, of another size, on another device, or of another type without autocast.
    """
    if inputs.dim() != 3 or inputs.shape[-1] != config.input_size:
        wanted = f"[{'batch, steps' if batch_first else 'steps, batch'}, {config.input_size}]"
        raise ValueError(f"inputs have the shape {list(inputs.shape)}; it must be {wanted}")
    if not inputs.numel():
        raise ValueError(f"inputs have the shape {list(inputs.shape)}; there is nothing to run")
    if inputs.device != weight.device:
        raise ValueError(f"inputs are on {inputs.device}, the network on {weight.device}; move one of them")
    if inputs.dtype != weight.dtype and not autocasts(weight.device):
        raise ValueError(
            f"inputs are {type_name(inputs)}, the network {type_name(weight)}; give inputs.to({weight.dtype})"
        )


def check_active(active: Tensor, inputs: Tensor) -> None:
    """Check a mask of inputs ``[.., .., input]``.

    Raises:
        ValueError: it is of another shape, no boolean mask, or on another device.
    """
    wanted = list(inputs.shape[:2])
    if list(active.shape) != wanted or active.dtype != torch.bool:
        raise ValueError(f"active is {type_name(active)} {list(active.shape)}; it must be bool {wanted}")
    if active.device != inputs.device:
        raise ValueError(f"active is on {active.device}, the inputs on {inputs.device}; move one of them")


def check_state(state: Any, config: DNCConfig, weight: Tensor, memory_type: torch.dtype) -> None:
    """Check a state of any number of episodes and rows against a weight of the network and its sizes.

    Raises:
        ValueError: it is no state, or one of another network; the message names the first difference.
    """
    if not isinstance(state, DNCState):
        what = type(state).__name__
        raise ValueError(f"the state is a {what}; it must be a DNCState, as forward and initial_state return")
    for what, found, wanted in _compared(state, config, weight, memory_type):
        if found != wanted:
            raise ValueError(f"the state is of another network: {what}: {found}, here {wanted}")


def _compared(
    state: DNCState, config: DNCConfig, weight: Tensor, memory_type: torch.dtype
) -> Iterator[tuple[str, object, object]]:
    """Yield what may differ: what it is, how it is in the state, and how in the network."""
    memory, hidden, links = state.memory, state.controller.hidden, state.memory.links
    sparse = isinstance(links, SparseLinks)
    yield "device", memory.memory.device, weight.device
    yield "type of the memory", memory.memory.dtype, memory_type
    yield "type of the controller", hidden.dtype, weight.dtype
    yield "layers of the controller", len(hidden), config.controller_layers
    yield "units in a layer", hidden.shape[-1], config.controller_size
    yield "numbers in a row of memory", memory.memory.shape[-1], config.memory_width
    yield "read heads", memory.read_weights.shape[1], config.read_heads
    yield "write heads", memory.write_weights.shape[1], config.write_heads
    yield "links", "off" if links is None else "sparse" if sparse else "dense", config.links
    yield "ages of rows", memory.age is not None, config.overwrites
    if isinstance(links, SparseLinks):
        rows, kept = links.strengths.shape[-2:]
        yield "links kept of a row", kept, min(config.links_kept, rows)


def type_name(values: Tensor) -> str:
    """Return the name of a tensor's type, such as ``float32``."""
    return str(values.dtype).removeprefix("torch.")


def autocasts(device: torch.device) -> bool:
    """Tell whether autocast is on for a device."""
    return torch.amp.is_autocast_available(device.type) and torch.is_autocast_enabled(device.type)


def masked(inputs: Tensor, active: Tensor | None) -> Tensor:
    """Return inputs ``[..., input]`` with zeros wherever ``active`` ``[...]`` is false, whatever was there.

    So that NaN there is neither kept nor passed on by a gradient: 0 times NaN is NaN.
    """
    return inputs if active is None else torch.where(active.unsqueeze(-1), inputs, 0)


def unpacked(packed: PackedSequence) -> tuple[Tensor, Tensor]:
    """Return the inputs ``[S, B, input]`` of a packed sequence, in the order of the episodes, and a mask."""
    inputs, lengths = pad_packed_sequence(packed)
    active = torch.arange(len(inputs))[:, None] < lengths
    return inputs, active.to(inputs.device)


def packed_like(packed: PackedSequence, outputs: Tensor) -> PackedSequence:
    """Return outputs ``[S, B, output]`` packed as the inputs were."""
    if packed.sorted_indices is not None:
        outputs = outputs.index_select(1, packed.sorted_indices)
    present = torch.arange(outputs.shape[1]) < packed.batch_sizes[:, None]
    return packed._replace(data=outputs[present.to(outputs.device)])
