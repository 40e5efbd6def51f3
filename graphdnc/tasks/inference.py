"""The task "inference": follow a relation that no triple states.

The steps are a query, the triples that the relation stands for, said one by one, and the answer. No triple
says what a relation stands for: the network learns it by heart. So edges and relations have the same labels
in every episode, 0 to 9 and 10 to 409. Nodes get new ones. The network plans aloud: its output is its next
input. ::

    phase     triple heard                 transition  answer wanted  planning   what may be said
    query     (start, relation, blank)         1            0            0       nothing
    planning  (blank, blank, start)            1            0            1       (start, edge 1, END)
              (start, edge 1, blank)           0            0            1       (start, edge 1, b)
              (start, edge 1, b)               0            0            1       (b, edge 2, END)
              (b, edge 2, blank)               0            0            1       (b, edge 2, c)
              (b, edge 2, c)                   0            0            1       the end: three END labels
    answer    (blank, blank, blank)            1            1            0       (start, relation, c)
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from graphdnc.episodes.encoding import Rows, decode, log_probabilities, read_answers
from graphdnc.episodes.labels import END, Labels
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION, Steps, StepsWriter, in_labels
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.oracle.solve import is_path
from graphdnc.questions import Example, Path, Relation, ShortestPath
from graphdnc.questions.relation_table import EDGES, LENGTHS, number_of
from graphdnc.tasks.task import Episodes, EpisodeStepper, Task
from graphdnc.tasks.votes import Vote

SPARE = 4
"""Rows of memory beside those of the graph: one for the query, and some that stay empty, so that a lookup can
find nothing."""
BUDGET = 2 * LENGTHS[1] + 1
"""The maximum number of planning steps: two for each edge, and one for the end."""


class InferenceTask(Task[Relation]):
    """Relations of the fixed table; a network says aloud which edges it follows."""

    name = "inference"
    question = Relation
    known_relations = True
    aloud_only = True

    @property
    def channels(self) -> int:
        """The paper's channels, and one that says that the network is planning."""
        return super().channels + 1

    def spare_rows(self, question: Relation, nodes: int) -> int:
        """Return how many rows of memory a question takes."""
        return SPARE

    def lay_out(self, example: Example, labels: Labels, rows: Rows, rng: Generator) -> Steps:
        """Return query, planning and answer, laid out as above."""
        assert isinstance(example.question, Relation)
        return lay_out(example.question, example.answer, labels)

    def ask(self, network: Network, state: State, episodes: Episodes[Relation]) -> list[Vote]:
        """Return the votes of B episodes."""
        stepper = EpisodeStepper(network, state, self.code, self.channels)
        return _Chain(stepper, episodes).run()

    @classmethod
    def restore(cls, answer: Path) -> Relation:
        """Return the question for the relation that stands for the edges of a path.

        Raises:
            ValueError: no relation does.
        """
        return Relation(answer[0].source, number_of([triple.relation for triple in answer]))


def lay_out(question: Relation, answer: Path, labels: Labels) -> Steps:
    """Return the steps of a question about a relation."""
    steps = StepsWriter()
    asked = query(question, labels)
    steps.add(asked, [], transition=True)
    heard = [BLANK, BLANK, asked[0]]
    for index, triple in enumerate(answer):
        [[source, edge, target]] = in_labels([triple], labels)
        steps.add(heard, [[source, edge, END]], transition=index == 0, planning=True)
        steps.add([source, edge, BLANK], [[source, edge, target]], planning=True)
        heard = [source, edge, target]
    steps.add(heard, [[END] * 3], planning=True)
    told = [*asked[:2], int(labels.nodes[answer[-1].target])]
    steps.add([BLANK] * 3, [told], transition=True, answering=True)
    return steps.steps()


def query(question: Relation, labels: Labels) -> list[int]:
    """Return the labels of the query step."""
    return [int(labels.nodes[question.start]), EDGES + question.relation, BLANK]


def as_heard(said: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return statements ``[B, 3]`` as they are heard: END as a node is blank; 0 as an edge is a label."""
    nodes = np.where(said == END, BLANK, said)
    return np.stack([nodes[:, 0], said[:, 1], nodes[:, 2]], axis=1)


class _Chain:
    """B relations followed together, edge by edge."""

    def __init__(self, stepper: EpisodeStepper, episodes: Episodes[Relation]) -> None:
        self.stepper, self.code = stepper, stepper.code
        self.graphs, self.questions, self.labels = episodes
        asked = [query(question, own) for question, own in zip(self.questions, self.labels, strict=True)]
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
        for step in range(BUDGET):
            logits = self.stepper.step(heard, active, *[TRANSITION] * (step == 0), PLANNING)
            said = read_answers(logits, self.code)
            asking = active & (heard[:, 2] == BLANK)
            for index in np.flatnonzero(asking).tolist():
                followed[index].append(said[index])
            active &= ~(said == END).all(-1)
            heard = as_heard(said)
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
