"""What the trainer knows of a task: how its examples become batches, losses and right answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import torch
from torch import Tensor

from graphdnc.errors import ConfigError
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.model.runtime.protocol import Network
from graphdnc.training.config import TrainingConfig

Total = Callable[..., tuple[float, ...]]
"""Adds up numbers over all processes of a run."""


class Batch(Protocol):
    """Episodes as tensors."""

    def __len__(self) -> int:
        """Return the number of episodes."""

    def to(self, device: torch.device) -> Self:
        """Return the same batch on another device."""


class Teaching(ABC):
    """How one kind of task is taught. Examples are whatever the source of a run draws.

    ``done`` is the share of the run that is over, and ``update`` the number of the update, counted from 0.
    """

    @abstractmethod
    def batches(self, examples: list[Any], size: int) -> list[list[Any]]:
        """Cut examples into batches of like length."""

    @abstractmethod
    def encode(self, examples: Sequence[Any], rng: np.random.Generator) -> Any:
        """Return a :class:`Batch` of examples, with whatever is drawn when an example is loaded."""

    @abstractmethod
    def losses(
        self, network: DNC, batch: Any, parts: Sequence[slice], total: Total, done: float, update: int
    ) -> tuple[list[Tensor], int]:
        """Return the losses of some parts of a batch, in nats, and how many whole answers in them are right.

        The losses of all parts add up to that of the batch: each is divided by the ``total`` of what is
        taught in all parts, also in those of other processes.
        """

    @abstractmethod
    def count_right(
        self, network: EagerNetwork, examples: list[Any], rng: np.random.Generator, done: float
    ) -> int:
        """Return how many of some fresh examples a network answers right, with one try each."""

    @abstractmethod
    def save(self, folder: Path, network: EagerNetwork, training: dict[str, Any], name: str) -> None:
        """Write a checkpoint of a run of some name.

        Raises:
            CheckpointError: the disk is full or the folder cannot be written.
        """

    @abstractmethod
    def load(self, name: str) -> Network:
        """Return a network of the same kind of task, by name or folder.

        Raises:
            CheckpointError: it is missing, damaged or of another kind.
        """

    def silent(self, done: float) -> bool:
        """Return whether the network plans in silence by now."""
        return False


def check_sizes(config: TrainingConfig, name: str, inputs: int, outputs: int) -> None:
    """Raise ConfigError unless the network of a run has the inputs and outputs that its task needs."""
    for size, needed in (("input_size", inputs), ("output_size", outputs)):
        if getattr(config.model, size) != needed:
            raise ConfigError(
                f"model.{size} is {getattr(config.model, size)}; {name} needs {needed}: "
                f"--set model.{size}={needed}"
            )
