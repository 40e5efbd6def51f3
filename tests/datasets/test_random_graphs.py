"""The random graphs of the paper against its own definition of them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphdnc.datasets.generators import random_graphs
from graphdnc.datasets.generators.random_graphs import random_graph

SEEDS = st.integers(0, 2**32)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(SEEDS, st.integers(2, 45), st.integers(1, 6), st.integers(0, 4))
@settings(max_examples=100, deadline=None)
def test_random_graph_has_the_degrees_and_relations_of_the_paper(seed, nodes, low, spread):
    graph = random_graph(rng(seed), nodes, (low, low + spread))
    assert graph.nodes == graph.relations == nodes
    for node in range(nodes):
        leaving = graph.leaving(node)
        assert min(low, nodes - 1) <= len(leaving) <= min(low + spread, nodes - 1)
        assert len({triple.relation for triple in leaving}) == len(leaving)
        assert len({triple.target for triple in leaving} - {node}) == len(leaving)


@given(SEEDS, st.integers(2, 25), st.integers(1, 4), st.integers(0, 12))
@settings(max_examples=60)
def test_random_graph_may_have_as_many_relations_as_asked(seed, nodes, low, spread):
    graph = random_graph(rng(seed), nodes, (low, low + spread), relations=10)
    assert (graph.nodes, graph.relations) == (nodes, 10)
    for node in range(nodes):
        leaving = graph.leaving(node)
        assert min(low, nodes - 1) <= len(leaving) <= min(low + spread, nodes - 1, 10)
        assert len({triple.relation for triple in leaving}) == len(leaving)


def test_relations_as_many_as_asked_are_drawn_evenly():
    generator = rng()
    graphs = [random_graph(generator, 20, (2, 4), relations=10) for _ in range(200)]
    relations = np.bincount(np.concatenate([graph.triples[:, 1] for graph in graphs]), minlength=10)
    assert np.allclose(relations / relations.sum(), 0.1, atol=0.01)


def test_random_graph_joins_nearest_neighbours_in_the_unit_square(monkeypatch):
    seen = []
    original = random_graphs._nearest_first
    monkeypatch.setattr(random_graphs, "_nearest_first", lambda p: seen.append(p) or original(p))
    graph = random_graph(rng(), 30, (2, 6))
    points = seen[0].tolist()
    assert len(points) == 30
    assert all(0 <= x < 1 and 0 <= y < 1 for x, y in points)
    for node, here in enumerate(points):
        by_distance = sorted(set(range(30)) - {node}, key=lambda other: math.dist(here, points[other]))
        targets = {triple.target for triple in graph.leaving(node)}
        assert targets == set(by_distance[: len(targets)])


def test_random_graph_draws_degrees_and_relations_evenly():
    generator = rng()
    graphs = [random_graph(generator, 20, (2, 5)) for _ in range(300)]
    degrees = np.bincount([len(g.leaving(node)) for g in graphs for node in range(20)], minlength=6)
    assert degrees[:2].sum() == 0
    assert np.allclose(degrees[2:] / 6000, 0.25, atol=0.03)
    relations = np.bincount(np.concatenate([graph.triples[:, 1] for graph in graphs]), minlength=20)
    assert np.allclose(relations / relations.sum(), 0.05, atol=0.006)


@pytest.mark.parametrize(("nodes", "degrees"), [(1, (1, 2)), (5, (3, 2)), (5, (0, 2))])
def test_random_graph_refuses_what_cannot_be(nodes, degrees):
    with pytest.raises(ValueError, match="out-degrees"):
        random_graph(rng(), nodes, degrees)
    with pytest.raises(ValueError, match="out-degrees"):
        random_graph(rng(), 5, (1, 2), relations=0)
