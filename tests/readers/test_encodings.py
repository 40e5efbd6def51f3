"""Texts in other encodings are recognised, and what was assumed is said; damaged ones are refused."""

from __future__ import annotations

import pytest
from graph_files import inspect, read, triples_of

from graphdnc.errors import GraphFileError

HEADER = "source,relation,target\r\n"


@pytest.mark.parametrize(
    ("rows", "codec", "called"),
    [
        ("Ada,mother,Gr\u00e9ta\r\n", "cp1252", "Windows-1252"),
        ("Ada,mother,\u201cGr\u00e9ta\u201d\r\n", "cp1252", "Windows-1252"),
        ("K\u00f6ln,Zug,D\u00fcsseldorf\r\nM\u00fcnchen,Zug,N\u00fcrnberg\r\n", "cp1252", "Windows-1252"),
        ("\u0141\u00f3d\u017a,r,Krak\u00f3w\r\nGda\u0144sk,r,Cz\u0119stochowa\r\n", "cp1250", "Windows-1250"),
        (
            "\u041c\u043e\u0441\u043a\u0432\u0430,r,\u0422\u0432\u0435\u0440\u044c\r\n",
            "cp1251",
            "Windows-1251",
        ),
        ("\u6771\u4eac,\u65b0\u5e79\u7dda,\u4eac\u90fd\r\n", "shift_jis", "Shift-JIS"),
        ("\u5317\u4eac,\u9ad8\u94c1,\u4e0a\u6d77\r\n", "gb18030", "GB18030"),
        ("\uc11c\uc6b8,\uae30\ucc28,\ubd80\uc0b0\r\n", "euc_kr", "EUC-KR"),
    ],
)
def test_what_was_assumed_is_said(rows, codec, called):
    text = HEADER + rows
    found = inspect(text.encode(codec))
    assert triples_of(found.graph) == read(text)
    (note,) = [note for note in found.notes if note.doubtful]
    assert note.text.startswith(f"not UTF-8, so it is read as {called}, for example '")
    assert note.text.endswith("; if that is wrong, save it as UTF-8")
    assert note.lines == [2]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_as_excel_writes_it(codec):
    text = "Person\tRelation\tRelative\r\nAda\tMother\tGr\u00e9ta\r\n"
    found = inspect(text.encode(codec))
    assert triples_of(found.graph) == {("Ada", "Mother", "Gr\u00e9ta")}
    assert f"read as {codec.upper()}" in [note.text for note in found.notes]


def test_a_file_that_is_utf_8_but_for_a_few_bytes_is_damaged():
    text = (
        HEADER.encode()
        + "Jos\u00e9,padre,\u00c1ngel\n\u00c1ngel,padre,\u00cd\u00f1igo\n".encode()
        + b"M\xc3,padre,x\n"
    )
    with pytest.raises(GraphFileError, match=r"line 4: damaged UTF-8 \(byte 0xc3\); correct it in an editor"):
        read(text)


def test_xml_and_gedcom_say_their_encoding_themselves():
    text = '<?xml version="1.0" encoding="iso-8859-1"?>\n<graphml><graph edgedefault="directed">'
    text += '<node id="\u00e9"/><node id="b"/><edge source="\u00e9" target="b"/></graph></graphml>'
    assert read(text.encode("latin-1")) == {("\u00e9", "edge", "b")}
