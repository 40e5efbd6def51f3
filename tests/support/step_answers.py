"""Networks asked step by step about small graphs, and a network that talks nonsense."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from stand_ins import CODE, Seeker, Talker

from graphdnc.answering.decoding import Decoder
from graphdnc.episodes.encoding import describe, show
from graphdnc.episodes.labels import END, Labels, draw_labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import BLANK
from graphdnc.graph import Graph
from graphdnc.tasks.shortest_path.layout import without_loops
from graphdnc.tasks.shortest_path.task import ShortestPathTask

ALOUD, SILENT = Planning(), Planning(aloud=False, steps=2, steps_per_node=1)
QUERY, FIRST, PLAN, MOVE, ON = (1, 0, 0), (1, 0, 1), (0, 0, 1), (1, 1, 0), (0, 1, 0)
"""Transition, answer wanted, planning: the channels of every kind of step."""
END_OF_ALL = (END, END, END)
#   0 -0-> 1 -0-> 2 -0-> 3, back again by relation 1, and 4 -0-> 0; nothing leads to 4
LINE = Graph(np.array([[0, 0, 1], [1, 0, 2], [2, 0, 3], [3, 1, 2], [2, 1, 1], [1, 1, 0], [4, 0, 0]]), 5, 2)
LABELS = Labels(np.array([100, 200, 300, 400, 500]), np.array([0, 9]))


def rng(seed=0):
    return np.random.default_rng(seed)


def answer(network, graphs, questions, planning=ALOUD, labels=None, seed=0):
    """Ask each question of its graph; labels are fresh ones where none are given."""
    task = ShortestPathTask(CODE, planning)
    labels = labels or [draw_labels(rng(seed), graph, CODE) for graph in graphs]
    shown_graphs = [without_loops(graph) for graph in graphs]
    described = [describe(*pair, rng(seed)) for pair in zip(shown_graphs, labels, strict=True)]
    lengths = [len(triples) for triples in described]
    shown = np.full((max(lengths), len(graphs), 3), BLANK)
    for index, triples in enumerate(described):
        shown[: len(triples), index] = triples
    inputs = show(shown, np.zeros((*shown.shape[:2], task.channels), np.float32), CODE)
    rows = len(inputs) + max(planning.rows(graph.nodes) for graph in graphs)
    state = network.memorise(inputs, np.array(lengths), rows)
    return Decoder(network, task).answer(state, graphs, questions, labels)


def seeker(**options):
    return Talker(lambda triples, number: Seeker(triples, number, **options))


@st.composite
def graphs(draw, most=6):
    nodes, relations = draw(st.integers(1, most)), draw(st.integers(1, 3))
    rows = st.tuples(st.integers(0, nodes - 1), st.integers(0, relations - 1), st.integers(0, nodes - 1))
    triples = draw(st.sets(rows, min_size=1, max_size=3 * nodes))
    return Graph(np.array(sorted(triples)), nodes, relations)


class Babbler:
    """Says whatever comes: any numbers, triples it was shown, found or not, and now and then an end.

    What it says depends on its seed and on how many steps it was asked at, and on nothing else.
    """

    def __init__(self, triples, seed):
        self.triples, self.rng = triples, rng(seed)

    def __call__(self, heard, channels):
        source, relation, target = self.triples[self.rng.integers(len(self.triples))]
        chance = self.rng.random()
        if chance < 0.05:
            return END_OF_ALL
        if chance < 0.2:
            return self.rng.normal(scale=5, size=90).astype(np.float32)
        kinds = [
            (source, relation, target),
            (source, END, END),
            (END, END, target),
            (target, relation, source),
        ]
        return kinds[self.rng.integers(4)]
