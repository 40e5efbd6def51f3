"""Rules of kinship, such as "mother/brother", and their parser.

A rule is read from left to right, like a path::

    rule      = chain { "|" chain }                  the people that any of the chains leads to
    chain     = step { "/" step }                    steps in order
    step      = name { "[" condition "]" }           a name, and conditions on the people that it leads to
    condition = "female" | "male"                    they have that sex
              | "twice"                              two different people lead to them
              | rule                                 the rule leads to them from the person of the question
              | "not" rule                           the rule does not lead to them from that person

A name is an elementary step (``parent``, ``child``, ``sibling``, ``spouse``, ``co-parent``, ``self``), an
elementary step with a sex (``mother``, ``son``, ...) or a term of the vocabulary. The people reached by a
step are a set. A term is replaced by its chains. The exception is a term with conditions that is not the
first step: it remains a step, because its conditions refer to the person that the step starts from.
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
"""The steps that facts state, and their names by sex, in the order of ``SEXES``."""

ELEMENTARY = (*WORDS, "co-parent", "self")
"""The steps of rules. ``co-parent`` is another parent of a child; ``self`` stays where it is."""

ROLES: dict[str, tuple[str, str | None]] = {
    **{step: (step, None) for step in WORDS},
    **{word: (step, sex) for step, words in WORDS.items() for sex, word in zip(SEXES, words, strict=True)},
}
"""The relations that state facts: the step of each, and the sex of the person it leads to."""

ALSO_ROLES = {"mum": "mother", "mom": "mother", "dad": "father", "kid": "child"}
"""Other names of the relations that state facts."""

MOST_CHAINS = 256
"""The largest number of chains in a rule. The numbers of chains of consecutive terms multiply."""

RESERVED = (*SEXES, "twice")
"""Words for conditions, which cannot be names."""


@dataclass(frozen=True)
class Step:
    """One step and its conditions.

    Attributes:
        name: an elementary step, or a term.
        rule: the rule of the term, evaluated for each person separately; ``None`` for an elementary step.
        sex: "female", "male" or ``None``.
        twice: whether two different people must lead to a person.
        within: rules that must also lead to them from the person of the question.
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
        """Whether the step has no condition except a sex."""
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
    """The people that any of some chains of steps leads to."""

    chains: tuple[Chain, ...]

    @property
    def plain(self) -> bool:
        """Whether no step has a condition except a sex."""
        return all(step.plain for chain in self.chains for step in chain)

    @property
    def steps(self) -> int:
        """The number of steps in the shortest chain. A co-parent counts as two, through the child."""
        return min(sum(2 if step.name == "co-parent" else 1 for step in chain) for chain in self.chains)

    def of_sex(self, sex: str) -> Rule:
        """Return the rule limited to people of one sex."""
        return Rule(tuple((*chain[:-1], _limited(chain[-1], sex)) for chain in self.chains))

    def by_parent(self, sex: str) -> Rule:
        """Return the rule through the mother or the father. Every chain must begin with a parent."""
        assert all(chain[0].name == "parent" for chain in self.chains)
        return Rule(tuple((replace(chain[0], sex=sex), *chain[1:]) for chain in self.chains))

    def __str__(self) -> str:
        return " | ".join("/".join(map(str, chain)) for chain in self.chains)


def step_word(step: str, sex: str | None) -> str:
    """Return the word for a step to a person of a sex.

    >>> step_word("parent", "female"), step_word("parent", None), step_word("co-parent", "male")
    ('mother', 'parent', 'co-parent')
    """
    return WORDS[step][SEXES.index(sex)] if sex and step in WORDS else step


def parse_rule(text: str, find: Callable[[str], tuple[str, Rule]]) -> Rule:
    """Read a rule in the grammar above. ``find`` returns the name and the rule of a term.

    Raises:
        UsageError: the text is not a rule. The message says where, and what is possible there.

    >>> str(parse_rule("parent/brother[not parent]", find=lambda name: (name, Rule(()))))
    'parent/brother[not parent]'
    """
    return _Parser(text, find).whole()


def _limited(step: Step, sex: str) -> Step:
    if step.sex not in (None, sex):
        raise UsageError(f"{str(step)!r} cannot also be {sex}; leave one of them out")
    return replace(step, sex=sex)


class _Parser:
    """Reads a rule from left to right. Each method reads the part that it is named after."""

    def __init__(self, text: str, find: Callable[[str], tuple[str, Rule]]) -> None:
        self.text = " ".join(text.split())
        self.find = find
        parts: list[str] = re.findall(r"[/|\[\]]|[^/|\[\]]+", self.text)
        self.tokens = [part.strip() for part in parts if part.strip()]

    def whole(self) -> Rule:
        rule = self.rule()
        if self.tokens:
            raise UsageError(f"{self.text!r} cannot be read at {self.tokens[0]!r}; join steps with '/'")
        return rule

    def rule(self) -> Rule:
        chains = self.chains()
        while self.take("|"):
            chains += self.chains()
        return Rule(tuple(dict.fromkeys(chains)))

    def chains(self) -> list[Chain]:
        """Read one chain. It becomes several if a term in it has several."""
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
                steps = ", ".join(ELEMENTARY[:-1])
                raise UsageError(f"{self.text!r} has [twice] after a term; write it after one of {steps}")
            lasts = [replace(step, twice=True) for step in lasts]
        elif self.tokens and self.tokens[0].startswith("not "):
            self.tokens[0] = self.tokens[0].removeprefix("not ")
            refused = self.rule()
            lasts = [replace(step, without=(*step.without, refused)) for step in lasts]
        else:
            required = self.rule()
            lasts = [replace(step, within=(*step.within, required)) for step in lasts]
        return [(*chain[:-1], last) for chain, last in zip(chains, lasts, strict=True)]

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
