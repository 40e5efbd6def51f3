"""What the printed answers of one kind say; ``print_answer.py`` puts them together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from graphdnc.utils.text import join_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdnc.answering.answer import CheckedAnswer
    from graphdnc.graph import Graph, NamedTriple
    from graphdnc.questions import Path

Checked = TypeVar("Checked", bound="CheckedAnswer")

MOST_ENDS = 20
"""Ends that are printed of a walk that leads to several places; ``--json`` has all of them."""


class Wording(ABC, Generic[Checked]):
    """The parts of a printed answer that depend on the kind of question."""

    counts_ends: ClassVar[bool] = False
    """Whether the exact check says how many of several exact answers were found."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        self.graph = checked.graph

    @abstractmethod
    def no_answer(self) -> str:
        """Return the sentence in place of an answer, if the network gave none or denies that there is one."""

    @abstractmethod
    def print_ends(self) -> None:
        """Print the table and the sentence of an answer."""

    @abstractmethod
    def short(self) -> str | None:
        """Return the answer on one line; ``None`` if there is none."""

    @abstractmethod
    def agreement(self) -> str:
        """Return what the votes that agree did, after "7 of 8 tries"."""

    @abstractmethod
    def difference(self) -> str:
        """Return how the exact answer differs."""

    @abstractmethod
    def part(self) -> str:
        """Return which part of a large graph was memorised."""

    def notes(self) -> list[str]:
        """Return lines about how the answer was found."""
        return []

    def incomplete(self) -> str:
        """Return what was not tried, and what that means for the answer."""
        raise AssertionError(f"an answer of the kind {self.checked.kind} is always complete")

    def found(self) -> str:
        """Return how many of several exact answers the network found, and which it did not find."""
        right, said = self.checked.exact_ends, set(self.checked.ends)
        missing = [name for name in right if name not in said]
        if not missing:
            return f"all {len(right)} exact answers were found"
        names = join_names(missing, most=MOST_ENDS)
        return f"{len(right) - len(missing)} of {len(right)} exact answers were found, not found: {names}"


def counted(number: int, what: str) -> str:
    """Return a number of things: "1 step", "2 steps"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def stations(graph: Graph, path: Path) -> str:
    """Return the names of the nodes along a path: "Bank -> Moorgate"."""
    nodes = [triple.source for triple in path[:1]] + [triple.target for triple in path]
    return " -> ".join(map(graph.node_name, nodes))


def numbered(path: Iterable[NamedTriple]) -> list[tuple[str, ...]]:
    """Return the rows of a table of steps."""
    return [(str(step), *names) for step, names in enumerate(path, start=1)]
