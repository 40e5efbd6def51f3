"""Kinship in time: facts told in both directions, then sets of people filled as instructions say.

A program (``kinship/program.py``) is carried out one instruction after the other. Those of a term of the
vocabulary the network knows by heart: shown the number of the term, and of the instruction, it says it, in
three labels, or that there is no other one. Those of other rules it is told. The instruction in hand is shown
at every step, beside what the network said at the step before; it says what its memory holds::

    heard                     what may be said next
    the instruction           the first person of the set to go through: (from, set, person);
                              where there is none the end: three END labels
    a person to go through    a fact that was not said for them yet, (person, relation, other);
                              else the next person; else the end
    a fact, and who it adds   that they are new in the set that is filled: (END, set, other);
                              else whatever is next
    somebody new              whatever is next

Whoever is new is shown again, to be written to a row of its own; what was gone through is marked in the
column of the instruction. The end of an instruction begins the next one; the last one adds the answer.

*Labels.* People get fresh labels in every episode. The label of a fact's relation is known: its digits say
whether it was stated or is the same fact told from the other side, what step it is, and the sex it tells of
the person it leads to. Sets are numbered from :data:`SETS` on.

The *clock* tells, when a row is written, how many were written before, so that of several rows that fit the
earliest can be preferred.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import LabelCode
from graphdnc.episodes.steps import BLANK, CHANNEL_NAMES
from graphdnc.kinship.program import MOST_INSTRUCTIONS, Instruction, Kind
from graphdnc.kinship.rules import SEXES, WORDS

SETS = 500
"""The label of set 0; no relation has one that begins with its first digit."""
RETOLD = 100
"""What is added to the label of a fact that is told from the other side."""
MOST_SETS = 30
"""Sets in one program that is known by heart."""
TICK = 2.0**-12
"""What the clock goes on by with every row."""

FLAGS = (
    *CHANNEL_NAMES,
    *("recall", "instructed", "mark", "item", "note", "candidate", "facts", "members"),
)
"""The binary channels, in their order; the first three are those of all other tasks.

*recall*: the next instruction is wanted. *instructed*: there is one in hand. *mark*: what was said is gone
through. *item*, *note*: what is written is one. *candidate*: there may be somebody new. *facts*, *members*:
what the instruction looks for."""

Statement = tuple[int, int, int]
NOTHING: Statement = (BLANK, BLANK, BLANK)


class Channels(NamedTuple):
    """Where the parts of what is shown beside the triple lie, for labels of a width."""

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
    """Return the layout of the channels: flags, the clock, eight labels, and which instruction it is."""
    labels = (width, width, 3 * width, width, width, width)
    starts = np.cumsum([len(FLAGS), 1, *labels, MOST_INSTRUCTIONS]).tolist()
    return Channels(*starts)


class Frame(NamedTuple):
    """What is shown at one step, in labels.

    Attributes:
        flags: names of the binary channels that are on.
        written: the triple to be written to a row of its own.
        clock: how many rows were written before it.
        leaving: whom facts looked for must leave.
        entering: whom facts or members looked for must lead to.
        candidate: the triple that may be new; its source is blank where it does not matter.
        term: the number of the term asked for, where its next instruction is wanted.
        number: which instruction is in hand, or wanted.
        instruction: the instruction in hand.
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


def show_frames(frames: Sequence[Frame], code: LabelCode) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the triples ``[frames, 3]`` and the channels ``[frames, channels]`` of what is shown."""
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
def _instruction_bits(instruction: Instruction, code: LabelCode) -> NDArray[np.float32]:
    """Return what an instruction looks for, the digits that matter, and the set that it goes through."""
    pattern = np.zeros((3, 10), np.float32)
    if instruction.kind is Kind.STEP:
        pattern[1, 1 + list(WORDS).index(str(instruction.by))] = 1
    elif instruction.kind is Kind.SEX:
        pattern[2, 1 + SEXES.index(str(instruction.by))] = 1
    elif instruction.kind is Kind.KEEP:
        pattern = code.encode(np.array(SETS + int(instruction.by))).reshape(3, 10)
    source = code.encode(np.array(SETS + instruction.source))
    return np.concatenate([pattern.reshape(-1), source])
