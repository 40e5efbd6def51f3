"""Traces: what a network hears, says, writes and reads at every step of one answer, from one memory.

A recorder stands in for the network while it answers, and keeps what it is shown. Then the whole episode is
run once more, from the first triple of the description, and everything that happens is recorded
(``graphdnc/model/recording.py``). Nothing is decided anew: the second run hears what the first one heard.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphdnc.answering.memory import GraphMemory
from graphdnc.episodes.encoding import describe_rows, read_answers
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph
from graphdnc.model.config import DNCConfig
from graphdnc.model.runtime.protocol import Network, State, Stepper
from graphdnc.questions import Asked
from graphdnc.tasks.reading import Named, Read, Seen, Step, StepReader, Write
from graphdnc.tasks.votes import Vote
from graphdnc.utils.arrays import Floats
from graphdnc.utils.interrupts import Interrupts

if TYPE_CHECKING:
    from graphdnc.model.recording import Recording

MOST_STEPS = 100_000
"""The maximum number of steps of a trace."""
LEAST_WEIGHT = 0.05
"""A head reads or writes nothing if its largest weight is smaller."""


@dataclass(frozen=True)
class Trace:
    """All steps of one try, from the first triple written, and its vote.

    Attributes:
        question: the question.
        graph: the graph that was asked about.
        described: the number of steps of the description, which come first.
        steps: every step by name.
        recording: every step as arrays.
        vote: what this try answered.
    """

    question: Asked
    graph: Graph
    described: int
    steps: tuple[Step, ...]
    recording: Recording
    vote: Vote

    @property
    def asked(self) -> tuple[Step, ...]:
        """The steps after the description."""
        return self.steps[self.described :]


def trace(memorised: GraphMemory, question: Asked) -> Trace:
    """Ask a question of the first memory of a graph and return all steps of the answer.

    Raises:
        CapacityError: there are more than :data:`MOST_STEPS` steps, or the weightings are too large.
    """
    decoder, labels = memorised.decoder, memorised.labels[0]
    task, network = decoder.task, decoder.network
    heard = Listener(network)
    recorded = replace(decoder, network=heard)
    (vote,) = recorded.answer(memorised.state.part(0, 1), [memorised.graph], [question], [labels])
    rows = memorised.first
    described = describe_rows([rows], [labels], task.description_channels(len(rows)), task.code)
    inputs = np.concatenate([described.inputs[:, 0], *(shown[None] for shown in heard.inputs)])
    recording = record(network, inputs, len(rows), memorised.rows)
    if heard.outputs:  # what was decided on, to the bit
        recording.outputs[len(rows) :] = heard.outputs
    reader = task.step_reader(memorised.graph, labels, question)
    steps = _by_name(recording, len(rows), reader, network.config)
    return Trace(question, memorised.graph, len(rows), steps, recording, vote)


def record(network: Network, inputs: Floats, described: int, rows: int) -> Recording:
    """Return all steps of an episode ``[T, input]``, of which the first ``described`` are its description.

    Raises:
        CapacityError: the weightings are too large.
    """
    with Interrupts():  # not above: only traces need torch. An import that breaks off cannot be repeated
        from graphdnc.model import recording
        from graphdnc.model.runtime.eager import EagerNetwork

    dnc = EagerNetwork.of(network.config, network.weights).dnc
    return recording.record(dnc, inputs, described, rows)


class Listener:
    """Stands in for a network, and keeps what its first episode is shown and what it gives.

    Attributes:
        inputs: what was shown at each step, ``[input]``.
        outputs: what was given, ``[output]``.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.config, self.weights, self.threads = network.config, network.weights, network.threads
        self.inputs: list[Floats] = []
        self.outputs: list[Floats] = []

    def begin(self, episodes: int, rows: int) -> State:
        """Let the network begin."""
        return self.network.begin(episodes, rows)

    def memorise(self, inputs: Floats, lengths: NDArray[np.int64], rows: int) -> State:
        """Let the network memorise."""
        return self.network.memorise(inputs, lengths, rows)

    def stepper(self, state: State) -> ListeningStepper:
        """Return a stepper that starts from a state and keeps its steps."""
        return ListeningStepper(self, self.network.stepper(state))

    def run(self, steps: Floats, state: State, active: NDArray[np.bool_]) -> Floats:
        """Take steps ``[S, B, input]``; return logits ``[S, B, output]``."""
        logits = self.network.run(steps, state, active)
        for shown, given, own in zip(steps, logits, active, strict=True):
            self.keep(shown, given, own)
        return logits

    def keep(self, inputs: Floats, logits: Floats, active: NDArray[np.bool_]) -> None:
        """Keep a step of B episodes, if the first one takes it."""
        if not active[0]:
            return
        if len(self.inputs) == MOST_STEPS:
            raise CapacityError(f"more than {MOST_STEPS:,} steps are not traced; ask about a smaller graph")
        self.inputs.append(inputs[0].copy())
        self.outputs.append(logits[0].copy())


class ListeningStepper:
    """A stepper whose steps are kept."""

    def __init__(self, listener: Listener, stepper: Stepper) -> None:
        self._listener, self._stepper = listener, stepper

    def step(self, inputs: Floats, active: NDArray[np.bool_]) -> Floats:
        """Take a step: inputs ``[B, input]`` -> logits ``[B, output]``."""
        logits = self._stepper.step(inputs, active)
        self._listener.keep(inputs, logits, active)
        return logits

    @property
    def state(self) -> State:
        """The state after the last step."""
        return self._stepper.state


def _by_name(recording: Recording, described: int, reader: StepReader, config: DNCConfig) -> tuple[Step, ...]:
    """Return the steps of a recording by name.

    A row is known by what was heard when it was written. One that is only marked keeps its name.
    """
    said = read_answers(recording.outputs, reader.code).tolist()
    written: dict[int, tuple[int, Named]] = {}
    changes = iter([*recording.changes.tolist(), (len(recording.inputs), 0, 0)])
    number, row, kept = next(changes)
    steps = []
    for step, inputs in enumerate(recording.inputs):
        while number == step:
            holds = written[row][1] if kept and row in written else reader.held(inputs)
            written[row] = step + 1, holds
            number, row, kept = next(changes)
        seen = Seen(_writes(recording, step), _reads(recording, step, written, config))
        steps.append(
            reader.description(inputs, seen) if step < described else reader.step(inputs, said[step], seen)
        )
    return tuple(steps)


def _writes(recording: Recording, step: int) -> tuple[Write | None, ...]:
    weights = recording.write_weights[step]
    found = zip(weights, weights.argmax(-1).tolist(), strict=True)
    return tuple(Write(row, float(own[row])) if own[row] >= LEAST_WEIGHT else None for own, row in found)


def _reads(
    recording: Recording, step: int, written: dict[int, tuple[int, Named]], config: DNCConfig
) -> tuple[Read | None, ...]:
    weights, modes = recording.read_weights[step], mode_names(config)
    largest = recording.read_modes[step].argmax(-1).tolist()
    return tuple(
        Read(row, float(own[row]), modes[mode], *written[row])
        if own[row] >= LEAST_WEIGHT and row in written
        else None
        for own, row, mode in zip(weights, weights.argmax(-1).tolist(), largest, strict=True)
    )


def mode_names(config: DNCConfig) -> tuple[str, ...]:
    """Return the names of the read modes of a network, in the order of its interface."""
    if config.read_modes == 1:
        return ("content",)
    return (*["backward"] * config.write_heads, "content", *["forward"] * config.write_heads)
