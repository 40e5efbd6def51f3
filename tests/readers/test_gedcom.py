"""GEDCOM: family trees as the triples that they state, names in every character set."""

from __future__ import annotations

import codecs

import pytest
from graph_files import inspect, read, triples_of

from graphdnc.errors import GraphFileError
from graphdnc.readers import inspect_graph, read_graph

TREE = """0 HEAD
1 SOUR graphdnc
1 GEDC
2 VERS 5.5.1
1 CHAR UTF-8
0 @I1@ INDI
1 NAME René /Müller/
2 GIVN René
1 SEX M
1 BIRT
2 DATE 12 MAR 1850
1 FAMS @F1@
0 @I2@ INDI
1 NAME Ann /Smith/
2 TYPE maiden
1 NAME Ann /Müller/
1 SEX F
0 @I3@ INDI
1 NAME Zoë /Müller/
1 SEX F
1 FAMC @F1@
2 PEDI birth
0 @I4@ INDI
1 NAME Max /Müller/
1 FAMC @F1@
0 @I5@ INDI
1 NAME Alone
0 @F1@ FAM
1 HUSB @I1@
1 WIFE @I2@
1 CHIL @I3@
0 TRLR
"""
TRIPLES = {
    ("René Müller", "wife", "Ann Smith"),
    ("Ann Smith", "husband", "René Müller"),
    ("Zoë Müller", "father", "René Müller"),
    ("Zoë Müller", "mother", "Ann Smith"),
    ("René Müller", "daughter", "Zoë Müller"),
    ("Ann Smith", "daughter", "Zoë Müller"),
    ("Max Müller", "father", "René Müller"),
    ("Max Müller", "mother", "Ann Smith"),
    ("René Müller", "child", "Max Müller"),
    ("Ann Smith", "child", "Max Müller"),
}


def tree(*records: str) -> str:
    return "\n".join(["0 HEAD", *records, "0 TRLR"])


@pytest.mark.parametrize(
    "data",
    [
        TREE.encode(),
        codecs.BOM_UTF8 + TREE.encode(),
        TREE.replace("1 CHAR UTF-8\n", "").replace("5.5.1", "7.0").encode(),
        TREE.replace("\n", "\r\n").encode(),
        TREE.replace("\n", "\r").encode(),
        TREE.replace("UTF-8", "UNICODE").encode("utf-16"),
        TREE.replace("UTF-8", "ANSI").encode("cp1252"),
        TREE.replace("UTF-8", "IBMPC").encode("cp437"),
        TREE.replace("UTF-8", "MACINTOSH").encode("mac-roman"),
        TREE.replace("UTF-8", "ANSEL").encode(),
        TREE.replace("UTF-8", "ANSEL")
        .encode("cp1252")
        .replace(b"\xe9", b"\xe2e")
        .replace(b"\xfc", b"\xe8u")
        .replace(b"\xeb", b"\xe8e"),
    ],
    ids=[
        "utf-8",
        "bom",
        "seven",
        "crlf",
        "cr",
        "utf-16",
        "ansi",
        "ibm",
        "mac",
        "ansel-that-is-utf-8",
        "ansel",
    ],
)
def test_a_tree_in_each_character_set(data):
    assert read(data) == TRIPLES


def test_the_tree_is_the_graph_that_csv_holds(tmp_path):
    path = tmp_path / "tree.GED"
    path.write_text(TREE, encoding="utf-8")
    found = inspect_graph(path)
    assert found.format == "gedcom"
    assert [(note.text, note.count) for note in found.notes] == [("people without a family, left out: 1", 1)]
    assert read("source,relation,target\n" + "".join(f"{','.join(row)}\n" for row in TRIPLES)) == TRIPLES


