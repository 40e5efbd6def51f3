"""The file ``state.pt`` of a run: all that is needed to continue it exactly where it stopped."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from graphdnc.errors import CheckpointError
from graphdnc.model.config import current_options
from graphdnc.training.config import TrainingConfig
from graphdnc.training.metrics import Position
from graphdnc.utils.atomic_write import write_atomically
from graphdnc.utils.from_table import from_table

_DAMAGED = (OSError, RuntimeError, KeyError, TypeError, ValueError, EOFError, pickle.UnpicklingError)


def save_state(
    path: Path, config: TrainingConfig, network: nn.Module, optimiser: Optimizer, at: Position
) -> None:
    """Write the state beside the old file and rename it.

    Raises:
        CheckpointError: the file cannot be written.
    """
    state = {
        "config": _fingerprint(config),
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "position": dataclasses.asdict(at),
    }
    try:
        write_atomically(path, lambda beside: _save(state, beside))
    except (OSError, RuntimeError) as error:
        raise CheckpointError(f"{path.parent}: the state cannot be written ({error})") from error


def load_state(
    path: Path, config: TrainingConfig, network: nn.Module, optimiser: Optimizer, device: torch.device
) -> Position:
    """Load the state into a network and its optimiser; return how far the run has come.

    Raises:
        CheckpointError: there is no state, it is damaged, or it belongs to another configuration.
    """
    try:
        state = torch.load(path, map_location=device, weights_only=True)
        _refuse_another(path, json.loads(state["config"]), json.loads(_fingerprint(config)))
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        return Position(**state["position"])
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CheckpointError(f"{path}: nothing to resume; start the run without --resume") from error
    except PermissionError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror})") from error
    except _DAMAGED as error:
        raise CheckpointError(f"{path}: damaged; start again without --resume") from error


def _refuse_another(path: Path, begun: dict[str, Any], now: dict[str, Any]) -> None:
    """Refuse settings other than those the run began with."""
    begun["model"] = current_options(begun["model"])
    begun = json.loads(_fingerprint(from_table(TrainingConfig, begun, str(path))))  # options added since
    for part in sorted(begun | now):
        was, given = begun.get(part), now.get(part)
        if was == given:
            continue
        name = part
        if isinstance(was, dict) and isinstance(given, dict):
            key = next(key for key in sorted(was | given) if was.get(key) != given.get(key))
            name, was, given = f"{part}.{key}", was.get(key), given.get(key)
        raise CheckpointError(
            f"{path}: belongs to another configuration: it began with {name} = {json.dumps(was)}, "
            f"not {json.dumps(given)}; resume with the settings it began with"
        )


def _save(state: dict[str, Any], path: Path) -> None:
    with path.open("wb") as file:  # Python files report a full disk; torch's do not
        torch.save(state, file)


def _fingerprint(config: TrainingConfig) -> str:
    return json.dumps(dataclasses.asdict(config), sort_keys=True)
