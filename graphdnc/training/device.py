"""The device to train on, and the reason for the choice."""

from __future__ import annotations

import platform

import torch

from graphdnc.errors import UsageError


def choose_device(wanted: str) -> tuple[torch.device, str]:
    """Return the device for ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``, and why it is that one.

    Raises:
        UsageError: another word, or a device that is not there.
    """
    gpus = torch.cuda.device_count()
    if wanted == "auto":
        reason = "a CUDA device was found" if gpus else "no CUDA device was found"
        return torch.device("cuda" if gpus else "cpu"), reason
    kind, _, number = wanted.partition(":")
    there = {"cpu": 1, "cuda": gpus, "mps": int(torch.backends.mps.is_available())}
    numbered = number.isdecimal() if kind == "cuda" and ":" in wanted else wanted == kind
    if kind not in there or not numbered:
        raise UsageError(f"--device {wanted}: use auto, cpu, cuda, cuda:N or mps")
    if int(number or 0) >= there[kind]:
        found = f"the last one is cuda:{gpus - 1}" if kind == "cuda" and gpus else "there is none here"
        raise UsageError(f"--device {wanted}: {found}; use auto to train on what there is")
    return torch.device(wanted), "as asked for"


def hardware(device: torch.device) -> str:
    """Return a description of the machine: the GPU, or the processor and the number of threads."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"CPU {platform.processor() or platform.machine()}, {threads} thread{'s' * (threads != 1)}"
