"""Time and memory of this DNC, the package ``dnc`` 1.1.0 and a plain LSTM, in one run.

    python benchmarks/step.py --install     # once: dnc 1.1.0, into build/rivals only
    python benchmarks/step.py
    python benchmarks/step.py --rows 256
    python benchmarks/step.py --masked      # episodes first, half of them with a mask
    python benchmarks/step.py --own --json
    python benchmarks/step.py --deep

All get the same inputs and take turns, round by round. A ratio is taken within a round, so that other work on
the machine affects all of them. Memory is the peak of a new process minus what it held before its first step.
The LSTM is ``torch.nn.LSTM`` without an output layer: a lower bound, not a competitor. ``--own`` takes sizes
and options from runs/traversal.toml. This DNC then memorises the first four fifths of the steps as a
description, as it does in training; the others run all steps one by one. ``--deep`` has three layers with
layer norm, and compares this DNC with its own steps in torch, not with ``dnc``.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import tables
import torch
from rivals import FLOOR, IN_TORCH, OURS, THEIRS, Work, build, forward_backward

from graphdnc.model.config import DNCConfig
from graphdnc.training.config import load_training_config

ROOT = Path(__file__).parent.parent
RIVALS = ROOT / "build" / "rivals"
VERSION = "1.1.0"
MEMORY_ROUNDS = 3
Numbers = Sequence[float | None]


def clock(work: Work, names: Sequence[str], rounds: int) -> dict[str, dict[str, Numbers]]:
    """Return seconds ``[name]["forward" | "forward_backward"][round]``; the networks take turns."""
    inputs, works = work.inputs(), list[Callable[[], object]]()
    for name in names:
        network, run = build(name, work)
        works += [partial(torch.no_grad()(run), inputs), partial(forward_backward, network, run, inputs)]
    seconds = tables.in_turns(works, rounds)
    return {
        name: {"forward": forward, "forward_backward": both}
        for name, forward, both in zip(names, seconds[::2], seconds[1::2], strict=True)
    }


def peak_memory(name: str, work: Work) -> float | None:
    """Return by how many MiB forward and backward let this process grow, or ``None`` if unknown."""
    inputs = work.inputs()
    network, run = build(name, work)
    base = _resident("VmRSS")
    for _ in range(2):  # the second time there are gradients already, as in training
        forward_backward(network, run, inputs)
    peak = _resident("VmHWM")
    return None if base is None or peak is None else peak - base


def _resident(field: str) -> float | None:
    found = _system("/proc/self/status", field)
    return int(found.split()[0]) / 1024 if found else None


def _system(path: str, field: str) -> str | None:
    """Return a field of a file of Linux, or ``None``."""
    lines = Path(path).read_text().splitlines() if Path(path).exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(field)), None)


def memory_apart(name: str, arguments: Sequence[str]) -> float | None:
    """Return the peak of a new process, in MiB."""
    command = [sys.executable, __file__, *arguments, "--memory-of", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: float | None = json.loads(done.stdout.splitlines()[-1])
    return found


class Ratio(NamedTuple):
    """A ratio over all rounds: median, least and greatest."""

    median: float
    least: float
    greatest: float


def ratio(above: Numbers, below: Numbers) -> Ratio | None:
    """Return ``above`` divided by ``below``, or ``None`` if nothing was measured."""
    found = [high / low for high, low in zip(above, below, strict=False) if high is not None and low]
    return Ratio(statistics.median(found), min(found), max(found)) if found else None


def compare(measured: dict[str, dict[str, Numbers]]) -> dict[str, Ratio | None]:
    """Return the ratios from numbers ``[name][measure][round]``."""
    ours, floor = measured[OURS], measured[FLOOR]
    nothing: dict[str, Numbers] = {measure: () for measure in ours}
    theirs, in_torch = measured.get(THEIRS, nothing), measured.get(IN_TORCH, nothing)
    both = "forward_backward"
    return {
        # how many times faster than dnc
        "forward_backward_vs_dnc": ratio(theirs[both], ours[both]),
        "forward_vs_dnc": ratio(theirs["forward"], ours["forward"]),
        # how many times faster than the same steps in torch
        "forward_backward_vs_torch": ratio(in_torch[both], ours[both]),
        "forward_vs_torch": ratio(in_torch["forward"], ours["forward"]),
        # memory and time, divided by those of the other
        "memory_vs_dnc": ratio(ours["memory"], theirs["memory"]),
        "forward_backward_vs_lstm": ratio(ours[both], floor[both]),
        "forward_vs_lstm": ratio(ours["forward"], floor["forward"]),
        "memory_vs_lstm": ratio(ours["memory"], floor["memory"]),
    }


def circumstances(work: Work, chosen: argparse.Namespace, names: Sequence[str]) -> dict[str, object]:
    """Return the settings and the machine that the figures depend on."""
    return {
        "date": datetime.date.today().isoformat(),
        "own": chosen.own,
        "deep": chosen.deep,
        "masked": chosen.masked,
        "batch": work.batch,
        "steps": work.steps,
        "rows": work.rows,
        "threads": chosen.threads,
        "rounds": chosen.rounds,
        "processor": _system("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        THEIRS: VERSION if THEIRS in names else None,
    }


def print_tables(measured: dict[str, dict[str, Numbers]], ratios: dict[str, Ratio | None]) -> None:
    """Print medians and ratios as Markdown."""
    print("\n" + tables.heading("", "forward ms", "forward+backward ms", "peak MiB"))
    for name, of in measured.items():
        times = _median(of["forward"], 1e3), _median(of["forward_backward"], 1e3)
        tables.row(name, *times, _median(of["memory"], 1))
    print("\n" + tables.heading("ratio", "median", "least", "greatest"))
    for name, found in ratios.items():
        if found:
            tables.row(name, *(f"{value:.3g}" for value in found))


def _median(numbers: Numbers, scale: float) -> str:
    known = [number * scale for number in numbers if number is not None]
    return f"{statistics.median(known):.0f}" if known else ""


def contenders() -> list[str]:
    """Return the networks to measure; if dnc is not installed, say how to install it."""
    sys.path.append(str(RIVALS))
    found = list(importlib.metadata.distributions(name=THEIRS, path=[str(RIVALS)]))
    if not found:
        print(f"{THEIRS} {VERSION} is not installed: python benchmarks/step.py --install", file=sys.stderr)
    return [OURS, *([THEIRS] if found else []), FLOOR]


def options() -> argparse.ArgumentParser:
    """Return the options of the command."""
    parser = tables.parser(__doc__, steps=100, threads=1, rounds=9)
    parser.add_argument("--install", action="store_true", help=f"install {THEIRS} {VERSION} and stop")
    parser.add_argument("--own", action="store_true", help="runs/traversal.toml, not the paper's network")
    parser.add_argument("--deep", action="store_true", help="a controller of 3 layers with layer norm")
    parser.add_argument("--rows", type=int, help="rows of memory; default 128, with --own the steps")
    parser.add_argument("--batch", type=int, help="episodes at once; default 32, with --own the run's")
    parser.add_argument("--masked", action="store_true", help="episodes first, with a mask over some steps")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--memory-of", metavar="NAME", help=argparse.SUPPRESS)
    return parser


def chosen_work(chosen: argparse.Namespace) -> Work:
    """Return the work that the options ask for."""
    if chosen.own:
        run = load_training_config(ROOT / "runs" / "traversal.toml")
        rows, batch = chosen.rows or chosen.steps, chosen.batch or run.schedule.batch
        return Work(run.model, batch, chosen.steps, rows, chosen.steps * 4 // 5)
    # as many outputs as inputs, because dnc has no others
    config = DNCConfig(output_size=92)
    if chosen.deep:
        config = replace(config, controller_layers=3, layer_norm=True)
    batch, rows = chosen.batch or 32, chosen.rows or 128
    return Work(config, batch, chosen.steps, rows, 0, masked=chosen.masked)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print tables and, with ``--json``, one line of JSON at the end."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    chosen = options().parse_args(given)
    if chosen.install:  # into a folder of its own; it uses the torch and numpy of this environment
        target = [f"{THEIRS}=={VERSION}", "--no-deps", "--upgrade", "--target", str(RIVALS)]
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *target], check=True)
        return
    torch.set_num_threads(chosen.threads)
    work = chosen_work(chosen)
    if chosen.memory_of:
        sys.path.append(str(RIVALS))
        print(json.dumps(peak_memory(chosen.memory_of, work)))
        return
    names = [OURS, IN_TORCH, FLOOR] if chosen.deep else contenders()
    conditions = circumstances(work, chosen, names)
    print(", ".join(f"{name} {value}" for name, value in conditions.items()), flush=True)
    measured = clock(work, names, chosen.rounds)
    peaks = [
        {name: memory_apart(name, given) for name in names} for _ in range(min(chosen.rounds, MEMORY_ROUNDS))
    ]
    for name in names:
        measured[name]["memory"] = [peak[name] for peak in peaks]
    ratios = compare(measured)
    print_tables(measured, ratios)
    if chosen.json:
        print(json.dumps(as_record(ratios) | conditions))


def as_record(ratios: dict[str, Ratio | None]) -> dict[str, object]:
    """Return medians by name, null if there is none, and the spreads."""
    rounded = {name: found and [round(value, 4) for value in found] for name, found in ratios.items()}
    medians: dict[str, object] = {name: found and found[0] for name, found in rounded.items()}
    return medians | {"spreads": {name: found and found[1:] for name, found in rounded.items()}}


if __name__ == "__main__":
    main()
