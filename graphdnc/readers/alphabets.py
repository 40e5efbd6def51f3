"""Which encoding of Latin letters a text has: the one in which its words are words of some language.

A detector of encodings counts on long texts. In a short one "è" of French and "č" of Czech are the same byte,
and both are letters. Here each language says which letters it has beside a to z, and where in a word they
stand. The best encoding is the one in which the fewest letters are strange; of equals, one of Windows before
others, then the one that needs fewer languages, then the one whose languages more people write.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

_CONSONANT = "(?=[bcdfghjklmnpqrstvwxz])"
# by language, most written first: its codecs, and its letters as a pattern. Lower case stands for both.
_LANGUAGES = {
    "Spanish": ("cp1252", "[áéíóúü]|ñ(?=[aeiouáéíóú])|(?<=[rlnm])ñ"),
    "Portuguese": ("cp1252", "[áàâéêíóôúüç]|ã(?![bcdfghjklmnpqrtvwxz])|õ(?=e)"),
    "French": ("cp1252", f"[âçéêëîïôûüÿœ]|è{_CONSONANT}|à(?![a-z])|(?<=o)ù(?![a-z])|(?<!i)æ"),
    "German": ("cp1252", "[äöüß]"),
    "Turkish": ("cp1254", "[çıöşü]|(?<=[a-zçıöşü])ğ|(?<=[kgl])[âû]|(?<=[a-z])î(?![a-z])"),  # noqa: RUF001
    "Italian": ("cp1252", "[àèéìòù](?![a-z])"),
    "Polish": ("cp1250 iso8859_2", "[ąćęłóśźż]|ń(?![aeouyąęó])"),
    "Romanian": ("cp1250", "[ăâîşţ]"),
    "Dutch": ("cp1252", "[áéèëïíóöüú]"),
    "Catalan": ("cp1252", "[àçéèíïóòúü·]"),
    "Serbian and Croatian": ("cp1250 iso8859_2", "[čđšž]|(?<=[aeiour])ć"),
    "Swedish and Finnish": ("cp1252", "[åäöéšž]"),
    "Danish and Norwegian": ("cp1252", "[åøé]|(?<![aeiou])æ|æ(?=[a-zåø])"),
    "Czech": ("cp1250 iso8859_2", "[áčďéěíňóřšťúůýž]"),
    "Hungarian": ("cp1250 iso8859_2", "[áéíóöőúüű]"),
    "Slovak": ("cp1250 iso8859_2", "[áäčďéíĺľňóôŕšťúýž]"),
    "Albanian": ("cp1252", "[çë]"),
    "Lithuanian": ("cp1257", "[ąčęėįšųūž]"),
    "Latvian": ("cp1257", "[āčēģīķļņšūž]"),
    "Estonian": ("cp1257", "[äõöüšž]"),
    "Icelandic": ("cp1252", "[áéíóúýæö]|(?<=[a-záéíóúýæö])ð|(?<![aeiouáéíóúýæö])þ"),
}
_WINDOWS = ("cp1252", "cp1250", "cp1254", "cp1257")
# what people wrote with before Windows; they hold letters of Western Europe
_OLDER = ("iso8859_2", "cp850", "mac_roman")
_LETTERS = {
    codec: [
        re.compile(letters)
        for codecs, letters in _LANGUAGES.values()
        if codec in codecs.split() or (codec in _OLDER[1:] and "cp1252" in codecs)
    ]
    for codec in _WINDOWS + _OLDER
}
_RANKS = {letters: rank for rank, (_, letters) in enumerate(_LANGUAGES.values())}
_PART = r"[^\s\x00-@\[-`{-\x7f\u2013\u2014]"
# begun only where a word begins: tried at each letter of a long word, it would take the square of its length
_WORD = re.compile(rf"(?<!{_PART}){_PART}*[^\x00-\x7f]{_PART}*")
# signs around words
_AROUND = "\u201c\u201d\u201e\u201a\u2018\u2019\u2026\u2022\u2122\xab\xbb\u20ac\xa7\xa9\xae\xb0\xa1\xbf\xa0"
_FEW = 0.1
"""The share of letters that may be strange: names of other languages, and mistakes."""
_MOST = 0.75
"""The share of letters beyond a to z in words that have any; in other scripts all are."""


class Fit(NamedTuple):
    """How well a text fits an encoding; less is better.

    Attributes:
        strange: letters that no language explains.
        older: whether the encoding is older than Windows.
        languages: how many languages it takes.
        rank: the place of the rarest of them among the languages.
        codec: the encoding.
    """

    strange: int
    older: bool
    languages: int
    rank: int
    codec: str


def latin_codecs(data: bytes, sample: bytes) -> list[str]:
    """Return the encodings in which a text has Latin letters and the fewest are strange, the best first.

    ``data`` is the whole text, which the encoding must be able to hold; ``sample`` is a part of it.

    >>> latin_codecs(b"Dvo\\xf8\\xe1k", b"Dvo\\xf8\\xe1k")[0], latin_codecs(b"Gen\\xe8ve", b"Gen\\xe8ve")[0]
    ('cp1250', 'cp1252')
    """
    fits = []
    for codec in _WINDOWS + _OLDER:
        try:
            data.decode(codec)
        except UnicodeDecodeError:
            continue
        fit = _fit(sample.decode(codec, "ignore"), codec)
        if fit is not None:
            fits.append(fit)
    return [fit.codec for fit in sorted(fits) if fit.strange == min(fits).strange]


def _fit(text: str, codec: str) -> Fit | None:
    """Return how well a text fits an encoding, or ``None`` if it has hardly any Latin letters there."""
    words = Counter(found.strip(_AROUND) for found in _WORD.findall(text))
    strange, count, letters = 0, 0, 0
    explained: list[frozenset[int]] = []
    for word, times in words.items():
        fewest, languages = _explained(word, codec)
        strange += times * fewest
        count += times * sum(sign > "\x7f" for sign in word)
        letters += times * len(word)
        if languages:
            explained.append(languages)
    if not count or strange > _FEW * count or count > _MOST * letters:
        return None
    needed = _cover(explained)
    return Fit(strange, codec in _OLDER, len(needed), max(needed, default=0), codec)


def _explained(word: str, codec: str) -> tuple[int, frozenset[int]]:
    """Return how many letters no language explains, and the ranks of the languages that explain most."""
    capitals = 0 if word.isupper() else sum(_is_inner_capital(word, at) for at in range(1, len(word)))
    said = word.lower().replace("i\u0307", "i")
    signs = sum(sign > "\x7f" for sign in said)
    if not signs:
        return 0, frozenset()
    left = {_RANKS[letters.pattern]: signs - len(letters.findall(said)) for letters in _LETTERS[codec]}
    fewest = min(left.values())
    return fewest + capitals, frozenset(rank for rank, count in left.items() if count == fewest)


def _is_inner_capital(word: str, at: int) -> bool:
    """Tell whether a letter is a capital within a word, and it or the one before it is beyond a to z."""
    sign, before, after = word[at], word[at - 1], word[at + 1 : at + 2]
    if not sign.isupper() or max(sign, before) <= "\x7f":
        return False
    return before.islower() or (sign > "\x7f" and before.isalpha() and after.islower())


def _cover(explained: list[frozenset[int]]) -> set[int]:
    """Return few languages that explain all words between them: the one that explains most, then others."""
    needed: set[int] = set()
    while explained:
        count = Counter(rank for languages in explained for rank in languages)
        best = min(count, key=lambda rank: (-count[rank], rank))
        needed.add(best)
        explained = [languages for languages in explained if best not in languages]
    return needed
