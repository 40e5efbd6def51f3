"""Kinship in time: facts told in both directions, then sets of people filled as instructions say.

A program (``kinship/program.py``) is carried out one instruction after the other. The network is shown the
instruction in hand at every step, and hears what it said at the step before; it says what its memory holds:

    heard                     what may be said next
    nothing, or none new      the next one of the set in hand that was not gone through: (from, set, person)
    a person to go through    a fact that was not said for them yet, (person, relation, other);
                              else the next person; else the end: three END labels
    a fact, and who it adds   that they are new in the set that is filled: (END, set, other);
                              else whatever is next
    somebody new              whatever is next

Whoever is new is shown again, to be written to a row of its own; what was gone through is marked in the column
of the instruction. The end of an instruction begins the next one; whom the last one adds is the answer.

*Labels.* People get fresh labels in every episode. The label of a fact's relation is known: its digits say
whether it was stated or is the same fact told from the other side, what step it is, and the sex it tells of
the person it leads to. Sets are numbered from :data:`SETS` on.

The *clock* tells, when a row is written, how many were written before, so that of several rows that fit the
earliest can be preferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import END, LabelCode, Labels
from graphdnc.episodes.steps import BLANK, Steps
from graphdnc.graph import Graph
from graphdnc.kinship.facts import OPPOSITE, roles_of
from graphdnc.kinship.program import MOST_INSTRUCTIONS, Instruction, Kind, Program
from graphdnc.kinship.rules import SEXES, WORDS

SETS = 500
"""The label of set 0; no relation has one that begins with its first digit."""
RETOLD = 100
"""What is added to the label of a fact that is told from the other side."""
TICK = 2.0**-12
"""What the clock goes on by with every row."""

FLAGS = (
    *("transition", "answer wanted", "planning"),
    *("mark", "item", "note", "candidate", "facts", "members"),
)
"""The binary channels, in their order; the first three are those of all other questions. *mark*: go through what
was said. *item*, *note*: what is written is one. *candidate*: there may be somebody new. *facts*, *members*: what
the instruction looks for."""

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
    instruction: int
    size: int


@lru_cache(maxsize=4)
def channels(width: int) -> Channels:
    """Return the layout of the channels: flags, the clock, seven labels, and which instruction it is."""
    starts = np.cumsum([len(FLAGS), 1, width, width, 3 * width, width, width, MOST_INSTRUCTIONS]).tolist()
    return Channels(*starts)


class Frame(NamedTuple):
    """What is shown at one step, in labels.

    Attributes:
        flags: names of the binary channels that are on.
        written: the triple to be written to a row of its own.
        leaving: whom facts looked for must leave.
        entering: whom facts or members looked for must lead to.
        candidate: the triple that may be new; its source is blank where it does not matter.
        instruction: the number of the instruction in hand, and the instruction.
    """

    flags: tuple[str, ...]
    written: Statement = NOTHING
    leaving: int = BLANK
    entering: int = BLANK
    candidate: Statement = NOTHING
    instruction: tuple[int, Instruction] | None = None


def describe(graph: Graph, labels: Labels, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return all facts of a family, told from both sides, as labels ``[rows, 3]`` in a random order.

    What states no kinship is left out, and so is what somebody is to themselves.
    """
    rows = []
    for triple in graph:
        role = roles_of(graph).get(triple.relation)
        if role and triple.source != triple.target:
            source, target = int(labels.nodes[triple.source]), int(labels.nodes[triple.target])
            rows.append((source, relation_label(*role), target))
            rows.append((target, RETOLD + relation_label(OPPOSITE[role[0]], None), source))
    # two words without sex may say the same
    told = np.array(sorted(set(rows)), np.int64).reshape(-1, 3)
    return told[rng.permutation(len(told))]


def relation_label(step: str, sex: str | None) -> int:
    """Return the label of a fact's relation: its tens digit is the step, its last one the sex it tells."""
    return 10 * (1 + list(WORDS).index(step)) + (1 + SEXES.index(sex) if sex else 0)


