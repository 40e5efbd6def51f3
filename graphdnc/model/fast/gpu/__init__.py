"""The fast path on a GPU, with kernels in Triton."""

from __future__ import annotations

import functools

from torch import Tensor


@functools.cache
def import_failure() -> str | None:
    """Return why there are no kernels for a GPU here, or ``None``."""
    try:
        import triton  # noqa: F401
    except ImportError as error:
        return f"Triton, which comes with torch for CUDA, cannot be imported ({error})"
    return None


def serves(values: Tensor) -> bool:
    """Whether these kernels are the ones for a tensor."""
    return values.is_cuda
