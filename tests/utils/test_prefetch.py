"""Results computed in advance."""

from __future__ import annotations

import threading

import pytest

from graphdnc.utils.prefetch import Prefetcher


def test_work_is_begun_once_on_another_thread() -> None:
    ahead, calls = Prefetcher(), []

    def work() -> int:
        calls.append(threading.current_thread())
        return len(calls)

    ahead.begin("a", work)
    ahead.begin("a", work)
    assert ahead.take("a", work) == 1
    assert calls[0] is not threading.main_thread()
    assert ahead.take("a", work) == 2, "a result is not kept"
    assert calls[1] is threading.main_thread()


def test_work_that_was_not_begun_is_done_when_it_is_taken() -> None:
    ahead = Prefetcher()
    ahead.begin(("pool", 1), lambda: "other")
    assert ahead.take(("pool", 2), lambda: "own") == "own"
    assert ahead.take(("pool", 1), lambda: "late") == "other"


def test_an_error_is_raised_when_the_result_is_taken() -> None:
    ahead = Prefetcher()
    ahead.begin("a", lambda: 1 // 0)
    ahead.begin("b", lambda: 3)
    with pytest.raises(ZeroDivisionError):
        ahead.take("a", lambda: 0)
    assert ahead.take("b", lambda: 0) == 3


def test_cancelled_work_is_not_waited_for() -> None:
    ahead, gate = Prefetcher(), threading.Event()
    ahead.begin("a", gate.wait)
    ahead.begin("b", lambda: "ahead")
    ahead.clear()
    assert ahead.take("b", lambda: "own") == "own"
    gate.set()
