"""Graph formats: what networkx writes is read as the same graph as from CSV, and what is wrong is told."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import re
from pathlib import Path

import networkx as nx
import pytest
from graph_files import inspect, read, triples_in_csv, triples_of
from hypothesis import given, settings
from hypothesis import strategies as st
from in_networkx import to_networkx

from graphdnc.errors import CapacityError, GraphFileError, UsageError
from graphdnc.readers import Columns, inspect_graph, read_graph

ZONE_1 = Path(__file__).parents[2] / "datasets" / "real" / "underground_zone1.csv"

WRITERS = {
    "graphml": lambda graph: "\n".join(nx.generate_graphml(graph)),
    "gexf": lambda graph: "\n".join(nx.generate_gexf(graph)),
    "gml": lambda graph: "\n".join(nx.generate_gml(graph)),
    "pajek": lambda graph: "\n".join(nx.generate_pajek(graph)),
    "node-link": lambda graph: json.dumps(nx.node_link_data(graph, edges="edges")),
    "links": lambda graph: json.dumps(nx.node_link_data(graph, edges="links"), indent=1),
    "adjacency": lambda graph: json.dumps(nx.adjacency_data(graph)),
}
formats = pytest.mark.parametrize("layout", WRITERS)


@formats
def test_the_underground_in_each_format_is_the_underground_from_csv(layout):
    graph = read_graph(ZONE_1)
    assert read(WRITERS[layout](to_networkx(graph))) == triples_of(graph)


@formats
def test_an_undirected_graph_leads_both_ways(layout):
    graph = nx.Graph()
    graph.add_edge("Bank", "Moorgate", relation="Northern")
    graph.add_edge("Bank", "Bank", relation="loop")
    assert read(WRITERS[layout](graph)) == {
        ("Bank", "Northern", "Moorgate"),
        ("Moorgate", "Northern", "Bank"),
        ("Bank", "loop", "Bank"),
    }


@formats
def test_edges_without_attributes_are_called_edge(layout):
    assert read(WRITERS[layout](nx.DiGraph([("a", "b"), ("b", "c")]))) == {
        ("a", "edge", "b"),
        ("b", "edge", "c"),
    }


@formats
@pytest.mark.parametrize("name", ["station.net", "station.gml.gz", "UPPER.GEXF", "none"])
def test_format_says_more_than_the_name(layout, name, tmp_path):
    text = WRITERS[layout](nx.DiGraph([("a", "b")])).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    known = {"node-link": "json", "links": "json", "adjacency": "json"}.get(layout, layout)
    assert inspect_graph(path, format=known).format == known
    if name == "none":
        assert inspect_graph(path).format == known


@formats
def test_any_attribute_can_be_the_relation(layout):
    graph = nx.DiGraph()
    graph.add_edge("a", "b", kind="road", colour="red", weight=7)
    text = WRITERS[layout](graph)
    assert read(text) == {("a", "road", "b")}
    assert inspect(text).weights == ("weight",)
    assert read(text, columns=Columns(relation="colour")) == {("a", "red", "b")}
    with pytest.raises(UsageError, match=r"no edge has an attribute 'size'; there are '"):
        read(text, columns=Columns(relation="size"))
    with pytest.raises(UsageError, match="has no columns"):
        read_graph(io.BytesIO(text.encode()), Columns(source="a"))


SIGNS = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters='"&<>\ufffe\uffff'),
    min_size=1,
    max_size=5,
).filter(lambda text: not text.startswith(("*", "%")) and text.isprintable())


@formats
@settings(max_examples=30)
@given(rows=st.lists(st.tuples(SIGNS, SIGNS, SIGNS), min_size=1, max_size=6))
def test_what_networkx_writes_is_what_csv_holds(layout, rows):
    graph = nx.MultiDiGraph()
    for source, relation, target in rows:
        graph.add_edge(source, target, relation=relation)
    assert read(WRITERS[layout](graph)) == triples_in_csv(rows)


NODES = '<node id="1"/><node id="2"/>'
EDGE = '<edge source="1" target="2"/>'


def graphml(inside: str, before: str = "", keys: str = "", default: str = "directed") -> str:
    return (
        f'<?xml version="1.0"?>\n{before}\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}'
        f'<graph edgedefault="{default}">{inside}</graph></graphml>'
    )


def gexf(inside: str, version: str = "1.3", of: str = "directed") -> str:
    return (
        f'<gexf xmlns="http://www.gexf.net/{version}" version="{version}"><graph defaultedgetype="{of}">'
        f"{inside}</graph></gexf>"
    )


def test_graphml_of_yed_with_labels_defaults_and_nested_graphs():
    keys = (
        '<key id="d0" for="node" yfiles.type="nodegraphics"/><key id="d1" for="edge" attr.name="kind">'
        '<default>road</default></key><key id="d2" for="edge" yfiles.type="edgegraphics"/>'
    )
    label = '<data key="d0"><y:Shape xmlns:y="y"><y:NodeLabel>{}</y:NodeLabel></y:Shape></data>'
    inside = (
        f'<node id="n0">{label.format("Bank")}<graph edgedefault="undirected">'
        f'<node id="n0::n0">{label.format("Angel")}</node></graph></node><node id="n1">'
        f'{label.format("Oval")}</node><edge source="n0" target="n1"/>'
        '<edge source="n1" target="n0::n0" directed="false"><data key="d1">rail</data></edge>'
    )
    assert read(graphml(inside, keys=keys)) == {
        ("Bank", "road", "Oval"),
        ("Oval", "rail", "Angel"),
        ("Angel", "rail", "Oval"),
    }


@pytest.mark.parametrize("version", ["1.1draft", "1.2draft", "1.3"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["plain", "bom"])
def test_gexf_of_gephi_of_any_version(version, mark):
    inside = (
        '<attributes class="edge" mode="static"><attribute id="0" title="Line" type="string">'
        '<default>Central</default></attribute></attributes><nodes><node id="0" label="Bank"/>'
        '<node id="1" label="Köln"/></nodes><edges><edge id="0" source="0" target="1" type="directed"/>'
        '<edge id="1" source="0" target="1" weight="2"><attvalues><attvalue for="0" value="Circle"/>'
        "</attvalues></edge></edges>"
    )
    assert read(mark + gexf(inside, version, "undirected").encode()) == {
        ("Bank", "Central", "Köln"),
        ("Bank", "Circle", "Köln"),
        ("Köln", "Circle", "Bank"),
    }


def test_gml_with_comments_several_lines_and_entities():
    text = '# made by hand\nCreator "me"\ngraph\n[ # two\n directed 1 node [ id 1 label "K&#246;ln" ]\n'
    text += 'node [ id 2 label "R &#38; B" graphics [ x 1.5e3 ] ]\n edge [source 1 target 2 label "to"]]'
    assert read(text) == {("Köln", "to", "R & B")}


def test_pajek_of_its_own_layout():
    text = (
        '*Network tube\r\n% a comment\r\n*Vertices 3\r\n1 "Bank" 0.1 0.2 ellipse\r\n2 Angel\r\n'
        '*Arcs :1 "Northern line"\r\n1 2 1\r\n*Arcs :2 "Central"\r\n1 3 2 l "ignored"\r\n'
        "*Edges\r\n2 3 1\r\n*Arcslist\r\n1 2 3\r\n"
    )
    assert read(text, columns=Columns(relation="relation")) >= {
        ("Bank", "Northern line", "Angel"),
        ("Bank", "Central", "3"),
    }
    assert ("3", "edge", "Angel") in read(text)


def test_json_of_vis_js():
    text = """{"nodes": [{"id": 1, "label": "Ann"}, {"id": 2, "label": "Bob"}], "directed": true,
        "edges": [{"from": 1, "to": 2, "label": "knows"}, {"from": 2, "to": 1, "label": "likes"}]}"""
    assert read(text) == {("Ann", "knows", "Bob"), ("Bob", "likes", "Ann")}


def test_arrows_in_links_say_where_they_lead():
    text = '{"nodes": [{"id": 1}, {"id": 2}], "links": [{"from": 1, "to": 2, "arrows": "to"}]}'
    for name in ("links", "edges"):
        found = inspect(text.replace("links", name))
        assert found.notes == ()
        assert len(found.graph) == 1


@pytest.mark.parametrize("ends", [("source", "target"), ("from", "to")])
def test_a_list_of_objects_is_a_table(ends):
    rows = [("Ann", "knows", "Bob"), ("Bob", "likes", "Cy")]
    items = [{ends[0]: source, "relation": relation, ends[1]: target} for source, relation, target in rows]
    assert read(json.dumps(items)) == set(rows)


def test_json_of_web_pages():
    text = '{"nodes": [{"name": "a"}, {"name": "b"}], "links": [{"source": 0, "target": 1, "value": 3}]}'
    assert read(text) == {("a", "edge", "b"), ("b", "edge", "a")}
    text = '{"directed": true, "links": [{"source": "a", "target": "b", "type": "r"}]}'
    assert read(text) == {("a", "r", "b")}


def test_names_that_repeat_are_told_apart_by_id():
    graph = nx.DiGraph()
    graph.add_nodes_from([(1, {"label": "Bank"}), (2, {"label": "Oval"}), (3, {"label": "Oval"})])
    graph.add_nodes_from([(4, {"label": "Angel"}), (5, {"label": "Kew"})])
    nx.add_path(graph, [1, 2, 3, 4, 5])
    assert {"Bank", "Oval (2)", "Oval (3)"} < {
        name for row in read(WRITERS["node-link"](graph)) for name in row
    }


def test_labels_that_are_kinds_are_no_names():
    graph = nx.DiGraph([("Ada", "Bob"), ("Bob", "Cy")])
    nx.set_node_attributes(graph, "Person", "label")
    assert read(WRITERS["graphml"](graph)) == {("Ada", "edge", "Bob"), ("Bob", "edge", "Cy")}


def test_nodes_without_edges_are_left_out_and_told():
    graph = nx.DiGraph([("a", "b")])
    graph.add_node("c")
    found = inspect(WRITERS["gml"](graph))
    assert found.graph.node_names == ("a", "b")
    assert [note.text for note in found.notes] == ["nodes without an edge, left out: 1"]


LAUGHS = (
    '<!DOCTYPE graphml [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
EXTERNAL = '<!DOCTYPE graphml [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE graphml [<!ENTITY % e SYSTEM "http://127.0.0.1:9/x"> %e;]>'
DTD = '<!DOCTYPE graphml SYSTEM "http://127.0.0.1:9/graphml.dtd">'


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (graphml(NODES + "&i;", LAUGHS), 2, "declares an entity"),
        (graphml(NODES + "&e;", EXTERNAL), 2, "declares an entity"),
        (graphml(NODES, PARAMETER), 2, "declares an entity"),
        (graphml(NODES + "<data>&e;</data>", DTD), 3, "an entity that another file defines"),
        (graphml('<node id="&e;"/>', DTD), 3, "an entity that another file defines"),
        (graphml(NODES), None, "the file has no triples"),
        (graphml(NODES + EDGE)[:-12], 3, "not well-formed XML (unclosed token)"),
        (
            graphml(NODES + '<edge source="1" target="3"/>'),
            3,
            "an edge refers to the node '3', which is not there",
        ),
        (graphml(NODES + '<edge source="1"/>'), 3, "an edge without source or target"),
        (graphml(NODES + "<node/>"), 3, "a node without an id"),
        (graphml(NODES + NODES + EDGE), 3, "the node '1' occurs twice"),
        (graphml(NODES + EDGE, default="no"), 3, "edgedefault is 'no'"),
        (graphml(NODES + '<edge source="1" target="2" directed="no"/>'), 3, "directed is 'no'"),
        (graphml(NODES + "<hyperedge/>"), 3, "more than two nodes"),
        (graphml('<node id="1"><data key="d9">x</data></node>'), 3, "the key 'd9', which no <key> declares"),
        (graphml("<x>" * 200 + "</x>" * 200), 3, "more than 100 deep"),
        (graphml("").replace("</graphml>", "<graph/></graphml>"), 3, "a second graph"),
        (
            graphml('<node id=" 1"/>' + NODES + EDGE + '<edge source=" 1" target="2"/>'),
            None,
            "differ only in spaces",
        ),
        (gexf("<nodes>" + NODES + '</nodes><edges><edge source="1" target="9"/></edges>'), 1, "the node '9'"),
        (
            gexf('<node id="1"><attvalue for="7" value=""/></node>'),
            1,
            "a value for '7', which no <attribute>",
        ),
        (gexf(NODES + '<edge source="1" target="2" type="x"/>'), 1, "the edge's type is 'x'"),
        (gexf(NODES + "<edge/>"), 1, "an edge without source or target"),
        (gexf("<graph/>"), 1, "a second graph"),
        ("<?xml version='1.0'?><svg/>", None, "this is an SVG picture, which is not read; write its arrows"),
        (
            '<?xml version="1.0" encoding="klingon"?><graphml/>',
            None,
            "not readable as XML (unknown encoding: klingon)",
        ),
        ('graph [\n node [ id 1 label "a ]\n]', 2, "a quote that is not closed: '\"a ]'"),
        ("graph [\n node [ id 1 ]\n", 1, "a bracket is not closed"),
        ("graph [\n node 1 ]", 2, "node is a value where [ ... ] is needed"),
        ("graph [ ]\ngraph [ ]", None, "2 graphs in the file"),
        ("graph [\n 1 ]", 2, "'1' is not expected here"),
        ("graph [ ] \nid", None, "'id' at the end has no value"),
        ("graph [\n\n §", 3, "not GML: '§'"),
        ("graph [ edge [ source 1 ] ]", 1, "an edge without source or target"),
        ("graph [ node [ id 1\nid 2 ] ]", 2, "a second id in one node"),
        ("graph [ directed 7 ]", 1, "directed must occur once, as 0 or 1"),
        ("graph [ edge [ source 1 target 2 ] ]", 1, "an edge refers to the node '1', which is not there"),
        ("graph [ " + "a [ " * 200, 1, "'[' is not expected here"),
        ('*Vertices 2\n1 "a\n2 "b"', 2, "a quote is not closed"),
        ("*Vertices 2\n1 a\n*Arcs\n1 3", 4, "'3' is not a vertex; the vertices are numbered 1 to 2"),
        ("*Vertices 2\n1 a\n*Arcs\n1", 4, "an edge needs two vertices"),
        ("*Vertices 2\n1 a\n1 b", 3, "the vertex 1 occurs twice"),
        ("*Vertices two", 1, "*Vertices needs the number of vertices"),
        ("*Vertices 3\n1 a", None, "1 of 3 vertices: the end is missing"),
        ("*Vertices 2\n*Arcs\n1 2\n*Vertices 2", 4, "a second network in one file"),
        ("*Network a\n*Vertices 2\n*Arcs\n1 2\n*Network b", 5, "a second network in one file"),
        ("*Vertices 2\n*Matrix\n0 1\n1 0", 2, "'*Matrix' is not supported"),
        ("*Network a\n1 2", 2, "a line before *Vertices"),
        ("*Network a", None, "there is no *Vertices"),
        ('{"nodes": [\n{"id": 1}', 2, "not JSON (Expecting"),
        ("[1, 2]", None, "this is not a graph; give an object with"),
        ('{"a": 1}', None, "not a known kind of graph, it has 'a'; give an object"),
        ("[" * 100_000, None, "brackets are nested too deep"),
        ('{"nodes": [], "nodes": []}', None, "the key 'nodes' occurs twice"),
        ('{"nodes": [1], "links": []}', None, '"nodes" must be a list of objects'),
        ('{"nodes": [{"id": 1}], "edges": 5}', None, '"edges" must be a list of objects'),
        ('{"name": "a", "children": true}', None, 'the "children" of a node must be a list of objects'),
        ('{"name": "a", "children": [1.5]}', None, 'the "children" of a node must be a list of objects'),
        ('{"nodes": [{"id": null}], "links": []}', None, "node 1 is 'null'; it must be text or a number"),
        (
            '{"nodes": [{"id": 1}], "links": [{"source": 1}]}',
            None,
            "link 1 has no target; it needs a source and a target",
        ),
        ('{"directed": 1, "links": []}', None, '"directed" must be true or false'),
        (
            '{"nodes": [{"id": 1}], "links": [{"source": 1, "target": 2}]}',
            None,
            "an edge refers to the node '2'",
        ),
        ('{"nodes": [{"id": 1}], "adjacency": []}', None, '"adjacency" must be a list with one entry'),
        ('{"nodes": [{"id": 1}, {"id": "1"}], "links": []}', None, "the node '1' occurs twice"),
        ('{"nodes": [{"id": ' + "9" * 5000 + '}], "links": []}', None, "not JSON (Exceeds the limit"),
        ('{"links": [{"source": "\\ud800", "target": "b"}]}', None, "contains a control character"),
    ],
)
def test_errors_name_line_and_remedy(text, line, message):
    with pytest.raises(GraphFileError) as error:
        read(text)
    said = str(error.value)
    assert said.startswith("the stream: " if line is None else f"the stream, line {line}: "), said
    assert message in said
    assert len(said.splitlines()) == 1
    assert said.isprintable()


def test_what_is_too_much():
    links = ", ".join(f'{{"source": 1, "target": 2, "a{number}": 3}}' for number in range(1_001))
    with pytest.raises(CapacityError, match="more than 1,000 different attributes"):
        read(f'{{"links": [{links}]}}')
    with pytest.raises(CapacityError, match="more than 1,000,000 vertices"):
        read("*Vertices 1000001")


def test_a_document_type_is_not_fetched():
    assert read(graphml(NODES + EDGE, DTD)) == {("1", "edge", "2")}


def test_a_file_named_as_one_format_that_is_another(tmp_path):
    path = tmp_path / "map.gml"
    path.write_text("<gml:FeatureCollection/>")
    with pytest.raises(GraphFileError, match="perhaps a map in the Geography Markup Language"):
        read_graph(path)
    path = tmp_path / "map.graphml"
    path.write_text("<gexf/>")
    with pytest.raises(GraphFileError, match=re.escape("the root element is <gexf>, not <graphml>")):
        read_graph(path)


@formats
def test_other_encodings(layout):
    text = WRITERS[layout](nx.DiGraph([("Köln", "北京")]))
    if layout in ("graphml", "gexf"):
        text = re.sub(r"encoding=.[\w-]+.", 'encoding="utf-16"', text)
        assert read(text.encode("utf-16")) == {("Köln", "edge", "北京")}
    else:
        assert read(text.encode("utf-16")) == read(text)
