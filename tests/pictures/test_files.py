"""The files that ``--show`` and ``--trace`` write, and what they refuse."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from graphdnc.datasets.real import real_graph_path

METRO, FAMILY = real_graph_path("underground_zone1"), real_graph_path("family")
WALK = "Start at Moorgate, take the Circle clockwise one stop, then Bakerloo northbound one stop: where am I?"


def asked(run, *options, graph=METRO, question=WALK):
    return run("ask", graph, question, "-q", "--votes", 1, *options)


def test_arrays_are_what_was_described_and_add_up(run, tmp_path):
    assert asked(run, "--trace", tmp_path / "t.npz")[0] == 0
    with np.load(tmp_path / "t.npz") as file:
        arrays = dict(file)
    steps, rows = arrays["usage"].shape
    assert (steps, int(arrays["described"])) == (115, 110)
    assert arrays["read_weights"].shape == (steps, 3, rows)
    assert arrays["write_weights"].shape == (steps, 1, rows)
    for name in ("read_weights", "write_weights"):
        assert (arrays[name] >= 0).all()
        assert (arrays[name].sum(-1) <= 1 + 1e-5).all()
    assert not arrays["read_weights"][:110].any(), "this network does not look while it is told the graph"
    assert np.allclose(arrays["read_modes"].sum(-1), 1, atol=1e-5)
    assert np.array_equal(arrays["write_weights"][:110, 0].argmax(-1), np.arange(110))
    assert list(arrays["said"][113]) == ["Embankment", "Bakerloo northbound", "Charing Cross"]
    assert set(arrays["phases"]) == {"description", "query", "answer"}


@pytest.mark.parametrize(
    ("options", "start"),
    [
        (("--show", "r.svg"), b"<?xml"),
        (("--show", "r.png"), b"\x89PNG"),
        (("--trace", "w.png"), b"\x89PNG"),
        (("--trace", "w.svg"), b"<?xml"),
    ],
)
@pytest.mark.parametrize(
    ("graph", "question"), [(METRO, WALK), (FAMILY, "Who is Freya's maternal great uncle?")]
)
def test_pictures_are_drawn(run, tmp_path, options, start, graph, question):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    option, name = options
    for _ in range(2):  # the second time over the first
        assert asked(run, option, tmp_path / name, graph=graph, question=question)[0] == 0
    assert (tmp_path / name).read_bytes().startswith(start)


def test_a_name_is_text_in_a_drawing(run, tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    (tmp_path / "g.csv").write_text(
        "source,relation,target\n<script>$x_$,r,Amman\nAmman,r,\U0001f687\n", encoding="utf-8"
    )
    code, *_ = run(
        "ask",
        tmp_path / "g.csv",
        "--start",
        "<script>$x_$",
        "--follow",
        "r",
        "-q",
        "--show",
        tmp_path / "g.svg",
    )
    assert code == 0
    drawn = (tmp_path / "g.svg").read_text(encoding="utf-8")
    assert "&lt;script&gt;$x_$" in drawn
    assert "<script>" not in drawn


def test_the_page_is_opened_at_the_view_that_was_asked_for(run, tmp_path):
    for option, view in (("--show", "graph"), ("--trace", "memory")):
        assert asked(run, option, tmp_path / "p.html")[0] == 0
        assert f'"first":"{view}"' in (tmp_path / "p.html").read_text(encoding="utf-8")


def test_what_is_not_traced_is_shown_without_the_memory(run, tmp_path):
    question = "How is Fergus related to Freya?"
    code, _, err = asked(run, "--show", tmp_path / "p.html", graph=FAMILY, question=question)
    assert (code, err.count("\n")) == (0, 1)
    assert err.startswith("note: the memory is not shown: how two people are related takes many questions")
    code, _, err = asked(run, "--trace", tmp_path / "t.npz", graph=FAMILY, question=question)
    assert code == 2
    assert not (tmp_path / "t.npz").exists()


def test_a_heat_map_names_the_rows_and_can_be_read_in_a_pipe(run):
    code, out, _ = asked(run, "--trace", "-")
    lines = out.splitlines()
    assert code == 0
    assert lines[4].split() == ["row", "holds", "111", "112", "113", "114", "115"]
    walked = next(line for line in lines if "Embankment, Bakerloo northbound, Charing Cross" in line)
    assert walked.split()[-1] == "23", "heads 2 and 3 walk"
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--show", "p.txt"), "end the name with .html, .svg or .png"),
        (("--show", "nowhere/p.html"), "no such folder"),
        (("--trace", "nowhere/p.npz"), "no such folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_asked(run, tmp_path, options, why):
    option, name = options
    code, out, err = asked(run, option, tmp_path / name)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert why in err


def test_only_pictures_are_overwritten(run, tmp_path):
    for name in ("own.html", "own.svg", "own.png"):
        (tmp_path / name).write_text("my own words")
        code, _, err = asked(run, "--show", tmp_path / name)
        assert (code, err.count("\n")) == (2, 1)
        assert "is not a page or picture" in err
        assert (tmp_path / name).read_text() == "my own words"


def test_a_page_holds_one_answer(run, tmp_path):
    (tmp_path / "asked.txt").write_text(WALK, encoding="utf-8")
    code, _, err = run("ask", METRO, "--questions", tmp_path / "asked.txt", "--show", tmp_path / "p.html")
    assert (code, err.count("\n")) == (2, 1)
    assert "holds one answer" in err


def test_figures_need_matplotlib_and_say_so(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, _, err = asked(run, "--show", tmp_path / "r.png")
    assert code == 2
    assert "pip install 'graphdnc[plots]'" in err


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("How do you get from Moorgate to Bank avoiding Waterloo?", ""),
        ("Is there a direct connection from Moorgate to Bank?", "Yes."),
        ("Is there a direct connection from Moorgate to Oxford Circus?", "No."),
        ("How many nodes are there?", "23."),
    ],
)
def test_answers_that_take_several_questions_or_none_are_shown_without_the_memory(
    run, tmp_path, question, lead
):
    code, _, err = asked(run, "--show", tmp_path / "a.html", question=question)
    assert code == 0
    assert "the memory is not shown: this takes several questions to networks" in err
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert question in text
    assert f'"lead":"{lead}"' in text.replace('": "', '":"')


def test_a_picture_holds_one_answer_of_a_line(run, tmp_path):
    two = "How do you get from Moorgate to Bank? How do you get from Bank to Moorgate?"
    code, out, err = asked(run, "--show", tmp_path / "a.html", question=two)
    assert code == 2
    assert len(out.splitlines()) == 2
    assert "a.html: holds the first answer; ask one question for each file" in err


def test_a_page_without_a_trace_needs_no_torch():
    code = "import sys, graphdnc.pictures.page; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
