"""How a network that holds graphs in its memory answers: traversals at once, shortest paths step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphdnc.answering.kinship.decoding import list_relatives
from graphdnc.answering.voting import Vote
from graphdnc.episodes import inference, search
from graphdnc.episodes.encoding import (
    CHANNELS,
    decode,
    encode_graphs,
    encode_questions,
    log_probabilities,
    most_probable,
    read_answers,
    show,
    spare_rows,
)
from graphdnc.episodes.labels import END, LabelCode, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION, in_labels
from graphdnc.graph import Graph, Triple
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.oracle.solve import is_path
from graphdnc.questions import Asked, Example, Kin, Relation, ShortestPath, Traversal
from graphdnc.utils.arrays import Floats
from graphdnc.utils.parallel import stop_if_abandoned


@dataclass(frozen=True)
class Decoder:
    """A network and how it is spoken to.

    Attributes:
        network: the network.
        code: how labels are shown to it.
        planning: how it plans; ``None`` where it was trained for traversals.
    """

    network: Network
    code: LabelCode
    planning: Planning | None

    def ask(self, examples: Sequence[Example], rng: np.random.Generator) -> list[Vote]:
        """Let the network memorise the graph of each example, under fresh labels, and answer its question.

        Raises:
            CapacityError: a graph has more names than the code has labels.
        """
        graphs, questions = [own.graph for own in examples], [own.question for own in examples]
        described = encode_graphs(graphs, rng, self.code, self.planning)
        spare = max(spare_rows(own.question, own.graph.nodes, self.planning) for own in examples)
        state = self.network.memorise(described.inputs, described.lengths, len(described.inputs) + spare)
        return self.answer(state, graphs, questions, described.labels)

    def answer(
        self,
        state: State,
        graphs: Sequence[Graph],
        questions: Sequence[Asked],
        labels: Sequence[Labels],
    ) -> list[Vote]:
        """Return what B episodes answer; questions are of one kind, each about the graph of its episode."""
        walks = [question for question in questions if isinstance(question, Traversal)]
        if len(walks) == len(questions):
            return self._walk(state, walks, labels)
        kin = [question for question in questions if isinstance(question, Kin)]
        if len(kin) == len(questions):
            return list_relatives(self.network, self.code, state, graphs, kin, labels)
        talk = _Talk(self, state, graphs, labels)
        searches = [question for question in questions if isinstance(question, ShortestPath)]
        if len(searches) == len(questions):
            return _Search(talk, searches).run()
        relations = [question for question in questions if isinstance(question, Relation)]
        assert len(relations) == len(questions), "questions of one kind at a time"
        return _Chain(talk, relations).run()

    def _walk(self, state: State, questions: Sequence[Traversal], labels: Sequence[Labels]) -> list[Vote]:
        asked = encode_questions(questions, labels, self.code)
        return read_votes(self.network.run(asked.steps, state, asked.active), asked.wanted, labels, self.code)


def read_votes(
    logits: Floats, wanted: NDArray[np.bool_], labels: Sequence[Labels], code: LabelCode
) -> list[Vote]:
    """Return what B traversals answered, from logits ``[S, B, output]`` and where answers were ``wanted``."""
    answers = read_answers(logits, code)
    sure = log_probabilities(logits, answers[..., None, :], code).squeeze(-1)
    probabilities = np.exp(np.where(wanted, sure, 0).sum(0)).tolist()
    votes = []
    for index, own in enumerate(labels):
        # An answer that ends at once names no path either: a question has at least one step.
        path = decode(answers[wanted[:, index], index], own) or None
        votes.append(Vote(path, probabilities[index]))
    return votes


class _Talk:
    """B episodes in which the network hears what it said before."""

    def __init__(
        self, speaker: Decoder, state: State, graphs: Sequence[Graph], labels: Sequence[Labels]
    ) -> None:
        assert speaker.planning is not None, "all but traversals are planned"
        self.code, self.planning = speaker.code, speaker.planning
        self.graphs, self.labels = graphs, labels
        self._stepper = speaker.network.stepper(state)

    def step(self, heard: NDArray[np.int64], active: NDArray[np.bool_], *channels: int) -> Floats:
        """Let the network hear triples of labels ``[B, 3]``; return logits ``[B, output]``."""
        stop_if_abandoned()
        flags = np.zeros((len(heard), CHANNELS + self.planning.aloud), np.float32)
        flags[:, list(channels)] = 1
        return self._stepper.step(show(heard, flags, self.code), active)


class _Search:
    """B shortest paths sought together: planning, then one move at a time (``episodes/search.py``)."""

    def __init__(self, talk: _Talk, questions: Sequence[ShortestPath]) -> None:
        self.talk, self.planning, self.code = talk, talk.planning, talk.code
        self.graphs, self.questions, self.labels = talk.graphs, questions, talk.labels
        asked = [search.query(question, own) for question, own in zip(questions, self.labels, strict=True)]
        self.query = np.array(asked, np.int64)
        self.start, self.goal = self.query[:, 0], self.query[:, 2]
        self.budgets = np.array([self.planning.budget(graph.nodes) for graph in self.graphs])
        self.denied = np.zeros(len(asked), bool)
        self.lost = np.zeros(len(asked), bool)
        self.log_probability = np.zeros(len(asked))

    def run(self) -> list[Vote]:
        """Plan, move and return a vote for every episode."""
        open_ = self.start != self.goal
        self.talk.step(self.query, open_, TRANSITION)
        if self.planning.aloud:
            self._plan_aloud(open_)
        else:
            self._plan_in_silence(open_)
        return self._move(open_ & ~self.denied)

    def _plan_in_silence(self, active: NDArray[np.bool_]) -> None:
        nothing = np.full_like(self.query, BLANK)
        for step in range(int(self.budgets.max())):
            self.talk.step(nothing, active & (step < self.budgets))

    def _plan_aloud(self, active: NDArray[np.bool_]) -> None:
        """Let the network say what it finds until that is the start, or nothing is left to find."""
        heard = np.full_like(self.query, BLANK)
        heard[:, 0] = self.goal
        active = active.copy()
        for step in range(int(self.budgets.max())):
            active &= step < self.budgets
            if not active.any():
                return
            logits = self.talk.step(heard, active, *[TRANSITION] * (step == 0), PLANNING)
            arrived = (heard[:, 0] == self.start) & (heard[:, 2] != BLANK)
            said = read_answers(logits, self.code)
            silent = (said == END).all(-1)
            self._deny(active & silent & ~arrived, logits)
            active &= ~silent & ~arrived
            heard = _heard(said)

    def _deny(self, denying: NDArray[np.bool_], logits: Floats) -> None:
        """Note which episodes say that nothing is left to find, and how probable that was to them."""
        self.denied |= denying
        for index in np.flatnonzero(denying).tolist():
            ends = log_probabilities(logits[index], np.full((1, 3), END), self.code)
            self.log_probability[index] = float(ends[0])

    def _move(self, active: NDArray[np.bool_]) -> list[Vote]:
        """Move by the most probable triple that leaves the node reached, until all are at the goal."""
        heard = np.stack([np.full_like(self.start, BLANK)] * 2 + [self.start], axis=1)
        nodes = [question.start for question in self.questions]
        paths: list[list[Triple]] = [[] for _ in nodes]
        passed = [{node} for node in nodes]
        active, transition = active.copy(), [TRANSITION]
        while active.any():
            logits = self.talk.step(heard, active, *transition, ANSWER_WANTED)
            transition = []
            moves = self._best_moves(logits, nodes, active)
            for index, move in moves.items():
                paths[index].append(move)
                nodes[index] = move.target
                heard[index] = in_labels([move], self.labels[index])[0]
                # the memory is as it was, so a node reached again would be left the same way again
                self.lost[index] = move.target in passed[index]
                passed[index].add(move.target)
            there = np.array(
                [node == question.goal for node, question in zip(nodes, self.questions, strict=True)]
            )
            active &= ~there & ~self.lost
        return [self._vote(index, path) for index, path in enumerate(paths)]

    def _best_moves(self, logits: Floats, nodes: list[int], active: NDArray[np.bool_]) -> dict[int, Triple]:
        """Return the most probable move of each active episode; one that has none is lost."""
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


def _heard(said: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return statements ``[B, 3]`` as they are heard: END labels are blank, and a relation beside one."""
    heard = np.where(said == END, BLANK, said)
    found = (said[:, 0] != END) & (said[:, 2] != END)
    # a relation may have the label of END
    heard[:, 1] = np.where(found, said[:, 1], BLANK)
    return heard


