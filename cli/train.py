"""``graphdnc train``: teach a network by a curriculum."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


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
    threads: Annotated[
        int, typer.Option(help="CPU threads; 0 for all cores, 1 where other work runs beside.", min=0)
    ] = 0,
) -> None:
    """Teach a network by a curriculum.

    Example: graphdnc train runs/smoke.toml -o runs/smoke
    """
    import shlex

    import torch

    from graphdnc.cli.progress import TrainingDisplay, say
    from graphdnc.datasets.sources import source
    from graphdnc.errors import UsageError
    from graphdnc.model.kernels.dispatch import fast_path_reason
    from graphdnc.training.config import load_training_config
    from graphdnc.training.device import choose_device
    from graphdnc.training.trainer import Trainer
    from graphdnc.utils.interrupts import Interrupts

    if threads:
        torch.set_num_threads(threads)
    settings = load_training_config(config, change or [])
    chosen, reason = choose_device(device)
    learned = source(settings.data, config.parent)
    if resume is not None and output is not None:
        raise UsageError("a run goes on in its own folder: give --resume or --output, not both")
    folder = resume or output or config.with_suffix("")
    if resume is None and (folder / "state.pt").exists():
        raise UsageError(
            f"{folder} holds a run already; go on with graphdnc train {config} --resume {folder}, or name "
            "another with -o"
        )
    trainer = Trainer(settings, learned, folder, chosen)
    if resume is not None:
        trainer.resume()
    parameters = sum(parameter.numel() for parameter in trainer.network.parameters())
    what = f"{learned.task}, {learned.lessons} lessons, {parameters:,} parameters"
    say(f"{what}, on {chosen} ({reason}); writing to {folder}")
    slower = fast_path_reason(trainer.network.config, chosen, torch.float32)
    if slower is not None:
        say(f"steps are taken one by one in torch, several times slower: {slower}")
    stopping = "stopping after this batch; press Ctrl-C again to stop at once, back to the last validation"
    # an interruption at any other moment could leave the weights half updated
    with (
        TrainingDisplay(settings.schedule.examples, learned.lessons) as display,
        Interrupts(on_stop=lambda: say(stopping)) as interrupts,
    ):
        finished = trainer.run(display.show, interrupts.requested)
    if not finished:
        changes = "".join(f" --set {shlex.quote(text)}" for text in change or [])
        say(f"stopped and saved; go on with: graphdnc train {config}{changes} --resume {folder}")
        raise typer.Exit(130)
    say(f"done: the best network is in {folder / 'best'}, the last in {folder / 'last'}")
