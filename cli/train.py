"""``graphdnc train``: train a network by a curriculum."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from graphdnc.errors import UsageError


def train(
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", help="A TOML file such as runs/traversal.toml.")
    ],
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Change one setting: table.key=value. Repeatable.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The folder of the run. Default: CONFIG without .toml."),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Continue the run in this folder from where it stopped.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[
        int, typer.Option(help="CPU threads; 0 for one for each core. On a busy machine use 1.", min=0)
    ] = 0,
) -> None:
    """Train a network by a curriculum.

    Example: graphdnc train runs/smoke.toml -o runs/smoke

    Press Ctrl-C to stop and save the run; continue it with --resume.
    """
    import shlex

    import torch

    from graphdnc.cli.progress import say, show_training
    from graphdnc.datasets.sources import source
    from graphdnc.model.kernels.dispatch import fallback_reason
    from graphdnc.training.config import load_training_config
    from graphdnc.training.device import choose_device
    from graphdnc.training.trainer import Trainer
    from graphdnc.utils.interrupts import Interrupts
    from graphdnc.utils.progress import ProgressBar

    if threads:
        torch.set_num_threads(threads)
    settings = load_training_config(config, change or [])
    chosen, reason = choose_device(device)
    learned = source(settings.data, config.parent)
    folder = _folder(config, output, resume)
    trainer = Trainer(settings, learned, folder, chosen)
    if resume is not None:
        trainer.resume()
    parameters = sum(parameter.numel() for parameter in trainer.network.parameters())
    what = f"{learned.task}, {learned.lessons} lessons, {parameters:,} parameters"
    say(f"{what}, on {chosen} ({reason}); writing to {folder}")
    slow = fallback_reason(trainer.network.config, chosen, torch.float32)
    if slow is not None:
        say(f"training runs step by step in torch, several times slower: {slow}")
    stopping = "stopping after this batch; press Ctrl-C again to stop at once, back to the last validation"
    # an interruption at any other moment could leave the weights half updated
    with (
        ProgressBar("starting", settings.schedule.examples) as bar,
        Interrupts(on_stop=lambda: say(stopping)) as interrupts,
    ):
        finished = trainer.run(partial(show_training, bar, learned.lessons), interrupts.requested)
    if not finished:
        changes = "".join(f" --set {shlex.quote(text)}" for text in change or [])
        say(f"stopped and saved; continue with: graphdnc train {config}{changes} --resume {folder}")
        raise typer.Exit(130)
    say(f"done: the best network is in {folder / 'best'}, the last in {folder / 'last'}")


def _folder(config: Path, output: Path | None, resume: Path | None) -> Path:
    if resume is not None and output is not None:
        raise UsageError("a run continues in its own folder; give --resume or --output, not both")
    folder = resume or output or config.with_suffix("")
    if resume is None and (folder / "state.pt").exists():
        resumed = f"continue it with graphdnc train {config} --resume {folder}"
        raise UsageError(f"{folder} already contains a run; {resumed}, or choose another folder with -o")
    return folder
