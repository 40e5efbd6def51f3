"""Train a small network, alone or as one of several processes; print the loss of every update as JSON.

``python train_together.py FOLDER [--examples N] [--kind KIND] [--resume] [--stop-at N] [--die-at N]
[--break-from N]``: from that update on, counted from 0, the loss of the last process is NaN.
"""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

import torch
from networks import INFERENCE, SEARCH
from small_runs import draw, small_config

from graphdnc.datasets.lessons.curriculum import Lesson
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.episodes.planning import Planning
from graphdnc.errors import GraphDNCError
from graphdnc.training.batches import Source
from graphdnc.training.config import DataConfig, OptimiserConfig, ScheduleConfig, TrainingConfig
from graphdnc.training.trainer import Trainer
from graphdnc.utils.processes import joined

NEVER = 10**9
LAST = int(os.environ.get("WORLD_SIZE", "1")) - 1
TINY = Lesson("random", size=(3, 6), path=(1, 2), out_degree=(1, 2), task="shortest-path")
CHAINS = Lesson("random", size=(3, 5), path=(2, 2), out_degree=(2, 2), task="inference")


def run_of(kind, examples, parts=1):
    """Return the configuration and the source of a small run: walks, searches or silent relations."""
    if kind == "walk":
        return small_config(examples, pass_accuracy=0.0, parts=parts), Source(
            "traversal", 2, training=draw, validation=draw
        )
    task, model, lesson, planning = {
        "search": ("shortest-path", SEARCH, TINY, Planning()),
        "silent": ("inference", INFERENCE, CHAINS, Planning(aloud=False, steps=2, steps_per_node=0.5)),
    }[kind]
    config = TrainingConfig(
        data=DataConfig(curriculum=task),
        model=model,
        optimiser=OptimiserConfig(learning_rate=3e-3, weight_decay=0.0),
        schedule=ScheduleConfig(examples, 8, pool=2, validation_episodes=16, validate_every=1, teacher=0.5),
        planning=planning,
        seed=3,
    )

    def drawn(rng, number):
        return draw_example(rng, lesson)

    return config, Source(task, 2, training=drawn, validation=drawn)


def train(given):
    """Train; return the losses, the lesson and the sum of all weights."""
    cpu = torch.device("cpu")
    config, source = run_of(given.kind, given.examples, given.parts)
    with joined(cpu) as processes:
        trainer = Trainer(config, source, given.folder, cpu, processes)
        if processes.number == LAST:
            trainer.teaching.losses = broken(trainer, given.break_from)
        if given.resume:
            trainer.resume()
        losses, seen = [], [trainer._since.loss]

        def report(progress):
            if progress.validated is not None:
                seen[0] = 0.0
                return
            losses.append(trainer._since.loss - seen[0])
            seen[0] = trainer._since.loss
            if trainer.at.updates == given.die_at and processes.number == 1:
                os.kill(os.getpid(), signal.SIGKILL)

        trainer.run(report, lambda: trainer.at.updates == given.stop_at and processes.number == 1)
        summed = sum(float(weight.detach().double().abs().sum()) for weight in trainer.network.parameters())
        told = {"losses": losses, "lesson": trainer.at.lesson, "weights": summed}
    return told if processes.number == 0 else None


def broken(trainer, first):
    """Return the function of a run that gives losses, with NaN in them from an update on."""
    whole = trainer.teaching.losses

    def losses(*arguments):
        found, right = whole(*arguments)
        return ([loss * torch.nan for loss in found] if trainer.at.updates >= first else found), right

    return losses


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--examples", type=int, default=256)
    parser.add_argument("--kind", default="walk")
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--stop-at", type=int, default=NEVER)
    parser.add_argument("--die-at", type=int, default=NEVER)
    parser.add_argument("--break-from", type=int, default=NEVER)
    torch.set_num_threads(1)
    try:
        told = train(parser.parse_args())
    except GraphDNCError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    if told is not None:
        print(json.dumps(told))


if __name__ == "__main__":
    main()
