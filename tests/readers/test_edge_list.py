"""Edge lists: what is read, and one clear line for everything that cannot be."""

from __future__ import annotations

import gzip
import io
import os
import re
import shlex
from pathlib import Path

import pytest
from effort import at_most
from hypothesis import given, settings
from hypothesis import strategies as st

from graphdnc.errors import CapacityError, GraphDNCError, GraphFileError, UsageError
from graphdnc.readers import Columns, build_graph, inspect_graph, read_graph, source

TWO = [("Bank", "Central eastbound", "Liverpool Street"), ("Bank", "Northern", "Moorgate")]


def read(text: str | bytes, **columns: str):
    data = text.encode() if isinstance(text, str) else text
    graph = read_graph(io.BytesIO(data), Columns(**columns))
    return [
        (graph.node_name(source), graph.relation_name(relation), graph.node_name(target))
        for source, relation, target in graph
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize(
    "header", [None, "source{}relation{}target", "From{}Line{}To", "subject{}predicate{}object"]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "bom"])
def test_delimiters_headers_line_ends_and_byte_order_marks(delimiter, header, ending, mark):
    lines = [delimiter.join(triple) for triple in TWO]
    if header is not None:
        lines.insert(0, header.replace("{}", delimiter))
    assert read(mark + ending.join(lines)) == TWO


@pytest.mark.parametrize(
    ("text", "triples"),
    [
        ('"Washington, D.C.",to,"a ""b"""', [("Washington, D.C.", "to", 'a "b"')]),
        ('a, "b, c", d', [("a", "b, c", "d")]),
        ("Bank, London\tgoes, slowly\tMile End", [("Bank, London", "goes, slowly", "Mile End")]),
        ("a;b, c;d\ne;f;g", [("a", "b, c", "d"), ("e", "f", "g")]),
        ("  a ,  b   c,\td\u00a0", [("a", "b c", "d")]),
        ('# a comment, with "a quote\na,r,b\n\n   \n,,\n#x\nb,r,a\n', [("a", "r", "b"), ("b", "r", "a")]),
        ('"#a",r,b', [("#a", "r", "b")]),
        ("a,r,b\na,r,b\n a,r , b", [("a", "r", "b")]),
        ("5\" pipe,o'clock,it's", [('5" pipe', "o'clock", "it's")]),
        ("Ko\u0308ln,r,北京", [("Köln", "r", "北京")]),
        ("target,relation,source\nb,r,a", [("a", "r", "b")]),
        ("id,from_node,to-node,Line\n1,a,b,r", [("a", "r", "b")]),
        ('source,note,relation,target\na,"two\nlines",r,b\na,,s,b', [("a", "r", "b"), ("a", "s", "b")]),
    ],
)
def test_what_files_hold(text, triples):
    assert read(text) == triples


@pytest.mark.parametrize(
    ("columns", "triples"),
    [
        ({"source": "a", "relation": "b", "target": "c"}, [("1", "2", "3")]),
        ({"source": "4", "relation": "2", "target": "1"}, [("d", "b", "a"), ("4", "2", "1")]),
        ({"source": "d", "relation": "2", "target": "a"}, [("4", "2", "1")]),
    ],
)
def test_columns_by_name_or_number(columns, triples):
    assert read("a,b,c,d\n1,2,3,4", **columns) == triples


@pytest.mark.parametrize(
    ("text", "columns", "triples"),
    [
        ("a,b\nb,c", {}, [("a", "edge", "b"), ("b", "edge", "c")]),
        ("source,target,weight\na,b,7", {}, [("a", "edge", "b")]),
        ("a,b,c,d", {"source": "4", "target": "1"}, [("d", "edge", "a")]),
        ("a,b,c", {"source": "1", "target": "2"}, [("a", "edge", "b")]),
        ("line,from,to\nr,a,b", {"source": "line"}, [("r", "edge", "b")]),
    ],
)
def test_without_a_relation_column_every_relation_is_called_edge(text, columns, triples):
    assert read(text, **columns) == triples


