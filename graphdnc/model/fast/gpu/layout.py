"""What the kernels are told: where the values of a run lie on the device, and its sizes and options.

Triton reads named tuples field by field, so a kernel says ``tape.usage`` and ``sizes.rows``. Sizes are
constants to the compiler: another size is another kernel.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import triton
import triton.language as tl
from torch import Tensor

from graphdnc.model import interface
from graphdnc.model.config import DNCConfig
from graphdnc.model.fast.state import places

MOST_IN_A_TILE = 2048
"""Numbers of a product of heads, rows and columns that a program holds at a time; one column is the least."""
NUMBERS = 16
"""So many of them has a thread; with more, registers run out, and fewer episodes are under way at a time."""
MOST_WARPS = 16


class Tape(NamedTuple):
    """The values of a run of S steps. B episodes, N rows, W columns, R heads, M linked rows.

    There are as many slots for states as the way back needs, S + 1, or two; ``kept`` is S or one.
    """

    clocks: Tensor  # [2] int64  the number of the step: what the cell reads, what the memory reads
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
    """Sizes, options and the places of the interface vector, all constants; a block is a power of two."""

    rows: Any
    row_block: Any
    linked: Any
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
    heads = triton.next_power_of_2(config.read_heads)
    row_block, linked_block = triton.next_power_of_2(rows), triton.next_power_of_2(max(linked, 1))
    width = triton.next_power_of_2(config.memory_width)
    constants = {
        "rows": rows,
        "row_block": row_block,
        "linked": linked,
        "linked_block": linked_block,
        "link_rows": _fitting(heads * linked_block, linked_block),
        "other_rows": _fitting(row_block, row_block),
        "width": config.memory_width,
        "columns": _fitting(heads * row_block, width),
        "heads": config.read_heads,
        "head_block": heads,
        "hidden": config.controller_size,
        "told": interface.size(config),
        "carried": config.read_heads * config.memory_width + config.controller_size,
        "links": config.links != "off",
        "some_linked": config.links != "off" and not config.link_description,
        "masked": config.masked_keys,
        "allocate_only": config.allocate_only,
        "written_rows_only": config.written_rows_only,
        "stop_usage_gradient": config.stop_usage_gradient,
        **places(config),
    }
    return Sizes(**{name: tl.constexpr(value) for name, value in constants.items()})


def _fitting(along: int, most: int) -> int:
    """Return how many slices of ``along`` numbers fit in a tile, a power of two, at most ``most``."""
    return max(1, min(most, MOST_IN_A_TILE // along))
