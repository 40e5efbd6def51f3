"""Replay a step as a CUDA graph: Python takes longer to launch its kernels than the GPU to run them."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable

import torch

MIN_STEPS = 4
"""With fewer steps than this, recording is not worth its time."""


def repeat(step: Callable[[], None], times: int, device: torch.device) -> None:
    """Run a step ``times`` times. It must launch the same kernels with the same arguments every time."""
    if device.type != "cuda" or times < MIN_STEPS:
        for _ in range(times):
            step()
        return
    stream, current = _recording_stream(device), torch.cuda.current_stream(device)
    stream.wait_stream(current)
    with torch.cuda.stream(stream):
        step()  # compiles the kernels, which cannot be recorded
        replay = _recorded(step, device)
        for _ in range(times - 1):
            replay()
    current.wait_stream(stream)


@functools.cache
def _recording_stream(device: torch.device) -> torch.cuda.Stream:
    """Return the stream for recording: always the same, so that cuBLAS keeps one workspace."""
    return torch.cuda.Stream(device)


_unrecordable: set[torch.device] = set()
"""Devices on which a recording failed; it is not tried again."""


def _recorded(step: Callable[[], None], device: torch.device) -> Callable[[], None]:
    """Return a function that replays a step, or the step itself if it cannot be recorded."""
    if device in _unrecordable:
        return step
    graph = torch.cuda.CUDAGraph()
    try:
        graph.capture_begin(capture_error_mode="thread_local")
        try:
            step()
        finally:  # else this thread would stay in the recording, where almost nothing is allowed
            graph.capture_end()
    except torch.cuda.OutOfMemoryError:
        raise
    except RuntimeError as error:
        _unrecordable.add(device)
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        warnings.warn(
            f"steps are launched one by one, slower: they cannot be recorded ({reason})", stacklevel=2
        )
        return step
    return graph.replay
