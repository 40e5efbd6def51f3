"""Which options of a network the kernels know, on a CPU and on a GPU alike."""

from __future__ import annotations

from graphdnc.model.config import DNCConfig

_NOT_YET = {
    "layer_norm": "layer normalisation",
    "wipe_freed_rows": "wiping freed rows",
}


def kernels_lack(config: DNCConfig) -> str | None:
    """Return what kernels cannot do of what a network asks for, or ``None``."""
    for option, what in _NOT_YET.items():
        if getattr(config, option):
            return f"the kernels do not know {what} ({option})"
    if config.links == "sparse":
        return "the kernels are for dense links, or none, not sparse"
    if config.write_heads > 1 or config.controller_layers > 1:
        return "the kernels are for one write head and one controller layer"
    return None
