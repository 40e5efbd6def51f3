"""The teacher: the right outputs at each step of a program, taken from a perfect memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import END, DigitCode
from graphdnc.episodes.steps import BLANK, Steps, steps_of
from graphdnc.kinship.program import Instruction, Kind, Program
from graphdnc.kinship.rules import SEXES
from graphdnc.tasks.kinship.dialogue import Dialogue
from graphdnc.tasks.kinship.facts import relation_label
from graphdnc.tasks.kinship.layout import NOTHING, SETS, Frame, Statement, instruction_labels, show_frames


@dataclass
class _Row:
    """A row of the memory; ``marks`` are the instructions that are done with it."""

    statement: Statement
    kind: str
    marks: set[int] = field(default_factory=set)


class Teacher:
    """A perfect memory, which knows all right outputs at each step, the earliest row first."""

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
        """Return all right outputs after a frame; none if the frame asks for none."""
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
        spoken = [(max(row.statement[0], END), *row.statement[1:]) for row in found]
        return spoken or [(END, END, END)]

    def _is_new(self, candidate: Statement) -> bool:
        rows = self._members.get(candidate[1], [])
        return not any(
            row.statement[2] == candidate[2] and candidate[0] in (BLANK, row.statement[0]) for row in rows
        )

    def _found(self, frame: Frame, instruction: Instruction) -> list[_Row]:
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


def lay_out(
    facts: NDArray[np.int64], program: Program, person: int, code: DigitCode, term: int | None = None
) -> Steps:
    """Return the steps of a program for a person's label, on facts ``[rows, 3]`` in labels.

    If the number of a ``term`` is given, the network must recall its instructions.
    """
    teacher = Teacher([(a, b, c) for a, b, c in facts.tolist()], program)
    dialogue = Dialogue(person, len(facts), list(program) if term is None else [], term)
    frames, right = [], []
    frame: Frame | None = dialogue.begin()
    while frame is not None:
        frames.append(frame)
        right.append(teacher.right(frame))
        frame = dialogue.next(right[-1][0] if right[-1] else NOTHING)
    assert dialogue.ended
    return steps_of(
        *show_frames(frames, code), [(statements, len(statements), False) for statements in right]
    )
