"""What a network hears, says and reads while it answers: one question, one memory, step by step.

A recorder takes the place of the network that a question is put to. It passes every step on and notes what
was shown, what was said and which row of memory each head read most, all of it by name. What is heard while a
graph is memorised is no part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from graphdnc.answering.decoding import Decoder
from graphdnc.answering.memory import GraphMemory
from graphdnc.answering.voting import Vote
from graphdnc.episodes import kinship
from graphdnc.episodes.encoding import read_answers
from graphdnc.episodes.kinship import FLAGS, RETOLD, SETS, read_instruction, relation_label
from graphdnc.episodes.labels import END, LabelCode, Labels
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.program import Instruction, Kind, compile_rule
from graphdnc.kinship.rules import WORDS
from graphdnc.model.config import DNCConfig
from graphdnc.model.runtime.protocol import State, Stepper
from graphdnc.questions import Asked, Kin
from graphdnc.utils.arrays import Floats

MOST_STEPS = 100_000
"""Steps of one question that are recorded at most."""
LEAST_WEIGHT = 0.05
"""A head that reads no row with more weight reads next to nothing."""
EMPTY = 0.05
"""A row in which no bit of a label is larger is empty."""
CLEAR = 0.3
"""By how much a digit of a label stands out; a label with one that does not is blank."""
HEADS = {
    "aligned": ("walker", "replayer", "holder"),
    "search": ("finder", "keeper", "guide"),
    "inference": ("finder", "holder", "reminder", "teller"),
    "kinship": ("finder", "checker", "taker"),
}
"""What the read heads are called in the first weights of a network, by its start."""

Named = tuple[str | None, str | None, str | None]
"""A source, a relation and a target by name; ``None`` where a part is blank, or the label of the end."""


class Read(NamedTuple):
    """The row of memory that a head read most.

    Attributes:
        row: its number.
        weight: how much of what the head read came from it, 0 to 1.
        holds: the triple that the row holds; blank where what was written is no clear label.
    """

    row: int
    weight: float
    holds: Named


class Step(NamedTuple):
    """One step of an answer.

    Attributes:
        phase: ``query``, ``planning`` or ``answer``; of kin ``query``, ``recall`` or ``carrying out``.
        channels: names of the binary channels that are on.
        heard: the triple shown.
        said: what the network says; ``None`` where nothing is wanted. All blank, it is the end.
        reads: by the name of each head what it read; ``None`` for next to nothing.
        instruction: of kin, the instruction in hand, or the one said.
        person: of kin, about whom facts or members are looked for.
        candidate: of kin, who may be new in which set, and from whom.
    """

    phase: str
    channels: tuple[str, ...]
    heard: Named
    said: Named | None
    reads: dict[str, Read | None]
    instruction: str | None = None
    person: str | None = None
    candidate: Named | None = None


class Trace(NamedTuple):
    """The steps of one try, and what it answered."""

    question: Asked
    steps: tuple[Step, ...]
    vote: Vote


def trace(memorised: GraphMemory, question: Asked) -> Trace:
    """Put a question to the first memory of a graph and return all that happens on the way to its answer.

    Raises:
        CapacityError: that takes more than :data:`MOST_STEPS` steps.
    """
    speaker, labels = memorised.speaker, memorised.labels[0]
    names = _KinNames if isinstance(question, Kin) else _Names
    recorder = Recorder(speaker, names(memorised.graph, labels, speaker.code), question)
    # it has all that an answer needs of a network
    recorded = replace(speaker, network=recorder)
    (vote,) = recorded.answer(memorised.state.part(0, 1), [memorised.graph], [question], [labels])
    return Trace(question, tuple(recorder.steps), vote)


class Recorder:
    """Stands where a network stands in an answer, takes its steps and records them.

    Attributes:
        steps: what was recorded.
    """

    def __init__(self, speaker: Decoder, names: _Names, question: Asked) -> None:
        self.network, self.code, self.names = speaker.network, speaker.code, names
        self.steps: list[Step] = []
        self._heads = head_names(self.config)
        self._kin = _KinSteps(self.code, names, question) if isinstance(question, Kin) else None

    @property
    def config(self) -> DNCConfig:
        """The network's configuration."""
        return self.network.config

    @property
    def weights(self) -> Mapping[str, Floats]:
        """The network's weights."""
        return self.network.weights

    @property
    def threads(self) -> int:
        """On how many threads the network takes a step."""
        return self.network.threads

    def memorise(self, inputs: Floats, lengths: NDArray[np.int64], rows: int) -> State:
        """Let the network memorise; that is not recorded."""
        return self.network.memorise(inputs, lengths, rows)

    def stepper(self, state: State) -> RecordingStepper:
        """Return what takes steps one at a time, from this state on, and records them."""
        return RecordingStepper(self, self.network.stepper(state))

    def run(self, steps: Floats, state: State, active: NDArray[np.bool_]) -> Floats:
        """Take steps ``[S, B, input]`` one by one; return logits ``[S, B, output]``."""
        stepper = self.stepper(state)
        return np.stack([stepper.step(*each) for each in zip(steps, active, strict=True)])

    def record(self, inputs: Floats, logits: Floats, state: State) -> None:
        """Note one step ``[input]`` -> ``[output]`` of the first episode, and what was read in it.

        Raises:
            CapacityError: there are too many.
        """
        if len(self.steps) == MOST_STEPS:
            raise CapacityError(f"more than {MOST_STEPS:,} steps are not traced; ask about a smaller graph")
        width = 3 * self.code.width
        heard = self.names.triple(_labels(inputs[:width], self.code))
        said: list[int] = read_answers(logits, self.code).tolist()
        reads = self._reads(state)
        if self._kin is not None:
            self.steps.append(self._kin.step(inputs[width:], heard, said, reads))
            return
        flags = FLAGS[: len(inputs) - width]
        on = tuple(flag for flag, value in zip(flags, inputs[width:].tolist(), strict=True) if value)
        planning, answering = FLAGS[PLANNING] in on, FLAGS[ANSWER_WANTED] in on
        phase = "answer" if answering else "planning" if planning else "query"
        spoken = self.names.said(said, answering) if planning or answering else None
        self.steps.append(Step(phase, on, heard, spoken, reads))

    def _reads(self, state: State) -> dict[str, Read | None]:
        memory, weights = state.memory[0], state.read_weights[0]
        rows = weights.argmax(-1).tolist()
        return {
            head: self._read(memory[row], float(own[row]), row)
            for head, own, row in zip(self._heads, weights, rows, strict=True)
        }

    def _read(self, held: Floats, weight: float, row: int) -> Read | None:
        bits = held[: 3 * self.code.width]
        if weight < LEAST_WEIGHT or bool((abs(bits) < EMPTY).all()):
            return None
        return Read(row, weight, self.names.triple(_labels(bits, self.code)))


