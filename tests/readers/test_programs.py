"""Files as the usual programs write them: small ones by hand of the same shape, and what igraph writes."""

from __future__ import annotations

import codecs
import csv
import json
import unicodedata
import warnings
from pathlib import Path

import ansel
import igraph
import pytest
from graph_files import inspect, read, triples_in_csv, triples_of, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from graphdnc.errors import GraphFileError
from graphdnc.readers import Columns, read_graph
from graphdnc.readers.formats.ansel import decode_ansel

UNDERGROUND = Path(__file__).parents[2] / "datasets" / "real" / "underground.csv"


def notes(text: str | bytes, **options) -> list[str]:
    return [note.text for note in inspect(text, **options).notes]


def of_igraph(rows, layout: str, path: Path, *, directed: bool = True) -> Path:
    numbers: dict[str, int] = {}
    for source, _, target in rows:
        numbers.setdefault(source, len(numbers))
        numbers.setdefault(target, len(numbers))
    graph = igraph.Graph(len(numbers), [(numbers[s], numbers[t]) for s, _, t in rows], directed=directed)
    graph.vs["name"] = list(numbers)
    graph.es["label"] = [relation for _, relation, _ in rows]
    graph.es["weight"] = [float("nan"), *[float("-inf")] * (len(rows) - 1)]
    if layout == "pajek":
        graph.vs["id"] = graph.vs["name"]  # what igraph writes as the label
        graph.es["weight"] = 2.5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of infinite numbers
        getattr(graph, f"write_{layout}")(str(path))
    return path


@pytest.mark.parametrize("directed", [True, False], ids=["directed", "undirected"])
@pytest.mark.parametrize("layout", ["graphml", "graphmlz", "gml", "pajek"])
def test_the_underground_written_by_igraph(layout, directed, tmp_path):
    with UNDERGROUND.open(encoding="utf-8", newline="") as file:
        rows = [tuple(row) for row in csv.reader(file)][1:]
    path = of_igraph(rows, layout, tmp_path / "tube", directed=directed)
    back = [] if directed else [(target, relation, source) for source, relation, target in rows]
    assert triples_of(read_graph(path)) == triples_in_csv([*rows, *back])


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=5).filter(str.isprintable)


@pytest.mark.parametrize("layout", ["graphml", "gml", "pajek"])
@settings(max_examples=50)
@given(rows=st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=6))
def test_what_igraph_writes_is_what_csv_holds(layout, rows, tmp_path_factory):
    # igraph writes & as it is where a Pajek file has &#34; for a quote: the two cannot be told apart
    rows = [tuple(name.replace("&", "+") for name in row) for row in rows]
    path = of_igraph(rows, layout, tmp_path_factory.mktemp("igraph") / "graph")
    assert triples_of(read_graph(path, format=layout)) == triples_in_csv(rows)


YED = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
  <key for="node" id="d6" yfiles.type="nodegraphics"/>
  <key attr.name="description" attr.type="string" for="node" id="d5"/>
  <key for="edge" id="d10" yfiles.type="edgegraphics"/>
  <graph edgedefault="directed" id="G">
    <node id="n0"><data key="d5"/><data key="d6"><y:ShapeNode>
      <y:NodeLabel x="1">Bank<y:LabelModel><y:SmartNodeLabelModel distance="4.0"/></y:LabelModel>
        <y:ModelParameter><y:SmartNodeLabelModelParameter upY="-1.0"/></y:ModelParameter></y:NodeLabel>
      <y:NodeLabel>Zone 1</y:NodeLabel><y:Shape type="rectangle"/></y:ShapeNode></data></node>
    <node id="n1"><data key="d6"><y:ShapeNode><y:NodeLabel hasText="false"/>
      <y:NodeLabel>King's