def show_frames(
    frames: Sequence[Frame], clocks: Sequence[int], code: LabelCode
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the triples ``[frames, 3]`` and the channels ``[frames, channels]`` of what is shown."""
    places = channels(code.width)
    triples = np.array([frame.written for frame in frames], np.int64).reshape(-1, 3)
    shown = np.zeros((len(frames), places.size), np.float32)
    about = [(frame.leaving, frame.entering, *frame.candidate) for frame in frames]
    labels = np.array(about, np.int64).reshape(-1, 5)
    shown[:, places.leaving : places.pattern] = code.encode(labels).reshape(len(frames), -1)
    writing = np.array([frame.written != NOTHING for frame in frames])
    shown[:, places.clock] = np.array(clocks) * TICK * writing
    for row, frame in zip(shown, frames, strict=True):
        for flag in frame.flags:
            row[FLAGS.index(flag)] = 1
        if frame.instruction is not None:
            number, instruction = frame.instruction
            row[places.instruction + number] = 1
            row[places.pattern : places.instruction] = _instruction_bits(instruction, code)
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


@dataclass
class Talk:
    """One program being carried out: what is shown next, given what was said.

    Attributes:
        program: the instructions.
        person: the label of whom is asked about.
        clock: rows written so far, those of the description included.
        added: everything written, in order, and the instruction that added it.
        said: the facts said, in order.
    """

    program: Program
    person: int
    clock: int
    at: int = -1
    added: list[tuple[Statement, int]] = field(default_factory=list)
    said: list[Statement] = field(default_factory=list)
    ended: bool = False
    _item: Statement = NOTHING
    _candidate: Statement = NOTHING

    def begin(self) -> Frame:
        """Return what is shown first: the person asked about, the one member of set 0."""
        self.clock += 1
        return Frame(("planning", "item"), written=(BLANK, SETS, self.person))

    def next(self, said: Statement) -> Frame | None:
        """Return what is shown after a statement; ``None`` at the end, or where it makes no sense.

        ``ended`` then tells whether it was the end.
        """
        if self.at < 0 or said == (END, END, END):
            return self._next_instruction()
        instruction = self.program[self.at]
        if said[1] == SETS + instruction.source and said[2] != END:
            self._item = (said[0] or BLANK, said[1], said[2])
            return self._take(instruction)
        if said[1] == SETS + instruction.target and said[2] == self._candidate[2]:
            return self._write(instruction)
        if 0 < said[1] < SETS and instruction.kind is not Kind.COPY and END not in (said[0], said[2]):
            self.said.append(said)
            return self._hear(instruction, said)
        # a set that is looked for in
        if instruction.kind is Kind.KEEP and said[1] == SETS + int(instruction.by):
            return self._hear(instruction, said)
        return None

    def _next_instruction(self) -> Frame | None:
        self.at += 1
        if self.at == len(self.program):
            self.ended = True
            return None
        return self._frame()

    def _take(self, instruction: Instruction) -> Frame:
        if instruction.kind is Kind.COPY:
            return self._propose(self._item, "mark")
        person = self._item[2]
        if instruction.kind is Kind.STEP:
            return self._frame("mark", "facts", leaving=person)
        looked_for = "facts" if instruction.kind is Kind.SEX else "members"
        return self._frame("mark", looked_for, entering=person)

    def _hear(self, instruction: Instruction, said: Statement) -> Frame:
        if instruction.kind is not Kind.STEP:
            return self._propose(self._item)
        person = self._item[2]
        return self._propose((person, BLANK, said[2]), "mark", "facts", leaving=person)

    def _propose(self, statement: Statement, *flags: str, leaving: int = BLANK) -> Frame:
        instruction = self.program[self.at]
        source, _, target = statement
        self._candidate = (source, SETS + instruction.target, target)
        asked = (source if instruction.pair else BLANK, *self._candidate[1:])
        return self._frame("candidate", *flags, leaving=leaving, candidate=asked)

    def _write(self, instruction: Instruction) -> Frame:
        written, self._candidate = self._candidate, NOTHING
        self.added.append((written, self.at))
        self.clock += 1
        kind = "note" if instruction.note else "item"
        if instruction.kind is Kind.STEP:
            return self._frame(kind, "facts", written=written, leaving=self._item[2])
        return self._frame(kind, written=written)

    def _frame(
        self,
        *flags: str,
        written: Statement = NOTHING,
        leaving: int = BLANK,
        entering: int = BLANK,
        candidate: Statement = NOTHING,
    ) -> Frame:
        at = (self.at, self.program[self.at])
        return Frame(("planning", *flags), written, leaving, entering, candidate, at)

    @property
    def answer(self) -> list[int]:
        """The labels of the people in the last set, in the order they were added."""
        last = len(self.program) - 1
        target = SETS + self.program[last].target
        return [row[2] for row, at in self.added if row[1] == target and not self.program[at].note]


@dataclass
class _Row:
    """A row of a perfect memory: what it holds, and the instructions that have gone through it."""

    statement: Statement
    kind: str
    marks: set[int] = field(default_factory=set)


class Teacher:
    """A memory that forgets nothing: knows all that may be said at each step, the earliest row first."""

    def __init__(self, facts: Sequence[Statement]) -> None:
        self._leaving: dict[int, list[_Row]] = {}
        self._entering: dict[int, list[_Row]] = {}
        self._members: dict[int, list[_Row]] = {}
        self._said: _Row | None = None
        for fact in facts:
            row = _Row(fact, "fact")
            self._leaving.setdefault(fact[0], []).append(row)
            self._entering.setdefault(fact[2], []).append(row)

    def right(self, frame: Frame) -> list[Statement]:
        """Return everything right to say after what is shown; nothing where nothing is wanted."""
        if frame.written != NOTHING:
            kind = "item" if "item" in frame.flags else "note"
            self._members.setdefault(frame.written[1], []).append(_Row(frame.written, kind))
        if frame.instruction is None:
            return []
        number, instruction = frame.instruction
        if "mark" in frame.flags:
            assert self._said is not None
            self._said.marks.add(number)
        if "candidate" in frame.flags and self._is_new(frame.candidate):
            return [(END, *frame.candidate[1:])]
        found = self._open(self._found(frame, instruction), number)
        found = found or self._open(self._members.get(SETS + instruction.source, []), number)
        self._said = found[0] if found else None
        return [_spoken(row.statement) for row in found] or [(END, END, END)]

    def _is_new(self, candidate: Statement) -> bool:
        rows = self._members.get(candidate[1], [])
        return not any(
            row.statement[2] == candidate[2] and candidate[0] in (BLANK, row.statement[0]) for row in rows
        )

    def _found(self, frame: Frame, instruction: Instruction) -> list[_Row]:
        """Return the rows that an instruction looks for."""
        if "members" in frame.flags:
            rows = self._members.get(SETS + int(instruction.by), [])
            return [row for row in rows if row.statement[2] == frame.entering]
        if "facts" not in frame.flags:
            return []
        if instruction.kind is Kind.STEP:
            step = relation_label(str(instruction.by), None) // 10
            return [r for r in self._leaving.get(frame.leaving, []) if r.statement[1] // 10 % 10 == step]
        told = 1 + SEXES.index(str(instruction.by))
        return [row for row in self._entering.get(frame.entering, []) if row.statement[1] % 10 == told]

    @staticmethod
    def _open(rows: Sequence[_Row], number: int) -> list[_Row]:
        return [row for row in rows if row.kind != "note" and number not in row.marks]


def _spoken(statement: Statement) -> Statement:
    return (max(statement[0], END), *statement[1:])


def lay_out(facts: NDArray[np.int64], program: Program, person: int, code: LabelCode) -> Steps:
    """Return the steps of a program carried out on facts ``[rows, 3]`` in labels, for a person's label."""
    teacher = Teacher([tuple(fact) for fact in facts.tolist()])
    talk = Talk(program, person, len(facts))
    frames, clocks, right = [], [], []
    frame: Frame | None = talk.begin()
    while frame is not None:
        # the clock is that of the row being written, if there is one
        frames.append(frame)
        clocks.append(talk.clock - (frame.written != NOTHING))
        right.append(teacher.right(frame))
        frame = talk.next(right[-1][0] if right[-1] else NOTHING)
    assert talk.ended
    return _steps(*show_frames(frames, clocks, code), right)


def _steps(
    shown: NDArray[np.int64], flags: NDArray[np.float32], right: Sequence[Sequence[Statement]]
) -> Steps:
    most = max(map(len, right))
    choices = np.zeros((len(right), most, 3), np.int64)
    credit = np.zeros((len(right), most), bool)
    for index, statements in enumerate(right):
        choices[index, : len(statements)] = np.array(statements, np.int64).reshape(-1, 3)
        credit[index, : len(statements)] = True
    return Steps(shown, flags, choices, credit, np.zeros_like(credit))
