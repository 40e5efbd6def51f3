"""Synthetic metro maps: connected, run both ways, and of sizes like real networks."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_networkx import to_networkx

from graphdnc.datasets.generators import transit
from graphdnc.datasets.generators.transit import transit_map
from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph
from graphdnc.readers import read_graph

SEEDS = st.integers(0, 2**32)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def named(graph: Graph) -> set[tuple[str, str, str]]:
    return {(graph.node_name(s), graph.relation_name(r), graph.node_name(t)) for s, r, t in graph}


OPPOSITE = {"northbound": "southbound", "eastbound": "westbound", "clockwise": "anticlockwise"}
OPPOSITE |= {back: there for there, back in OPPOSITE.items()}


@given(SEEDS, st.integers(1, 250), st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_a_transit_map_is_connected_and_runs_both_ways(seed, low, spread):
    graph = transit_map(rng(seed), (low, low + spread))
    assert low <= len(graph) <= low + spread
    assert nx.is_strongly_connected(to_networkx(graph))
    triples = named(graph)
    for source, relation, target in triples:
        line, direction = relation.rsplit(" ", 1)
        assert (target, f"{line} {OPPOSITE[direction]}", source) in triples
        assert source != target
    assert len({(s, r) for s, r, _ in triples}) == len(triples)
    assert len({(r, t) for _, r, t in triples}) == len(triples)


@pytest.mark.parametrize(
    ("triples", "stations", "lines"), [(84, (20, 30), (6, 12)), (760, (170, 290), (15, 35))]
)
def test_transit_maps_have_sizes_and_degrees_like_real_networks(triples, stations, lines):
    generator = rng()
    maps = [transit_map(generator, (triples, triples)) for _ in range(20)]
    assert stations[0] < np.mean([graph.nodes for graph in maps]) < stations[1]
    assert lines[0] < np.mean([graph.relations / 2 for graph in maps]) < lines[1]
    busiest = [np.bincount(graph.triples[:, 0]).max() for graph in maps]
    assert 6 <= np.mean(busiest) <= 14
    shared = [1 - len({(s, t) for s, _, t in graph}) / len(graph) for graph in maps]
    assert 0 < np.mean(shared) < 0.2


def test_directions_say_where_a_line_runs():
    x, y = np.array([0.0, 1.0, 1.0, 0.1]), np.array([0.0, 0.1, 1.0, 1.0])
    east, north = x - x[:, None], y - y[:, None]
    town = transit._Town(np.hypot(east, north), east, north)
    assert transit._directions(town, [0, 1]) == ("eastbound", "westbound")
    assert transit._directions(town, [2, 1]) == ("southbound", "northbound")
    assert transit._directions(town, [0, 1, 2, 3, 0]) == ("anticlockwise", "clockwise")
    assert transit._directions(town, [0, 3, 2, 1, 0]) == ("clockwise", "anticlockwise")


def test_no_name_on_a_transit_map_is_of_the_underground():
    real = read_graph(real_graph_path("underground"))
    graph = transit_map(rng(), (3000, 3000))
    assert not set(graph.node_names) & set(real.node_names)
    lines = [{name.split()[0] for name in g.relation_names} for g in (graph, real)]
    assert not lines[0] & lines[1]


def test_transit_map_refuses_a_range_without_an_even_number():
    with pytest.raises(ValueError, match="pairs"):
        transit_map(rng(), (7, 7))