class RecordingStepper:
    """The network's own stepper; each step of the first episode is recorded."""

    def __init__(self, recorder: Recorder, stepper: Stepper) -> None:
        self._recorder, self._stepper = recorder, stepper

    def step(self, inputs: Floats, active: NDArray[np.bool_]) -> Floats:
        """Take a step: inputs ``[B, input]`` -> logits ``[B, output]``."""
        logits = self._stepper.step(inputs, active)
        if active[0]:
            self._recorder.record(inputs[0], logits[0], self._stepper.state)
        return logits

    @property
    def state(self) -> State:
        """The state after the last step."""
        return self._stepper.state


def head_names(config: DNCConfig) -> tuple[str, ...]:
    """Return what the read heads of a network are called, by number where they have no name."""
    names = HEADS.get(config.start, ())[: config.read_heads]
    return (*names, *(f"head {number}" for number in range(len(names), config.read_heads)))


def _labels(bits: Floats, code: LabelCode) -> list[int]:
    """Return the labels that bits stand for, ``BLANK`` where a digit does not stand out."""
    labels = bits.reshape(-1, code.width)
    digits = np.sort(labels.reshape(len(labels), code.places.shape[1], -1), axis=-1)
    clear = (digits[..., -1] - digits[..., -2]).min(-1) > CLEAR
    found: list[int] = np.where(clear, code.decode(labels), BLANK).tolist()
    return found


