"""Texts in messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdnc.utils.text import is_number, join_names, join_quoted, one_line, quote, shorten


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


def test_quoted_names_in_a_list() -> None:
    assert join_quoted(["a", "b\n", "x" * 40]) == r"'a', 'b\n', '" + "x" * 27 + "...'"
    assert join_quoted("abc", most=2) == "'a', 'b' and 1 more"


def test_one_line_has_no_breaks() -> None:
    assert one_line(ValueError(" a\n  b\t")) == "a b"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", True),
        ("12", True),
        ("", False),
        ("-1", False),
        ("\u0663", False),
        ("1" * 9, True),
        ("1" * 10, False),
    ],
)
def test_whole_numbers_in_text(text: str, number: bool) -> None:
    assert is_number(text) == number
