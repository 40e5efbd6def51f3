"""How the work of asking is shared out."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise, permutations

import numpy as np
import pytest

from graphdnc.answering.memory import GraphMemory, portions
from graphdnc.graph import Graph
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.reasoner import Reasoner


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_portions_are_all_of_it(size: int) -> None:
    cut = portions(range(7), size)
    assert [value for some in cut for value in some] == list(range(7))
    assert all(len(some) == size for some in cut[:-1])
    assert all(one.stop == other.start for one, other in pairwise(cut))


def complete(people: int) -> Graph:
    names = [f"P{number}" for number in range(people)]
    return Graph.from_triples((one, "knows", other) for one, other in permutations(names, 2))


def test_rows_are_counted_of_what_a_memory_is_shown():
    graph = complete(100)
    memory = GraphMemory.of(load_checkpoint("traversal", threads=1), graph, 64, 64, np.random.default_rng(0))
    # one target for each source and relation, of 9,900 triples
    assert (memory.described, memory.rows, memory.shown) == (100, 164, 6400)
    assert memory.state.memory.nbytes < 2**23


def test_a_complete_graph_is_asked_in_little_memory():
    names = {f"P{number}" for number in range(1, 60)}
    tracemalloc.start()
    answer = Reasoner(complete(60)).ask("Start at P0, take knows one stop: where am I?")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert set(answer.ends) == names
    assert most < 100 * 2**20, "it was 3.2 GB with a row for each triple"


def test_a_graph_of_one_target_each_is_shown_whole():
    graph = Graph.from_triples([(f"a{at}", "to", f"a{at + 1}") for at in range(9)])
    memory = GraphMemory.of(load_checkpoint("traversal", threads=1), graph, 2, 64, np.random.default_rng(0))
    assert (memory.described, memory.rows, memory.shown) == (9, 73, 9)
