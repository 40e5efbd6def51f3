"""Compiles rules to instructions on numbered sets of people. A network carries them out one by one.

Set 0 contains the person of the question. Each instruction reads the people of one set and adds people to
another set. The last set is the answer. An instruction with ``pair`` may add the same person from two
different people. An instruction with ``note`` marks people, so that they are not added later; marked people
are not read.

A sibling is another child of a parent. People who share a parent may be in the same set S, so the siblings of
S are: people of S with a parent that two of S have (``twice``), people that facts call siblings, and children
of the parents of S that are not in S.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from graphdnc.errors import CapacityError, UsageError
from graphdnc.kinship.rules import Chain, Rule, Step

MOST_INSTRUCTIONS = 48
"""The longest program. Each instruction needs a column of its own for the people that it has read."""

_BY_WAY_OF = {"sibling": ("parent", "child"), "co-parent": ("child", "parent")}
"""The steps to a third person and back that make a sibling or co-parent."""


class Kind(Enum):
    """What an instruction does with each person that it reads."""

    STEP = "step"  # add the people that facts of one step lead to
    SEX = "sex"  # add the person if a fact states their sex
    KEEP = "keep"  # add the person if they are in another set
    COPY = "copy"  # add the person


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        kind: what it does with each person of ``source``.
        source: the set that it reads.
        target: the set that it adds to.
        by: the step, the sex, or the other set.
        pair: whether it adds a person once for each person they are reached from.
        note: whether it only marks people.
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
    """Return the instructions of a rule. They never return the person of the question.

    Raises:
        CapacityError: there are more than :data:`MOST_INSTRUCTIONS`.
        UsageError: a term with conditions is not the first step, or ``[twice]`` follows a step that facts do
            not state.
    """
    compiler = _Compiler()
    found = [compiler.chain(chain) for chain in rule.chains]
    answer = compiler.fresh()
    compiler.add(Kind.COPY, 0, answer, note=True)
    for reached in found:
        compiler.add(Kind.COPY, reached, answer)
    if len(compiler.program) > MOST_INSTRUCTIONS:
        raise CapacityError(
            f"{str(rule)!r} needs {len(compiler.program)} instructions, more than {MOST_INSTRUCTIONS}; "
            "ask in parts"
        )
    return tuple(compiler.program)


class _Compiler:
    """Collects instructions. Equal chains and rules are compiled once."""

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
        """Return the union of the sets that the chains of a rule lead to."""
        if len(rule.chains) == 1:
            return self.chain(rule.chains[0])
        if rule not in self.unions:
            self.unions[rule] = self.copied([self.chain(chain) for chain in rule.chains])
        return self.unions[rule]

    def copied(self, sources: Sequence[int], without: Sequence[int] = ()) -> int:
        """Return a set with the people of ``sources`` that are not in any of ``without``."""
        target = self.fresh()
        for other in without:
            self.add(Kind.COPY, other, target, note=True)
        for source in sources:
            self.add(Kind.COPY, source, target)
        return target

    def step(self, step: Step, here: int) -> int:
        """Return the set that a step leads to, with its conditions applied."""
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
                f"{step.name!r} has conditions, so for the network it can only be the first step of a rule; "
                "ask for the steps before it first"
            )
        if step.name in _BY_WAY_OF:
            if step.twice:
                raise UsageError(f"{str(step)!r} cannot be answered by the network; leave out [twice]")
            return self.joined(step.name, here)
        if step.name == "self":
            return here
        reached = self.fresh()
        self.add(Kind.STEP, here, reached, step.name, pair=step.twice)
        return self.twice(reached) if step.twice else reached

    def twice(self, pairs: int) -> int:
        """Return the set of people that two people lead to: each person's second and later pairs."""
        target = self.fresh()
        self.add(Kind.COPY, pairs, target, note=True)
        self.add(Kind.COPY, pairs, target, pair=True)
        return target

    def joined(self, name: str, here: int) -> int:
        """Return the siblings or co-parents of a set: other people with the same parent or child."""
        up, down = _BY_WAY_OF[name]
        middle, reached = self.fresh(), self.fresh()
        self.add(Kind.STEP, here, middle, up, pair=here != 0)
        if here != 0:  # a set of one person has no siblings inside it
            below = self.fresh()
            self.add(Kind.STEP, self.twice(middle), below, down)
            self.add(Kind.KEEP, below, reached, here)
        if name == "sibling":
            self.add(Kind.STEP, here, reached, "sibling")
        self.add(Kind.COPY, here, reached, note=True)
        self.add(Kind.STEP, middle, reached, down)
        return reached
