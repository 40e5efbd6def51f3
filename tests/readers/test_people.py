"""Tables with a person a row, by name or by id, in several languages."""

from __future__ import annotations

import io

import pytest
from graph_files import inspect, read

from graphdnc.errors import GraphFileError
from graphdnc.readers import Columns, inspect_graph
from graphdnc.readers.headings import is_people

WIDE = "person,father,mother,spouse\nAda,Henry,Grace,\nBen,Henry,Grace,Flo\nHenry,,,Grace\nDan,Ben,Flo,\n"
WIDE_TRIPLES = {
    ("Ada", "father", "Henry"),
    ("Henry", "child", "Ada"),
    ("Ada", "mother", "Grace"),
    ("Grace", "child", "Ada"),
    ("Ben", "father", "Henry"),
    ("Henry", "son", "Ben"),
    ("Ben", "mother", "Grace"),
    ("Grace", "son", "Ben"),
    ("Ben", "spouse", "Flo"),
    ("Flo", "husband", "Ben"),
    ("Henry", "spouse", "Grace"),
    ("Grace", "husband", "Henry"),
    ("Dan", "father", "Ben"),
    ("Ben", "child", "Dan"),
    ("Dan", "mother", "Flo"),
    ("Flo", "child", "Dan"),
}
MARKDOWN = [f"| {row} |".replace(",", " | ") for row in WIDE.splitlines()]
MARKDOWN.insert(1, "|---|---|---|---|")
BY_ID = """\
id,name,gender,father_id,mother_id,spouse_id
1,Henry Lowe,M,,,2
2,Grace Lowe,F,0,0,1
3,Ben Lowe,M,1,2,
"""
BY_ID_TRIPLES = {
    ("Henry Lowe", "wife", "Grace Lowe"),
    ("Grace Lowe", "husband", "Henry Lowe"),
    ("Ben Lowe", "father", "Henry Lowe"),
    ("Henry Lowe", "son", "Ben Lowe"),
    ("Ben Lowe", "mother", "Grace Lowe"),
    ("Grace Lowe", "son", "Ben Lowe"),
}


def test_relatives_by_name():
    assert read(WIDE) == WIDE_TRIPLES
    assert inspect(WIDE).format == "people"
    assert not list(inspect(WIDE).notes)


def test_relatives_by_id():
    assert read(BY_ID) == BY_ID_TRIPLES
    assert read(BY_ID.replace(",", ";")) == read(BY_ID.replace(",", "\t")) == BY_ID_TRIPLES


@pytest.mark.parametrize(
    "header",
    [
        "Name,Sex,Father,Mother,Spouse,Born",
        "Name,Geschlecht,Vater,Mutter,Ehepartner,Geburtsjahr",
        "Nom complet,Sexe,Père,Mère,Conjoint,Année de naissance",
        "Nombre,Sexo,Padre,Madre,Cónyuge,Nacimiento",
        "Nome,Sexo,Pai,Mãe,Cônjuge,Nascimento",
        "Nome,Sesso,Padre,Madre,Coniuge,Data di nascita",
        "Naam,Geslacht,Vader,Moeder,Partner,Geboortejaar",
        "full name,gender,Father's name,mother_name,spouse(s),birth date",
        "Individual,sex,fatherName,hasMother,spouse1,DOB",
    ],
)
def test_headings_in_the_common_languages(header):
    found = read(f"{header}\nOtto,M,,,Anna,1901\nAnna,F,,,Otto,1904\nKarl,M,Otto,Anna,,1928\n")
    family = {
        ("Karl", "father", "Otto"),
        ("Karl", "mother", "Anna"),
        ("Otto", "son", "Karl"),
        ("Anna", "son", "Karl"),
    }
    assert family <= found
    married = {("Otto", "wife", "Anna"), ("Anna", "husband", "Otto")}
    assert found == family | married


def test_names_in_two_columns():
    rows = "first name,last name,mother\nAda,Lowe,Grace Lowe\nGrace,Lowe,\n"
    assert read(rows) == {("Ada Lowe", "mother", "Grace Lowe"), ("Grace Lowe", "child", "Ada Lowe")}
    assert ("Ada Lowe", "mother", "Grace Lowe") in read("nom,prénom,mère\nLowe,Ada,Grace Lowe\n")


def test_a_child_a_row_and_a_first_column_of_any_name():
    expected = {
        ("Ada", "father", "Tom"),
        ("Ada", "mother", "Eve"),
        ("Tom", "child", "Ada"),
        ("Eve", "child", "Ada"),
    }
    assert read("child,father,mother\nAda,Tom,Eve\n") == expected
    assert read("Who is it,father,mother\nAda,Tom,Eve\n") == expected


