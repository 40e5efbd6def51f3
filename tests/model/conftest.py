"""One seed and one thread for every test of the model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def _one_seed_and_one_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Seed torch, with ``SEED`` of the test's module if it has one."""
    torch.manual_seed(getattr(request.module, "SEED", 471))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
