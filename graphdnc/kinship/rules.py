"""Rules of kinship: who is meant by "mother/brother", as data that is carried out one step at a time.

A rule is read from the left, as a path is::

    rule      = chain { "|" chain }                  who any of the chains leads to
    chain     = step { "/" step }                    one step after the other
    step      = name { "[" condition "]" }           a name and what must be true of who is reached
    condition = "female" | "male"                    of that sex
              | "twice"                              reached from two different people
              | rule                                 the rule leads to them too, from the person asked about
              | "not" rule                           the rule does not lead to them

A name is an elementary step (``parent``, ``child``, ``sibling``, ``spouse``, ``co-parent``, ``self``), one of
those with a sex (``mother``, ``son``, ...) or another term of the vocabulary. After each step the people
reached are a set, so nobody is listed twice. Another term stands for its chains, put in its place; only a
term with conditions that is not the first step stays a step of its own, since its conditions are about
whoever it is taken from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from graphdnc.errors import UsageError

SEXES = ("female", "male")

WORDS = {
    "parent": ("mother", "father"),
    "child": ("daughter", "son"),
    "sibling": ("sister", "brother"),
    "spouse": ("wife", "husband"),
}
"""The steps that facts state, and what each is called by sex, in the order of ``SEXES``."""

ELEMENTARY = (*WORDS, "co-parent", "self")
"""The steps that rules are made of; ``co-parent`` is another parent of a child, ``self`` goes nowhere."""

ROLES: dict[str, tuple[str, str | None]] = {
    **{step: (step, None) for step in WORDS},
    **{word: (step, sex) for step, words in WORDS.items() for sex, word in zip(SEXES, words, strict=True)},
}
"""The relations that state facts, by name: the step each one is, and the sex of who it leads to."""

ALSO_ROLES = {"mum": "mother", "mom": "mother", "dad": "father", "kid": "child"}
"""What else relations that state facts are called; the words that questions may use for these."""

MOST_CHAINS = 256
"""Terms with several chains multiply when they follow each other; no rule needs more than this."""

RESERVED = (*SEXES, "twice")
"""Words that stand for conditions and are no names."""


@dataclass(frozen=True)
class Step:
    """One step from the people reached so far, and what must be true of those it leads to.

    Attributes:
        name: an elementary step, or a term.
        rule: the rule of a term that is taken from each person by itself; ``None`` for an elementary step.
        sex: "female", "male" or either.
        twice: whether only those count whom two of the people before lead to.
        within: rules that must lead to them too, from the person asked about.
        without: rules that must not.
    """

    name: str
    rule: Rule | None = None
    sex: str | None = None
    twice: bool = False
    within: tuple[Rule, ...] = ()
    without: tuple[Rule, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether the step has no condition but a sex, so that it means the same from anywhere."""
        return not (self.rule or self.twice or self.within or self.without)

    def __str__(self) -> str:
        word = step_word(self.name, self.sex)
        conditions = [self.sex] if self.sex and word == self.name else []
        conditions += ["twice"] if self.twice else []
        conditions += [str(rule) for rule in self.within] + [f"not {rule}" for rule in self.without]
        return word + "".join(f"[{condition}]" for condition in conditions)


Chain = tuple[Step, ...]


@dataclass(frozen=True)
class Rule:
    """Who any of some chains of steps leads to."""

    chains: tuple[Chain, ...]

    @property
    def plain(self) -> bool:
        """Whether no step has a condition but a sex."""
        return all(step.plain for chain in self.chains for step in chain)

    @property
    def steps(self) -> int:
        """How many steps the shortest chain has; to a co-parent it is two, by way of the child."""
        return min(sum(2 if step.name == "co-parent" else 1 for step in chain) for chain in self.chains)

    def of_sex(self, sex: str) -> Rule:
        """Return the rule for those of one sex among whom it leads to."""
        return Rule(tuple((*chain[:-1], _limited(chain[-1], sex)) for chain in self.chains))

    def by_parent(self, sex: str) -> Rule:
        """Return the rule by way of the mother or of the father; every chain must begin with a parent."""
        assert all(chain[0].name == "parent" for chain in self.chains)
        return Rule(tuple((replace(chain[0], sex=sex), *chain[1:]) for chain in self.chains))

    def __str__(self) -> str:
        return " | ".join("/".join(map(str, chain)) for chain in self.chains)


