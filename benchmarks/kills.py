"""Is anything lost when training is killed at any moment?

    python benchmarks/kills.py --trials 50

Trains a small network, a validation after every two batches, once without interruption. Then it trains the
same again and again, each time with SIGKILL at one to three random moments, and ``graphdnc train --resume``
after each. Every other kill waits for a moment at which a file is being written. Weights, optimiser, both
checkpoints and the lines of the metrics (without times) must equal those of the uninterrupted run. After each
kill, ``last/`` and ``best/`` must be whole or absent; in the end nothing unfinished may be left.

Each training is a process of its own, forked from this one, which saves importing torch again.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tables
import torch
from safetensors.numpy import load_file

from graphdnc.cli import main as command_line
from graphdnc.datasets import sources
from graphdnc.errors import GraphDNCError
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.training import trainer

_LOADED = (sources, trainer)
"""Modules that a forked process need not load."""
SETTINGS = (
    *("schedule.examples=256", "schedule.batch=16", "schedule.pool=2", "schedule.validation_episodes=16"),
    *("schedule.validate_every=1", "model.controller_size=32"),
)
TIMES = ("seconds", "per_second", "data_share")


def begun(arguments: list[str]) -> int:
    """Run the command line in a forked process; return its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.argv = ["graphdnc", *arguments]
        command_line.main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    finally:
        os._exit(code)


def command(folder: Path) -> list[str]:
    """Return what to type to begin the run in a folder, or to go on with it."""
    if (folder / "state.pt").exists() or (folder / "state-before.pt").exists():
        return ["train", "--resume", str(folder), "--threads", "1"]
    changes = [word for setting in SETTINGS for word in ("--set", setting)]
    return ["train", "smoke", *changes, "--threads", "1", "-o", str(folder)]


def finish(folder: Path) -> None:
    """Train to the end without an interruption."""
    _, status = os.waitpid(begun(command(folder)), 0)
    if status:
        raise SystemExit(f"{' '.join(command(folder))} ended with {os.waitstatus_to_exitcode(status)}")


@dataclass
class Kill:
    """What was found after a kill: whether a file was being written, and networks that were not whole."""

    writing: bool
    broken: list[str]


def kill(folder: Path, after: float, writing: bool) -> Kill | None:
    """Train, and kill the process some seconds after it began to train; ``None`` if it had ended before.

    With ``writing``, it is killed when it writes a file after that.
    """
    child = begun(command(folder))
    started = None
    while started is None or time.perf_counter() < started + after or (writing and not parts(folder)):
        if os.waitpid(child, os.WNOHANG)[0]:
            return None
        if started is None and trains(child, folder):
            started = time.perf_counter()
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        return None
    return Kill(bool(parts(folder)), [name for name in ("best", "last") if not whole(folder / name)])


def trains(process: int, folder: Path) -> bool:
    """Return whether a process has the folder of a run."""
    lock = folder / "lock"
    return lock.exists() and lock.read_text("utf-8").startswith(f"process {process} ")


def parts(folder: Path) -> list[Path]:
    """Return the files and folders that are being written."""
    return list(folder.glob(".*.part"))


def whole(network: Path) -> bool:
    """Return whether a network can be loaded or is absent."""
    try:
        return not network.exists() or bool(load_checkpoint(str(network), threads=1))
    except GraphDNCError:
        return False


def unfinished(folder: Path) -> list[str]:
    """Return the files of a run that are not finished."""
    return [str(path.relative_to(folder)) for path in folder.rglob(".*") if path.name != "."]


def outcome(folder: Path) -> dict[str, Any]:
    """Return all that a run leaves, without times."""
    state = torch.load(folder / "state.pt", weights_only=True)
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    return {
        "network": state["network"],
        "optimiser": state["optimiser"]["state"],
        "position": {key: value for key, value in state["position"].items() if key not in TIMES},
        **{name: load_file(folder / name / "model.safetensors") for name in ("best", "last")},
        "metrics": [{key: value for key, value in line.items() if key not in TIMES} for line in lines],
    }


def differences(one: Any, other: Any, name: str = "") -> list[str]:
    """Return the names of what is not exactly equal in two outcomes."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [found for key in one for found in differences(one[key], other[key], f"{name}/{key}")]
    if isinstance(one, torch.Tensor | np.ndarray):
        return [] if bool((torch.as_tensor(one) == torch.as_tensor(other)).all()) else [name]
    return [] if one == other else [name]


def spent(folder: Path) -> float:
    """Return how many seconds a run trained, from the moment when it got its folder."""
    return (folder / "state.pt").stat().st_mtime - (folder / "settings.toml").stat().st_mtime


def trial(folder: Path, rng: np.random.Generator, seconds: float) -> list[Kill]:
    """Train in a folder to the end, with one to three kills on the way."""
    kills = [
        kill(folder, float(rng.uniform(0, seconds)), bool(rng.integers(2))) for _ in range(rng.integers(1, 4))
    ]
    finish(folder)
    return [found for found in kills if found is not None]


def main(arguments: list[str] | None = None) -> None:
    """Print a row for each trial, and what all of them show."""
    options: argparse.ArgumentParser = tables.parser(__doc__, trials=50, seed=0)
    chosen = options.parse_args(arguments)
    rng = np.random.default_rng(chosen.seed)
    trainer.code_of_training()  # is kept for all that are forked
    torch.set_num_threads(1)  # a process that is forked has no other threads of its parent
    with tempfile.TemporaryDirectory() as place:
        finish(Path(place) / "whole")
        seconds = spent(Path(place) / "whole")
        expected = outcome(Path(place) / "whole")
        tables.say(f"uninterrupted: {seconds:.1f} s, {len(expected['metrics'])} lines of metrics\n")
        tables.say(tables.heading("trial", "kills", "while writing", "not whole", "different", "left over"))
        equal = kills = writing = 0
        for number in range(chosen.trials):
            folder = Path(place) / str(number)
            found = trial(folder, rng, seconds)
            broken = [name for own in found for name in own.broken]
            different, left = differences(expected, outcome(folder)), unfinished(folder)
            equal += not (broken or different or left)
            kills, writing = kills + len(found), writing + sum(own.writing for own in found)
            during = sum(own.writing for own in found)
            cells = [", ".join(names) or "nothing" for names in (broken, different[:3], left)]
            tables.row(number + 1, len(found), during, *cells)
    tables.say(f"\n{equal} of {chosen.trials} equal, after {kills} kills, {writing} of them while writing")
    if equal < chosen.trials:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
