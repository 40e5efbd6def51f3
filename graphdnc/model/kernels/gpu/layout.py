"""What the kernels are told: where the values of a run lie on the device, and its sizes and options.

Triton reads named tuples field by field, so a kernel says ``tape.usage`` and ``sizes.width``. Sizes are
constants to the compiler: another size is another kernel. The number of rows is none, as each batch may have
its own: memories are padded to a multiple of :data:`PAD` rows, and how many there are is read off the device.

Rows of the padding are always in use, hold zeros, and nothing is written to them or read from them, so that a
kernel need not tell them from others but where weights are shared out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import triton
import triton.language as tl
from torch import Tensor

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.state import places

PAD = 16
"""To the compiler a number divisible by 16 is that and no more, whatever it is, and rows begin aligned."""
MOST_IN_A_TILE = 2048
"""Numbers of a product of heads, rows and columns that a program holds at a time; one column is the least."""
NUMBERS = 16
"""So many of them has a thread; with more, registers run out, and fewer episodes are under way at a time."""
MOST_WARPS = 16


class Tape(NamedTuple):
    """The values of a run of S steps. B episodes, W columns, R heads; N rows, M linked ones, with padding.

    There are as many slots for states as the way back needs, S + 1, or two; ``kept`` is S or one.
    """

    clocks: Tensor  # [2] int64  the number of the step: what the cell reads, what the memory reads
    rows: Tensor  # [2] int64  how many rows there are, and the first that is among the linked ones
    active: Tensor | None  # [S, B] uint8
    linkable: Tensor | None  # [B] int64
    gates: Tensor  # [S, B, 4 * hidden]  before their functions; until a step is taken the input's share
    told: Tensor  # [S, B, told]  the interface vector before its functions; likewise
    carried: Tensor  # [S + 1, B, R * W + hidden]
    cell: Tensor  # [slots, B, hidden]
    memory: Tensor  # [slots, B, W, N]
    links: Tensor | None  # [slots, B, M, M]
    precedence: Tensor | None  # [slots, B, M]
    usage: Tensor  # [slots, B, N]
    log_usage: Tensor  # [B, N]  within one step
    written: Tensor  # [slots, B, N]
    read: Tensor  # [slots, B, R, N]
    content: Tensor  # [kept, B, R, N]
    write_content: Tensor | None  # [kept, B, N]
    log_before: Tensor  # [kept, B, N]  log of the usage of all rows that are taken before a row
    forward: Tensor | None  # [kept, B, R, N]
    backward: Tensor | None  # [kept, B, R, N]
    # at the same place in every step, where matrix products read and write
    now_carried: Tensor  # [B, R * W + hidden]
    now_gates: Tensor  # [B, 4 * hidden]  without the input's share
    now_told: Tensor  # [B, told]  likewise


class Back(NamedTuple):
    """Gradients: of the state, turned from those after a step into those before it, and of what is told."""

    clocks: Tensor  # [2] int64
    outside: Tensor | None  # [S, B, R * W + hidden]  what reaches what was carried from outside the run
    gates: Tensor  # [S, B, 4 * hidden]
    told: Tensor  # [S, B, told]
    cell: Tensor  # [B, hidden]
    memory: Tensor  # [B, W, N]
    links: Tensor | None  # [B, M, M]
    precedence: Tensor | None  # [B, M]
    usage: Tensor  # [B, N]
    written: Tensor  # [B, N]
    read: Tensor  # [B, R, N]
    # within one step
    allocated: Tensor  # [B, N]
    forward: Tensor | None  # [B, R, N]
    backward: Tensor | None  # [B, R, N]
    linked_written: Tensor | None  # [B, N]  through the links alone
    linked_read: Tensor | None  # [B, R, N]  through the links alone
    # at the same place in every step, where matrix products read and write
    now_carried: Tensor  # [B, R * W + hidden]
    now_gates: Tensor  # [B, 4 * hidden]
    now_told: Tensor  # [B, told]


class Sizes(NamedTuple):
    """Sizes, options and the places of the interface vector; a block is a power of two.

    All are constants but for the strides.
    """

    stride: int  # rows, padding counted
    row_block: Any
    link_stride: int  # linked rows, padding counted
    linked_block: Any
    link_rows: Any  # rows of links in a tile
    other_rows: Any  # rows that a row's usage is compared with at a time
    width: Any
    columns: Any  # columns of the memory in a tile
    heads: Any
    head_block: Any
    hidden: Any
    told: Any
    carried: Any
    links: Any
    some_linked: Any
    masked: Any
    allocate_only: Any
    written_rows_only: Any
    stop_usage_gradient: Any
    write_gate: Any
    write_vector: Any
    erase: Any
    read_keys: Any
    read_strengths: Any
    read_modes: Any
    free_gates: Any
    read_masks: Any
    write_key: Any
    write_strength: Any
    allocation_gate: Any
    write_mask: Any

    @property
    def warps(self) -> int:
        """How many groups of 32 threads serve an episode, a power of two."""
        tiles: list[int] = [self.row_block.value * self.columns.value]
        if self.links.value:
            tiles.append(self.link_rows.value * self.linked_block.value)
        wanted: int = max(tiles) * self.head_block.value // (32 * NUMBERS)
        # a number of a tile that is changed in place must have one thread, not several
        return max(1, min(wanted, MOST_WARPS, min(tiles) // 32))


def sizes(config: DNCConfig, rows: int, linked: int) -> Sizes:
    """Return the sizes of a run over memories of ``rows`` rows, the last ``linked`` of them with links."""
    heads, stride, link_stride = triton.next_power_of_2(config.read_heads), padded(rows), padded(linked)
    row_block, linked_block = triton.next_power_of_2(stride), triton.next_power_of_2(max(link_stride, 1))
    width = triton.next_power_of_2(config.memory_width)
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
        "told": interface_layout.size(config),
        "carried": config.read_heads * config.memory_width + config.controller_size,
        "links": config.links != "off",
        "some_linked": config.links != "off" and not config.link_description,
        "masked": config.masked_keys,
        "allocate_only": config.allocate_only,
        "written_rows_only": config.written_rows_only,
        "stop_usage_gradient": config.stop_usage_gradient,
        **places(config),
    }
    fixed = {name: tl.constexpr(value) for name, value in constants.items()}
    return Sizes(stride=stride, link_stride=link_stride, **fixed)


def padded(rows: int) -> int:
    """Return a number of rows, padding counted."""
    return -(-rows // PAD) * PAD


def _fitting(along: int, most: int) -> int:
    """Return how many slices of ``along`` numbers fit in a tile, a power of two, at most ``most``."""
    return max(1, min(most, MOST_IN_A_TILE // along))
