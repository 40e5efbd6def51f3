"""How a network is asked for relations: it says the edges that it follows, then the answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.encoding import decode, log_probabilities, read_answers
from graphdnc.episodes.labels import END, Labels
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION
from graphdnc.graph import Graph
from graphdnc.oracle.solve import is_path
from graphdnc.questions import Relation, ShortestPath
from graphdnc.tasks.inference import layout
from graphdnc.tasks.stepping import EpisodeStepper
from graphdnc.tasks.votes import Vote


class Chain:
    """B relations followed together, edge by edge (``layout.py``)."""

    def __init__(
        self,
        stepper: EpisodeStepper,
        graphs: Sequence[Graph],
        questions: Sequence[Relation],
        labels: Sequence[Labels],
    ) -> None:
        self.stepper, self.code, self.labels = stepper, stepper.code, labels
        self.graphs, self.questions = graphs, questions
        asked = [layout.query(question, own) for question, own in zip(questions, labels, strict=True)]
        self.query = np.array(asked, np.int64)

    def run(self) -> list[Vote]:
        """Follow, answer and return a vote for every episode."""
        everyone = np.ones(len(self.query), bool)
        self.stepper.step(self.query, everyone, TRANSITION)
        followed = self._follow(everyone)
        logits = self.stepper.step(np.full_like(self.query, BLANK), everyone, TRANSITION, ANSWER_WANTED)
        said = read_answers(logits, self.code)
        sure = np.exp(log_probabilities(logits, said[:, None], self.code).squeeze(-1)).tolist()
        answers = zip(said, followed, sure, strict=True)
        return [self._vote(index, *answer) for index, answer in enumerate(answers)]

    def _follow(self, everyone: NDArray[np.bool_]) -> list[list[NDArray[np.int64]]]:
        """Let the network say which edges it follows and where they lead, until it says the end."""
        heard = np.full_like(self.query, BLANK)
        heard[:, 2] = self.query[:, 0]
        active = everyone.copy()
        followed: list[list[NDArray[np.int64]]] = [[] for _ in everyone]
        for step in range(layout.BUDGET):
            logits = self.stepper.step(heard, active, *[TRANSITION] * (step == 0), PLANNING)
            said = read_answers(logits, self.code)
            asking = active & (heard[:, 2] == BLANK)
            for index in np.flatnonzero(asking).tolist():
                followed[index].append(said[index])
            active &= ~(said == END).all(-1)
            heard = layout.heard(said)
        # without an end the path is not complete
        return [[] if endless else path for path, endless in zip(followed, active, strict=True)]

    def _vote(
        self, index: int, answer: NDArray[np.int64], followed: list[NDArray[np.int64]], sure: float
    ) -> Vote:
        """Return a vote for the path said, if the graph has it and the answer names its end."""
        labels, start = self.labels[index], self.questions[index].start
        path = decode(np.array([*followed, [END] * 3]), labels)
        if not path or not is_path(self.graphs[index], ShortestPath(start, path[-1].target), path):
            return Vote(None, sure)
        completed = [*self.query[index, :2].tolist(), int(labels.nodes[path[-1].target])]
        return Vote(path if answer.tolist() == completed else None, sure)
