"""Checkpoints: folders with ``model.safetensors``, ``config.json`` and a card.

Nothing in a checkpoint is executed: weights are plain tensors, and the rest is JSON. The files are written
together or not at all, so a crash or a full disk does not damage the old checkpoint. ``config.json`` has the
checksums of weights and configuration; both are checked when a network is loaded.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from graphdnc.episodes.encoding import output_size
from graphdnc.episodes.labels import DigitCode
from graphdnc.episodes.planning import Planning
from graphdnc.errors import CheckpointError, ConfigError, UsageError
from graphdnc.model.config import DNCConfig, Links, current_options
from graphdnc.model.kernels.cpu.build import build_failure
from graphdnc.model.runtime.compiled import CompiledNetwork
from graphdnc.model.runtime.protocol import Network
from graphdnc.networks.calibration import Agreement, Curve
from graphdnc.networks.catalogue import (
    FORMAT,
    LARGEST,
    Result,
    find_checkpoint,
    read_config,
    read_results,
    with_checksums,
)
from graphdnc.networks.rungs import rung_of
from graphdnc.tasks import TASKS
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.tasks.stories import BABI
from graphdnc.tasks.task import Task
from graphdnc.utils.arrays import Floats
from graphdnc.utils.atomic_write import write_folder
from graphdnc.utils.checksum import CHANGED, checksum_of
from graphdnc.utils.from_table import from_table
from graphdnc.utils.interrupts import Interrupts
from graphdnc.utils.memory import no_garbage

Part = TypeVar("Part")
WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Checkpoint:
    """A trained network and everything that is needed to use it.

    Attributes:
        task: the task that it was trained for, with its label code and its planning.
        training: how it was trained: seed, examples, seconds, hardware, accuracy, as JSON values.
        calibration: the probability that an answer is right, given how many votes agree; ``None`` if it was
            not measured.
        enough: how many first tries must agree for an answer to need no more; ``None`` if it was not
            measured.
    """

    network: Network
    task: Task[Any]
    training: dict[str, Any]
    name: str
    results: tuple[Result, ...] = ()
    calibration: Curve | None = None
    enough: Agreement | None = None

    def confidence(self, agreeing: int, votes: int, said: float) -> float:
        """Return the confidence, 0 to 1, in an answer on which ``agreeing`` of ``votes`` votes agree.

        ``said`` is the confidence without calibration: the share of votes, the probability of a single vote,
        or 0 for no answer.
        """
        if self.calibration is None or votes == 1 or said == 0:
            return said
        return self.calibration.confidence(agreeing, votes)

    def in_silence(self) -> Checkpoint:
        """Return the same network, which plans in silence; its confidence is not calibrated for that.

        Raises:
            UsageError: it was not taught to.
        """
        try:
            task = self.task.in_silence()
        except ValueError as error:
            raise UsageError(f"{self.name} cannot plan in silence: {error}") from error
        return dataclasses.replace(self, task=task, calibration=None, enough=None)

    def with_links(self, links: Links) -> Checkpoint:
        """Return the same network with other temporal links."""
        config = dataclasses.replace(self.network.config, links=links)
        return dataclasses.replace(self, network=in_torch(config, self.network.weights))


def save_checkpoint(folder: Path, checkpoint: Checkpoint, card: str) -> None:
    """Write a checkpoint folder; it is made if it does not exist.

    Raises:
        CheckpointError: the disk is full or the folder cannot be written.
    """
    network, task = checkpoint.network, checkpoint.task
    labels = {"code": "digits", "digits": task.code.digits, "known_relations": task.code.known_relations}
    planning = None if task.planning is None else dataclasses.asdict(task.planning)
    own = {"labels": labels, "planning": planning}
    config = config_of(task.name, network, checkpoint.training, checkpoint.results, own)
    if checkpoint.calibration is not None:
        config["calibration"] = dataclasses.asdict(checkpoint.calibration)
    if checkpoint.enough is not None:
        config["enough"] = dataclasses.asdict(checkpoint.enough)
    write_checkpoint(folder, config, network, card)


def config_of(
    task: str,
    network: Network,
    training: Mapping[str, Any],
    results: Sequence[Result],
    own: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what ``config.json`` says of any network; ``own`` is what it says of this kind of task alone."""
    config = {
        "format": FORMAT,
        "task": task,
        **(own or {}),
        "model": dataclasses.asdict(network.config),
        "training": training,
    }
    return config | ({"results": [dataclasses.asdict(result) for result in results]} if results else {})


