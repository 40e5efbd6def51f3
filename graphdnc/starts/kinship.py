"""The kinship start: first weights with which a network processes sets of people by instructions.

``tasks/kinship/layout.py`` says how instructions are laid out in time. A row of the memory holds a triple,
its kind, when it was written, and a mark for each instruction that has processed it::

    row      source  relation  target   DESCRIBED  ITEM  NOTE   CLOCK   MARKS
    fact       a        r        b          1        0     0      t     0 1 0 ...
    item       a       set       b          0        1     0      t     1 0 0 ...
    note       a       set       b          0        0     1      t     0 0 0 ...

* Head 0, the *finder*, asks for what the current instruction looks for about the input person: a fact that
  leaves them by a step, a fact or an item that enters them; and for nothing that the instruction has marked.
* Head 1, the *checker*, asks for the item or note that is proposed: is it there?
* Head 2, the *taker*, asks for an item of the current set that is not marked.
* The key of each head is less like an incomplete row than like an empty row, so it reads nothing if there is
  no full match. Among several matches it reads the earliest.
* What is given to be written goes to a new row. A mark goes to the row that was said: the one that the finder
  read last, or else the taker.
* The output says what is proposed if the checker does not find it; else what the finder reads, else what the
  taker reads, else the end.
* The controller sees which instruction of which term is wanted. The instruction itself must be learned.

Weights that would blur this are 0. Training may leave it as it is (``OptimiserConfig.keep_addressing``).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from graphdnc.kinship.program import MOST_INSTRUCTIONS
from graphdnc.model.controller import LSTMLayer
from graphdnc.model.dnc import DNC
from graphdnc.starts.wiring import DIGITS, RELATION, SOURCE, TARGET, Wiring
from graphdnc.tasks.kinship.layout import FLAGS, channels

QUIET = 0.1
"""The factor of the weights from the controller to the output."""
FINDER, CHECKER, TAKER = 0, 1, 2
SHARPEST, SHARP = 1e8, 400.0
"""Strengths of the heads, which tell rows apart by when they were written, and of the write key."""
CLOSED = 40.0
"""Before the sigmoid: a gate this far closed leaks nothing in float32, and almost nothing in float64."""
NEVER = 20.0
"""How much the wrong kind of row, or a mark, counts against a match."""
ALMOST = 0.5
"""In digits: how far a full match is above the threshold, and one that lacks a digit below it."""
EARLY = 0.1
"""How much each unit of the clock counts against a match."""
FOUND, NEXT, NEW, NOTHING_LEFT = 400.0, 40.0, 4000.0, 20.0
"""Output weights of what the finder reads, what the taker reads, what is new, and the end."""
SHUT, LOUD = 20.0, 2.0
"""How far the controller's gates are closed while nothing is recalled; the factor of its input weights."""
KINDS = 3


