"""Traces: what a network hears, says and reads at every step of one answer, from one memory.

A recorder stands in for the network. It passes every step on and records the input, the output, and the row
of memory that each head read most, all by name. The description of the graph is not recorded.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.answering.decoding import Decoder
from graphdnc.answering.memory import GraphMemory
from graphdnc.episodes.encoding import Rows, read_answers
from graphdnc.errors import CapacityError
from graphdnc.model.config import DNCConfig
from graphdnc.model.runtime.protocol import State, Stepper
from graphdnc.questions import Asked
from graphdnc.tasks.reading import Named, Read, Step, StepReader
from graphdnc.tasks.votes import Vote
from graphdnc.utils.arrays import Floats

MOST_STEPS = 100_000
"""The maximum number of steps of a trace."""
LEAST_WEIGHT = 0.05
"""A head reads nothing if its largest weight is smaller."""
CHANGED = 0.05
"""A row was written in a step if one of its numbers changed by more."""
HEADS = {
    "search": ("finder", "keeper", "guide"),
    "kinship": ("finder", "checker", "taker"),
}
"""The names of the read heads, by the start of the network."""


class Trace(NamedTuple):
    """The steps of one try, and its vote."""

    question: Asked
    steps: tuple[Step, ...]
    vote: Vote


def trace(memorised: GraphMemory, question: Asked) -> Trace:
    """Ask a question of the first memory of a graph and return all steps of the answer.

    Raises:
        CapacityError: the answer takes more than :data:`MOST_STEPS` steps.
    """
    decoder, labels = memorised.decoder, memorised.labels[0]
    reader = decoder.task.step_reader(memorised.graph, labels, question)
    recorder = Recorder(decoder, reader, memorised.first)
    recorded = replace(decoder, network=recorder)
    (vote,) = recorded.answer(memorised.state.part(0, 1), [memorised.graph], [question], [labels])
    return Trace(question, tuple(recorder.steps), vote)


class Recorder:
    """Stands in for a network, and records the ``steps`` that it takes.

    A row of memory is known by what was heard when it was written. What its numbers mean is the network's own
    affair. ``described`` ``[triples, 3]`` are the labels of the rows of the description, in order.
    """

    def __init__(self, decoder: Decoder, reader: StepReader, described: Rows) -> None:
        self.network = network = decoder.network
        self.code, self.reader = decoder.task.code, reader
        self.config, self.weights, self.threads = network.config, network.weights, network.threads
        self.steps: list[Step] = []
        self._heads = head_names(self.config)
        # a network that looks at the memory meanwhile may write elsewhere
        rows = described.tolist() if self.config.blind_description else []
        self._written: dict[int, tuple[int | None, Named]] = {
            row: (None, reader.triple(labels)) for row, labels in enumerate(rows)
        }

    def memorise(self, inputs: Floats, lengths: NDArray[np.int64], rows: int) -> State:
        """Let the network memorise; this is not recorded."""
        return self.network.memorise(inputs, lengths, rows)

    def stepper(self, state: State) -> RecordingStepper:
        """Return a stepper that starts from a state and records its steps."""
        return RecordingStepper(self, self.network.stepper(state))

    def run(self, steps: Floats, state: State, active: NDArray[np.bool_]) -> Floats:
        """Take steps ``[S, B, input]`` one by one; return logits ``[S, B, output]``."""
        stepper = self.stepper(state)
        return np.stack([stepper.step(*each) for each in zip(steps, active, strict=True)])

    def record(self, inputs: Floats, logits: Floats, before: Floats, state: State) -> None:
        """Record one step ``[input]`` -> ``[output]`` of the first episode, and what was read in it.

        ``before`` ``[N, W]`` are the rows of memory before the step.
        """
        if len(self.steps) == MOST_STEPS:
            raise CapacityError(f"more than {MOST_STEPS:,} steps are not traced; ask about a smaller graph")
        said: list[int] = read_answers(logits, self.code).tolist()
        changed = abs(state.memory[0] - before).max(-1) > CHANGED
        for row in np.flatnonzero(changed).tolist():
            self._written[row] = len(self.steps) + 1, self.reader.held(inputs)
        self.steps.append(self.reader.step(inputs, said, self._reads(state)))

    def _reads(self, state: State) -> dict[str, Read | None]:
        weights = state.read_weights[0]
        heads = zip(self._heads, weights, weights.argmax(-1).tolist(), strict=True)
        return {head: self._read(row, float(own[row])) for head, own, row in heads}

    def _read(self, row: int, weight: float) -> Read | None:
        if weight < LEAST_WEIGHT or row not in self._written:
            return None
        return Read(row, weight, *self._written[row])


class RecordingStepper:
    """A stepper that records the steps of the first episode."""

    def __init__(self, recorder: Recorder, stepper: Stepper) -> None:
        self._recorder, self._stepper = recorder, stepper
        self._memory = stepper.state.memory[0]

    def step(self, inputs: Floats, active: NDArray[np.bool_]) -> Floats:
        """Take a step: inputs ``[B, input]`` -> logits ``[B, output]``."""
        logits = self._stepper.step(inputs, active)
        if active[0]:
            state = self._stepper.state
            self._recorder.record(inputs[0], logits[0], self._memory, state)
            self._memory = state.memory[0]
        return logits

    @property
    def state(self) -> State:
        """The state after the last step."""
        return self._stepper.state


def head_names(config: DNCConfig) -> tuple[str, ...]:
    """Return the names of the read heads of a network; a head without a name gets its number."""
    names = HEADS.get(config.start, ())[: config.read_heads]
    return (*names, *(f"head {number + 1}" for number in range(len(names), config.read_heads)))
