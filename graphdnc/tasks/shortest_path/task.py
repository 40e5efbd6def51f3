"""The task "shortest-path": find a path with the fewest triples from a start to a goal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from numpy.random import Generator

from graphdnc.episodes.encoding import Rows
from graphdnc.episodes.labels import Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import Steps
from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.oracle.solve import is_path
from graphdnc.questions import Example, LeadingTo, Path, ShortestPath
from graphdnc.tasks.padding import FEWEST_ROWS, pad_rows
from graphdnc.tasks.shortest_path.decoding import Search
from graphdnc.tasks.shortest_path.layout import lay_out, without_loops
from graphdnc.tasks.shortest_path.reaching import list_all
from graphdnc.tasks.shortest_path.rollout import PathRollout
from graphdnc.tasks.task import Episodes, EpisodeStepper, Task
from graphdnc.tasks.votes import Verdict, Vote, listed_by_most, majority, share


class ShortestPathTask(Task[ShortestPath | LeadingTo]):
    """Shortest paths; a network plans aloud or in silence, then moves.

    A network that plans aloud can also be asked for all nodes that lead to a goal (``reaching.py``).
    """

    name = "shortest-path"
    question = (ShortestPath, LeadingTo)
    largest = (999, 2_000)
    usual_votes = 16
    reported = ("length",)
    reports_valid = True

    @property
    def planning(self) -> Planning:
        """How the network plans."""
        assert self._planning is not None
        return self._planning

    @property
    def channels(self) -> int:
        """One channel more tells a network that plans aloud that it is planning."""
        return super().channels + self.planning.aloud

    def describe(self, graphs: Sequence[Graph], labels: Sequence[Labels], rng: Generator) -> list[Rows]:
        """Return all triples but those from a node to itself; of no triples, four rows that mean nothing."""
        # one graph may be described many times
        shown = {id(graph): without_loops(graph) for graph in graphs}
        described = super().describe([shown[id(graph)] for graph in graphs], labels, rng)
        return [
            rows if len(rows) else pad_rows(rows, own, rng, self.code)
            for rows, own in zip(described, labels, strict=True)
        ]

    def described_rows(self, graph: Graph) -> int:
        """Return how many rows of memory describing a graph takes at most."""
        return len(graph) or FEWEST_ROWS

    def spare_rows(self, question: ShortestPath | LeadingTo, nodes: int) -> int:
        """Return how many rows of memory planning and moving take at most."""
        return self.planning.rows(nodes)

    def lay_out(self, example: Example, labels: Labels, rows: Rows, rng: Generator) -> Steps:
        """Return query, search and moves; the order of the search is drawn at random."""
        assert isinstance(example.question, ShortestPath)
        return lay_out(example.graph, example.question, example.answer, labels, self.planning, rng)

    def rollout(self, example: Example, labels: Labels) -> PathRollout:
        """Return the moves of an answer, which may be the network's own."""
        return PathRollout(example, labels, self.code, self.planning)

    def shown_triples(self, graph: Graph, votes: int) -> int:
        """Return how many triples are no loops."""
        return len(without_loops(graph))

    def ask(self, network: Network, state: State, episodes: Episodes[ShortestPath | LeadingTo]) -> list[Vote]:
        """Return the votes of B episodes, whose questions are of one kind."""
        stepper = EpisodeStepper(network, state, self.code, self.channels)
        graphs, questions, labels = episodes
        searched = [one for one in questions if isinstance(one, ShortestPath)]
        if searched:
            return Search(stepper, self.planning, Episodes(graphs, searched, labels)).run()
        if not self.planning.aloud:
            raise UsageError("a network that plans in silence cannot list what it finds; ask another one")
        listed = [one for one in questions if isinstance(one, LeadingTo)]
        return list_all(stepper, self.planning, Episodes(graphs, listed, labels))

    @classmethod
    def count(cls, question: ShortestPath | LeadingTo, votes: Sequence[Vote]) -> Verdict:
        """Return the shortest path that any vote found, or the nodes that most votes list."""
        return shortest(votes) if isinstance(question, ShortestPath) else listed_by_most(votes)

    @classmethod
    def is_right(cls, example: Example, votes: Sequence[Vote]) -> bool:
        """Tell whether the votes name a shortest path, or deny that there is one where there is none."""
        assert isinstance(example.question, ShortestPath)
        if not example.answer and example.question.start != example.question.goal:
            return cls.count(example.question, votes).denies
        return super().is_right(example, votes)

    @classmethod
    def is_valid(cls, example: Example, path: Path) -> bool:
        """Tell whether a path leads from the start to the goal."""
        assert isinstance(example.question, ShortestPath)
        return is_path(example.graph, example.question, path)

    @classmethod
    def restore(cls, answer: Path) -> ShortestPath:
        """Return the question for a path from the start to the end of this one."""
        return ShortestPath(answer[0].source, answer[-1].target)


def shortest(votes: Sequence[Vote]) -> Verdict:
    """Return the shortest path that any vote found; of several, the one with the fewest changes of relation.

    Every path is made of real triples and leads to the goal, so a shorter one is better whichever vote found
    it. Votes agree if their paths are equally short. If no vote found a path, they may agree that there is
    none.
    """
    found = [vote for vote in votes if vote.path is not None]
    if not found:
        denying = [vote for vote in votes if vote.denies]
        if 2 * len(denying) <= len(votes):
            return Verdict(None, 0, 0.0)
        return Verdict(None, len(denying), share(len(denying), votes, denying[0].probability), denies=True)
    least = min(len(vote.path or ()) for vote in found)
    agreeing = [vote for vote in found if len(vote.path or ()) == least]
    fewest = min(_changes(vote.path or ()) for vote in agreeing)
    best = majority([vote for vote in agreeing if _changes(vote.path or ()) == fewest]).path
    return Verdict(best, len(agreeing), share(len(agreeing), votes, agreeing[0].probability))


def _changes(path: Path) -> int:
    return sum(triple.relation != before.relation for before, triple in pairwise(path))
