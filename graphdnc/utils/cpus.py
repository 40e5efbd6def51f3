"""How many processor cores and threads to use."""

from __future__ import annotations

import os


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def default_threads() -> int:
    """Return how many threads take the steps of a network: ``OMP_NUM_THREADS`` as in torch, or all cores."""
    stated = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return min(int(stated), cores()) if stated.isdecimal() and int(stated) else cores()
