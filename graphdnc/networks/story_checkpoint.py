"""Networks for stories as files: the same folders as other networks, with a vocabulary in place of labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphdnc.errors import CheckpointError, ConfigError
from graphdnc.model.config import DNCConfig, current_options
from graphdnc.model.runtime.protocol import Network
from graphdnc.networks.catalogue import find_checkpoint
from graphdnc.networks.checkpoint import card_of, config_of, load_network, read_checkpoint, write_checkpoint
from graphdnc.tasks.stories import BABI, check_vocabulary
from graphdnc.utils.from_table import from_table


@dataclass(frozen=True)
class StoryCheckpoint:
    """A trained network for questions about stories.

    Attributes:
        vocabulary: the words that it knows, by number.
        attribution: whose stories it learned from.
        licence: the licence of these stories.
        training: how it was trained: seed, examples, seconds, hardware, accuracy, as JSON values.
    """

    network: Network
    vocabulary: tuple[str, ...]
    attribution: str
    licence: str
    training: dict[str, Any]
    name: str

    @property
    def card(self) -> str:
        """Its card as Markdown, without results."""
        card = card_of(self.name, BABI, self.network, self.training)
        return f"{card}\nTrained on: {self.attribution}. Licence of the stories: {self.licence}\n"


def save_story_checkpoint(folder: Path, checkpoint: StoryCheckpoint) -> None:
    """Write a checkpoint folder; it is made if it does not exist.

    Raises:
        CheckpointError: the disk is full or the folder cannot be written.
    """
    own = {
        "vocabulary": checkpoint.vocabulary,
        "attribution": checkpoint.attribution,
        "licence": checkpoint.licence,
    }
    config = config_of(BABI, checkpoint.network, checkpoint.training, (), own)
    write_checkpoint(folder, config, checkpoint.network, checkpoint.card)


def load_story_checkpoint(name: str, threads: int | None = None) -> StoryCheckpoint:
    """Load a network by name or folder; ``threads`` is the number of threads of the kernels.

    Raises:
        CheckpointError: the network is missing, damaged or too large, or it is for another task.
    """
    folder = find_checkpoint(name)
    path = folder / "config.json"
    config, weights = read_checkpoint(folder)
    if config.get("task") != BABI:
        raise CheckpointError(f"{folder}: trained for {config.get('task')!r}; give a network for {BABI}")
    try:
        model = from_table(DNCConfig, current_options(config["model"]), f"{path}: model")
        words, training = config["vocabulary"], dict(config["training"])
        check_vocabulary(words)
        if not len(words) == model.input_size == model.output_size:
            raise ValueError("its vocabulary and its network have different sizes; download it again")
        texts = str(config["attribution"]), str(config["licence"])
    except (KeyError, TypeError, ValueError, ConfigError) as error:
        raise CheckpointError(f"{path}: not a graphdnc checkpoint ({error})") from error
    network = load_network(folder, model, weights, threads)
    return StoryCheckpoint(network, tuple(words), *texts, training, folder.name)
