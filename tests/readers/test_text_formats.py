"""Graphs that people write by hand: arrows, diagrams, facts, tables in Markdown."""

from __future__ import annotations

import io

import pytest
from graph_files import inspect, read, triples_of

from graphdnc.errors import GraphFileError
from graphdnc.readers import inspect_graph


def some(*rows: str) -> set[tuple[str, ...]]:
    """Return triples that are written with commas."""
    return {tuple(row.split(",")) for row in rows}


TRIP = some("Harbour,ferry,Market", "Market,tram,Castle")


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("dot", "digraph { Harbour -> Market [label=ferry]; Market -> Castle [label=tram] }"),
        ("mermaid", "graph TD\n  A[Harbour] -->|ferry| B[Market]\n  B -->|tram| C[Castle]\n"),
        ("tgf", "1 Harbour\n2 Market\n3 Castle\n#\n1 2 ferry\n2 3 tram\n"),
        ("sif", "Harbour\tferry\tMarket\nMarket\ttram\tCastle\tCastle\n"),
        ("arrows", "Harbour -> Market: ferry\nMarket -> Castle: tram\n"),
        ("markdown",
         "| From | Line | To |\n|------|------|----|\n| Harbour | ferry | Market |\n"
          "| Market | tram | Castle |\n"),
        ("prolog", "% a trip\nferry('Harbour', 'Market').\ntram('Market', 'Castle').\n"),
        ("spaces", "Harbour ferry Market\nMarket tram Castle\n"),
        ("json", '[{"subject": "Harbour", "predicate": "ferry", "object": "Market"},'
                 ' {"subject": "Market", "predicate": "tram", "object": "Castle"}]'),
        ("json", '{"source": "Harbour", "relation": "ferry", "target": "Market"}\n'
                 '{"source": "Market", "relation": "tram", "target": "Castle"}\n'),
        ("json", '{"Harbour": {"ferry": ["Market"]}, "Market": {"tram": "Castle"}}'),
        ("json", '[["Harbour", "ferry", "Market"], ["Market", "tram", "Castle"]]'),
    ],
)  # fmt: skip
def test_a_trip_in_every_format(format, text):
    assert read(text, format=format) == TRIP
    assert inspect(text).format == format


