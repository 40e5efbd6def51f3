"""Runs of training that several tests start: small networks, few examples."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from networks import SHIPPED

from graphdnc.datasets.lessons.curriculum import load_curriculum
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.episodes.labels import DigitCode
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.networks.checkpoint import Checkpoint, save_checkpoint
from graphdnc.questions import Example
from graphdnc.starts.initialise import initialise
from graphdnc.tasks.traversal import TraversalTask
from graphdnc.training.batches import Source
from graphdnc.training.config import DataConfig, OptimiserConfig, ScheduleConfig, TrainingConfig
from graphdnc.training.trainer import Trainer

ROOT = Path(__file__).parents[2]
LESSONS = load_curriculum("traversal").lessons
SMALL = replace(SHIPPED, controller_size=32, read_heads=2)


def draw(rng: np.random.Generator, lesson: int) -> Example:
    return draw_example(rng, LESSONS[lesson])


def small_config(examples: int = 256, **schedule: object) -> TrainingConfig:
    settings = {"examples": examples, "batch": 16, "pool": 4, "validation_episodes": 16, "validate_every": 1}
    return TrainingConfig(
        data=DataConfig(curriculum="traversal"),
        model=SMALL,
        optimiser=OptimiserConfig(learning_rate=3e-3),
        schedule=ScheduleConfig(**{**settings, **schedule}),  # type: ignore[arg-type]
        seed=3,
    )


def trainer(config: TrainingConfig, folder: Path, lessons: int = 2) -> Trainer:
    learned = Source("traversal", lessons, training=draw, validation=draw)
    return Trainer(config, learned, folder, torch.device("cpu"))


def weights(network: DNC) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


class Stop(Exception):
    pass


def change_config(folder: Path, **changes: object) -> None:
    """Change the ``config.json`` of a checkpoint as a person might, and take the checksums out of it."""
    path = folder / "config.json"
    config = {**json.loads(path.read_text()), **changes}
    config.pop("checksums", None)
    path.write_text(json.dumps(config))


def saved(folder: Path) -> Checkpoint:
    torch.manual_seed(1)
    training = {"validation_accuracy": None, "examples": 0, "seed": 1}
    made = Checkpoint(
        EagerNetwork(initialise(DNC(SMALL)).eval()), TraversalTask(DigitCode()), training, folder.name
    )
    save_checkpoint(folder, made, "# card\n")
    return made
