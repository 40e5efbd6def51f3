"""The search start: first weights in which a network seeks shortest paths breadth first.

A breadth-first search needs to find the triples that enter a node from places not found yet, to mark what
was found, and to go through it in the order it was found. A DNC has a part for each: content look-up, writing
by content, temporal links. This start says in the initial weights which head does what; how the search is
laid out in time is in ``tasks/shortest_path/layout.py``. Every row of the memory holds a triple and two
marks::

    row          source  relation  target   DESCRIBED   FOUND
    described      a        r        b          1         0, above 0 once a was found
    found          a        r        b          0         above 0

* A triple that is found is written twice by one write: as a row of its own to the allocated row, and to all
  rows that leave its source, which are so marked FOUND. Rows of their own are the queue: temporal links lead
  from each to the next one.
* Head 0, the *finder*, asks for a row that enters the node being expanded, was described and is not marked.
  Its key is such that a row without all of that is less like it than an empty row: where there is none, it
  reads nothing. Of several the lowest label is preferred, if by little, so that it reads one and not a blend.
* Head 1, the *keeper*, finds the row of the node being expanded among the rows found. It must learn to move
  along the temporal links when that node is done with.
* Head 2, the *guide*, reads nothing while the network plans. When it answers, it finds the row of the node
  reached, which holds the first triple of a shortest way on.
* The output says what the finder reads; where that is nothing, what the keeper reads. What stands beside it,
  and when to say END, must be learned.

Untrained it finds no path; docs/experiments.md has what is learned from it, and without each part. Strengths
are large where a difference of a digit or less decides, and weights that would blur it are 0; training may
leave all of that as it is (``OptimiserConfig.keep_addressing``).
"""

from __future__ import annotations

import math

import torch

from graphdnc.episodes.steps import ANSWER_WANTED, PLANNING, TRANSITION
from graphdnc.model.dnc import DNC
from graphdnc.starts.wiring import DIGITS, OPEN, RELATION, SOURCE, TARGET, Wiring

QUIET = 0.1
"""Weights to the output, and to the read modes, are scaled down by this, so that what is said is heard."""
FINDER, KEEPER, GUIDE = 0, 1, 2
UNDECIDED = 1.0
"""How much the keeper prefers content to links at first, before the softmax."""
OWN_ROW = 0.8
"""The share of a write that goes to a new row; the rest goes to the rows that leave what was found."""
MARK = 30.0
"""How strongly what is found is marked; the rows that leave a node share their share of it."""
SEEN = 200.0
"""How much the finder minds a mark: enough where 1,500 rows share one."""
ALMOST = 0.5
"""By how much a full match passes the bar, and one that lacks a digit misses it; of a digit."""
SHARPEST, SHARP = 1e8, 400.0
"""Strengths of the finder, which tells labels apart by a preference of a thousandth, and of other heads."""


class SearchStart(Wiring):
    """The parts of the start, each of them left out by an ablation."""

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
        # the goal's row differs a little, so that the goal, found a second time, is told from the first
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
        """Let the finder ask for a triple that enters the node heard, was described and is not marked."""
        key = self.of_head("read_keys", FINDER)
        self.rows_see_label(key + TARGET * self.label, TARGET, 1.0)
        # two triples between the same nodes are told apart by their relation, which decides nothing else:
        # all its labels together weigh as much as one of a node
        relation = self._preference(10.0**-self.digits)
        self.bias[key : key + 2 * self.label] = torch.cat([self._preference(1.0), relation])
        self.bias[key + self.described] = ALMOST - self.digits
        self.row_sees_channel(key + self.described, ANSWER_WANTED, -OPEN)
        self.bias[key + self.found] = -SEEN
        mask = self.of_head("read_masks", FINDER)
        self.look_at(mask, SOURCE, RELATION, TARGET, marks=[self.described, self.found])
        self.bias[self.of_head("read_strengths", FINDER)] = SHARPEST

    def _preference(self, scale: float) -> torch.Tensor:
        """Return a number for each digit: their sum falls from ALMOST / 2 to -ALMOST / 2 as labels rise."""
        digit = torch.arange(DIGITS, dtype=torch.float32)
        falls = [0.5 / self.digits - digit / 10 ** (place + 1) for place in range(self.digits)]
        return scale * ALMOST * torch.cat(falls)

    def keep_the_place(self) -> None:
        """Let the keeper find the node heard among those found; when to move on is learned."""
        key = self.of_head("read_keys", KEEPER)
        self.rows_see_label(key, TARGET, 1.0)
        # a node that is done with is heard as a source
        self.rows_see_label(key, SOURCE, 0.3)
        self.bias[key + self.described] = -float(self.digits)
        self.look_at(self.of_head("read_masks", KEEPER), SOURCE, marks=[self.described])
        self.bias[self.of_head("read_modes", KEEPER) + 1] = UNDECIDED

    def guide(self) -> None:
        """Let the guide find the node reached among those found, but nothing while the network plans."""
        key = self.of_head("read_keys", GUIDE)
        self.rows_see_label(key, TARGET, 1.0)
        self.bias[key + self.described] = -float(self.digits)
        # all rows found are then less like its key than an empty row, though the mask lets little of it pass
        self.row_sees_channel(key + self.found, PLANNING, -50.0)
        self.look_at(self.of_head("read_masks", GUIDE), SOURCE, marks=[self.described])

    def say_what_is_read(self) -> None:
        """Let the output say what the finder reads, else the keeper, or what the guide reads."""
        for label in (SOURCE, RELATION, TARGET):
            self._say_read(FINDER, label, label, 100.0)
        for label in (SOURCE, TARGET):
            self._say_read(KEEPER, SOURCE, label, 10.0)
        for label in (RELATION, TARGET):
            self._say_read(GUIDE, label, label, 20.0)

    def _say_read(self, head: int, read: int, said: int, scale: float) -> None:
        self.say(self.from_reads, head * self.config.memory_width + read * self.label, said, scale)
