"""Relations on a chain of edges and on random graphs, in labels. ::

0 -0-> 1 -4-> 2 -2-> 3, and an edge that leads astray
"""

from __future__ import annotations

import numpy as np

from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.questions.inference import random_relation
from graphdnc.episodes.labels import DigitCode, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.graph import Graph
from graphdnc.questions import Example
from graphdnc.questions.relation_table import EDGES
from graphdnc.tasks.inference import InferenceTask

CODE = DigitCode(known_relations=True)
ALOUD, SILENT, BOTH = Planning(), Planning(aloud=False), Planning(silent=True)
TASK = InferenceTask(CODE, ALOUD)
#   0 -0-> 1 -4-> 2 -2-> 3, and an edge that leads astray
CHAIN = Graph(np.array([[0, 0, 1], [1, 4, 2], [2, 2, 3], [1, 0, 3]]), 4, EDGES)
LABELS = Labels(np.array([11, 22, 33, 44]), np.arange(EDGES))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def example(seed: int, length: int = 0) -> Example:
    """A relation of 2 to 5 edges in a small random graph."""
    drawing = rng(seed)
    while True:
        graph = random_graph(drawing, 6, (2, 4), EDGES)
        try:
            return random_relation(drawing, graph, length or 2 + seed % 4)
        except ValueError:
            continue
