"""The words of relations of kinship, as people write them, read from ``words.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphdnc.kinship.rules import ALSO_ROLES, ROLES, SEXES
from graphdnc.kinship.vocabulary import BASE, standard_vocabulary
from graphdnc.names import fold

# the ending of the other sex, as in "esposo/a", "conjoint(e)"
_ENDED = re.compile(r"(?<=\w)[/(](?:a|e|o|in|ne|se)(?:s?\)s?|s?$)")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")

Role = tuple[str, str | None]
"""The step that a fact states, and the sex of the person it leads to."""


@dataclass(frozen=True)
class Meaning:
    """What the name of a relation says about kin.

    Attributes:
        role: for a relation that states facts, the step and the sex of the person it leads to.
        term: for a relation that is a term of kinship, the name of the term.
        turned: whether a triple leads to the person whose relative the other one is: "is son of".
        weak: whether the name often means something else, so that it counts only beside surer names.
        sex: whether the relation states the sex of a person.
        apart: the word that makes it something that facts do not model: "adoptive".
    """

    role: Role | None = None
    term: str | None = None
    turned: bool = False
    weak: bool = False
    sex: bool = False
    apart: str | None = None


_PARTNER = Meaning(role=("spouse", None), weak=True, apart="partner")


@lru_cache(maxsize=4096)
def understand(name: str) -> Meaning | None:
    """Return what the name of a relation says about kin, or ``None`` if it says nothing.

    >>> understand("is_son_of")
    Meaning(role=('child', 'male'), term=None, turned=True, weak=False, sex=False, apart=None)
    >>> understand("Großvater").term, understand("adoptive mother").apart, understand("friend")
    ('grandfather', 'adoptive', None)
    """
    said = folded(name)
    words = _words()
    if said in words.sex:
        return Meaning(sex=True)
    found = _called(said)
    if found is None:
        found = next(filter(None, map(_called, _without(said, words.has, frozenset()))), None)
    if found is None:
        turned = next(filter(None, map(_called, _without(said, words.is_, words.of))), None)
        found = turned and replace(turned, turned=True)
    if found is not None:
        return replace(found, weak=found.weak or said in words.weak)
    return _apart(said)


def sex_of(value: str) -> str | None:
    """Return the sex that a word or a letter means, or ``None``.

    >>> sex_of("F"), sex_of("männlich"), sex_of("poet")
    ('female', 'male', None)
    """
    return _words().sexes.get(fold(value))


@dataclass(frozen=True)
class Heading:
    """What the heading of a column says in a table with a person a row.

    Attributes:
        kind: "name", "given", "surname", "id", "born", "died", "sex" or "kin".
        meaning: for "kin", what the people in the column are to the person of the row; a partner is read as
            the spouse, ``apart`` as a partner may be unmarried.
        by_id: whether the column names people by their ids: "father_id".
    """

    kind: str
    meaning: Meaning | None = None
    by_id: bool = False


def heading(text: str) -> Heading | None:
    """Return what the heading of a column says about the person of a row, or ``None``.

    >>> heading("Father_ID").meaning.role, heading("Spouse(s)").kind, heading("Geburtsjahr").kind
    (('parent', 'male'), 'kin', 'born')
    """
    columns, said = _columns(), folded(text)
    if kind := columns.get(said):
        return Heading("kin", _PARTNER) if kind == _PARTNER.apart else Heading(kind)
    parts = [part for part in re.sub(r"\d+", " ", said).split() if part != "s"]
    by_id = any(columns.get(part) == "id" for part in parts)
    rest = [part for part in parts if columns.get(part) not in ("id", "name") and part not in _words().of]
    if rest and all(columns.get(part) == _PARTNER.apart for part in rest):
        return Heading("kin", _PARTNER, by_id)
    meaning = _ended(text) or understand(" ".join(parts)) or understand(" ".join(rest)) or _either(rest)
    if meaning is None or meaning.turned or meaning.apart:
        return None
    return Heading("sex") if meaning.sex else Heading("kin", meaning, by_id)


def _ended(text: str) -> Meaning | None:
    """Return what a heading with the ending of the other sex says: "esposo/a", "conjoint(e)"."""
    cut = _ENDED.sub("", text)
    meaning = understand(cut) if cut != text else None
    return None if meaning is None or meaning.role is None else replace(meaning, role=(meaning.role[0], None))


def _either(words: list[str]) -> Meaning | None:
    """Return what a heading says that names the same step for both sexes: "husband/wife"."""
    found = [meaning for word in words if len(word) > 2 and (meaning := understand(word)) is not None]
    steps = {one.role[0] if one.role and not one.turned else None for one in found}
    step = steps.pop() if len(steps) == 1 and len(found) > 1 else None
    return None if step is None else Meaning(role=(step, None), weak=all(one.weak for one in found))


@lru_cache(maxsize=1)
def _columns() -> dict[str, str]:
    return {word: kind for kind, word in _pairs(_languages(), "columns")}


@lru_cache(maxsize=1)
def _languages() -> list[dict[str, Any]]:
    text = Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
    languages: list[dict[str, Any]] = tomllib.loads(text)["language"]
    return languages


def folded(name: str) -> str:
    """Return a name folded; a capital within a word starts another one, as in "isSonOf"."""
    return fold(_CAPITAL.sub(" ", name))


@dataclass(frozen=True)
class _Words:
    roles: dict[str, Role]
    terms: dict[str, str]
    sexes: dict[str, str]
    sex: frozenset[str]
    weak: frozenset[str]
    apart: frozenset[str]
    has: frozenset[str]
    is_: frozenset[str]
    of: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    languages = _languages()
    lists = {
        key: frozenset(fold(word) for one in languages for word in one.get(key, ()))
        for key in ("sex", "weak", "apart", "has", "is", "of")
    }
    return _Words(
        {**{word: ROLES[role] for role, word in _pairs(languages, "roles")}, **_usual_roles()},
        {word: term for term, word in _pairs(languages, "terms")},
        {word: sex for sex, word in _pairs(languages, "sexes") if sex in SEXES},
        *(lists[key] for key in ("sex", "weak", "apart", "has", "is", "of")),
    )


def _pairs(languages: list[dict[str, Any]], key: str) -> Iterator[tuple[str, str]]:
    """Yield each meaning and a word for it; a word of several languages has the meaning of the first."""
    for language in reversed(languages):
        for meaning, said in language.get(key, {}).items():
            yield from ((meaning, fold(word)) for word in said)


def _usual_roles() -> dict[str, Role]:
    return {**ROLES, **{also: ROLES[role] for also, role in ALSO_ROLES.items()}}


def _called(said: str) -> Meaning | None:
    """Return what a word without "is", "has" and "of" says."""
    words = _words()
    if said in words.roles:
        return Meaning(role=words.roles[said], weak=said in words.weak)
    term = standard_vocabulary().called(words.terms.get(said, said))
    return None if term is None or term.group == BASE else Meaning(term=term.name)


def _without(said: str, before: frozenset[str], after: frozenset[str]) -> Iterator[str]:
    """Yield a name without words that stand before it and one that must stand after it, if any must."""
    parts = said.split()
    longest = max((len(words.split()) for words in before), default=0)
    ends = [len(parts)] if not after else [len(parts) - 1] if parts and parts[-1] in after else []
    for end in ends:
        for start in range(min(end, longest + 1)):
            if (start > 0 or after) and (not start or " ".join(parts[:start]) in before):
                yield " ".join(parts[start:end])


def _apart(said: str) -> Meaning | None:
    """Return the meaning of a role of which facts say nothing, such as "adoptive mother" and "godfather"."""
    words, parts = _words(), said.split()
    for word in words.apart:
        rest = " ".join(part for part in parts if part != word)
        if rest != said and (not rest or _called(rest)):
            return Meaning(apart=word)
        joined = said.removeprefix(word).removeprefix("s")
        if said.startswith(word) and (_called(joined) or _called(said.removeprefix(word))):
            return Meaning(apart=word)
    return None
