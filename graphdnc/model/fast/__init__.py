"""The fast path of the recurrent steps on a CPU; its slow twin is ``DNC.step``, step by step.

It is taken by ``DNC.forward`` wherever it can be; ``fast_path_reason`` says why not. Set ``network.fast`` to
``False`` to force the slow twin.
"""

from __future__ import annotations

import torch

from graphdnc.model.config import DNCConfig
from graphdnc.model.fast.build import build_failure

_NOT_YET = {
    "layer_norm": "layer normalisation",
    "sharpen_links": "sharpened links",
    "wipe_freed_rows": "wiping freed rows",
}


def fast_path_reason(config: DNCConfig, device: torch.device, dtype: torch.dtype) -> str | None:
    """Return why the fast path cannot be taken, or ``None`` if it can."""
    if device.type != "cpu":
        return f"the kernels are for the CPU, not {device.type}"
    if dtype != torch.float32:
        return f"the kernels are for float32, not {str(dtype).removeprefix('torch.')}"
    for option, what in _NOT_YET.items():
        if getattr(config, option):
            return f"the kernels do not know {what} ({option})"
    if config.links == "sparse":
        return "the kernels are for dense links, or none, not sparse"
    if config.write_heads > 1 or config.controller_layers > 1:
        return "the kernels are for one write head and one controller layer"
    return build_failure()
