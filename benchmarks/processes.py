"""Measure what several processes gain: examples a second, and processor time, of a part of a training run.

    taskset -c 0 python benchmarks/processes.py              # one process on one core
    torchrun --nproc-per-node=2 benchmarks/processes.py      # two

Each process prints a line: its number, the examples of the run, wall seconds, and its own processor seconds.
Compare the wall seconds on an idle machine with a core for each process. One process draws and encodes
examples beside its steps, on another core if it may, and uses 1.09 cores. So keep it to one with
``taskset``. On a busy machine compare the processor seconds of one process with the most that one of several
took; several take at least that long, and longer where one waits for the other in a step.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
import time
from pathlib import Path

import tables
import torch

from graphdnc.datasets.sources import source
from graphdnc.training.config import load_training_config
from graphdnc.training.device import choose_device
from graphdnc.training.trainer import Trainer
from graphdnc.utils.processes import device_of_process, joined

RUNS = Path(__file__).parents[1] / "runs"


def main() -> None:
    """Train for a few pools and print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", default="traversal")
    parser.add_argument("--examples", type=int, default=2048)
    parser.add_argument("--lesson", type=int, help="counted from 1; default: the last")
    given = parser.parse_args()
    torch.set_num_threads(1)
    config = load_training_config(RUNS / f"{given.run}.toml")
    whole = dataclasses.replace(config.schedule, validate_every=10**6, validation_episodes=1)
    config = dataclasses.replace(config, schedule=dataclasses.replace(whole, examples=given.examples))
    device = device_of_process(choose_device("auto")[0])
    with joined(device) as processes, tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(config, source(config.data, RUNS), Path(folder), device, processes)
        trainer.at.lesson = (given.lesson or trainer.source.lessons) - 1
        trainer._pool(lambda progress: None, lambda: False)  # kernels are compiled and buffers made
        started, spent, before = time.perf_counter(), time.process_time(), trainer.at.examples
        while trainer.at.examples < given.examples:
            trainer._pool(lambda progress: None, lambda: False)
        wall, own = time.perf_counter() - started, time.process_time() - spent
        tables.row(processes.number, trainer.at.examples - before, f"{wall:.1f}", f"{own:.1f}")


if __name__ == "__main__":
    main()
