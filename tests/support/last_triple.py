"""A toy task, as somebody would add it: name the last triple of the description again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphdnc.episodes.encoding import decode, read_answers, stack_steps
from graphdnc.episodes.labels import END
from graphdnc.episodes.steps import BLANK, StepsWriter, in_labels
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example
from graphdnc.tasks.task import Task
from graphdnc.tasks.votes import Vote


@dataclass(frozen=True)
class LastTriple:
    """Which triple was shown last?"""


def example(rng: np.random.Generator, nodes: int = 6) -> Example:
    """Return a path through all nodes in random order; its last triple is the answer."""
    order = rng.permutation(nodes)
    graph = Graph(np.stack([order[:-1], np.zeros(nodes - 1, int), order[1:]], axis=1), nodes, 1)
    return Example(graph, LastTriple(), (list(graph)[-1],))


class LastTripleTask(Task[LastTriple]):
    """Triples are shown in the order of the graph, then the last one is said, then the end."""

    name = "last-triple"
    question = LastTriple
    planned = False

    def describe(self, graphs, labels, rng):
        triples = [np.array(in_labels(graph.triples, own)) for graph, own in zip(graphs, labels, strict=True)]
        return triples

    def spare_rows(self, question, nodes):
        return 2

    def lay_out(self, example, labels, rows, rng):
        return _steps(rows[-1].tolist())

    def ask(self, network, state, episodes) -> list[Vote]:
        asked = stack_steps([_steps([BLANK] * 3)] * len(episodes.graphs), self.code, self.channels)
        said = read_answers(network.run(asked.steps, state, asked.active), self.code)
        return [Vote(decode(said[:, index], own), 1.0) for index, own in enumerate(episodes.labels)]

    @classmethod
    def is_answer(cls, graph, question, path):
        return path == (list(graph)[-1],)

    @classmethod
    def restore(cls, answer: tuple[Triple, ...]) -> LastTriple:
        return LastTriple()


def _steps(last):
    steps = StepsWriter()
    steps.add([BLANK] * 3, [last], transition=True, answering=True)
    steps.add([BLANK] * 3, [[END] * 3], answering=True)
    return steps.steps()
