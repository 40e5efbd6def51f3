"""The task "inference": follow a relation that no triple states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import Steps
from graphdnc.graph import Graph
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.questions import Example, Path, Relation
from graphdnc.questions.relation_table import number_of
from graphdnc.tasks.inference.decoding import Chain
from graphdnc.tasks.inference.layout import SPARE, lay_out
from graphdnc.tasks.stepping import EpisodeStepper
from graphdnc.tasks.task import Task
from graphdnc.tasks.votes import Vote


class InferenceTask(Task[Relation]):
    """Relations of the fixed table; a network says aloud which edges it follows."""

    name = "inference"
    question = Relation
    known_relations = True

    @classmethod
    def refusal(cls, planning: Planning) -> str | None:
        """Return why a run of this task cannot have these settings, or ``None`` if it can."""
        if not planning.aloud:
            return f"planning.aloud is false; {cls.name} is planned aloud: leave it out"
        return super().refusal(planning)

    @property
    def channels(self) -> int:
        """The paper's channels, and one that says that the network is planning."""
        return super().channels + 1

    def spare_rows(self, question: Relation, nodes: int) -> int:
        """Return how many rows of memory a question takes."""
        return SPARE

    def lay_out(
        self, example: Example, labels: Labels, rows: NDArray[np.int64], rng: np.random.Generator
    ) -> Steps:
        """Return query, planning and answer, as ``layout.py`` shows."""
        assert isinstance(example.question, Relation)
        return lay_out(example.question, example.answer, labels)

    def ask(
        self,
        network: Network,
        state: State,
        graphs: Sequence[Graph],
        questions: Sequence[Relation],
        labels: Sequence[Labels],
    ) -> list[Vote]:
        """Return what B episodes answer."""
        stepper = EpisodeStepper(network, state, self.code, self.channels)
        return Chain(stepper, graphs, questions, labels).run()

    @classmethod
    def restore(cls, answer: Path) -> Relation:
        """Return the question for the relation that stands for the edges of a path.

        Raises:
            ValueError: no relation does.
        """
        return Relation(answer[0].source, number_of([triple.relation for triple in answer]))
