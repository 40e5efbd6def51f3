"""Splits share no graph, whatever the numbers of its nodes and relations."""

from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphdnc.corpus.files import Corpus
from graphdnc.corpus.schema import SPLITS
from graphdnc.datasets.build_corpus import build_corpus
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.lessons.curriculum import Lesson
from graphdnc.datasets.splits import fingerprint, split_of
from graphdnc.graph import Graph

SMALL = ((1, Lesson("random", (3, 4), (1, 2), (1, 2))),)


def canonical(graph: Graph) -> tuple:
    """The least list of triples over all numberings: equal exactly for graphs equal but for the numbers."""
    return min(
        tuple(sorted((nodes[s], relations[r], nodes[t]) for s, r, t in graph.triples.tolist()))
        for nodes in permutations(range(graph.nodes))
        for relations in permutations(range(graph.relations))
    )


def test_splits_share_no_graph_even_numbered_otherwise(tmp_path):
    found: dict[str, set] = {name: set() for name in SPLITS}
    for seed in (1, 2):
        path = tmp_path / f"{seed}.h5"
        counts = build_corpus(path, SMALL, 300, seed, workers=1)
        corpus = Corpus(path)
        for name in SPLITS:
            found[name] |= {canonical(corpus.example(name, index).graph) for index in range(counts[name])}
    assert all(found.values())
    assert not found["train"] & found["validation"]
    assert not found["train"] & found["test"]
    assert not found["validation"] & found["test"]


@given(st.integers(0, 2**32), st.integers(2, 20))
@settings(max_examples=50, deadline=None)
def test_a_fingerprint_does_not_depend_on_the_numbering(seed, nodes):
    rng = np.random.default_rng(seed)
    graph = random_graph(rng, nodes, (1, 4))
    rows = rng.permutation(graph.triples)
    for column, count in ((0, nodes), (1, graph.relations)):
        numbers = rng.permutation(count)
        for same in (0, 2) if column == 0 else (1,):
            rows[:, same] = numbers[rows[:, same]]
    renumbered = Graph(rows, nodes, graph.relations)
    assert fingerprint(renumbered) == fingerprint(graph)
    assert split_of(renumbered) == split_of(graph)


def test_fingerprints_tell_graphs_apart():
    rng = np.random.default_rng(0)
    graphs = [random_graph(rng, 6, (1, 3)) for _ in range(500)]
    assert len({fingerprint(graph) for graph in graphs}) == 500
    triangle, path = np.array([[0, 0, 1], [1, 0, 2], [2, 0, 0]]), np.array([[0, 0, 1], [1, 0, 2], [0, 0, 2]])
    assert fingerprint(Graph(triangle, 3, 1)) != fingerprint(Graph(path, 3, 1))
    assert fingerprint(Graph(triangle, 3, 1)) != fingerprint(Graph(triangle, 4, 1))
