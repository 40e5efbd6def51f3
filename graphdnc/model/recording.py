"""Every step of one episode, with all weightings and gates, as arrays.

A recording is made afterwards, by running the same inputs once more in torch, equation by equation. So the
steps that answer questions know nothing of it and take no time for it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graphdnc.errors import CapacityError
from graphdnc.model.dnc import DNC
from graphdnc.model.interface import Interface
from graphdnc.model.sparse_links import SparseLinks
from graphdnc.model.state import DNCState
from graphdnc.utils.arrays import Floats

MOST_NUMBERS = 2**28
"""The maximum size of all weightings together, in numbers: 1 GiB."""
CHANGED = 0.05
"""A row was written in a step if one of its numbers changed by more."""


class Recording(NamedTuple):
    """T steps of an episode. R read heads, H write heads, N rows of memory, W columns; float32 unless noted.

    The first D steps are the description. The last M rows can have links; M is 0 if the network has none.

    Attributes:
        inputs: ``[T, input]``, what the network was shown.
        outputs: ``[T, output]``, what it gave, before any decision is made of it.
        read_weights: ``[T, R, N]``. All zeros in a step in which the memory is not looked at.
        read_modes: ``[T, R, 1 + 2H]``, the shares of the read modes, in the paper's order: backward through
            the links of each write head, content, forward through those of each. One column, content, if
            the network has no links.
        read_strengths: ``[T, R]``, at least 1: how sharply content is told apart.
        free_gates: ``[T, R]``, how much of what each head read in the step before is freed.
        write_weights: ``[T, H, N]``.
        write_gates: ``[T, H]``.
        allocation_gates: ``[T, H]``, the share of a write that goes to the least used row; 1 where the
            network always writes there.
        usage: ``[T, N]``, after what was written in the step.
        precedence: ``[T, H, M]``, how much each row was the last one written.
        link_sources: ``[T, H]`` int64. The row after which the row written most in the step was written, by
            the strongest link; -1 if it has none.
        link_strengths: ``[T, H]``, the strength of that link.
        links: ``[H, M, M]`` after the last step: ``[h, i, j]`` is near 1 where row i was written right after
            row j. Sparse links are written out.
        memory: ``[N, W]`` after the last step.
        changes: ``[K, 3]`` int64, everything written, in order of steps: the step, the row, and 1 if most of
            what the row held before is still there, as after a mark, else 0.
    """

    inputs: Floats
    outputs: Floats
    read_weights: Floats
    read_modes: Floats
    read_strengths: Floats
    free_gates: Floats
    write_weights: Floats
    write_gates: Floats
    allocation_gates: Floats
    usage: Floats
    precedence: Floats
    link_sources: NDArray[np.int64]
    link_strengths: Floats
    links: Floats
    memory: Floats
    changes: NDArray[np.int64]


def size_of(steps: int, rows: int, readers: int, writers: int) -> int:
    """Return how many numbers the weightings of a recording have."""
    return steps * rows * (readers + 2 * writers + 1)


@torch.inference_mode()
def record(network: DNC, inputs: Floats, described: int, rows: int) -> Recording:
    """Run an episode from the first step and return all of it.

    Args:
        network: the network, in evaluation mode.
        inputs: ``[T, input]``, the description and the steps after it.
        described: D, the number of steps of the description.
        rows: N, the rows of memory.

    Raises:
        CapacityError: the weightings take more than :data:`MOST_NUMBERS` numbers.
    """
    config = network.config
    size = size_of(len(inputs), rows, config.read_heads, config.write_heads)
    if size > MOST_NUMBERS:
        raise CapacityError(
            f"{len(inputs):,} steps with {rows:,} rows of memory are too many to trace (they take "
            f"{size / 2**28:.1f} GiB, {MOST_NUMBERS // 2**28} at most); ask about a smaller graph"
        )
    shown = torch.from_numpy(inputs).to(network.device)[:, None]
    state = network.initial_state(1, rows, torch.tensor([described], device=network.device))
    taken: list[dict[str, NDArray[Any]]] = []
    changes: list[tuple[int, int, int]] = []
    for number, own in enumerate(shown):
        before = state.memory.memory[0]
        reading = number >= described or not config.blind_description
        output, state, parts = network.step_with_interface(own, state, reading=reading)
        changes += [(number, *change) for change in _changes(before, state.memory.memory[0])]
        taken.append(_step(output, parts, state))
    stacked = {name: np.stack([step[name] for step in taken]) for name in taken[0]}
    return Recording(
        inputs=inputs,
        **stacked,
        links=_all_links(state),
        memory=_array(state.memory.memory[0]),
        changes=np.array(changes, np.int64).reshape(-1, 3),
    )


def _changes(before: Tensor, after: Tensor) -> list[tuple[int, int]]:
    """Return which rows ``[N, W]`` changed, and 1 for those that still hold most of what they held."""
    rows = ((after - before).abs().amax(-1) > CHANGED).nonzero().flatten()
    old, new = before[rows], after[rows]
    kept = (old * new).sum(-1) > 0.5 * torch.maximum(old.square().sum(-1), new.square().sum(-1))
    return list(zip(rows.tolist(), kept.int().tolist(), strict=True))


def _step(output: Tensor, parts: Interface, state: DNCState) -> dict[str, NDArray[Any]]:
    """Return what is recorded of one step, by name."""
    memory = state.memory
    written = 1 - (1 - memory.usage) * torch.prod(1 - memory.write_weights, dim=1)
    gates, precedence = parts.allocation_gates, memory.precedence
    sources, strengths = _strongest_links(state)
    return {
        "outputs": _array(output[0]),
        "read_weights": _array(memory.read_weights[0]),
        "read_modes": _array(parts.read_modes[0]),
        "read_strengths": _array(parts.read_strengths[0]),
        "free_gates": _array(parts.free_gates[0]),
        "write_weights": _array(memory.write_weights[0]),
        "write_gates": _array(parts.write_gates[0]),
        "allocation_gates": _array(torch.ones_like(parts.write_gates[0]) if gates is None else gates[0]),
        "usage": _array(written[0]),
        "precedence": np.zeros((memory.write_weights.shape[1], 0), np.float32)
        if precedence is None
        else _array(precedence[0]),
        "link_sources": sources,
        "link_strengths": strengths,
    }


def _strongest_links(state: DNCState) -> tuple[NDArray[np.int64], Floats]:
    """Return for each write head the strongest link to the row it wrote most, as row and strength."""
    memory = state.memory
    written = memory.write_weights[0].argmax(-1)  # [H]
    sources, strengths = np.full(len(written), -1), np.zeros(len(written), np.float32)
    links, precedence = memory.links, memory.precedence
    if links is None or precedence is None:
        return sources, strengths
    first = memory.memory.shape[1] - precedence.shape[-1]
    for head, row in enumerate(written.tolist()):
        if row < first:
            continue
        if isinstance(links, SparseLinks):
            into, those = links.strengths[0, head, row - first], links.sources[0, head, row - first]
        else:
            into = links[0, head, row - first]
            those = torch.arange(len(into), device=into.device)
        best = int(into.argmax())
        if float(into[best]) > 0:
            sources[head], strengths[head] = int(those[best]) + first, float(into[best])
    return sources, strengths


def _all_links(state: DNCState) -> Floats:
    """Return all links ``[H, M, M]``."""
    links = state.memory.links
    if links is None:
        return np.zeros((state.memory.write_weights.shape[1], 0, 0), np.float32)
    if isinstance(links, SparseLinks):
        strengths, sources = links.strengths[0], links.sources[0]
        dense = strengths.new_zeros(*strengths.shape[:2], strengths.shape[1])
        return _array(dense.scatter_add_(-1, sources, strengths))
    return _array(links[0])


def _array(values: Tensor) -> Floats:
    array: Floats = values.detach().cpu().numpy()
    return array