class KinshipStart(Wiring):
    """The kinship start."""

    def __init__(self, network: DNC) -> None:
        super().__init__(network)
        self.shown = channels(self.label)
        self.described, self.item, self.note = range(self.bits, self.bits + KINDS)
        self.clock = self.bits + KINDS
        self.marks = self.clock + 1

    def apply(self) -> None:
        """Set the maps to the interface and to the output, and what the controller sees."""
        assert self.from_input is not None
        for values in (self.weight, self.bias, self.from_reads, self.from_input):
            values.zero_()
        self.from_controller.mul_(QUIET)
        self.read_by_content(SHARPEST)
        self.remember()
        self.mark()
        self.find()
        self.check()
        self.take()
        self.speak(self.from_input)
        layer = self.controller.layers[0]
        assert isinstance(layer, LSTMLayer)
        self.wire_controller(layer.input_weight, layer.hidden_weight, layer.bias)

    def remember(self) -> None:
        """Write the input with its kind and the time, nothing without an input; free nothing."""
        self.copy_input("write_vectors", 0, 1)
        vector = self.places["write_vectors"].start
        self.bias[vector + self.described] = 1.0
        self.row_sees(vector + self.described, "planning", -1.0)
        self.row_sees(vector + self.item, "item", 1.0)
        self.row_sees(vector + self.note, "note", 1.0)
        self.row_sees_channel(vector + self.clock, self.shown.clock, 1.0)
        self.bias[self.places["erase"]] = -CLOSED
        self.bias[self.places["free_gates"]] = -CLOSED
        gate, allocation = self.places["write_gates"].start, self.places["allocation_gates"].start
        self.bias[gate], self.bias[allocation] = CLOSED, CLOSED
        self.row_sees(gate, "planning", -2 * CLOSED)
        for flag in ("item", "note", "mark"):
            self.row_sees(gate, flag, 2 * CLOSED)
        self.row_sees(allocation, "mark", -2 * CLOSED)

    def mark(self) -> None:
        """Mark what was said, in the column of the instruction. A new row has that mark from the start."""
        vector, key = self.places["write_vectors"].start, self.places["write_keys"].start
        for number in range(MOST_INSTRUCTIONS):
            self.row_sees_channel(vector + self.marks + number, self.shown.instruction + number, 1.0)
        for head, scale in ((FINDER, 100.0), (TAKER, 1.0)):  # all of a row but its marks
            self.rows_see(key, self.reads + head * self.config.memory_width, scale, self.marks)
        self.bias[self.places["write_strengths"]] = SHARP
        marks = range(self.bits, self.marks)
        self.look_at(self.places["write_masks"].start, SOURCE, RELATION, TARGET, marks=marks)

    def find(self) -> None:
        """Make the finder ask for an unmarked fact or item about the input person."""
        labels = {SOURCE: self.shown.leaving, RELATION: self.shown.pattern, TARGET: self.shown.entering}
        self._ask(FINDER, labels, [("facts", self.described), ("members", self.item)])

    def check(self) -> None:
        """Make the checker ask for the triple that is proposed."""
        labels = {label: self.shown.candidate + label * self.label for label in (SOURCE, RELATION, TARGET)}
        self._ask(CHECKER, labels, [("candidate", self.item), ("candidate", self.note)])

    def take(self) -> None:
        """Make the taker ask for an unmarked item of the current set."""
        self._ask(TAKER, {RELATION: self.shown.source}, [("instructed", self.item)])

    def speak(self, from_input: Tensor) -> None:
        """Make the output say what the finder reads, else what the taker reads."""
        for label in (SOURCE, RELATION, TARGET):
            self.say_read(FINDER, label, label, FOUND)
            self.say_read(TAKER, label, label, NEXT)
        candidate, checked = self.bits + self.shown.candidate, CHECKER * self.config.memory_width
        for label in (RELATION, TARGET):
            self.say(from_input, candidate + label * self.label, label, NEW)
            self.say_read(CHECKER, label, label, -NEW)
        ends = torch.arange(0, self.bits, DIGITS)
        from_input[ends, self.bits + FLAGS.index("instructed")] += NOTHING_LEFT
        sources = ends[: self.digits]
        from_input[sources, self.bits + FLAGS.index("candidate")] += NEW
        for kind in (self.item, self.note):
            self.from_reads[sources, checked + kind] -= NEW

    def wire_controller(self, weight: Tensor, recurrent: Tensor, bias: Tensor) -> None:
        """Let the controller see only which instruction of which term is wanted."""
        seen = torch.zeros_like(weight)
        for first, size in (
            (self.shown.term, self.label),
            (self.shown.instruction, MOST_INSTRUCTIONS),
            (FLAGS.index("recall"), 1),
        ):
            columns = slice(self.bits + first, self.bits + first + size)
            seen[:, columns] = LOUD * weight[:, columns]
        weight.copy_(seen)
        recurrent.zero_()
        for gate, own in zip(weight.chunk(4), bias.chunk(4), strict=True):
            own.fill_(-SHUT)
            gate[:, self.bits + FLAGS.index("recall")] = SHUT
        # the cell keeps nothing, because there may be any number of steps between two instructions
        weight.chunk(4)[1].zero_()
        bias.chunk(4)[1].fill_(-CLOSED)

    def row_sees(self, row: int, flag: str, weight: float) -> None:
        """Add ``weight`` times a binary channel, by its name, to a row."""
        self.row_sees_channel(row, FLAGS.index(flag), weight)

    def _ask(self, head: int, labels: dict[int, int], kinds: Sequence[tuple[str, int]]) -> None:
        """Let a head ask for labels, each shown from a channel on, early; for kinds of rows by flag."""
        key, mask = self.of_head("read_keys", head), self.of_head("read_masks", head)
        self.bias[mask : mask + self.config.memory_width] = CLOSED
        self.bias[key + self.clock] = -EARLY
        for label, channel in labels.items():
            self.rows_see(key + label * self.label, self.inputs + self.bits + channel, 1.0, self.label)
        self.bias[key + self.described : key + self.note + 1] = -NEVER
        for flag, kind in kinds:
            self.bias[key + kind] = ALMOST - NEVER
            self.row_sees(key + kind, flag, NEVER)
            for channel in labels.values():
                columns = self.inputs + self.bits + channel
                self.weight[key + kind, columns : columns + self.label] = -1.0
        if head != CHECKER:
            for number in range(MOST_INSTRUCTIONS):
                self.row_sees_channel(key + self.marks + number, self.shown.instruction + number, -NEVER)
