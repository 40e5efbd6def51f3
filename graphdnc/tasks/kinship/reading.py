"""The steps of a kinship answer read back by name, for traces."""

from __future__ import annotations

from typing import cast

from graphdnc.episodes.labels import END, DigitCode, Labels
from graphdnc.episodes.steps import BLANK
from graphdnc.graph import Graph
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.program import Instruction, Kind, compile_rule
from graphdnc.kinship.rules import WORDS
from graphdnc.questions import Kin
from graphdnc.tasks.kinship.facts import relation_label
from graphdnc.tasks.kinship.layout import FLAGS, REVERSED, SETS, channels, read_instruction
from graphdnc.tasks.reading import Named, Seen, Step, StepReader, clear_labels
from graphdnc.utils.arrays import Floats


class KinshipStepReader(StepReader):
    """Reads steps in which relations are facts, stated from either side, or sets of people."""

    channel_names = FLAGS

    def __init__(self, graph: Graph, labels: Labels, code: DigitCode, question: Kin) -> None:
        super().__init__(graph, labels, code)
        steps = {relation_label(step, None): step for step in WORDS}
        self.relations = {REVERSED + label: f"{step} (retold)" for label, step in steps.items()}
        for number, role in roles_of(graph).items():
            self.relations.setdefault(relation_label(*role), graph.relation_name(number))
        self.places = channels(code.width)
        self.program = compile_rule(question.term.rule)
        self.recalled: dict[int, Instruction | None] = {}

    def relation(self, label: int) -> str | None:
        """Return the name of a relation, or the number of a set."""
        if label >= SETS:
            return f"set {label - SETS}"
        return None if label == END else super().relation(label)

    def step(self, shown: Floats, said: list[int], seen: Seen) -> Step:
        """Return one step, given the input ``[input]``, the labels said, and what the heads did."""
        on, heard, beside = self.channels_on(shown), self.held(shown), shown[3 * self.code.width :]
        numbers = beside[self.places.instruction :]
        number = int(numbers.argmax()) if bool(numbers.any()) else None
        if number is None:
            return Step("query", on, heard, None, seen)
        if "recall" in on:
            ended = said == [END] * 3
            self.recalled[number] = None if ended else read_instruction((said[0], said[1], said[2]))
            # the labels of an instruction are numbers, whomever they name elsewhere
            spoken = tuple(str(label) if label != END else None for label in said)
            return Step("recall", on, heard, cast(Named, spoken), seen, in_words(self.recalled[number]))
        about = clear_labels(beside[self.places.leaving : self.places.pattern], self.code)
        leaving, entering, *candidate = about
        return Step(
            "carrying out",
            on,
            heard,
            self.said(said),
            seen,
            in_words(self.recalled.get(number) if self.recalled else self.program[number]),
            self.node(max(leaving, entering)),
            self.triple(candidate) if candidate != [BLANK] * 3 else None,
        )


def in_words(instruction: Instruction | None) -> str | None:
    """Return an instruction in words.

    >>> in_words(Instruction(Kind.STEP, 0, 1, "parent"))
    'set 0 -> set 1: by parent'
    >>> in_words(Instruction(Kind.COPY, 0, 4, note=True))
    'set 0 -> set 4: copy, as a note'
    """
    if instruction is None:
        return None
    how = {
        Kind.STEP: f"by {instruction.by}",
        Kind.SEX: f"if {instruction.by}",
        Kind.KEEP: f"if in set {instruction.by}",
        Kind.COPY: "copy",
    }[instruction.kind]
    more = ", once for each they come from" * instruction.pair + ", as a note" * instruction.note
    return f"set {instruction.source} -> set {instruction.target}: {how}{more}"
