"""Warnings about family facts that may be reversed or unused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from graphdnc.graph import Graph, Triple, named
from graphdnc.kinship.facts import facts_of, roles_of, states_kinship
from graphdnc.kinship.rules import ROLES
from graphdnc.kinship.vocabulary import Vocabulary
from graphdnc.utils.text import join_names

_NAMED = 3
"""The largest number of names in a warning."""


def family_warnings(graph: Graph, vocabulary: Vocabulary) -> list[str]:
    """Return warnings about the facts of a family, one line each. Other graphs have none.

    >>> from graphdnc.kinship import standard_vocabulary
    >>> family = Graph.from_triples([("Tom", "mother", "Ann"), ("Tom", "uncle", "Bill")])
    >>> family_warnings(family, standard_vocabulary())[0].split(":")[0]
    "the relation 'uncle' is not used for kin"
    """
    if not states_kinship(graph):
        return []
    return [*_unused(graph, vocabulary), *_too_many_parents(graph)]


def _unused(graph: Graph, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield a warning about relations that are terms of kinship but do not state facts."""
    names = [
        repr(graph.relation_name(number))
        for number in range(graph.relations)
        if number not in roles_of(graph) and vocabulary.called(graph.relation_name(number))
    ]
    if names:
        are = "relation {} is" if len(names) == 1 else "relations {} are"
        unused = are.format(join_names(names, " and ", _NAMED))
        yield f"the {unused} not used for kin: relatives follow from {', '.join(ROLES)}"


def _too_many_parents(graph: Graph) -> Iterator[str]:
    """Yield a warning about one person with too many parents: the facts may be reversed."""
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
            source, relation, target = named(graph, [triple])[0]
            names = join_names(map(graph.node_name, sorted(parents)), " and ", _NAMED)
            yield (
                f"{graph.node_name(person)} has {len(parents)} parents, {names}: "
                f"'{source}, {relation}, {target}' is read as \"{source}'s {relation} is {target}\"; "
                "if the file means the opposite, swap the columns: --columns 3,2,1"
            )
            return
