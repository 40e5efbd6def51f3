"""Graphs in networkx, whose algorithms tests compare with."""

import networkx as nx

from graphdnc.graph import Graph


def to_networkx(graph: Graph) -> nx.MultiDiGraph:
    """Return a graph in networkx: nodes by name, the relation as edge attribute and as edge key."""
    found = nx.MultiDiGraph()
    found.add_nodes_from(map(graph.node_name, range(graph.nodes)))
    for source, relation, target in graph:
        name = graph.relation_name(relation)
        found.add_edge(graph.node_name(source), graph.node_name(target), key=name, relation=name)
    return found
