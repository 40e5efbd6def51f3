"""Pieces of text for messages: shortened, quoted, joined; and numbers in text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

LONGEST = 60
MOST = 12


def shorten(text: str, limit: int = LONGEST) -> str:
    """Return at most ``limit`` characters of a text; the last three are dots if some are missing.

    >>> shorten("Liverpool Street", 12)
    'Liverpool...'
    """
    return text if len(text) <= limit else text[: limit - 3] + "..."


def quote(text: str, limit: int = LONGEST) -> str:
    """Return a text in quotes, shortened, on one line and without control characters.

    >>> quote("Bank\\n")
    "'Bank\\\\n'"
    """
    return repr(shorten(text, limit))


def join_names(names: Iterable[str], last: str = ", ", most: int = MOST) -> str:
    """Return the first names as a list in words, and how many more there are.

    ``last`` comes before the last name. Quote names that come from a file.

    >>> join_names(["Ann", "Bob", "Cleo"], " and ")
    'Ann, Bob and Cleo'
    >>> join_names("abcde", most=2)
    'a, b and 3 more'
    """
    remaining = iter(names)
    shown = list(islice(remaining, most))
    missing = sum(1 for _ in remaining)
    if missing:
        return f"{', '.join(shown)} and {missing:,} more"
    return last.join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def join_quoted(names: Iterable[str], most: int = MOST, limit: int = 30) -> str:
    """Return the first names as a list, each quoted and shortened, and how many more there are.

    >>> join_quoted(["Bank", "Angel"])
    "'Bank', 'Angel'"
    """
    return join_names((quote(name, limit) for name in names), most=most)


def counted(number: int, what: str) -> str:
    """Return a number and what it counts.

    >>> counted(1, "step"), counted(2, "step")
    ('1 step', '2 steps')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"


def one_line(value: object) -> str:
    """Return a value as text without line breaks and runs of spaces, for example the text of an error."""
    return " ".join(str(value).split())


def is_number(text: str, digits: int = 9) -> bool:
    """Tell whether a text consists of the digits 0 to 9, at most ``digits`` of them."""
    return text.isascii() and text.isdigit() and len(text) <= digits
