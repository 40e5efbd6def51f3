"""The arguments of the kernels: where the values of a run are on the device, and its sizes and options.

Triton reads named tuples field by field, so a kernel can say ``tape.usage`` and ``sizes.width``. Most sizes
are constants to the compiler, so other sizes give other kernels. The number of rows is not, because it can
differ from batch to batch: memories are padded to a multiple of :data:`PAD` rows, and kernels read the
number of rows from the device.

Rows of the padding are always in use, hold zeros, and are never written or read. So a kernel must treat them
apart only where weights are normalised over the rows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import triton
import triton.language as tl
from torch import Tensor

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.state import round_up

PAD = 16
"""Triton specialises on numbers divisible by 16, whatever they are; and rows then begin aligned."""
MAX_TILE = 2048
"""Most numbers in a tile of heads, rows and columns; a tile has at least one column."""
NUMBERS_PER_THREAD = 16
"""With more, registers run out and fewer episodes run at a time."""
MAX_WARPS = 16


class Tape(NamedTuple):
    """The values of a run of S steps. B episodes, W columns, R heads; N rows, M of them with links, padded.

    For a backward pass there are S + 1 ``slots`` for states and S for the values of a step (``kept``); else
    there are 2 and 1.
    """

    clocks: Tensor  # [2] int64  the number of the step, for the cell and for the memory
    rows: Tensor  # [2] int64  the number of rows, and the first of the last M
    active: Tensor | None  # [S, B] uint8
    linkable: Tensor | None  # [B] int64
    gates: Tensor  # [S, B, 4 * hidden]  before activation; until a step runs, the part of the inputs
    interface: Tensor  # [S, B, interface]  before activation; likewise
    recurrent: Tensor  # [S + 1, B, R * W + hidden]
    cell: Tensor  # [slots, B, hidden]
    memory: Tensor  # [slots, B, W, N]
    links: Tensor | None  # [slots, B, M, M]
    precedence: Tensor | None  # [slots, B, M]
    usage: Tensor  # [slots, B, N]
    log_usage: Tensor  # [B, N]  within one step
    write_weights: Tensor  # [slots, B, N]
    read_weights: Tensor  # [slots, B, R, N]
    content: Tensor  # [kept, B, R, N]
    write_content: Tensor | None  # [kept, B, N]
    log_before: Tensor  # [kept, B, N]  log of the product of usages of the rows allocated before
    forward: Tensor | None  # [kept, B, R, N]
    backward: Tensor | None  # [kept, B, R, N]
    # of the current step, at the same address in every step, for the matrix products
    current_recurrent: Tensor  # [B, R * W + hidden]
    current_gates: Tensor  # [B, 4 * hidden]  without the part of the inputs
    current_interface: Tensor  # [B, interface]  likewise


class Gradients(NamedTuple):
    """Gradients. Those of the state are changed in place, from after a step to before it."""

    clocks: Tensor  # [2] int64
    output_grad: Tensor | None  # [S, B, R * W + hidden]  of the values that the run returned
    gates: Tensor  # [S, B, 4 * hidden]
    interface: Tensor  # [S, B, interface]
    cell: Tensor  # [B, hidden]
    memory: Tensor  # [B, W, N]
    links: Tensor | None  # [B, M, M]
    precedence: Tensor | None  # [B, M]
    usage: Tensor  # [B, N]
    write_weights: Tensor  # [B, N]
    read_weights: Tensor  # [B, R, N]
    # within one step
    allocated: Tensor  # [B, N]
    forward: Tensor | None  # [B, R, N]
    backward: Tensor | None  # [B, R, N]
    linked_write_weights: Tensor | None  # [B, N]  through the links alone
    linked_read_weights: Tensor | None  # [B, R, N]  through the links alone
    # of the current step, at the same address in every step, for the matrix products
    current_recurrent: Tensor  # [B, R * W + hidden]
    current_gates: Tensor  # [B, 4 * hidden]
    current_interface: Tensor  # [B, interface]


class Sizes(NamedTuple):
    """Sizes, options and offsets in the interface vector. All but the strides are constants.

    A block is a size rounded up to a power of two.
    """

    stride: int  # rows, with padding
    row_block: Any
    link_stride: int  # rows with links, with padding
    linked_block: Any
    link_rows: Any  # rows of links in a tile
    other_rows: Any  # rows whose usage is compared with that of a row at a time
    width: Any
    columns: Any  # columns of the memory in a tile
    heads: Any
    head_block: Any
    hidden: Any
    interface_size: Any
    recurrent: Any
    links: Any
    some_linked: Any
    masked: Any
    allocate_only: Any
    written_rows_only: Any
    stop_usage_gradient: Any
    write_gates: Any
    write_vectors: Any
    erase: Any
    read_keys: Any
    read_strengths: Any
    read_modes: Any
    free_gates: Any
    read_masks: Any
    write_keys: Any
    write_strengths: Any
    allocation_gates: Any
    write_masks: Any

    @property
    def warps(self) -> int:
        """The warps (32 threads) of a program, a power of two."""
        tiles: list[int] = [self.row_block.value * self.columns.value]
        if self.links.value:
            tiles.append(self.link_rows.value * self.linked_block.value)
        wanted: int = max(tiles) * self.head_block.value // (32 * NUMBERS_PER_THREAD)
        # a number of a tile that is changed in place must belong to one thread
        return max(1, min(wanted, MAX_WARPS, min(tiles) // 32))


def sizes(config: DNCConfig, rows: int, linked: int) -> Sizes:
    """Return the sizes of a run over memories of ``rows`` rows; the last ``linked`` have links."""
    heads, width = (triton.next_power_of_2(size) for size in (config.read_heads, config.memory_width))
    stride, link_stride = round_up(rows, PAD), round_up(linked, PAD)
    row_block, linked_block = triton.next_power_of_2(stride), triton.next_power_of_2(max(link_stride, 1))
    constants = {
        "row_block": row_block,
        "linked_block": linked_block,
        "link_rows": _fitting(heads * linked_block, linked_block),
        "other_rows": _fitting(row_block, row_block),
        "width": config.memory_width,
        "columns": _fitting(heads * row_block, width),
        "heads": config.read_heads,
        "head_block": heads,
        "hidden": config.controller_size,
        "interface_size": interface_layout.size(config),
        "recurrent": config.read_heads * config.memory_width + config.controller_size,
        "links": config.links != "off",
        "some_linked": config.links != "off" and not config.link_description,
        "masked": config.masked_keys,
        "allocate_only": config.allocate_only,
        "written_rows_only": config.written_rows_only,
        "stop_usage_gradient": config.stop_usage_gradient,
        **interface_layout.offsets(config),
    }
    fixed = {name: tl.constexpr(value) for name, value in constants.items()}
    return Sizes(stride=stride, link_stride=link_stride, **fixed)


def _fitting(along: int, most: int) -> int:
    """Return how many slices of ``along`` numbers fit in a tile: a power of two, at most ``most``."""
    return max(1, min(most, MAX_TILE // along))