def test_sex_goes_before_the_place_in_a_family():
    people = [
        "0 @A@ INDI\n1 NAME A\n1 SEX F",
        "0 @B@ INDI\n1 NAME B\n1 SEX F",
        "0 @C@ INDI\n1 NAME C\n1 SEX X",
    ]
    family = "0 @F@ FAM\n1 HUSB @A@\n1 WIFE @B@\n1 CHIL @C@\n1 CHIL @VOID@"
    assert read(tree(*people, family)) == {
        ("A", "wife", "B"),
        ("B", "wife", "A"),
        ("C", "mother", "A"),
        ("C", "mother", "B"),
        ("A", "child", "C"),
        ("B", "child", "C"),
    }


def test_siblings_without_parents_are_stated():
    people = [
        "0 @A@ INDI\n1 NAME Ivy\n1 SEX F\n1 FAMC @F@",
        "0 @B@ INDI\n1 NAME Hugh\n1 SEX M\n1 FAMC @F@",
        "0 @C@ INDI\n1 NAME Kim\n1 FAMC @F@",
    ]
    assert read(tree(*people, "0 @F@ FAM")) == {
        ("Ivy", "brother", "Hugh"),
        ("Ivy", "sibling", "Kim"),
        ("Hugh", "sister", "Ivy"),
        ("Hugh", "sibling", "Kim"),
        ("Kim", "sister", "Ivy"),
        ("Kim", "brother", "Hugh"),
    }


def test_a_family_of_siblings_is_one_record():
    people = [f"0 @{key}@ INDI\n1 NAME {key}\n1 FAMC @F@" for key in "ABC"]
    account = inspect(tree(*people, "0 @F@ FAM\n0 @G@ FAM\n1 CHIL @A@")).account
    left = {note.text: note.count for note in account.left_out}
    assert account.used == 1
    assert left["names a person"] == 3
    assert left["a family without two members"] == 1


def test_a_family_that_only_its_members_state():
    people = [
        "0 @A@ INDI\n1 NAME A\n1 SEX M\n1 FAMS @F@",
        "0 @B@ INDI\n1 NAME B\n1 FAMS @F@",
        "0 @C@ INDI\n1 NAME C\n1 SEX M\n1 FAMC @F@\n2 PEDI ADOPTED",
    ]
    data = tree(*people, "0 @F@ FAM")
    assert read(data) == {
        ("A", "spouse", "B"),
        ("B", "husband", "A"),
        ("C", "father", "A"),
        ("C", "parent", "B"),
        ("A", "son", "C"),
        ("B", "son", "C"),
    }
    notes = inspect(data).notes
    assert [note.lines for note in notes if "adoption" in note.text] == [[13]]


def test_persons_of_one_name_are_told_apart_by_years_or_ids():
    def person(key: str, name: str, *more: str) -> str:
        return "\n".join([f"0 @{key}@ INDI", f"1 NAME {name}", *more])

    people = [
        person("I1", "John /Smith/", "1 BIRT", "2 DATE ABT 1850", "1 DEAT", "2 DATE BET 1900 AND 1910"),
        person("I2", "John /Smith/", "1 BIRT", "2 DATE 1880"),
        person("I3", "Ann /Lee/", "1 BIRT", "2 DATE 1852"),
        person("I4", "Ann  Lee"),
        person("I5", ""),
        person("I6", "//", "2 SURN Poe", "2 GIVN Eve"),
    ]
    family = "0 @F@ FAM\n1 HUSB @I1@\n1 WIFE @I3@\n1 CHIL @I2@\n1 CHIL @I4@\n1 CHIL @I5@\n1 CHIL @I6@"
    names = {name for source, _, target in read(tree(*people, family)) for name in (source, target)}
    assert names == {
        "John Smith (1850-1900)",
        "John Smith (1880-)",
        "Ann Lee (I3)",
        "Ann Lee (I4)",
        "unnamed",
        "Eve Poe",
    }


def test_records_without_ids():
    family = "0 FAM\n1 HUSB @A@\n1 WIFE @B@"
    assert read(tree("0 @A@ INDI\n1 NAME A", "0 @B@ INDI\n1 NAME B", "0 INDI\n1 NAME C", family)) == {
        ("A", "wife", "B"),
        ("B", "husband", "A"),
    }


