"""Kernels in Triton for a GPU."""

from __future__ import annotations

import functools

import torch
from torch import Tensor


@functools.cache
def failure(device: torch.device) -> str | None:
    """Return why the kernels cannot be used on a device, or ``None``. The first answer is kept."""
    try:
        from graphdnc.model.kernels.gpu.self_test import works
    except ImportError as error:
        return f"Triton, which comes with torch for CUDA, cannot be imported ({error})"
    try:
        return None if works(device) else "a trial of the kernels gave numbers that are none"
    except Exception as error:  # of a compiler, a driver or a kernel; torch can run the steps instead
        return f"a trial of the kernels failed ({' '.join(f'{type(error).__name__}: {error}'.split())[:200]})"


def serves(values: Tensor) -> bool:
    """Return whether these kernels are for the device of a tensor."""
    return values.is_cuda
