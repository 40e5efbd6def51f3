"""Ranges of numbers, both ends included, as options and TOML files state them."""

from __future__ import annotations

import re

Range = tuple[int, int]
"""The lowest and the highest number, both included."""


def parse_range(text: str, least: int = 0, most: int | None = None) -> Range:
    """Return the range that a text states.

    >>> parse_range("2-8"), parse_range("7")
    ((2, 8), (7, 7))

    Raises:
        ValueError: the text is not a range, or the range is empty or not within ``least`` and ``most``.
    """
    parts = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", text)
    ends = [int(parts[1]), int(parts[2] or parts[1])] if parts else None
    return check_range(ends, least, most, text)


def check_range(ends: object, least: int = 0, most: int | None = None, stated: object = None) -> Range:
    """Return the range that a list of two numbers states, as in TOML; errors show ``stated`` or the list.

    >>> check_range([2, 8])
    (2, 8)

    Raises:
        ValueError: they are not two numbers, or the range is empty or not within ``least`` and ``most``.
    """
    match ends:
        case [int(low), int(high)] if least <= low <= high and (most is None or high <= most):
            return low, high
    limits = f"from {least:,} up" if most is None else f"from {least:,} to {most:,}"
    raise ValueError(f"{ends if stated is None else stated!r} is not a range {limits}")


def format_range(span: Range) -> int | str:
    """Return a range as it is shown: one number, or two with a hyphen.

    >>> format_range((2, 8)), format_range((7, 7))
    ('2-8', 7)
    """
    low, high = span
    return low if low == high else f"{low}-{high}"
