"""Files as people have them: each stands for a kind, with what must be read from it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from graph_files import inspect, read, triples_of

from graphdnc.errors import GraphFileError
from graphdnc.readers import Columns


def way(*names: str, relation: str) -> set[tuple[str, str, str]]:
    """Return the triples of neighbours along a line, both ways."""
    pairs = list(pairwise(names))
    return {(a, relation, b) for a, b in pairs} | {(b, relation, a) for a, b in pairs}


def some(*rows: str) -> set[tuple[str, ...]]:
    """Return triples that are written with commas."""
    return {tuple(row.split(",")) for row in rows}


HEADER = "source,relation,target\n"


@pytest.mark.parametrize(
    ("text", "triples"),
    [
        # a line that begins with # and has the columns of the rest is a row
        (f"{HEADER}start,links,#a\n#a,links,goal\n", some("start,links,#a", "#a,links,goal")),
        # a header that begins with #
        ("#node1\tnode2\tcombined_score\nA\tB\t0.9\nB\tC\t0.7\n", some("A,edge,B", "B,edge,C")),
        ("# from\tline\tto\nA\tr\tB\n", some("A,r,B")),
        ("# made by hand\n#who,whom,hours\nA,B,3\nB,C,4\n", some("A,whom,B", "B,whom,C")),
        # a third column of numbers is a weight
        ("A,B,0.5\nB,C,2.25\nC,A,1\nA,D,0.5\n", {(a, "edge", b) for a, b in ("AB", "BC", "CA", "AD")}),
        ("A;B;0,5\nB;C;2,25\nC;A;1,0\n", {(a, "edge", b) for a, b in ("AB", "BC", "CA")}),
        ("a,b,2\nb,c,0.5\n", some("a,edge,b", "b,edge,c")),
        ("Oslo,Bergen,463\nBergen,Voss,100\n", some("Oslo,edge,Bergen", "Bergen,edge,Voss")),
        ("A,0.5,B\nB,2.5,C\n", some("A,edge,B", "B,edge,C")),
        # but years and nodes that are numbers are not
        ("Ada,born,1815\nBen,born,1820\n", some("Ada,born,1815", "Ben,born,1820")),
        ("1,knows,2\n2,knows,3\n", some("1,knows,2", "2,knows,3")),
        # characters that cannot be seen make no other name
        (f"{HEADER}S,r,C\u200b\nC,r,G\n", some("S,r,C", "C,r,G")),
        (f"\ufeff{HEADER}S,r,C\n\ufeffC,r,G\n", some("S,r,C", "C,r,G")),
        (f"{HEADER}S,r,Soft\u00adware\nSoftware,r,G\n", some("S,r,Software", "Software,r,G")),
        (f"{HEADER}S,r,\u2068C\u2069\nC,r\u200d,G\n", some("S,r,C", "C,r,G")),
        (f"{HEADER}S,\u27a1\ufe0f,C\nC,\u27a1,G\n", some("S,\u27a1\ufe0f,C", "C,\u27a1\ufe0f,G")),
        # emoji and Persian words keep their joiners
        (f"{HEADER}👩\u200d👧,r,\u0645\u06cc\u200c\u062e\u0648\u0645\n",
         some("👩\u200d👧,r,\u0645\u06cc\u200c\u062e\u0648\u0645")),
        # headers in the common languages
        ("von;linie;nach\nA;U1;B\n", some("A,U1,B")),
        ("de,linha,para\nA,Azul,B\n", some("A,Azul,B")),
        ("De,Ligne,À\nA,M1,B\n", some("A,M1,B")),
        ("Origen;Línea;Destino\nA;L1;B\n", some("A,L1,B")),
        ("da\ta\tlinea\nA\tB\tM1\n", some("A,M1,B")),
        ("van,lijn,naar\nA,52,B\n", some("A,52,B")),
        ("\ufeffPerson;Relation;Related to\r\nAda;mother;Gréta\r\nBen;mother;Gréta\r\n",
         some("Ada,mother,Gréta", "Ben,mother,Gréta")),
        # with two columns, the relation is what the second heading says
        ("package,dependency\npkg-0,pkg-53\npkg-1,pkg-2\n",
         some("pkg-0,dependency,pkg-53", "pkg-1,dependency,pkg-2")),
        ("employee;reports_to\nAnn;Bob\nBob;Carl\n", some("Ann,reports_to,Bob", "Bob,reports_to,Carl")),
        ("country,population\nFrance,67\nSpain,48\n", some("France,population,67", "Spain,population,48")),
        ("from,to\na,b\n", some("a,edge,b")),
        ("from_city,to_city\na,b\n b,c", some("a,edge,b", "b,edge,c")),
        ("n.name,type(r),m.name\nTom,ACTED_IN,Toy\n", some("Tom,ACTED_IN,Toy")),
        ("start_name,rel_type,end_name\nTom,ACTED_IN,Toy\n", some("Tom,ACTED_IN,Toy")),
        ("sep=;\nvon;nach\nA;B\n", some("A,edge,B")),
        # numbered names are no headings
        ("Room 1,door,Room 2\nRoom 2,door,Room 3\n", some("Room 1,door,Room 2", "Room 2,door,Room 3")),
        # tables of Wikidata
        ("id\tnode1\tlabel\tnode2\n1\tterminator\tlabel\t'The Terminator'@en\n"
         "2\tterminator\tmade\t^1984-01-01T00:00:00Z/9\n",
         some("terminator,label,The Terminator", "terminator,made,1984-01-01")),
        # stations in order, a row for each
        ("line,order,station\nAzul,1,A\nAzul,2,B\nAzul,3,C\nVerde,1,B\nVerde,2,D\n",
         way("A", "B", "C", relation="Azul") | way("B", "D", relation="Verde")),
        ("Haltestelle;Reihenfolge;Linie\nB;20;U1\nA;10;U1\nC;30;U1\n", way("A", "B", "C", relation="U1")),
        ("Azul,1,A\nAzul,2,B\nAzul,3,C\n", way("A", "B", "C", relation="Azul")),
        # a row for each line
        ("U1: A;B;C;D;E\nU2: F;B;G;H\n", way("A", "B", "C", "D", "E", relation="U1")
         | way("F", "B", "G", "H", relation="U2")),
        ("M,A,B\nU1,A,C,D,E,F\nU2,B,G,H,I\n", way("A", "B", relation="M")
         | way("A", "C", "D", "E", "F", relation="U1") | way("B", "G", "H", "I", relation="U2")),
        ("route_id,stop_sequence,stop_id\n7,10,A\n7,20,B\n", way("A", "B", relation="7")),
        ("Linie,1,2,3,4\nU1,A,B,C,D\nU2,E,B,F,\n", way("A", "B", "C", "D", relation="U1")
         | way("E", "B", "F", relation="U2")),
        ("Azul,A,B,C,D,E\nVerde,F,B,G,H\n", way("A", "B", "C", "D", "E", relation="Azul")
         | way("F", "B", "G", "H", relation="Verde")),
        ("Azul;A;B;C;D;E\nVerde;F;B;G;H;\n", way("A", "B", "C", "D", "E", relation="Azul")
         | way("F", "B", "G", "H", relation="Verde")),
    ],
)  # fmt: skip
def test_what_is_read(text, triples):
    assert read(text) == triples


@pytest.mark.parametrize(
    ("text", "options", "triples"),
    [
        ("a,b,2\nb,c,0.5\n", "--columns 1,2,3", some("a,b,2", "b,c,0.5")),
        ("Ada,met,1815\nBen,saw,1820\n", "--source 1 --target 2", some("Ada,edge,met", "Ben,edge,saw")),
        ("Azul,1,A\nAzul,2,B\nAzul,3,C\n", "--columns 1,2,3", some("Azul,1,A", "Azul,2,B", "Azul,3,C")),
    ],
)  # fmt: skip
def test_another_reading_is_named_and_works(text, options, triples):
    notes = [note.text for note in inspect(text).notes if note.doubtful]
    assert [note.rpartition(": ")[2] for note in notes] == [options]
    words = options.split()
    if words[0] == "--columns":
        columns = Columns(*words[1].split(","))
    else:
        columns = Columns(**{flag[2:]: value for flag, value in zip(words[::2], words[1::2], strict=True)})
    found = inspect(text, columns)
    assert triples_of(found.graph) == triples
    assert not any(note.doubtful for note in found.notes)


def test_a_header_that_names_only_the_relation_is_asked_for_by_name():
    text = "person_name,movie_title,relationship_type,character_name\nKeanu Reeves,The Matrix,ACTED_IN,Neo\n"
    with pytest.raises(GraphFileError, match=r"--columns person_name,relationship_type,movie_title$"):
        read(text)
    columns = Columns("person_name", "relationship_type", "movie_title")
    assert read(text, columns) == some("Keanu Reeves,ACTED_IN,The Matrix")


@pytest.mark.parametrize(
    ("text", "said", "lines"),
    [
        (f"{HEADER}s,r,#a\n#a,r,g\n", "begins like a comment but has the columns of a row", [3]),
        (f"{HEADER}s,r,a\u200b\na,r,g\n", "invisible characters", [2]),
        ("a,b,2\nb,c,0.5\n", "column 3 has only numbers, so it is read as a weight", [1]),
    ],
)
def test_what_is_noted(text, said, lines):
    notes = [note for note in inspect(text).notes if said in note.text]
    assert [note.lines for note in notes] == [lines]


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("package,dependency\npkg-0,pkg-53\npkg-1,pkg-2\n", False),
        ("alpha,beta\nPkg-0,Pkg-53\nPkg-1,Pkg-2\n", True),
        ("Paris,country,France\nLyon,people,500\nNice,people,300\n", True),
        ("who,whom,hours\nA,B,3\nB,C,4\n", False),
        ("child,relation,parent\nAda,mother,Mira\n", False),
    ],
)
def test_a_header_without_a_usual_heading_is_doubtful(text, doubtful):
    notes = [note for note in inspect(text).notes if note.text.startswith("read as a header")]
    assert [note.doubtful for note in notes] == [doubtful]


@pytest.mark.parametrize(
    "text",
    [
        '[{"source": "S", "target": "C\u200b"}, {"source": "C", "target": "G"}]',
        '{"directed": true, "nodes": [{"id": "S"}, {"id": "C"}, {"id": "G\ufeff"}],'
        ' "links": [{"source": "S", "target": "C\u200b"}, {"source": "C", "target": "G"}]}',
        "S -> C\u200b\nC -> G\n",
        "digraph { S -> C\u200b -> G }",
    ],
)
def test_invisible_characters_make_no_other_node_in_any_format(text):
    found = inspect(text)
    assert triples_of(found.graph) == some("S,edge,C", "C,edge,G")
    assert any("invisible characters" in note.text for note in found.notes)


def test_weights_without_a_heading_are_told():
    assert inspect("A,B,0.5\nB,C,2.25\n").weights == ("column 3",)
    assert inspect("#node1\tnode2\tcombined_score\nA\tB\t0.9\nB\tC\t0.7\n").weights == ("combined_score",)


def test_keys_of_parallel_edges_are_no_relations():
    edges = "".join(f'edge [ source 0 target 1 key {key} verb "{key}" ]\n' for key in range(2))
    nodes = '\nnode [ id 0 label "a" ]\nnode [ id 1 label "b" ]\n'
    text = f"graph [ directed 1 multigraph 1 {nodes} {edges} ]"
    assert read(text) == some("a,edge,b")
    assert read(text.replace("verb", "type")) == some("a,0,b", "a,1,b")
    words = text.replace("key 0", 'key "likes"').replace("key 1", 'key "knows"')
    assert read(words) == some("a,likes,b", "a,knows,b")


def test_what_is_advised_about_comments_and_headers_works():
    text = f"{HEADER}a,r,b\n#c,r,d\n"
    assert read(text) == some("a,r,b", "#c,r,d")
    assert read(text.replace("#", "# ")) == some("a,r,b")
    text = "package,dependency\nflask,jinja\njinja,mark\n"
    assert read(text) == some("flask,dependency,jinja", "jinja,dependency,mark")
    above = some("package,edge,dependency", "flask,edge,jinja", "jinja,edge,mark")
    assert read("source,target\n" + text) == above
    assert read(text, Columns(source="1", target="2")) == some(
        "flask,dependency,jinja", "jinja,dependency,mark"
    )


def test_two_stations_of_one_number_are_refused():
    with pytest.raises(GraphFileError, match="line 3: the line 'A' has two stations of number 1"):
        read("line,order,station\nA,1,x\nA,1,y\n")


@pytest.mark.parametrize(
    ("name", "other", "signs"),
    [
        ("King's Cross", "King\u2019s Cross", "U+0027 and U+2019"),
        ("\u0421", "C", "U+0421 and U+0043"),
        ("Saint-Denis", "Saint\u2011Denis", "U+002D and U+2011"),
    ],
)
def test_names_that_look_alike_are_noted(name, other, signs):
    (note,) = [note for note in inspect(f"{HEADER}a,r,{name}\n{other},r,b\n").notes if note.doubtful]
    assert note.text == (
        f"{name!r} and {other!r} look alike but are different names ({signs});"
        " if they are one, write them alike"
    )
    assert len(note.lines) == 1


def test_names_in_one_script_are_not_noted():
    assert not inspect(
        f"{HEADER}\u0421\u043e\u0444\u0438\u044f,r,C\u00e9line\n\u2019t Hof,r,x\u2013y\n"
    ).notes


def test_a_matrix_may_have_numbers_of_either_notation():
    text = ";a;b;c\na;0;1.234,5;0,0\nb;1,234.5;0;50%\nc;0;-1;0%\n"
    assert read(text) == some("a,edge,b", "b,edge,a", "b,edge,c", "c,edge,b")
