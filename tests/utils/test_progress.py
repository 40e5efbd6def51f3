"""Progress on stderr."""

from __future__ import annotations

import io
import sys

import pytest

from graphdnc.utils.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal_shows_how_far_work_is(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with ProgressBar("drawing", 1500) as bar:
        bar.advance(400)
        bar.show(1200, "still drawing")
        bar.print("a line")
        bar.clear()
        terminal.write("another line\n")
        bar.show(1300)
    said = terminal.getvalue()
    assert "drawing" in said
    assert "0/1,500" in said
    assert "\ra line\n" in said
    assert "\ranother line\n" in said, "the bar was removed before"
    assert said.index("another") < said.index("1,300/1,500")
    assert said.endswith("\r"), "the bar is removed at the end"


def test_a_bar_without_a_total_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with ProgressBar("answered", None) as bar:
        bar.show(3)
    assert "answered 0" in terminal.getvalue()


@pytest.mark.parametrize(("stream", "shown"), [(Terminal, False), (io.StringIO, True)])
def test_nothing_is_shown_elsewhere(
    stream: type[io.StringIO], shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = stream()
    monkeypatch.setattr(sys, "stderr", there)
    with ProgressBar("drawing", 3, shown) as bar:
        bar.advance(1)
        bar.show(3, "more")
        bar.print("a line")
        bar.clear()
    assert there.getvalue() == "a line\n"
