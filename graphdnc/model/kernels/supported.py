"""Which options of a network the kernels support; the same for CPU and GPU."""

from __future__ import annotations

from graphdnc.model.config import DNCConfig

_NOT_YET = {"layer_norm": "layer normalisation", "wipe_freed_rows": "wiping freed rows"}


def unsupported_option(config: DNCConfig) -> str | None:
    """Return the option of a network that the kernels do not support, in words, or ``None``."""
    for option, what in _NOT_YET.items():
        if getattr(config, option):
            return f"the kernels do not support {what} ({option})"
    if config.links == "sparse":
        return "the kernels support dense links, or none, not sparse links"
    if config.write_heads > 1 or config.controller_layers > 1:
        return "the kernels support one write head and one controller layer"
    return None
