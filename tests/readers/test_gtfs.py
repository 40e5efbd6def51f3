"""GTFS feeds: stops and lines as triples; feeds that are damaged or dangerous are refused."""

from __future__ import annotations

import io
import math
import os
import re
import zipfile

import pytest
from graph_files import inspect, read, triples_of, zipped

from graphdnc.errors import CapacityError, GraphFileError, UsageError
from graphdnc.readers import Columns, archive, inspect_graph, read_graph
from graphdnc.readers.formats import gtfs

FEED = {
    "agency.txt": "agency_id,agency_name\n1,Metro\n",
    "stops.txt": "stop_id,stop_name,location_type,parent_station\n"
    "S1,Bank,1,\nP1,Bank platform 1,0,S1\nP2,Bank platform 2,0,S1\nS2,Angel,,\nS3,Oval,,\n#4,Oval,,\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\n"
    "r1,1,,Northern,1\nr2,1,12,,3\nr3,1,12,,3\n",
    "trips.txt": "route_id,service_id,trip_id,trip_headsign,direction_id\n"
    'r1,w,t1,Oval,0\nr1,w,t2,"Oval, fast",0\nr1,w,t3,Oval,0\nr1,w,t4,Angel,1\nr2,w,t5,,\nr3,w,t6,,\n',
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t1,,,S2,1\nt1,,,P1,2\nt1,,,S3,10\nt2,,,S2,1\nt2,,,S3,2\nt3,,,S2,1\nt3,,,P2,5\n"
    "t4,,,S3,1\nt4,,,P2,2\nt4,,,P1,3\nt4,,,S2,4\nt5,,,S3,1\nt5,,,#4,2\nt6,,,#4,1\nt6,,,S2,2\n",
}
TRIPLES = {
    ("Angel", "Northern towards Oval", "Bank"),
    ("Bank", "Northern towards Oval", "Oval (S3)"),
    ("Angel", "Northern towards Oval", "Oval (S3)"),
    ("Oval (S3)", "Northern towards Angel", "Bank"),
    ("Bank", "Northern towards Angel", "Angel"),
    ("Oval (S3)", "12 towards Oval (#4)", "Oval (#4)"),
    ("Oval (#4)", "12 towards Angel", "Angel"),
}


def changed(name: str, old: str, new: str) -> dict[str, str]:
    assert old in FEED[name]
    return FEED | {name: FEED[name].replace(old, new, 1)}


def test_a_feed_in_a_zip_with_or_without_a_folder():
    for folder in ("", "feed/", "__MACOSX/"):
        data = zipped(FEED, folder)
        if folder == "__MACOSX/":
            with pytest.raises(GraphFileError, match="zip is not a graph"):
                read_graph(io.BytesIO(data))
        else:
            assert read(data) == TRIPLES


def test_a_feed_in_a_folder_with_byte_order_marks(tmp_path):
    for name, text in FEED.items():
        (tmp_path / name).write_text("\ufeff" + text.replace("\n", "\r\n"), newline="")
    os.mkfifo(tmp_path / "pipe")  # opened, it would wait for ever
    found = inspect_graph(tmp_path)
    assert triples_of(found.graph) == TRIPLES
    assert found.format == "gtfs"


def test_the_feed_is_the_graph_that_csv_holds():
    text = "source,relation,target\n" + "".join(f'"{a}","{b}","{c}"\n' for a, b, c in TRIPLES)
    assert triples_of(read_graph(io.BytesIO(text.encode()))) == TRIPLES


def test_both_directions_of_one_name_are_told_apart():
    feed = changed("trips.txt", "t4,Angel,1", "t4,Oval,1")
    names = read_graph(io.BytesIO(zipped(feed))).relation_names
    assert {"Northern towards Oval (Northern, direction 0)"} < set(names or ())


