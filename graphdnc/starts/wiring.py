"""Names for the weights of the interface map and the output maps, for starts that set them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from graphdnc.model import interface_layout
from graphdnc.model.dnc import DNC

SOURCE, RELATION, TARGET = 0, 1, 2
"""The labels of a triple, in the input, in a row of the memory and in the output."""
DIGITS = 10
"""Numbers for one digit of a label (``DigitCode``)."""
OPEN = 20.0
"""Before the sigmoid: a gate this far open or closed leaks at most 2e-9, so that empty rows stay empty."""
CONTENT_PREFERENCE = 10.0
"""Before the softmax: how much a head that reads by content prefers it to links."""


class Wiring:
    """The weights of a network's maps by name. A start is a subclass.

    The rows of the interface map are the parts of the interface vector. Its columns are what it sees: the
    controller's output, the input (three labels, then the binary channels) and the last reads. Call the
    methods without gradients: they change weights in place.
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
        """Return the rows of head ``index`` in a part that has ``count`` heads."""
        place = self.places[part]
        size = (place.stop - place.start) // count
        return slice(place.start + index * size, place.start + (index + 1) * size)

    def of_head(self, part: str, head: int) -> int:
        """Return the first row of a read head in a part."""
        first: int = self.rows(part, head, self.config.read_heads).start
        return first

    def read_by_content(self, strength: float) -> None:
        """Make all read heads read by content, with keys of this strength."""
        for head in range(self.config.read_heads):
            if self.config.links != "off":
                self.bias[self.of_head("read_modes", head) + 1] = CONTENT_PREFERENCE
            self.bias[self.of_head("read_strengths", head)] = strength

    def row_sees_label(self, row: int, label: int, weight: float) -> None:
        """Add ``weight`` times the sum of the bits of an input label to a row: whether the label is there."""
        column = self.inputs + label * self.label
        self.weight[row, column : column + self.label] += weight

    def row_sees_channel(self, row: int, channel: int, weight: float) -> None:
        """Add ``weight`` times a binary channel of the input to a row."""
        self.weight[row, self.inputs + self.bits + channel] += weight

    def rows_see_label(self, row: int, label: int, weight: float) -> None:
        """Add ``weight`` times an input label to as many rows, from ``row`` on."""
        self.rows_see(row, self.inputs + label * self.label, weight, self.label)

    def rows_see(self, row: int, column: int, weight: float, size: int) -> None:
        """Add ``weight`` times ``size`` numbers, from ``column`` on, to as many rows, from ``row`` on."""
        self.weight[row : row + size, column : column + size] += weight * torch.eye(size)

    def copy_input(self, part: str, head: int, count: int) -> None:
        """Add the three labels of the input to a head's rows of a part."""
        row = self.rows(part, head, count).start
        for label in (SOURCE, RELATION, TARGET):
            self.rows_see_label(row + label * self.label, label, 1.0)

    def look_at(self, mask: int, *labels: int, marks: Sequence[int]) -> None:
        """Make the mask that begins at row ``mask`` pass only these labels and marks."""
        self.bias[mask : mask + self.config.memory_width] = -OPEN
        for label in labels:
            self.bias[mask + label * self.label : mask + (label + 1) * self.label] = OPEN
        for mark in marks:
            self.bias[mask + mark] = OPEN

    def say(self, to_output: Tensor, column: int, said: int, scale: float) -> None:
        """Add ``scale`` times the label from ``column`` on to a label of the output."""
        row = said * self.label
        to_output[row : row + self.label, column : column + self.label] += scale * torch.eye(self.label)

    def say_read(self, head: int, read: int, said: int, scale: float) -> None:
        """Add ``scale`` times the label ``read`` of a head's last read to a label of the output."""
        self.say(self.from_reads, head * self.config.memory_width + read * self.label, said, scale)
