"""How questions that take several questions ask networks, and what they add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from graphdnc.answering.answer import Answer
from graphdnc.answering.sessions import Sessions
from graphdnc.answering.subgraph_choice import near
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Asked, Compound, LeadingTo, Path, ShortestPath, Traversal
from graphdnc.tasks.votes import Relative

WALKS, PATHS = "traversal", "shortest-path"


@dataclass
class Networks:
    """Asks networks for one answer, and keeps what they said.

    Attributes:
        sessions: the networks.
        said: all answers so far.
    """

    sessions: Sessions
    said: list[Answer] = field(default_factory=list)

    @property
    def model(self) -> str | None:
        """The network that was asked first; ``None`` if none was."""
        if not self.said:
            return None
        return self._model(WALKS if isinstance(self.said[0].question, Traversal) else PATHS)

    def path(self, graph: Graph, start: int, goal: int) -> Path | None:
        """Return a shortest path that a network finds, ``None`` if it finds none."""
        if start == goal:
            return ()
        (answer,) = self.paths(graph, [ShortestPath(start, goal)])
        return answer.path

    def paths(self, graph: Graph, questions: Sequence[Asked]) -> list[Answer]:
        """Ask the network for shortest paths about a graph that is made for these questions."""
        return self._keep(self.sessions.answer_once(self._model(PATHS), PATHS, graph, questions))

    def leading_to(self, graph: Graph, goals: Sequence[int], within: int | None = None) -> list[Answer]:
        """Return the nodes that lead to each goal, by the search that a network says aloud."""
        return self.paths(graph, [LeadingTo(goal, within) for goal in goals])

    def walks(self, graph: Graph, questions: Sequence[Traversal]) -> list[Answer]:
        """Ask the network for walks."""
        return self._keep(self.sessions.answer_once(self._model(WALKS), WALKS, graph, questions))

    def one_step(self, graph: Graph, node: int, relations: Sequence[int]) -> dict[Triple, int]:
        """Return the triples of the graph that a network names, asked for each relation from one node.

        With each comes the number of votes. A relation is asked for whether or not it leaves the node.
        """
        session = self.sessions.open(self._model(WALKS), graph)
        answer_all = session.for_part(lambda limits: near(graph, node, limits, tuple(relations)))
        asked = [Traversal(node, (relation,)) for relation in relations]
        answers = answer_all(asked, self.sessions.votes_for(WALKS), self.sessions.seed)
        triples = set(graph.leaving(node))
        named = {
            path[0]: answer.agreeing
            for question, answer in zip(asked, answers, strict=True)
            for path in answer.paths
            if len(path) == 1 and path[0] in triples and path[0].relation == question.relations[0]
        }
        # where nothing leads on, the network must name something all the same: that says nothing about it
        right = {triple.relation for triple in named}
        pairs = zip(asked, answers, strict=True)
        self._keep([said for question, said in pairs if question.relations[0] in right] or answers[:1])
        return named

    def answer(
        self,
        question: Compound,
        paths: Sequence[Path] | None = None,
        relatives: Sequence[Relative] = (),
        denies: bool = False,
    ) -> Answer:
        """Return one answer for all that was asked; it is as sure as its least sure part."""
        least = min(
            self.said, key=lambda one: (one.agreeing / max(one.votes, 1), one.confidence), default=None
        )
        return Answer(
            question=question,
            path=paths[0] if paths else None,
            denies=denies,
            confidence=1.0 if least is None else min(one.confidence for one in self.said),
            votes=0 if least is None else least.votes,
            agreeing=0 if least is None else least.agreeing,
            seconds=sum(one.seconds for one in self.said),
            memorised=max((one.memorised for one in self.said), default=0),
            relatives=tuple(relatives),
            paths=tuple(paths or ()),
            complete=all(one.complete for one in self.said),
            part=any(one.part for one in self.said),
        )

    def _keep(self, answers: list[Answer]) -> list[Answer]:
        self.said += answers
        return answers

    def _model(self, task: str) -> str:
        return self.sessions.model_for(task) if self.sessions.fits(task) else task
