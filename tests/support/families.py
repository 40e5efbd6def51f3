"""Small families in a line of text, and what is said of them by name."""

from graphdnc.graph import Graph
from graphdnc.kinship import Term, relation_between, relatives
from graphdnc.kinship.facts import facts_of
from graphdnc.kinship.relatives import Evidence, proof


def small(text: str) -> Graph:
    return Graph.from_triples([tuple(triple.split()) for triple in text.split(", ")])


def names(graph: Graph, person: str, term: Term | str) -> set[str]:
    found = relatives(graph, graph.node_names.index(person), term)
    return {graph.node_name(relative) for relative in found}


def told(graph: Graph, triples) -> list[str]:
    return [f"{graph.node_name(s)} {graph.relation_name(r)} {graph.node_name(t)}" for s, r, t in triples]


def how(graph: Graph, person: str, relative: str):
    return relation_between(graph, graph.node_names.index(person), graph.node_names.index(relative))


def evidence(graph: Graph, person: int, term: Term, relative: int) -> Evidence:
    """Return a proof that one person is a relative of another by a term."""
    found = proof(facts_of(graph), term.rule, person, relative)
    assert found is not None
    return found
