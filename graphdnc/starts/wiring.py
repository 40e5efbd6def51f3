"""Names for the weights of the interface and of the output, for starts that say something in them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from graphdnc.model import interface_layout
from graphdnc.model.dnc import DNC

SOURCE, RELATION, TARGET = 0, 1, 2
"""The labels of a triple, in the input, in a row of the memory and in the output."""
DIGITS = 10
"""Numbers in a place of a label (``DigitCode``)."""
OPEN = 20.0
"""A gate this far open or closed leaks no more than 2e-9: the rest of a row must stay empty."""
CONTENT_PREFERENCE = 10.0
"""How much a head that reads by content prefers it to links, before the softmax."""


class Wiring:
    """The rows (parts of the interface) and columns (what it sees) of the interface's map, by name.

    What it sees is the controller's output, the input (three labels, then the binary channels) and the last
    reads. Nothing here is differentiable: call it without gradients. A start is a subclass.
    """

    def __init__(self, network: DNC) -> None:
        self.config = config = network.config
        self.weight, self.bias = network.interface.weight, network.interface.bias
        self.from_reads, self.from_controller = network.read_output.weight, network.output.weight
        self.from_input = None if network.input_output is None else network.input_output.weight
        self.controller = network.controller
        self.bits = config.output_size
        self.label = self.bits // 3
        self.digits = self.label // DIGITS
        self.places = interface_layout.slices(config)
        self.inputs = config.controller_size * config.controller_layers
        self.reads = self.inputs + config.input_size

    def apply(self) -> None:
        """Change the network's random weights to those of the start."""
        raise NotImplementedError

    def rows(self, part: str, index: int, count: int) -> slice:
        """Return the rows of head ``index``'s share of a part with ``count`` heads."""
        place = self.places[part]
        size = (place.stop - place.start) // count
        return slice(place.start + index * size, place.start + (index + 1) * size)

    def of_head(self, part: str, head: int) -> int:
        """Return the first row of a read head's share of a part."""
        first: int = self.rows(part, head, self.config.read_heads).start
        return first

    def read_by_content(self, strength: float) -> None:
        """Let all read heads look by content alone, with keys of this strength."""
        for head in range(self.config.read_heads):
            if self.config.links != "off":
                self.bias[self.of_head("read_modes", head) + 1] = CONTENT_PREFERENCE
            self.bias[self.of_head("read_strengths", head)] = strength

    def row_sees_label(self, row: int, label: int, weight: float) -> None:
        """Let one row see whether a label of the input is there, by the sum of its bits."""
        column = self.inputs + label * self.label
        self.weight[row, column : column + self.label] += weight

    def row_sees_channel(self, row: int, channel: int, weight: float) -> None:
        """Let one row see a binary channel of the input."""
        self.weight[row, self.inputs + self.bits + channel] += weight

    def rows_see_label(self, row: int, label: int, weight: float) -> None:
        """Let a label's worth of rows, from ``row`` on, be a label of the input."""
        column = self.inputs + label * self.label
        self.weight[row : row + self.label, column : column + self.label] += weight * torch.eye(self.label)

    def key_sees(self, head: int, other: int, key: int, read: int, scale: float, labels: int = 1) -> None:
        """Let columns of a head's key see columns of a head's last read; both count in labels."""
        row = self.of_head("read_keys", head) + key * self.label
        column = self.reads + other * self.config.memory_width + read * self.label
        size = labels * self.label
        self.weight[row : row + size, column : column + size] += scale * torch.eye(size)

    def copy_input(self, part: str, head: int, count: int) -> None:
        """Let a head's share of a part be the labels of the input."""
        row = self.rows(part, head, count).start
        for label in (SOURCE, RELATION, TARGET):
            self.rows_see_label(row + label * self.label, label, 1.0)

    def channel(self, row: int, channel: int) -> Tensor:
        """Return the weight, a view, of a row on a binary channel."""
        return self.weight[row, self.inputs + self.bits + channel]

    def look_at(self, mask: int, *labels: int, marks: Sequence[int]) -> None:
        """Let a mask that begins at a row pass these labels and the columns of these marks, nothing else."""
        self.bias[mask : mask + self.config.memory_width] = -OPEN
        for label in labels:
            self.bias[mask + label * self.label : mask + (label + 1) * self.label] = OPEN
        for mark in marks:
            self.bias[mask + mark] = OPEN

    def say(self, to_output: Tensor, column: int, said: int, scale: float) -> None:
        """Let a label of the output be a label's worth of columns, from ``column`` on, of what it sees."""
        row = said * self.label
        to_output[row : row + self.label, column : column + self.label] += scale * torch.eye(self.label)
