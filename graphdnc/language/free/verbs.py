"""The forms of English verbs and nouns that name relations."""

from __future__ import annotations

from graphdnc.language.parts_of_speech import is_verb
from graphdnc.language.phrases import BE


def verb_forms(name: str) -> set[str]:
    """Return the forms of a relation that begins with a verb: "reports to", "report to", "reported to".

    >>> sorted(verb_forms("reports to"))
    ['report to', 'reported to', 'reporting to', 'reports to']
    """
    first, *rest = name.split() or [""]
    if first in BE.split() and rest:
        return {name, *verb_forms(" ".join(rest))} | {" ".join(rest)}
    stems = _stems(first) if is_verb([first]) else {first}
    forms = {first}
    for stem in stems:
        forms |= {stem, *_endings(stem)}
    return {" ".join([form, *rest]) for form in forms}


def _stems(verb: str) -> set[str]:
    if verb.endswith("ies"):
        return {f"{verb[:-3]}y"}
    if verb.endswith("ed"):
        return {verb[:-2], verb[:-1]}
    if verb in ("has", "does"):
        return {"have"} if verb == "has" else {"do"}
    return {verb[:-1], verb[:-2]} if verb.endswith("es") else {verb.removesuffix("s")}


def _endings(stem: str) -> set[str]:
    base = stem.removesuffix("e")
    third = f"{stem[:-1]}ies" if stem.endswith("y") and stem[-2:-1] not in "aeou" else f"{stem}s"
    return {third, f"{base}ed", f"{base}ing"}


def plural_forms(name: str) -> set[str]:
    """Return a noun, its plural, and the noun if it is a plural: dependency, dependencies."""
    first, _, rest = name.partition(" of")
    ending = f" of{rest}" if rest or name.endswith(" of") else ""
    forms = {first, f"{first}s"} if not first.endswith(("s", "x", "ch", "sh")) else {first, f"{first}es"}
    if first.endswith("y") and first[-2:-1] not in "aeou":
        forms = {first, f"{first[:-1]}ies"}
    forms |= {first[:-3] + "y"} if first.endswith("ies") else {first[:-1]} if first.endswith("s") else set()
    forms |= {first[:-2]} if first.endswith(("xes", "ches", "shes", "sses", "oes")) else set()
    return {f"{form}{ending}" for form in forms}
