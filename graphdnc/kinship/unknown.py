"""What the facts of a family leave open: a sex or a parent that is not stated could make somebody a relative.

A rule is evaluated twice: by what is stated, and by what could be true as well. Somebody whom only the second
leads to is neither a relative nor not one. A person has two parents; a sex is missing if none is stated; a
spouse is missing of somebody without one. Of blood relatives whose relation is stated, nothing else is open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph
from graphdnc.kinship.facts import Facts, facts_of, roles_of
from graphdnc.kinship.family_graph import family_graph
from graphdnc.kinship.relatives import relation_between, relatives
from graphdnc.kinship.rules import Chain, Rule, Step
from graphdnc.kinship.stated import stated_between, stated_relatives
from graphdnc.kinship.vocabulary import Term

_FULL = 2
"""The number of parents of a person."""
_TRIED = 40
"""People whose missing sex or parents are looked at by themselves."""


def open_relatives(graph: Graph, person: int, term: Term) -> list[str]:
    """Return what is not known of those who could be a person's relatives if their sex were stated.

    Of a person about whom nothing is stated, that is said. If nobody is known to be such a relative, it is
    said whose parents are not stated, if that may be why.

    >>> from graphdnc.kinship import standard_vocabulary
    >>> family = Graph.from_triples([("Ann", "spouse", "Carl")])
    >>> open_relatives(family, 0, standard_vocabulary().find("husband"))
    ["Carl is Ann's spouse; Carl's sex is not stated"]
    """
    facts = facts_of(family_graph(graph).graph)
    unsexed = _unsexed(facts, graph.nodes)
    could = _Possible(facts, unsexed).reached(term.rule, person)
    could |= stated_relatives(graph, person, term, unsexed).keys()
    if not could and person not in _people(graph):
        return [f"no fact of kinship is stated about {graph.node_name(person)}"]
    known = relatives(graph, person, term)
    open_ = sorted(could - known - {person})
    found = list(filter(None, (_missing_sex(graph, facts, person, term, one) for one in open_)))
    return found or ([] if known else _missing_above(graph, facts, person, term.rule))


def _missing_above(graph: Graph, facts: Facts, person: int, rule: Rule) -> list[str]:
    """Return whose parents would have to be stated for there to be relatives by a rule; one of them."""
    for chain in rule.chains:
        here = {person}
        for step in chain:
            found = set().union(*(facts.steps[step.name].get(one, set()) for one in here))
            found = found & facts.sexes[step.sex] if step.sex else found
            if not found and step.name in ("parent", "sibling"):
                lacking = min(here)
                parents = len(facts.steps["parent"].get(lacking, ()))
                if parents < _FULL:
                    missing = "a parent of {} is" if parents else "the parents of {} are"
                    return [f"{missing.format(graph.node_name(lacking))} not stated"]
            if not found:
                break
            here = found
    return []


def not_known(graph: Graph, person: int, term: Term, relative: int) -> str | None:
    """Return why no fact settles whether somebody is a person's relative; ``None`` if facts settle it.

    If facts are missing, it is also said what the person is otherwise: "Omar is Freya's uncle by marriage".
    """
    if person == relative or relative in relatives(graph, person, term):
        return None
    facts = facts_of(family_graph(graph).graph)
    if sex := _missing_sex(graph, facts, person, term, relative, briefly=True):
        return sex
    missing = _missing_fact(graph, facts, person, term, relative)
    return missing and missing + _otherwise(graph, person, relative)


def _otherwise(graph: Graph, person: int, relative: int) -> str:
    """Return what a person is to another, to follow what is missing."""
    try:
        terms = relation_between(graph, person, relative).terms
    except NoAnswer:
        return ""
    names = " and ".join(term.name for term in terms)
    return f"; {graph.node_name(relative)} is {graph.node_name(person)}'s {names}" if terms else ""


def _unsexed(facts: Facts, people: int) -> frozenset[int]:
    return frozenset(range(people)).difference(*facts.sexes.values())


def _missing_sex(
    graph: Graph, facts: Facts, person: int, term: Term, relative: int, briefly: bool = False
) -> str | None:
    """Return whose sex would have to be stated for a relative by a term, if that is all that is missing."""
    could = _Possible(facts, _unsexed(facts, graph.nodes))
    stated = relative in stated_relatives(graph, person, term, could.unsexed)
    if not stated and relative not in could.reached(term.rule, person):
        return None
    name, tried = graph.node_name, [relative, *sorted(could.passed(term.rule, person) - {relative})]
    enough = (
        one
        for one in tried[:_TRIED]
        if one in could.unsexed and relative in _Possible(facts, {one}).reached(term.rule, person)
    )
    missing = relative if stated else next(enough, None)
    said = "a sex on the way is" if missing is None else f"{name(missing)}'s sex is"
    if briefly:
        return f"{said} not stated"
    if missing != relative:
        return f"whether {name(relative)} is {name(person)}'s {term.name}; {said} not stated"
    wider = term.root if term.sex else f"{term.name} or not"
    return f"{name(relative)} is {name(person)}'s {wider}; {said} not stated"


def _missing_fact(graph: Graph, facts: Facts, person: int, term: Term, relative: int) -> str | None:
    """Return whose parents or spouse would have to be stated, if a relation by a term is possible."""
    people = _people(graph)
    if not {person, relative} <= people:
        stranger = relative if relative not in people else person
        return f"no fact of kinship is stated about {graph.node_name(stranger)}"
    kin = _blood(facts, person, relative) or stated_between(graph, person, relative) is not None
    if kin and not _by_marriage(term.rule):
        return None
    unsexed = _unsexed(facts, graph.nodes)
    lacking = frozenset() if kin else _lacking(facts, people)
    could = _Possible(facts, unsexed, people, lacking)
    if relative not in could.reached(term.rule, person):
        return None
    above = sorted(_climb(facts, relative) | _climb(facts, person))
    tried = [one for one in dict.fromkeys((relative, person, *above)) if one in lacking]
    enough = (
        one
        for one in tried[:_TRIED]
        if relative in replace(could, lacking=frozenset([one])).reached(term.rule, person)
    )
    if tried and _by_blood(term.rule):
        one = next(enough, tried[0])
        stated = "a parent of {} is" if facts.steps["parent"].get(one) else "the parents of {} are"
        return f"{stated.format(graph.node_name(one))} not stated"
    for one in (relative, person):
        if not facts.steps["spouse"].get(one) and _by_marriage(term.rule):
            return f"a spouse of {graph.node_name(one)} is not stated"
    return "parents or spouses on the way are not stated"


def _lacking(facts: Facts, people: frozenset[int]) -> frozenset[int]:
    """Return those of whom a parent is not stated."""
    parents = facts.steps["parent"]
    return frozenset(one for one in people if len(parents.get(one, ())) < _FULL)


@lru_cache(maxsize=4)
def _people(graph: Graph) -> frozenset[int]:
    """Return everybody about whom a fact is stated."""
    family = family_graph(graph)
    terms = {number for number, meaning in family.meanings.items() if meaning.term}
    kin = roles_of(family.graph).keys() | terms
    facts = (triple for triple in family.graph if triple.relation in kin)
    return frozenset(one for triple in facts for one in (triple.source, triple.target))


def _blood(facts: Facts, person: int, relative: int) -> bool:
    """Return whether two people have an ancestor in common, or ancestors who are siblings, as stated."""
    up, others = _climb(facts, person), _climb(facts, relative)
    return bool(up & others) or any(facts.steps["sibling"].get(one, set()) & others for one in up)


def _climb(facts: Facts, person: int) -> set[int]:
    """Return a person and all ancestors."""
    found, waiting = {person}, [person]
    for one in waiting:  # grows while it is walked
        fresh = facts.steps["parent"].get(one, set()) - found
        found |= fresh
        waiting += fresh
    return found


def _names(rule: Rule) -> Iterator[str]:
    for chain in rule.chains:
        for step in chain:
            yield from _names(step.rule) if step.rule else (step.name,)


def _by_marriage(rule: Rule) -> bool:
    return "spouse" in _names(rule)


def _by_blood(rule: Rule) -> bool:
    return bool({"parent", "child", "sibling"} & set(_names(rule)))


@dataclass(frozen=True)
class _Possible:
    """Rules by what could be true.

    Attributes:
        facts: what is stated.
        unsexed: those who could have any sex.
        people: those who could be the missing parents and spouses; without them, none is missing.
        lacking: those of whom a parent may be missing.
    """

    facts: Facts
    unsexed: Collection[int]
    people: frozenset[int] = frozenset()
    lacking: frozenset[int] = frozenset()

    def reached(self, rule: Rule, person: int) -> set[int]:
        """Return the people that a rule could lead to."""
        return {one for chain in rule.chains for one in self._along(chain, person)}

    def passed(self, rule: Rule, person: int) -> set[int]:
        """Return the people of unknown sex on the way."""
        ways = (chain[:end] for chain in rule.chains for end in range(1, len(chain) + 1))
        return {one for chain in ways for one in self._along(chain, person) if one in self.unsexed}

    def _along(self, chain: Chain, person: int) -> set[int]:
        here = {person}
        for step in chain:
            here = self._advanced(step, person, here)
        return here

    def _advanced(self, step: Step, person: int, here: set[int]) -> set[int]:
        ways = Counter(other for one in here for other in self._stated(step, one))
        found = {other for other, count in ways.items() if count > 1 or not step.twice or self.lacking}
        found |= self._open(step, here) - (here if len(here) == 1 else set())
        if step.sex:
            found &= self.facts.sexes[step.sex].union(self.unsexed)
        for rule in step.within:
            found &= self.reached(rule, person)
        for rule in step.without:
            found -= _Possible(self.facts, ()).reached(rule, person)
        return found

    def _stated(self, step: Step, person: int) -> set[int]:
        return (
            self.reached(step.rule, person) if step.rule else self.facts.steps[step.name].get(person, set())
        )

    def _open(self, step: Step, here: set[int]) -> set[int]:
        """Return those whom a missing fact could put at the end of a step from some people."""
        found: set[int] = set()
        if step.name == "spouse" and here & self._unmarried:
            found |= self._unmarried
        if self.lacking and here:
            if step.name in ("child", "sibling", "co-parent"):
                found |= self.lacking
            if step.name == "sibling" and here & self.lacking:
                found |= self._children  # the missing parent may be theirs
            if step.name == "co-parent" and here & self.lacking:
                found |= self.people
            if step.name == "parent" and any(self._lacks(one, step.sex) for one in here & self.lacking):
                found |= self.people
        return found

    def _lacks(self, person: int, sex: str | None) -> bool:
        """Return whether a parent of a sex may be missing: the other one is taken to be of the other sex."""
        return sex is None or not self.facts.steps["parent"].get(person, set()) & self.facts.sexes[sex]

    @cached_property
    def _children(self) -> set[int]:
        parents = self.facts.steps["parent"]
        return {one for one in self.people if parents.get(one)}

    @cached_property
    def _unmarried(self) -> set[int]:
        return {one for one in self.people if not self.facts.steps["spouse"].get(one)}
