"""How questions about stories are taught: by cross-entropy where a word of an answer is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.corpus.stories import StoryInfo
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.model.runtime.protocol import Network
from graphdnc.networks.story_checkpoint import StoryCheckpoint, load_story_checkpoint, save_story_checkpoint
from graphdnc.tasks.sequences.task import like_lengths
from graphdnc.tasks.stories import BABI, Story, answers_right, lay_out
from graphdnc.training.config import TrainingConfig
from graphdnc.training.teachings.teaching import Teaching, Total, check_sizes


@dataclass(frozen=True)
class StoryBatch:
    """B stories as tensors, padded at the end: ``[T, B, ...]`` as in :class:`StoryArrays`."""

    inputs: Tensor
    targets: Tensor
    wanted: Tensor
    active: Tensor

    def __len__(self) -> int:
        """Return the number of stories."""
        return self.inputs.shape[1]

    def part(self, which: slice) -> Self:
        """Return some of the stories, laid out as in the whole batch."""
        return type(self)(**{name: tensor[:, which].contiguous() for name, tensor in vars(self).items()})

    def to(self, device: torch.device) -> Self:
        """Return the same batch on another device."""
        return type(self)(**{name: tensor.to(device) for name, tensor in vars(self).items()})


class StoryTeaching(Teaching):
    """Teaches all tasks of a corpus of stories together.

    Raises:
        ConfigError: the sizes in the configuration do not fit the vocabulary.
    """

    def __init__(self, config: TrainingConfig, info: StoryInfo) -> None:
        self.config, self.info = config, info
        check_sizes(config, BABI, len(info.vocabulary), len(info.vocabulary))

    def batches(self, examples: list[Story], size: int) -> list[list[Story]]:
        """Cut stories into batches of like length."""
        return like_lengths(examples, size)

    def encode(self, examples: Sequence[Story], rng: np.random.Generator) -> StoryBatch:
        """Return stories side by side; nothing more is drawn."""
        arrays = lay_out(examples, self.info.vocabulary)
        return StoryBatch(**{name: torch.from_numpy(own) for name, own in vars(arrays).items()})

    def losses(
        self,
        network: DNC,
        batch: StoryBatch,
        parts: Sequence[slice],
        total: Total,
        done: float,
        update: int,
    ) -> tuple[list[Tensor], int]:
        """Return the losses of some parts, the mean of -log p of a word, and how many stories are right."""
        losses, right = [], 0
        own = [batch.part(which) for which in parts]
        (said,) = total(sum(int(part.wanted.sum()) for part in own))
        for part in own:
            state = network.initial_state(len(part), self.config.model.memory_rows)
            logits = network(part.inputs, state, part.active)[0]
            pair = logits[part.wanted], part.targets[part.wanted]
            losses.append(F.cross_entropy(*pair, reduction="sum") / said)
            right += int(((logits.argmax(-1) == part.targets) | ~part.wanted).all(0).sum())
        return losses, right

    def count_right(
        self, network: EagerNetwork, examples: list[Story], rng: np.random.Generator, done: float
    ) -> int:
        """Return in how many stories every answer is right."""
        arrays = lay_out(examples, self.info.vocabulary)
        state = network.begin(len(examples), self.config.model.memory_rows)
        said = network.run(arrays.inputs, state, arrays.active).argmax(-1)
        return sum(bool(right.all()) for right in answers_right(said, arrays.targets, arrays.wanted))

    def save(self, folder: Path, network: EagerNetwork, training: dict[str, Any], name: str) -> None:
        """Write a checkpoint."""
        info = self.info
        save_story_checkpoint(
            folder,
            StoryCheckpoint(network, info.vocabulary, info.attribution, info.licence, training, name),
        )

    def load(self, name: str) -> Network:
        """Return a network for stories."""
        return load_story_checkpoint(name).network
