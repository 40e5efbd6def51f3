"""How a network lists relatives: it carries out instructions, its own or those it is told, one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphdnc.answering.voting import Vote
from graphdnc.episodes.encoding import log_probabilities, read_answers, show
from graphdnc.episodes.kinship import (
    NOTHING,
    RETOLD,
    SETS,
    Frame,
    Statement,
    Talk,
    relation_label,
    show_frames,
    spare_rows,
    told,
)
from graphdnc.episodes.labels import LabelCode, Labels
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import OPPOSITE, roles_of
from graphdnc.kinship.program import Kind, compile_rule
from graphdnc.kinship.rules import WORDS
from graphdnc.kinship.vocabulary import number_of
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.questions import Kin, Path
from graphdnc.utils.parallel import stop_if_abandoned

MOST_STEPS = 40
"""Steps of a talk at most, for every person of the family, and as many as for twelve people."""

EMPTY = 8
"""Rows of memory that must stay empty."""


def list_relatives(
    network: Network,
    code: LabelCode,
    state: State,
    graphs: Sequence[Graph],
    questions: Sequence[Kin],
    labels: Sequence[Labels],
) -> list[Vote]:
    """Return whom B episodes list, each about the family of its own.

    Raises:
        UsageError: the network cannot carry out a rule, or no relation of a graph is one of kinship.
        CapacityError: a rule takes too many instructions.
    """
    talks = [_Listing(*each) for each in zip(graphs, questions, labels, strict=True)]
    stepper = network.stepper(state)
    frames = [talk.talk.begin() for talk in talks]
    while any(talk.going for talk in talks):
        stop_if_abandoned()
        shown, flags = show_frames(frames, code)
        logits = stepper.step(show(shown, flags, code), np.array([talk.going for talk in talks]))
        said = read_answers(logits, code)
        sure = log_probabilities(logits, said[:, None], code).squeeze(-1).tolist()
        for index, talk in enumerate(talks):
            if talk.going:
                a, b, c = said[index].tolist()
                frames[index] = talk.hear((a, b, c), sure[index])
    return [talk.vote() for talk in talks]


class _Listing:
    """One episode: the talk, and what it comes to."""

    def __init__(self, graph: Graph, question: Kin, labels: Labels) -> None:
        self.graph = graph
        self.people = {int(label): number for number, label in enumerate(labels.nodes)}
        self.facts = told(graph, labels)
        term = number_of(question.term)
        program = compile_rule(question.term.rule)
        told_program = [] if term is not None else list(program)
        self.talk = Talk(int(labels.nodes[question.person]), len(self.facts), told_program, term)
        self.going, self.first = True, True
        self.left = MOST_STEPS * (graph.nodes + 12)
        self.rows = spare_rows(graph.nodes, program) - EMPTY
        self.log_probability = 0.0

    def hear(self, said: Statement, sure: float) -> Frame:
        """Return what is shown after a statement; anything once the talk is over."""
        # nothing is wanted after the first step
        self.log_probability += 0.0 if self.first else sure
        frame = self.talk.next(NOTHING if self.first else said)
        self.first = False
        self.left -= 1
        made_up = bool(self.talk.said) and self.talk.said[-1][0] not in self.facts
        self.going = frame is not None and not made_up and self.left > 0 and len(self.talk.added) < self.rows
        return frame or Frame(())

    def vote(self) -> Vote:
        """Return whom the network listed, and the facts that it said on the way to each."""
        sure = float(np.exp(self.log_probability))
        if not self.talk.ended:
            return Vote(None, sure)
        listed = tuple((self.people[label], self._way(label)) for label in self.talk.answer)
        return Vote(None, sure, denies=not listed, listed=listed)

    def _way(self, label: int) -> Path:
        """Return the facts on the way to somebody listed, from the person asked about."""
        came: dict[tuple[int, int], tuple[Statement, int, Statement | None]] = {}
        facts = {before: said for said, before in self.talk.said}
        for place, (row, at) in enumerate(self.talk.added):
            fact = facts.get(place)
            step = fact if self.talk.program[at].kind is Kind.STEP else None
            if not self.talk.program[at].note:
                came.setdefault((row[1], row[2]), (row, at, step))
        way: list[Triple] = []
        here = (SETS + self.talk.program[-1].target, label)
        while here in came:
            row, at, fact = came[here]
            if fact is not None:
                way.insert(0, self._stated(fact))
            here = (SETS + self.talk.program[at].source, row[2] if fact is None else row[0])
        return tuple(way)

    def _stated(self, fact: Statement) -> Triple:
        """Return the triple of the graph that a fact tells, or retells from the other side."""
        source, target = self.people[fact[0]], self.people[fact[2]]
        step, sex = fact[1] // 10 % 10, fact[1] % 10
        if fact[1] >= RETOLD:
            step = relation_label(OPPOSITE[tuple(WORDS)[step - 1]], None) // 10
            source, target = target, source
        roles = {number: relation_label(*role) for number, role in roles_of(self.graph).items()}
        between = [t for t in self.graph.leaving(source) if t.target == target and t.relation in roles]
        return next(
            triple
            for triple in between
            if roles[triple.relation] // 10 == step
            and (fact[1] >= RETOLD or roles[triple.relation] % 10 == sex)
        )
