"""``graphdnc plot``: what training runs learned, and when."""

from __future__ import annotations

import json

import pytest

from graphdnc.evaluation import Accuracy
from graphdnc.pictures.accuracy import _binned
from graphdnc.pictures.learning_curves import Run, load_run, row


def validation(examples, lesson, accuracy):
    return {
        "examples": examples,
        "seconds": examples / 10,
        "lesson": lesson,
        "validated": accuracy,
        "loss": 9.0 - lesson,
    }


LINES = [
    validation(1000, 1, 0.5),
    validation(2000, 1, 0.95),
    validation(3000, 2, 0.99),
    validation(4000, 2, 0.98),
]


@pytest.fixture
def metrics(tmp_path):
    def write(name, lines=LINES):
        (tmp_path / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        return tmp_path / name

    return write


def test_a_run_says_when_lessons_were_passed(metrics):
    found = load_run(metrics("walks-1.jsonl"))
    assert row(found) == (
        "walks-1",
        "2k (3 min)",
        "99.0% of lesson 2 at 3k (5 min)",
        "3k (5 min)",
        "4k (7 min)",
    )
    assert found.kind == "walks"
    assert Run("walks-learned", LINES).kind == "walks-learned"


def test_several_runs_are_compared_and_drawn(run, metrics, tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    files = [metrics("traversal-1.jsonl"), metrics("traversal-2.jsonl", LINES[:3])]
    code, out, _ = run("plot", *files, "-o", tmp_path / "curves.svg")
    assert (code, len(out.splitlines())) == (0, 3)
    drawn = (tmp_path / "curves.svg").read_text(encoding="utf-8")
    for word in ("traversal-1", "traversal-2", "passed a lesson", "98.8%", "minutes", "loss in nats"):
        assert word in drawn


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not json", "not the metrics of a run"),
        ('{"examples": 1}', "a line has not all of examples"),
        ("", "no validation yet"),
        (json.dumps({**validation(1, 1, None)}), "no validation yet"),
    ],
)
def test_what_is_no_run_is_refused_in_one_line(run, tmp_path, text, why):
    (tmp_path / "m.jsonl").write_text(text)
    code, out, err = run("plot", tmp_path / "m.jsonl")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert why in err
    code, _, err = run("plot", tmp_path / "none")
    assert (code, "No such file" in err) == (2, True)


def test_accuracy_by_size_has_few_points():
    counted = {size: Accuracy(size % 2, 1) for size in range(100)}
    binned = _binned(counted)
    assert len(binned) <= 9
    assert sum(one.episodes for one in binned.values()) == 100
    assert sum(one.correct for one in binned.values()) == 50


def test_an_evaluation_is_drawn(run, tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    chosen = ("--episodes", 20, "--steps", "1-3", "--nodes", "6-9")
    code, _out, _ = run("eval", "traversal", *chosen, "--plot", tmp_path / "a.svg")
    assert code == 0
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "steps of the answer" in drawn
    assert "triples in the graph" in drawn
    code, _, err = run("eval", "traversal", "--plot", tmp_path / "a.pdf")
    assert (code, err.count("\n")) == (2, 1)
    assert "end the name with one of them" in err


def test_runs_of_several_kinds_share_panels_if_wanted(run, metrics, tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    files = [metrics("walks-1.jsonl"), metrics("rides.jsonl")]
    for options, titles in (((), ("walks", "rides")), (("--together",), ("walks",))):
        assert run("plot", *files, "-o", tmp_path / "c.svg", *options)[0] == 0
        drawn = (tmp_path / "c.svg").read_text(encoding="utf-8")
        found = [kind for kind in ("walks", "rides") if f"{kind}: loss in nats a step" in drawn]
        assert found == list(titles)
        assert ">rides<" in drawn


def test_a_table_is_printed_also_if_the_figure_cannot_be_written(run, metrics, tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    code, out, err = run("plot", metrics("walks-1.jsonl"), "-o", tmp_path / "none" / "curves.svg")
    assert (code, err.count("\n")) == (2, 1)
    assert "cannot be written (No such file or directory)" in err
    assert "walks-1" in out
