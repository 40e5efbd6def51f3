"""Instructions as a network outputs them: three labels each."""

from __future__ import annotations

from collections.abc import Sequence

from graphdnc.episodes.labels import END
from graphdnc.kinship.program import Instruction, Kind
from graphdnc.kinship.rules import SEXES, WORDS
from graphdnc.tasks.kinship.layout import MOST_SETS, Statement


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
    meanings = ranges[kind]
    number += kind is Kind.COPY
    if not 0 <= number < len(meanings):
        return None
    return Instruction(kind, *sets, meanings[number], pair=bool(how & 2), note=bool(how & 1))
