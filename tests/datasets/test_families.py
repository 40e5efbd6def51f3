"""Synthetic families, checked against definitions by parents alone."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphdnc.datasets.generators.families import (
    DERIVED,
    MOST_CHILDREN,
    family,
    with_derived,
)
from graphdnc.datasets.generators.people import LEAST_PEOPLE
from graphdnc.graph import Graph

SEEDS = st.integers(0, 2**32)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def named(graph: Graph) -> set[tuple[str, str, str]]:
    return {(graph.node_name(s), graph.relation_name(r), graph.node_name(t)) for s, r, t in graph}


FEMALE = {"mother", "daughter", "sister", "wife"}
UP = {"mother": -1, "father": -1, "son": 1, "daughter": 1, "brother": 0, "sister": 0, "husband": 0, "wife": 0}
PEOPLE = st.tuples(SEEDS, st.integers(LEAST_PEOPLE, 60)).map(lambda p: family(rng(p[0]), (p[1], p[1] + 3)))


def sexes(graph: Graph) -> dict[int, bool]:
    """Who is female, by every relation that leads to them; all must agree."""
    told = {(t.target, graph.relation_name(t.relation) in FEMALE) for t in graph}
    told |= {(t.source, graph.relation_name(t.relation) == "husband") for t in graph
             if graph.relation_name(t.relation) in ("husband", "wife")}  # fmt: skip
    assert len(told) == len(dict(told)) == graph.nodes
    return dict(told)


def parents(graph: Graph) -> dict[int, tuple[int, int]]:
    mothers = {t.source: t.target for t in graph if graph.relation_name(t.relation) == "mother"}
    fathers = {t.source: t.target for t in graph if graph.relation_name(t.relation) == "father"}
    assert mothers.keys() == fathers.keys()
    return {child: (mothers[child], fathers[child]) for child in mothers}


@given(PEOPLE)
@settings(max_examples=60, deadline=None)
def test_a_family_is_consistent(graph):
    female, above = sexes(graph), parents(graph)
    facts = {(s, graph.relation_name(r), t) for s, r, t in graph}
    expected = set()
    for child, (mother, father) in above.items():
        assert (mother, "husband", father) in facts
        own = "daughter" if female[child] else "son"
        expected |= {(child, "mother", mother), (child, "father", father)}
        expected |= {(mother, own, child), (father, own, child)}
    for one, other in product(above, above):
        if one != other and above[one] == above[other]:
            expected.add((one, "sister" if female[other] else "brother", other))
    wed = {fact for fact in facts if fact[1] in ("husband", "wife")}
    assert all((t, "wife" if r == "husband" else "husband", s) in wed for s, r, t in wed)
    assert len({s for s, _, _ in wed}) == len(wed)
    assert facts == expected | wed
    assert max(list(above.values()).count(pair) for pair in above.values()) <= MOST_CHILDREN


@given(PEOPLE)
@settings(max_examples=60, deadline=None)
def test_a_family_has_generations_that_fit_and_hangs_together(graph):
    generation, waiting = {0: 0}, [0]
    while waiting:
        person = waiting.pop()
        for _, relation, other in graph.leaving(person):
            depth = generation[person] + UP[graph.relation_name(relation)]
            if other not in generation:
                waiting.append(other)
            assert generation.setdefault(other, depth) == depth
    assert len(generation) == graph.nodes
    assert max(generation.values()) - min(generation.values()) >= 2


@given(PEOPLE)
@settings(max_examples=40, deadline=None)
def test_derived_relations_agree_with_their_definitions_by_parents(graph):
    female, above = sexes(graph), parents(graph)
    people = range(graph.nodes)

    def siblings(person):
        return {p for p in people if p != person and person in above and above.get(p) == above[person]}

    def children(person):
        return {p for p in people if person in above.get(p, ())}

    def up(person):
        return set(above.get(person, ()))

    def over(step, group):
        return {p for member in group for p in step(member)}

    kin = {
        ("grandmother", "grandfather"): lambda p: over(up, up(p)),
        ("granddaughter", "grandson"): lambda p: over(children, children(p)),
        ("aunt", "uncle"): lambda p: over(siblings, up(p)),
        ("niece", "nephew"): lambda p: over(children, siblings(p)),
        ("cousin", "cousin"): lambda p: over(children, over(siblings, up(p))),
    }
    expected = {
        (p, names[0] if female[q] else names[1], q)
        for names, who in kin.items()
        for p in people
        for q in who(p)
    }
    whole = with_derived(graph)
    facts = {(s, whole.relation_name(r), t) for s, r, t in whole}
    assert {fact for fact in facts if fact[1] in DERIVED} == expected
    assert {fact for fact in facts if fact[1] not in DERIVED} == {
        (s, graph.relation_name(r), t) for s, r, t in graph
    }


def test_derived_relations_of_a_small_family():
    graph = Graph.from_triples([
        ("Ann", "mother", "Eve"), ("Ann", "father", "Max"), ("Eve", "daughter", "Ann"),
        ("Max", "daughter", "Ann"), ("Eve", "mother", "Ida"), ("Ida", "daughter", "Eve"),
        ("Eve", "brother", "Tom"), ("Tom", "sister", "Eve"), ("Tom", "mother", "Ida"),
        ("Ida", "son", "Tom"), ("Tom", "son", "Sam"), ("Sam", "father", "Tom"),
    ])  # fmt: skip
    assert named(with_derived(graph)) - named(graph) == {
        ("Ann", "grandmother", "Ida"), ("Ida", "granddaughter", "Ann"), ("Ann", "uncle", "Tom"),
        ("Tom", "niece", "Ann"), ("Sam", "grandmother", "Ida"), ("Ida", "grandson", "Sam"),
        ("Sam", "aunt", "Eve"), ("Eve", "nephew", "Sam"), ("Ann", "cousin", "Sam"), ("Sam", "cousin", "Ann"),
    }  # fmt: skip


def test_a_large_family_has_different_names():
    graph = family(rng(), (300, 300))
    assert len(set(graph.node_names)) == 300


def test_family_refuses_too_few_people():
    with pytest.raises(ValueError, match="no family"):
        family(rng(), (LEAST_PEOPLE - 1, 10))
