"""A stand-in for the network that ``graphdnc ask`` asks, and the files and questions that tests give it."""

from __future__ import annotations

from typing import ClassVar

from graphdnc.answering.answer import Answer
from graphdnc.errors import CheckpointError, NoAnswer, UsageError
from graphdnc.oracle.solve import answers
from graphdnc.tasks import TASKS

EDGES = (
    "source,relation,target\nBank,Central westbound,St Paul's\nSt Paul's,Central westbound,Chancery Lane\n"
)
SENTENCE = "From Bank take the Central westbound two stops: where am I?"
WAY = "How do you get from Moorgate to Waterloo?"


class StandIn:
    """Answers by the exact answer, or as told: the network's part is tested elsewhere."""

    together: ClassVar[list[int]] = []
    loaded: ClassVar[list[str]] = []

    def __init__(self, graph, said, model):
        if model not in TASKS:
            raise CheckpointError(f"{model!r} is neither a network that is installed nor a folder")
        self.graph, self.said, self.task = graph, said, model
        self.loaded.append(model)

    def answer_all(self, questions, votes, seed):
        if not all(isinstance(question, TASKS[self.task].question) for question in questions):
            raise UsageError(f"the network {self.task!r} was trained for {self.task}")
        self.together.append(len(questions))
        return [self.answer(question, votes) for question in questions]

    def answer(self, question, votes):
        try:
            exact = answers(self.graph, question)[0]
        except NoAnswer:
            exact = None
        path = {"right": exact, "wrong": exact and exact[:1], "detour": self.detour()}.get(self.said)
        denies = self.said == "denies" or (self.said == "right" and exact is None)
        return Answer(question, path, denies, 0.875, votes, votes - 1, 0.25, len(self.graph))

    def detour(self):
        """Return the way of four steps from Moorgate to Waterloo."""
        return tuple(self.graph)[3:7]


NOWHERE = "from Westminster to Bank"
