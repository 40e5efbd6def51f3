"""Rules as straight lines of instructions on numbered sets of people, which a network carries out one by one.

Set 0 holds the person asked about. Every instruction goes through the people of one set and adds people to
another one; the last set is the answer. What is added comes from somebody: of a *pair* both count, so that
the same person may be added from two others. What is added as a *note* only keeps the same from being added
later; it is never gone through.

A sibling is a parent's child other than oneself, and whoever shares a parent with somebody of a set may be in
that set too. So of a set S are siblings: those of S below a parent whom two of S have (``twice``), whoever is
stated to be a sibling, and the children of parents of S who are not in S.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from graphdnc.errors import CapacityError, UsageError
from graphdnc.kinship.rules import Chain, Rule, Step

MOST_INSTRUCTIONS = 48
"""No program has more; every instruction marks what it has gone through in a column of its own."""

_BY_WAY_OF = {"sibling": ("parent", "child"), "co-parent": ("child", "parent")}
"""The steps to a third person and back that join two people."""


class Kind(Enum):
    """What an instruction does with each person of its set."""

    STEP = "step"
    """Add everybody whom facts of one step lead to."""
    SEX = "sex"
    """Add the person if a fact says that they are of a sex."""
    KEEP = "keep"
    """Add the person if they are in another set."""
    COPY = "copy"
    """Add the person."""


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        kind: what is done with each person of ``source``.
        source: the set that is gone through.
        target: the set that is added to.
        by: the step, the sex, or the other set.
        pair: whether a person is added once for everybody they come from.
        note: whether what is added is a note only.
    """

    kind: Kind
    source: int
    target: int
    by: str | int = ""
    pair: bool = False
    note: bool = False


Program = tuple[Instruction, ...]


@lru_cache(maxsize=1024)
def compile_rule(rule: Rule) -> Program:
    """Return the instructions that carry out a rule; the person asked about is nobody's relative.

    Raises:
        CapacityError: they are more than :data:`MOST_INSTRUCTIONS`.
        UsageError: a term with conditions stands after the first step, or ``[twice]`` after a step that
            facts do not state.
    """
    compiler = _Compiler()
    found = [compiler.chain(chain) for chain in rule.chains]
    answer = compiler.fresh()
    compiler.add(Kind.COPY, 0, answer, note=True)
    for reached in found:
        compiler.add(Kind.COPY, reached, answer)
    if len(compiler.program) > MOST_INSTRUCTIONS:
        raise CapacityError(
            f"{str(rule)!r} takes {len(compiler.program)} instructions, more than {MOST_INSTRUCTIONS}; "
            "ask in parts"
        )
    return tuple(compiler.program)


class _Compiler:
    """Collects instructions; what is asked for twice is done once."""

    def __init__(self) -> None:
        self.program: list[Instruction] = []
        self.sets = 1
        self.chains: dict[Chain, int] = {(): 0}
        self.unions: dict[Rule, int] = {}

    def fresh(self) -> int:
        self.sets += 1
        return self.sets - 1

    def add(self, kind: Kind, source: int, target: int, by: str | int = "", **flags: bool) -> None:
        self.program.append(Instruction(kind, source, target, by, **flags))

    def chain(self, chain: Chain) -> int:
        """Return the set that a chain leads to."""
        if chain not in self.chains:
            self.chains[chain] = self.step(chain[-1], self.chain(chain[:-1]))
        return self.chains[chain]

    def rule(self, rule: Rule) -> int:
        """Return the set that any of a rule's chains leads to."""
        if len(rule.chains) == 1:
            return self.chain(rule.chains[0])
        if rule not in self.unions:
            found = [self.chain(chain) for chain in rule.chains]
            self.unions[rule] = self.copied(found)
        return self.unions[rule]

    def copied(self, sources: Sequence[int], without: Sequence[int] = ()) -> int:
        """Return a set of who is in any of some sets and in none of others."""
        target = self.fresh()
        for other in without:
            self.add(Kind.COPY, other, target, note=True)
        for source in sources:
            self.add(Kind.COPY, source, target)
        return target

    def step(self, step: Step, here: int) -> int:
        """Return the set that a step leads to, its conditions kept."""
        reached = self.move(step, here)
        if step.sex:
            reached = self.filtered(Kind.SEX, reached, step.sex)
        for rule in step.within:
            reached = self.filtered(Kind.KEEP, reached, self.rule(rule))
        if step.without:
            reached = self.copied([reached], [self.rule(rule) for rule in step.without])
        return reached

    def filtered(self, kind: Kind, source: int, by: str | int) -> int:
        target = self.fresh()
        self.add(kind, source, target, by)
        return target

    def move(self, step: Step, here: int) -> int:
        if step.rule is not None:
            raise UsageError(
                f"{step.name!r} has conditions of its own and can only be the first step of a rule here; "
                "ask for the steps before it first"
            )
        if step.name in _BY_WAY_OF:
            if step.twice:
                raise UsageError(f"{str(step)!r} is not carried out by the network; leave [twice] out")
            return self.joined(step.name, here)
        if step.name == "self":
            return here
        reached = self.fresh()
        self.add(Kind.STEP, here, reached, step.name, pair=step.twice)
        return self.twice(reached) if step.twice else reached

    def twice(self, pairs: int) -> int:
        """Return the set of who was added from two people: all pairs but the first one of each person."""
        target = self.fresh()
        self.add(Kind.COPY, pairs, target, note=True)
        self.add(Kind.COPY, pairs, target, pair=True)
        return target

    def joined(self, name: str, here: int) -> int:
        """Return the set of siblings, or co-parents: other people who share a parent, or a child."""
        up, down = _BY_WAY_OF[name]
        middle, reached = self.fresh(), self.fresh()
        self.add(Kind.STEP, here, middle, up, pair=here != 0)
        if here != 0:  # one person alone shares nothing with another one of the set
            below = self.fresh()
            self.add(Kind.STEP, self.twice(middle), below, down)
            self.add(Kind.KEEP, below, reached, here)
        if name == "sibling":
            self.add(Kind.STEP, here, reached, "sibling")
        self.add(Kind.COPY, here, reached, note=True)
        self.add(Kind.STEP, middle, reached, down)
        return reached
