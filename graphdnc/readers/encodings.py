"""Texts that are not UTF-8: which encoding they have, or where they are damaged.

XML and GEDCOM say themselves which encoding they have, so they are left alone.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import replace

from graphdnc.readers.notes import Notes
from graphdnc.readers.source import MAGIC, Content, Place, line_at
from graphdnc.utils.text import quote

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 8_192
# what people's files are in; the detector knows many more that look alike
_CODECS = {
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "cp1257": "Windows-1257",
    "koi8_r": "KOI8-R",
    "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP",
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp949": "EUC-KR",
    "mac_roman": "Mac Roman",
    "cp850": "CP850",
    "iso8859_2": "ISO-8859-2",
}
_OWN = re.compile(r"\s*(?:<|0 H)")
_HANGUL, _HAN = re.compile("[\uac00-\ud7a3]"), re.compile("[\u4e00-\u9fff]")
_ODD = re.compile("[\u3131-\u318e\uff61-\uff9f\ue000-\uf8ff\x80-\x9f]")
# begun only where a word begins, so that a long word is looked through once
_WORD = re.compile(r"(?<![^\s,;|\"])[^\s,;|\"]*[^\x00-\x7f][^\s,;|\"]*")


def in_utf8(content: Content, notes: Notes) -> Content:
    """Return a text in UTF-8, and note from which encoding it was read.

    Raises:
        GraphFileError: it is UTF-8 but for a few damaged bytes, or its encoding is not recognised; the
            message names the line.
    """
    place, data = content.place, content.data
    encoding = utf_16_or_32(data)
    if encoding is not None:
        text = _decoded(place, data, encoding)
        if _OWN.match(text):
            return content
        notes.add(f"read as {encoding.upper()}")
        return replace(content, data=text.removeprefix("\ufeff").encode("utf-8", "surrogatepass"))
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if (
            b"\0" in data
            or data.startswith(MAGIC)
            or _OWN.match(data[:99].decode("latin-1").removeprefix("ï»¿"))
        ):
            return content
        return replace(content, data=guess_text(place, data, error.start, notes).encode())
    return content


def utf_16_or_32(data: bytes) -> str | None:
    """Return the encoding if a text that begins like these bytes is UTF-16 or UTF-32, or else ``None``."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None) or _unmarked(data)


def _unmarked(data: bytes) -> str | None:
    """Return the encoding of UTF-16 without a byte-order mark: half of its bytes are zero."""
    head = data[:4096]
    zeros = [head[start::2].count(0) for start in (0, 1)]
    if len(head) < 4 or len(data) % 2 or min(zeros) or 3 * max(zeros) < len(head):
        return None
    return "utf-16-be" if zeros[0] else "utf-16-le"


def _decoded(place: Place, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        place.wrong(f"not {encoding.upper()}, though it begins like it; save it as UTF-8")


def guess_text(place: Place, data: bytes, at: int, notes: Notes) -> str:
    """Return the text of bytes that are not UTF-8, and note the encoding; the first such byte is at ``at``.

    Raises:
        GraphFileError: they are UTF-8 but for a few damaged bytes, or their encoding is not recognised.
    """
    line, byte = line_at(data, at), f"byte 0x{data[at]:02x}"
    loose = data.decode("utf-8", "surrogateescape")
    damaged = sum("\udc80" <= sign <= "\udcff" for sign in loose)
    whole = sum(sign > "\x7f" for sign in loose) - damaged
    if whole > damaged:
        where = "it" if damaged == 1 else f"it and {damaged - 1:,} more"
        place.wrong(
            f"damaged UTF-8 ({byte}); correct {where} in an editor: all other letters are whole", line
        )
    encoding, other = _detect(data)
    if encoding is None:
        place.wrong(f"not UTF-8 ({byte}), and its encoding is not recognised; save it as UTF-8", line)
    text = data.decode(encoding)
    said = f"not UTF-8, so it is read as {_CODECS[encoding]}{_shown(text)}"
    if other is not None:
        said += f" (in {_CODECS[other]}{_first_difference(text, data.decode(other))})"
    notes.add(f"{said}; if that is wrong, save it as UTF-8", line, doubtful=True)
    return text


def _shown(text: str) -> str:
    """Return a word of a text as an example."""
    example = _WORD.search(text)
    return f", for example {quote(example[0], 30)}" if example else ""


def _first_difference(text: str, other: str) -> str:
    """Return the first word that another encoding reads otherwise, in that encoding."""
    pairs = zip(_WORD.findall(text), _WORD.findall(other), strict=False)
    return next((f": {quote(second, 30)}" for first, second in pairs if first != second), "")


def _detect(data: bytes) -> tuple[str | None, str | None]:
    """Return the likeliest encoding of bytes, if there is one, and another that fits as well, if one does.

    Short texts in Latin letters are told apart by the letters of languages, others by a detector.
    """
    from graphdnc.readers.alphabets import latin_codecs  # imported here because few files need its patterns

    lines = [line for line in data.splitlines(keepends=True) if not line.isascii()]
    sample = b"".join(lines)[:_SAMPLE]
    # no letter of several bytes is cut in two at a line break or a delimiter
    sample = sample[: max(map(sample.rfind, (b"\n", b",", b";", b"\t"))) + 1] or sample
    latin = latin_codecs(data, sample)
    if latin:
        best, *rest = latin
        return best, next((name for name in rest if not _same(data, name, best)), None)
    return _detect_by_counting(data, sample), None


def _detect_by_counting(data: bytes, sample: bytes) -> str | None:
    """Return what the detector takes for the likeliest encoding."""
    from charset_normalizer import from_bytes  # imported here because few files need it

    found = [
        (round(match.chaos + _oddness(str(match)), 2), place, match.encoding)
        for place, match in enumerate(from_bytes(sample, cp_isolation=list(_CODECS)))
    ]
    if not found:
        return None
    best = min(found)[2]
    return next((name for name in ("cp1252", best) if _same(data, name, best)), None)


def _oddness(text: str) -> float:
    """Return the share of letters that hardly stand in one text.

    These are Hangul among Han, single parts of Hangul, and letters of half width.
    """
    mixed = min(len(_HANGUL.findall(text)), len(_HAN.findall(text)))
    return (mixed + len(_ODD.findall(text))) / max(1, len(text))


def _same(data: bytes, encoding: str, other: str) -> bool:
    try:
        return data.decode(encoding) == data.decode(other)
    except UnicodeDecodeError:
        return False
