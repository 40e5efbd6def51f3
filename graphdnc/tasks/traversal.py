"""The task "traversal": start at a node and follow relations.

The layout in time is that of the paper (Methods): a query step for each relation, then an answer step for
each triple. ::

    phase    triple                          transition   answer wanted   answer
    query    (start, relation 1, blank)          1             0          none
             (blank, relation 2, blank)          0             0          none     one step a relation
    answer   (blank, blank, blank)               1             1          triple 1
             (blank, blank, blank)               0             1          triple 2
             (blank, blank, blank)               0             1          the end: three END labels
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from graphdnc.episodes.encoding import (
    CHANNELS,
    Rows,
    StackedSteps,
    decode,
    log_probabilities,
    read_answers,
    stack_steps,
)
from graphdnc.episodes.labels import END, DigitCode, Labels
from graphdnc.episodes.steps import BLANK, Steps, StepsWriter, in_labels
from graphdnc.graph import Graph
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.questions import Example, Path, Traversal
from graphdnc.tasks.fan_out import one_of_each, shown_in_all
from graphdnc.tasks.padding import FEWEST_ROWS, pad_rows
from graphdnc.tasks.task import Episodes, Task
from graphdnc.tasks.votes import Vote

_NOTHING = (BLANK, BLANK, BLANK)


class TraversalTask(Task[Traversal]):
    """Traversals; a network answers at once, without planning."""

    name = "traversal"
    question = Traversal
    planned = False
    # Among more nodes a network loses its way along one relation (docs/sizes.md); with more triples an
    # answer would take more than ten seconds.
    largest = (400, 10_000)

    def describe(self, graphs: Sequence[Graph], labels: Sequence[Labels], rng: Generator) -> list[Rows]:
        """Return all triples of each graph, and meaningless ones if there are fewer than four."""
        described = super().describe(graphs, labels, rng)
        return [pad_rows(rows, own, rng, self.code) for rows, own in zip(described, labels, strict=True)]

    def described_rows(self, graph: Graph) -> int:
        """Return how many rows of memory describing a graph takes at most."""
        return max(len(graph), FEWEST_ROWS)

    def spare_rows(self, question: Traversal, nodes: int) -> int:
        """Return how many rows of memory a question needs: one for each step, if all are written."""
        return 2 * len(question.relations) + 1

    def lay_out(self, example: Example, labels: Labels, rows: Rows, rng: Generator) -> Steps:
        """Return the query and the answer, laid out as above."""
        assert isinstance(example.question, Traversal)
        return lay_out(example.question, example.answer, labels)

    def shown_graphs(self, graph: Graph, votes: int, rng: Generator) -> list[Graph]:
        """Return graphs with one of the triples that leave a node by the same relation, in turn."""
        return one_of_each(graph, votes, rng)

    def shown_triples(self, graph: Graph, votes: int) -> int:
        """Return how many triples these graphs have together."""
        return shown_in_all(graph, votes)

    def ask(self, network: Network, state: State, episodes: Episodes[Traversal]) -> list[Vote]:
        """Return the votes of B episodes."""
        asked = encode_questions(episodes.questions, episodes.labels, self.code)
        logits = network.run(asked.steps, state, asked.active)
        answers = read_answers(logits, self.code)
        sure = log_probabilities(logits, answers[..., None, :], self.code).squeeze(-1)
        probabilities = np.exp(np.where(asked.answering, sure, 0).sum(0)).tolist()
        votes = []
        for index, own in enumerate(episodes.labels):
            # An answer that ends at once names no path either: a question has at least one step.
            path = decode(answers[asked.answering[:, index], index], own) or None
            votes.append(Vote(path, probabilities[index]))
        return votes

    @classmethod
    def restore(cls, answer: Path) -> Traversal:
        """Return the traversal along a path."""
        return Traversal(answer[0].source, tuple(triple.relation for triple in answer))


def lay_out(question: Traversal, answer: Path | None, labels: Labels) -> Steps:
    """Return the query and answer steps of a traversal; without an ``answer``, any answer is right."""
    steps = StepsWriter()
    asked = [[BLANK, relation, BLANK] for relation in question.relations]
    asked[0][0] = question.start
    for index, shown in enumerate(in_labels(asked, labels)):
        steps.add(shown, [], transition=index == 0)
    said = [] if answer is None else in_labels(answer, labels)
    # an answer has a triple for every relation, and the end
    for index in range(len(asked) + 1):
        right = said[index] if index < len(said) else [END] * 3
        steps.add(_NOTHING, [right], transition=index == 0, answering=True)
    return steps.steps()


def encode_questions(
    questions: Sequence[Traversal], labels: Sequence[Labels], code: DigitCode
) -> StackedSteps[NDArray[Any]]:
    """Lay out B questions, each under the labels of its episode, and the steps of their answers."""
    steps = [lay_out(question, None, own) for question, own in zip(questions, labels, strict=True)]
    return stack_steps(steps, code, CHANNELS)
