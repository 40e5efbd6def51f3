"""Which kernels run the steps of a network.

``DNC.forward`` uses kernels wherever it can. ``fallback_reason`` says why it cannot. Set
``network.use_kernels = False`` to run the steps in torch.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels import gpu
from graphdnc.model.kernels.autograd import RunFactory
from graphdnc.model.kernels.cpu import recurrence as on_cpu
from graphdnc.model.kernels.cpu.build import build_failure
from graphdnc.model.kernels.state import unsupported_option


def fallback_reason(config: DNCConfig, device: torch.device, dtype: torch.dtype) -> str | None:
    """Return why the kernels cannot run a network, or ``None`` if they can."""
    if device.type not in ("cpu", "cuda"):
        return f"the kernels are for CPU and CUDA, not {device.type}"
    if dtype != torch.float32:
        return f"the kernels are for float32, not {str(dtype).removeprefix('torch.')}"
    if (unsupported := unsupported_option(config, device.type == "cuda")) is not None:
        return unsupported
    if device.type == "cuda":
        return gpu.failure(device)
    return build_failure("forward") or (build_failure("backward") if torch.is_grad_enabled() else None)


def kernels_for(values: Tensor) -> RunFactory:
    """Return what creates a run of steps on the device of a tensor, for ``autograd.run_steps``."""
    if not gpu.serves(values):
        return on_cpu.Run
    from graphdnc.model.kernels.gpu.recurrence import Run

    return Run


def product(rows: Tensor, matrix: Tensor) -> Tensor:
    """Multiply contiguous rows ``[..., depth]`` by the transpose of a matrix ``[columns, depth]``."""
    return F.linear(rows, matrix) if gpu.serves(rows) else on_cpu.product(rows, matrix)