@pytest.mark.parametrize(
    "header",
    ["start,type,end", "startNode,edgeType,endNode", "ORIGIN;Interaction;Destination", "from_id,kind,to_id"],
)
def test_usual_names_of_columns(header):
    assert read(f"{header}\n" + ("a;r;b" if ";" in header else "a,r,b")) == [("a", "r", "b")]


def test_gzip_is_unpacked_whatever_it_is_called(tmp_path):
    packed = gzip.compress(b"a,r,b\n") + gzip.compress(b"b,r,c\n") + b"\0" * 512
    assert len(read_graph(io.BytesIO(packed))) == 2
    path = tmp_path / "edges.tsv.gz"
    path.write_bytes(gzip.compress(b"a\tr\tb\n"))
    assert inspect_graph(path).format == "csv"


def test_a_gzip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(source, "MAX_BYTES", 2**20)
    with pytest.raises(CapacityError, match="larger than 1 MiB"):
        read(gzip.compress(b"a,r,b\n" * 1_000_000))


def test_one_column_may_be_named_and_the_others_found():
    assert read("source,target,weight\na,b,7", relation="weight") == [("a", "7", "b")]


@pytest.mark.parametrize(
    ("text", "columns", "found"),
    [
        ("source,relation,target,minutes\na,r,b,7", {}, ["minutes"]),
        (
            "source,relation,target,Travel time (s),colour,distance_km\na,r,b,7,red,2",
            {},
            ["Travel time (s)", "distance_km"],
        ),
        ("source,target,weight\na,b,7", {"relation": "weight"}, []),
        ("source,relation,target,timetable\na,r,b,7", {}, []),
        ("a,r,b,7", {"source": "1", "relation": "2", "target": "3"}, []),
    ],
)
def test_columns_that_seem_to_hold_weights_are_told(text, columns, found):
    read = inspect_graph(io.BytesIO(text.encode()), Columns(**columns))
    assert len(read.graph) == 1
    assert list(read.weights) == found


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"relation": "wight"}, "no column 'wight'; the columns are 'source', 'target', 'weight', or 1 to 3"),
        ({"relation": "4"}, "no column '4'"),
        ({"relation": "0"}, "no column '0'"),
        ({"relation": "source"}, "need three different columns"),
        ({"source": "1", "target": "1"}, "need three different columns"),
    ],
)
def test_a_wrong_column_is_wrong_usage(columns, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        read("source,target,weight\na,b,7", **columns)


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"", None, "the file is empty"),
        (b" \n\t\n", None, "the file is empty"),
        (b"\xef\xbb\xbf", None, "the file is empty"),
        (b"# only\n#comments\n", None, "no triples, only comments"),
        (b"source,relation,target\n", None, "no triples after the header"),
        (b"just words\n", 1, "1 column ('just words') where three are needed"),
        (b"a,b,c,d\n", 1, "4 columns ('a', 'b', 'c', 'd') and no header; choose three: --columns 1,2,3"),
        (b"a,b,c\n\nd,e\n", 3, "2 columns where the first line has 3; add the missing ones"),
        (b"a,b,c\nd,e,f,g\n", 2, "4 columns where the first line has 3; put names that"),
        (b"a,b,c\nd;e;f\n", 2, "1 column where the first line has 3; add the missing ones"),
        (b"a,b,c\nd,,f\n", 2, "the relation is empty"),
        (b"a,b,c\nd, ,f\n", 2, "the relation is empty"),
        (b'a,b,c\nd,e,""\n', 2, "the target is empty"),
        (
            "José,r,Ángel\nÍñigo,r,".encode() + b"M\xc3\n",
            2,
            "damaged UTF-8 (byte 0xc3); correct it in an editor",
        ),
        ("a,b,c".encode("utf-16") + b"x", None, "not UTF-16, though it begins like it; save it as UTF-8"),
        (b"a,b,c\nd,\0,f\n", 2, "a NUL byte"),
        (gzip.compress(b"a,b,c\n" * 99, mtime=0)[:-9], None, "the end of the gzip file is missing"),
        (gzip.compress(b"a,b,c\n", mtime=0)[:10] + b"\xff" * 40, None, "damaged gzip"),
        (gzip.compress(b"a,b,c\n", mtime=0) + b"more", None, "bytes that are not gzip follow"),
        (gzip.compress(b"", mtime=0), None, "the file is empty"),
        (b"BZh91AY&SY", None, "this is a bzip2 file"),
        (b"PK\x03\x04 and so on", None, "a zip file or a spreadsheet"),
        (b'a,b,c\n"d,e,f\ng,h,i\n', 2, "a quote is opened and not closed on the same line"),
        (b'a,b,c\n"d,e,f\n"g",h,i\n', 2, "a quote is opened and not closed on the same line"),
        (b'a,b,c\n"d\ne",f,g\n', 2, "a quote is opened and not closed on the same line"),
        (b'a,b,c\n"d" e,f,g\n', 2, "text follows a closing quote"),
        (b"a,b,c\n" + b"x" * 200_000 + b",b,c", 2, "a name of more than 131,072 characters"),
        (b"a,b,c\n" + b"x," * 600_000, 2, "more than 1,000,000 characters"),
        (b"a,b,c\na,\x1b[31m,c\n", 2, r"the relation '\x1b[31m' contains a control character"),
    ],
)
def test_errors_name_file_line_and_remedy(data, line, message, tmp_path):
    path = tmp_path / "edges.csv"
    path.write_bytes(data)
    with pytest.raises(GraphFileError) as error:
        read_graph(path)
    said = str(error.value)
    assert said.startswith(f"{path}: " if line is None else f"{path}, line {line}: ")
    assert message in said
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("no such file.csv", "there is no such file; check the name, or give -"),
        (".", "this folder or zip is not a graph"),
        ("x" * 5000, "cannot be read"),
        ("nul\0byte", "cannot be read"),
        ("", "there is no such file"),
    ],
)
def test_paths_that_cannot_be_read(path, message):
    with pytest.raises(GraphFileError, match=message) as error:
        read_graph(path)
    assert "\0" not in str(error.value)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs an endless file")
