"""Episodes that a GPU trains on in a second: this DNC, the package ``dnc`` 1.1.0 and a plain LSTM.

    python benchmarks/step.py --install     # once: dnc 1.1.0, into build/rivals only
    python benchmarks/gpu.py
    python benchmarks/gpu.py --rows 256 --batches 64 256 1024 --json

An episode has 100 steps, forward and backward, without the optimiser. Each network is measured at every batch
size, in turns, and its best batch size counts. A batch that does not fit in the memory of the GPU is left
out.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import tables
import torch
from rivals import FLOOR, OURS, THEIRS, Work, build, forward_backward
from step import contenders

from graphdnc.model.config import DNCConfig
from graphdnc.training.device import hardware


@dataclass(frozen=True)
class Speed:
    """The seconds of each round of a network at a batch size, and its peak memory in MiB."""

    name: str
    batch: int
    seconds: list[float]
    memory: float

    @property
    def per_second(self) -> float:
        """Episodes a second, the median of the rounds."""
        return self.batch / statistics.median(self.seconds)


def measure(work: Work, names: Sequence[str], rounds: int) -> list[Speed]:
    """Measure all networks at one batch size, in turns; leave out those that do not fit."""
    inputs, seconds = work.inputs(), {name: list[float]() for name in names}
    memory, built = dict.fromkeys(names, 0.0), {name: build(name, work) for name in names}
    for number in range(-2, rounds):  # the first two rounds are not counted
        for name in list(seconds):
            taken = _timed(lambda name=name: forward_backward(*built[name], inputs), work.device)
            built[name][0].zero_grad(set_to_none=True)  # or they would count as memory of the next network
            if taken is None:
                print(f"{name} does not fit at a batch of {work.batch}", file=sys.stderr)
                del seconds[name]
            elif number >= 0:
                seconds[name].append(taken[0])
                memory[name] = max(memory[name], taken[1])
    return [Speed(name, work.batch, seconds[name], memory[name]) for name in seconds]


def _timed(call: Callable[[], None], device: str) -> tuple[float, float] | None:
    """Return seconds and MiB of a call, or ``None`` if the memory is too small."""
    on_gpu = device == "cuda"
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
        torch.cuda.synchronize()
    started = time.perf_counter()
    if not _fits(call):
        gc.collect()
        torch.cuda.empty_cache()
        return None
    if on_gpu:
        torch.cuda.synchronize()
    return time.perf_counter() - started, torch.cuda.max_memory_allocated() / 2**20 if on_gpu else 0.0


def _fits(call: Callable[[], None]) -> bool:
    try:
        call()
    except torch.cuda.OutOfMemoryError:  # it keeps all tensors alive until this function returns
        return False
    return True


def best(speeds: Sequence[Speed], name: str) -> Speed | None:
    """Return the speed of a network at its best batch size."""
    own = (speed for speed in speeds if speed.name == name)
    return max(own, key=lambda speed: speed.per_second, default=None)


def record(speeds: Sequence[Speed]) -> dict[str, float | None]:
    """Return the figures for ``--json``."""
    ours, theirs, floor = (best(speeds, name) for name in (OURS, THEIRS, FLOOR))

    def times(faster: Speed | None, slower: Speed | None) -> float | None:
        return round(faster.per_second / slower.per_second, 2) if faster and slower else None

    return {
        "episodes_per_second": round(ours.per_second, 1) if ours else None,
        "forward_backward_vs_dnc": times(ours, theirs),
        "forward_backward_vs_lstm": times(floor, ours),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a table and, with ``--json``, one line of JSON at the end."""
    parser = tables.parser(__doc__, rows=128, steps=100, rounds=5)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128, 512, 1024, 2048])
    parser.add_argument("--device", default="cuda", help="cpu to try out the command")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args(arguments)
    if chosen.device == "cuda" and not torch.cuda.is_available():
        sys.exit("no CUDA device was found; benchmarks/step.py measures on the CPU")
    torch.backends.cudnn.allow_tf32 = False  # all in float32, like ours
    # as many outputs as inputs, because dnc has no others
    work = Work(DNCConfig(output_size=92), 1, chosen.steps, chosen.rows, 0, chosen.device)
    if why := build(OURS, work)[0].fallback_reason(work.inputs()):
        sys.exit(f"nothing was measured: {why}")  # steps in torch must not be measured instead
    names = contenders()
    tables.say(f"{hardware(torch.device(chosen.device))}, torch {torch.__version__}, N = {chosen.rows}")
    columns = "batch", "episodes a second", "seconds, least to greatest", "peak MiB"
    tables.say("\n" + tables.heading("", *columns))
    speeds: list[Speed] = []
    for batch in chosen.batches:
        for speed in measure(replace(work, batch=batch), names, chosen.rounds):
            spread = f"{min(speed.seconds):.3g} to {max(speed.seconds):.3g}"
            figures = f"{speed.per_second:,.0f}", spread, f"{speed.memory:,.0f}"
            tables.row(speed.name, speed.batch, *figures)
            speeds.append(speed)
    found = record(speeds)
    print(f"\n{found}")
    if chosen.json:
        print(json.dumps(found | {"rows": chosen.rows, "steps": chosen.steps, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
