"""Answers to questions that take several questions to networks, beside the exact ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.answering.compound.lists import Found
from graphdnc.answering.compound.rides import is_ride
from graphdnc.graph import named
from graphdnc.oracle.lists import triples_at
from graphdnc.oracle.ways import Cost, cost_of, is_way, nodes_of
from graphdnc.questions import Path
from graphdnc.questions.lines import line_names
from graphdnc.questions.lists import Among, LinesAt, ListQuestion, Neighbours, Reach, Size
from graphdnc.questions.ways import Ride, Way
from graphdnc.weights import Weights


@dataclass(frozen=True)
class CheckedWays(CheckedAnswer):
    """Ways or rides that networks found; ``exact`` has the exact ones, none if there is none."""

    exact: list[Path] | None
    weights: Weights | None = None
    asked: int = 1

    @property
    def kind(self) -> str:
        """``"way"`` or ``"ride"``."""
        return "way" if isinstance(self.question, Way) else "ride"

    @property
    def shown(self) -> list[Path]:
        """The ways, in numbers, the best first."""
        return list(self.answer.paths)

    @property
    def ends(self) -> list[str]:
        """Where the ways end or, if that is asked, the nodes that lie between or at which it changes."""
        return self._ends(self.shown)

    @property
    def exact_ends(self) -> list[str]:
        """The same by exact search."""
        return self._ends(self.exact or [])

    @property
    def holds(self) -> bool | None:
        """Whether there is such a way, if that is asked; for "direct", whether it needs no change."""
        if self.put not in ("whether", "direct") or not (self.shown or self.answer.denies):
            return None
        return self._holds(self.shown)

    @property
    def count(self) -> int | float | None:
        """The steps, the changes or the weight of the best way, if that is asked."""
        return self._count(self.shown)

    @property
    def answered(self) -> bool:
        """Whether the network gave a way, or says that there is none where that is asked."""
        return bool(self.shown) or self.holds is not None

    @property
    def lengths(self) -> list[int]:
        """The number of steps of each way."""
        return list(map(len, self.shown))

    @property
    def changes(self) -> list[int]:
        """The number of changes of each way."""
        return [line_names(self.graph).changes(path) for path in self.shown]

    @property
    def costs(self) -> list[float] | None:
        """The weight of each way, if weights are used."""
        return None if not self._weighed else [self._weighed.total(path) for path in self.shown]

    @property
    def exact_costs(self) -> list[float] | None:
        """The least weights by exact search."""
        if not self._weighed or self.exact is None:
            return None
        return [self._weighed.total(path) for path in self.exact]

    @property
    def _weighed(self) -> Weights | None:
        question = self.question
        return self.weights if isinstance(question, Way) and question.least == "weight" else None

    def _ends(self, paths: list[Path]) -> list[str]:
        question = self.question
        assert isinstance(question, Way | Ride)
        nodes = [path[-1].target if path else question.start for path in paths]
        if self.put == "between":
            nodes = [node for path in paths[:1] for node in nodes_of(path)[1:-1]]
        if self.put == "transfers":
            nodes = [node for path in paths[:1] for node in line_names(self.graph).transfers(path)]
        return list(dict.fromkeys(map(self.graph.node_name, nodes)))

    def _holds(self, paths: list[Path]) -> bool:
        if not paths:
            return False
        if self.put == "direct":
            return line_names(self.graph).changes(paths[0]) == 0
        if not isinstance(self.question, Way):
            return True
        most, changes = self.question.most, self.question.most_changes
        few = changes is None or line_names(self.graph).changes(paths[0]) <= changes
        return few and (most is None or len(paths[0]) <= most)

    def _count(self, paths: list[Path]) -> int | float | None:
        if not paths or self.put not in ("steps", "changes", "transfers", "cost", "count"):
            return None
        if self.put in ("changes", "transfers"):
            return line_names(self.graph).changes(paths[0])
        if self.put == "cost" and self._weighed:
            return self._weighed.total(paths[0])
        return len(paths) if self.put == "count" else len(paths[0])

    def _is_exact(self) -> bool:
        question, exact = self.question, self.exact or []
        if not self.shown:
            return self.answer.denies and not exact
        if isinstance(question, Ride):
            return set(self.ends) == set(self.exact_ends) and all(
                is_ride(self.graph, question, path) for path in self.shown
            )
        assert isinstance(question, Way)
        if not all(is_way(self.graph, question, path) for path in self.shown):
            return False
        if question.single:
            return bool(exact) and self._costs(self.shown) == self._costs(exact)
        apart = {nodes_of(path) for path in self.shown}
        loops = any(len(set(nodes)) < len(nodes) for nodes in apart)
        return self._costs(self.shown) == self._costs(exact) and len(apart) == len(self.shown) and not loops

    def _costs(self, paths: list[Path]) -> list[Cost]:
        question = self.question
        assert isinstance(question, Way)
        found = [cost_of(self.graph, question, path, self.weights) for path in paths]
        return [tuple(round(part, 6) for part in cost) for cost in found]

    def _record_of_kind(self) -> dict[str, Any]:
        record: dict[str, Any] = {
            "lengths": self.lengths,
            "exact_lengths": None if self.exact is None else list(map(len, self.exact)),
            "changes": self.changes,
            "asked": self.asked,
            "denies": self.answer.denies,
        }
        if self._weighed:
            unit, bound = self._weighed.unit, self._weighed.bound
            record |= {
                "costs": self.costs,
                "exact_costs": self.exact_costs,
                "unit": unit,
                "rounded_by": bound,
            }
        return record


@dataclass(frozen=True)
class CheckedList(CheckedAnswer):
    """A list that networks found; ``exact`` has the numbers of all exact members with their distances.

    Attributes:
        found: what the networks list.
        asked: the number of questions that it took.
    """

    exact: dict[int, int] | None
    found: Found = field(default_factory=Found)
    asked: int = 1

    @property
    def kind(self) -> str:
        """``"neighbours"``, ``"lines"``, ``"reach"``, ``"common"``, ``"termini"`` or ``"size"``."""
        question = self.list_question
        question = question.question if isinstance(question, Among) else question
        return {"LinesAt": "lines"}.get(type(question).__name__, type(question).__name__.casefold())

    @property
    def list_question(self) -> ListQuestion:
        """The question."""
        assert isinstance(self.question, ListQuestion)
        return self.question

    @cached_property
    def numbers(self) -> list[int]:
        """The numbers of the members that the networks list."""
        return list(dict.fromkeys(one.person for one in self.found.members))

    @property
    def ends(self) -> list[str]:
        """The names that the networks list."""
        return self._names(self.numbers)

    @property
    def exact_ends(self) -> list[str]:
        """The names of all exact members."""
        return self._names(list(self.exact or ()))

    @property
    def shown(self) -> list[Path]:
        """The triples that lead to each member, in numbers."""
        ways = {one.person: one.shown for one in reversed(self.found.members)}
        return [ways[number] for number in self._titled(self.numbers)]

    @property
    def tries(self) -> list[int]:
        """The number of votes for each member."""
        votes = {one.person: one.agreeing for one in reversed(self.found.members)}
        return [votes[number] for number in self._titled(self.numbers)]

    @property
    def distances(self) -> list[int]:
        """The number of steps to each member."""
        return list(map(len, self.shown))

    @property
    def holds(self) -> bool | None:
        """The answer to a question for yes or no."""
        if not self.found.answered or self.put != "whether":
            return None
        question = self.list_question
        if not isinstance(question, Among):
            return bool(self.numbers)
        return question.node in self.numbers and not (question.direct and not self.directly)

    @property
    def directly(self) -> bool | None:
        """Whether a fact that holds at some distance holds in one step; ``None`` where that is not asked."""
        question = self.question
        if (
            not isinstance(question, Among)
            or not isinstance(question.question, Reach)
            or question.question.kin
        ):
            return None
        return any(len(one.shown) == 1 for one in self.found.members if one.person == question.node)

    @property
    def count(self) -> int | None:
        """How many there are, if that is asked."""
        if isinstance(self.question, Size):
            graph = self.graph
            sizes = {"nodes": graph.nodes, "relations": graph.relations, "triples": len(graph)}
            return sizes[self.question.of]
        return len(self.ends) if self.put == "count" and self.found.answered else None

    @property
    def answered(self) -> bool:
        """Whether the network gave an answer."""
        return bool(self.ends) or self.holds is not None or self.count is not None

    def _names(self, numbers: list[int]) -> list[str]:
        if not isinstance(self.question, LinesAt):
            return list(map(self.graph.node_name, numbers))
        lines = line_names(self.graph)
        return [lines.titles[lines.line[number]] for number in self._titled(numbers)]

    def _titled(self, numbers: list[int]) -> list[int]:
        """Return numbers; of the relations of one line, only the first."""
        if not isinstance(self.question, LinesAt):
            return numbers
        lines = line_names(self.graph)
        return list({lines.line[number]: number for number in reversed(sorted(numbers))}.values())[::-1]

    def _is_exact(self) -> bool:
        question = self.question
        if self.put == "facts" and isinstance(question, Neighbours):
            said = {triple for one in self.found.members for triple in one.shown}
            return said == set(triples_at(self.graph, question.node, question.relations))
        exact = self.exact or {}
        if (
            isinstance(question, Among)
            and question.direct
            and self.directly != (exact.get(question.node) == 1)
        ):
            return False
        return self.found.answered and set(self.numbers) == set(exact)

    def _record_of_paths(self, paths: list[list[dict[str, str]]]) -> dict[str, Any]:
        return {"holds": self.holds, "path": paths[0] if paths else [], "shown": paths, "tries": self.tries}

    def _record_of_kind(self) -> dict[str, Any]:
        record = {
            "distances": self.distances,
            "asked": self.asked,
            "denies": self.answer.denies,
            "complete": self.complete,
        }
        return record if self.directly is None else record | {"directly": self.directly}

    def facts(self) -> list[tuple[str, str, str]]:
        """Return the triples that lead to the members, each once, by name."""
        triples = dict.fromkeys(triple for one in self.found.members for triple in one.shown)
        return [*named(self.graph, tuple(triples))]