def test_an_endless_file_ends_in_an_error(monkeypatch):
    monkeypatch.setattr(source, "MAX_BYTES", 2**20)
    with pytest.raises(CapacityError, match="larger than 1 MiB"):
        read_graph("/dev/zero")


def test_more_triples_than_are_read(monkeypatch):
    monkeypatch.setattr(build_graph, "MAX_TRIPLES", 2)
    with pytest.raises(CapacityError, match="more than 2 triples"):
        read("a,r,b\nb,r,c\nc,r,d\n")


def test_a_pipe_is_read_as_a_stream():
    end, begin = os.pipe()
    with os.fdopen(begin, "wb") as writer:
        writer.write(b"a,r,b\n")
    with os.fdopen(end, "rb") as stream:
        assert len(read_graph(stream)) == 1


@pytest.mark.parametrize(
    ("text", "triple"),
    [
        ("child,relation,parent\nAda,mother,Mira\n", ("Ada", "mother", "Mira")),
        ("Station;Next station;Line;Minutes\nA;B;1;2\nB;C;1;3\n", ("A", "1", "B")),
        ("line\tstation\tnext\n1\tA\tB\n", ("A", "1", "B")),
        # none of these is a header: a name comes up again, or nothing calls the relation
        ("Rex,type,Dog\nDog,eats,Bone\n", ("Rex", "type", "Dog")),
        ("Rex,type,Dog\nMia,type,Cat\n", ("Rex", "type", "Dog")),
        ("Rex,type,Dog\n", ("Rex", "type", "Dog")),
        ("child,bond,parent\nAda,mother,Mira\n", ("child", "bond", "parent")),
    ],
)
def test_a_first_line_that_only_names_the_relation_is_a_header_where_none_of_it_comes_again(text, triple):
    assert read(text)[0] == triple


def test_a_column_of_directions_is_no_relation_of_a_guessed_header():
    assert read("a,type,b\nx,Directed,y\n") == [("a", "type", "b"), ("x", "Directed", "y")]


