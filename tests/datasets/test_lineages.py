"""Synthetic families with step-parents, half-siblings and unstated facts."""

from collections import Counter

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_networkx import to_networkx

from graphdnc.datasets.generators.families import (
    BASE,
)
from graphdnc.datasets.generators.lineages import RELATIONS, STYLES, lineage
from graphdnc.datasets.generators.people import LEAST_PEOPLE
from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph
from graphdnc.kinship import relatives, standard_vocabulary
from graphdnc.readers import read_graph

SEEDS = st.integers(0, 2**32)
FEMALE = {"mother", "daughter", "sister", "wife"}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def kin(graph: Graph, term: str) -> set[tuple[int, int]]:
    return {(person, other) for person in range(graph.nodes) for other in relatives(graph, person, term)}


@given(SEEDS, st.integers(LEAST_PEOPLE, 80), st.sampled_from(STYLES))
@settings(max_examples=60, deadline=None)
def test_a_lineage_hangs_together_and_could_be_a_family(seed, people, style):
    graph = lineage(rng(seed), (people, people + 3), style)
    assert people <= graph.nodes <= people + 3
    assert nx.is_weakly_connected(to_networkx(graph))
    above = nx.DiGraph(list(kin(graph, "parent")))
    assert nx.is_directed_acyclic_graph(above)
    assert max(degree for _, degree in above.out_degree) <= 2
    called = {(t.target, graph.relation_name(t.relation)) for t in graph}
    female = {person for person, word in called if word in FEMALE}
    assert not female & {person for person, word in called if word in ("father", "son", "brother", "husband")}
    assert not kin(graph, "spouse") & kin(graph, "sibling")


@given(SEEDS)
@settings(max_examples=8, deadline=None)
def test_the_same_can_be_concluded_whatever_a_lineage_states(seed):
    graphs = {style: lineage(rng(seed), (5, 40), style) for style in STYLES}
    for term in standard_vocabulary():
        found = {style: kin(graph, term.name) for style, graph in graphs.items()}
        if all(step.sex is None for chain in term.rule.chains for step in chain):
            assert len(set(map(frozenset, found.values()))) == 1, term.name
        assert all(found["all"] >= pairs for pairs in found.values())


def test_lineages_state_what_their_style_says():
    drawn = {style: [lineage(rng(seed), (30, 40), style) for seed in range(20)] for style in STYLES}
    words = {style: {RELATIONS[t.relation] for graph in drawn[style] for t in graph} for style in STYLES}
    marriages, siblings, children = {"wife", "husband"}, {"sister", "brother"}, {"daughter", "son"}
    parents = {"mother", "father"}
    assert words["all"] == set(BASE)
    # of siblings whose parents nobody knows nothing else tells
    assert words["parents"] == parents | marriages | siblings
    assert words["children"] == words["siblings"] == children | marriages | siblings
    assert words["mixed"] == set(RELATIONS)


@pytest.mark.parametrize(
    "term",
    ["half-sibling", "step-sibling", "stepmother", "cousin", "double cousin", "second cousin", "third cousin",
     "second cousin twice removed", "great-great-uncle", "co-parent-in-law", "co-sibling-in-law"],
)  # fmt: skip
def test_lineages_have_every_kind_of_relative_now_and_then(term):
    assert any(kin(lineage(rng(seed), (40, 60), "all"), term) for seed in range(100))


def test_lineages_have_what_families_have():
    graphs = [lineage(rng(seed), (30, 60), "all") for seed in range(60)]
    couples = [kin(graph, "spouse") for graph in graphs]
    together = [kin(graph, "co-parent") for graph in graphs]
    assert any(wed - pair for wed, pair in zip(couples, together, strict=True)), "childless"
    assert any(pair - wed for wed, pair in zip(couples, together, strict=True)), "unmarried"
    assert any(max(Counter(one for one, _ in wed).values()) > 1 for wed in couples), "remarried"
    parents = [Counter(child for child, _ in kin(graph, "parent")) for graph in graphs]
    assert any(1 in known.values() for known in parents), "a parent unknown"
    assert any(kin(graph, "cousin") & kin(graph, "spouse") for graph in graphs), "cousins who married"
    assert all(any(name.endswith(" 2") for name in graph.node_names) for graph in graphs), "names repeat"


def test_no_name_of_a_lineage_is_of_the_real_family():
    real = read_graph(real_graph_path("family"))
    names = {name.split()[0] for seed in range(20) for name in lineage(rng(seed), (60, 60)).node_names}
    assert not names & set(real.node_names)


def test_lineage_refuses_too_few_people_and_unknown_styles():
    with pytest.raises(ValueError, match="no family"):
        lineage(rng(), (LEAST_PEOPLE - 1, 10))
    with pytest.raises(ValueError, match="no family states 'cousins'; choose one of all, parents"):
        lineage(rng(), (10, 10), "cousins")
