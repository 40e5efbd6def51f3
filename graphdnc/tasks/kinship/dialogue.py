"""The dialogue with a network that carries out a program: which step follows each output."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphdnc.episodes.labels import END
from graphdnc.episodes.steps import BLANK
from graphdnc.kinship.program import MOST_INSTRUCTIONS, Instruction, Kind
from graphdnc.tasks.kinship.layout import NOTHING, SETS, Frame, Statement, read_instruction


@dataclass
class Dialogue:
    """One program being carried out.

    Attributes:
        person: the label of the person asked about.
        clock: the number of rows written so far, including the description.
        program: the instructions; for a term known by heart, those recalled so far.
        term: the number of the term, if the network recalls the instructions itself.
        added: everything written, in order, with the number of the instruction that added it.
        said: the facts said, in order, with the number of rows added before each.
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
        """Return the first frame, which shows the person asked about, the only member of set 0."""
        return Frame(("planning", "item"), *self._row((BLANK, SETS, self.person)))

    def _row(self, written: Statement) -> tuple[Statement, int]:
        """Return a triple to write, and how many rows were written before it."""
        self._rows.add(written)
        self.clock += 1
        return written, self.clock - 1

    def next(self, said: Statement) -> Frame | None:
        """Return the frame that follows an output; ``None`` at the end, or if the output makes no sense.

        An example of the latter is a member of a set that was never written.
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
        # no program is empty
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