class _Names:
    """The names behind the labels of one episode; a label that names nothing is shown as its number."""

    def __init__(self, graph: Graph, labels: Labels, code: LabelCode) -> None:
        self.known_relations = code.known_relations
        self.nodes = {int(label): graph.node_name(n) for n, label in enumerate(labels.nodes)}
        self.relations = {int(label): graph.relation_name(n) for n, label in enumerate(labels.relations)}

    def node(self, label: int) -> str | None:
        return None if label in (BLANK, END) else self.nodes.get(label, str(label))

    def relation(self, label: int) -> str | None:
        return None if label == BLANK else self.relations.get(label, str(label))

    def triple(self, labels: list[int]) -> Named:
        source, relation, target = labels
        return self.node(source), self.relation(relation), self.node(target)

    def said(self, labels: list[int], moving: bool = False) -> Named:
        """Return a statement; a relation may have the label of the end, but says nothing beside one.

        A move says where it goes to, the place it leaves goes without saying.
        """
        source, relation, target = labels
        ended = (source == END and not moving) or (target == END and not self.known_relations)
        ended |= source == target == END
        return self.triple([source, BLANK if relation == END and ended else relation, target])


class _KinNames(_Names):
    """The same where relations are facts, told from either side, and sets."""

    def __init__(self, graph: Graph, labels: Labels, code: LabelCode) -> None:
        super().__init__(graph, labels, code)
        steps = {relation_label(step, None): step for step in WORDS}
        self.relations = {RETOLD + label: f"{step} (retold)" for label, step in steps.items()}
        for number, role in roles_of(graph).items():
            self.relations.setdefault(relation_label(*role), graph.relation_name(number))

    def relation(self, label: int) -> str | None:
        if label >= SETS:
            return f"set {label - SETS}"
        return None if label == END else super().relation(label)


class _KinSteps:
    """Reads what is shown beside the triple while a rule is carried out (``episodes/kinship.py``)."""

    def __init__(self, code: LabelCode, names: _Names, question: Kin) -> None:
        self.code, self.names = code, names
        self.places = kinship.channels(code.width)
        self.told = compile_rule(question.term.rule)
        self.recalled: dict[int, Instruction | None] = {}

    def step(self, shown: Floats, heard: Named, said: list[int], reads: dict[str, Read | None]) -> Step:
        """Return one step, given the channels ``[channels]``, and what was heard, said and read."""
        on = tuple(flag for flag, value in zip(FLAGS, shown.tolist(), strict=False) if value)
        numbers = shown[self.places.instruction :]
        number = int(numbers.argmax()) if bool(numbers.any()) else None
        if number is None:
            return Step("query", on, heard, None, reads)
        if "recall" in on:
            ended = said == [END] * 3
            self.recalled[number] = None if ended else read_instruction((said[0], said[1], said[2]))
            # the labels of an instruction are numbers, whomever they name elsewhere
            spoken = tuple(str(label) if label != END else None for label in said)
            instruction = _in_words(self.recalled[number])
            return Step("recall", on, heard, cast(Named, spoken), reads, instruction)
        leaving, entering, *candidate = self._about(shown)
        return Step(
            "carrying out",
            on,
            heard,
            self.names.said(said),
            reads,
            _in_words(self.recalled.get(number) if self.recalled else self.told[number]),
            self.names.node(max(leaving, entering)),
            self.names.triple(candidate) if candidate != [BLANK] * 3 else None,
        )

    def _about(self, shown: Floats) -> list[int]:
        """Return the labels shown: whom facts leave, whom they enter, and the candidate."""
        return _labels(shown[self.places.leaving : self.places.pattern], self.code)


def _in_words(instruction: Instruction | None) -> str | None:
    """Return an instruction as it is read.

    >>> _in_words(Instruction(Kind.STEP, 0, 1, "parent"))
    'set 0 -> set 1: by parent'
    >>> _in_words(Instruction(Kind.COPY, 0, 4, note=True))
    'set 0 -> set 4: copy, as a note'
    """
    if instruction is None:
        return None
    how = {
        Kind.STEP: f"by {instruction.by}",
        Kind.SEX: f"if {instruction.by}",
        Kind.KEEP: f"if in set {instruction.by}",
        Kind.COPY: "copy",
    }[instruction.kind]
    more = ", once for each they come from" * instruction.pair + ", as a note" * instruction.note
    return f"set {instruction.source} -> set {instruction.target}: {how}{more}"
