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
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import END, LabelCode, Labels
from graphdnc.episodes.steps import BLANK, Steps, steps_of
from graphdnc.graph import Graph
from graphdnc.kinship.facts import OPPOSITE, roles_of
from graphdnc.kinship.program import MOST_INSTRUCTIONS, Instruction, Kind, Program
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
    *("transition", "answer wanted", "planning"),
    *("recall", "instructed", "mark", "item", "note", "candidate", "facts", "members"),
)
"""The binary channels, in their order; the first three are those of all other questions.

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


def spare_rows(people: int, program: Program) -> int:
    """Return how many rows of memory carrying out a program takes at most, and some that stay empty.

    Of all terms half-siblings take most: 138 rows in 500 families of 5-64 people.
    """
    return 150 + people * max(2, len(program) // 6)


def told(graph: Graph, labels: Labels) -> set[Statement]:
    """Return all facts of a family, told from both sides, in labels.

    What states no kinship is left out, and so is what somebody is to themselves.
    """
    facts = set()
    for triple in graph:
        role = roles_of(graph).get(triple.relation)
        if role and triple.source != triple.target:
            source, target = int(labels.nodes[triple.source]), int(labels.nodes[triple.target])
            facts.add((source, relation_label(*role), target))
            facts.add((target, RETOLD + relation_label(OPPOSITE[role[0]], None), source))
    return facts


def stated(graph: Graph) -> int:
    """Return how many triples of a graph are told."""
    return sum(triple.relation in roles_of(graph) and triple.source != triple.target for triple in graph)


def describe(graph: Graph, labels: Labels, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return all that is told of a family as labels ``[rows, 3]`` in a random order.

    Raises:
        UsageError: no relation of the graph is one of kinship.
    """
    facts = np.array(sorted(told(graph, labels)), np.int64).reshape(-1, 3)
    return facts[rng.permutation(len(facts))]


def relation_label(step: str, sex: str | None) -> int:
    """Return the label of a fact's relation: its tens digit is the step, its last one the sex it tells."""
    return 10 * (1 + list(WORDS).index(step)) + (1 + SEXES.index(sex) if sex else 0)


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


def instruction_labels(instruction: Instruction) -> Statement:
    """Return an instruction in three labels: what is done and how, by what, from which set to which."""
    how = 4 * list(Kind).index(instruction.kind) + 2 * instruction.pair + instruction.note
    by = instruction.by
    if instruction.kind is Kind.STEP:
        by = list(WORDS).index(str(by))
    elif instruction.kind is Kind.SEX:
        by = SEXES.index(str(by))
    number = int(by) + 1 if by != "" else END
    return how + 1, number, MOST_SETS * instruction.source + instruction.target


def read_instruction(said: Statement) -> Instruction | None:
    """Return the instruction that three labels say, ``None`` where they say none."""
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
    meanings = ranges[kind]
    number += kind is Kind.COPY
    if not 0 <= number < len(meanings):
        return None
    return Instruction(kind, *sets, meanings[number], pair=bool(how & 2), note=bool(how & 1))


