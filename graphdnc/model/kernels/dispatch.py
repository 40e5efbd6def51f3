"""Which fast path a network takes.

One is taken by ``DNC.forward`` wherever it can be; ``fast_path_reason`` says why not. Set ``network.fast`` to
``False`` to force the slow twin.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels import gpu
from graphdnc.model.kernels.autograd import Begin
from graphdnc.model.kernels.cpu import recurrence as on_cpu
from graphdnc.model.kernels.cpu.build import build_failure
from graphdnc.model.kernels.supported import kernels_lack


def fast_path_reason(config: DNCConfig, device: torch.device, dtype: torch.dtype) -> str | None:
    """Return why the fast path cannot be taken, or ``None`` if it can."""
    if device.type not in ("cpu", "cuda"):
        return f"the kernels are for CPU and CUDA, not {device.type}"
    if dtype != torch.float32:
        return f"the kernels are for float32, not {str(dtype).removeprefix('torch.')}"
    if (lacking := kernels_lack(config)) is not None:
        return lacking
    if device.type == "cuda":
        return gpu.failure(device)
    return build_failure("forward") or (build_failure("backward") if torch.is_grad_enabled() else None)


def kernels_for(values: Tensor) -> Begin:
    """Return what begins a run of steps on the device of a tensor; ``function.take`` takes them."""
    if not gpu.serves(values):
        return on_cpu.Run
    from graphdnc.model.kernels.gpu.recurrence import Run

    return Run


def product(rows: Tensor, matrix: Tensor) -> Tensor:
    """Return contiguous rows ``[..., depth]`` times a matrix ``[columns, depth]`` transposed."""
    return F.linear(rows, matrix) if gpu.serves(rows) else on_cpu.product(rows, matrix)
