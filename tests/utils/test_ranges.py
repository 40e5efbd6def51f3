"""Ranges as options and TOML files state them."""

from __future__ import annotations

import re

import pytest

from graphdnc.utils.ranges import check_range, format_range, parse_range


@pytest.mark.parametrize(
    ("text", "span", "shown"), [("7", (7, 7), 7), ("2-8", (2, 8), "2-8"), ("0-0", (0, 0), 0)]
)
def test_texts_that_state_a_range(text: str, span: tuple[int, int], shown: int | str) -> None:
    assert parse_range(text) == check_range(list(span)) == span
    assert format_range(span) == shown


@pytest.mark.parametrize("text", ["", "x", "-1", "8-2", "2-", "2-8-9", "2 - 8", "1.5", "1", "10", "9" * 10])
def test_texts_that_state_no_range_within_the_limits(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(repr(text))} is not a range from 2 to 9$"):
        parse_range(text, 2, 9)


@pytest.mark.parametrize("ends", [None, "2-8", 7, [2], [8, 2], [2, 8, 9], [2.0, 8], ["2", "8"], [1, 8]])
def test_values_of_toml_that_are_no_range_of_at_least_two(ends: object) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(repr(ends))} is not a range from 2 up$"):
        check_range(ends, 2)
