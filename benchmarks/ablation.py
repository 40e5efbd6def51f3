"""What each option of the shipped traversal network is worth: the same short run with one thing changed.

    python benchmarks/ablation.py --list
    python benchmarks/ablation.py shipped "links off" --examples 10240

Prints a Markdown row a variant: the examples after which each lesson was passed, and whole answers right on
fresh episodes of the paper's final lesson, with a 95% interval.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from graphdnc.cli.train import source
from graphdnc.datasets.lessons import draw_example, load_curriculum
from graphdnc.evaluation import evaluate
from graphdnc.model import aligned_start
from graphdnc.training.checkpoint import Checkpoint
from graphdnc.training.config import load_training_config
from graphdnc.training.metrics import Progress
from graphdnc.training.stream import Purpose, stream
from graphdnc.training.trainer import Trainer

RUN = Path(__file__).parent.parent / "runs" / "traversal.toml"
PAPER = [
    f"model.{name}=false"
    for name in (
        "interface_skip",
        "masked_keys",
        "allocate_only",
        "blind_description",
    )
]
VARIANTS: dict[str, list[str]] = {
    "shipped": [],
    "no masked keys": ["model.masked_keys=false"],
    "written rows only": ["model.written_rows_only=true"],
    "links off": ["model.links=off"],
    "sharpened links": ["model.sharpen_links=true"],
    "freed rows wiped": ["model.wipe_freed_rows=true"],
    "layer norm": ["model.layer_norm=true"],
    "no gradient through usage": ["model.stop_usage_gradient=true"],
    "reads during the description": ["model.blind_description=false"],
    "reads and writes by content during the description": [
        "model.blind_description=false",
        "model.allocate_only=false",
    ],
    "plain start": ["model.start=plain"],
    "plain start, no skip": ["model.start=plain", "model.interface_skip=false"],
    "the paper's network, same sizes": ["model.start=plain", *PAPER],
}
PARTS = {
    "aligned start without walk": "walk",
    "aligned start without blind_to_target": "blind_to_target",
    "aligned start without replay": "replay",
    "aligned start without hold": "hold",
    "aligned start without look_by_content": "look_by_content",
}
"""Variants that leave out one part of the aligned start: a method of its class that then does nothing."""


@contextmanager
def without(part: str | None) -> Iterator[None]:
    """Let one part of the aligned start say nothing."""
    if part is None:
        yield
        return
    whole: Callable[..., None] = getattr(aligned_start._Start, part)
    setattr(aligned_start._Start, part, lambda *_: None)
    try:
        yield
    finally:
        setattr(aligned_start._Start, part, whole)


def measure(variant: str, examples: int, episodes: int, seed: int) -> str:
    """Train one variant and return its row."""
    changes = [f"schedule.examples={examples}", f"seed={seed}", *VARIANTS.get(variant, [])]
    config = load_training_config(RUN, changes)
    learned = source(config.data, RUN.parent)
    passed: list[int] = []

    def watch(progress: Progress) -> None:
        if progress.validated is not None and progress.validated >= config.schedule.pass_accuracy:
            passed.append(progress.examples)

    with tempfile.TemporaryDirectory() as folder, without(PARTS.get(variant)):
        trainer = Trainer(config, learned, Path(folder), torch.device("cpu"))
        trainer.run(watch)
    checkpoint = Checkpoint(trainer.network.eval(), trainer.code, learned.task, {}, variant)
    final = load_curriculum("traversal-paper").lessons[-1]
    rng = stream(Purpose.EVALUATION, seed)
    found = evaluate(checkpoint, (draw_example(rng, final) for _ in range(episodes)), seed=seed)
    low, high = found.interval
    lesson_ends = ", ".join(f"{count:,}" for count in passed[: learned.lessons]) or "none"
    return (
        f"| {variant} | {lesson_ends} | {found.share:.1%} | {low:.1%} to {high:.1%} "
        f"| {trainer.at.seconds:.0f} |"
    )


def main() -> None:
    """Measure the variants named, all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("variants", nargs="*", metavar="VARIANT")
    parser.add_argument("--list", action="store_true", help="name the variants")
    parser.add_argument("--examples", type=int, default=10_240)
    parser.add_argument("--episodes", type=int, default=512)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    names = [*VARIANTS, *PARTS]
    unknown = set(chosen.variants) - set(names)
    if chosen.list or unknown:
        parser.exit(2 if unknown else 0, "\n".join(names) + "\n")
    torch.set_num_threads(chosen.threads)
    print("| variant | lessons passed after examples | final lesson | 95% interval | seconds |")
    print("|---|---|---|---|---|", flush=True)
    for variant in chosen.variants or names:
        print(measure(variant, chosen.examples, chosen.episodes, chosen.seed), flush=True)


if __name__ == "__main__":
    main()
