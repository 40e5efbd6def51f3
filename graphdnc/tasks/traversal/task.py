"""The task "traversal": start at a node and follow relations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import Labels
from graphdnc.episodes.steps import Steps
from graphdnc.graph import Graph
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.questions import Example, Path, Traversal
from graphdnc.tasks.task import Task
from graphdnc.tasks.traversal.decoding import walk
from graphdnc.tasks.traversal.fan_out import one_of_each, shown_in_all
from graphdnc.tasks.traversal.layout import FEWEST_ROWS, lay_out, pad_rows
from graphdnc.tasks.votes import Vote


class TraversalTask(Task[Traversal]):
    """Traversals; a network answers at once, without planning."""

    name = "traversal"
    question = Traversal
    planned = False
    lists_ends = True
    # Among more nodes a network loses its way along one relation (docs/sizes.md); with more triples an
    # answer would take more than ten seconds.
    largest = (400, 10_000)

    def describe(
        self, graphs: Sequence[Graph], labels: Sequence[Labels], rng: np.random.Generator
    ) -> list[NDArray[np.int64]]:
        """Return all triples of each graph, and some that mean nothing where there are fewer than four."""
        described = super().describe(graphs, labels, rng)
        return [pad_rows(rows, own, rng, self.code) for rows, own in zip(described, labels, strict=True)]

    def described_rows(self, graph: Graph) -> int:
        """Return how many rows of memory describing a graph takes at most."""
        return max(len(graph), FEWEST_ROWS)

    def spare_rows(self, question: Traversal, nodes: int) -> int:
        """Return how many rows of memory a question takes: one for each of its steps."""
        return 2 * len(question.relations) + 1

    def lay_out(
        self, example: Example, labels: Labels, rows: NDArray[np.int64], rng: np.random.Generator
    ) -> Steps:
        """Return the query and the answer, as ``layout.py`` shows."""
        assert isinstance(example.question, Traversal)
        return lay_out(example.question, example.answer, labels)

    def shown_graphs(self, graph: Graph, votes: int, rng: np.random.Generator) -> list[Graph]:
        """Return graphs with one of the triples that leave a node by the same relation, in turn."""
        return one_of_each(graph, votes, rng)

    def shown_triples(self, graph: Graph, votes: int) -> int:
        """Return how many triples these graphs have together."""
        return shown_in_all(graph, votes)

    def ask(
        self,
        network: Network,
        state: State,
        graphs: Sequence[Graph],
        questions: Sequence[Traversal],
        labels: Sequence[Labels],
    ) -> list[Vote]:
        """Return what B episodes answer."""
        return walk(network, self.code, self.channels, state, questions, labels)

    @classmethod
    def restore(cls, answer: Path) -> Traversal:
        """Return the traversal along a path."""
        return Traversal(answer[0].source, tuple(triple.relation for triple in answer))
