"""``graphdnc train``: train a network by a curriculum."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from graphdnc.errors import CheckpointError, LostProcess, TrainingError, UsageError

_STOPPING = "stopping after this batch; press Ctrl-C again to stop at once, back to the last validation"


def train(
    config: Annotated[
        Path | None,
        typer.Argument(
            metavar="CONFIG|NAME",
            help="A TOML file, or a shipped run such as traversal. With --resume: as the run began.",
        ),
    ] = None,
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Change one setting: table.key=value. Repeatable.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The folder of the run. Default: CONFIG without .toml, or runs/NAME."
        ),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Continue the run in this folder from where it stopped.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    threads: Annotated[
        int, typer.Option(help="CPU threads; 0 for one for each core. On a busy machine use 1.", min=0)
    ] = 0,
    accept_changes: Annotated[
        bool,
        typer.Option(
            "--accept-changes", help="With --resume: go on with other data or code than it began with."
        ),
    ] = False,
) -> None:
    """Train a network by a curriculum.

    Example: graphdnc train smoke

    Press Ctrl-C to stop and save the run, or send SIGTERM; continue it with: graphdnc train --resume FOLDER

    Several processes, each on a core or a GPU of its own, share every batch:
    torchrun --nproc-per-node=4 -m graphdnc train smoke
    """
    import torch

    from graphdnc.cli.progress import say, show_training
    from graphdnc.datasets.sources import source
    from graphdnc.model.kernels.dispatch import fallback_reason
    from graphdnc.training.config import load_training_config
    from graphdnc.training.device import choose_device
    from graphdnc.training.trainer import Trainer
    from graphdnc.utils.interrupts import Interrupts
    from graphdnc.utils.processes import device_of_process, joined
    from graphdnc.utils.progress import ProgressBar

    if accept_changes and resume is None:
        raise UsageError("--accept-changes is for a run that goes on; give --resume FOLDER, too")
    if threads:
        torch.set_num_threads(threads)
    path = _settings_of(resume, config) if resume is not None else _find_config(config)
    settings = load_training_config(path, change or [])
    chosen, reason = choose_device(device)
    chosen = device_of_process(chosen)
    folder = _folder(config, path, output, resume)
    with joined(chosen) as processes:
        first = processes.number == 0
        tell = say if first else lambda text: None
        learned = source(settings.data, path.parent)
        trainer = Trainer(settings, learned, folder, chosen, processes)
        for note in trainer.resume(accept_changes) if resume is not None else ():
            tell(f"note: {note}")
        trainer.claim()
        if not trainer.run_folder.locked:
            tell(f"note: the file system of {folder} has no locks; begin no other training there")
        parameters = sum(parameter.numel() for parameter in trainer.network.parameters())
        what = f"{learned.task}, {learned.lessons} lessons, {parameters:,} parameters"
        together = f", by {processes.count} processes" if processes.count > 1 else ""
        tell(f"{what}, on {chosen} ({reason}){together}; writing to {folder}")
        slow = fallback_reason(trainer.network.config, chosen, torch.float32)
        if slow is not None:
            tell(f"training runs step by step in torch, several times slower: {slow}")
        # an interruption at any other moment could leave the weights half updated
        with (
            ProgressBar("starting", settings.schedule.examples, shown=first) as bar,
            Interrupts(on_stop=lambda: tell(_STOPPING)) as interrupts,
        ):
            report = partial(show_training, bar, learned.lessons) if first else lambda progress: None
            try:
                finished = trainer.run(report, interrupts.requested)
            except TrainingError:  # all processes stop for the same reason; the first says so
                if first:
                    raise
                raise typer.Exit(TrainingError.exit_code) from None
            except (LostProcess, CheckpointError) as error:
                raise type(error)(f"{error}{_how_to_go_on(folder, processes.count)}") from error
    if not finished:
        tell(f"stopped and saved{_how_to_go_on(folder, 1)}")
        raise typer.Exit(130)
    tell(f"done: the best network is in {folder / 'best'}, the last in {folder / 'last'}")


def _how_to_go_on(folder: Path, processes: int) -> str:
    """Return what to type to go on with a run that ended early, if it has a state."""
    import shlex

    from graphdnc.training.state_file import has_state

    command = f"torchrun --nproc-per-node={processes} -m graphdnc" if processes > 1 else "graphdnc"
    return (
        f"; continue with: {command} train --resume {shlex.quote(str(folder))}" if has_state(folder) else ""
    )


def _settings_of(folder: Path, config: Path | None) -> Path:
    """Return the path of the settings of a run that is continued."""
    from graphdnc.training.run_folder import SETTINGS

    if config is not None:
        return _find_config(config)
    if not (folder / SETTINGS).is_file():
        raise UsageError(
            f"{folder} has no {SETTINGS}: there is no run, or one of an earlier version; "
            f"name its configuration, too: graphdnc train CONFIG --resume {folder}"
        )
    return folder / SETTINGS


def _find_config(config: Path | None) -> Path:
    """Return the path of a configuration: a file or, if there is none of this name, a shipped run."""
    from graphdnc import runs
    from graphdnc.cli.progress import say

    if config is None:
        raise UsageError("nothing to train; name a configuration: graphdnc train smoke")
    shipped = Path(runs.__file__).parent / f"{config.name}.toml"
    if config.parent != Path() or not shipped.is_file():
        return config
    if not config.is_file():
        return shipped
    say(f"note: the file {config} here is read, not the shipped run of that name; that is {shipped}")
    return config


def _folder(config: Path | None, path: Path, output: Path | None, resume: Path | None) -> Path:
    import shlex

    from graphdnc.training.state_file import has_state

    if resume is not None and output is not None:
        raise UsageError("a run continues in its own folder; give --resume or --output, not both")
    usual = path.with_suffix("") if config is None or path == config else Path("runs") / config
    folder = resume or output or usual
    if resume is None and has_state(folder):
        resumed = f"continue it with graphdnc train --resume {shlex.quote(str(folder))}"
        raise UsageError(f"{folder} already contains a run; {resumed}, or choose another folder with -o")
    return folder
