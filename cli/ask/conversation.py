"""A conversation: each line may ask several questions, and may refer to what was asked before."""

from __future__ import annotations

from collections.abc import Sequence

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.cli.progress import say
from graphdnc.errors import GraphDNCError
from graphdnc.language.free.follow_ups import Context
from graphdnc.questions.put import Asking
from graphdnc.reasoner import ParsedQuestion, Reasoner

Read = list[ParsedQuestion | GraphDNCError]


class Conversation:
    """Reads lines about a graph, and remembers the last question and its answer."""

    def __init__(self, reasoner: Reasoner) -> None:
        self.reasoner = reasoner
        self.context: Context | None = None
        self._numbers: dict[str, int] | None = None

    def read(self, text: str, before: Read | None = None) -> tuple[Read, bool]:
        """Return the questions of a line, and whether it refers to a question before it.

        ``before`` are the questions since the last answer.

        Raises:
            GraphDNCError: it is not understood.
        """
        context = self._expected(before or []) or self.context
        understood = self.reasoner.understand(text, context)
        several = len(understood.askings) > 1
        found: Read = []
        for asking in understood.askings:
            try:
                said = self.reasoner.sentence(asking) if several else text
                found.append(self.reasoner.parsed(said, asking, understood.notes))
            except GraphDNCError as error:
                found.append(error)
        return found, understood.refers

    def _expected(self, before: Read) -> Context | None:
        """Return the last question that is not answered yet, without its answer."""
        asked = [one for one in before if isinstance(one, ParsedQuestion)]
        return Context(Asking(asked[-1].question, asked[-1].put), None) if asked else None

    def keep(self, questions: Read, answers: Sequence[CheckedAnswer | GraphDNCError]) -> None:
        """Remember the last question that was answered, and its answer."""
        for question, answer in zip(questions, answers, strict=True):
            if isinstance(question, ParsedQuestion) and isinstance(answer, CheckedAnswer):
                self.context = Context(Asking(question.question, question.put), self._nodes(answer.ends))

    def _nodes(self, names: list[str]) -> list[int]:
        if self._numbers is None:
            graph = self.reasoner.graph
            self._numbers = {graph.node_name(node): node for node in range(graph.nodes)}
        return [self._numbers[name] for name in names if name in self._numbers]


def say_notes(questions: Read) -> None:
    """Print what was read otherwise than it was typed."""
    notes = (note for one in questions if isinstance(one, ParsedQuestion) for note in one.notes)
    for note in dict.fromkeys(notes):
        say(f"note: {note}")
