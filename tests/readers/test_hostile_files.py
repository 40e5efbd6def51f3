"""Graph files that were made to harm: each is refused in one line, and takes little memory."""

import gzip
import io
import os
import zipfile

import pytest
from refusals import refused

FEW = 2**30
"""Bytes of memory that a file may take, with Python and all readers."""


def packed(entries, **options):
    """Return a zip with entries by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content, **options)
    return made.getvalue()


def lying(content, claimed):
    """Return a zip whose directory says that its one entry unpacks to ``claimed`` bytes."""
    data = bytearray(packed({"stops.txt": content}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = claimed.to_bytes(4, "little")
    return bytes(data)


def entities(depth):
    """Return the billion laughs."""
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth))
    return f'<!DOCTYPE graphml [<!ENTITY e0 "ha">{declared}]><graphml>&e{depth - 1};</graphml>'


SECRET = "top,secret,line\n"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Files by name, in a folder with a file that none of them may read."""
    folder = tmp_path_factory.mktemp("hostile")
    secret = folder / "secret.csv"
    secret.write_text(SECRET)
    zeros = bytes(2**20)
    feed = {"stops.txt": "stop_id,stop_name\n", "stop_times.txt": "trip_id,stop_id\n"}
    contents = {
        "bomb.csv.gz": gzip.compress(zeros * 300),
        "bomb.zip": packed({"stops.txt": zeros * 300, "stop_times.txt": zeros * 300}),
        "lying.zip": lying(zeros * 300, 100),
        "absolute.zip": packed({f"{folder}/secret.csv": "a,b,c\n", **feed}),
        "upwards.zip": packed({"../../secret.csv": "a,b,c\n", **feed}),
        "drive.zip": packed({"C:\\secret.csv": "a,b,c\n", **feed}),
        "many.zip": packed({f"{number}.csv": "" for number in range(10_500)}),
        "bomb.xlsx": packed({"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": zeros * 300}),
        "laughs.graphml": entities(12).encode(),
        "outside.graphml": (
            f'<!DOCTYPE graphml [<!ENTITY secret SYSTEM "file://{secret}">]><graphml>&secret;</graphml>'
        ).encode(),
        "included.gexf": (
            f'<!DOCTYPE gexf SYSTEM "file://{secret}">'
            '<gexf><graph><nodes><node id="&x;"/></nodes></graph></gexf>'
        ).encode(),
        "deep.graphml": b"<graphml>" + b"<x>" * 1_000_000,
        "deep.json": b"[" * 10_000_000,
        "deep.json.gz": gzip.compress(b'{"a":' * 10_000_000),
        "deep.ttl": b"@prefix : <http://x/> .\n:a :b " + b"[ :c " * 500_000,
        "deep.gml": b"graph [ " * 1_000_000,
        "deep.dot": b"digraph { " + b"subgraph { " * 1_000_000,
        "long.csv": b"a," * 30_000_000,
        "name.csv": b"a,b," + b"c" * 60_000_000,
        "rows.csv.gz": gzip.compress(b"".join(b"%d,r,%d\n" % (n, n + 1) for n in range(4_000_000))),
        "escape.csv": b"source,relation,target\na\x1b]0;x\x07,r,b\n",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    linked = folder / "linked"
    linked.mkdir()
    (linked / "stops.txt").symlink_to("/dev/zero")
    (linked / "stop_times.txt").write_text("trip_id,stop_id\n")
    return folder, [*(folder / name for name in contents), linked]


def test_every_hostile_file_is_refused_in_one_line_and_takes_little_memory(hostile):
    folder, paths = hostile
    told = refused("graph", paths)
    assert [one["file"] for one in told] == [path.name for path in paths]
    for one in told:
        assert one["error"], f"{one['file']} is read"
        assert "\n" not in one["error"]
        assert len(one["error"]) < 500, one
        assert one["file"].partition(".")[0] in one["error"], one
        assert "top" not in one["error"].replace("stop", ""), "nothing outside is shown"
        assert not any(sign in one["error"] for sign in "\x1b\x07")
        assert one["peak"] < FEW, one
    assert sorted(os.listdir(folder)) == sorted([path.name for path in paths] + ["secret.csv"])
    assert (folder / "secret.csv").read_text() == SECRET