@pytest.mark.parametrize(
    ("text", "triples"),
    [
        # arrows
        ("a --> b\nb => c : r\nc \u2192 d\n// no\nd <- e\n",
         some("a,edge,b", "b,r,c", "c,edge,d", "e,edge,d")),
        ("a <-> b\nb -- c -> d\n", some("a,edge,b", "b,edge,a", "b,edge,c", "c,edge,b", "c,edge,d")),
        ("a -[ferry]-> b\nb -- slow tram --> c-d\n(c-d)-[:KNOWS]->(a)\n",
         some("a,ferry,b", "b,slow tram,c-d", "c-d,KNOWS,a")),
        ("a -> b -> c: r\na -> x, y: s\n", some("a,r,b", "b,r,c", "a,s,x", "a,s,y")),
        ("ns:a -> 12:30: r\nb -> ns:a\n", some("ns:a,r,12:30", "b,edge,ns:a")),
        # DOT
        ("strict graph { a -- b -- {c d} }", some("a,edge,b", "b,edge,a", "b,edge,c", "c,edge,b", "b,edge,d",
                                                  "d,edge,b")),
        ('digraph G { edge [label=r]; 1 [label="Old\\n'
         'Town"]; 1 -> 2:p:n; subgraph s { label=x; 2 -> 3 [label=t] } }',
         some("Old Town,r,2", "2,t,3")),
        ("digraph { a -> b [dir=back]; c -> d [dir=both]; n [label=<<b>N</b> x>]; n -> a }",
         some("b,edge,a", "c,edge,d", "d,edge,c", "N x,edge,a")),
        # Mermaid
        ('flowchart LR; A((X)) --> B{{Y}} & C(["Z z"]); B --- D; A -- by bus --> E; E -. or .-> F ==> G\n'
         "style A fill:#f9f\n%% no\nF <--> H:::cls\n",
         some("X,edge,Y", "X,edge,Z z", "Y,edge,D", "D,edge,Y", "X,by bus,E", "E,or,F", "F,edge,G",
              "F,edge,H",
              "H,edge,F")),
        ("---\ntitle: x\n---\ngraph TB\nsubgraph one [Big One]\nJ-->K\nend\none --> L\n",
         some("J,edge,K", "Big One,edge,L")),
        ("graph TD\n\U0001f355 --> \u0926\u093f\u0932\n", some("\U0001f355,edge,\u0926\u093f\u0932")),
        ("digraph { \U0001f355 -> \u0926\u093f\u0932 }", some("\U0001f355,edge,\u0926\u093f\u0932")),
        # Prolog
        ("parent(otto, lena).\nmother_of(ida,lena). male(otto). city(bonn).\n/* no */ road(a, b, 12).",
         some("lena,father,otto", "lena,mother,ida", "bonn,is,city", "a,road,b")),
        # tables in Markdown
        ("# Map\n\nFrom | To\n---|:-:\n[x](u) | **y**\ny | `z`\\|w\n\nend\n", some("x,edge,y", "y,edge,z|w")),
        ("| station | colour | next |\n|--|--|--|\n| a | red | b |\n| c | red | d |\n",
         some("a,red,b", "c,red,d")),
        # spaces
        ("a b\nb c\n", some("a,edge,b", "b,edge,c")),
        ("# Nodes: 3\n# FromNodeId\tToNodeId\n0\t1\n1\t2\n", some("0,edge,1", "1,edge,2")),
        ("a b {'weight': 2}\nb c {}\n", some("a,edge,b", "b,edge,c")),
        ("a  b 0.5\nb   c 2\n", some("a,edge,b", "b,edge,c")),
        ('"New York" Boston\nBoston Miami\n', some("New York,edge,Boston", "Boston,edge,Miami")),
        ("% sym unweighted\n1 2\n2 3\n", some("1,edge,2", "2,edge,3")),
        ("- A -> B\n- B -> C\n", some("A,edge,B", "B,edge,C")),
        ("# x\n\n```mermaid\nflowchart\nA-->B\n```\nthe end\n", some("A,edge,B")),
        # JSON
        ('[{"s": "a", "p": "knows", "o": "b"}]', some("a,knows,b")),
        ('{"nodes": ["a", "b"], "edges": [["a", "b"]]}', some("a,edge,b")),
        ('{"name": "x", "children": [{"name": "y", "children": [{"name": "z"}]}]}',
         some("x,child,y", "y,child,z")),
        ('{"ann": "bob", "bob": "cid"}', some("ann,edge,bob", "bob,edge,cid")),
        ('{"flask": ["werkzeug", "jinja2"], "jinja2": ["markupsafe"], "markupsafe": []}',
         some("flask,edge,werkzeug", "flask,edge,jinja2", "jinja2,edge,markupsafe")),
        ('{"a": {"b": {"relation": "r"}, "c": 2.5}}', some("a,r,b", "a,edge,c")),
        ('[{"name": "a", "friends": ["b", "c"]}, {"name": "b", "friends": []}]', some("a,friends,b",
         "a,friends,c")),
        ('[["a", "b"], ["b", "c"]]', some("a,edge,b", "b,edge,c")),
        ('[["a", "b", 2.5]]', some("a,edge,b")),
        ('{"graph": {"directed": true, "nodes": {"1": {"label": "A"}, "2": {"label": "B"}},'
         ' "edges": [{"source": "1", "target": "2", "relation": "r"}]}}', some("A,r,B")),
        ('{"triples": [{"from": "a", "via": "r", "to": "b"}]}', some("a,edge,b")),
    ],
)  # fmt: skip
def test_what_is_read(text, triples):
    assert read(text) == triples


