"""Counts of steps in words: "two stops", "twice", "x2"."""

from __future__ import annotations

from graphdnc.language.phrases import joined

_UNITS = joined("stop stops station stations step steps time times hop hops edge edges")
NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    "twenty",
)
_DIGITS = {word: value for value, word in enumerate(NUMBERS[:9], start=1)}
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
TENS = {word: 10 * tens for tens, word in enumerate(_TENS.split(), start=2)}
"""Words that a hyphen may follow: "twenty-one"."""
_VALUES = {word: value for value, word in enumerate(NUMBERS, start=1)} | TENS | {"a": 1, "single": 1}
REPEATED = frozenset(["once", "twice", "thrice", "time", "times"])
"""Last words of counts that could mean all steps so far if a comma stands before them."""
_REPEATS = {"once": 1, "twice": 2, "thrice": 3}
HUGE = 10**6
"""Larger numbers are read as this one."""


def read_count(words: list[str]) -> int | None:
    """Return the number in a count such as "two stops", "for 2 stations", "twice" or "x2", or ``None``.

    >>> read_count(["for", "two", "stops"]), read_count(["twice"]), read_count(["two"])
    (2, 2, None)
    >>> read_count(["twenty", "one", "stops"])
    21
    """
    if words[0] in ("for", "just", "exactly"):
        words = words[1:]
    match words:
        case [word] if word in _REPEATS:
            return _REPEATS[word]
        case [word] if word.startswith("x") or word.endswith("x"):
            return _digits(word.strip("x"))
        case ["x", number] | [number, "x"]:
            return _digits(number)
        case [number, unit] if unit in _UNITS:
            return _VALUES.get(number) or _digits(number)
        case [ten, digit, unit] if ten in TENS and digit in _DIGITS and unit in _UNITS:
            return TENS[ten] + _DIGITS[digit]
        case _:
            return None


def _digits(word: str) -> int | None:
    if not (word.isascii() and word.isdigit()):
        return None
    return (int(word) if len(word) < 7 else HUGE) or None