def test_people_of_one_name_are_told_apart():
    rows = "id,name,father,born\n1,Tom Lowe,,1850\n2,Tom Lowe,1,1880\n3,Ann,2,\n"
    assert ("Tom Lowe (1880-)", "father", "Tom Lowe (1850-)") in read(rows)
    assert ("Ann", "father", "Tom Lowe (1880-)") in read(rows)
    rows = "id,name,father\n1,Tom Lowe,\n2,Tom Lowe,1\n3,Ann,Tom Lowe\n4,Bob,2\n"
    assert ("Bob", "father", "Tom Lowe (2)") in read(rows)
    (note,) = inspect(rows).notes
    assert note.text == "a relative with several rows of that name, such as 'Tom Lowe'; left out"
    assert note.lines == [4]


def test_cells_with_several_people_and_terms():
    rows = "name,wives,grandfather\nOtto,Anna; Berta,Karl\nKarl,?,-\n"
    assert read(rows) == {
        ("Otto", "wife", "Anna"),
        ("Otto", "wife", "Berta"),
        ("Anna", "spouse", "Otto"),
        ("Berta", "spouse", "Otto"),
        ("Otto", "grandfather", "Karl"),
    }


def test_what_is_left_out_is_told():
    notes = {note.text: note.lines for note in inspect(BY_ID.replace(",1,2,", ",1,77,")).notes}
    assert notes == {"a relative with no row of that id, such as '77'; left out": [4]}
    notes = [note.text for note in inspect("name,mother,village\nAda,Eve,Ely\n").notes]
    assert notes == ["unused columns: 'village'"]
    notes = [note.text for note in inspect("name,spouse\nAda,Tom\nAda,Max\n").notes]
    assert notes == ["Ada has several rows; read as one person"]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\n" + WIDE.replace(",", ";"),
        "#" + WIDE,
        "# made by hand\n" + WIDE,
        "# person, father, mother, spouse\n" + WIDE,
        "\n" + WIDE.replace("Ben,Henry", "\nBen,Hen\u200bry"),
        "Our family:\n\n" + "\n".join(MARKDOWN),
    ],
)
def test_lines_around_the_table(text):
    assert read(text) == WIDE_TRIPLES


def test_a_table_in_another_encoding():
    rows = "Name;Vater;Mutter\nJürgen;Günther;Käthe\nGünther;;Änne\n"
    for encoding in ("cp1252", "utf-16"):
        assert ("Jürgen", "mother", "Käthe") in read(rows.encode(encoding))


def test_each_row_is_accounted_for():
    rows = "id,name,spouse_id,mother_id\n1,Ada,2,\n2,Ben,1,0\n3,Cleo,,\n4,Dan,,99\n5,Eve,,3\n6,Flo,,\n"
    rows += "7,Gus,88,3\n"
    account = inspect(rows).account
    assert (account.unit, account.read, account.used) == ("rows", 8, 3)
    assert {note.text: (note.lines, note.doubtful) for note in account.left_out} == {
        "header": ([1], False),
        "repeats an earlier triple": ([3], False),
        "states no relative": ([4], False),
        "states only relatives that are left out": ([5], True),
        "a person without a relative": ([7], True),
    }
    (note,) = inspect(rows).notes
    assert (note.text, note.lines) == ("a relative with no row of that id, such as '99'; left out", [5, 8])
    assert note.doubtful


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,mother\n", "line 1: no people after the header; write one a line"),
        ("name,mother\nAda\n", "line 2: 1 column where the header has 2"),
        ("name,mother\n,Eve\n", "line 2: the row names nobody; fill in the name or delete the line"),
        ("id,mother_id\n1,2\n1,3\n", "line 3: the id '1' occurs twice; give each row its own"),
    ],
)
def test_damaged_tables(text, message):
    with pytest.raises(GraphFileError, match=message):
        read(text)


@pytest.mark.parametrize(
    "header",
    [
        "Ada,mother,Grace",
        "source,relation,target",
        "from,to,mother",
        "name,parent",
        "id,name,parent_id",
        "name,kind",
        "Name,Mann,Frau",
        "name,age",
        "station,next station,line",
        "mother,father",
    ],
)
def test_other_tables_are_none_of_people(header):
    assert not is_people(header.split(","))


def test_chosen_columns_make_it_an_edge_list():
    chosen = Columns(source="person", target="mother")
    graph = inspect_graph(io.BytesIO(b"person,father,mother\nAda,Tom,Eve\n"), chosen).graph
    assert (len(graph), graph.node_names) == (1, ("Ada", "Eve"))


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("HM", ["son", "daughter"]),
        ("VH", ["son", "daughter"]),
        ("HF", ["son", "daughter"]),
        ("MV", ["son", "daughter"]),
    ],
)
def test_letters_of_a_sex_are_told_by_the_others_of_their_column(letters, words):
    rows = "".join(f"{name},{sex},Pat\n" for name, sex in zip(["Ada", "Ben"], letters, strict=True))
    found = {
        (source, relation) for source, relation, _ in read(f"name,sex,father\n{rows}") if source == "Pat"
    }
    assert found == {("Pat", word) for word in words}


def test_who_is_a_father_and_a_mother_keeps_no_sex():
    rows = read("name,father,mother\nAda,Kim,\nBen,,Kim\nKim,Max,\n")
    assert ("Max", "child", "Kim") in rows
