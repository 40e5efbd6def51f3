"""Graphs: names and numbers, networkx and back, and what is refused."""

from __future__ import annotations

import io
import json
import pickle

import networkx as nx
import numpy as np
import pytest
from graph_files import triples_of
from hypothesis import given
from hypothesis import strategies as st
from in_networkx import to_networkx

from graphdnc.errors import UsageError
from graphdnc.graph import Graph, Triple
from graphdnc.readers import read_graph

NAMES = st.text(min_size=1, max_size=4)
TRIPLES = st.lists(st.tuples(NAMES, NAMES, NAMES), max_size=12)


def test_names_are_numbered_in_order_of_appearance_and_repeats_are_dropped():
    graph = Graph.from_triples([("b", "r", "a"), ("a", "s", "b"), ("b", "r", "a"), ("b", "r", "c")])
    assert graph.node_names == ("b", "a", "c")
    assert graph.relation_names == ("r", "s")
    assert list(graph) == [Triple(0, 0, 1), Triple(1, 1, 0), Triple(0, 0, 2)]


def test_leaving_and_following_keep_the_order_of_the_graph():
    graph = Graph.from_triples([("a", "r", "b"), ("b", "r", "a"), ("a", "s", "b"), ("a", "r", "c")])
    assert graph.leaving(0) == (Triple(0, 0, 1), Triple(0, 1, 1), Triple(0, 0, 2))
    assert graph.follow(0, 0) == (Triple(0, 0, 1), Triple(0, 0, 2))
    assert graph.leaving(2) == ()
    assert graph.follow(1, 1) == ()


def test_a_node_and_a_relation_may_share_a_name():
    graph = Graph.from_triples([("x", "x", "x")])
    assert (graph.nodes, graph.relations, list(graph)) == (1, 1, [Triple(0, 0, 0)])


def test_graphs_without_names_call_nodes_by_number():
    graph = Graph(np.array([[0, 1, 2]]), nodes=3, relations=2)
    assert graph.node_name(2) == "2"
    assert graph.relation_name(1) == "1"


def test_an_undirected_graph_has_every_triple_both_ways_once():
    triples = [("a", "r", "b"), ("b", "r", "a"), ("b", "s", "a"), ("b", "r", "c"), ("c", "r", "c")]
    both = Graph.from_triples(triples).undirected()
    named = [(both.node_name(s), both.relation_name(r), both.node_name(t)) for s, r, t in both]
    assert len(named) == len(set(named))
    assert set(named) == {*triples, ("a", "s", "b"), ("c", "r", "b")}
    assert list(both.undirected()) == list(both)
    assert Graph(np.empty((0, 3)), 2, 1).undirected().nodes == 2


@pytest.mark.parametrize(
    ("triples", "nodes", "relations", "message"),
    [
        ([[0, 0, 3]], 3, 1, "node outside 0..2"),
        ([[-1, 0, 1]], 3, 1, "node outside"),
        ([[0, 1, 1]], 3, 1, "relation outside 0..0"),
        ([[0, 0, 1], [0, 0, 1]], 3, 1, "occurs twice"),
    ],
)
def test_wrong_numbers_are_refused(triples, nodes, relations, message):
    with pytest.raises(ValueError, match=message):
        Graph(np.array(triples), nodes, relations)


@pytest.mark.parametrize("names", [("a",), ("a", "a", "b"), ("a", "b", "c", "d")])
def test_names_must_be_as_many_as_nodes_and_different(names):
    with pytest.raises(ValueError, match="expected 3 different names"):
        Graph(np.array([[0, 0, 2]]), 3, 1, node_names=names)


def test_the_triples_of_a_graph_cannot_be_changed():
    given_array = np.array([[0, 0, 1]])
    graph = Graph(given_array, 2, 1)
    given_array[0, 0] = 1
    assert list(graph) == [Triple(0, 0, 1)]
    with pytest.raises(ValueError, match="read-only"):
        graph.triples[0, 0] = 1


@given(TRIPLES)
def test_networkx_and_back_keeps_every_triple(triples):
    graph = Graph.from_triples(triples)
    back = Graph.from_networkx(to_networkx(graph))
    assert triples_of(back) == triples_of(graph)
    assert set(back.node_names or ()) == set(graph.node_names or ())


def test_undirected_networkx_edges_become_two_triples_and_lone_nodes_stay():
    graph = nx.Graph()
    graph.add_edge("a", "b", kind="road")
    graph.add_node("alone")
    read = Graph.from_networkx(graph, relation="kind")
    assert triples_of(read) == {("a", "road", "b"), ("b", "road", "a")}
    assert read.node_names == ("a", "b", "alone")


def test_networkx_edges_without_a_relation_are_called_edge():
    assert triples_of(Graph.from_networkx(nx.DiGraph([(1, 2)]))) == {("1", "edge", "2")}
    graph = nx.DiGraph()
    graph.add_edge("a", "b", label="road")
    graph.add_edge("b", "c", label=None)
    assert Graph.from_networkx(graph).relation_names == ("road", "edge")


def edges_of(kind, *attributes):
    """Return a networkx graph of one edge for each dictionary of attributes, all from a to b or on."""
    graph = kind()
    for number, own in enumerate(attributes):
        graph.add_edge(f"a{number}", f"b{number}", **own)
    return graph


GRAPHS = [
    edges_of(nx.DiGraph, {"label": "road"}, {"label": "rail"}),
    edges_of(nx.DiGraph, {"weight": 3, "Type": "road"}, {"weight": 4, "Type": "rail"}),
    edges_of(nx.DiGraph, {"label": "x", "relation": "road"}, {"label": "y"}),
    edges_of(nx.DiGraph, {"edge_label": "road", "label": "x"}),
    edges_of(nx.DiGraph, {"weight": 1.5}),
    edges_of(nx.DiGraph, {"line": 7}, {"line": 8}),
    edges_of(nx.Graph, {"kind": "road"}),
    edges_of(nx.MultiDiGraph, {"key": "road"}, {"key": "rail"}),
    edges_of(nx.MultiDiGraph, {}, {}),
    edges_of(nx.MultiGraph, {"name": "road"}, {"name": "rail"}),
]


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: str(list(graph.edges(data=True))[:1]))
def test_the_relation_of_networkx_edges_is_found_as_in_a_file(graph):
    """In the JSON that networkx writes of the same graph, the readers find the same triples."""
    written = json.dumps(nx.node_link_data(graph, edges="links")).encode()
    assert triples_of(Graph.from_networkx(graph)) == triples_of(read_graph(io.BytesIO(written)))


def test_a_relation_of_networkx_that_is_not_there_and_nodes_of_one_name_are_refused():
    graph = edges_of(nx.DiGraph, {"label": "road", "length": 3})
    with pytest.raises(UsageError, match=r"no edge has an attribute 'kind'; there are: 'label', 'length'"):
        Graph.from_networkx(graph, "kind")
    with pytest.raises(UsageError, match="two nodes are both called '1'"):
        Graph.from_networkx(nx.DiGraph([(1, "1")]))


def test_what_was_computed_from_a_graph_is_not_sent_to_other_processes():
    graph = Graph.from_triples([("a", "r", "b"), ("b", "s", "c")])
    sent = pickle.dumps(graph)
    computed = graph.leaving(0), graph.entering(1), graph.inverse
    assert pickle.dumps(graph) == sent
    received = pickle.loads(sent)
    assert list(received) == list(graph)
    assert (received.node_names, received.relation_names) == (graph.node_names, graph.relation_names)
    assert (received.leaving(0), received.entering(1)) == computed[:2]
