"""The aligned start: the network writes, asks for and reports the same labels from the first update on.

In a DNC with random weights, the rows that are stored, the keys and the answers use unrelated codes. Learning
begins only when training has aligned them. The aligned start sets them to the same code in the interface's
skip, and gives each read head a role:

* What is written, and what is asked for, is the input: identity on the label columns.
* Head 0 *walks*: it asks for a row that leaves the node where its last row led (target -> source), by the
  relation that the replaying head holds, and ignores the target column. What it reads is reported.
* Head 1 *replays*: it keeps its row (its own last read is its next key) until an answer is wanted, then moves
  along the temporal links.
* Any further head keeps its row.
* Gates: the first write gate is open unless an answer is wanted, those of further write heads are closed,
  free gates are closed, heads read by content, keys are sharp.

All of it is trained from there; docs/experiments.md has the scores without training, and without each part.
"""

from __future__ import annotations

import torch

from graphdnc.episodes.steps import ANSWER_WANTED
from graphdnc.starts.wiring import RELATION, SOURCE, TARGET, Wiring

QUIET = 0.1
"""All other weights of the interface are scaled down by this, so that the start dominates."""
SHARP = 60.0
"""The strength of read keys, before oneplus: high enough to tell labels apart that differ in one digit."""
WALK, REPLAY = 0, 1


class AlignedStart(Wiring):
    """The aligned start. The ablation leaves out one method at a time."""

    def apply(self) -> None:
        """Set the interface map and the map from reads to output."""
        self.weight.mul_(QUIET)
        self.bias.zero_()
        self.copy_input("write_vectors", 0, self.config.write_heads)
        self.gates()
        heads = self.config.read_heads
        if heads > REPLAY:
            self.walk()
            self.blind_to_target()
            self.replay()
        for head in range(heads):
            if head != WALK or heads == 1:
                self.hold(head)
            self.look_by_content(head)
        self.from_reads.mul_(QUIET)
        self.from_reads[:, : self.bits] += 3 * torch.eye(self.bits)

    def gates(self) -> None:
        """Open the first write gate unless an answer is wanted, free nothing, make keys sharp."""
        writer = self.places["write_gates"].start
        self.bias[self.places["write_gates"]] = -5.0
        self.bias[writer] = 5.0
        self.row_sees_channel(writer, ANSWER_WANTED, -10.0)
        self.bias[self.places["free_gates"]] = -5.0
        self.bias[self.places["read_strengths"]] = SHARP
        if "read_masks" in self.places:
            self.bias[self.places["read_masks"]] = 3.0
        if "allocation_gates" in self.places:
            self.bias[self.places["allocation_gates"]] = 5.0

    def walk(self) -> None:
        """Make head WALK ask for a row that leaves where its last row led, by the relation of REPLAY."""
        self.key_sees(WALK, WALK, key=SOURCE, read=TARGET, scale=1.0)
        self.key_sees(WALK, REPLAY, key=RELATION, read=RELATION, scale=1.0)
        # only the first instruction names a source; doubled, it outweighs the row read before
        self.key_sees(WALK, REPLAY, key=SOURCE, read=SOURCE, scale=2.0)

    def blind_to_target(self) -> None:
        """Make head WALK ignore the target column, which is blank in its key."""
        if "read_masks" in self.places:
            columns = self.of_head("read_masks", WALK) + TARGET * self.label
            self.bias[columns : columns + self.label] = -3.0

    def hold(self, head: int) -> None:
        """Make a head ask for the input, and for its last row again."""
        self.copy_input("read_keys", head, self.config.read_heads)
        self.key_sees(head, head, key=SOURCE, read=SOURCE, scale=1.0, labels=3)

    def look_by_content(self, head: int) -> None:
        """Make a head read by content rather than by links."""
        if self.config.links != "off":
            self.bias[self.of_head("read_modes", head) + self.config.write_heads] = 4.0

    def replay(self) -> None:
        """Make head REPLAY follow the first write head's links forward while an answer is wanted."""
        if self.config.links != "off":
            forward = self.of_head("read_modes", REPLAY) + self.config.write_heads + 1
            self.row_sees_channel(forward, ANSWER_WANTED, 8.0)
