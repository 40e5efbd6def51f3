"""What each option of a shipped network is worth: the same training run with one thing changed.

    python benchmarks/ablation.py traversal --list
    python benchmarks/ablation.py traversal shipped "links off" --examples 200000
    python benchmarks/ablation.py shortest-path --examples 4096

Prints a Markdown row for each variant: the examples after which each lesson was passed, and the accuracy on
new episodes of the paper's final lesson with its 95% interval.
"""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import tables
import torch

from graphdnc.datasets.lessons.curriculum import load_curriculum
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.datasets.sources import source
from graphdnc.evaluation import evaluate
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.starts.shortest_path import SearchStart
from graphdnc.starts.wiring import Wiring
from graphdnc.training.config import load_training_config
from graphdnc.training.metrics import Progress
from graphdnc.training.trainer import Trainer
from graphdnc.utils.rng import Purpose, stream

RUNS = Path(__file__).parent.parent / "runs"
PLAIN = ["model.start=plain", "optimiser.keep_addressing=false"]
SILENT = ["planning.aloud=false", "model.input_size=92", "optimiser.keep_addressing=false"]


@dataclass(frozen=True)
class Study:
    """What can be changed in the run of a task.

    ``curriculum`` is the paper's; its last lesson is measured. ``variants`` has settings changed, by name.
    ``parts`` are methods of the class ``start``, if there is one; a variant for each leaves out that part.
    """

    curriculum: str
    variants: dict[str, list[str]]
    start: type[Wiring] | None = None
    parts: tuple[str, ...] = ()


STUDIES = {
    "traversal": Study(
        "traversal-paper",
        {
            "shipped": [],
            "no masked keys": ["model.masked_keys=false"],
            "written rows only": ["model.written_rows_only=true"],
            "links off": ["model.links=off"],
            "links of the description": ["model.link_description=true"],
            "freed rows wiped": ["model.wipe_freed_rows=true"],
            "layer norm": ["model.layer_norm=true"],
            "no gradient through usage": ["model.stop_usage_gradient=true"],
            "reads during the description": ["model.blind_description=false"],
            "reads and writes by content during the description": [
                "model.blind_description=false",
                "model.allocate_only=false",
            ],
            "no interface skip": ["model.interface_skip=false"],
            "the paper's network, same sizes": [
                "model.interface_skip=false",
                "model.masked_keys=false",
                "model.allocate_only=false",
                "model.blind_description=false",
                "model.link_description=true",
            ],
        },
    ),
    "shortest-path": Study(
        "shortest-path-paper",
        {
            "shipped": [],
            "no output skip": ["model.output_skip=false"],
            "links of the description too": ["model.link_description=true"],
            "addressing trained too": ["optimiser.keep_addressing=false"],
            "addressing trained too, rate 3e-4": [
                "optimiser.keep_addressing=false",
                "optimiser.learning_rate=3e-4",
            ],
            "teacher takes 80% of the moves": ["schedule.teacher=0.8"],
            "plain start": PLAIN,
            "silent, 10 steps, plain start": [*PLAIN, *SILENT],
        },
        SearchStart,
        (
            *("remember", "write_what_is_found", "mark_what_is_found", "find"),
            *("keep_the_place", "guide", "say_what_is_read"),
        ),
    ),
}


def measure(task: str, variant: str, examples: int, episodes: int, seed: int) -> None:
    """Train one variant; print its row."""
    study, run = STUDIES[task], RUNS / f"{task}.toml"
    changes = [f"schedule.examples={examples}", f"seed={seed}", *study.variants.get(variant, [])]
    config = load_training_config(run, changes)
    learned = source(config.data, run.parent)
    passed: list[int] = []

    def watch(progress: Progress) -> None:
        if progress.validated is not None and progress.validated >= config.schedule.pass_accuracy:
            passed.append(progress.examples)

    _, left_out, part = variant.partition("start without ")
    leaving_out = patch.object(study.start, part, lambda *_: None) if left_out else nullcontext()
    with tempfile.TemporaryDirectory() as folder, leaving_out:
        trainer = Trainer(config, learned, Path(folder), torch.device("cpu"))
        trainer.run(watch)
        checkpoint = load_checkpoint(str(Path(folder) / "last"), threads=1)
    final = load_curriculum(study.curriculum).lessons[-1]
    rng = stream(Purpose.EVALUATION, seed)
    drawn = (draw_example(rng, final) for _ in range(episodes))
    found = evaluate(checkpoint, drawn, seed=seed).accuracy
    lesson_ends = ", ".join(f"{count:,}" for count in passed[: learned.lessons]) or "none"
    seconds = f"{trainer.at.seconds:.0f}"
    tables.row(variant, lesson_ends, f"{found.share:.1%}", tables.interval(found), seconds)


def main() -> None:
    """Measure the variants named, by default all of them."""
    parser = tables.parser(__doc__, examples=10_240, episodes=512, seed=1, threads=2)
    parser.add_argument("task", choices=STUDIES)
    parser.add_argument("variants", nargs="*", metavar="VARIANT")
    parser.add_argument("--list", action="store_true", help="list the names of the variants")
    chosen = parser.parse_intermixed_args()
    study = STUDIES[chosen.task]
    names = [*study.variants, *(f"start without {part}" for part in study.parts)]
    unknown = set(chosen.variants) - set(names)
    if chosen.list or unknown:
        parser.exit(2 if unknown else 0, "\n".join(names) + "\n")
    torch.set_num_threads(chosen.threads)
    passed = "lessons passed after examples"
    tables.say(tables.heading("variant", passed, "final lesson", "95% interval", "seconds"))
    for variant in chosen.variants or names:
        measure(chosen.task, variant, chosen.examples, chosen.episodes, chosen.seed)


if __name__ == "__main__":
    main()