Cross<y:LabelModel/></y:NodeLabel></y:ShapeNode></data></node>
    <edge id="e0" source="n0" target="n1"><data key="d10"><y:PolyLineEdge>
      <y:Arrows source="none" target="standard"/>
      <y:EdgeLabel>Northern<y:LabelModel/></y:EdgeLabel></y:PolyLineEdge></data></edge>
    <edge id="e1" source="n1" target="n0"><data key="d10"><y:PolyLineEdge>
      <y:Arrows source="none" target="none"/>
      <y:EdgeLabel>Bus<y:LabelModel/></y:EdgeLabel></y:PolyLineEdge></data></edge>
  </graph>
</graphml>
"""


def test_labels_of_yed_stand_before_elements_about_their_place():
    assert read(YED) == {("Bank", "Northern", "King's Cross"), ("King's Cross", "Bus", "Bank")}
    found = inspect(YED).notes
    assert [(note.text, note.lines) for note in found] == [
        ("drawn without an arrow, but directed in the file; read as directed", [18])
    ]


@pytest.mark.parametrize("key", ["labelE", "Edge Label"])
def test_relations_of_tinkerpop_and_gephi_in_graphml(key):
    text = (
        '<graphml><key id="labelV" for="node" attr.name="labelV"/>'
        '<key id="code" for="node" attr.name="code"/>'
        f'<key id="x" for="edge" attr.name="{key}"/><key id="type" for="edge" attr.name="type"/>'
        '<graph edgedefault="directed"><node id="1"><data key="labelV">airport</data><data key="code">ATL'
        '</data></node><node id="2"><data key="labelV">airport</data><data key="code">AUS</data></node>'
        '<edge source="1" target="2"><data key="type">long</data><data key="x">route</data></edge>'
        "</graph></graphml>"
    )
    assert read(text) == {("ATL", "route", "AUS")}


def test_numbers_and_words_in_gml():
    text = "graph [ directed 1 node [ id 1 x NaN nan -Inf ] node [ id 2 ] edge [ source 1 target 2 w INF ] ]"
    assert read(text) == {("1", "edge", "2")}
    with pytest.raises(GraphFileError, match="line 1: 'A' is text without quotes; write it in double quotes"):
        read("graph [ node [ id A ] ]")


def test_counted_sections_and_numbered_lines_of_pajek():
    text = '*Vertices 3\n1 "a &#34;b&#34;"\n2 "R&amp;B"\n3 c\n*Edges 1\n1 2\n*Arcs :7 "CUT AID"\n*Arcs :8\n'
    text += "*Arcs\n7: 2 3 1 [1-4]\n8: 3 1 1\n9: 3 2\n*Arcs :7\n1 3\n"
    assert read(text, columns=None) == {
        ('a "b"', "edge", "R&amp;B"),
        ("R&amp;B", "edge", 'a "b"'),
        ("R&amp;B", "CUT AID", "c"),
        ("c", "8", 'a "b"'),
        ("c", "9", "R&amp;B"),
        ('a "b"', "CUT AID", "c"),
    }


def test_json_of_graphology_as_gephi_and_sigma_write_it():
    graph = {
        "options": {"multi": False, "type": "mixed"},
        "nodes": [
            {"key": "0.0", "attributes": {"label": "Bank", "x": 1}},
            {"key": "1.0", "attributes": {"label": "Oval"}},
        ],
        "edges": [
            {"key": "e0", "source": "0.0", "target": "1.0", "attributes": {"label": "C", "weight": 1}},
            {"key": "e1", "source": "0.0", "target": "1.0", "undirected": True, "attributes": {"label": "N"}},
        ],
    }
    both = {("Bank", "N", "Oval"), ("Oval", "N", "Bank")}
    found = inspect(json.dumps(graph))
    assert triples_of(found.graph) == {("Bank", "C", "Oval")} | both
    assert (list(found.notes), found.weights) == ([], ("weight",))
    graph["options"]["type"] = "undirected"
    assert read(json.dumps(graph)) == {("Bank", "C", "Oval"), ("Oval", "C", "Bank")} | both


@pytest.mark.parametrize("layout", ["list", "groups", "elements", "cyjs", "directed"])
def test_json_of_cytoscape(layout):
    nodes = [{"data": {"id": "7", "name": "YKR026C"}}, {"data": {"id": "8", "name": "YGL122C"}}]
    edges = [{"data": {"id": "9", "source": "7", "target": "8", "interaction": "pp", "name": "7 (pp) 8"}}]
    elements = {"nodes": nodes, "edges": edges}
    graph = {
        "list": [*nodes, *edges],
        "groups": elements,
        "elements": {"style": [], "elements": [*edges, *nodes]},
        "cyjs": {"format_version": "1.0", "data": {"name": "net"}, "elements": elements},
        "directed": {"directed": True, "elements": elements},
    }[layout]
    back = set() if layout == "directed" else {("YGL122C", "pp", "YKR026C")}
    assert read(json.dumps(graph)) == {("YKR026C", "pp", "YGL122C")} | back


def test_json_of_d3_whose_nodes_have_a_key_of_their_own():
    text = '{"nodes": [{"key": "x"}, {"key": "y"}], "links": [{"source": 0, "target": 1}], "directed": true}'
    assert read(text) == {("0", "edge", "1")}


@pytest.mark.parametrize("text", ['{"elements": [1]}', '{"elements": [{"a": 1}]}', '[{"a": 1}]', "[]"])
def test_json_of_elements_that_are_no_graph(text):
    with pytest.raises(GraphFileError, match=r"this is not a graph; give|must be a list of objects"):
        read(text)


GEPHI = "Source,Target,Type,Id,Label,timeset,Weight\na,b,Directed,0,,,1.0\nb,c,Undirected,1,road,,2.0\n"


def test_the_edges_that_gephi_exports():
    assert read(GEPHI) == {("a", "edge", "b"), ("b", "road", "c"), ("c", "road", "b")}
    found = inspect(GEPHI)
    assert found.weights == ("Weight",)
    assert [(note.text, note.lines) for note in found.notes] == [
        ("unused columns: 'Id', 'timeset'", [1]),
        ('has no label, so the relation is called "edge"', [2]),
    ]
    assert read(GEPHI, columns=Columns(relation="Type")) == {("a", "Directed", "b"), ("b", "Undirected", "c")}
    assert read("source,target,type\na,b,road\nb,c,Directed\n") == {
        ("a", "road", "b"),
        ("b", "Directed", "c"),
    }
    assert read("source,type,target\na,directed,b\n") == {("a", "edge", "b")}
    # the only column of relations, one of which happens to be called so
    films = {("Lucas", "directed", "THX"), ("Lucas", "wrote", "Willow")}
    assert read("source,type,target\nLucas,directed,THX\nLucas,wrote,Willow\n") == films
    with pytest.raises(GraphFileError, match="line 3: the type is 'both'; write Directed or Undirected"):
        read(GEPHI.replace("Undirected", "both"))


PARTS = {
    "b.header.nodes.User.csv": ":ID;name;:LABEL\n",
    "b.nodes.User.csv": '0;"foo; ""x"", y";User\n1;bar;User\n',
    "b.header.nodes.User.Poet.csv": ":ID;name;:LABEL\n",
    "b.nodes.User.Poet.csv": '2;Ada;"User;Poet"\n',
    "Knows-header.csv": ":START_ID;since;:END_ID;:TYPE\n",
    "Knows-part000.csv": "0;1840;1;KNOWS\n",
    "Knows-part001.csv": "1;;2;KNOWS\n",
    "Lone-header.csv": ":START_ID,:END_ID\n2,0\n",
}


def test_headers_of_neo4j_in_files_of_their_own():
    names = {('foo; "x", y', "KNOWS", "bar"), ("bar", "KNOWS", "Ada"), ("Ada", "edge", 'foo; "x", y')}
    found = inspect(zipped(PARTS))
    assert (triples_of(found.graph), found.format) == (names, "neo4j")
    for old, new, message in [
        ("1;;2", "1;2", "Knows-part001.csv, line 1: 3 columns where the header has 4"),
        ("1;;2", "1;;9", "Knows-part001.csv, line 1: an edge refers to the node '9', which is not there"),
        ("1;;2", ";;2", "Knows-part001.csv, line 1: the start of the edge is empty"),
    ]:
        broken = PARTS | {"Knows-part001.csv": PARTS["Knows-part001.csv"].replace(old, new)}
        with pytest.raises(GraphFileError, match=f"the stream/{message}"):
            read(zipped(broken))
    with pytest.raises(
        GraphFileError, match=r"Knows-header\.csv and Knows_header\.csv are headers of the same files"
    ):
        read(zipped(PARTS | {"Knows_header.csv": ":START_ID;:END_ID;:TYPE\n"}))


def test_folders_of_nodes_and_edges_as_neptune_exports_them(tmp_path):
    for name, text in {
        "nodes/airport-1.csv": "~id,~label,code:string,desc:string\n1,port,ATL,Atlanta\n2,port,AUS,Austin\n",
        "nodes/.hidden.csv": "what a program keeps for itself",
        "edges/route-1.csv": "~id,~label,~from,~to,dist:int\n3,route,1,2,809\n",
        "config.json": "{}",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert triples_of(read_graph(tmp_path)) == {("ATL", "route", "AUS")}
    (tmp_path / "nodes" / "route-1.csv").write_text("~id,~label\n1,airport\n")
    with pytest.raises(GraphFileError, match=r"nodes/route-1\.csv, line 2: the node '1' occurs twice"):
        read_graph(tmp_path)


FEED = {
    "stops.txt": "stop_id,stop_name,parent_station\nA1,Airport,A\nA2,Airport 2,A\nB,Bullfrog\n",
    "routes.txt": "route_id,route_short_name,route_long_name,route_type\nr,10,,3\n",
    "trips.txt": "route_id,trip_id,trip_headsign,direction_id\n"
    "r,t,to Bullfrog,0\nr,u,TOWARDS Airport,1\nr,v,To,\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type\n"
    "t,6:00,6:00,A1,1,0\nt,6:10,6:10,B,2\nu,7:00,7:00,B,1\nu,7:10,7:10,A2,2\nv,8:00,8:00,B,1\nv,8:10,8:10,A2,2",
}


def test_a_feed_with_short_lines_and_without_its_stations():
    found = inspect(zipped(FEED))
    assert triples_of(found.graph) == {
        ("Airport", "10 towards Bullfrog", "Bullfrog"),
        ("Bullfrog", "10 towards Airport", "Airport"),
        ("Bullfrog", "10 towards To", "Airport"),
    }
    assert [(note.text, note.lines) for note in found.notes] == [
        ("the parent station is not in the file; it is named after its first stop", [2])
    ]


TREE = """0 HEAD
1 CHAR UNICODE
0 @I1@ INDI
1 NAME Ann /Müller/
0 @I2@ INDI
1 NAME Max /Müller/
0 @F1@ FAM
1 WIFE @I1@
1 CHIL @I2@
0 TRLR
"""


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_a_tree_in_utf_16_without_a_mark(encoding, ending, tmp_path):
    path = tmp_path / "tree.ged"
    path.write_bytes(TREE.replace("\n", ending).encode(encoding))
    assert triples_of(read_graph(path)) == {
        ("Max Müller", "mother", "Ann Müller"),
        ("Ann Müller", "child", "Max Müller"),
    }


def test_ansel_is_what_another_library_reads():
    ansel.register()
    letters = [bytes([letter]) for letter in b"AEIOUaeiouyncsz"]
    for first in range(256):
        for data in (bytes([first]) + letter for letter in letters):
            try:
                expected = codecs.decode(data, "gedcom")
            except UnicodeDecodeError:
                continue
            assert decode_ansel(data) == unicodedata.normalize("NFC", expected), data


def test_one_name_that_is_the_id_of_another_renames_no_other():
    text = '*Vertices 4\n1 ""\n2 "1"\n3 "LOVE"\n4 "LOVE (5)"\n*Arcs\n1 2\n2 3\n3 4\n'
    assert read(text) == {("1", "edge", "1 (2)"), ("1 (2)", "edge", "LOVE"), ("LOVE", "edge", "LOVE (5)")}
