"""Cores and threads."""

from __future__ import annotations

import pytest

from graphdnc.utils import cpus


@pytest.mark.parametrize(
    ("stated", "threads"), [(None, 4), ("2", 2), ("3,1", 3), ("64", 4), ("0", 4), ("many", 4), ("", 4)]
)
def test_threads_are_stated_by_the_environment_or_all_cores(
    stated: str | None, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpus, "cores", lambda: 4)
    if stated is None:
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    else:
        monkeypatch.setenv("OMP_NUM_THREADS", stated)
    assert cpus.default_threads() == threads


def test_there_is_at_least_one_core() -> None:
    assert cpus.cores() >= 1
