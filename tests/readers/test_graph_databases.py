"""Exports of graph databases: RDF, Neo4j and Neptune."""

from __future__ import annotations

import io
import logging
import sys

import pytest
from graph_files import inspect, read, triples_of, zipped

from graphdnc.errors import CapacityError, GraphFileError, UsageError
from graphdnc.readers import Columns, build_graph, inspect_graph, read_graph

TRIPLES = {
    ("Ada", "KNOWS", "Bob"),
    ("Bob", "LIVES_IN", "Köln, am Rhein"),
    ("Ada", "LIVES_IN", "Köln, am Rhein"),
}
CSV = 'source,relation,target\nAda,KNOWS,Bob\nBob,LIVES_IN,"Köln, am Rhein"\nAda,LIVES_IN,"Köln, am Rhein"\n'
NEO4J = {
    "people.csv": "personId:ID(Person),name,born:int,:LABEL\n1,Ada,1815,Person\n2,Bob,1820,Person;Poet\n",
    "places.csv": ':ID(Place),name:string,:LABEL\n1,"Köln, am Rhein",Place\n',
    "knows.csv": ":START_ID(Person),since,:END_ID(Person),:TYPE\n1,1840,2,KNOWS\n",
    "lives.csv": ":START_ID(Person),:END_ID(Place),:TYPE\n2,1,LIVES_IN\n1,1,LIVES_IN\n",
    "README.md": "not a table",
}
APOC = (
    '"_id","_labels","name","_start","_end","_type","since"\n"0",":Person","Ada",,,,\n"1",":Person","Bob",,,,\n'
    '"2",":Place","Köln, am Rhein",,,,\n,,,"0","1","KNOWS","1840"\n,,,"1","2","LIVES_IN",""\n'
    ',,,"0","2","LIVES_IN",\n'
)
NEPTUNE = {
    "vertices.csv": '~id,~label,name:String\nv1,Person,Ada\nv2,Person,Bob\nv3,Place,"Köln, am Rhein"\n',
    "edges.csv": "~id,~from,~to,~label,weight:Double\n"
    "e1,v1,v2,KNOWS,0.5\ne2,v2,v3,LIVES_IN,\ne3,v1,v3,LIVES_IN,1\n",
}
TURTLE = """@prefix : <http://x.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:ada :KNOWS :Bob ; :LIVES_IN :k ; rdfs:label "Ada" ; :born 1815 .
:Bob :LIVES_IN :k .
:k rdfs:label "Cologne"@fr, "Köln, am Rhein" .
"""
NTRIPLES = """# made by hand
<http://x.org/Ada> <http://x.org/r#KNOWS> <http://x.org/Bob/> .
<http://x.org/Bob/> <http://x.org/r#LIVES_IN> <http://x.org/K%C3%B6ln,%20am%20Rhein> .

<http://x.org/Ada> <http://x.org/r#LIVES_IN> <http://x.org/K%C3%B6ln,%20am%20Rhein> . # too
"""


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (CSV, "csv"),
        (APOC, "neo4j"),
        (TURTLE, "turtle"),
        (NTRIPLES, "ntriples"),
        (zipped(NEO4J), "neo4j"),
        (zipped(NEPTUNE), "neptune"),
    ],
    ids=["csv", "apoc", "turtle", "ntriples", "neo4j", "neptune"],
)
def test_the_same_graph_from_each(data, known):
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    found = inspect_graph(stream)
    assert triples_of(found.graph) == TRIPLES
    assert found.format == known


def test_a_folder_of_tables_and_the_property_as_relation(tmp_path):
    for name, text in NEO4J.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert triples_of(read_graph(tmp_path)) == TRIPLES
    assert ("Ada", "1840", "Bob") in triples_of(read_graph(tmp_path, Columns(relation="since")))


def test_edges_without_a_file_of_nodes(tmp_path):
    assert read(NEO4J["lives.csv"].replace("(Person)", "").replace("(Place)", "")) == {
        ("2", "LIVES_IN", "1"),
        ("1", "LIVES_IN", "1"),
    }
    assert read(":START_ID;:END_ID\na;b\n") == {("a", "edge", "b")}
    path = tmp_path / "edges.csv"
    path.write_text(NEPTUNE["edges.csv"])
    found = inspect_graph(path)
    assert ("v1", "KNOWS", "v2") in triples_of(found.graph)
    assert found.weights == ("weight",)


def test_a_column_called_id_alone_makes_no_database():
    assert read("_id,source,relation,target\n7,a,r,b\n") == {("a", "r", "b")}


