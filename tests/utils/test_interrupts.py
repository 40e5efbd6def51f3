"""When Ctrl-C stops a block of code."""

from __future__ import annotations

import signal
import threading

import pytest

from graphdnc.utils.interrupts import Interrupts


class Interrupting:
    """Ctrl-C arrives while this is deleted, where Python drops the exception."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interruption_that_python_drops_is_raised_at_the_end() -> None:
    done = []

    def work() -> None:
        with Interrupts(at_once=True):
            Interrupting()
            done.append("dropped")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["dropped"]


def test_an_interruption_can_stop_the_block_at_once() -> None:
    done = []

    def work() -> None:
        with Interrupts(at_once=True):
            signal.raise_signal(signal.SIGINT)
            done.append("not reached")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == []


@pytest.mark.parametrize(("checked", "reached"), [(True, ["postponed"]), (False, ["postponed", "end"])])
def test_a_postponed_interruption_is_raised_by_check_or_at_the_end(checked: bool, reached: list[str]) -> None:
    done = []

    def work() -> None:
        with Interrupts() as interrupts:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            done.append("postponed")
            if checked:
                interrupts.check()
            done.append("end")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == reached


def test_an_error_in_the_block_comes_before_a_postponed_interruption() -> None:
    def work() -> None:
        with Interrupts():
            signal.raise_signal(signal.SIGINT)
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        work()


def test_nothing_happens_without_an_interruption_and_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Interrupts(at_once=True), Interrupts() as inner, Interrupts(on_stop=lambda: None) as stop:
        assert (inner.requested(), stop.requested()) == (False, False)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_request_to_stop_is_polled_and_the_second_interrupts(number: signal.Signals) -> None:
    told = []
    with Interrupts(on_stop=lambda: told.append("once")) as interrupts:
        assert not interrupts.requested()
        signal.raise_signal(number)
        assert interrupts.requested()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert told == ["once"]


def test_other_threads_run_unguarded() -> None:
    done = []

    def work() -> None:
        with Interrupts() as interrupts:
            done.append(interrupts.requested())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [False]
