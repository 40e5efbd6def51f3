"""The steps of an answer read back by name, for traces: what a network heard, said and read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graphdnc.episodes.labels import END, DigitCode, Labels
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, CHANNEL_NAMES, PLANNING
from graphdnc.graph import Graph
from graphdnc.utils.arrays import Floats

CLEAR = 0.3
"""By how much the largest number of a digit must exceed the next one. A label with a less clear digit is
shown as blank."""

Named = tuple[str | None, str | None, str | None]
"""A source, a relation and a target by name; ``None`` where a part is blank, or the label of the end."""


class Read(NamedTuple):
    """The row of memory that a head read most.

    Attributes:
        weight: the share of what the head read that came from this row, 0 to 1.
        mode: the largest of its read modes: ``content``, ``backward`` or ``forward``.
        written: the number of the step in which the row was written last.
        holds: the triple heard when the row was written; a row that is only marked keeps it.
    """

    row: int
    weight: float
    mode: str
    written: int
    holds: Named


class Write(NamedTuple):
    """The row of memory that a step wrote most, and how much of the step went there, 0 to 1."""

    row: int
    weight: float


class Seen(NamedTuple):
    """What the heads did in one step: for each write head and each read head in order.

    ``None`` for next to nothing.
    """

    writes: tuple[Write | None, ...]
    reads: tuple[Read | None, ...]


class Step(NamedTuple):
    """One step of an episode.

    Attributes:
        phase: ``description``, ``query``, ``planning`` or ``answer``; for kinship ``description``, ``query``,
            ``recall`` or ``carrying out``.
        channels: names of the binary channels that are on.
        heard: the triple shown.
        said: the network's output; ``None`` where no output is used. All blank, it is the end.
        seen: what each head wrote and read.
        instruction: for kinship, the current instruction, or the one said.
        person: for kinship, the person whose facts or memberships are looked up.
        candidate: for kinship, who may be new in which set, and from whom.
    """

    phase: str
    channels: tuple[str, ...]
    heard: Named
    said: Named | None
    seen: Seen
    instruction: str | None = None
    person: str | None = None
    candidate: Named | None = None


class StepReader:
    """Reads the steps of one episode back; a label that names nothing is shown as its number."""

    channel_names: tuple[str, ...] = CHANNEL_NAMES

    def __init__(self, graph: Graph, labels: Labels, code: DigitCode) -> None:
        self.code = code
        self.nodes = {int(label): graph.node_name(n) for n, label in enumerate(labels.nodes)}
        self.relations = {int(label): graph.relation_name(n) for n, label in enumerate(labels.relations)}

    def description(self, shown: Floats, seen: Seen) -> Step:
        """Return one step of the description, given the input ``[input]`` and what the heads did."""
        return Step("description", self.channels_on(shown), self.held(shown), None, seen)

    def step(self, shown: Floats, said: list[int], seen: Seen) -> Step:
        """Return one step after the description, given the input ``[input]``, the labels said and what the
        heads did.
        """
        on = self.channels_on(shown)
        planning, answering = CHANNEL_NAMES[PLANNING] in on, CHANNEL_NAMES[ANSWER_WANTED] in on
        phase = "answer" if answering else "planning" if planning else "query"
        spoken = self.said(said, answering) if planning or answering else None
        return Step(phase, on, self.held(shown), spoken, seen)

    def channels_on(self, shown: Floats) -> tuple[str, ...]:
        """Return the names of the binary channels that are on in an input ``[input]``."""
        channels = shown[3 * self.code.width :].tolist()
        return tuple(name for name, value in zip(self.channel_names, channels, strict=False) if value)

    def held(self, bits: Floats) -> Named:
        """Return the triple that an input, or a row of memory, begins with."""
        return self.triple(clear_labels(bits[: 3 * self.code.width], self.code))

    def node(self, label: int) -> str | None:
        """Return the name of a node."""
        return None if label in (BLANK, END) else self.nodes.get(label, str(label))

    def relation(self, label: int) -> str | None:
        """Return the name of a relation."""
        return None if label == BLANK else self.relations.get(label, str(label))

    def triple(self, labels: list[int]) -> Named:
        """Return a triple of labels by name."""
        source, relation, target = labels
        return self.node(source), self.relation(relation), self.node(target)

    def said(self, labels: list[int], moving: bool = False) -> Named:
        """Return a statement by name.

        A relation may have the label of the end, but means nothing beside one. Only the target of a move
        matters: its source goes without saying.
        """
        source, relation, target = labels
        ended = (source == END and not moving) or (target == END and not self.code.known_relations)
        ended |= source == target == END
        return self.triple([source, BLANK if relation == END and ended else relation, target])


def clear_labels(bits: Floats, code: DigitCode) -> list[int]:
    """Return the labels that bits stand for, ``BLANK`` where a digit is not clear."""
    labels = bits.reshape(-1, code.width)
    digits = np.sort(labels.reshape(len(labels), code.places.shape[1], -1), axis=-1)
    clear = (digits[..., -1] - digits[..., -2]).min(-1) > CLEAR
    found: list[int] = np.where(clear, code.decode(labels), BLANK).tolist()
    return found
