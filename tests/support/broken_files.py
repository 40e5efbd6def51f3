"""A small file of every format, and changes that damage it."""

from __future__ import annotations

import gzip
import io
import json

import networkx as nx
from graph_files import zipped
from hypothesis import strategies as st
from openpyxl import Workbook


def spreadsheet(rows: list[list[object]]) -> bytes:
    book, data = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(data)
    return data.getvalue()


MAP = nx.MultiDiGraph()
for _source, _relation, _target in [
    ("Bank", "C & M", "Köln"),
    ("Köln", "C & M", "Bank"),
    ("a, b", "x", "Bank"),
]:
    MAP.add_edge(_source, _target, key=_relation, relation=_relation, weight=2)
FEED = {
    "stops.txt": "stop_id,stop_name,parent_station,stop_lat,stop_lon\n"
    "S,Bank,,51.5,-0.1\nP,Bank 1,S,,\nA,Angel,,51.6,-0.1\nB,Angel,,51.601,-0.1\n",
    "routes.txt": "route_id,route_short_name,route_type\nr,12,3\n",
    "trips.txt": 'route_id,trip_id,trip_headsign,direction_id\nr,t,"Angel, North",0\nr,u,,1\n',
    "stop_times.txt": "trip_id,stop_id,stop_sequence\nt,P,1\nt,A,2\nu,A,5\nu,S,7\n",
}
TREE = (
    "0 HEAD\n1 CHAR UTF-8\n"
    "0 @I1@ INDI\n1 NAME René /Müller/\n1 SEX M\n1 BIRT\n2 DATE 12 MAR 1850\n1 FAMS @F1@\n"
    "0 @I2@ INDI\n1 NAME Ann\n0 @I3@ INDI\n1 NAME Ann\n1 SEX F\n1 FAMC @F1@\n0 @F1@ FAM\n1 HUSB @I1@\n"
    "1 WIFE @I2@\n1 CHIL @I3@\n0 TRLR"
)


