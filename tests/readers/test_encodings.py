"""Texts in other encodings are recognised, and what was assumed is said; damaged ones are refused."""

from __future__ import annotations

import pytest
from graph_files import inspect, read, triples_of, zipped

from graphdnc.errors import GraphFileError
from graphdnc.readers.alphabets import latin_codecs

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
    note, *others = [note for note in found.notes if note.doubtful]
    assert all("with its quotes" in other.text for other in others)
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


WESTERN = [
    "Hélène,mère,Thérèse",
    "Coruña,tren,León",
    "São Paulo,r,Brasília",
    "Città,r,Perché",
    "Øresund,tog,København",
    "Malmö,tåg,Göteborg",
    "Reykjavík,r,Þórður",
    "Ångström,far,Åke",
    "Peña,hermano,Muñoz",
    "Conceição,mãe,Antão",
    "naïve,r,café “x”",
    "Élodie,sœur,Noël",
]
CENTRAL = [
    "Gdańsk,r,Poznań",
    "Wrocław,pociąg,Częstochowa",
    "Dvořák,otec,Růžička",
    "Čeněk,otec,Jiří",
    "Győr,vonat,Hűvösvölgy",
    "Iaşi,tren,Constanţa",
    "Čačak,r,Niš",
    "Žižkov,r,Břevnov",
]
SHORT = [(row, "cp1252") for row in WESTERN] + [(row, "cp1250") for row in CENTRAL]
SHORT += [("\u0130stanbul,tren,Eski\u015fehir", "cp1254"), ("\u0160iauliai,r,Klaip\u0117da", "cp1257")]
SHORT += [
    ("M\u00fcller,Vater,J\u00e4ger", "mac_roman"),
    ("C\u00e9line,m\u00e8re,Zo\u00e9", "cp850"),
    ("\u0141\u00f3d\u017a,r,Krak\u00f3w", "iso8859_2"),
]


@pytest.mark.parametrize(("row", "codec"), SHORT)
def test_short_texts_are_told_apart_by_the_letters_of_languages(row, codec):
    text = HEADER + row + "\r\n"
    assert read(text.encode(codec)) == read(text)


def test_another_encoding_that_fits_as_well_is_named():
    found = inspect((HEADER + "Gen\u00e8ve,train,Lausanne\r\n").encode("cp1252"))
    said = "Windows-1252, for example 'Gen\u00e8ve' (in Windows-1250: 'Gen\u010dve'); if that is wrong"
    assert said in found.notes[0].text
    assert found.notes[0].doubtful


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("\u041c\u0430\u043c\u0430 \u043c\u044b\u043b\u0430", "cp1251"),
        ("\u0418\u0432\u0430\u043d", "koi8_r"),
        ("\u0391\u03b8\u03ae\u03bd\u03b1", "cp1253"),
        ("\u05e9\u05dc\u05d5\u05dd", "cp1255"),
        ("\u6771\u4eac", "shift_jis"),
        ("\u30ab\u30bf\u30ab\u30ca", "shift_jis"),
        ("\u5317\u4eac", "gb18030"),
    ],
)
def test_other_scripts_are_not_taken_for_latin_letters(text, codec):
    data = text.encode(codec)
    assert latin_codecs(data, data) == []


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le"])
def test_tables_in_a_zip_may_be_utf_16(codec):
    files = {
        "people.csv": "id:ID,name\n1,R\u00e9my\n2,Bo\n",
        "knows.csv": ":START_ID,:END_ID,:TYPE\n1,2,KNOWS\n",
    }
    data = zipped({name: text.encode(codec) for name, text in files.items()})
    assert read(data) == {("R\u00e9my", "KNOWS", "Bo")}
