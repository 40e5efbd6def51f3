"""The interface of a task: everything the rest of the package needs to know about one kind of question.

The trainer, evaluation, sessions, traces and corpora use this interface alone. To add a task, write a
subclass of :class:`Task` in a module of its own and add it to the table in ``graphdnc/tasks/__init__.py``.
A subclass must say how its episodes are laid out, how a network is asked, and how many rows of memory a
question needs; everything else has a default, which fits questions that are answered by one path.

Answers must not need torch, so nothing here imports it: networks are asked through the ``Network`` protocol,
with arrays.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from graphdnc.episodes.encoding import CHANNELS, Description, Rows, describe, describe_rows, show
from graphdnc.episodes.labels import DigitCode, Labels, draw_labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import Steps, StepsWriter
from graphdnc.graph import Graph
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Example, Path
from graphdnc.tasks.reading import StepReader
from graphdnc.tasks.votes import Verdict, Vote, majority
from graphdnc.utils.arrays import Floats
from graphdnc.utils.parallel import stop_if_abandoned

Question = TypeVar("Question")


class Episodes(NamedTuple, Generic[Question]):
    """B questions, each about the graph that its episode has memorised under labels of its own."""

    graphs: Sequence[Graph]
    questions: Sequence[Question]
    labels: Sequence[Labels]


class EpisodeStepper:
    """Takes the steps of B episodes one at a time, with the binary channels given by number."""

    def __init__(self, network: Network, state: State, code: DigitCode, channels: int) -> None:
        self.code, self.channels = code, channels
        self._stepper = network.stepper(state)

    def step(self, heard: NDArray[np.int64], active: NDArray[np.bool_], *channels: int) -> Floats:
        """Show triples of labels ``[B, 3]`` with some channels on; return logits ``[B, output]``.

        Where ``active`` ``[B]`` is false, an episode does not change.
        """
        stop_if_abandoned()
        flags = np.zeros((len(heard), self.channels), np.float32)
        flags[:, list(channels)] = 1
        return self._stepper.step(show(heard, flags, self.code), active)


class Rollout(Protocol):
    """The answer of one training episode, move by move; a move may be the network's own."""

    @property
    def open(self) -> bool:
        """Whether there is a move to make."""
        ...

    def add_step(self, steps: StepsWriter) -> None:
        """Add the step of the next move, with every move that is right from here."""
        ...

    def move_as_taught(self, rng: Generator) -> None:
        """Make a right move, drawn at random."""
        ...

    def move_as_preferred(self, logits: Floats) -> None:
        """Make the move that the network prefers, given logits ``[output]``."""
        ...


