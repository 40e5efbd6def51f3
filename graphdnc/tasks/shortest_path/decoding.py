"""How a network is asked for shortest paths: it plans step by step, then moves step by step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.encoding import log_probabilities, most_probable
from graphdnc.episodes.labels import END
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION, in_labels
from graphdnc.graph import Triple
from graphdnc.questions import ShortestPath
from graphdnc.tasks.shortest_path.layout import query
from graphdnc.tasks.shortest_path.statements import Statements, as_heard, say
from graphdnc.tasks.task import Episodes, EpisodeStepper
from graphdnc.tasks.votes import Vote
from graphdnc.utils.arrays import Floats


class Search:
    """B shortest paths searched for together: planning, then one move at a time (``layout.py``)."""

    def __init__(self, stepper: EpisodeStepper, planning: Planning, episodes: Episodes[ShortestPath]) -> None:
        self.stepper, self.planning, self.code = stepper, planning, stepper.code
        self.graphs, self.questions, self.labels = episodes
        asked = [query(question, own) for question, own in zip(self.questions, self.labels, strict=True)]
        self.query = np.array(asked, np.int64)
        self.start, self.goal = self.query[:, 0], self.query[:, 2]
        self.budgets = np.array([self.planning.budget(graph.nodes) for graph in self.graphs])
        self.denied = np.zeros(len(asked), bool)
        self.lost = np.zeros(len(asked), bool)
        self.log_probability = np.zeros(len(asked))

    def run(self) -> list[Vote]:
        """Plan, move and return a vote for every episode."""
        open_ = self.start != self.goal
        self.stepper.step(self.query, open_, TRANSITION)
        if self.planning.aloud:
            self._plan_aloud(open_)
        else:
            for step in range(int(self.budgets.max())):
                self.stepper.step(np.full_like(self.query, BLANK), open_ & (step < self.budgets))
        return self._move(open_ & ~self.denied)

    def _plan_aloud(self, active: NDArray[np.bool_]) -> None:
        """Let the network say what it finds, until it finds the start or says that nothing is left."""
        heard = np.full_like(self.query, BLANK)
        heard[:, 0] = self.goal
        active = active.copy()
        about = [Statements(*each) for each in zip(self.graphs, self.labels, strict=True)]
        for step in range(int(self.budgets.max())):
            active &= step < self.budgets
            if not active.any():
                return
            logits = self.stepper.step(heard, active, *[TRANSITION] * (step == 0), PLANNING)
            arrived = (heard[:, 0] == self.start) & (heard[:, 2] != BLANK)
            said = say(about, logits, active, self.code)
            silent = (said == END).all(-1)
            denying = active & silent & ~arrived
            self.denied |= denying
            for index in np.flatnonzero(denying).tolist():
                ends = log_probabilities(logits[index], np.full((1, 3), END), self.code)
                self.log_probability[index] = float(ends[0])
            active &= ~silent & ~arrived
            heard = as_heard(said)

    def _move(self, active: NDArray[np.bool_]) -> list[Vote]:
        """Make the most probable moves until all episodes are at their goals or lost."""
        heard = np.stack([np.full_like(self.start, BLANK)] * 2 + [self.start], axis=1)
        nodes = [question.start for question in self.questions]
        paths: list[list[Triple]] = [[] for _ in nodes]
        passed = [{node} for node in nodes]
        active, transition = active.copy(), [TRANSITION]
        while active.any():
            logits = self.stepper.step(heard, active, *transition, ANSWER_WANTED)
            transition = []
            moves = self._best_moves(logits, nodes, active)
            for index, move in moves.items():
                paths[index].append(move)
                nodes[index] = move.target
                heard[index] = in_labels([move], self.labels[index])[0]
                # the memory does not change, so the same move would follow from a node reached again
                self.lost[index] = move.target in passed[index]
                passed[index].add(move.target)
            there = np.array(
                [node == question.goal for node, question in zip(nodes, self.questions, strict=True)]
            )
            active &= ~there & ~self.lost
        return [self._vote(index, path) for index, path in enumerate(paths)]

    def _best_moves(self, logits: Floats, nodes: list[int], active: NDArray[np.bool_]) -> dict[int, Triple]:
        """Return the most probable move of each active episode; an episode without moves is lost."""
        moves = {}
        for index in np.flatnonzero(active).tolist():
            leaving = self.graphs[index].leaving(nodes[index])
            if not leaving:
                self.lost[index] = True
                continue
            moves[index], sure = most_probable(logits[index], leaving, self.labels[index], self.code)
            self.log_probability[index] += sure
        return moves

    def _vote(self, index: int, path: list[Triple]) -> Vote:
        question = self.questions[index]
        end = path[-1].target if path else question.start
        arrived = end == question.goal and not self.lost[index]
        denies = bool(self.denied[index])
        return Vote(tuple(path) if arrived else None, float(np.exp(self.log_probability[index])), denies)
