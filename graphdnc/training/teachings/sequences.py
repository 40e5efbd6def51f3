"""How tasks about sequences are taught: bit by bit, in a memory of as many rows as the run says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.model.runtime.protocol import Network
from graphdnc.networks.sequence_checkpoint import (
    SequenceCheckpoint,
    load_sequence_checkpoint,
    save_sequence_checkpoint,
)
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.tasks.sequences.task import SequenceEpisode, as_said, like_lengths, said_right, stack
from graphdnc.training.config import TrainingConfig
from graphdnc.training.teachings.teaching import Teaching, Total, check_sizes


@dataclass(frozen=True)
class SequenceBatch:
    """B episodes as tensors, padded at the end: ``[T, B, ...]`` as in :class:`SequenceArrays`."""

    inputs: Tensor
    targets: Tensor
    wanted: Tensor
    free: Tensor
    active: Tensor

    def __len__(self) -> int:
        """Return the number of episodes."""
        return self.inputs.shape[1]

    def part(self, which: slice) -> Self:
        """Return some of the episodes, laid out as in the whole batch."""
        return type(self)(**{name: tensor[:, which].contiguous() for name, tensor in vars(self).items()})

    def to(self, device: torch.device) -> Self:
        """Return the same batch on another device."""
        return type(self)(**{name: tensor.to(device) for name, tensor in vars(self).items()})


class SequenceTeaching(Teaching):
    """Teaches a task about sequences.

    Raises:
        ConfigError: the sizes in the configuration do not fit the task.
    """

    def __init__(self, config: TrainingConfig, name: str) -> None:
        self.config, self.task = config, SEQUENCE_TASKS[name]
        check_sizes(config, name, self.task.input_size, self.task.output_size)

    def batches(self, examples: list[SequenceEpisode], size: int) -> list[list[SequenceEpisode]]:
        """Cut episodes into batches of like length."""
        return like_lengths(examples, size)

    def encode(self, examples: Sequence[SequenceEpisode], rng: np.random.Generator) -> SequenceBatch:
        """Return episodes side by side; nothing more is drawn."""
        return SequenceBatch(**{name: torch.from_numpy(own) for name, own in vars(stack(examples)).items()})

    def losses(
        self,
        network: DNC,
        batch: SequenceBatch,
        parts: Sequence[slice],
        total: Total,
        done: float,
        update: int,
    ) -> tuple[list[Tensor], int]:
        """Return the losses of some parts, the mean of -log p of a vector in nats, and how many are right."""
        losses, right = [], 0
        own = [batch.part(which) for which in parts]
        (said,) = total(sum(int(part.wanted.sum()) for part in own))
        for part in own:
            state = network.initial_state(len(part), self.config.model.memory_rows)
            logits = network(part.inputs, state, part.active)[0]
            targets = _as_said(logits, part)
            pair = logits[part.wanted], targets[part.wanted]
            losses.append(F.binary_cross_entropy_with_logits(*pair, reduction="sum") / said)
            steps = ((logits > 0) == (targets > 0.5)).all(-1) | ~part.wanted
            right += int(steps.all(0).sum())
        return losses, right

    def count_right(
        self, network: EagerNetwork, examples: list[SequenceEpisode], rng: np.random.Generator, done: float
    ) -> int:
        """Return how many episodes are right in every bit."""
        arrays = stack(examples)
        state = network.begin(len(examples), self.config.model.memory_rows)
        whole, _ = said_right(network.run(arrays.inputs, state, arrays.active), arrays)
        return int(whole.sum())

    def save(self, folder: Path, network: EagerNetwork, training: dict[str, Any], name: str) -> None:
        """Write a checkpoint."""
        checkpoint = SequenceCheckpoint(network, self.task, training, name)
        save_sequence_checkpoint(folder, checkpoint, checkpoint.card)

    def load(self, name: str) -> Network:
        """Return a network for sequences."""
        return load_sequence_checkpoint(name).network


def _as_said(logits: Tensor, batch: SequenceBatch) -> Tensor:
    """Return the targets in the order in which they are said, where they may be said in any order."""
    given = (values.detach().cpu().numpy() for values in (logits, batch.targets, batch.free))
    return torch.from_numpy(as_said(*given)).to(logits.device)
