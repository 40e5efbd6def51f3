"""All nodes that lead to a goal, as a network finds them: its search, said aloud until nothing is left.

The search is that of a shortest path (``layout.py``), breadth first from the goal backwards. No node is its
start, so it does not end before the network says that nothing is left or, if only nodes ``within`` some steps
are asked for, before it is about to expand a node at that distance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.encoding import log_probabilities
from graphdnc.episodes.labels import END, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import BLANK, PLANNING, TRANSITION
from graphdnc.graph import Graph, Triple
from graphdnc.questions import LeadingTo, Path
from graphdnc.tasks.shortest_path.statements import Statements, as_heard, say
from graphdnc.tasks.task import Episodes, EpisodeStepper
from graphdnc.tasks.votes import Vote


class _Listing:
    """What one episode has found: for each node, the triples that lead from it to the goal."""

    def __init__(self, graph: Graph, question: LeadingTo, labels: Labels) -> None:
        self.goal, self.within = question.goal, question.within
        self.ways: dict[int, Path] = {}
        self.going, self.ended = True, False
        self.log_probability = 0.0
        self._nodes = {int(label): number for number, label in enumerate(labels.nodes)}
        self._relations = {int(label): number for number, label in enumerate(labels.relations)}

    def hear(self, said: list[int], sure: float) -> None:
        """Take note of a statement: a triple found, a node to expand, or the end."""
        self.log_probability += sure
        source, relation, target = said
        if source != END and target != END:
            self._find(source, relation, target)
        elif said == [END] * 3:
            self.going, self.ended = False, True
        elif source == END and self.within is not None:
            node = self._nodes[target]
            far = node != self.goal and len(self.ways.get(node, ())) >= self.within
            self.going, self.ended = not far, far

    def _find(self, source: int, relation: int, target: int) -> None:
        triple = Triple(self._nodes[source], self._relations[relation], self._nodes[target])
        if triple.source != self.goal and (triple.target == self.goal or triple.target in self.ways):
            self.ways.setdefault(triple.source, (triple, *self.ways.get(triple.target, ())))

    def vote(self) -> Vote:
        """Return the nodes found, each with its way to the goal; nothing if the search did not end."""
        sure = float(np.exp(self.log_probability))
        if not self.ended:
            return Vote(None, sure)
        return Vote(None, sure, denies=not self.ways, listed=tuple(self.ways.items()))


def list_all(stepper: EpisodeStepper, planning: Planning, episodes: Episodes[LeadingTo]) -> list[Vote]:
    """Return the votes of B episodes, each with all nodes found."""
    listings = [_Listing(*each) for each in zip(*episodes, strict=True)]
    code = stepper.code
    query = np.array([_query(*each, code.capacity) for each in zip(*episodes, strict=True)], np.int64)
    stepper.step(query, np.ones(len(listings), bool), TRANSITION)
    budgets = np.array([planning.budget(graph.nodes) for graph in episodes.graphs])
    heard = np.full_like(query, BLANK)
    heard[:, 0] = query[:, 2]
    about = [Statements(graph, labels) for graph, _, labels in zip(*episodes, strict=True)]
    for step in range(int(budgets.max())):
        active = np.array([one.going for one in listings]) & (step < budgets)
        if not active.any():
            break
        logits = stepper.step(heard, active, *[TRANSITION] * (step == 0), PLANNING)
        said = say(about, logits, active, code)
        sure = log_probabilities(logits, said[:, None], code).squeeze(-1)
        for index in np.flatnonzero(active).tolist():
            listings[index].hear(said[index].tolist(), float(sure[index]))
        heard = as_heard(said)
    return [one.vote() for one in listings]


def _query(graph: Graph, question: LeadingTo, labels: Labels, capacity: int) -> NDArray[np.int64]:
    """Return the query of a search for no node: its start has a label that nothing in the graph has."""
    free = np.setdiff1d(np.arange(END + 1, capacity), labels.nodes)
    start = int(free[0]) if len(free) else int(labels.nodes[question.goal])
    return np.array([start, BLANK, int(labels.nodes[question.goal])], np.int64)
