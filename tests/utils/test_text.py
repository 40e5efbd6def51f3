"""Texts in messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdnc.utils.text import join_names, quote, shorten


def test_long_texts_end_in_dots() -> None:
    assert shorten("x" * 60) == "x" * 60
    assert shorten("x" * 61) == "x" * 57 + "..."
    assert shorten("Bank", 4) == "Bank"
    assert shorten("Angel", 4) == "A..."


@given(st.text(max_size=100))
def test_a_quoted_text_is_one_printable_line(text: str) -> None:
    said = quote(text)
    assert said.isprintable()
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("names", "last", "most", "joined"),
    [
        ([], ", ", 12, ""),
        (["a"], " and ", 12, "a"),
        (["a", "b"], " or ", 12, "a or b"),
        (["a", "b", "c"], " and ", 3, "a, b and c"),
        (["a", "b", "c"], ", ", 3, "a, b, c"),
        (["a", "b", "c", "d"], " or ", 3, "a, b, c and 1 more"),
        (map(str, range(5000)), ", ", 2, "0, 1 and 4,998 more"),
    ],
)
def test_names_in_a_list(names: list[str], last: str, most: int, joined: str) -> None:
    assert join_names(names, last, most) == joined