@dataclass
class Talk:
    """One program being carried out: what is shown next, given what was said.

    Attributes:
        person: the label of whom is asked about.
        clock: rows written so far, those of the description included.
        program: the instructions, those that were said so far where they are known by heart.
        term: the number of the term whose instructions the network says itself.
        added: everything written, in order, and the instruction that added it.
        said: the facts said, in order, and the number of rows added before each.
        ended: whether the end was reached.
    """

    person: int
    clock: int
    program: list[Instruction]
    term: int | None = None
    added: list[tuple[Statement, int]] = field(default_factory=list)
    said: list[tuple[Statement, int]] = field(default_factory=list)
    ended: bool = False
    _at: int = -1
    _recalling: bool = False
    _item: Statement = NOTHING
    _candidate: Statement = NOTHING
    _rows: set[Statement] = field(default_factory=set)

    def begin(self) -> Frame:
        """Return what is shown first: the person asked about, the one member of set 0."""
        return Frame(("planning", "item"), *self._row((BLANK, SETS, self.person)))

    def _row(self, written: Statement) -> tuple[Statement, int]:
        """Return what is written to a row, and how many were written before it."""
        self._rows.add(written)
        self.clock += 1
        return written, self.clock - 1

    def next(self, said: Statement) -> Frame | None:
        """Return what is shown after a statement; ``None`` at the end, or where it makes no sense.

        A member of a set that was never written makes none.
        """
        if self._recalling:
            return self._recalled(said)
        if self._at < 0 or said == (END, END, END):
            return self._next_instruction()
        instruction, member = self.program[self._at], (said[0] or BLANK, said[1], said[2])
        if said[1] == SETS + instruction.source and member in self._rows:
            self._item = member
            return self._take(instruction)
        if said[1] == SETS + instruction.target and said[2] == self._candidate[2]:
            return self._write(instruction)
        looked_for = SETS + int(instruction.by) if instruction.kind is Kind.KEEP else None
        found = (said[1] == looked_for and member in self._rows) or END < said[1] < SETS
        if found and instruction.kind is not Kind.COPY:
            return self._hear(instruction, said)
        return None

    def _next_instruction(self) -> Frame | None:
        self._at += 1
        if self.term is not None and self._at < MOST_INSTRUCTIONS:
            self._recalling = True
            return Frame(("planning", "recall"), term=self.term, number=self._at)
        if self._at < len(self.program):
            return self._frame()
        self.ended = self.term is None
        return None

    def _recalled(self, said: Statement) -> Frame | None:
        self._recalling = False
        # no term stands for nothing
        self.ended = said == (END, END, END) and bool(self.program)
        instruction = read_instruction(said)
        if self.ended or instruction is None:
            return None
        self.program.append(instruction)
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
        if said[1] < SETS:
            self.said.append((said, len(self.added)))
        if instruction.kind is not Kind.STEP:
            return self._propose(self._item)
        person = self._item[2]
        return self._propose((person, BLANK, said[2]), "mark", "facts", leaving=person)

    def _propose(self, statement: Statement, *flags: str, leaving: int = BLANK) -> Frame:
        instruction = self.program[self._at]
        source, _, target = statement
        self._candidate = (source, SETS + instruction.target, target)
        asked = (source if instruction.pair else BLANK, *self._candidate[1:])
        return self._frame("candidate", *flags, leaving=leaving, candidate=asked)

    def _write(self, instruction: Instruction) -> Frame:
        written, self._candidate = self._candidate, NOTHING
        self.added.append((written, self._at))
        kind = "note" if instruction.note else "item"
        if instruction.kind is Kind.STEP:
            return self._frame(kind, "facts", written=written, leaving=self._item[2])
        return self._frame(kind, written=written)

    def _frame(
        self,
        *flags: str,
        written: Statement | None = None,
        leaving: int = BLANK,
        entering: int = BLANK,
        candidate: Statement = NOTHING,
    ) -> Frame:
        shown = ("planning", "instructed", *flags)
        instruction = self.program[self._at]
        row = (NOTHING, 0) if written is None else self._row(written)
        return Frame(shown, *row, leaving, entering, candidate, number=self._at, instruction=instruction)

    @property
    def answer(self) -> list[int]:
        """The labels of the people in the last set, in the order they were added."""
        target = SETS + self.program[-1].target
        return [row[2] for row, at in self.added if row[1] == target and not self.program[at].note]


@dataclass
class _Row:
    """A row of a perfect memory: what it holds, and the instructions that have gone through it."""

    statement: Statement
    kind: str
    marks: set[int] = field(default_factory=set)


class Teacher:
    """A memory that forgets nothing: knows all that may be said at each step, the earliest row first."""

    def __init__(self, facts: Sequence[Statement], program: Program) -> None:
        self._program = program
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
        if "recall" in frame.flags:
            rest = self._program[frame.number :]
            return [instruction_labels(rest[0]) if rest else (END, END, END)]
        if frame.instruction is None or frame.number is None:
            return []
        number, instruction = frame.number, frame.instruction
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


def lay_out(
    facts: NDArray[np.int64], program: Program, person: int, code: LabelCode, term: int | None = None
) -> Steps:
    """Return the steps of a program carried out on facts ``[rows, 3]`` in labels, for a person's label.

    With the number of a ``term`` its instructions are to be said by heart.
    """
    teacher = Teacher([(a, b, c) for a, b, c in facts.tolist()], program)
    talk = Talk(person, len(facts), list(program) if term is None else [], term)
    frames, right = [], []
    frame: Frame | None = talk.begin()
    while frame is not None:
        frames.append(frame)
        right.append(teacher.right(frame))
        frame = talk.next(right[-1][0] if right[-1] else NOTHING)
    assert talk.ended
    return steps_of(
        *show_frames(frames, code), [(statements, len(statements), False) for statements in right]
    )