def write_checkpoint(folder: Path, config: dict[str, Any], network: Network, card: str) -> None:
    """Write the three files of a network; its weights go with ``config`` and a card.

    Raises:
        CheckpointError: the disk is full or the folder cannot be written.
    """
    weights = save(dict(network.weights))
    text = json.dumps(with_checksums(config, weights), indent=2) + "\n"
    files = {WEIGHTS: weights, "config.json": text.encode(), "README.md": card.encode()}
    try:
        write_folder(folder, files)
    except OSError as error:
        raise CheckpointError(
            f"{folder}: the checkpoint cannot be written ({error.strerror or error})"
        ) from error


def write_card(checkpoint: Checkpoint) -> str:
    """Return the card of a checkpoint as Markdown."""
    return card_of(checkpoint.name, checkpoint.task.name, checkpoint.network, checkpoint.training)


def card_of(name: str, task: str, network: Network, made: dict[str, Any]) -> str:
    """Return the card of a network as Markdown; ``made`` is how it was trained."""
    config = network.config
    parameters = sum(array.size for array in network.weights.values())
    defaults = type(config)()
    departures = [
        f"`{option} = {value}`"
        for option, value in vars(config).items()
        if option not in ("input_size", "output_size") and value != getattr(defaults, option)
    ]
    accuracy, measured = made["validation_accuracy"], "not measured"
    if accuracy is not None:
        measured = f"{accuracy:.2%} of {made['validation_episodes']} fresh episodes"
    rows = {
        "task": task,
        "rung": rung_of(config),
        "parameters": f"{parameters:,}",
        "different from the paper's network": ", ".join(departures) or "nothing",
        "trained on": f"{made['data']}, lesson {made['lesson']} of {made['lessons']} reached",
        "seed": made["seed"],
        "examples": f"{made['examples']:,}",
        "wall time": f"{made['seconds'] / 60:.1f} minutes",
        "hardware": made["hardware"],
        "torch": made["torch"],
        "whole answers right at the last validation": measured,
    }
    table = "".join(f"| {title} | {value} |\n" for title, value in rows.items())
    intro = "A differentiable neural computer trained by `graphdnc train`."
    return f"# {name}\n\n{intro}\n\n| | |\n|---|---|\n{table}"


def load_checkpoint(name: str, threads: int | None = None) -> Checkpoint:
    """Load a network by name or folder, ready to answer, and without torch if possible.

    The kernels are compiled on first use, which takes about as long as loading torch. ``threads`` is the
    number of threads of the kernels, by default ``OMP_NUM_THREADS`` or one for each core; torch has its own
    setting.

    Raises:
        CheckpointError: the network is missing, damaged, too large, or its parts do not fit together.
    """
    folder = find_checkpoint(name)
    config, weights = read_checkpoint(folder)
    results = read_results(config, folder / "config.json")
    if (task_name := str(config.get("task"))) in SEQUENCE_TASKS:
        raise CheckpointError(
            f"{name} was trained for {task_name}, a task about sequences, not graphs; it answers no "
            f"questions: measure it with graphdnc eval {name}"
        )
    if task_name == BABI:
        raise CheckpointError(
            f"{name} was trained for {task_name}, a task about stories, not graphs; it answers no questions "
            f"about a graph: measure it with graphdnc eval {name} --stories babi.h5"
        )
    try:
        model = from_table(DNCConfig, current_options(config["model"]), f"{folder / 'config.json'}: model")
        labels = config["labels"]
        code = DigitCode(int(labels["digits"]), bool(labels.get("known_relations", False)))
        planning = _part(Planning, config, "planning", folder)
        calibration = _part(Curve, config, "calibration", folder)
        enough = _part(Agreement, config, "enough", folder)
        name, training = str(config["task"]), dict(config["training"])
        if name not in TASKS:
            raise CheckpointError(
                f"{folder}: trained for {name!r}; this version of graphdnc knows {', '.join(TASKS)}"
            )
        task = _task(name, code, planning, folder)
        if (task.input_size, output_size(code)) != (model.input_size, model.output_size):
            raise CheckpointError(
                f"{folder}: its labels and its network have different sizes; download it again"
            )
    except (KeyError, TypeError, ValueError, ConfigError) as error:
        raise CheckpointError(f"{folder / 'config.json'}: not a graphdnc checkpoint ({error})") from error
    network = load_network(folder, model, weights, threads)
    return Checkpoint(network, task, training, folder.name, results, calibration, enough)


