"""Networks for tasks about sequences as files: the same folders as other networks, without labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphdnc.errors import CheckpointError, ConfigError
from graphdnc.model.config import DNCConfig, current_options
from graphdnc.model.runtime.protocol import Network
from graphdnc.networks.catalogue import Result, find_checkpoint, read_results
from graphdnc.networks.checkpoint import card_of, config_of, load_network, read_checkpoint, write_checkpoint
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.tasks.sequences.task import SequenceTask
from graphdnc.utils.from_table import from_table


@dataclass(frozen=True)
class SequenceCheckpoint:
    """A trained network for a task about sequences.

    Attributes:
        training: how it was trained: seed, examples, seconds, hardware, accuracy, as JSON values.
    """

    network: Network
    task: SequenceTask
    training: dict[str, Any]
    name: str
    results: tuple[Result, ...] = ()

    @property
    def card(self) -> str:
        """Its card as Markdown, without results."""
        return card_of(self.name, self.task.name, self.network, self.training)


def save_sequence_checkpoint(folder: Path, checkpoint: SequenceCheckpoint, card: str) -> None:
    """Write a checkpoint folder; it is made if it does not exist.

    Raises:
        CheckpointError: the disk is full or the folder cannot be written.
    """
    network = checkpoint.network
    config = config_of(checkpoint.task.name, network, checkpoint.training, checkpoint.results)
    write_checkpoint(folder, config, network, card)


def load_sequence_checkpoint(name: str, threads: int | None = None) -> SequenceCheckpoint:
    """Load a network by name or folder; ``threads`` is the number of threads of the kernels.

    Raises:
        CheckpointError: the network is missing, damaged or too large, or it is for a task about graphs.
    """
    folder = find_checkpoint(name)
    path = folder / "config.json"
    config, weights = read_checkpoint(folder)
    task = config.get("task")
    if task not in SEQUENCE_TASKS:
        known = ", ".join(SEQUENCE_TASKS)
        raise CheckpointError(f"{folder}: trained for {task!r}; give a network for one of {known}")
    own, results = SEQUENCE_TASKS[task], read_results(config, path)
    try:
        model = from_table(DNCConfig, current_options(config["model"]), f"{path}: model")
        training = dict(config["training"])
        if (own.input_size, own.output_size) != (model.input_size, model.output_size):
            raise ValueError("its task and its network have different sizes; download it again")
    except (KeyError, TypeError, ValueError, ConfigError) as error:
        raise CheckpointError(f"{path}: not a graphdnc checkpoint ({error})") from error
    network = load_network(folder, model, weights, threads)
    return SequenceCheckpoint(network, own, training, folder.name, results)
