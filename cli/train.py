"""``graphdnc train``: teach a network by a curriculum."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from graphdnc.training.config import DataConfig
    from graphdnc.training.stream import Draw


def train(
    config: Annotated[Path, typer.Argument(help="A TOML file such as runs/traversal.toml.")],
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Change one setting: table.key=value. Repeatable.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The run's folder; default: the file's name without .toml."),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the run in this folder, exactly where it stopped.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int, typer.Option(help="CPU threads; 0 for all cores.", min=0)] = 0,
) -> None:
    """Teach a network by a curriculum.

    Example: graphdnc train runs/smoke.toml -o runs/smoke
    """
    import torch

    from graphdnc.cli.progress import StopRequest, TrainingDisplay, say
    from graphdnc.errors import UsageError
    from graphdnc.training.config import load_training_config
    from graphdnc.training.device import choose_device
    from graphdnc.training.trainer import Trainer

    if threads:
        torch.set_num_threads(threads)
    settings = load_training_config(config, change or [])
    chosen, reason = choose_device(device)
    draw, lessons, task = source(settings.data, config.parent)
    folder = resume or output or config.with_suffix("")
    if resume is None and (folder / "state.pt").exists():
        raise UsageError(
            f"{folder} holds a run already; go on with --resume {folder}, or name another with -o"
        )
    trainer = Trainer(settings, draw, lessons, task, folder, chosen)
    if resume is not None:
        trainer.resume()
    parameters = sum(parameter.numel() for parameter in trainer.network.parameters())
    say(f"{task}, {lessons} lessons, {parameters:,} parameters, on {chosen} ({reason}); writing to {folder}")
    with TrainingDisplay(settings.schedule.examples, lessons) as display, StopRequest() as stop:
        finished = trainer.run(display.show, stop.requested)
    if not finished:
        say(f"stopped and saved; go on with: graphdnc train {config} --resume {folder}")
        raise typer.Exit(130)
    say(f"done: the best network is in {folder / 'best'}, the last in {folder / 'last'}")


def source(data: DataConfig, beside: Path) -> tuple[Draw, int, str]:
    """Return what draws examples, how many lessons there are, and the task.

    A path is looked up from here first, then beside the configuration.
    """
    name = data.curriculum or data.corpus
    path = Path(name) if Path(name).is_file() else beside / name
    if data.corpus:
        return _stored(path)
    return _fresh(str(path) if path.is_file() else name)


def _fresh(curriculum_name: str) -> tuple[Draw, int, str]:
    from graphdnc.datasets.lessons import draw_example, load_curriculum

    curriculum = load_curriculum(curriculum_name)
    lessons = curriculum.lessons
    return lambda rng, lesson: draw_example(rng, lessons[lesson]), len(lessons), curriculum.task


def _stored(path: Path) -> tuple[Draw, int, str]:
    import numpy as np

    from graphdnc.corpus import Corpus
    from graphdnc.questions import Example

    corpus = Corpus(path)
    places = corpus.lessons("train")

    def draw(rng: np.random.Generator, lesson: int) -> Example:
        return corpus.example("train", int(rng.choice(places[lesson])))

    return draw, len(places), corpus.task