def load_network(
    folder: Path, model: DNCConfig, weights: Mapping[str, Floats], threads: int | None
) -> Network:
    """Return the network of a checkpoint folder, without torch if possible.

    Raises:
        CheckpointError: the weights do not fit the configuration.
    """
    try:
        if CompiledNetwork.unsupported(model) is not None or build_failure("forward") is not None:
            return in_torch(model, weights)
        return CompiledNetwork(model, weights, threads)
    except ValueError as error:
        raise CheckpointError(f"{folder}: weights do not fit config.json ({error})") from error


def in_torch(config: DNCConfig, weights: Mapping[str, Floats]) -> Network:
    """Return a network that runs in torch; raise ValueError if the weights do not fit."""
    with Interrupts(), no_garbage():  # an import that breaks off cannot be repeated
        from graphdnc.model.runtime.eager import EagerNetwork
    return EagerNetwork.of(config, weights)


def _task(name: str, code: DigitCode, planning: Planning | None, folder: Path) -> Task[Any]:
    try:
        return TASKS[name](code, planning)
    except ValueError as error:
        raise CheckpointError(f"{folder}: its task and its planning do not fit; download it again") from error


def _part(kind: type[Part], config: dict[str, Any], name: str, folder: Path) -> Part | None:
    values = config.get(name)
    return None if values is None else from_table(kind, dict(values), f"{folder / 'config.json'}: {name}")


def read_checkpoint(folder: Path) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Return the configuration and the weights of one checkpoint, also while another is written there."""
    config = read_config(folder / "config.json")
    try:
        return config, _load_weights(folder / WEIGHTS, config)
    except CheckpointError:
        now = read_config(folder / "config.json")
        if now == config:
            raise
        return now, _load_weights(folder / WEIGHTS, now)


def _load_weights(path: Path, config: dict[str, Any]) -> dict[str, Floats]:
    try:
        checked = _check_weights(path, config)
        weights = load_file(path)
        if not os.path.samestat(checked, path.stat()):
            raise CheckpointError(f"{path}: was replaced while it was read; try again")
    except FileNotFoundError as error:
        raise CheckpointError(f"{path}: missing; download or train it again") from error
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror or error})") from error
    except SafetensorError as error:
        raise CheckpointError(f"{path}: damaged ({error}); download or train it again") from error
    except (AttributeError, KeyError, TypeError) as error:  # types that NumPy does not have
        raise CheckpointError(f"{path}: has numbers of an unknown type; save float32") from error
    for name, array in weights.items():
        if not np.issubdtype(array.dtype, np.floating):
            raise CheckpointError(f"{path}: {name} has {array.dtype} numbers; it must have float32")
        with np.errstate(over="ignore"):
            weights[name] = array.astype(np.float32, copy=False)
        if not np.isfinite(weights[name]).all():
            raise CheckpointError(f"{path}: {name} has numbers that are infinite or NaN; train it again")
    return weights


def _check_weights(path: Path, config: dict[str, Any]) -> os.stat_result:
    """Check the size and the checksum of a file; return which file that was."""
    stated = config.get("checksums", {}).get(WEIGHTS)  # earlier versions wrote none
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        if found.st_size > LARGEST:
            raise CheckpointError(f"{path}: larger than {LARGEST:,} bytes; not a graphdnc checkpoint")
        if stated is not None and stated != checksum_of(file):
            raise CheckpointError(f"{path}: {CHANGED}; download or train it again")
    return found