@pytest.mark.parametrize(("north", "east"), [(-30.0, -51.2), (60.2, 24.9), (0.01, 179.9)])
def test_near_is_as_far_anywhere_and_in_any_direction(north, east):
    """Far from the meridian too: to shrink each longitude by itself was wrong by hundreds of metres."""
    degree = 111_195
    for metres, near in ((480, True), (520, False)):
        steps = ((metres / degree, 0), (0, metres / degree / math.cos(math.radians(north))))
        for up, right in (*steps, *((-up, -right) for up, right in steps)):
            there = (north, east), (north + up, east + right)
            assert (gtfs._metres(*there) <= gtfs.NEAR) == near, (metres, up, right)


SIDES = """stop_id,stop_name,stop_lat,stop_lon
a,Bank,51.5,-0.1
b,Oval,51.6,-0.1
c,Oval,51.601,-0.1
d, Oval ,51.6,-0.107
e,Oval,51.6,-0.11
f,Oval,,
g,Oval,0,0
h,,51.6,-0.1
i,,51.6,-0.1
"""


def test_stops_of_one_name_on_both_sides_of_a_street_are_one():
    """111 m are near, and 484, as degrees of longitude are short in London; 691 m and nowhere are not."""
    times = "trip_id,stop_id,stop_sequence\n" + "".join(
        f"t,{key},{at}\n" for at, key in enumerate("abacadaeafagahai")
    )
    feed = {
        "agency.txt": FEED["agency.txt"],
        "stops.txt": SIDES,
        "routes.txt": "route_id,route_short_name\nr,12\n",
        "trips.txt": "route_id,trip_id,trip_headsign\nr,t,Oval\n",
        "stop_times.txt": times,
    }
    found = inspect(zipped(feed))
    names = {name for source, _, target in triples_of(found.graph) for name in (source, target)}
    assert names == {"Bank", "Oval (b)", "Oval (e)", "Oval (f)", "Oval (g)", "h", "i"}
    (note,) = (note for note in found.notes if "within 500 m" in note.text)
    assert (note.count, note.lines) == (2, [4, 5])


@pytest.mark.parametrize(
    ("feed", "where", "message"),
    [
        (
            changed("stop_times.txt", "stop_sequence", "sequence"),
            "stop_times:1",
            "no column stop_seq",
        ),
        (
            changed("stop_times.txt", "P1,2\n", "P1,1\n"),
            "stop_times:3",
            "two stops of stop_sequence 1",
        ),
        (changed("stop_times.txt", "P1,2\n", "P1,x\n"), "stop_times:3", "stop_sequence is 'x'"),
        (
            changed("stop_times.txt", "P1,2\n", "P9,2\n"),
            "stop_times:3",
            "stop 'P9' is not in stops",
        ),
        (
            changed("stop_times.txt", "t4,,", "t9,,"),
            "stop_times:9",
            "trip 't9' is not in trips.txt",
        ),
        (
            changed("stop_times.txt", "P1,2\n", "P1\n"),
            "stop_times:3",
            "4 columns where the header has",
        ),
        (changed("trips.txt", "r2,w", "r9,w"), "trips:6", "route 'r9' is not in routes.txt"),
        (changed("trips.txt", "t2", "t1"), "trips:3", "the trip 't1' occurs twice"),
        (
            changed("trips.txt", '"Oval, fast"', '"Oval'),
            "trips:3",
            "a quote is opened and not closed",
        ),
        (changed("stops.txt", "S2", "S1"), "stops:5", "the stop 'S1' occurs twice"),
        (changed("stops.txt", "Bank,1,", "Bank,1,P1"), "stops:3", "its own parent station"),
        (changed("routes.txt", "r2", ""), "routes:3", "a route without an id"),
        (
            changed("routes.txt", "agency_id", "route_id"),
            "routes:1",
            "the column 'route_id' occurs twice",
        ),
        (FEED | {"stops.txt": ""}, "stops.txt", "the file is empty"),
        (FEED | {"stops.txt": b"stop_id,stop_name\nS1,\xe9\n"}, "stops.txt", "not UTF-8 (byte 0xe9)"),
        (FEED | {"stops.txt": "ab".encode("utf-16")[:-1]}, "stops.txt", "not UTF-16-LE (byte 0x62)"),
        (FEED | {"stops.txt": "stop_id\n\0"}, "stops.txt", "a NUL byte"),
        ({name: text for name, text in FEED.items() if name != "trips.txt"}, "trips.txt", "no such file"),
    ],
)
def test_errors_name_file_line_and_remedy(feed, where, message):
    with pytest.raises(GraphFileError) as error:
        read_graph(io.BytesIO(zipped(feed)))
    name, _, line = where.partition(":")
    place = f"{name}.txt, line {line}" if line else name
    assert str(error.value).startswith(f"the stream/{place}: ")
    assert message in str(error.value)