TEXTS = {
    "csv": 'source,relation,target\n# a note\nBank,"C, M",Köln\nKöln,x,"a ""b"""\n',
    "people": "id,Name,Sex,father_id,Mother,Spouse,Born\n1,Köhler,M,,,Ann; Eve,1901\n2,Ann,F,,,1,\n"
    '3,"Max, jun.",M,1,Ann,,12 May 1930\n',
    "graphml": "\n".join(nx.generate_graphml(MAP)),
    "gexf": "\n".join(nx.generate_gexf(MAP)),
    "gml": "\n".join(nx.generate_gml(MAP)),
    "pajek": "\n".join(nx.generate_pajek(MAP)) + '\n*Edges :2 "old lines"\n1 2 3\n*Arcslist\n1 2 3',
    "json": json.dumps(nx.node_link_data(MAP, edges="edges"), indent=1),
    "adjacency": json.dumps(nx.adjacency_data(MAP)),
    "graphology": json.dumps(
        {
            "options": {"type": "directed", "multi": True},
            "nodes": [
                {"key": key, "attributes": {"label": name}} for key, name in (("a", "Bank"), ("b", "Köln"))
            ],
            "edges": [{"key": "e", "source": "a", "target": "b", "attributes": {"label": "C & M"}}],
        }
    ),
    "cytoscape": json.dumps(
        {
            "elements": {
                "nodes": [
                    {"data": {"id": key, "name": name}} for key, name in (("1", "Bank"), ("2", "Köln"))
                ],
                "edges": [{"data": {"id": "3", "source": "1", "target": "2", "interaction": "C & M"}}],
            }
        }
    ),
    "gedcom": TREE,
    "turtle": '@prefix : <http://x/> .\n:a :r :b, [ :r ( :c "x"@en 1.5 ) ] ;\n :s """t""" . # end\n',
    "ntriples": '<http://x/a> <http://x/r> <http://x/%20b> .\n_:c <http://x/r> "t\\u00e9"^^<http://x/d> .\n'
    * 2,
    "neo4j": ":START_ID(P),since:int,:END_ID(P),:TYPE\n1,7,2,KNOWS\n2,,1,KNOWS\n",
    "dot": 'digraph "G" { /* x */ node [shape=box]\n a [label="Bank"]; a -> b:n -> {c d} [label="C & M"]}',
    "mermaid": "graph TD\n %% note\n A[Bank] -->|C| B((Köln)) & C{{x}}\n B -- old --- C\n style A x:y\n",
    "tgf": "1 Bank\n2 Köln\n#\n1 2 ferry\n2 1\n",
    "sif": "Bank\tferry\tKöln\tPier\nPier\ttram\tBank\nAlone\n",
    "arrows": "# note\nBank -> Köln: ferry\nKöln -[tram]-> Pier -> Bank\n\nBank <-> a, b\n",
    "prolog": "% note\nlikes(ada, 'Ben B').\nparent(ben, cleo). male(ben).\nx(A) :- y(A).\n",
    "markdown": "# Map\n\n| From | Line | To |\n|---|:-:|---|\n| Bank | C | [Köln](x) |\n| Köln | C | a |\n",
    "spaces": "# note\na b {}\nb c {'weight': 2}\n",
    "lines": "Azul,A,B,C,D,E\nVerde,F,B,G,H\n",
    "ordered": "line,order,station\nAzul,1,A\nAzul,2,B\nAzul,3,C\nVerde,1,B\n",
    "node lines": "Bank: Köln, Pier\nKöln: Bank\nPier:\n",
    "bars": " source | relation | target\n--------+----------+-------\n Bank | C | Köln\n Köln | C | a\n",
    "latin": "Name,Vater\nJürg,Müller\nMüller,Köhler\n",
    "map": '{"a": ["b", "c"], "b": ["d"]}',
    "triples": '[{"subject": "a", "predicate": "knows", "object": "b"}]',
    "jsonlines": '{"from": "a", "relation": "r", "to": "b"}\n{"from": "b", "relation": "r", "to": "c"}\n',
    "gramps": '<?xml version="1.0" encoding="UTF-8"?>\n<database xmlns="http://gramps-project.org/xml/1.7.1/">\n'
    '<events><event handle="_e"><type>Birth</type><dateval val="1850-03-12"/></event></events><people>\n'
    '<person handle="_p" id="I1"><gender>M</gender><name><first>Otto</first><surname>Kern</surname></name>'
    '<eventref hlink="_e"/></person>\n<person handle="_q" id="I2"><gender>F</gender></person>'
    '<person handle="_r" id="I3"><gender>F</gender><name><first>Otto</first><surname>Kern</surname></name>'
    '</person></people>\n<families><family handle="_f" id="F1"><father hlink="_p"/><mother hlink="_q"/>'
    '<childref hlink="_r"/></family></families></database>',
    "neptune": "~id,~from,~to,~label\ne,v1,v2,knows\nf,v2,v1,knows\n",
}
BUNDLES = {
    "gtfs": FEED,
    "neo4j": {"people.csv": "id:ID(P),name\n1,Ada\n2,Bob\n", "knows.csv": TEXTS["neo4j"]},
    "neptune": {"v.csv": "~id,~label,name:String\nv1,P,Ada\nv2,P,Bob\n", "e.csv": TEXTS["neptune"]},
}
FILES = {name: text.encode() for name, text in TEXTS.items()}
FILES |= {f"{name}.zip": zipped(files) for name, files in BUNDLES.items()}
FILES |= {
    "csv.gz": gzip.compress(FILES["csv"], mtime=0),
    "gexf in utf-16": TEXTS["gexf"].replace("utf-8", "utf-16").encode("utf-16"),
}
FILES["latin"] = TEXTS["latin"].encode("cp1252")
FILES["xlsx"] = spreadsheet([["source", "relation", "target"], ["Bank", "C", "Köln"], [], ["Köln", "C", 2]])
FILES |= {
    "ansel": TREE.replace("UTF-8", "ANSEL")
    .encode("cp1252")
    .replace(b"\xe9", b"\xe2e")
    .replace(b"\xfc", b"\xe8u")
}
WITHOUT_END = ("csv", "people", "pajek", "turtle", "ntriples", "neo4j", "neptune", "mermaid", "tgf", "sif")
WITHOUT_END += (
    "arrows",
    "prolog",
    "markdown",
    "spaces",
    "lines",
    "ordered",
    "jsonlines",
    "node lines",
    "bars",
    "latin",
)
WHOLE = [name for name in FILES if name.partition(".")[0] not in WITHOUT_END]
WHOLE += ["csv.gz", "neo4j.zip", "neptune.zip"]

