"""ANSEL (ANSI/NISO Z39.47), the character set of old GEDCOM files, with the additions of GEDCOM.

An accent comes before its letter.
"""

from __future__ import annotations

import unicodedata

_LETTERS = dict(
    zip(
        [*range(0xA1, 0xAF), *range(0xB0, 0xBB), *range(0xBC, 0xC0), *range(0xC0, 0xC9), 0xCD, 0xCE, 0xCF],
        "ŁØĐÞÆŒʹ·♭®±ƠƯʼ" + "ʻłøđþæœʺı£ð" + "ơư□■" + "°\u2113℗©♯¿¡ß€" + "eoß",
        strict=True,
    )
)
_MARKS = dict(
    zip(
        [*range(0xE0, 0xFD), 0xFE],
        "\u0309\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030c\u030a\ufe20\ufe21\u0315\u030b\u0310"
        "\u0327\u0328\u0323\u0324\u0325\u0333\u0332\u0326\u031c\u032e\ufe22\ufe23\u0338\u0313",
        strict=True,
    )
)


def decode_ansel(data: bytes) -> str:
    """Return text from bytes in ANSEL.

    >>> decode_ansel(b"Ren\\xe2ee M\\xe8uller")
    'Renée Müller'

    Raises:
        UnicodeDecodeError: a byte has no meaning in ANSEL.
    """
    found: list[str] = []
    marks: list[str] = []
    for place, byte in enumerate(data):
        if byte in _MARKS:
            marks.append(_MARKS[byte])
            continue
        letter = chr(byte) if byte < 0x80 else _LETTERS.get(byte)
        if letter is None:
            raise UnicodeDecodeError("ansel", data, place, place + 1, "no character")
        found.append(letter)
        found += marks
        marks.clear()
    return unicodedata.normalize("NFC", "".join(found + marks))
