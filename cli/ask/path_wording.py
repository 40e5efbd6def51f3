"""What printed answers say about walks, walks taken backwards and shortest paths."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from graphdnc.answering.path_answer import CheckedPath
from graphdnc.cli.ask.wording import MOST_ENDS, Wording, counted, numbered, stations
from graphdnc.cli.output import print_rows
from graphdnc.questions import ShortestPath, Traversal

if TYPE_CHECKING:
    from graphdnc.questions import Path


class WalkWording(Wording[CheckedPath]):
    """A walk: the steps, and where it ends."""

    counts_ends = True

    def no_answer(self) -> str:
        """Say that no path was given, or none towards the place of the question."""
        question = self.checked.question
        if isinstance(question, Traversal) and question.towards:
            return "The network named nothing that leads towards the place asked for."
        return "The network gave no answer that names a path of this graph."

    def print_ends(self) -> None:
        """Print the steps to the first end, and the other ends."""
        print_rows(("step", "from", "relation", "to"), numbered(self.checked.path))
        first, *others = self.checked.ends
        if not others:
            print(f"You are at {first}.")
            return
        shown = self.checked.answer.paths[1 : MOST_ENDS + 1]
        print(
            f"You are at {first}, or at {', '.join(others[:MOST_ENDS])}: a relation leads to several places"
        )
        self._print_paths(shown)
        more = len(self.checked.answer.paths) - 1 - len(shown)
        if more:
            print(f"  and {more} more, which --json lists")
        self._print_narrowing()

    def short(self) -> str | None:
        """Return all ends."""
        return ", ".join(self.checked.ends) or None

    def agreement(self) -> str:
        """Return what the votes that agree did."""
        return "agree"

    def difference(self) -> str:
        """Return the exact ends, or the exact path if only the path is wrong."""
        if self.checked.ends != self.checked.exact_ends:
            return f"the exact answer is {' or '.join(self.checked.exact_ends)}"
        return f"the end is right, the way is not; the exact way is {self._exact_path()}"

    def part(self) -> str:
        """Return which part of a large graph was memorised."""
        return "the nodes nearest to the start, and to where the network went on from"

    def incomplete(self) -> str:
        """Return what was not tried."""
        missing = (
            "there may be more ends than these" if self.checked.ends else "the end may be among the others"
        )
        return f"relations lead to more places than were tried; {missing}"

    def _exact_path(self) -> str:
        (path, *_) = self.checked.exact or [()]
        graph = self.graph
        return ", ".join(
            f"{graph.relation_name(one.relation)} to {graph.node_name(one.target)}" for one in path
        )

    def _print_paths(self, paths: tuple[Path, ...]) -> None:
        for path in paths:
            print(f"  {stations(self.graph, path)}")

    def _print_narrowing(self) -> None:
        """Print how to ask for one of several ends: by a direction or, without one, from a later place."""
        from graphdnc.language.suggestions import narrowing
        from graphdnc.tasks.traversal.fan_out import branches

        sentence = self.checked.narrowing
        if sentence is not None:
            print(f'to ask for one of them, say towards where: "{sentence}"')
            return
        paths = self.checked.answer.paths
        rests = (path[step + 1 :] for path in paths for step in branches(self.graph, path))
        sentence = narrowing(self.graph, filter(None, rests))
        if sentence is not None:
            print(f'to ask for one of them, start after the fork: "{sentence}"')


class InverseWording(WalkWording):
    """A walk taken backwards: the paths to the goal, and where they start."""

    def print_ends(self) -> None:
        """Print the paths to the goal, and then where they start."""
        paths, names, others = self.checked.paths, self.checked.ends, self.checked.answer.paths[1:MOST_ENDS]
        head = ("step", "from", "relation", "to")
        if len(paths[0]) > 1:
            print_rows(head, numbered(paths[0]))
        else:
            print_rows(head[1:], [tuple(path[0]) for path in paths[:MOST_ENDS]])
            others = ()
        more = len(names) - MOST_ENDS
        unseen = f" and {more} more, which --json lists" if more > 0 else ""
        print(f"{'That is' if len(names) == 1 else 'These are'} {', '.join(names[:MOST_ENDS])}{unseen}.")
        self._print_paths(others)

    def part(self) -> str:
        """Return which part of a large graph was memorised."""
        return "the nodes nearest to the goal, and to where the network went on from"

    def incomplete(self) -> str:
        """Return what was not tried."""
        missing = "there may be more than these" if self.checked.ends else "it may be among the others"
        return f"relations lead there from more places than were tried; {missing}"


class PathWording(WalkWording):
    """A shortest path: one row for each relation, as far as it is followed."""

    counts_ends = False

    def no_answer(self) -> str:
        """Say that there is no path, or that none was found."""
        question = self.checked.question
        assert isinstance(question, ShortestPath)
        ends = f"from {self.graph.node_name(question.start)} to {self.graph.node_name(question.goal)}"
        if self.checked.answer.denies:
            return f"The network: no way leads {ends}."
        return f"The network found no way {ends}, but does not say that there is none."

    def print_ends(self) -> None:
        """Print the length of the path, and one row for each relation, as far as it is followed."""
        path = self.checked.answer.path or ()
        legs = [tuple(leg) for _, leg in groupby(path, key=lambda triple: triple.relation)]
        changes = counted(len(legs) - 1, "change") if len(legs) > 1 else "no change"
        start, goal = self.graph.node_name(path[0].source), self.graph.node_name(path[-1].target)
        print(f"{start} -> {goal}: {counted(len(path), 'step')}, {changes}")
        rows: list[tuple[str, ...]] = [
            (self.graph.relation_name(leg[0].relation), str(len(leg)), stations(self.graph, leg))
            for leg in legs
        ]
        print_rows(("relation", "steps", "way"), rows)

    def short(self) -> str | None:
        """Return the nodes along the path."""
        path = self.checked.answer.path
        return None if path is None else stations(self.graph, path) or self.checked.ends[0]

    def agreement(self) -> str:
        """Return what the votes that agree did."""
        return "say so" if self.checked.answer.denies else "found a way this short"

    def difference(self) -> str:
        """Return an exact path."""
        path, *_ = self.checked.exact or [()]
        return f"there is a way of {counted(len(path), 'step')}: {self._exact_path()}"

    def part(self) -> str:
        """Return which part of a large graph was memorised."""
        if not self.checked.ends and not self.checked.answer.denies:
            return "what is nearest to start and goal"
        return "the nodes of the shortest ways from start to goal first, then those beside them"
