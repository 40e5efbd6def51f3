"""The inference start: first weights in which a network follows edges that it says itself.

What a relation stands for must be learned by heart, by the controller; this start leaves it only that. It
says which head does what while the edges are followed (``tasks/inference/layout.py`` has the layout in time).
A row of the memory is marked as described, or as the query:

* Head 0, the *finder*, asks for the row that leaves the node heard by the edge heard, described; its key is
  such that it reads nothing where there is none, and nothing where a whole triple is heard.
* Head 1, the *holder*, asks for rows that enter the node last heard as a target, and then for those again: it
  holds where the path has led.
* Head 2, the *reminder*, reads the query at every step, so that the controller need not hold it.
* Head 3, the *teller*, reads the query when the network answers, and nothing before.
* The controller hears relations, edges and channels; labels of nodes are noise to it.
* The output says the nodes heard, or what the finder reads, or, when it answers, what teller and holder
  read. Edges are the controller's to say.

Weights that would blur this are 0; training may leave it as it is (``OptimiserConfig.keep_addressing``).
"""

from __future__ import annotations

import torch
from torch import Tensor

from graphdnc.episodes.steps import ANSWER_WANTED, PLANNING, TRANSITION
from graphdnc.model.controller import LSTMLayer
from graphdnc.model.dnc import DNC
from graphdnc.starts.wiring import DIGITS, OPEN, RELATION, SOURCE, TARGET, Wiring

QUIET = 0.1
"""Weights to the output are scaled down by this, so that what is said is heard."""
FINDER, HOLDER, REMINDER, TELLER = 0, 1, 2, 3
SHARP = 400.0
SHUT = 6.0
"""How firmly the controller's gates are shut during the description."""
LOUD = 2.0
"""How much what the controller hears is scaled up."""


class InferenceStart(Wiring):
    """The parts of the start."""

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
        # open for all three labels, or two and a transition; closed whenever something is to be said
        self.bias[gate] = -(3 * self.digits - 1) * OPEN
        for label in (SOURCE, RELATION, TARGET):
            self.row_sees_label(gate, label, OPEN)
        self.row_sees_channel(gate, TRANSITION, self.digits * OPEN)
        for channel in (PLANNING, ANSWER_WANTED):
            self.row_sees_channel(gate, channel, -3 * self.digits * OPEN)

    def find(self) -> None:
        """Let the finder ask for the row that leaves the node heard by the edge heard."""
        key = self.of_head("read_keys", FINDER)
        for label in (SOURCE, RELATION):
            self.rows_see_label(key + label * self.label, label, 1.0)
        bar = key + self.described
        self.bias[bar] = 0.5 - 2 * self.digits
        self.row_sees_label(bar, TARGET, -float(self.digits))
        self.bias[key + self.asked] = -3.0 * self.digits
        self._look(FINDER, SOURCE, RELATION)

    def hold(self) -> None:
        """Let the holder ask for rows that enter the node heard as a target, then for those again."""
        key = self.of_head("read_keys", HOLDER)
        self.rows_see_label(key + TARGET * self.label, TARGET, 3.0)
        self.key_sees(HOLDER, HOLDER, key=TARGET, read=TARGET, scale=1.0)
        self._look(HOLDER, TARGET)

    def remind(self) -> None:
        """Let the reminder ask for the query."""
        self.bias[self.of_head("read_keys", REMINDER) + self.asked] = 1.0
        self._look(REMINDER)

    def tell(self) -> None:
        """Let the teller ask for the query when an answer is wanted, else for what is neither row."""
        key = self.of_head("read_keys", TELLER)
        self.bias[key + self.described : key + self.asked + 1] = -1.0
        self.row_sees_channel(key + self.asked, ANSWER_WANTED, 2.0)
        self._look(TELLER)

    def speak(self, from_input: Tensor) -> None:
        """Let the output say the source heard, or the target as a source, and what the heads read."""
        heard = ((SOURCE, SOURCE, 3.0), (TARGET, SOURCE, 9.0))
        for label, said, scale in heard:
            self.say(from_input, label * self.label, said, scale)
        read = (
            *((FINDER, RELATION, 20.0), (FINDER, TARGET, 20.0), (HOLDER, TARGET, 8.0)),
            *((TELLER, SOURCE, 12.0), (TELLER, RELATION, 12.0)),
        )
        for head, label, scale in read:
            column = head * self.config.memory_width + label * self.label
            self.say(self.from_reads, column, label, scale)
        # where a target is heard, the next edge is asked for: none is said
        ends = slice(TARGET * self.label, 3 * self.label, DIGITS)
        from_input[ends, TARGET * self.label : 3 * self.label] += 20.0 / self.digits

    def wire_controller(self, weight: Tensor, bias: Tensor) -> None:
        """Let the controller hear edges, channels, the relation asked for, and whether an edge was found.

        Labels of nodes are noise to it.
        """
        width, reads = self.config.memory_width, self.config.input_size
        heard = torch.zeros_like(weight)
        for first, size in (
            (RELATION * self.label, self.label),
            (self.bits, self.config.input_size - self.bits),
            (reads + REMINDER * width + RELATION * self.label, self.label),
            (reads + FINDER * width + self.described, 1),
        ):
            heard[:, first : first + size] = LOUD * weight[:, first : first + size]
        weight.copy_(heard)
        # the graph is noise too: nothing enters or leaves the cells while no channel is on
        enter, _, _, leave = weight.chunk(4)
        for gate, own in ((enter, bias.chunk(4)[0]), (leave, bias.chunk(4)[3])):
            own -= SHUT
            for channel in (TRANSITION, PLANNING):
                gate[:, self.bits + channel] += SHUT + 1

    def _look(self, head: int, *labels: int) -> None:
        """Let a head look at these labels, and at the marks of a row."""
        self.look_at(self.of_head("read_masks", head), *labels, marks=(self.described, self.asked))