def step_word(step: str, sex: str | None) -> str:
    """Return what a step to somebody of a sex is called.

    >>> step_word("parent", "female"), step_word("parent", None), step_word("co-parent", "male")
    ('mother', 'parent', 'co-parent')
    """
    return WORDS[step][SEXES.index(sex)] if sex and step in WORDS else step


def parse_rule(text: str, find: Callable[[str], tuple[str, Rule]]) -> Rule:
    """Read a rule.

    Args:
        text: the rule, in the grammar above.
        find: gives the name and the rule of a term, and raises ``UnknownName`` where there is none.

    Raises:
        UsageError: the text is no rule; the message says where and what can stand there.
        UnknownName: a name is neither an elementary step nor a term.

    >>> str(parse_rule("parent/brother[not parent]", find=lambda name: (name, Rule(()))))
    'parent/brother[not parent]'
    """
    return _Parser(text, find).whole()


def _limited(step: Step, sex: str) -> Step:
    if step.sex not in (None, sex):
        raise UsageError(f"{str(step)!r} cannot be {sex} too; leave one of them out")
    return replace(step, sex=sex)


class _Parser:
    """Reads a rule from left to right; each method reads what it is named after."""

    def __init__(self, text: str, find: Callable[[str], tuple[str, Rule]]) -> None:
        self.text = " ".join(text.split())
        self.find = find
        parts: list[str] = re.findall(r"[/|\[\]]|[^/|\[\]]+", self.text)
        self.tokens = [part.strip() for part in parts if part.strip()]

    def whole(self) -> Rule:
        rule = self.rule()
        if self.tokens:
            raise UsageError(f"{self.text!r} cannot be read at {self.tokens[0]!r}; steps are joined by '/'")
        return rule

    def rule(self) -> Rule:
        chains = self.chains()
        while self.take("|"):
            chains += self.chains()
        return Rule(tuple(dict.fromkeys(chains)))

    def chains(self) -> list[Chain]:
        """Read one chain; it is several where a term in it stands for several."""
        chains = self.step(first=True)
        while self.take("/"):
            nexts = self.step(first=False)
            if len(chains) * len(nexts) > MOST_CHAINS:
                raise UsageError(f"{self.text!r} stands for more than {MOST_CHAINS} chains; make it shorter")
            chains = [chain + following for chain in chains for following in nexts]
        return chains

    def step(self, first: bool) -> list[Chain]:
        chains = self.named(self.name(), first)
        while self.take("["):
            chains = self.condition(chains)
            if not self.take("]"):
                raise UsageError(f"{self.text!r} has a '[' without its ']'; add it after the condition")
        return chains

    def named(self, name: str, first: bool) -> list[Chain]:
        if name in ROLES:
            step, sex = ROLES[name]
            return [(Step(step, sex=sex),)]
        if name in ELEMENTARY:
            return [(Step(name),)]
        known, rule = self.find(name)
        return list(rule.chains) if first or rule.plain else [(Step(known, rule),)]

    def condition(self, chains: list[Chain]) -> list[Chain]:
        lasts = [chain[-1] for chain in chains]
        if self.tokens[:1] and self.tokens[0] in SEXES:
            sex = self.tokens.pop(0)
            lasts = [_limited(step, sex) for step in lasts]
        elif self.take("twice"):
            if any(len(chain) > 1 or step.rule for chain, step in zip(chains, lasts, strict=True)):
                raise UsageError(f"{self.text!r} has [twice] after a term; write it after one of: {_STEPS}")
            lasts = [replace(step, twice=True) for step in lasts]
        else:
            refused, rule = self.negation(), self.rule()
            kept, dropped = ((), (rule,)) if refused else ((rule,), ())
            lasts = [
                replace(step, within=step.within + kept, without=step.without + dropped) for step in lasts
            ]
        return [(*chain[:-1], last) for chain, last in zip(chains, lasts, strict=True)]

    def negation(self) -> bool:
        if not self.tokens or not self.tokens[0].startswith("not "):
            return False
        self.tokens[0] = self.tokens[0].removeprefix("not ")
        return True

    def name(self) -> str:
        if not self.tokens or self.tokens[0] in "/|[]":
            found = repr(self.tokens[0]) if self.tokens else "the end"
            raise UsageError(f"{self.text!r} has {found} where a step should be, such as 'mother'")
        return self.tokens.pop(0)

    def take(self, token: str) -> bool:
        taken = self.tokens[:1] == [token]
        if taken:
            self.tokens.pop(0)
        return taken


_STEPS = ", ".join(ELEMENTARY[:-1])
