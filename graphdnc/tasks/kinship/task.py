"""The task "kinship": list all relatives of a person by a term of kinship."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from graphdnc.episodes.encoding import Rows
from graphdnc.episodes.labels import Labels
from graphdnc.episodes.steps import Steps
from graphdnc.graph import Graph
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.program import compile_rule
from graphdnc.kinship.vocabulary import number_of
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.questions import Example, Kin, Path
from graphdnc.tasks.kinship import facts
from graphdnc.tasks.kinship.decoding import list_relatives, spare_rows
from graphdnc.tasks.kinship.layout import TICK, channels
from graphdnc.tasks.kinship.reading import KinshipStepReader
from graphdnc.tasks.kinship.teacher import lay_out
from graphdnc.tasks.task import Episodes, Task
from graphdnc.tasks.votes import Verdict, Vote, listed_by_most
from graphdnc.utils.arrays import Floats


class KinshipTask(Task[Kin]):
    """Questions for relatives; a network carries out the instructions of a rule one by one."""

    name = "kinship"
    question = Kin
    known_relations = True
    aloud_only = instructed = True
    in_corpora = False
    largest = (999, sys.maxsize)
    usual_votes = 16
    reported = ("length", "nobody", "term")

    @property
    def channels(self) -> int:
        """The number of channels beside the labels of a triple: flags, the clock and the instruction."""
        return channels(self.code.width).size

    def describe(self, graphs: Sequence[Graph], labels: Sequence[Labels], rng: Generator) -> list[Rows]:
        """Return the facts of each family, stated from both sides."""
        return [facts.describe(graph, own, rng) for graph, own in zip(graphs, labels, strict=True)]

    def description_channels(self, steps: int) -> Floats:
        """Return the channels ``[steps, channels]`` during the description: the clock counts the rows."""
        shown = super().description_channels(steps)
        shown[:, channels(self.code.width).clock] = np.arange(steps) * TICK
        return shown

    def described_rows(self, graph: Graph) -> int:
        """Return how many rows of memory describing a graph takes at most."""
        return 2 * self.shown_triples(graph, 1)

    def spare_rows(self, question: Kin, nodes: int) -> int:
        """Return how many rows of memory carrying out a rule takes at most."""
        return spare_rows(nodes, compile_rule(question.term.rule))

    def lay_out(self, example: Example, labels: Labels, rows: Rows, rng: Generator) -> Steps:
        """Return the steps of a rule carried out on the facts described."""
        assert isinstance(example.question, Kin)
        question = example.question
        person, term = int(labels.nodes[question.person]), number_of(question.term)
        return lay_out(rows, compile_rule(question.term.rule), person, self.code, term)

    def shown_triples(self, graph: Graph, votes: int) -> int:
        """Return how many triples state facts of kinship."""
        roles = roles_of(graph)
        return sum(triple.relation in roles and triple.source != triple.target for triple in graph)

    def ask(self, network: Network, state: State, episodes: Episodes[Kin]) -> list[Vote]:
        """Return the votes of B episodes."""
        return list_relatives(network, self.code, state, episodes)

    def step_reader(self, graph: Graph, labels: Labels, question: Kin) -> KinshipStepReader:
        """Return what reads the steps of an answer back by name, for a trace."""
        return KinshipStepReader(graph, labels, self.code, question)

    @classmethod
    def count(cls, question: Kin, votes: Sequence[Vote]) -> Verdict:
        """Return everybody whom more than half of the votes list; votes that list the same people agree.

        Of the ways that votes give to a person, this is the one whose facts are most often stated from the
        near side. If fewer than half of the votes finished, there is no answer.
        """
        return listed_by_most(votes, lambda way: _turned(question.person, way))

    @classmethod
    def is_right(cls, example: Example, votes: Sequence[Vote]) -> bool:
        """Tell whether the votes together list all relatives and nobody else."""
        assert isinstance(example.question, Kin)
        verdict = cls.count(example.question, votes)
        ended = verdict.denies or bool(verdict.relatives)
        return ended and {one.person for one in verdict.relatives} == example.people

    @classmethod
    def parts(cls, example: Example) -> dict[str, str | int | bool]:
        """Return the steps of the rule, the term, and whether there is nobody of that kin."""
        assert isinstance(example.question, Kin)
        term = example.question.term
        return {"length": term.rule.steps, "term": term.name, "nobody": not example.people}

    @classmethod
    def length(cls, example: Example) -> int:
        """Return how many instructions the rule has."""
        assert isinstance(example.question, Kin)
        return len(compile_rule(example.question.term.rule))


def _turned(here: int, way: Path) -> int:
    """Return how many facts of a way are stated from the far side."""
    turned = 0
    for triple in way:
        turned += triple.source != here
        here = triple.target if triple.source == here else triple.source
    return turned
