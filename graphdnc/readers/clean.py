"""Names in the form that they have in a graph: what cannot be seen does not make another name."""

from __future__ import annotations

import re
import unicodedata

# soft hyphens, zero-width spaces, byte-order marks, and marks of the direction of writing
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+"
)
# Joiners shape letters of some scripts and join emoji. Beside Latin, Greek and Cyrillic they mean nothing.
# (A class of what is above \u058f would take 6 ms to compile.)
_JOINERS = re.compile("(?<![^\0-\u058f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\0-\u058f])")
_EITHER = re.compile(_INVISIBLE.pattern.removesuffix("]+") + "\u200c\u200d]")
_SELECTORS = str.maketrans("", "", "\ufe0e\ufe0f")
# letters of Cyrillic and Greek that look like Latin ones, and signs for a hyphen or an apostrophe
_ALIKE = str.maketrans(
    "АВЕКМНОРСТУХаеорсухіјѕІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧον\u02bc\u2018\u2019\xb4`\u2010\u2011\u2012\u2013\u2014\u2212",  # noqa: RUF001
    "ABEKMHOPCTYXaeopcyxijsIJSABEZHIKMNOPTYXov'''''------",
)


def clean(name: str) -> str:
    """Return a name in the form it has in a graph: single spaces, no invisible characters, Unicode in NFC.

    >>> clean(" Bank\\u200b  Street\\ufeff ")
    'Bank Street'
    """
    if name.isascii():
        return " ".join(name.split())
    if not _EITHER.search(name):
        return unicodedata.normalize("NFC", " ".join(name.split()))
    visible = " ".join(_INVISIBLE.sub("", name).split())
    return unicodedata.normalize("NFC", " ".join(_JOINERS.sub("", visible).split()))


def has_invisible(name: str) -> bool:
    """Tell whether :func:`clean` leaves invisible characters out."""
    if name.isascii() or not _EITHER.search(name):
        return False
    return bool(_INVISIBLE.search(name) or _JOINERS.search(" ".join(name.split())))


def without_selectors(name: str) -> str:
    """Return a name without the marks that choose how a sign is drawn, in colour or not."""
    return name.translate(_SELECTORS) if "\ufe0e" in name or "\ufe0f" in name else name


def drawn(name: str) -> str:
    """Return a name in Latin letters and plain signs as far as it looks like these.

    >>> drawn("King\u2019s \u0421ross")
    "King's Cross"
    """
    return unicodedata.normalize("NFKC", name.translate(_ALIKE))
