"""The task "inference": follow a relation that no triple states.

The steps are a query, the triples that the relation stands for, said one by one, and the answer. No triple
says what a relation stands for: the network learns it by heart. So edges and relations have the same labels
in every episode, 0 to 9 and 10 to 409. Nodes get new ones. A network that plans aloud hears what it says. ::

    phase     triple heard                 transition  answer wanted  planning   what may be said
    query     (start, relation, blank)         1            0            0       nothing
    planning  (blank, blank, start)            1            0            1       (start, edge 1, END)
              (start, edge 1, blank)           0            0            1       (start, edge 1, b)
              (start, edge 1, b)               0            0            1       (b, edge 2, END)
              (b, edge 2, blank)               0            0            1       (b, edge 2, c)
              (b, edge 2, c)                   0            0            1       the end: three END labels
    answer    (blank, blank, blank)            1            1            0       (start, relation, c)

In silence, all triples heard while planning are blank, and there are as many steps as the longest plan has. A
network that learns to fall silent (``planning.silent``) is taught plans of that length too: after the end it
hears blanks and says the end again.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from graphdnc.episodes.encoding import Rows, decode, log_probabilities, read_answers
from graphdnc.episodes.labels import END, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION, Steps, StepsWriter, in_labels
from graphdnc.graph import Graph, Triple
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
_NOTHING = [BLANK] * 3


class InferenceTask(Task[Relation]):
    """Relations of the fixed table; a network says aloud which edges it follows."""

    name = "inference"
    question = Relation
    known_relations = True
    falls_silent = True

    @property
    def planning(self) -> Planning:
        """How the network plans."""
        assert self._planning is not None
        return self._planning

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
        return lay_out(example.question, example.answer, labels, self.planning)

    def ask(self, network: Network, state: State, episodes: Episodes[Relation]) -> list[Vote]:
        """Return the votes of B episodes."""
        stepper = EpisodeStepper(network, state, self.code, self.channels)
        return _Chain(stepper, self.planning, episodes).run()

    @classmethod
    def is_answer(cls, graph: Graph, question: Relation, path: Path) -> bool:
        """Tell whether a path is that of the relation, or one triple that says where the relation leads."""
        if len(path) != 1:  # no relation stands for one edge
            return super().is_answer(graph, question, path)
        ends = {question.start}
        for edge in question.edges:
            ends = {triple.target for node in ends for triple in graph.follow(node, edge)}
        [(start, relation, end)] = path
        return (start, relation) == (question.start, EDGES + question.relation) and end in ends

    @classmethod
    def restore(cls, answer: Path) -> Relation:
        """Return the question for the relation that stands for the edges of a path.

        Raises:
            ValueError: no relation does.
        """
        return Relation(answer[0].source, number_of([triple.relation for triple in answer]))


def lay_out(question: Relation, answer: Path, labels: Labels, planning: Planning) -> Steps:
    """Return the steps of a question about a relation."""
    steps = StepsWriter()
    asked = query(question, labels)
    steps.add(asked, [], transition=True)
    plan = _plan(asked[0], in_labels(answer, labels)) if planning.aloud else []
    if planning.silent or not planning.aloud:
        end = [[END] * 3] if planning.aloud else []
        plan += [(_NOTHING, end)] * (BUDGET - len(plan))
    for index, (heard, right) in enumerate(plan):
        steps.add(heard, right, transition=index == 0, planning=True)
    told = [*asked[:2], int(labels.nodes[answer[-1].target])]
    steps.add(_NOTHING, [told], transition=True, answering=True)
    return steps.steps()


def _plan(start: int, answer: list[list[int]]) -> list[tuple[list[int], list[list[int]]]]:
    """Return what is heard and what is right to say at each step of a plan aloud, in labels."""
    heard = [BLANK, BLANK, start]
    plan = []
    for source, edge, target in answer:
        plan += [(heard, [[source, edge, END]]), ([source, edge, BLANK], [[source, edge, target]])]
        heard = [source, edge, target]
    return [*plan, (heard, [[END] * 3])]


def query(question: Relation, labels: Labels) -> list[int]:
    """Return the labels of the query step."""
    return [int(labels.nodes[question.start]), EDGES + question.relation, BLANK]


def as_heard(said: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return statements ``[B, 3]`` as they are heard: END as a node is blank; 0 as an edge is a label."""
    nodes = np.where(said == END, BLANK, said)
    return np.stack([nodes[:, 0], said[:, 1], nodes[:, 2]], axis=1)