class _Chain:
    """B relations followed together, edge by edge (``episodes/inference.py``)."""

    def __init__(self, talk: _Talk, questions: Sequence[Relation]) -> None:
        self.talk, self.code, self.labels = talk, talk.code, talk.labels
        self.graphs, self.questions = talk.graphs, questions
        asked = [inference.query(question, own) for question, own in zip(questions, self.labels, strict=True)]
        self.query = np.array(asked, np.int64)

    def run(self) -> list[Vote]:
        """Follow, answer and return a vote for every episode."""
        everyone = np.ones(len(self.query), bool)
        self.talk.step(self.query, everyone, TRANSITION)
        followed = self._follow(everyone)
        logits = self.talk.step(np.full_like(self.query, BLANK), everyone, TRANSITION, ANSWER_WANTED)
        said = read_answers(logits, self.code)
        sure = np.exp(log_probabilities(logits, said[:, None], self.code).squeeze(-1)).tolist()
        answers = zip(said, followed, sure, strict=True)
        return [self._vote(index, *answer) for index, answer in enumerate(answers)]

    def _follow(self, everyone: NDArray[np.bool_]) -> list[list[NDArray[np.int64]]]:
        """Let the network say which edges it follows and where they lead, until it says the end."""
        heard = np.full_like(self.query, BLANK)
        heard[:, 2] = self.query[:, 0]
        active = everyone.copy()
        followed: list[list[NDArray[np.int64]]] = [[] for _ in everyone]
        for step in range(inference.BUDGET):
            logits = self.talk.step(heard, active, *[TRANSITION] * (step == 0), PLANNING)
            said = read_answers(logits, self.code)
            asking = active & (heard[:, 2] == BLANK)
            for index in np.flatnonzero(asking).tolist():
                followed[index].append(said[index])
            active &= ~(said == END).all(-1)
            heard = inference.heard(said)
        # what was never said to be all of it is no path
        return [[] if endless else path for path, endless in zip(followed, active, strict=True)]

    def _vote(
        self, index: int, answer: NDArray[np.int64], followed: list[NDArray[np.int64]], sure: float
    ) -> Vote:
        """Return the path said, if the graph has it and the answer completes the question with its end."""
        labels, start = self.labels[index], self.questions[index].start
        path = decode(np.array([*followed, [END] * 3]), labels)
        if not path or not is_path(self.graphs[index], ShortestPath(start, path[-1].target), path):
            return Vote(None, sure)
        completed = [*self.query[index, :2].tolist(), int(labels.nodes[path[-1].target])]
        return Vote(path if answer.tolist() == completed else None, sure)
