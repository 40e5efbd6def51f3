"""Questions drawn about a graph, against independent searches."""

from collections import Counter

import networkx as nx
import numpy as np
import pytest
from effort import at_most
from hypothesis import given, settings
from hypothesis import strategies as st

from graphdnc.datasets.generators.families import (
    family,
    with_derived,
)
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.generators.transit import transit_map
from graphdnc.datasets.questions.shortest_path import pairs, random_shortest_path, shortest_path_between
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph
from graphdnc.oracle.solve import is_answer, traverse
from graphdnc.questions import ShortestPath
from graphdnc.readers import read_graph

SEEDS = st.integers(0, 2**32)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(SEEDS, st.integers(1, 20), st.sampled_from(["random", "transit", "family", "derived"]))
@settings(max_examples=100, deadline=None)
def test_a_traversal_has_the_length_asked_and_one_answer(seed, length, kind):
    generator = rng(seed)
    graph = {
        "random": lambda: random_graph(generator, 20, (2, 6)),
        "transit": lambda: transit_map(generator, (6, 80)),
        "family": lambda: family(generator, (5, 30)),
        "derived": lambda: with_derived(family(generator, (5, 15))),
    }[kind]()
    example = random_traversal(generator, graph, length)
    assert example.graph is graph
    assert len(example.answer) == length
    assert traverse(graph, example.question) == [example.answer]


def test_traversals_start_everywhere_and_go_every_way():
    graph, generator = random_graph(rng(), 8, (2, 3)), rng(1)
    first = [random_traversal(generator, graph, 1).answer[0] for _ in range(400)]
    assert set(first) == set(graph)


def test_a_traversal_leaves_dead_ends_and_says_when_there_is_none():
    graph = Graph.from_triples([("a", "r", "b"), ("b", "r", "c"), ("d", "r", "c"), ("e", "r", "c")])
    assert len(random_traversal(rng(), graph, 2).answer) == 2
    with pytest.raises(ValueError, match="no walk of 3 steps"):
        random_traversal(rng(), graph, 3)
    forked = Graph.from_triples([("a", "son", "b"), ("a", "son", "c")])
    with pytest.raises(ValueError, match="no walk"):
        random_traversal(rng(), forked, 1)


@pytest.mark.parametrize("name", ["underground", "underground_zone1", "family"])
def test_walks_of_the_length_asked_are_found_on_real_graphs(name):
    graph, generator = read_graph(real_graph_path(name)), rng()
    for _ in range(100):
        example = random_traversal(generator, graph, 7)
        assert traverse(graph, example.question) == [example.answer]


def drawn_graph(generator: np.random.Generator, kind: str) -> Graph:
    return {
        "random": lambda: random_graph(generator, 20, (1, 4)),
        "transit": lambda: transit_map(generator, (6, 80)),
        "family": lambda: family(generator, (5, 30)),
    }[kind]()


KINDS = st.sampled_from(["random", "transit", "family"])


@given(SEEDS, KINDS)
@settings(max_examples=60, deadline=None)
def test_pairs_are_those_of_networkx_in_order(seed, kind):
    graph = drawn_graph(rng(seed), kind)
    plain = nx.DiGraph([(source, target) for source, _, target in graph])
    apart = dict(nx.all_pairs_shortest_path_length(plain))
    known = {(start, goal): far for start, goals in apart.items() for goal, far in goals.items()}
    for length in (*range(9), 100):
        wanted = sorted(pair for pair, far in known.items() if far == length)
        assert list(map(tuple, pairs(graph, length).tolist())) == wanted
    assert list(map(tuple, pairs(graph).tolist())) == sorted(pair for pair, far in known.items() if far)


def test_pairs_of_graphs_with_little_in_them():
    alone = Graph(np.empty((0, 3)), 9, 1)
    looped = Graph(np.array([[4, 0, 4], [4, 1, 4], [4, 0, 7], [4, 1, 7]]), 9, 2)
    for length in (None, 1, 2):
        assert pairs(alone, length).shape == (0, 2)
    assert pairs(looped).tolist() == pairs(looped, 1).tolist() == [[4, 7]]
    assert pairs(looped, 2).shape == (0, 2)


def test_pairs_of_a_real_network_take_no_time():
    graph = read_graph(real_graph_path("underground"))
    with at_most(1):
        assert len(pairs(graph)) == graph.nodes * (graph.nodes - 1)


@given(SEEDS, KINDS)
@settings(max_examples=60, deadline=None)
def test_a_shortest_path_has_the_length_asked_and_is_an_answer(seed, kind):
    generator = rng(seed)
    graph = drawn_graph(generator, kind)
    longest = max(length for length in range(1, 60) if len(pairs(graph, length)))
    for length in range(1, longest + 1):
        example = random_shortest_path(generator, graph, length)
        assert example.graph is graph
        assert len(example.answer) == length
        assert is_answer(graph, example.question, example.answer)
    with pytest.raises(ValueError, match=f"no two nodes are {longest + 1} triples apart"):
        random_shortest_path(generator, graph, longest + 1)


def test_a_path_that_does_not_exist_can_be_asked_for():
    generator, graph = rng(), Graph(np.array([[0, 0, 1], [1, 0, 0], [1, 0, 2]]), 3, 1)
    drawn = {random_shortest_path(generator, graph, 0) for _ in range(50)}
    assert {example.question for example in drawn} == {ShortestPath(2, 0), ShortestPath(2, 1)}
    assert {example.answer for example in drawn} == {()}
    circle = Graph(np.array([[0, 0, 1], [1, 0, 0]]), 2, 1)
    with pytest.raises(ValueError, match="every node leads to every other one in a graph of 2 triples"):
        random_shortest_path(generator, circle, 0)


def test_shortest_paths_join_all_pairs_evenly_by_every_way():
    # a square run both ways, one side by two relations
    sides = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]
    triples = [(x, "r", y) for pair in sides for x, y in (pair, pair[::-1])]
    graph, generator = Graph.from_triples([*triples, ("a", "s", "b")]), rng()
    drawn = [random_shortest_path(generator, graph, 2) for _ in range(2000)]
    asked = Counter((example.question.start, example.question.goal) for example in drawn)
    assert set(asked) == set(map(tuple, pairs(graph, 2).tolist()))
    assert max(asked.values()) / min(asked.values()) < 1.3
    ways = Counter(example.answer for example in drawn if example.question == ShortestPath(0, 2))
    assert len(ways) == 3
    assert max(ways.values()) / min(ways.values()) < 1.5


def test_the_shortest_path_between_two_given_nodes():
    graph = Graph.from_triples([("a", "r", "b"), ("b", "r", "c"), ("a", "s", "d")])
    example = shortest_path_between(rng(), graph, 0, 2)
    assert (example.question, example.answer) == (ShortestPath(0, 2), tuple(graph)[:2])
    assert shortest_path_between(rng(), graph, 1, 1).answer == ()
    with pytest.raises(ValueError, match="no path leads from node 3 to node 0"):
        shortest_path_between(rng(), graph, 3, 0)
