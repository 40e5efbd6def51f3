"""A bound on the time of a test that slow machines can be held to as well."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

LOOPS, USUAL = 1_000_000, 0.02
"""So many turns of a loop, and their seconds on the machine that bounds are meant for."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Let the block take so much processor time; on a slower machine as many times more."""
    started = time.process_time()
    yield
    spent = time.process_time() - started
    if spent >= seconds:
        assert spent < seconds * _slowness(), f"{spent:.2f} s"


def _slowness() -> float:
    """How many times longer than usual a loop takes here and now."""
    started = time.process_time()
    for _ in range(LOOPS):
        pass
    return (time.process_time() - started) / USUAL
