"""The device to train on, and the reason for the choice."""

from __future__ import annotations

import platform

import torch

from graphdnc.errors import UsageError


def choose_device(wanted: str) -> tuple[torch.device, str]:
    """Return the device for ``auto``, ``cpu`` or ``cuda``, and the reason for the choice.

    Raises:
        UsageError: another word, or CUDA without a CUDA device.
    """
    available = torch.cuda.is_available()
    if wanted == "auto":
        reason = "a CUDA device was found" if available else "no CUDA device was found"
        return torch.device("cuda" if available else "cpu"), reason
    if wanted == "cpu" or (wanted == "cuda" and available):
        return torch.device(wanted), "as asked for"
    there = "" if available else "; no CUDA device was found"
    raise UsageError(f"--device {wanted}: use auto, cpu or cuda{there}")


def hardware(device: torch.device) -> str:
    """Return a description of the machine: the GPU, or the processor and the number of threads."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"CPU {platform.processor() or platform.machine()}, {threads} thread{'s' * (threads != 1)}"
