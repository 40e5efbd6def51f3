"""The search start: first weights with which a network searches shortest paths breadth first.

A breadth-first search must find the triples that enter a node from nodes not found yet, mark what it found,
and process it in the order in which it was found. A DNC has a part for each: reading by content, writing by
content, and temporal links. This start sets in the first weights what each head does. The module of the task
says how the search is laid out in time. Every row of the memory holds a triple and two marks::

    row          source  relation  target   DESCRIBED   FOUND
    described      a        r        b          1         0, above 0 once a was found
    found          a        r        b          0         above 0

* A triple that is found is written twice by one write: as a new row to the allocated row, and to all rows
  that leave its source, which are thereby marked FOUND. The new rows are the queue: temporal links lead from
  each to the next.
* Head 0, the *finder*, asks for a row that enters the node being expanded, was described and is not marked.
  Its key is less like an incomplete row than like an empty row, so it reads nothing if there is no such row.
  Among several it slightly prefers the lowest label, so that it reads one row and not a mixture.
* Head 1, the *keeper*, finds the row of the node being expanded among the rows found. It must learn to move
  along the temporal links when that node is finished.
* Head 2, the *guide*, reads nothing while the network plans. When it answers, it finds the row of the node
  reached, which holds the first triple of a shortest path onwards.
* The output says what the finder reads, or if that is nothing, what the keeper reads. What else it says, and
  when it says END, must be learned.

Without training it finds no path; docs/experiments.md has what is learned from it, and without each part.
Strengths are high where a difference of a digit or less decides, and weights that would blur this are 0.
Training may leave all of that as it is (``OptimiserConfig.keep_addressing``).
"""

from __future__ import annotations

import math

import torch

from graphdnc.episodes.steps import ANSWER_WANTED, PLANNING, TRANSITION
from graphdnc.model.dnc import DNC
from graphdnc.starts.wiring import DIGITS, OPEN, RELATION, SOURCE, TARGET, Wiring

QUIET = 0.1
"""Weights to the output and to the read modes are scaled down by this, so that the start dominates."""
FINDER, KEEPER, GUIDE = 0, 1, 2
UNDECIDED = 1.0
"""Before the softmax: how much the keeper prefers content to links at first."""
OWN_ROW = 0.8
"""The share of a write that goes to the new row; the rest goes to the rows that leave the node found."""
MARK = 30.0
"""The size of the mark FOUND; the rows that leave a node share it."""
SEEN = 200.0
"""How much a mark counts against a row for the finder: enough if 1,500 rows share one mark."""
ALMOST = 0.5
"""In digits: how far a full match is above the threshold, and one that lacks a digit below it."""
SHARPEST, SHARP = 1e8, 400.0
"""Strengths of the finder, which tells labels apart by a thousandth, and of the other heads."""