PIECES = [
    *[
        b'"',
        b"'",
        b"<",
        b">",
        b"&",
        b"&x;",
        b"]]>",
        b"<!--",
        b"<![CDATA[",
        b"[",
        b"]",
        b"{",
        b"}",
        b"(",
        b")",
        b"@",
        b"*",
    ],
    *[
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"\xe9",
        b"\xf0\x9f\x98\x80",
        b"\xed\xa0\x80",
        b"\x1b[31m",
    ],
    *[
        b"\n",
        b"\r",
        b"\r\n",
        b"\t",
        b" ",
        b",",
        b";",
        b":",
        b".",
        b"#",
        b"%",
        b"\\",
        b"/",
        b"-1",
        b"0",
        b"1",
        b"1e999",
        b"9" * 30,
    ],
    *[
        b"null",
        b"NaN",
        b"true",
        b'{"a":',
        b"graph [",
        b"*Vertices 9",
        b"0 TRLR",
        b"1 CHAR ANSEL",
        b"@prefix",
        b"<a/>",
        b"^^",
    ],
    *[
        b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
        b'<?xml version="1.0" encoding="ascii"?>',
        b"x" * 140_000,
        b"\n" * 3_000,
        b"[" * 3_000,
    ],
]
PLACE = st.floats(0, 1, exclude_max=True)
CHANGES = st.one_of(
    st.tuples(st.just("insert"), PLACE, st.sampled_from(PIECES) | st.binary(min_size=1, max_size=8)),
    st.tuples(st.just("cut"), PLACE, st.integers(1, 60)),
    st.tuples(st.just("repeat"), PLACE, st.integers(1, 200)),
    st.tuples(st.just("flip"), PLACE, st.integers(1, 255)),
    st.tuples(st.just("truncate"), PLACE, st.none()),
    st.tuples(st.just("swap"), PLACE, st.integers(1, 30)),
    st.tuples(st.just("splice"), PLACE, st.sampled_from(sorted(FILES))),
)


def change(data: bytes, kind: str, place: float, detail) -> bytes:
    at = int(place * len(data))
    before, after = data[:at], data[at:]
    match kind:
        case "insert":
            return before + detail + after
        case "cut":
            return before + after[detail:]
        case "repeat":
            return before + after[:detail] * 2 + after[detail:]
        case "flip" if after:
            return before + bytes([after[0] ^ detail]) + after[1:]
        case "swap":
            return before + after[detail : 2 * detail] + after[:detail] + after[2 * detail :]
        case "splice":
            return before + FILES[detail][int(place * len(FILES[detail])) :]
    return before


def format_of(name: str) -> str:
    stem = name.partition(".")[0]
    json_too = dict.fromkeys(("adjacency", "graphology", "cytoscape", "map", "triples", "jsonlines"), "json")
    tables = {"ordered": "csv", "bars": "csv", "latin": "people", "node lines": "adjacency"}
    return {**json_too, **tables, "ansel": "gedcom", "gexf in utf-16": "gexf"}.get(stem, stem)