@pytest.mark.parametrize(
    ("files", "where", "message"),
    [
        (
            NEO4J | {"b.csv": ":START_ID(Person),:END_ID(Place)\n7,1\n"},
            "",
            "the node 'Person 7'",
        ),
        (NEO4J | {"b.csv": ":START_ID,:END_ID\n1,\n"}, "/b.csv, line 2", "the end is empty"),
        (
            NEO4J | {"b.csv": ":START_ID,:END_ID\n,1\n"},
            "/b.csv, line 2",
            "the start of the edge is",
        ),
        (
            NEO4J | {"b.csv": ":START_ID,:END_ID\n1\n"},
            "/b.csv, line 2",
            "1 column where the header has 2; add the missing ones, with the same delimiter",
        ),
        (
            NEO4J | {"more.csv": "a,b\n1,2\n"},
            "/more.csv, line 1",
            "the columns are neither of nodes nor of edges",
        ),
        (NEPTUNE | {"edges.csv": ""}, "/edges.csv", "the file is empty"),
        (NEPTUNE | {"edges.csv": "~id,~from,~to\n"}, "", "the file has no triples"),
        ({"vertices.csv": NEPTUNE["vertices.csv"].replace("v2", "v1")}, "", "the node 'v1' occurs twice"),
    ],
)
def test_errors_in_tables(files, where, message):
    with pytest.raises(GraphFileError) as error:
        read(zipped(files))
    assert str(error.value).startswith(f"the stream{where}")
    assert message in str(error.value)


def test_names_of_resources():
    text = "@prefix a: <http://a/> . @prefix b: <http://b#> .\n"
    text += "a:x a:r b:x . a:x b:r [ a:r <rel> ] . a:y a:r a:x ."
    assert read(text) == {
        ("x (http://a/x)", "r (http://a/r)", "x (http://b#x)"),
        ("x (http://a/x)", "r (http://b#r)", "_:3"),
        ("_:3", "r (http://a/r)", "rel"),
        ("y", "r (http://a/r)", "x (http://a/x)"),
    }


BOMB = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><x>&b;</x>"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (TURTLE[:-4], None, "not Turtle ("),
        (
            TURTLE.replace(":Bob ;", ":Bob :c ;"),
            3,
            "not Turtle (\"expected '.' or '}'",
        ),
        (TURTLE.replace("@prefix : ", "@prefix x: "), 3, "not Turtle ('Prefix \":\" not bound')"),
        ("@prefix : <http://x/> .\n:a :b " + "[ :c " * 50_000, None, "brackets are nested too deep"),
        ("@prefix : <http://x/> .\n:a :b 'text' .", None, "the file has no triples"),
        (NTRIPLES.replace("Bob/> .", "Bob/>"), 2, "not N-Triples ("),
        (NTRIPLES.replace("Bob/> <", "Bob/ <"), 3, "not N-Triples ("),
        (NTRIPLES[:-20], 5, "not N-Triples ("),
    ],
)
def test_errors_in_rdf(text, line, message, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(GraphFileError) as error:
        read(text)
    said = str(error.value)
    assert said.startswith("the stream: " if line is None else f"the stream, line {line}: "), said
    assert message in said
    assert len(said.splitlines()) == 1
    assert not caplog.records


def test_xml_and_odd_values_in_texts_are_not_looked_into(caplog):
    kinds = ["rdf:XMLLiteral", "rdf:HTML", "xsd:integer", "xsd:dateTime", "xsd:base64Binary"]
    text = "@prefix : <http://x/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    text += "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n:a :r :b .\n"
    text += "".join(f':a :r """{BOMB}"""^^{kind} .\n' for kind in kinds)
    found = inspect(text)
    assert triples_of(found.graph) == {("a", "r", "b")}
    assert [note.text for note in found.notes] == ["texts, dates and numbers are not nodes; left out: 5"]
    assert not caplog.records


def test_more_triples_than_are_read(monkeypatch):
    monkeypatch.setattr("graphdnc.readers.formats.rdf.MAX_TRIPLES", 2)
    monkeypatch.setattr(build_graph, "MAX_TRIPLES", 2)
    for text in (TURTLE, NTRIPLES):
        with pytest.raises(CapacityError, match="more than 2 triples"):
            read(text)


def test_without_rdflib_it_says_what_to_install(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("rdflib")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rdflib", None)
    with pytest.raises(UsageError, match=r"not installed: pip install 'graphdnc\[rdf\]'"):
        read(TURTLE)