def test_a_feed_without_triples():
    feed = FEED | {"stop_times.txt": "trip_id,stop_id,stop_sequence\n"}
    with pytest.raises(GraphFileError, match="the file has no triples"):
        read_graph(io.BytesIO(zipped(feed)))


@pytest.mark.parametrize("name", ["../stops.txt", "/etc/stops.txt", "a/../../stops.txt", "C:\\stops.txt"])
def test_entries_that_lead_out_of_the_zip_are_refused(name):
    with pytest.raises(GraphFileError, match="leads out of the zip"):
        read_graph(io.BytesIO(zipped(FEED | {name: "x"})))


def test_zip_bombs_are_refused(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED", 2**20)
    with pytest.raises(CapacityError, match="its files are larger than 1 MiB"):
        read_graph(io.BytesIO(zipped(FEED | {"stop_times.txt": "0" * 2_000_000})))
    with pytest.raises(CapacityError, match="more than 10,000 files"):
        read_graph(io.BytesIO(zipped({str(number): "" for number in range(10_001)})))


def test_a_zip_that_claims_to_be_small_is_refused():
    data = bytearray(zipped(FEED | {"stops.txt": FEED["stops.txt"] + "x" * 100_000}))
    for match in re.finditer(rb"PK\x01\x02", bytes(data)):
        if data[match.start() + 46 :].startswith(b"stops.txt"):
            data[match.start() + 24 : match.start() + 28] = (99).to_bytes(4, "little")
    with pytest.raises(GraphFileError, match=r"stops.txt: cannot be read \(Bad CRC-32"):
        read_graph(io.BytesIO(bytes(data)))


def test_other_zips(tmp_path):
    whole = zipped(FEED)
    for data, message in [
        (whole[:-30], "a damaged zip"),
        (whole[:200] + whole[220:], "cannot be read|a damaged zip"),
        (zipped(FEED, method=zipfile.ZIP_LZMA), "compressed by an unsupported method"),
        (zipped(FEED | {"x/stops.txt": ""}), "holds 'stops.txt' twice"),
        (zipped({"[Content_Types].xml": ""}), "this is a document; save its table"),
        (zipped({"a.docx": "", "b": ""}), "zip is not a graph .it has 'a.docx', 'b'.; give the file"),
    ]:
        path = tmp_path / "feed.zip"
        path.write_bytes(data)
        with pytest.raises(GraphFileError, match=message):
            read_graph(path)


def test_a_format_of_the_other_kind(tmp_path):
    with pytest.raises(GraphFileError, match="this is one file, but a GTFS feed is several"):
        read_graph(io.BytesIO(b"a,r,b"), format="gtfs")
    with pytest.raises(GraphFileError, match="this is a folder or a zip, but GML is one file"):
        read_graph(tmp_path, format="gml")
    with pytest.raises(UsageError, match="names its relations itself; leave out --relation"):
        read_graph(io.BytesIO(zipped(FEED)), Columns(relation="x"))
