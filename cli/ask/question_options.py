"""The question that options describe instead of a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from graphdnc.errors import UsageError

if TYPE_CHECKING:
    from graphdnc.graph import Graph
    from graphdnc.kinship.vocabulary import Vocabulary
    from graphdnc.questions import Sayable

_PAIRS = {
    "traversal": "--start and --follow",
    "path": "--from and --to",
    "inverse": "--follow and --to",
}
"""The options that describe a question of each kind."""
_BACKWARDS = "--follow RELATION --to NODE asks from which nodes it leads there"


@dataclass(frozen=True)
class Conditions:
    """The options of ``ask`` that describe conditions of a way."""

    via: list[str]
    avoiding: list[str]
    without: list[str]
    only: list[str]
    fewest_changes: bool
    ways: int

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return self != Conditions([], [], [], [], False, 1)


@dataclass(frozen=True)
class Lists:
    """The options of ``ask`` that describe a list: of nodes that are reached, or of lines and their nodes."""

    reach: str | None = None
    within: int | None = None
    backwards: bool = False
    lines: str | None = None
    stops: str | None = None
    ends: str | None = None

    @property
    def given(self) -> list[str]:
        """The options that name what is asked about."""
        named = {"reach": self.reach, "lines": self.lines, "stops": self.stops, "ends": self.ends}
        return [f"--{option}" for option, name in named.items() if name is not None]

    def check(self) -> None:
        """Check that one list is asked for.

        Raises:
            UsageError: there are two, or only a limit.
        """
        if len(self.given) > 1:
            raise UsageError(f"{' and '.join(self.given)} are different questions; give one of them")
        if self.reach is None and (self.within is not None or self.backwards):
            raise UsageError("--within and --backwards belong to --reach NODE")


@dataclass(frozen=True)
class QuestionOptions:
    """The options of ``ask`` that describe a question."""

    start: str | None
    follow: list[str]
    origin: str | None
    goal: str | None
    person: str | None
    relation: str | None
    relative: str | None
    conditions: Conditions
    lists: Lists

    @property
    def kin(self) -> bool:
        """Whether the question is about the relatives of a person."""
        return self.person is not None or self.relative is not None

    @property
    def kind(self) -> str | None:
        """The kind of the question; ``None`` if no option describes one."""
        if self.lists.given:
            return "list"
        return "kin" if self.kin else next(iter(self._walks), None)

    @property
    def _walks(self) -> list[str]:
        """The kinds of :data:`_PAIRS` of which at least one option is given."""
        if self.follow and self.goal is not None and self.start is None and self.origin is None:
            return ["inverse"]
        given = {
            "traversal": self.start is not None or bool(self.follow),
            "path": self.origin is not None or self.goal is not None,
        }
        return [kind for kind, is_given in given.items() if is_given]

    def check(self, sentence: str | None) -> None:
        """Check that there is one question, and that its options are complete.

        Raises:
            UsageError: there are two questions, or an option is missing.
        """
        walks = self._walks
        self.lists.check()
        if self.lists.given and (walks or self.kin or sentence is not None):
            raise UsageError(f"{self.lists.given[0]} asks for a list; give no other question with it")
        if self.kin and (walks or sentence is not None):
            raise UsageError("--of asks about the relatives of a person; give no other question with it")
        if len(walks) > 1:
            raise UsageError(
                "--start and --follow ask what relations lead to, --from and --to ask for a shortest path; "
                "give one pair"
            )
        if walks and sentence is not None:
            raise UsageError(f"give a sentence or {_PAIRS[walks[0]]}, not both")
        if walks == ["traversal"] and (self.start is None or not self.follow):
            raise UsageError(
                f"--start and --follow belong together: --start NODE --follow RELATION,RELATION; {_BACKWARDS}"
            )
        if walks == ["path"] and (self.origin is None or self.goal is None):
            raise UsageError(f"--from and --to belong together: --from NODE --to NODE; {_BACKWARDS}")
        if self.conditions.given and walks != ["path"] and not self._of_reach:
            raise UsageError(
                "--via, --avoid, --without, --only, --fewest-changes and --ways belong to --from and --to, "
                "--without and --only also to --reach"
            )
        if self.relative is not None and self.person is None:
            raise UsageError(
                "--is needs --of: --of NODE --is NODE asks how the second is related to the first"
            )
        if self.person is not None and self.relation is None and self.relative is None:
            raise UsageError(
                "with --of give --relation TERM, such as uncle or mother/brother, or --is NODE to ask how "
                "they are related, or both; a column of relations is then given by --columns "
                "SOURCE,RELATION,TARGET"
            )

    @property
    def _of_reach(self) -> bool:
        """Whether the only conditions are relations that are followed from a node, or are not."""
        asked = self.conditions
        rest = replace(asked, without=[], only=[])
        return self.lists.reach is not None and not rest.given

    def question(self, graph: Graph, vocabulary: Vocabulary) -> Sayable:
        """Return the question in numbers."""
        from graphdnc.language.named_questions import (
            named_inverse,
            named_kin,
            named_path,
            named_traversal,
            named_way,
        )

        match self.kind:
            case "list":
                return self._list(graph)
            case "traversal":
                return named_traversal(graph, self.start or "", self.follow)
            case "inverse":
                return named_inverse(graph, self.follow, self.goal or "")
            case "path" if self.conditions.given:
                asked = self.conditions
                return named_way(
                    graph,
                    self.origin or "",
                    self.goal or "",
                    via=asked.via,
                    avoiding=asked.avoiding,
                    without=asked.without,
                    only=asked.only,
                    least="changes" if asked.fewest_changes else "steps",
                    ways=asked.ways,
                )
            case "path":
                return named_path(graph, self.origin or "", self.goal or "")
        return named_kin(graph, vocabulary, self.person or "", self.relation, self.relative)

    def _list(self, graph: Graph) -> Sayable:
        from graphdnc.language.named_questions import find_line, named_reach
        from graphdnc.names import find_node
        from graphdnc.questions.lists import LinesAt, Termini

        asked = self.lists
        if asked.reach is not None:
            return named_reach(
                graph,
                asked.reach,
                within=asked.within,
                backwards=asked.backwards,
                without=self.conditions.without,
                only=self.conditions.only,
            )
        if asked.lines is not None:
            return LinesAt(find_node(graph, asked.lines), frozenset(range(graph.relations)))
        line = find_line(graph, asked.stops if asked.stops is not None else asked.ends or "")
        return Termini(line, every=asked.stops is not None)


def vocabulary_with(definitions: list[str]) -> Vocabulary:
    """Return the terms of kinship and the terms that ``--define`` adds."""
    from graphdnc.kinship.vocabulary import Vocabulary, standard_vocabulary

    return reduce(Vocabulary.define, definitions, standard_vocabulary())


def refuse_two_sources(
    graph: str, sentence: str | None, questions: str | None, described: QuestionOptions
) -> None:
    """Check that questions come from one place, and not from standard input if the graph does."""
    given = described.kind is not None
    if questions is not None and (sentence is not None or given):
        raise UsageError("--questions names a file of questions; give no other question with it")
    if graph == "-" and sentence is None and questions in (None, "-") and not given:
        raise UsageError(
            "with the graph on standard input, give the question as a sentence, by --questions, or by "
            "--start, --from, --of or --reach"
        )