def test_sif_has_several_targets_in_a_line():
    found = inspect("Harbour\tferry\tMarket\tPier\nMarket\ttram\tCastle\nAlone\n")
    assert (found.format, len(found.graph), found.account.read, found.account.used) == ("sif", 3, 3, 2)
    assert [(note.text, note.lines) for note in found.account.left_out] == [("a node without an edge", [3])]


def test_the_ending_of_a_table_is_not_believed_where_there_are_no_columns(tmp_path):
    path = tmp_path / "trip.csv"
    path.write_text("Harbour -> Market: ferry\nMarket -> Castle: tram\n")
    assert inspect_graph(path).format == "arrows"


def test_what_a_chart_or_a_text_leaves_out_is_told():
    found = inspect("graph TD\nA --> B\nA ~~~ C\n").account
    left = [(note.text, note.count) for note in found.left_out]
    assert (found.read, found.used) == (5, 1)
    assert left == [("a link that is not drawn", 1), ("a node without an edge", 1), ("names a node", 2)]
    found = inspect("| from | to |\n|--|--|\n| a | b |\n\n| b | c |\n").account
    assert [note.lines for note in found.left_out if note.doubtful] == [[5]]


def test_rules_of_prolog_are_left_out_and_told():
    found = inspect("p(a, b).\nq(X) :- p(X, _).\n:- dynamic p/2.\nr(a, b, c).\n")
    assert [(note.text, note.lines, note.doubtful) for note in found.account.left_out] == [
        ("a rule or a goal", [2, 3], True),
        ("a fact about more than two names", [4], True),
    ]


@pytest.mark.parametrize(
    ("text", "format", "message"),
    [
        ("a -> b\nc d\n", "arrows", "line 2: no arrow: 'c d'; write lines as: a -> b: relation"),
        ("a -> \n", "arrows", "line 1: an arrow without a name at one end; add it"),
        ("digraph { a -> b", "dot", "the end of the file is missing"),
        ("digraph { a -> }", "dot", "line 1: '}' is not expected here: a name is missing"),
        ('digraph { "a -> b }', "dot", "line 1: a quote or a comment that is not closed"),
        ("graph TD\nA -->\n", "mermaid", "line 2: a node is missing"),
        ("graph TD\nA ->> B\n", "mermaid", "line 2: '->> B' is not an arrow such as -->"),
        ("sequenceDiagram\nA->>B: x\n", None,
         "line 1: sequenceDiagram of Mermaid is not read, only flowcharts"),
        ("1 a\n2 b\n1 2\n", "tgf", "there is no line with # alone"),
        ("a r\n", "sif", "line 1: two names"),
        ("p(a, b)", "prolog", "line 1: the last clause has no full stop"),
        ("p('a, b).\n", "prolog", "line 1: a quote or a comment is not closed"),
        ("no table\n", "markdown", "there is no table"),
        ("|a|b|\n|-|-|\n|x|y|\n\n|c|d|\n|-|-|\n|z|w|\n", None,
         "line 5: a second table with other columns ('c', 'd')"),
        ('[["a", "b"], ["c"]]', None, "lists of different lengths"),
        ('{"a": [[1]]}', None, "'[1]' among the ends of 'a' is no name"),
        ("@startuml\n[A] --> [B]\n@enduml\n", None, "this is PlantUML, which is not read; write its arrows"),
        ("<mxfile><diagram/></mxfile>", None, "this is a drawing of draw.io, which is not read"),
        ("<!DOCTYPE html><html></html>", None,
         "this is a web page, which is not read; save its table as CSV"),
        ("<rdf:RDF xmlns:rdf='x'/>", None, "this is RDF/XML, which is not read; convert it to Turtle"),
        ("nodedef>name VARCHAR\na\n", None, "this is GDF, which is not read; open it in Gephi"),
        ('{"@context": "x", "@id": "y"}', None, "this is JSON-LD, which is not read"),
        ("a:\n  - b\n", None, "this is YAML, which is not read; convert it to JSON"),
        (b"SQLite format 3\0x", None, "this is a database, not a CSV file; export its table as CSV"),
    ],
)  # fmt: skip
def test_errors_name_line_and_remedy(text, format, message):
    with pytest.raises(GraphFileError) as error:
        read(text, format=format)
    assert message in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_line_of_stations_can_be_asked_for():
    assert read("Azul,A,B\n", format="lines") == some("A,Azul,B", "B,Azul,A")
    with pytest.raises(GraphFileError, match="line 1: a line needs a name and two stations"):
        read("Azul,A\n", format="lines")


