"""The processor that there is."""

from __future__ import annotations

import os


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def usual_threads() -> int:
    """Return how many threads take steps where nobody says: as in torch ``OMP_NUM_THREADS``, or all cores."""
    told = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return min(int(told), cores()) if told.isdecimal() and int(told) else cores()
