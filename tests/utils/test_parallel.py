"""Work on all cores at once."""

from __future__ import annotations

import threading
import time

import pytest

from graphdnc.utils import parallel as module
from graphdnc.utils.parallel import parallel_map, stop_if_abandoned


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cores", lambda: 2)


def test_results_are_in_the_order_of_the_values() -> None:
    def slow_at_first(value: int) -> int:
        time.sleep(0.02 if value == 0 else 0)
        return value * value

    assert parallel_map(slow_at_first, range(5)) == [0, 1, 4, 9, 16]
    assert parallel_map(slow_at_first, []) == []


def test_two_values_are_computed_at_once() -> None:
    meeting = threading.Barrier(2, timeout=30)
    assert sorted(parallel_map(lambda _: meeting.wait(), range(2))) == [0, 1]


def test_a_single_value_is_computed_in_the_calling_thread() -> None:
    assert parallel_map(lambda _: threading.current_thread(), [1]) == [threading.current_thread()]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_work_is_abandoned_when_its_caller_fails(error: type[BaseException]) -> None:
    begun, left, later = threading.Event(), threading.Event(), []

    def work(value: int) -> None:
        if value == 0:
            assert begun.wait(30)
            raise error
        if value > 1:
            later.append(value)
        begun.set()
        try:
            while True:
                stop_if_abandoned()
                time.sleep(0.001)
        finally:
            left.set()

    with pytest.raises(error):
        parallel_map(work, range(9))
    assert left.wait(30)
    assert len(later) <= 1, "work that had not begun never begins"
    stop_if_abandoned()  # does nothing in the calling thread
