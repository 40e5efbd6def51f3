"""A network and the task it was trained for: graphs are memorised, then questions are answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdnc.episodes.labels import Labels
from graphdnc.graph import Graph
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.questions import Asked, Example
from graphdnc.tasks.task import Episodes, Task
from graphdnc.tasks.votes import Vote


@dataclass(frozen=True)
class Decoder:
    """A network, and the task that says how it is asked and how its answers are read."""

    network: Network
    task: Task[Any]

    def vote(self, examples: Sequence[Example], rng: np.random.Generator) -> list[Vote]:
        """Let the network memorise the graph of each example, under fresh labels, and answer its question."""
        graphs, questions = [own.graph for own in examples], [own.question for own in examples]
        described = self.task.encode_graphs(graphs, rng)
        spare = max(self.task.spare_rows(own.question, own.graph.nodes) for own in examples)
        state = self.network.memorise(described.inputs, described.lengths, len(described.inputs) + spare)
        return self.answer(state, graphs, questions, described.labels)

    def answer(
        self, state: State, graphs: Sequence[Graph], questions: Sequence[Asked], labels: Sequence[Labels]
    ) -> list[Vote]:
        """Return what B episodes answer, each a question about the graph that it has memorised."""
        ours = all(isinstance(question, self.task.question) for question in questions)
        assert ours, f"questions are of one kind: {self.task.name}"
        return self.task.ask(self.network, state, Episodes(graphs, questions, labels))
