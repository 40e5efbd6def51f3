"""How a network is asked for relatives: it carries out instructions one by one, recalled or shown."""

from __future__ import annotations

import numpy as np

from graphdnc.episodes.encoding import log_probabilities, read_answers, show
from graphdnc.episodes.labels import DigitCode, Labels
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import OPPOSITE, roles_of
from graphdnc.kinship.program import Kind, Program, compile_rule
from graphdnc.kinship.rules import WORDS
from graphdnc.kinship.vocabulary import number_of
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.questions import Kin, Path
from graphdnc.tasks.kinship.dialogue import Dialogue
from graphdnc.tasks.kinship.facts import facts_in_labels, relation_label
from graphdnc.tasks.kinship.layout import NOTHING, REVERSED, SETS, Frame, Statement, show_frames
from graphdnc.tasks.task import Episodes
from graphdnc.tasks.votes import Vote
from graphdnc.utils.parallel import stop_if_abandoned

MOST_STEPS = 40
"""The maximum number of steps for every person of the family. Twelve people are added to their number."""

EMPTY = 8
"""Rows of memory that must stay empty."""


def list_relatives(network: Network, code: DigitCode, state: State, episodes: Episodes[Kin]) -> list[Vote]:
    """Return the relatives that B episodes list, each about its own family."""
    listings = [_Listing(*each) for each in zip(*episodes, strict=True)]
    stepper = network.stepper(state)
    frames = [one.dialogue.begin() for one in listings]
    while any(one.going for one in listings):
        stop_if_abandoned()
        shown, flags = show_frames(frames, code)
        logits = stepper.step(show(shown, flags, code), np.array([one.going for one in listings]))
        said = read_answers(logits, code)
        sure = log_probabilities(logits, said[:, None], code).squeeze(-1).tolist()
        for index, one in enumerate(listings):
            if one.going:
                a, b, c = said[index].tolist()
                frames[index] = one.hear((a, b, c), sure[index])
    return [one.vote() for one in listings]


def spare_rows(people: int, program: Program) -> int:
    """Return how many rows of memory a program needs at most, and some more that stay empty.

    Of all terms, half-siblings need the most: 138 rows in 500 families of 5-64 people.
    """
    return 150 + people * max(2, len(program) // 6)


class _Listing:
    """One episode: its dialogue, and the relatives that it lists."""

    def __init__(self, graph: Graph, question: Kin, labels: Labels) -> None:
        self.graph = graph
        self.people = {int(label): number for number, label in enumerate(labels.nodes)}
        self.facts = facts_in_labels(graph, labels)
        term = number_of(question.term)
        program = compile_rule(question.term.rule)
        told_program = [] if term is not None else list(program)
        self.dialogue = Dialogue(int(labels.nodes[question.person]), len(self.facts), told_program, term)
        self.going, self.first = True, True
        self.left = MOST_STEPS * (graph.nodes + 12)
        self.rows = spare_rows(graph.nodes, program) - EMPTY
        self.log_probability = 0.0

    def hear(self, said: Statement, sure: float) -> Frame:
        """Return the frame that follows an output; after the end of the dialogue, an empty frame."""
        # the first step has no output
        self.log_probability += 0.0 if self.first else sure
        frame = self.dialogue.next(NOTHING if self.first else said)
        self.first = False
        self.left -= 1
        made_up = bool(self.dialogue.said) and self.dialogue.said[-1][0] not in self.facts
        self.going = (
            frame is not None and not made_up and self.left > 0 and len(self.dialogue.added) < self.rows
        )
        return frame or Frame(())

    def vote(self) -> Vote:
        """Return the people listed, and the facts that the network said on the way to each."""
        sure = float(np.exp(self.log_probability))
        if not self.dialogue.ended:
            return Vote(None, sure)
        listed = tuple((self.people[label], self._way(label)) for label in self.dialogue.answer)
        return Vote(None, sure, denies=not listed, listed=listed)

    def _way(self, label: int) -> Path:
        """Return the facts on the way from the person asked about to a person listed."""
        came: dict[tuple[int, int], tuple[Statement, int, Statement | None]] = {}
        facts = {before: said for said, before in self.dialogue.said}
        for place, (row, at) in enumerate(self.dialogue.added):
            fact = facts.get(place)
            step = fact if self.dialogue.program[at].kind is Kind.STEP else None
            if not self.dialogue.program[at].note:
                came.setdefault((row[1], row[2]), (row, at, step))
        way: list[Triple] = []
        here = (SETS + self.dialogue.program[-1].target, label)
        while here in came:
            row, at, fact = came[here]
            if fact is not None:
                way.insert(0, self._stated(fact))
            here = (SETS + self.dialogue.program[at].source, row[2] if fact is None else row[0])
        return tuple(way)

    def _stated(self, fact: Statement) -> Triple:
        """Return the triple of the graph that states a fact, from this side or the other."""
        source, target = self.people[fact[0]], self.people[fact[2]]
        step, sex = fact[1] // 10 % 10, fact[1] % 10
        if fact[1] >= REVERSED:
            step = relation_label(OPPOSITE[tuple(WORDS)[step - 1]], None) // 10
            source, target = target, source
        roles = {number: relation_label(*role) for number, role in roles_of(self.graph).items()}
        between = [t for t in self.graph.leaving(source) if t.target == target and t.relation in roles]
        return next(
            triple
            for triple in between
            if roles[triple.relation] // 10 == step
            and (fact[1] >= REVERSED or roles[triple.relation] % 10 == sex)
        )