class _Chain:
    """B relations followed together, edge by edge or in silence."""

    def __init__(self, stepper: EpisodeStepper, planning: Planning, episodes: Episodes[Relation]) -> None:
        self.stepper, self.planning, self.code = stepper, planning, stepper.code
        self.graphs, self.questions, self.labels = episodes
        asked = [query(question, own) for question, own in zip(self.questions, self.labels, strict=True)]
        self.query = np.array(asked, np.int64)
        self.nothing, self.everyone = np.full_like(self.query, BLANK), np.ones(len(asked), bool)

    def run(self) -> list[Vote]:
        """Follow, answer and return a vote for every episode."""
        self.stepper.step(self.query, self.everyone, TRANSITION)
        followed = self._follow() if self.planning.aloud else None
        if followed is None:
            for step in range(BUDGET):
                self.stepper.step(self.nothing, self.everyone, *_channels(step))
        logits = self.stepper.step(self.nothing, self.everyone, TRANSITION, ANSWER_WANTED)
        said = read_answers(logits, self.code)
        sure = np.exp(log_probabilities(logits, said[:, None], self.code).squeeze(-1)).tolist()
        if followed is None:
            paths = [self._completed(*own) for own in enumerate(said)]
        else:
            paths = [self._said(index, *own) for index, own in enumerate(zip(said, followed, strict=True))]
        return [Vote(*own) for own in zip(paths, sure, strict=True)]

    def _follow(self) -> list[list[NDArray[np.int64]]]:
        """Let the network say which edges it follows and where they lead, until it says the end."""
        heard = self.nothing.copy()
        heard[:, 2] = self.query[:, 0]
        following = self.everyone.copy()
        followed: list[list[NDArray[np.int64]]] = [[] for _ in following]
        for step in range(BUDGET):
            # a network that also plans in silence takes all steps
            active = self.everyone if self.planning.silent else following
            logits = self.stepper.step(heard, active, *_channels(step))
            said = read_answers(logits, self.code)
            asking = following & (heard[:, 2] == BLANK)
            for index in np.flatnonzero(asking).tolist():
                followed[index].append(said[index])
            following &= ~(said == END).all(-1)
            heard = np.where(following[:, None], as_heard(said), BLANK)
        # without an end the path is not complete
        return [[] if endless else path for path, endless in zip(followed, following, strict=True)]

    def _said(self, index: int, answer: NDArray[np.int64], followed: list[NDArray[np.int64]]) -> Path | None:
        """Return the path that an episode said, if the graph has it and the answer names its end."""
        path = decode(np.array([*followed, [END] * 3]), self.labels[index])
        completed = self._completed(index, answer)
        if not path or completed is None or path[-1].target != completed[0].target:
            return None
        question = ShortestPath(self.questions[index].start, path[-1].target)
        return path if is_path(self.graphs[index], question, path) else None

    def _completed(self, index: int, answer: NDArray[np.int64]) -> Path | None:
        """Return the triple that completes the query, if the answer does so with a node of the graph."""
        ends = np.flatnonzero(self.labels[index].nodes == answer[2]).tolist()
        if not ends or answer[:2].tolist() != self.query[index, :2].tolist():
            return None
        question = self.questions[index]
        return (Triple(question.start, EDGES + question.relation, ends[0]),)


def _channels(step: int) -> tuple[int, ...]:
    return (TRANSITION, PLANNING) if step == 0 else (PLANNING,)