class Task(ABC, Generic[Question]):
    """One kind of question, with the label code and the planning of one network.

    Class attributes:
        name: the name in options, curricula, corpora and checkpoints.
        question: the class of its questions, or the classes.
        known_relations: whether relations keep the same labels in every episode.
        planned: whether a network plans before it answers.
        aloud_only: whether it cannot be planned in silence.
        falls_silent: whether a network that plans aloud can learn to plan in silence.
        instructed: whether a network carries out the instructions of a kinship rule.
        in_corpora: whether examples can be stored in a corpus.
        largest: nodes and triples of the largest graph that is memorised whole; ``None`` for no limit.
        usual_votes: how often a question is asked by default, at most.
        reported: the parts of the examples that an evaluation reports (:meth:`parts`).
        reports_valid: whether an evaluation also reports answers that are valid, but not the best.
    """

    name: ClassVar[str]
    question: ClassVar[type[Any] | tuple[type[Any], ...]]
    known_relations: ClassVar[bool] = False
    planned: ClassVar[bool] = True
    aloud_only: ClassVar[bool] = False
    falls_silent: ClassVar[bool] = False
    instructed: ClassVar[bool] = False
    in_corpora: ClassVar[bool] = True
    largest: ClassVar[tuple[int, int] | None] = None
    usual_votes: ClassVar[int] = 8
    reported: ClassVar[tuple[str, ...]] = ()
    reports_valid: ClassVar[bool] = False

    def __init__(self, code: DigitCode, planning: Planning | None = None) -> None:
        """Raise ValueError if a network of this task cannot plan like that."""
        if self.planned != (planning is not None):
            raise ValueError(f"{self.name} is {'' if self.planned else 'not '}planned")
        if planning is not None and (refusal := self.refusal(planning)):
            raise ValueError(refusal)
        self.code, self._planning = code, planning

    @classmethod
    def refusal(cls, planning: Planning) -> str | None:
        """Return why a run of this task cannot have these settings, or ``None`` if it can."""
        if cls.aloud_only and not planning.aloud:
            return f"planning.aloud is false; {cls.name} is planned aloud: leave it out"
        if planning.silent and not cls.falls_silent:
            return f"planning.silent is true; {cls.name} cannot learn that: leave it out"
        if planning.instructed != cls.instructed:
            return f"planning.instructed is {str(planning.instructed).lower()}; kinship alone needs it"
        return None

    @property
    def planning(self) -> Planning | None:
        """How the network plans; ``None`` if the task is not planned."""
        return self._planning

    def in_silence(self) -> Self:
        """Return the same task with planning in silence; ValueError if the network cannot do that."""
        if self._planning is None:
            raise ValueError(f"{self.name} is not planned, so there is nothing to leave unsaid")
        return type(self)(self.code, self._planning.in_silence())

    # How episodes are laid out.

    @property
    def channels(self) -> int:
        """The number of binary channels beside the labels of a triple."""
        return CHANNELS

    @property
    def input_size(self) -> int:
        """How many numbers the network sees at each step: 92 with the paper's code and channels."""
        return 3 * self.code.width + self.channels

    def encode_graphs(self, graphs: Sequence[Graph], rng: Generator) -> Description:
        """Lay out the description phase of graphs under freshly drawn labels."""
        labels = [draw_labels(rng, graph, self.code) for graph in graphs]
        rows = self.describe(graphs, labels, rng)
        return describe_rows(rows, labels, self.description_channels(max(map(len, rows))), self.code)

    def describe(self, graphs: Sequence[Graph], labels: Sequence[Labels], rng: Generator) -> list[Rows]:
        """Return the rows ``[rows, 3]``, in labels, that describe each graph; by default all its triples."""
        return [describe(graph, own, rng) for graph, own in zip(graphs, labels, strict=True)]

    def description_channels(self, steps: int) -> Floats:
        """Return the channels ``[steps, channels]`` during the description; by default all are 0."""
        return np.zeros((steps, self.channels), np.float32)

    def described_rows(self, graph: Graph) -> int:
        """Return how many rows of memory describing a graph takes at most."""
        return len(graph)

    @abstractmethod
    def spare_rows(self, question: Question, nodes: int) -> int:
        """Return how many rows of memory a question takes, beside those of a graph with ``nodes`` nodes."""

    @abstractmethod
    def lay_out(self, example: Example, labels: Labels, rows: Rows, rng: Generator) -> Steps:
        """Return the steps after the description, with what is right to say at each.

        ``rows`` ``[rows, 3]`` are the labels that described the graph.
        """

    def rollout(self, example: Example, labels: Labels) -> Rollout | None:
        """Return the answer move by move, if training may let the network choose moves itself."""
        return None

    # How a network is asked.

    def shown_graphs(self, graph: Graph, votes: int, rng: Generator) -> list[Graph]:
        """Return what each of ``votes`` memories is shown of a graph; by default the whole graph."""
        return [graph] * votes

    def shown_triples(self, graph: Graph, votes: int) -> int:
        """Return how many triples of a graph ``votes`` memories are shown, all together."""
        return len(graph)

    @abstractmethod
    def ask(self, network: Network, state: State, episodes: Episodes[Question]) -> list[Vote]:
        """Return the votes of B episodes."""

    def step_reader(self, graph: Graph, labels: Labels, question: Question) -> StepReader:
        """Return what reads the steps of an answer back by name, for a trace."""
        return StepReader(graph, labels, self.code)

    # What counts as right.

    @classmethod
    def count(cls, question: Question, votes: Sequence[Vote]) -> Verdict:
        """Return the answer that all votes give together; by default the majority's."""
        return majority(votes)

    @classmethod
    def is_right(cls, example: Example, votes: Sequence[Vote]) -> bool:
        """Tell whether all votes together give a whole answer that is right."""
        question: Any = example.question
        path = cls.count(question, votes).path
        return path is not None and cls.is_answer(example.graph, question, path)

    @classmethod
    def is_answer(cls, graph: Graph, question: Question, path: Path) -> bool:
        """Tell whether a path answers a question about a graph."""
        return is_answer(graph, question, path)  # type: ignore[arg-type]

    @classmethod
    def is_valid(cls, example: Example, path: Path) -> bool:
        """Tell whether a path is of the kind asked for, if perhaps not the best one."""
        question: Any = example.question
        return cls.is_answer(example.graph, question, path)

    @classmethod
    def parts(cls, example: Example) -> dict[str, str | int | bool]:
        """Return the parts of an evaluation that an example belongs to, each reported by itself."""
        return {"length": len(example.answer)}

    @classmethod
    def length(cls, example: Example) -> int:
        """Return how long an answer is, roughly: examples of like length share a batch."""
        return len(example.answer)

    # How examples are stored.

    @classmethod
    def restore(cls, answer: Path) -> Question:
        """Return the question that a stored answer belongs to; its start is that of the answer.

        Raises:
            ValueError: there is no such question.
        """
        raise NotImplementedError(f"{cls.name} is not stored in corpora")
