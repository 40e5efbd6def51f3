"""The inference start: first weights with which a network follows edges that it says itself.

The meaning of each relation must be learned, by the controller; nothing else must be. The start sets what
each head does while the edges are followed. The module of the task says how they are laid out in time. A row
of the memory is marked as described, or as the query:

* Head 0, the *finder*, asks for the described row that leaves the input node by the input edge. It reads
  nothing if there is no such row, or if the input is a whole triple.
* Head 1, the *holder*, asks for rows that enter the last node that was in the input as a target, and then for
  the same rows again: it holds where the path has led.
* Head 2, the *reminder*, reads the query at every step, so that the controller need not remember it.
* Head 3, the *teller*, reads the query when the network answers, and nothing before.
* The controller sees relations, edges and channels. Labels of nodes would be noise to it.
* The output says the input node, or what the finder reads, or, when it answers, what teller and holder read.
  The controller says the edges.

Weights that would blur this are 0. Training may leave it as it is (``OptimiserConfig.keep_addressing``).
"""

from __future__ import annotations

import torch
from torch import Tensor

from graphdnc.episodes.steps import ANSWER_WANTED, PLANNING, TRANSITION
from graphdnc.model.controller import LSTMLayer
from graphdnc.model.dnc import DNC
from graphdnc.starts.wiring import DIGITS, OPEN, RELATION, SOURCE, TARGET, Wiring

QUIET = 0.1
"""Weights to the output are scaled down by this, so that the start dominates."""
FINDER, HOLDER, REMINDER, TELLER = 0, 1, 2, 3
SHARP = 400.0
SHUT = 6.0
"""How far the controller's gates are closed during the description."""
LOUD = 2.0
"""The factor of the controller's remaining input weights."""


class InferenceStart(Wiring):
    """The inference start."""

    def __init__(self, network: DNC) -> None:
        super().__init__(network)
        self.described, self.asked = self.bits, self.bits + 1

    def apply(self) -> None:
        """Set the maps to the interface and to the output, and what the controller sees."""
        assert self.from_input is not None
        self.weight.zero_()
        self.bias.zero_()
        for to_output in (self.from_reads, self.from_input, self.from_controller):
            to_output.mul_(QUIET)
        self.read_by_content(SHARP)
        self.remember()
        self.find()
        self.hold()
        self.remind()
        self.tell()
        self.speak(self.from_input)
        layer = self.controller.layers[0]
        assert isinstance(layer, LSTMLayer)
        self.wire_controller(layer.input_weight, layer.bias)

    def remember(self) -> None:
        """Write whole triples and the query, each marked as what it is, and nothing else; free nothing."""
        self.copy_input("write_vectors", 0, 1)
        vector = self.places["write_vectors"].start
        self.bias[vector + self.described] = 1.0
        self.row_sees_channel(vector + self.described, TRANSITION, -1.0)
        self.row_sees_channel(vector + self.asked, TRANSITION, 1.0)
        self.bias[self.places["erase"]] = -OPEN
        self.bias[self.places["free_gates"]] = -OPEN
        gate = self.places["write_gates"].start
        # open for all three labels, or for two and a transition; closed whenever an output is wanted
        self.bias[gate] = -(3 * self.digits - 1) * OPEN
        for label in (SOURCE, RELATION, TARGET):
            self.row_sees_label(gate, label, OPEN)
        self.row_sees_channel(gate, TRANSITION, self.digits * OPEN)
        for channel in (PLANNING, ANSWER_WANTED):
            self.row_sees_channel(gate, channel, -3 * self.digits * OPEN)

    def find(self) -> None:
        """Make the finder ask for the row that leaves the input node by the input edge."""
        key = self.of_head("read_keys", FINDER)
        for label in (SOURCE, RELATION):
            self.rows_see_label(key + label * self.label, label, 1.0)
        bar = key + self.described
        self.bias[bar] = 0.5 - 2 * self.digits
        self.row_sees_label(bar, TARGET, -float(self.digits))
        self.bias[key + self.asked] = -3.0 * self.digits
        self._look(FINDER, SOURCE, RELATION)

    def hold(self) -> None:
        """Make the holder ask for rows that enter the input target, then for the same rows again."""
        key = self.of_head("read_keys", HOLDER)
        self.rows_see_label(key + TARGET * self.label, TARGET, 3.0)
        self.key_sees(HOLDER, HOLDER, key=TARGET, read=TARGET, scale=1.0)
        self._look(HOLDER, TARGET)

    def remind(self) -> None:
        """Make the reminder ask for the query."""
        self.bias[self.of_head("read_keys", REMINDER) + self.asked] = 1.0
        self._look(REMINDER)

    def tell(self) -> None:
        """Make the teller ask for the query when an answer is wanted, and for neither kind of row before."""
        key = self.of_head("read_keys", TELLER)
        self.bias[key + self.described : key + self.asked + 1] = -1.0
        self.row_sees_channel(key + self.asked, ANSWER_WANTED, 2.0)
        self._look(TELLER)

    def speak(self, from_input: Tensor) -> None:
        """Make the output say the input source, or the input target as a source, and what the heads read."""
        self.say(from_input, SOURCE * self.label, SOURCE, 3.0)
        self.say(from_input, TARGET * self.label, SOURCE, 9.0)
        for label in (RELATION, TARGET):
            self.say_read(FINDER, label, label, 20.0)
        self.say_read(HOLDER, TARGET, TARGET, 8.0)
        for label in (SOURCE, RELATION):
            self.say_read(TELLER, label, label, 12.0)
        # an input target means that the next edge is wanted, so no target is said
        ends = slice(TARGET * self.label, 3 * self.label, DIGITS)
        from_input[ends, TARGET * self.label : 3 * self.label] += 20.0 / self.digits

    def wire_controller(self, weight: Tensor, bias: Tensor) -> None:
        """Let the controller see edges, channels, the relation asked for, and whether an edge was found."""
        width, reads = self.config.memory_width, self.config.input_size
        seen = torch.zeros_like(weight)
        for first, size in (
            (RELATION * self.label, self.label),
            (self.bits, self.config.input_size - self.bits),
            (reads + REMINDER * width + RELATION * self.label, self.label),
            (reads + FINDER * width + self.described, 1),
        ):
            seen[:, first : first + size] = LOUD * weight[:, first : first + size]
        weight.copy_(seen)
        # the description is noise too: nothing enters or leaves the cells while no channel is on
        enter, _, _, leave = weight.chunk(4)
        for gate, own in ((enter, bias.chunk(4)[0]), (leave, bias.chunk(4)[3])):
            own -= SHUT
            for channel in (TRANSITION, PLANNING):
                gate[:, self.bits + channel] += SHUT + 1

    def _look(self, head: int, *labels: int) -> None:
        """Make a head look at these labels, and at the marks of a row."""
        self.look_at(self.of_head("read_masks", head), *labels, marks=(self.described, self.asked))
