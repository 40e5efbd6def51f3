"""Answers that are paths: walks, walks taken backwards and shortest paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.language.suggestions import narrowing
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Inverse, Path, Question
from graphdnc.tasks import task_of


@dataclass(frozen=True)
class CheckedPath(CheckedAnswer):
    """Paths that the network found, beside the exact ones.

    ``exact`` has all exact paths of a walk, one of a shortest path, and none if there is no path.
    """

    exact: list[Path] | None

    @property
    def kind(self) -> str:
        """``"traversal"`` or ``"shortest-path"``."""
        return "traversal" if isinstance(self._question, Inverse) else task_of(self._question).name

    @property
    def inverse(self) -> bool:
        """Whether the question is from where relations lead to a node, so that paths start at the answers."""
        return isinstance(self.question, Inverse)

    @property
    def _question(self) -> Question | Inverse:
        question = self.question
        assert isinstance(question, Question | Inverse)
        return question

    @property
    def holds(self) -> bool | None:
        """Whether there is a path, or a node that is asked for, if that is asked."""
        if self.put != "whether" or not (self.shown or self.answer.denies):
            return None
        return bool(self.shown)

    @property
    def count(self) -> int | float | None:
        """How many steps a path has, or how many nodes there are, if that is asked."""
        if self.put == "steps" and self.answer.path is not None:
            return len(self.answer.path)
        return super().count

    @property
    def shown(self) -> list[Path]:
        """One path to each end that the network found, in numbers."""
        answer = self.answer
        return list(answer.paths or (() if answer.path is None else (answer.path,)))

    @property
    def ends(self) -> list[str]:
        """The names of the nodes that the network answers with."""
        return self._ends(self.shown)

    @property
    def exact_ends(self) -> list[str]:
        """The names of all nodes that are exact answers."""
        return self._ends(self.exact or [])

    @property
    def complete(self) -> bool:
        """Whether all ends were found or, if the exact ones are not known, looked for."""
        return self.answer.complete if self.exact is None else set(self.exact_ends) <= set(self.ends)

    @property
    def narrowing(self) -> str | None:
        """A sentence that asks for one of several ends, if there is one."""
        if self.inverse or len(self.answer.paths) < 2:
            return None
        return narrowing(self.graph, self.answer.paths)

    def _ends(self, paths: list[Path]) -> list[str]:
        question = self._question
        if isinstance(question, Inverse):
            nodes = [path[0].source for path in paths]
        else:
            nodes = [path[-1].target if path else question.start for path in paths]
        return list(dict.fromkeys(map(self.graph.node_name, nodes)))

    def _is_exact(self) -> bool:
        path = self.answer.path
        if path is None:
            return self.answer.denies and not self.exact
        if self.put == "count" and not self.complete:
            return False  # the number would be too small
        return is_answer(self.graph, self._question, path)

    def _is_whole(self) -> bool:
        return self.put == "whether" or self.complete

    def _record_of_kind(self) -> dict[str, Any]:
        answer = self.answer
        if self.kind == "shortest-path":
            return {
                "length": None if answer.path is None else len(answer.path),
                "exact_length": len(self.exact[0]) if self.exact else None,
                "denies": answer.denies,
            }
        record: dict[str, Any] = {"complete": self.complete, "narrowing": self.narrowing}
        return record | ({"inverse": True} if self.inverse else {})
