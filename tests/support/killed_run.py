"""Kill a training at every moment at which it changes files, and resume it: python killed_run.py FOLDER STEP.

Prints the number of moments, then a line for each that was tried: its number, and what is not as without a
kill. Each training is a forked process of its own; the kill ends it without any clean-up, as SIGKILL does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import torch
from small_runs import small_config, trainer

from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.training.fingerprints import code_of_training

CHANGES = ("replace", "rename", "fsync", "unlink", "mkdir")
"""Functions of ``os`` through which files change or are kept."""


def train(folder: Path, moment: int | None) -> None:
    """Train to the end in a forked process, or until the change of a number, counted from 0."""
    child = os.fork()
    if child == 0:
        ticks = count()
        for name in CHANGES:
            setattr(os, name, ticking(getattr(os, name), ticks, moment))
        run = trainer(small_config(64, batch=16, pool=2, pass_accuracy=0.0), folder)
        if any(folder.glob("state*.pt")):
            run.resume()
        run.run(lambda progress: None)
        (folder.parent / "changes").write_text(str(next(ticks)))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == (0 if moment is None else 9)


def ticking(change: Any, ticks: Iterator[int], moment: int | None) -> Any:
    def changed(*arguments: Any, **options: Any) -> Any:
        if next(ticks) == moment:
            os._exit(9)
        return change(*arguments, **options)

    return changed


def left(folder: Path) -> dict[str, Any]:
    state = torch.load(folder / "state.pt", weights_only=True)
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return {
        "weights": [tensor.tolist() for tensor in state["network"].values()],
        "position": state["position"] | {"seconds": 0},
        "metrics": [(line["examples"], line["loss"], line["validated"]) for line in lines],
        "networks": [(folder / name / "model.safetensors").read_bytes() for name in ("best", "last")],
        "unfinished": [path.name for path in folder.rglob(".*")],
    }


def main(place: Path, step: int) -> None:
    torch.set_num_threads(1)
    code_of_training()  # is kept for all that are forked
    train(place / "whole", None)
    expected, changes = left(place / "whole"), int((place / "changes").read_text())
    print(changes)
    for moment in range(0, changes, step):
        folder = place / str(moment)
        train(folder, moment)
        for name in ("best", "last"):
            assert not (folder / name).exists() or load_checkpoint(str(folder / name), threads=1)
        train(folder, None)
        found = left(folder)
        print(moment, *(name for name in expected if found[name] != expected[name]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
