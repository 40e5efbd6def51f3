"""The card of a checkpoint: what it is, how it was made, and how accurate it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphdnc.networks.checkpoint import Checkpoint


def write_card(checkpoint: Checkpoint) -> str:
    """Return the card of a checkpoint as Markdown."""
    config, made = checkpoint.network.config, checkpoint.training
    parameters = sum(array.size for array in checkpoint.network.weights.values())
    defaults = type(config)()
    names = [name for name in vars(config) if name not in ("input_size", "output_size")]
    departures = [
        f"`{name} = {getattr(config, name)}`"
        for name in names
        if getattr(config, name) != getattr(defaults, name)
    ]
    accuracy = made["validation_accuracy"]
    measured = (
        "not measured"
        if accuracy is None
        else f"{accuracy:.2%} of {made['validation_episodes']} fresh episodes"
    )
    rows = {
        "task": checkpoint.task.name,
        "parameters": f"{parameters:,}",
        "different from the paper's network": ", ".join(departures) or "nothing",
        "trained on": f"{made['data']}, lesson {made['lesson']} of {made['lessons']} reached",
        "seed": made["seed"],
        "examples": f"{made['examples']:,}",
        "wall time": f"{made['seconds'] / 60:.1f} minutes",
        "hardware": made["hardware"],
        "torch": made["torch"],
        "whole answers right at the last validation": measured,
    }
    table = "".join(f"| {name} | {value} |\n" for name, value in rows.items())
    intro = "A differentiable neural computer trained by `graphdnc train`."
    return f"# {checkpoint.name}\n\n{intro}\n\n| | |\n|---|---|\n{table}"
