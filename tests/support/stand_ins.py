"""Stand-ins for a network: they read the labels they are shown and answer by rule, some wrong on purpose."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from graphdnc.episodes.encoding import output_size
from graphdnc.episodes.labels import END, DigitCode
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION
from graphdnc.model.config import DNCConfig
from graphdnc.networks.checkpoint import Checkpoint
from graphdnc.questions.relation_table import EDGES, SEQUENCES
from graphdnc.tasks import TASKS

CODE = DigitCode()
TRIPLE = 3 * CODE.width


def checkpoint(network, task="traversal", planning=None):
    return Checkpoint(network, TASKS[task](CODE, planning), {}, "stand-in")


def seeking(network, planning=None):
    """Return a checkpoint trained for shortest paths."""
    return checkpoint(network, "shortest-path", planning or Planning())


def read_labels(inputs):
    """Read what is shown ``[..., input]`` back as labels ``[..., 3]``."""
    bits = inputs[..., :TRIPLE].reshape(*inputs.shape[:-1], 3, CODE.width)
    return np.where(bits.any(-1), CODE.decode(bits), BLANK)


class State(list):
    """What every episode holds in memory: its triples, in labels."""

    def repeated(self, times):
        return State(self * times)

    def part(self, first, end):
        return State(self[first:end])


class StandIn:
    config = DNCConfig()
    threads = 2  # they count what they are asked, in order
    memorised = 0

    def memorise(self, description, lengths, rows):
        self.memorised += 1
        assert len(description) <= rows
        labels = read_labels(description)
        return State(labels[:length, index].tolist() for index, length in enumerate(lengths.tolist()))


class Walker(StandIn):
    """Walks by rule.

    Episodes whose number, counted over all calls, is in ``wrong`` answer with the first triples only.
    """

    def __init__(self, wrong=(), sure=20.0, first=1):
        self.wrong, self.sure, self.first = set(wrong), sure, first
        self.answered = 0

    def run(self, steps, state, active):
        labels, logits = read_labels(steps), np.zeros((*steps.shape[:2], output_size(CODE)), np.float32)
        for index, triples in enumerate(state):
            begin = int(steps[:, index, TRIPLE + ANSWER_WANTED].argmax())
            path = walk(triples, labels[:begin, index].tolist())
            if self.answered in self.wrong:
                path = path[: self.first]
            logits[begin : begin + len(path) + 1, index] = self.sure * encoded([*path, (END, END, END)])
            self.answered += 1
        return logits


def encoded(triples):
    rows = np.array(triples)
    return CODE.encode(rows).reshape(len(rows), TRIPLE)


def walk(triples, query):
    node, path = query[0][0], []
    for _, relation, _ in query:
        leaving = [row for row in triples if row[:2] == [node, relation]]
        if not leaving:
            break
        path.append(leaving[0])
        node = path[-1][2]
    return path


class Talker(StandIn):
    """Answers step by step: ``mind(triples, number)`` makes what hears and says, one for every episode.

    It keeps what every episode heard at steps at which it was active, and how many steps were taken in all.
    """

    def __init__(self, mind, sure=20.0):
        self.mind, self.sure = mind, sure
        self.episodes = self.steps = 0
        self.heard = []

    def stepper(self, state):
        minds = [self.mind(triples, self.episodes + index) for index, triples in enumerate(state)]
        self.episodes += len(minds)
        self.steps, self.heard = 0, [[] for _ in minds]
        return SimpleNamespace(step=lambda inputs, active: self._step(minds, inputs, active))

    def _step(self, minds, inputs, active):
        self.steps += 1
        logits, labels = np.zeros((len(inputs), TRIPLE), np.float32), read_labels(inputs).tolist()
        for index in np.flatnonzero(active).tolist():
            channels = tuple(inputs[index, TRIPLE:].astype(int).tolist())
            self.heard[index].append((tuple(labels[index]), channels))
            said = minds[index](labels[index], channels)
            if said is not None:
                logits[index] = said if isinstance(said, np.ndarray) else self.sure * encoded([said])[0]
        return logits


class Seeker:
    """Knows breadth-first search: finds, says and walks a shortest path, in an order of its own.

    ``detour`` lets it move as far from the goal as it can come back from; ``denies`` lets it say at once that
    nothing is left to find.
    """

    def __init__(self, triples, seed=0, detour=False, denies=False):
        self.triples, self.detour, self.denies = triples, detour, denies
        self.rng = np.random.default_rng(seed)
        self.ways, self.queue, self.node = {}, [], None

    def __call__(self, heard, channels):
        if len(channels) > PLANNING and channels[PLANNING]:
            return self.plan(heard, channels[TRANSITION])
        if channels[ANSWER_WANTED]:
            return self.move(heard[2])
        if heard != [BLANK] * 3:
            self.start, self.goal = heard[0], heard[2]
            assert heard[1] == BLANK
        return None

    def plan(self, heard, first):
        source, relation, target = heard
        if self.denies:
            return END, END, END
        if first:
            assert heard == [self.goal, BLANK, BLANK]
            return END, END, self.goal
        if target == BLANK:
            assert (source, relation) == (self.node, BLANK)
            return END, END, self.queue.pop(0) if self.queue else END
        if source == BLANK:
            assert relation == BLANK
            self.node = target
        else:
            assert heard in self.triples
            self.ways[source] = heard
            self.queue.append(source)
        new = [triple for triple in self.triples if triple[2] == self.node and triple[0] not in self.ways]
        return new[int(self.rng.integers(len(new)))] if new else (self.node, END, END)

    def move(self, node):
        if node in self.ways and not self.detour:
            return self.ways[node]
        away = {self.goal: 0}  # it planned in silence
        for near in (nodes := [self.goal]):
            new = {source for source, _, target in self.triples if target == near} - set(away)
            away.update(dict.fromkeys(new, away[near] + 1))
            nodes += new
        ways = [triple for triple in self.triples if triple[0] == node and triple[2] in away]
        return (max if self.detour else min)(ways, key=lambda triple: away[triple[2]], default=None)


class Follower:
    """Knows all relations by heart, follows them edge by edge as it is taught, and says where they lead.

    ``swap`` gives other edges to follow by the relation's number; ``lost`` lets it name another end.
    """

    def __init__(self, triples, swap=None, lost=False):
        self.triples, self.lost = triples, lost
        self.swap = swap or {}
        self.taken = 0

    def __call__(self, heard, channels):
        source, edge, target = heard
        if channels[ANSWER_WANTED]:
            assert heard == [BLANK] * 3
            return self.start, self.asked, self.end()
        if not channels[PLANNING]:
            self.start, self.asked = self.node, _ = source, edge
            assert target == BLANK
            number = edge - EDGES
            self.edges = self.swap.get(number, SEQUENCES[number])
            return None
        if target == BLANK:
            found = [triple for triple in self.triples if triple[:2] == [source, edge]]
            return found[0] if found else (source, edge, END)
        self.node = target
        if self.taken == len(self.edges):
            return END, END, END
        self.taken += 1
        return self.node, self.edges[self.taken - 1], END

    def end(self):
        nodes = {triple[2] for triple in self.triples} - {self.node}
        return min(nodes) if self.lost else self.node
