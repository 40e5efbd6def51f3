"""Where files place nodes, and which colours they give to lines."""

from __future__ import annotations

import io
import zipfile

import pytest

from graphdnc.readers import inspect_graph
from graphdnc.readers.notes import Look

FEED = {
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\na,Alpha,51.5,-0.1\nb,Beta,51.6,-0.2\nc,Gamma,,\n",
    "routes.txt": "route_id,route_short_name,route_type,route_color\nr,12,3,DC241F\nw,7,3,FFFFFF\n",
    "trips.txt": "route_id,service_id,trip_id\nr,s,t\nw,s,u\n",
    "stop_times.txt": "trip_id,stop_id,stop_sequence\nt,a,1\nt,b,2\nt,c,3\nu,c,1\nu,a,2\n",
}
GRAPHML = """<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="n" for="node" attr.name="name"/><key id="x" for="node" attr.name="{east}"/>
<key id="y" for="node" attr.name="{north}"/><key id="l" for="edge" attr.name="label"/>
<key id="c" for="edge" attr.name="color"/>
<graph edgedefault="directed">
<node id="1"><data key="n">Alpha</data><data key="x">3.5</data><data key="y">-2</data></node>
<node id="2"><data key="n">Beta</data><data key="x">4</data><data key="y">7</data></node>
<edge source="1" target="2"><data key="l">red line</data><data key="c">#FF0000</data></edge>
</graph></graphml>"""


def test_a_feed_places_stops_and_colours_lines(tmp_path):
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as feed:
        for name, text in FEED.items():
            feed.writestr(name, text)
    look = inspect_graph(tmp_path / "feed.zip").look
    assert look.geographic
    assert look.places == {"Alpha": (-0.1, 51.5), "Beta": (-0.2, 51.6)}
    assert look.colours == {"12 towards Gamma": "#dc241f"}


@pytest.mark.parametrize(
    ("east", "north", "places"),
    [
        ("lon", "lat", {"Alpha": (3.5, -2.0), "Beta": (4.0, 7.0)}),
        ("x", "y", {"Alpha": (3.5, 2.0), "Beta": (4.0, -7.0)}),
        ("weight", "size", {}),
    ],
)
def test_attributes_place_nodes_and_colour_edges(east, north, places):
    text = GRAPHML.format(east=east, north=north)
    look = inspect_graph(io.BytesIO(text.encode()), format="graphml").look
    assert look.places == places
    assert look.colours == {"red line": "#ff0000"}


def test_gexf_places_nodes_as_it_draws_them():
    text = """<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">
    <graph defaultedgetype="directed"><nodes>
    <node id="1" label="Alpha"><viz:position x="3.5" y="2" z="0"/></node>
    <node id="2" label="Beta"><viz:position x="4" y="-7"/></node>
    <node id="3" label="Gamma"><viz:position x="5"/></node>
    </nodes><edges><edge source="1" target="2" label="r"><viz:position x="1" y="1"/></edge>
    <edge source="2" target="3" label="r"/></edges></graph></gexf>"""
    look = inspect_graph(io.BytesIO(text.encode())).look
    assert look.places == {"Alpha": (3.5, 2.0), "Beta": (4.0, -7.0)}
    assert not look.geographic


def test_colours_belong_to_relations_as_the_graph_calls_them():
    text = """{"directed": true, "links": [
        {"source": "a", "target": "b", "label": "red  line", "color": "#f00000"},
        {"source": "b", "target": "c", "label": " ", "color": "#0f0000"},
        {"source": "c", "target": "d", "color": "#0f0000"}]}"""
    found = inspect_graph(io.BytesIO(text.encode()))
    assert found.graph.relation_names == ("red line", "edge")
    assert found.look.colours == {"red line": "#f00000", "edge": "#0f0000"}


def test_what_is_no_place_and_no_colour_is_left_out():
    look = Look()
    look.place("a", "nan", "1")
    look.place("b", "far", "away")
    look.colour("r", "url(http://example.org)")
    look.colour("r", "#fff")
    assert (look.places, look.colours) == ({}, {})