@pytest.mark.parametrize(
    ("text", "triples"),
    [
        (
            "flask: werkzeug, jinja2\njinja2: markupsafe\n",
            {"flask werkzeug", "flask jinja2", "jinja2 markupsafe"},
        ),
        ("# make\nall: a.o b.o\na.o: a.c\nb.o: b.c\na.c:\n", {"all a.o", "all b.o", "a.o a.c", "b.o b.c"}),
        ("Fruit: apple; pear\nRoot: carrot\n", {"Fruit apple", "Fruit pear", "Root carrot"}),
        ("a:\nb: a, c\n", {"b a", "b c"}),
    ],
)
def test_lines_of_a_node_and_its_targets(text, triples):
    found = inspect(text)
    assert found.format == "adjacency"
    assert triples_of(found.graph) == {(a, "edge", b) for a, b in map(str.split, triples)}


def test_an_adjacency_list_of_networkx():
    assert read("# x\n0 1 2\n1 3\n", format="adjacency") == {
        ("0", "edge", "1"),
        ("0", "edge", "2"),
        ("1", "edge", "3"),
    }


def test_what_only_looks_like_adjacency():
    for text in ("name: Bob\nage: 3\n", "Title: x\n"):
        with pytest.raises(GraphFileError, match="1 column"):
            read(text)
    assert ("A", "U1", "B") in read("U1: A, B, C, D, E\nU2: F, B, G, H\n")
    with pytest.raises(
        GraphFileError, match=r"line 2: 'b c' is not a node and its targets; write lines as: a: b, c"
    ):
        read("a: b\nb c\n", format="adjacency")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("a | r | b\nb | r | c\n", 0),
        ("from|line|to\na|r|b\nb|r|c\n", 0),
        (
            " source | relation | target \n--------+----------+--------\n a | r | b\n b | r | c\n(2 rows)\n",
            2,
        ),
        (
            "+---+---+\n| from | line | to |\n+===+===+\n| a | r | b |\n| b | r | c |\n+---+---+---+\n",
            3,
        ),
    ],
)
def test_tables_with_bars(text, drawn):
    found = inspect(text)
    assert triples_of(found.graph) == {("a", "r", "b"), ("b", "r", "c")}
    left = {note.text: note.count for note in found.account.left_out}
    assert left.get("a line around the table", 0) == drawn


def test_bars_between_names_in_a_column_are_no_delimiter():
    assert read("a,r,x|y|z\nb,r,v|w\n") == {("a", "r", "x|y|z"), ("b", "r", "v|w")}


def test_names_with_commas_between_spaces_are_doubted():
    found = inspect_graph(io.BytesIO(b"a,x b\nb,y a,x\n"), format="spaces")
    doubts = [note.text for note in found.notes if note.doubtful]
    assert doubts[0].startswith("columns are separated by space")


def test_a_row_of_markdown_that_is_only_a_bar_is_blank():
    found = inspect_graph(io.BytesIO(b"| a | b |\n|---|---|\n| x | y |\n|"), format="markdown")
    assert len(found.graph) == found.account.used == 1
