"""Is every flipped bit noticed?

    python benchmarks/flips.py --flips 1000

Flips one bit at a time, a quarter of the flips each in a corpus, a checkpoint (weights and ``config.json``),
the state of a run, and a compiled kernel. Each file is cut into regions: its first 512 bytes, its last 128,
and ten equal parts of what is between; each gets as many flips. A flip is *noticed* if the file is refused in
one line (a state: if the run says that it goes on from the one before; a kernel: if it is to be built again),
and *harmless* if everything that is read is as before. Anything else is *missed*.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tables
import torch

from graphdnc.corpus.files import Corpus
from graphdnc.corpus.schema import SPLITS
from graphdnc.datasets.build_corpus import build_corpus
from graphdnc.datasets.lessons.curriculum import load_curriculum
from graphdnc.datasets.sources import source
from graphdnc.errors import GraphDNCError
from graphdnc.model.kernels.cpu.build import build_failure
from graphdnc.model.kernels.cpu.compiler import is_sound, library_path
from graphdnc.networks.catalogue import find_checkpoint
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.runs import __file__ as runs
from graphdnc.training.config import load_training_config
from graphdnc.training.trainer import Trainer

ENDS = (512, 128)
"""Bytes of the first and of the last region."""
PARTS = 10


@dataclass
class Case:
    """A file, and what is read of it: raises if damage is noticed."""

    name: str
    path: Path
    read: Callable[[], Any]


class Noticed(Exception):
    """Damage was noticed by another way than an error."""


def cases(folder: Path) -> Iterator[list[Case]]:
    """Yield the files that are damaged, in groups that share a quarter of the flips."""
    yield [_corpus(folder)]
    yield _checkpoint(folder)
    yield [_state(folder)]
    yield [_kernel(folder, part) for part in ("forward", "backward")]


def _corpus(folder: Path) -> Case:
    path = folder / "corpus.h5"
    build_corpus(path, tuple(enumerate(load_curriculum("traversal").lessons, 1)), 400, seed=1, workers=1)

    def read() -> Any:
        corpus = Corpus(path)
        return corpus.info, [corpus.split(name).columns for name in SPLITS]

    return Case("corpus", path, read)


def _checkpoint(folder: Path) -> list[Case]:
    network = folder / "network"
    shutil.copytree(find_checkpoint("traversal"), network)

    def read() -> Any:
        found = load_checkpoint(str(network))
        known = (found.network.config, repr(found.task.code), found.training, found.results)
        return known, found.calibration, dict(found.network.weights)

    names = ("model.safetensors", "config.json")
    return [Case(f"checkpoint, {name}", network / name, read) for name in names]


def _state(folder: Path) -> Case:
    settings = ["schedule.examples=64", "schedule.validation_episodes=8", "model.controller_size=32"]
    config = load_training_config(Path(runs).parent / "smoke.toml", settings)
    run = Trainer(config, source(config.data, folder), folder / "run", torch.device("cpu"))
    run.run(lambda progress: None)

    def read() -> Any:
        if run.resume():
            raise Noticed
        return run.at, dict(run.network.state_dict())

    return Case("state", folder / "run" / "state.pt", read)


def _kernel(folder: Path, part: Any) -> Case:
    if build_failure(part) is not None:
        raise SystemExit(build_failure(part))
    folder.chmod(0o700)
    path = folder / library_path(part).name
    shutil.copy(library_path(part), path)

    def read() -> Any:
        if not is_sound(path):
            raise Noticed
        return path.read_bytes()

    return Case(f"kernel, {part}", path, read)


def regions(size: int) -> list[tuple[int, int]]:
    """Return where the regions of a file begin and end."""
    first, last = min(ENDS[0], size // 4), size - min(ENDS[1], size // 4)
    marks = np.linspace(first, last, PARTS + 1).astype(int).tolist()
    return list(zip([0, *marks], [*marks, size], strict=True))


def same(one: Any, other: Any) -> bool:
    """Return whether two results of reading are equal in every number."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and not hasattr(one, "_fields"):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, torch.Tensor | np.ndarray):
        return one.shape == other.shape and bool((one == other).all())
    return bool(one == other)


def outcome(case: Case, expected: Any) -> str:
    """Read a damaged file; return ``noticed``, ``harmless`` or ``missed``."""
    try:
        found = case.read()
    except Noticed:
        return "noticed"
    except GraphDNCError as error:
        return "missed" if "\n" in str(error) else "noticed"
    return "harmless" if same(found, expected) else "missed"


def measure(case: Case, flips: int, rng: np.random.Generator) -> Counter[str]:
    """Flip bits of a file, as many in each region, and count the outcomes."""
    expected, whole, counted = case.read(), case.path.read_bytes(), Counter[str]()
    parts = regions(len(whole))
    for number in range(flips):
        first, end = parts[number % len(parts)]
        bit = int(rng.integers(8 * first, 8 * end))
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        case.path.write_bytes(damaged)
        found = outcome(case, expected)
        counted[found] += 1
        if found == "missed":
            tables.say(f"missed: bit {bit % 8} of byte {bit // 8:,} of {case.name}")
    case.path.write_bytes(whole)
    return counted


def main(arguments: list[str] | None = None) -> None:
    """Print a row for each file, and the sum."""
    chosen = tables.parser(__doc__, flips=1000, seed=0).parse_args(arguments)
    rng, total = np.random.default_rng(chosen.seed), Counter[str]()
    tables.say(tables.heading("file", "bytes", "flips", "noticed", "harmless", "missed"))
    with tempfile.TemporaryDirectory() as place:
        for group in cases(Path(place)):
            for case in group:
                flips = chosen.flips // 4 // len(group)
                counted = measure(case, flips, rng)
                total += counted
                kinds = (counted[kind] for kind in ("noticed", "harmless", "missed"))
                tables.row(case.name, f"{case.path.stat().st_size:,}", flips, *kinds)
    tables.say(f"\n{total['noticed'] + total['harmless']} of {total.total()} noticed or harmless")
    if total["missed"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
