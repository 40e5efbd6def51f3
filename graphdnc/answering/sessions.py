"""The networks that answer questions: which ones, how often each is asked, and with which seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphdnc.graph import Graph
from graphdnc.questions import Asked
from graphdnc.tasks import TASKS

if TYPE_CHECKING:
    from graphdnc.answering.answer import Answer
    from graphdnc.answering.subgraph_session import Session

PASSING = 3
"""Sessions about graphs that are made for a question, of which the last few are kept."""


@dataclass
class Sessions:
    """Networks with graphs in their memory, each loaded when a question first needs it.

    Attributes:
        model: the name or folder of the network to ask; ``None`` chooses by the kind of question.
        votes: how often a question is asked; ``None`` is as often as it needs, and at most as often as is
            usual for its kind.
        seed: seed of the labels.
        loading: called with the graph before a network memorises it, which takes a while.
        opened: the sessions by network and graph.
        passing: the same for graphs that are made for a question; the last few are kept.
    """

    model: str | None = None
    votes: int | None = None
    seed: int = 0
    loading: Callable[[Graph], object] = lambda graph: None
    opened: dict[tuple[str, Graph], Session] = field(default_factory=dict)
    passing: dict[tuple[str, Graph], Session] = field(default_factory=dict)

    def model_for(self, task: str) -> str:
        """Return the name or folder of the network for a kind of question."""
        return self.model or task

    def votes_for(self, task: str) -> int:
        """Return how often a question of a kind is asked at most."""
        return self.votes or TASKS[task].usual_votes

    def open(self, model: str, graph: Graph) -> Session:
        """Return the session of a network, by name or folder, with a graph; it is opened once."""
        if (model, graph) not in self.opened:
            self.loading(graph)
            from graphdnc.answering import subgraph_session  # not above: it takes a moment to load

            self.opened[model, graph] = subgraph_session.load_session(graph, model, self.votes is None)
        return self.opened[model, graph]

    def fits(self, task: str) -> bool:
        """Return whether the network that is asked for can answer a kind of question, if one is."""
        if self.model is None:
            return True
        from graphdnc.networks.checkpoint import load_checkpoint  # not above: it takes a moment to load

        return load_checkpoint(self.model, threads=1).task.name == task

    def answer_once(self, model: str, task: str, graph: Graph, questions: Sequence[Asked]) -> list[Answer]:
        """Return the answers to questions about a graph that is made for these questions."""
        if (model, graph) not in self.opened | self.passing:
            self.loading(graph)
            from graphdnc.answering import subgraph_session  # not above: it takes a moment to load

            while len(self.passing) >= PASSING:
                del self.passing[next(iter(self.passing))]
            self.passing[model, graph] = subgraph_session.load_session(graph, model, self.votes is None)
        session = self.opened.get((model, graph)) or self.passing[model, graph]
        return session.answer_all(questions, self.votes_for(task), self.seed)

    def answer_all(self, model: str, task: str, graph: Graph, questions: Sequence[Asked]) -> list[Answer]:
        """Return the answers of a network to questions of one kind about a graph."""
        return self.open(model, graph).answer_all(questions, self.votes_for(task), self.seed)
