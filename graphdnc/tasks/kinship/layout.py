"""Kinship in time: facts from both sides, then sets of people, filled one instruction after the other.

The network carries out a program (``kinship/program.py``). It knows the programs of the standard terms by
heart: given the numbers of a term and of an instruction, it outputs the instruction in three labels, or the
end. Programs of other rules are shown to it. Every step shows the current instruction and the previous
output; the network outputs what its memory holds::

    heard                     right output
    the instruction           the first member of the set to go through: (from, set, person);
                              if there is none, the end: three END labels
    a member                  a fact about them that was not said yet: (person, relation, other);
                              otherwise the next member; otherwise the end
    a fact, and who it adds   that they are new in the set to fill: (END, set, other);
                              otherwise what is next
    somebody new              what is next

Somebody new is shown again, to be written to a row of memory. Rows that are done are marked in the column of
the instruction. The end of one instruction begins the next; the last set is the answer.

*Labels.* People get new labels in every episode. The label of a fact's relation is fixed. Its digits give the
side from which the fact is stated, the step, and the sex of the person it leads to. Sets are numbered from
:data:`SETS` on.

The *clock* counts the rows written so far, so that the earliest of several matching rows can be preferred.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import END, DigitCode
from graphdnc.episodes.steps import BLANK, CHANNEL_NAMES
from graphdnc.kinship.program import MOST_INSTRUCTIONS, Instruction, Kind
from graphdnc.kinship.rules import SEXES, WORDS

SETS = 500
"""The label of set 0. No label of a relation begins with its first digit."""
REVERSED = 100
"""Added to the label of a relation if the fact is stated from the other side."""
MOST_SETS = 30
"""The maximum number of sets in a program that is known by heart."""
TICK = 2.0**-12
"""The step of the clock for every row."""

FLAGS = (
    *CHANNEL_NAMES,
    *("recall", "instructed", "mark", "item", "note", "candidate", "facts", "members"),
)
"""The binary channels in order; the first three are those of all other tasks.

*recall*: the next instruction is the right output. *instructed*: there is a current instruction. *mark*: the
previous output is done. *item*, *note*: the kind of the row to write. *candidate*: somebody may be new.
*facts*, *members*: what the instruction looks for."""

Statement = tuple[int, int, int]
NOTHING: Statement = (BLANK, BLANK, BLANK)


class Channels(NamedTuple):
    """Where the parts of the input beside the triple begin."""

    clock: int
    leaving: int
    entering: int
    candidate: int
    pattern: int
    source: int
    term: int
    instruction: int
    size: int


@lru_cache(maxsize=4)
def channels(width: int) -> Channels:
    """Return the layout for labels of ``width``: flags, the clock, eight labels, the instruction's number."""
    labels = (width, width, 3 * width, width, width, width)
    starts = np.cumsum([len(FLAGS), 1, *labels, MOST_INSTRUCTIONS]).tolist()
    return Channels(*starts)


class Frame(NamedTuple):
    """What is shown at one step, in labels.

    Attributes:
        flags: names of the binary channels that are on.
        written: the triple to write to a new row.
        clock: how many rows were written before it.
        leaving: the person that the facts looked for must leave.
        entering: the person that the facts or members looked for must lead to.
        candidate: the triple that may be new; its source is blank if it does not matter.
        term: the number of the term, if its next instruction is the right output.
        number: the number of the current instruction, or of the one to recall.
        instruction: the current instruction.
    """

    flags: tuple[str, ...]
    written: Statement = NOTHING
    clock: int = 0
    leaving: int = BLANK
    entering: int = BLANK
    candidate: Statement = NOTHING
    term: int = BLANK
    number: int | None = None
    instruction: Instruction | None = None


def show_frames(frames: Sequence[Frame], code: DigitCode) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the triples ``[frames, 3]`` and the channels ``[frames, channels]`` of frames."""
    places = channels(code.width)
    triples = np.array([frame.written for frame in frames], np.int64).reshape(-1, 3)
    shown = np.zeros((len(frames), places.size), np.float32)
    about = [(frame.leaving, frame.entering, *frame.candidate, frame.term) for frame in frames]
    bits = code.encode(np.array(about, np.int64).reshape(-1, 6)).reshape(len(frames), -1)
    shown[:, places.leaving : places.pattern] = bits[:, : -code.width]
    shown[:, places.term : places.instruction] = bits[:, -code.width :]
    shown[:, places.clock] = np.array([frame.clock for frame in frames]) * TICK
    for row, frame in zip(shown, frames, strict=True):
        row[[FLAGS.index(flag) for flag in frame.flags]] = 1
        if frame.number is not None:
            row[places.instruction + frame.number] = 1
        if frame.instruction is not None:
            row[places.pattern : places.term] = _instruction_bits(frame.instruction, code)
    return triples, shown


@lru_cache(maxsize=4096)
def _instruction_bits(instruction: Instruction, code: DigitCode) -> NDArray[np.float32]:
    """Return the digits that an instruction looks for, and the label of the set that it goes through."""
    pattern = np.zeros((3, 10), np.float32)
    if instruction.kind is Kind.STEP:
        pattern[1, 1 + list(WORDS).index(str(instruction.by))] = 1
    elif instruction.kind is Kind.SEX:
        pattern[2, 1 + SEXES.index(str(instruction.by))] = 1
    elif instruction.kind is Kind.KEEP:
        pattern = code.encode(np.array(SETS + int(instruction.by))).reshape(3, 10)
    source = code.encode(np.array(SETS + instruction.source))
    return np.concatenate([pattern.reshape(-1), source])


def instruction_labels(instruction: Instruction) -> Statement:
    """Return the three labels of an instruction: its kind, what it goes by, and its two sets."""
    how = 4 * list(Kind).index(instruction.kind) + 2 * instruction.pair + instruction.note
    by = instruction.by
    if instruction.kind is Kind.STEP:
        by = list(WORDS).index(str(by))
    elif instruction.kind is Kind.SEX:
        by = SEXES.index(str(by))
    number = int(by) + 1 if by != "" else END
    return how + 1, number, MOST_SETS * instruction.source + instruction.target


def read_instruction(said: Statement) -> Instruction | None:
    """Return the instruction that three labels stand for; ``None`` if there is none."""
    how, number, sets = said[0] - 1, said[1] - 1, divmod(said[2], MOST_SETS)
    if not 0 <= how < 4 * len(Kind):
        return None
    kind = list(Kind)[how // 4]
    ranges: dict[Kind, Sequence[str | int]] = {
        Kind.STEP: tuple(WORDS),
        Kind.SEX: SEXES,
        Kind.KEEP: range(MOST_SETS),
        Kind.COPY: ("",),
    }
    number += kind is Kind.COPY
    if not 0 <= number < len(ranges[kind]):
        return None
    return Instruction(kind, *sets, ranges[kind][number], pair=bool(how & 2), note=bool(how & 1))
