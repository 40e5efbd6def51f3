"""Family trees of Gramps."""

from __future__ import annotations

import gzip

import pytest
from graph_files import inspect, read, triples_of

from graphdnc.errors import GraphFileError

TREE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE database PUBLIC "-//Gramps//DTD Gramps XML 1.7.1//EN"
"http://gramps-project.org/xml/1.7.1/grampsxml.dtd">
<database xmlns="http://gramps-project.org/xml/1.7.1/">
<events>
<event handle="_e1" id="E1"><type>Birth</type><dateval val="1850-03-12"/></event>
<event handle="_e2" id="E2"><type>Birth</type><daterange start="1880" stop="1882"/></event>
</events>
<people>
<person handle="_p1" id="I1"><gender>M</gender><name type="Birth Name"><first>Otto</first>
<surname>Brandt</surname></name><eventref hlink="_e1" role="Primary"/><parentin hlink="_f1"/></person>
<person handle="_p2" id="I2"><gender>F</gender><name type="Birth Name"><first>Ida</first>
<surname>Kern</surname></name>
<name alt="1" type="Married Name"><first>Ida</first><surname>Brandt</surname></name></person>
<person handle="_p3" id="I3"><gender>F</gender><name><first>Lena</first>
<surname>Brandt</surname></name></person>
<person handle="_p4" id="I4"><gender>U</gender><name><first>Otto</first><surname>Brandt</surname></name>
<eventref hlink="_e2" role="Primary"/></person>
</people>
<families><family handle="_f1" id="F1"><rel type="Married"/><father hlink="_p1"/><mother hlink="_p2"/>
<childref hlink="_p3"/><childref hlink="_p4" frel="Adopted"/></family></families>
</database>
"""
LAST = TREE[: TREE.index('"_p4" frel')].count("\n") + 1
OLD, YOUNG = "Otto Brandt (1850-)", "Otto Brandt (1880-)"
TRIPLES = {
    (OLD, "wife", "Ida Kern"),
    ("Ida Kern", "husband", OLD),
    ("Lena Brandt", "father", OLD),
    ("Lena Brandt", "mother", "Ida Kern"),
    (OLD, "daughter", "Lena Brandt"),
    ("Ida Kern", "daughter", "Lena Brandt"),
    (YOUNG, "father", OLD),
    (YOUNG, "mother", "Ida Kern"),
    (OLD, "child", YOUNG),
    ("Ida Kern", "child", YOUNG),
}


@pytest.mark.parametrize(
    "pack", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "gzip"]
)
def test_a_family_plain_or_packed(pack):
    found = inspect(pack(TREE))
    assert (found.format, triples_of(found.graph)) == ("gramps", TRIPLES)
    assert [note.lines for note in found.notes if "adoption" in note.text] == [[LAST]]


def test_links_to_nobody_are_noted():
    found = inspect(TREE.replace('<childref hlink="_p4"', '<childref hlink="_p9"'))
    assert [note.lines for note in found.notes if note.doubtful] == [[LAST]]
    assert "a person without a family" in [note.text for note in found.account.left_out]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id="I2"', 'id="I1"', "the id 'I1' occurs twice"),
        ("</database>", "", "not well-formed XML"),
        ('<childref hlink="_p3"/>', '<childref hlink="_p1"/>', "is their own ancestor"),
    ],
)
def test_errors_name_line_and_remedy(old, new, message):
    with pytest.raises(GraphFileError) as error:
        read(TREE.replace(old, new))
    assert message in str(error.value)
