"""Exact ways under conditions, compared with networkx and with small maps by hand."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest

from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph
from graphdnc.oracle.ways import best_way, cost_of, further_ways, is_way, nodes_of
from graphdnc.questions.ways import Way
from graphdnc.weights import Weights

LINES = Graph.from_triples(
    [(f"{one}", "Red northbound", f"{one + 1}") for one in range(5)]
    + [("0", "Blue eastbound", "6"), ("6", "Green eastbound", "5"), ("2", "Red northbound via 9", "9")]
)


@pytest.mark.parametrize("seed", range(20))
def test_ways_are_as_short_as_networkx_finds_them_without_what_is_barred(seed):
    rng = np.random.default_rng(seed)
    graph = random_graph(rng, 15, (2, 3))
    start, goal, other = map(int, rng.choice(15, 3, replace=False))
    weights = Weights("km", {triple: float(rng.integers(1, 9)) for triple in graph})
    for way in (
        Way(start, goal, avoiding=frozenset([other])),
        Way(start, goal, via=(other,)),
        Way(start, goal, least="weight"),
    ):
        drawn = nx.DiGraph()
        drawn.add_nodes_from(range(15))
        for triple in graph:
            if not {triple.source, triple.target} & way.avoiding:
                cost = weights.of[triple] if way.least == "weight" else 1
                least = min(cost, drawn.get_edge_data(triple.source, triple.target, {"cost": cost})["cost"])
                drawn.add_edge(triple.source, triple.target, cost=least)
        try:
            pairs = itertools.pairwise(way.stops)
            wanted = sum(nx.shortest_path_length(drawn, *pair, weight="cost") for pair in pairs)
        except nx.NetworkXNoPath:
            with pytest.raises(NoAnswer, match="there is no way"):
                best_way(graph, way, weights)
            continue
        found = best_way(graph, way, weights)
        assert is_way(graph, way, found)
        assert cost_of(graph, way, found, weights) == (wanted,)


def test_the_fewest_changes_come_before_the_fewest_steps():
    shortest, direct = Way(0, 5), Way(0, 5, least="changes")
    assert len(best_way(LINES, shortest)) == 2
    assert cost_of(LINES, direct, best_way(LINES, direct)) == (0, 5)


def test_a_branch_of_a_line_is_no_change():
    way = Way(0, 7, least="changes")
    assert cost_of(LINES, way, best_way(LINES, way)) == (0, 3)


def test_further_ways_come_in_order_and_without_loops():
    found = further_ways(LINES, Way(0, 5, ways=3))
    assert list(map(len, found)) == [2, 5]
    assert [len(set(nodes_of(path))) for path in found] == [3, 6]
    assert further_ways(LINES, Way(0, 5, beyond=1)) == found[1:]
    with pytest.raises(NoAnswer, match="no further ways"):
        further_ways(LINES, Way(0, 5, beyond=2))


def test_what_is_barred_is_told():
    with pytest.raises(
        NoAnswer, match=r"no way from '0' to '5' avoiding '6', '3'; ask without that|avoiding"
    ):
        best_way(LINES, Way(0, 5, avoiding=frozenset([3, 6])))
    with pytest.raises(NoAnswer, match="nothing leaves the start; there is a way back"):
        best_way(LINES, Way(5, 0))