class SearchStart(Wiring):
    """The search start. The ablation leaves out one method at a time."""

    def __init__(self, network: DNC) -> None:
        super().__init__(network)
        self.described, self.found = self.bits, self.bits + 1

    def apply(self) -> None:
        """Set the interface map and the maps to the output."""
        modes = self.places["read_modes"]
        self.weight[: modes.start] = 0
        self.weight[modes] *= QUIET
        self.weight[modes.stop :] = 0
        self.bias.zero_()
        for to_output in (self.from_reads, self.from_controller, self.from_input):
            if to_output is not None:
                to_output.mul_(QUIET)
        self.read_by_content(SHARP)
        self.remember()
        self.write_what_is_found()
        self.mark_what_is_found()
        self.find()
        self.keep_the_place()
        self.guide()
        self.say_what_is_read()

    def remember(self) -> None:
        """Write the input, marked DESCRIBED, during the description; erase and free nothing."""
        self.copy_input("write_vectors", 0, 1)
        vector = self.places["write_vectors"].start
        self.bias[vector + self.described] = 1.0
        self.row_sees_channel(vector + self.described, PLANNING, -1.0)
        self.bias[self.places["erase"]] = -OPEN
        self.bias[self.places["free_gates"]] = -OPEN
        self.bias[self.places["allocation_gates"]] = OPEN

    def write_what_is_found(self) -> None:
        """Open the write gate for triples with a relation, and for the goal when planning begins."""
        gate = self.places["write_gates"].start
        self.bias[gate] = -3 * OPEN
        self.row_sees_label(gate, RELATION, 2 * OPEN)
        self.row_sees_channel(gate, TRANSITION, 2 * OPEN)
        self.row_sees_channel(gate, PLANNING, 2 * OPEN)
        self.row_sees_channel(gate, ANSWER_WANTED, -8 * OPEN)

    def mark_what_is_found(self) -> None:
        """While planning, write to a new row and to all rows that leave what was found."""
        vector, key = self.places["write_vectors"].start, self.places["write_keys"].start
        self.row_sees_channel(vector + self.found, PLANNING, MARK)
        # the goal's row differs a little from the row that is written if the goal is found again
        self.row_sees_channel(vector + self.described, TRANSITION, 0.2)
        gate = self.places["allocation_gates"].start
        closing = OPEN - math.log(OWN_ROW / (1 - OWN_ROW))
        self.row_sees_channel(gate, PLANNING, -closing)
        self.row_sees_channel(gate, TRANSITION, closing)
        self.rows_see_label(key, SOURCE, 1.0)
        self.bias[key + self.described] = 1.0
        self.bias[self.places["write_strengths"]] = SHARP
        self.look_at(self.places["write_masks"].start, SOURCE, marks=[self.described])

    def find(self) -> None:
        """Make the finder ask for a triple that enters the input node, was described and is not marked."""
        key = self.of_head("read_keys", FINDER)
        self.rows_see_label(key + TARGET * self.label, TARGET, 1.0)
        # between two triples with the same nodes the relation decides, and it decides nothing else: its whole
        # label counts as much as the last digit of a node
        relation = self._preference(10.0**-self.digits)
        self.bias[key : key + 2 * self.label] = torch.cat([self._preference(1.0), relation])
        self.bias[key + self.described] = ALMOST - self.digits
        self.row_sees_channel(key + self.described, ANSWER_WANTED, -OPEN)
        self.bias[key + self.found] = -SEEN
        mask = self.of_head("read_masks", FINDER)
        self.look_at(mask, SOURCE, RELATION, TARGET, marks=[self.described, self.found])
        self.bias[self.of_head("read_strengths", FINDER)] = SHARPEST

    def _preference(self, scale: float) -> torch.Tensor:
        """Return a number for each digit; for a label they sum to ALMOST / 2 for 0, down to -ALMOST / 2."""
        digit = torch.arange(DIGITS, dtype=torch.float32)
        falls = [0.5 / self.digits - digit / 10 ** (place + 1) for place in range(self.digits)]
        return scale * ALMOST * torch.cat(falls)

    def keep_the_place(self) -> None:
        """Make the keeper find the input node among those found; when to move on is learned."""
        key = self.of_head("read_keys", KEEPER)
        self.rows_see_label(key, TARGET, 1.0)
        # a finished node is in the input as a source
        self.rows_see_label(key, SOURCE, 0.3)
        self.bias[key + self.described] = -float(self.digits)
        self.look_at(self.of_head("read_masks", KEEPER), SOURCE, marks=[self.described])
        self.bias[self.of_head("read_modes", KEEPER) + 1] = UNDECIDED

    def guide(self) -> None:
        """Make the guide find the node reached among those found, but nothing while the network plans."""
        key = self.of_head("read_keys", GUIDE)
        self.rows_see_label(key, TARGET, 1.0)
        self.bias[key + self.described] = -float(self.digits)
        # all rows found are then less like its key than an empty row, even behind the mask
        self.row_sees_channel(key + self.found, PLANNING, -50.0)
        self.look_at(self.of_head("read_masks", GUIDE), SOURCE, marks=[self.described])

    def say_what_is_read(self) -> None:
        """Make the output say what the finder reads, else what the keeper reads, or what the guide reads."""
        for label in (SOURCE, RELATION, TARGET):
            self.say_read(FINDER, label, label, 100.0)
        for label in (SOURCE, TARGET):
            self.say_read(KEEPER, SOURCE, label, 10.0)
        for label in (RELATION, TARGET):
            self.say_read(GUIDE, label, label, 20.0)
