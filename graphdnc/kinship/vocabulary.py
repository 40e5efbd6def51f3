"""The terms of kinship: names of relatives and their rules, read from ``terms.toml``."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphdnc.errors import UnknownName, UsageError
from graphdnc.kinship.rules import RESERVED, SEXES, Rule, parse_rule
from graphdnc.names import fold

BASE, OWN = "Base facts", "Defined"
"""The groups of the terms that facts state, and of the terms that users define."""

_SIGNS = frozenset("/|[]")
"""Signs of rules, which names cannot contain."""

_HEAD = re.compile(r"(.*?)(child|wife|)((?:-in-law| by | once | twice ).*|)")
_PLURALS = {"child": "children", "wife": "wives"}

SIDES = {"maternal": "female", "paternal": "male"}


@dataclass(frozen=True)
class Term:
    """A name for relatives of a person, and the rule that leads to them.

    Attributes:
        name: the name, such as "maternal great-uncle".
        rule: the rule.
        group: the title of its group.
        root: the term without sex and side.
        sex: the sex in the name, or ``None``.
        side: "maternal", "paternal" or ``None``.
        narrows: the root of a wider term that includes this one, or ``None``.
        aliases: other names.
    """

    name: str
    rule: Rule
    group: str
    root: str
    sex: str | None = None
    side: str | None = None
    narrows: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def plural(self) -> str:
        """The plural of the name: "brothers-in-law", "first cousins once removed"."""
        return plural(self.name)

    def narrower_than(self, other: Term) -> bool:
        """Return whether the term is more exact than another one that also fits."""
        if self.root != other.root:
            return self.narrows == other.root and other.sex in (None, self.sex)
        wider = other.sex in (None, self.sex) and other.side in (None, self.side)
        return wider and (self.sex, self.side) != (other.sex, other.side)


def plural(name: str) -> str:
    """Return the plural of a name.

    >>> [plural(name) for name in ("wife", "grandchild", "son-in-law", "second cousin once removed")]
    ['wives', 'grandchildren', 'sons-in-law', 'second cousins once removed']
    """
    match = _HEAD.fullmatch(name)
    assert match is not None
    head, ending, rest = match.groups()
    return f"{head}{_PLURALS.get(ending, f'{ending}s')}{rest}"


def closest(fitting: Sequence[Term]) -> list[Term]:
    """Return the terms of fewest steps, without terms that a more exact one replaces."""
    steps = {term.root: min(one.rule.steps for one in fitting if one.root == term.root) for term in fitting}
    kept = [term for term in fitting if not any(other.narrower_than(term) for other in fitting)]
    # A half-sibling is as close as a sibling, although its rule has more steps.
    far = [min(steps[term.root], steps.get(term.narrows or "", steps[term.root])) for term in kept]
    return [term for term, steps_away in zip(kept, far, strict=True) if steps_away == min(far)]


class Vocabulary:
    """A set of terms. New terms are defined by rules.

    Attributes:
        terms: all terms, in the order of the tables.
    """

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self.terms: tuple[Term, ...] = ()
        self._found: dict[str, Term] = {}
        for term in terms:
            self._add(term)

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def find(self, text: str) -> Term:
        """Return the term with a name, in the singular or the plural, with or without hyphens and spaces.

        Raises:
            UnknownName: the term does not exist. The message lists the nearest terms.

        >>> standard_vocabulary().find("Great Uncles").name
        'great-uncle'
        """
        term = self.called(text)
        if term is None:
            near = difflib.get_close_matches(_key(text), self._found, n=6, cutoff=0.6)
            names = list(dict.fromkeys(self._found[key].name for key in near))[:3]
            nearest = f"the nearest: {', '.join(map(repr, names))}" if names else "docs/kinship.md lists them"
            raise UnknownName(f"no term of kinship is called {text.strip()!r}; {nearest}")
        return term

    def called(self, text: str) -> Term | None:
        """Return the term with a name, as :meth:`find` does, or ``None``."""
        return self._found.get(_key(text))

    def term(self, text: str) -> Term:
        """Return the term with a name, or a new term for a rule.

        >>> vocabulary = standard_vocabulary()
        >>> vocabulary.term("uncles").name, vocabulary.term("mother / brother").name
        ('uncle', 'mother/brother')
        """
        if not set(text) & _SIGNS:
            return self.find(text)
        rule = self.parse(text)
        name = re.sub(r"\s*([/\[\]])\s*", r"\1", " ".join(text.split()))
        return Term(name, rule, OWN, name)

    def define(self, text: str) -> Vocabulary:
        """Return a vocabulary with one more term, from a definition "name = rule".

        Raises:
            UsageError: the definition is not valid, or the name is already used.

        >>> vocabulary = standard_vocabulary().define("mother-side uncle = mother/brother")
        >>> str(vocabulary.find("mother side uncle").rule)
        'mother/brother'
        """
        name, equals, rule = text.partition("=")
        name = " ".join(name.split())
        if not equals or not _key(name) or set(name) & _SIGNS:
            raise UsageError(f"{text!r} is not a definition such as 'mother-side uncle = mother/brother'")
        if _key(name) in self._found or name in RESERVED or name.startswith("not "):
            raise UsageError(f"{name!r} already has a meaning; choose another name for {rule.strip()!r}")
        return Vocabulary((*self.terms, Term(name, self.parse(rule), OWN, name)))

    def parse(self, text: str) -> Rule:
        """Read a rule with terms of this vocabulary; see :func:`graphdnc.kinship.rules.parse_rule`."""
        return parse_rule(text, lambda name: (self.find(name).name, self.find(name).rule))

    def _add(self, term: Term) -> None:
        self.terms += (term,)
        for name in (term.name, *term.aliases):
            for form in (name, plural(name)):
                self._found.setdefault(_key(form), term)


def _key(text: str) -> str:
    return fold(text).replace(" ", "")


@lru_cache(maxsize=1)
def standard_vocabulary() -> Vocabulary:
    """Return the standard terms of English kinship."""
    data = tomllib.loads(Path(__file__).with_name("terms.toml").read_text(encoding="utf-8"))
    vocabulary = Vocabulary()
    for group in data["group"]:
        for entry in group["term"]:
            for term in _variants(group["title"], entry, vocabulary.parse(entry["rule"])):
                vocabulary._add(term)
    return vocabulary


def number_of(term: Term) -> int | None:
    """Return the number of a standard term, from 1, or ``None`` for any other rule."""
    return _numbers().get(term.rule)


@lru_cache(maxsize=1)
def _numbers() -> dict[Rule, int]:
    return {term.rule: number for number, term in enumerate(standard_vocabulary(), start=1)}


def _variants(group: str, entry: dict[str, Any], rule: Rule) -> Iterator[Term]:
    """Yield the terms of an entry: without and with a sex, on any side and on one side."""
    sexes = {"either": None, **{sex: sex for sex in SEXES}}
    forms = [(entry[key], sex) for key, sex in sexes.items() if key in entry]
    root = entry.get("either") or f"{entry['female']} or {entry['male']}"
    for side in (None, *SIDES) if entry.get("sides") else (None,):
        sided = rule.by_parent(SIDES[side]) if side else rule
        for name, sex in forms:
            names = [f"{side} {one}" if side else one for one in (name, *entry.get("also", {}).get(name, ()))]
            own = sided.of_sex(sex) if sex else sided
            yield Term(names[0], own, group, root, sex, side, entry.get("narrows"), tuple(names[1:]))
