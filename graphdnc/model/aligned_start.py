"""The aligned start: what the network writes, asks for and reports are the same thing from the first update.

A DNC with random weights must find out by chance that the row it stored, the key it asks with and the
answer it gives speak one language; learning does not begin before. The aligned start says so in the initial
weights of the interface's skip, and gives each read head a leaning:

* What is written, and what is asked for, is the input: identity on the label columns.
* Head 0 *walks*: it asks for a row that leaves where its last row led (target -> source), by the relation
  the replaying head holds, blind to the target column. What it reads is reported.
* Head 1 *replays*: it holds its row (its own last read is its next key) until an answer is wanted, then moves
  along the temporal links.
* Any further head holds its row.
* Gates: write gate open unless an answer is wanted, that of any further write head closed, free gates
  closed, heads on content, sharp keys.

All of it is trained from there; docs/experiments.md has what it scores untrained, and what is learned
without each part.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from graphdnc.episodes.encoding import ANSWER_WANTED
from graphdnc.model import interface
from graphdnc.model.config import DNCConfig

QUIET = 0.1
"""All other weights of the interface are scaled down by this, so that what is said here is heard."""
WALK, REPLAY = 0, 1


@torch.no_grad()
def align(to_interface: nn.Linear, to_output: nn.Linear, config: DNCConfig) -> None:
    """Set the aligned start in the interface map and in the map from reads to output."""
    to_interface.weight.mul_(QUIET)
    to_interface.bias.zero_()
    start = _Start(to_interface, config)
    start.copy_input("write_vectors", 0, config.write_heads)
    start.gates()
    for head in range(config.read_heads):
        start.head(head)
    to_output.weight.mul_(QUIET)
    to_output.weight[:, : config.output_size] += 3 * torch.eye(config.output_size)


class _Start:
    """Names for the rows (parts of the interface) and columns (what it sees) of the interface's map."""

    def __init__(self, to_interface: nn.Linear, config: DNCConfig) -> None:
        self.weight, self.bias, self.config = to_interface.weight, to_interface.bias, config
        self.bits = config.output_size
        self.label = self.bits // 3
        self.places = interface.slices(config)
        self.inputs = config.controller_size * config.controller_layers
        self.reads = self.inputs + config.input_size

    def rows(self, part: str, index: int, count: int) -> slice:
        """Return the rows of head ``index``'s share of a part with ``count`` heads."""
        place = self.places[part]
        size = (place.stop - place.start) // count
        return slice(place.start + index * size, place.start + (index + 1) * size)

    def key_sees(self, head: int, other: int, key: int, read: int, scale: float, labels: int = 1) -> None:
        """Let columns of a head's key see columns of a head's last read; both count in labels."""
        row = self.rows("read_keys", head, self.config.read_heads).start + key * self.label
        column = self.reads + other * self.config.memory_width + read * self.label
        size = labels * self.label
        self.weight[row : row + size, column : column + size] += scale * torch.eye(size)

    def copy_input(self, part: str, head: int, count: int) -> None:
        rows = self.rows(part, head, count)
        self.weight[rows.start : rows.start + self.bits, self.inputs : self.inputs + self.bits] += torch.eye(
            self.bits
        )

    def wanted(self, row: int) -> Tensor:
        """Return the weight, a view, of this row on the channel that says an answer is wanted."""
        return self.weight[row, self.inputs + self.bits + ANSWER_WANTED]

    def gates(self) -> None:
        writer = self.places["write_gates"].start
        self.bias[self.places["write_gates"]] = -5.0
        self.bias[writer] = 5.0
        self.wanted(writer).sub_(10.0)
        self.bias[self.places["free_gates"]] = -5.0
        self.bias[self.places["read_strengths"]] = 15.0
        if "read_masks" in self.places:
            self.bias[self.places["read_masks"]] = 3.0
        if "allocation_gates" in self.places:
            self.bias[self.places["allocation_gates"]] = 5.0

    def head(self, head: int) -> None:
        count, writers = self.config.read_heads, self.config.write_heads
        modes = self.rows("read_modes", head, count)
        linked = self.config.links == "dense"
        if linked:
            self.bias[modes.start + writers] = 4.0  # on content
        if head == WALK and count > REPLAY:
            self.key_sees(WALK, WALK, key=0, read=2, scale=1.0)
            self.key_sees(WALK, REPLAY, key=0, read=0, scale=2.0)
            self.key_sees(WALK, REPLAY, key=1, read=1, scale=1.0)
            if "read_masks" in self.places:
                masks = self.rows("read_masks", head, count)
                self.bias[masks.start + 2 * self.label : masks.start + self.bits] = -3.0
        else:
            self.copy_input("read_keys", head, count)
            self.key_sees(head, head, key=0, read=0, scale=1.0, labels=3)
        if head == REPLAY and linked:
            self.wanted(modes.start + writers + 1).add_(8.0)  # forward along the first write head's links
