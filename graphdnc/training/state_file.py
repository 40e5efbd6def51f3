"""The state of a run: all that is needed to continue it exactly where it stopped.

``state.pt`` is the newest, ``state-before.pt`` the one before. Both are sealed with a checksum.
"""

from __future__ import annotations

import dataclasses
import io
import json
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from graphdnc.errors import CheckpointError, ConfigError
from graphdnc.model.config import current_options
from graphdnc.training.config import TrainingConfig
from graphdnc.training.fingerprints import differences
from graphdnc.training.metrics import Position, Tally
from graphdnc.training.run_folder import again
from graphdnc.utils.atomic_write import write_atomically
from graphdnc.utils.checksum import sealed, unsealed
from graphdnc.utils.from_table import from_table
from graphdnc.utils.text import join_names, one_line, shorten

NEWEST, BEFORE = "state.pt", "state-before.pt"
_DAMAGED = (OSError, RuntimeError, KeyError, TypeError, ValueError)
_NOT_COMPARED = ("data", "weights")
"""Settings that say where something is. Data are compared by fingerprints; first weights are not needed."""


@dataclass
class State:
    """Where a run is, and what it is made of.

    Attributes:
        config: the settings that it began with.
        made_of: the fingerprints of its data and of its code; empty in a state of an earlier version.
        at: how far it has come.
        since: what happened since the last validation.
        changed: what was accepted to be other than when the run began, in words.
    """

    config: TrainingConfig
    made_of: Mapping[str, str]
    at: Position
    since: Tally
    changed: list[str] = field(default_factory=list)


def has_state(folder: Path) -> bool:
    """Return whether a folder has a state, sound or not."""
    return any((folder / name).exists() for name in (NEWEST, BEFORE))


def save_state(folder: Path, state: State, network: nn.Module, optimiser: Optimizer) -> None:
    """Write the newest state; the one that was the newest is kept as the one before.

    Raises:
        CheckpointError: it cannot be written; then both are as they were.
    """
    saved = {
        "config": _as_json(state.config),
        "made_of": dict(state.made_of),
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "position": dataclasses.asdict(state.at),
        "since": dataclasses.asdict(state.since),
        "changed": state.changed,
    }
    newest = folder / NEWEST
    try:
        if newest.exists():
            write_atomically(folder / BEFORE, lambda part: shutil.copyfile(newest, part))
    except OSError as error:
        raise CheckpointError(f"{folder / BEFORE}: cannot be written ({error.strerror or error})") from error
    keep(newest, saved)


def keep(path: Path, values: dict[str, Any]) -> None:
    """Write tensors and numbers to a file, sealed with a checksum.

    Raises:
        CheckpointError: it cannot be written.
    """
    content = io.BytesIO()
    torch.save(values, content)
    try:
        write_atomically(path, lambda part: part.write_bytes(sealed(content.getvalue())))
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be written ({error.strerror or error})") from error


def load_state(
    folder: Path, now: State, network: nn.Module, optimiser: Optimizer, changed: bool
) -> tuple[State, list[str]]:
    """Load the newest sound state into a network and its optimiser; return it, and what the user must know.

    ``now`` has the settings, data and code of this process. With ``changed``, other data and code than those
    that the run began with are accepted.

    Raises:
        CheckpointError: both states are damaged or missing, or the run began with something else.
    """
    failures = []
    for name in (NEWEST, BEFORE):
        try:
            saved = _read(folder / name)
            found = _state(saved)
            notes = _compare(folder, found, now, changed)
            network.load_state_dict(saved["network"])
            optimiser.load_state_dict(saved["optimiser"])
        except PermissionError as error:
            raise CheckpointError(f"{folder / name}: cannot be read ({error.strerror})") from error
        except FileNotFoundError:
            failures.append(f"{name} is missing")
        except (*_DAMAGED, ConfigError) as error:
            why = shorten(one_line(error).partition(". ")[0], 150)  # torch says more than a line
            failures.append(f"{name} is damaged or of another version ({why})")
        else:
            if name == BEFORE:
                _put_aside(folder / NEWEST)
                notes.append(f"{failures[0]}; the run goes on from {name}, the one before")
            return found, notes
    raise CheckpointError(f"{folder}: {' and '.join(failures)}; {again(folder)}")


def _read(path: Path) -> dict[str, Any]:
    content, _ = unsealed(path.read_bytes())
    try:
        saved = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # of foreign bytes torch may raise anything
        raise ValueError(f"torch cannot read it: {error}") from error
    if not isinstance(saved, dict):
        raise ValueError("it is no state of a run")
    return saved


def _put_aside(newest: Path) -> None:
    """Rename a damaged state: it must never become the one before."""
    if newest.exists():
        newest.replace(newest.with_name("state-damaged.pt"))


def _state(saved: dict[str, Any]) -> State:
    config = json.loads(saved["config"])
    config["model"] = current_options(config["model"])
    at = Position(**({"validated": None} | saved["position"]))
    if at.validated is None:  # a state of an earlier version
        at.validated = at.examples
    return State(
        from_table(TrainingConfig, config, NEWEST),
        saved.get("made_of", {}),
        at,
        Tally(**saved.get("since", {})),
        list(saved.get("changed", [])),
    )


def _compare(folder: Path, begun: State, now: State, changed: bool) -> list[str]:
    """Refuse other settings than those the run began with, and, unless ``changed``, other data or code.

    What is accepted is added to ``begun.changed``; what to say of it is returned.
    """
    old, new = (json.loads(_as_json(state.config)) for state in (begun, now))
    for part in sorted(old.keys() - _NOT_COMPARED):
        was, given = (_table(values[part]) for values in (old, new))
        for key in sorted(was):
            if was[key] != given[key]:
                name = f"{part}.{key}".rstrip(".")
                first, other = json.dumps(was[key]), json.dumps(given[key])
                raise CheckpointError(
                    f"{folder}: the run began with {name} = {first}, not {other}; "
                    f"resume with what it began with: --set {shlex.quote(f'{name}={first}')}"
                )
    others = differences(begun.made_of, now.made_of) if begun.made_of else []
    if not others:
        return []
    named = join_names(others, " and ", most=4)
    if changed:
        begun.changed += others
        return [f"the run goes on with {named}; its networks say so"]
    raise CheckpointError(
        f"{folder}: the run would go on with {named}, and not give the same network; bring back what it "
        "began with, or accept the change: --accept-changes"
    )


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"": value}


def _as_json(config: TrainingConfig) -> str:
    return json.dumps(dataclasses.asdict(config), sort_keys=True)
