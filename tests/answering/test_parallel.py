"""Work on all cores at once."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest

from graphdnc.answering.memory import portions
from graphdnc.utils import parallel as module
from graphdnc.utils.parallel import side_by_side, stop_if_given_up


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cores", lambda: 2)


def test_answers_come_in_the_order_of_the_questions() -> None:
    def slow_at_first(value: int) -> int:
        time.sleep(0.02 if value == 0 else 0)
        return value * value

    assert side_by_side(slow_at_first, range(5)) == [0, 1, 4, 9, 16]
    assert side_by_side(slow_at_first, []) == []


def test_two_work_at_once() -> None:
    meeting = threading.Barrier(2, timeout=30)
    assert sorted(side_by_side(lambda _: meeting.wait(), range(2))) == [0, 1]


def test_one_piece_of_work_is_done_where_it_was_asked_for() -> None:
    assert side_by_side(lambda _: threading.current_thread(), [1]) == [threading.current_thread()]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_work_that_nobody_waits_for_is_left(error: type[BaseException]) -> None:
    begun, left, never = threading.Event(), threading.Event(), []

    def work(value: int) -> None:
        if value == 0:
            assert begun.wait(30)
            raise error
        if value > 1:
            never.append(value)
        begun.set()
        try:
            while True:
                stop_if_given_up()
                time.sleep(0.001)
        finally:
            left.set()

    with pytest.raises(error):
        side_by_side(work, range(9))
    assert left.wait(30)
    assert len(never) <= 1, "what was not begun is not begun any more"
    stop_if_given_up()  # not here


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_portions_are_all_of_it(size: int) -> None:
    cut = portions(range(7), size)
    assert [value for some in cut for value in some] == list(range(7))
    assert all(len(some) == size for some in cut[:-1])
    assert all(one.stop == other.start for one, other in pairwise(cut))