def test_columns_by_number_leave_the_header_out():
    graph = read("station,next,line\nA,B,1\n", source="2", relation="3", target="1")
    assert graph == [("B", "1", "A")]


def test_a_header_that_was_guessed_is_told():
    notes = inspect_graph(io.BytesIO(b"child,relation,parent\nAda,mother,Mira\n")).notes
    told = "read as a header: 'child', 'relation', 'parent'; if it is a triple, add a header above it"
    assert [(note.text, note.lines) for note in notes] == [(told, [1])]


def test_notes_name_lines():
    text = "source,relation,target,colour\na,r,b,red\na,r,b,red\nc,r,c,red\na,r,b,red\n"
    notes = inspect_graph(io.BytesIO(text.encode())).notes
    assert [(note.text, note.lines, note.count) for note in notes] == [
        ("unused columns: 'colour'", [1], 1),
        ("repeats an earlier triple; dropped", [3, 5], 2),
        ("leads from a node to itself; kept", [4], 1),
    ]


def test_an_unknown_format_is_wrong_usage():
    with pytest.raises(UsageError, match="no format 'docx'; the formats are csv, "):
        read_graph(io.BytesIO(b"a,r,b"), format="docx")


def test_a_large_file_is_read_in_time():
    data = "".join(f"n{i},r{i % 7},n{i * 7 % 99_991}\n" for i in range(50_000)).encode()
    with at_most(10):
        assert len(read_graph(io.BytesIO(data))) == 50_000


PIECES = st.sampled_from(
    [
        '"',
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "#",
        "a",
        "b c",
        "é",
        "\ufeff",
        " ",
        "source",
        "to",
        "\0",
        "\x85",
        "\u2028",
    ]
)
BROKEN = st.binary(max_size=200) | st.lists(PIECES, max_size=40).map(lambda parts: "".join(parts).encode())


@settings(max_examples=400)
@given(BROKEN, st.sampled_from([None, "1", "2", "source", "9"]))
def test_any_bytes_are_read_or_refused_in_one_line(data, column):
    try:
        graph = read_graph(io.BytesIO(data), Columns(source=column))
    except GraphDNCError as error:
        said = str(error)
        shown = said.isprintable()
    else:
        said, shown = "", len(graph) > 0 and all(name == name.strip() for name in graph.node_names or ())
    assert len(said.splitlines()) <= 1
    assert shown


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=5)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=6), st.sampled_from(",;\t"))
def test_what_is_written_as_csv_is_read_back(triples, delimiter):
    import csv
    import unicodedata

    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("source", "relation", "target"), *triples])
    expected = [tuple(unicodedata.normalize("NFC", name) for name in triple) for triple in triples]
    assert read(text.getvalue()) == list(dict.fromkeys(expected))


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("who;boss of whom\nann;bob\nbob;carl", "--source who --target 'boss of whom'"),
        ("child,teacher,school\na,b,c\nd,b,e", "--source child --relation teacher --target school"),
        (
            "country,borders,country 2\na,b,c\nd,b,e",
            "--source country --relation borders --target 'country 2'",
        ),
        ("a,r,b\nc,r,d\ne,r,f", None),
        ("a,r,b\nb,s,c\nc,t,d", None),
        ("a,r,b\nc,s,d", None),
        ("a,b\nb,c\nc,a", None),
        ("source,relation,target\na,r,b\nc,s,d\ne,t,f", None),
    ],
)
def test_a_first_line_that_stands_alone_may_be_a_header(text, flags):
    notes = [note for note in inspect_graph(io.BytesIO(text.encode())).notes if note.doubtful]
    assert [(note.lines, note.text.rpartition(": ")[2]) for note in notes] == (
        [] if flags is None else [([1], flags)]
    )
    if flags is not None:
        words = shlex.split(flags)
        columns = {flag.removeprefix("--"): name for flag, name in zip(words[::2], words[1::2], strict=True)}
        read = inspect_graph(io.BytesIO(text.encode()), Columns(**columns))
        assert len(read.graph) == 2
        assert not any(note.doubtful for note in read.notes)
