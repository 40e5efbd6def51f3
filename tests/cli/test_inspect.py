"""``graphdnc inspect``: what is shown of a file, for people and for scripts."""

from __future__ import annotations

import io
import json
import re
import sys
import types
from itertools import pairwise
from pathlib import Path

import pytest

from graphdnc.cli import inspect as command
from graphdnc.cli import options
from graphdnc.cli.ask.loading import read_graph_file
from graphdnc.cli.main import main
from graphdnc.graph import Graph
from graphdnc.kinship import relatives
from graphdnc.language.parse import parse_question
from graphdnc.language.suggestions import suggested_questions
from graphdnc.oracle.solve import answers
from graphdnc.questions import Kin
from graphdnc.readers import FORMATS, Columns, inspect_graph

ROOT = Path(__file__).parents[2]
EDGES = "source,relation,target,minutes\nBank,Central,Oval,2\nBank,Central,Oval,2\nOval,loop,Oval,1\n"


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(stdin)))
        monkeypatch.setattr(sys, "argv", ["graphdnc", "inspect", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        done = capsys.readouterr()
        return stop.value.code, done.out, done.err

    return call


def test_what_is_shown(run):
    code, out, err = run("-", stdin=EDGES.encode())
    assert (code, err) == (0, "")
    assert out == (
        "format: edge list (csv)\n"
        "2 triples, 2 nodes, 2 relations\n"
        "4 rows read: 2 became triples; header: 1, in line 1; repeats an earlier triple: 1, in line 3\n"
        "leaving a node: 1 to 1 triples, median 1\n"
        "entering a node: 0 to 2 triples, median 1\n"
        "\n"
        "relation  triples\n"
        "Central   1\n"
        "loop      1\n"
        "note: line 3: repeats an earlier triple; dropped\n"
        "note: line 4: leads from a node to itself; kept\n"
        "note: 'minutes' looks like weights; weights are not used\n"
        "\n"
        "ask, for example:\n"
        "  Start at Oval, take loop one stop: where am I?\n"
        "  Start at Bank, take Central one stop: where am I?\n"
    )


def test_the_fields_that_scripts_rely_on(run):
    code, out, _ = run("-", "--json", "--format", "tsv", stdin=EDGES.replace(",", "\t").encode())
    record = json.loads(out)
    assert code == 0
    assert record.pop("questions")
    assert record == {
        "doubts": [],
        "file": "-",
        "format": "csv",
        "triples": 2,
        "nodes": 2,
        "relations": [{"relation": "Central", "triples": 1}, {"relation": "loop", "triples": 1}],
        "leaving": {"min": 1, "median": 1.0, "max": 1},
        "entering": {"min": 0, "median": 1.0, "max": 2},
        "read": {
            "unit": "rows",
            "count": 4,
            "became_triples": 2,
            "left_out": [
                {"why": "header", "lines": [1], "count": 1, "missed": False},
                {"why": "repeats an earlier triple", "lines": [3], "count": 1, "missed": False},
            ],
        },
        "weights": ["minutes"],
        "warnings": [
            {"text": "repeats an earlier triple; dropped", "lines": [3], "count": 1},
            {"text": "leads from a node to itself; kept", "lines": [4], "count": 1},
        ],
    }


def test_many_relations_and_many_lines_are_cut_short(run):
    rows = [f"a{i},r{i},b" for i in range(12)] + ["a0,r0,b"] * 8
    out = run("-", stdin="\n".join(rows).encode())[1]
    assert "r9        1\nand 2 more\n" in out
    assert "note: lines 13, 14, 15, 16, 17 and 3 more: repeats an earlier triple; dropped\n" in out


@pytest.mark.parametrize("name", ["underground.csv", "underground_zone1.csv", "family.csv"])
def test_the_sample_questions_work(name):
    found = inspect_graph(ROOT / "datasets/real" / name)
    graph, sentences = found.graph, command.record_of(name, found)
    assert len(sentences["questions"]) == command.QUESTIONS
    for sentence in sentences["questions"]:
        question = parse_question(sentence, graph)
        kin = isinstance(question, Kin)
        assert relatives(graph, question.person, question.term) if kin else answers(graph, question)
    assert ("cousins" in "".join(sentences["questions"])) == (name == "family.csv")


def test_names_that_no_sentence_can_hold_are_left_out():
    graph = Graph.from_triples([("?", "r", "!"), ("a", "r", "b")])
    assert list(suggested_questions(graph)) == ["Start at a, take r one stop: where am I?"]


def test_where_a_relation_leads_to_several_places_a_direction_is_proposed():
    line = ["Angel", "Bank", "Oval", "Morden"]
    graph = Graph.from_triples([(a, "r", b) for pair in pairwise(line) for a, b in (pair, pair[::-1])])
    first = next(iter(suggested_questions(graph)))
    assert first == "Start at Angel, take r two stops towards Oval: where am I?"
    assert len(answers(graph, parse_question(first, graph))) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nowhere.csv",), 1, "error: nowhere.csv: there is no such file"),
        (("-", "--format", "docx"), 2, f"error: no format 'docx'; the formats are {', '.join(FORMATS)}"),
        (("-", "--relation", "size"), 2, "no column 'size'; the columns are 'source', 'relation', 'target'"),
        (("-", "--columns", "1"), 2, "--columns '1' does not name two or three columns"),
        (("-", "--format", "gml", "--source", "x"), 2, "GML has no columns"),
    ],
)
def test_errors_are_one_line(run, arguments, code, message):
    found, out, err = run(*arguments, stdin=EDGES.encode())
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert message in err


def test_the_options_that_scripts_rely_on(run):
    options = set(re.findall(r"(?<!\S)--[a-z-]+", run("--help")[1]))
    assert options == {
        "--format",
        "--json",
        "--source",
        "--relation",
        "--target",
        "--columns",
        "--means",
        "--help",
    }


def test_the_page_about_files_shows_what_is_printed_and_every_format(run, monkeypatch):
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs/files.md").read_text(encoding="utf-8")
    shown = re.search(r"\$ graphdnc inspect (\S+)\n(.*?)```", page, re.DOTALL)
    assert run(shown[1])[1] == shown[2]
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([a-z0-9]+)`", "".join(rows))) == set(FORMATS)


def test_that_a_large_graph_is_being_read_is_said_on_a_terminal(run, monkeypatch, tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in {"nodes.csv": ":ID\n1\n2\n", "edges.csv": ":START_ID,:END_ID,:TYPE\n1,2,r\n"}.items():
        (folder / name).write_text(text)
    assert run(folder)[2] == ""
    monkeypatch.setattr(options, "_SLOW", 30)
    assert run(folder)[2] == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert run(folder)[2] == f"reading {folder} ...\n"
    assert run(folder / "nodes.csv")[2].startswith("error: ")
    assert run(tmp_path / "none.csv")[2].startswith("error: ")


def test_ask_says_in_one_line_what_may_be_missed(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("graphdnc.model.kernels.cpu.build.begin_to_build", lambda name: None)
    path = tmp_path / "edges.csv"
    path.write_text("source,relation,target\n# by hand\n# x,r,y\na,r,b\na,r,b\n\n#b,r,c\n")
    read_graph_file(str(path), Columns(), None, quiet=True)
    assert capsys.readouterr().err == (
        "note: line 7: begins like a comment but has the columns of a row: read as one; "
        "if it is a comment, put a space after its sign\n"
        "note: 1 of 7 rows did not become triples (begins with # or the like and a space, so it is a "
        "comment, though it has the columns of a row: 1, in line 3)\n"
    )
