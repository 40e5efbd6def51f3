"""Warnings about family facts that may be reversed or unused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from graphdnc.graph import Graph, Triple, named
from graphdnc.kinship.closed import count_assumed
from graphdnc.kinship.facts import facts_of, roles_of
from graphdnc.kinship.family_graph import FamilyGraph, family_graph, states_kinship
from graphdnc.kinship.rules import ROLES
from graphdnc.utils.text import join_names

_NAMED = 3
"""The largest number of names in a warning."""


def family_warnings(graph: Graph) -> list[str]:
    """Return warnings about the facts of a family, one line each. Other graphs have none.

    >>> family = Graph.from_triples([("Tom", "mother", "Ann"), ("Tom", "uncle", "Bill")])
    >>> family_warnings(family)[0].split(":")[0]
    "the relation 'uncle' counts only where it is asked for"
    """
    if not states_kinship(graph):
        return []
    return [*_assumed(graph), *_unused(graph), *_too_many_parents(family_graph(graph))]


def _assumed(graph: Graph) -> Iterator[str]:
    """Yield what was assumed of a family that is taken to be whole."""
    if count := count_assumed(graph):
        facts = "1 fact is" if count == 1 else f"{count:,} facts are"
        yield f"assumed: siblings share parents, and spouses share children; {facts} added, marked (assumed)"


def _unused(graph: Graph) -> Iterator[str]:
    """Yield a warning about relations from which fewer kin follow than their names say."""
    meanings = family_graph(graph).meanings.items()
    terms = [repr(graph.relation_name(number)) for number, meaning in meanings if meaning.term]
    if terms:
        one = (
            "relation {} counts only where it is"
            if len(terms) == 1
            else "relations {} count only where they are"
        )
        counts = one.format(join_names(terms, " and ", _NAMED))
        yield f"the {counts} asked for: other kin follow from {', '.join(ROLES)}"
    apart = [repr(graph.relation_name(number)) for number, meaning in meanings if meaning.apart]
    if apart:
        are = "relation {} is" if len(apart) == 1 else "relations {} are"
        unused = are.format(join_names(apart, " and ", _NAMED))
        yield f"the {unused} not used for kin; where it should count, write one of {', '.join(ROLES)}"


def _too_many_parents(family: FamilyGraph) -> Iterator[str]:
    """Yield a warning about one person with too many parents: the facts may be reversed."""
    graph = family.graph
    said: dict[int, Triple] = {}
    by_sex: dict[tuple[int, str], set[int]] = defaultdict(set)
    for triple in graph:
        step, sex = roles_of(graph).get(triple.relation, ("", None))
        if step in ("parent", "child"):
            said.setdefault(triple.source if step == "parent" else triple.target, triple)
        if step == "parent" and sex:
            by_sex[triple.source, sex].add(triple.target)
    twice = {person for (person, _), parents in by_sex.items() if len(parents) > 1}
    for person, triple in said.items():
        parents = facts_of(graph).steps["parent"][person]
        if len(parents) > 2 or person in twice:
            yield _reversed_perhaps(family, person, parents, triple)
            return


def _reversed_perhaps(family: FamilyGraph, person: int, parents: set[int], triple: Triple) -> str:
    graph = family.graph
    source, relation, target = named(graph, [triple])[0]
    written = ", ".join(named(graph, family.as_given((triple,)))[0])
    names = join_names(map(graph.node_name, sorted(parents)), " and ", _NAMED)
    return (
        f"{graph.node_name(person)} has {len(parents)} parents, {names}: "
        f'{written!r} is read as "{source}\'s {relation} is {target}"; '
        "if the file means the opposite, swap the columns: --columns 3,2,1"
    )
