"""How tasks about graphs are taught: a description, a question, perhaps planning, and an answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from graphdnc.answering.decoding import Decoder
from graphdnc.episodes.encoding import output_size
from graphdnc.episodes.labels import DigitCode
from graphdnc.errors import ConfigError
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.model.runtime.protocol import Network
from graphdnc.networks.checkpoint import Checkpoint, load_checkpoint, save_checkpoint, write_card
from graphdnc.questions import Example
from graphdnc.tasks import TASKS, by_length
from graphdnc.tasks.task import Task
from graphdnc.training.config import TrainingConfig
from graphdnc.training.dagger import roll_out
from graphdnc.training.loss import answer_loss, whole_answers_right
from graphdnc.training.silence import muffle, only_answers, silence_loss
from graphdnc.training.teachings.teaching import Teaching, Total, check_sizes
from graphdnc.training.tensors import Batch, encode
from graphdnc.utils.rng import Purpose, stream


class GraphTeaching(Teaching):
    """Teaches a task about graphs.

    Raises:
        ConfigError: the planning or the sizes in the configuration do not fit the task.
    """

    def __init__(self, config: TrainingConfig, name: str) -> None:
        self.config, self.task = config, _task_of_run(config, name)

    def batches(self, examples: list[Example], size: int) -> list[list[Example]]:
        """Cut examples into batches alike in length and in the number of triples."""
        return by_length(examples, size)

    def encode(self, examples: Sequence[Example], rng: np.random.Generator) -> Batch:
        """Lay out examples in time, under freshly drawn labels."""
        return encode(examples, rng, self.task)

    def losses(
        self, network: DNC, batch: Batch, parts: Sequence[slice], total: Total, done: float, update: int
    ) -> tuple[list[Tensor], int]:
        """Return the losses of some parts of a batch, in nats, and how many whole answers are right."""
        code, silent = self.task.code, self.config.planning.silent
        answered = self._answer(network, batch, parts, done, update)
        answers = [(logits, only_answers(part)) for logits, part in answered] if silent else answered
        of_all, of_answers = total(*(_outputs(one) for one in (answered, answers)))
        if silent:
            taught = self.config.silence.taught(done)
            losses = [silence_loss(*part, code, taught, (of_answers, of_all)) for part in answered]
        else:
            losses = [answer_loss(*part, code, of_all) for part in answered]
        return losses, sum(int(whole_answers_right(*part, code).sum()) for part in answers)

    def _answer(
        self, network: DNC, batch: Batch, parts: Sequence[slice], done: float, update: int
    ) -> list[tuple[Tensor, Batch]]:
        """Return the logits of the network for each part, and the part as it was heard, with its moves."""
        if self.config.planning.silent:
            rng = stream(Purpose.HEARING, self.config.seed, update)
            aloud = self.config.silence.aloud
            batch = muffle(batch, self.task.code, self._heard(done), aloud, rng)
        streams = stream(Purpose.MOVES, self.config.seed, update).spawn(len(batch))
        return [self._answer_part(network, batch.part(own), streams[own], done) for own in parts]

    def _answer_part(
        self, network: DNC, batch: Batch, streams: Sequence[np.random.Generator], done: float
    ) -> tuple[Tensor, Batch]:
        state = network.memorise(batch.description, batch.lengths, batch.rows)
        teacher = self.config.schedule.teacher_share(done)
        if teacher < 1:
            rolled_out = roll_out(network, batch, state, self.task, teacher, streams)
            if rolled_out is not None:
                return rolled_out
        logits: Tensor = network(batch.steps, state, batch.active)[0]
        return logits, batch

    def _heard(self, done: float) -> float:
        """Return how much the network hears of what it says while it plans, 0 to 1."""
        return self.config.silence.heard(done) if self.config.planning.silent else 1.0

    @torch.no_grad()
    def count_right(
        self, network: EagerNetwork, examples: list[Example], rng: np.random.Generator, done: float
    ) -> int:
        """Return how many answers are right. A network that has begun to fall silent plans in silence."""
        decoder = Decoder(network, self.task if self._heard(done) == 1 else self.task.in_silence())
        votes = decoder.vote(examples, rng)
        return sum(self.task.is_right(own, [vote]) for own, vote in zip(examples, votes, strict=True))

    def save(self, folder: Path, network: EagerNetwork, training: dict[str, Any], name: str) -> None:
        """Write a checkpoint."""
        checkpoint = Checkpoint(network, self.task, training, name)
        save_checkpoint(folder, checkpoint, write_card(checkpoint))

    def load(self, name: str) -> Network:
        """Return a network for questions about graphs."""
        return load_checkpoint(name).network

    def silent(self, done: float) -> bool:
        """Return whether the network hears nothing of what it says."""
        return self._heard(done) == 0


def _outputs(parts: Sequence[tuple[Tensor, Batch]]) -> int:
    return sum(int(part.answer_mask.sum()) for _, part in parts)


def _task_of_run(config: TrainingConfig, name: str) -> Task[Any]:
    kind = TASKS[name]
    refusal = kind.refusal(config.planning)
    if refusal is not None:
        raise ConfigError(refusal)
    if config.model.memory_rows != DNCConfig.memory_rows:
        raise ConfigError(
            f"model.memory_rows is {config.model.memory_rows}, which training would not use: a memory has as "
            "many rows as its batch needs; leave it out"
        )
    task = kind(DigitCode(known_relations=kind.known_relations), config.planning if kind.planned else None)
    check_sizes(config, name, task.input_size, output_size(task.code))
    return task