PERSON = "0 @A@ INDI\n1 NAME A"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (TREE[:-8], None, "the last line is not 0 TRLR: the end of the file is missing"),
        (TREE + "0 HEAD", 33, "text after the end"),
        (TREE.replace("1 SEX M", "SEX M"), 9, "not GEDCOM: 'SEX M'; a line is: number, tag, value"),
        (TREE.replace("2 DATE", "3 DATE"), 11, "level 3 after level 1; a line is missing"),
        (TREE.replace("1 WIFE @I2@", "1 WIFE Ann"), 30, "WIFE names 'Ann'; an id is written @I1@"),
        (TREE.replace("0 @I4@", "0 @I3@"), 23, "the id 'I3' occurs twice"),
        (TREE.replace("UTF-8", "KLINGON"), 5, "the character set 'KLINGON' is not known"),
        (TREE.replace("UTF-8", "ASCII"), 7, "not ASCII (byte 0xc3); save it as UTF-8"),
        (
            TREE.replace("UTF-8", "ANSEL").encode("cp1252").replace(b"\xe9", b"\xff"),
            7,
            "not ANSEL (byte 0xff)",
        ),
        (TREE.replace("Alone", "Al\0ne"), None, "contains a NUL byte, so it is not text"),
        (
            tree(PERSON, "0 @F@ FAM\n1 HUSB @A@\n1 CHIL @A@"),
            None,
            "'A' (@A@) is their own ancestor; correct the families",
        ),
        (tree(PERSON), None, "the file has no triples"),
    ],
)
def test_errors_name_line_and_remedy(text, line, message, tmp_path):
    path = tmp_path / "tree.ged"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(GraphFileError) as error:
        read_graph(path)
    said = str(error.value)
    assert said.startswith(f"{path}: " if line is None else f"{path}, line {line}: "), said
    assert message in said
    assert len(said.splitlines()) == 1


def test_circles_of_ancestors_are_refused():
    people = [f"0 @P{i}@ INDI\n1 NAME P{i}" for i in range(3)]
    families = [f"0 @F{i}@ FAM\n1 HUSB @P{i}@\n1 CHIL @P{(i + 1) % 3}@" for i in range(3)]
    with pytest.raises(GraphFileError, match="their own ancestor; correct the families"):
        read(tree(*people, *families))


def test_a_file_that_does_not_begin_like_a_tree(tmp_path):
    path = tmp_path / "tree.ged"
    path.write_text("0 @I1@ INDI\n0 TRLR\n")
    with pytest.raises(GraphFileError, match="line 1: this is not GEDCOM, which begins with 0 HEAD"):
        read_graph(path)


def test_links_to_what_is_not_there_are_left_out_and_noted_once():
    text = TREE.replace("1 SEX M", "1 SEX M\n1 FAMS @F98@\n1 FAMS @F99@").replace(
        "0 TRLR", "1 CHIL @I77@\n0 TRLR"
    )
    found = inspect(text)
    assert triples_of(found.graph) == TRIPLES
    said = "a link to a person or a family that is not in the file; left out"
    assert [(note.text, note.lines, note.doubtful) for note in found.notes if note.doubtful] == [
        (said, [10, 11, 34], True)
    ]


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("CP850", "cp850"),
        ("IBM WINDOWS", "cp1252"),
        ("LATIN1", "latin-1"),
        ("ISO-8859-15", "iso8859-15"),
        ("MS-DOS", "cp850"),
        ("IBM DOS", "cp850"),
        ("CP1250", "cp1250"),
        ("WINDOWS-1252", "cp1252"),
        ("Ansi", "cp1252"),
        ("UTF-8", "cp1252"),
    ],
)
def test_the_usual_names_of_character_sets(name, codec):
    text = TREE.replace("1 CHAR UTF-8", f"1 CHAR {name}").replace("Zo\u00eb", "Zoe")
    triples = {tuple(part.replace("\u00eb", "e") for part in triple) for triple in TRIPLES}
    assert read(text.encode(codec)) == triples
