"""The benchmarks that draw graphs: sizes, shapes, ambiguous and inverse walks, calibration."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from xml.dom import minidom

import numpy as np
import pytest

from graphdnc.graph import Graph
from graphdnc.oracle.solve import is_answer
from graphdnc.training.config import load_training_config

FOLDER = Path(__file__).parents[2] / "benchmarks"
NAMES = (
    "tables",
    "sizes",
    "shapes",
    "ambiguous",
    "inverse",
    "calibration",
    "curves",
    "heads",
    "lstm",
    "publish",
)


@pytest.fixture(scope="module")
def benchmarks():
    """Return the commands as modules; they import one another."""
    sys.path.insert(0, str(FOLDER))
    yield {name: importlib.import_module(name) for name in NAMES}
    sys.path.remove(str(FOLDER))
    for name in NAMES:
        del sys.modules[name]


def test_what_was_measured_is_kept_and_drawn(benchmarks, tmp_path):
    sizes = benchmarks["sizes"]
    rows = [sizes.measure("traversal", "random", size, 2, 1, 60) for size in (10, 100)]
    assert [(row.triples, row.memorised, row.questions) for row in rows] == [(10, 10, 2), (100, 100, 2)]
    assert all(row.votes == 1 for row in rows)
    sizes.write(tmp_path / "sizes.csv", rows)
    again = sizes.read(tmp_path / "sizes.csv")
    assert [(row.task, row.triples) for row in again] == [("traversal", 10), ("traversal", 100)]
    assert sizes.table(again).count("\n") == 3
    assert sizes.read(tmp_path / "none.csv") == []


def test_the_same_figures_are_drawn_the_same(benchmarks):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    sizes = benchmarks["sizes"]
    again = sizes.read(FOLDER.parent / "docs" / "sizes.csv")
    svg = sizes.plot(again)
    groups = minidom.parseString(svg).getElementsByTagName("g")
    assert sum(group.getAttribute("id").startswith("axes_") for group in groups) == 4
    assert sizes.plot(again) == svg


@pytest.mark.parametrize("kind", ["random", "near", "metro", "streets"])
@pytest.mark.parametrize("triples", [10, 300])
def test_graphs_of_every_kind_have_about_as_many_triples(benchmarks, kind, triples):
    graph = benchmarks["sizes"].KINDS[kind][0](np.random.default_rng(1), triples)
    assert triples / 2 <= len(graph) <= 1.5 * triples
    assert all(len(graph.follow(triple.source, triple.relation)) == 1 for triple in graph)


def test_a_shape_is_measured_in_all_columns(benchmarks, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["shapes.py", "--shapes", "random, 100", "--questions", "2"])
    benchmarks["shapes"].main()
    row = capsys.readouterr().out.splitlines()[-1]
    assert row.startswith("| random, 100 nodes, 150 triples | 150 | ")
    assert row.count(" of 2 (") == 4


def test_shapes_are_graphs_without_ambiguity(benchmarks):
    for name, draw in benchmarks["shapes"].SHAPES.items():
        graph = draw()
        assert graph.nodes <= 999, name
        assert len(np.unique(graph.triples[:, :2], axis=0)) == len(graph), name


def test_ways_to_list_ends_list_only_ends(benchmarks):
    ambiguous, rng = benchmarks["ambiguous"], np.random.default_rng(0)
    graph = ambiguous.blurred(rng)
    question, ends = ambiguous.walk(rng, graph, 3)
    assert len(ends) > 1
    for name, method in ambiguous.METHODS.items():
        found, tries = method(graph, question, np.random.default_rng(0))
        assert found <= ends, name
        assert tries >= 8
    assert found == ends, "relation by relation is the last one"
    assert len({triple.relation for triple in ambiguous.without_directions()}) < 40


def test_narrowed_walks_are_answered_with_the_ends_of_the_oracle(benchmarks):
    ambiguous, rng = benchmarks["ambiguous"], np.random.default_rng(0)
    graph = ambiguous.blurred(rng)
    question, ends = ambiguous.walk_towards(rng, graph)
    assert set(ambiguous.ends_of(graph, question)) == ends
    assert question.towards
    assert ambiguous.measure_towards("random", 3, ambiguous.blurred, 0).startswith("| random | 3 of 3 | ")


def test_an_answer_is_right_or_a_denial_is(benchmarks):
    calibration = benchmarks["calibration"]
    graph = Graph(np.array([(0, 0, 1)]), 3, 1)
    there, nowhere = calibration.ShortestPath(0, 1), calibration.ShortestPath(0, 2)
    path = tuple(graph)
    assert is_answer(graph, there, path)
    assert calibration.is_right(graph, there, path, False)
    assert not calibration.is_right(graph, there, None, True)
    assert calibration.is_right(graph, nowhere, None, True)
    assert not calibration.is_right(graph, nowhere, None, False)


@pytest.mark.parametrize("task", ["traversal", "shortest-path"])
def test_a_few_questions_are_asked_of_each_kind(benchmarks, monkeypatch, capsys, task):
    calibration = benchmarks["calibration"]
    monkeypatch.setitem(calibration.RINGS, task, (5, 9))
    found = calibration.measure(task, 8, 1, task)
    assert [asked.graphs for asked in found] == [
        name for name in ("tiny", "rings", "ambiguous", "ordinary") for _ in range(2)
    ]
    calibration.report(found)
    assert "expected calibration error" in capsys.readouterr().out


def test_inverse_questions_are_each_asked_once(benchmarks):
    inverse = benchmarks["inverse"]
    graph = Graph.from_triples([("a", "r", "c"), ("b", "r", "c"), ("c", "s", "a")])
    assert len(set(inverse.questions(graph, 9, np.random.default_rng(0)))) == 2
    found, most, _ = inverse.measure(graph, 9, np.random.default_rng(0))
    assert (found.correct, found.episodes, most) == (2, 2, 2)
    for draw, relations in (
        (inverse.company, {"works in", "reports to"}),
        (inverse.packages, {"depends on"}),
    ):
        drawn = draw(np.random.default_rng(0))
        assert set(drawn.relation_names) == relations
        assert all(triple.source != triple.target for triple in drawn)


def validation(examples, lesson, accuracy):
    return {"examples": examples, "seconds": examples / 10, "lesson": lesson, "validated": accuracy}


def test_a_learning_curve_says_when_lessons_were_passed(benchmarks, tmp_path):
    curves = benchmarks["curves"]
    lines = [
        validation(1000, 1, 0.5),
        validation(2000, 1, 0.95),
        validation(3000, 2, 0.99),
        validation(4000, 2, 0.98),
    ]
    (tmp_path / "walks-1.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    run = curves.load(tmp_path / "walks-1.jsonl")
    assert curves.row(run) == [
        "walks-1",
        "2k (3 min)",
        "99.0% of lesson 2 at 3k (5 min)",
        "3k (5 min)",
        "4k (7 min)",
    ]
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    assert "walks-1" in curves.plot([run])


def test_every_row_of_a_card_is_measured_with_one_vote_and_with_more(benchmarks):
    publish = benchmarks["publish"]
    rows = list(publish.rows(publish.CARDS["inference"]))
    assert [row.votes for row in rows] == [1, 8] * 6
    assert rows[-1].graphs == "an invented family of 29 people, in silence"
    assert rows[-1].command("inference")[-6:] == ["1000", "--silent", "--votes", "8", "--seed", "100"]
    found = publish.Result("x", "1", 1, 200, 0.995, (0.972, 0.9991))
    assert "| 1 | 200 | 99.50% | 97.20% to 99.91% | `graphdnc eval" in publish.line(
        publish.Row("x", "1", 1, ""), found, "m"
    )


def test_an_lstm_is_trained_on_the_lessons_of_a_run(benchmarks, tmp_path):
    lstm = benchmarks["lstm"]
    changes = [
        "schedule.examples=32",
        "schedule.batch=8",
        "schedule.pool=2",
        "schedule.validation_episodes=4",
    ]
    config = load_training_config(
        FOLDER.parent / "runs" / "traversal.toml", [*changes, "schedule.validate_every=1"]
    )
    training = lstm.Training(config, FOLDER, units=8)
    before = {name: tensor.clone() for name, tensor in training.network.state_dict().items()}
    training.run(tmp_path)
    assert [line["examples"] for line in benchmarks["curves"].load(tmp_path).lines] == [16, 32]
    for name, tensor in training.network.state_dict().items():
        assert not tensor.equal(before[name]), name


@pytest.mark.parametrize(
    ("written", "holds", "found"),
    [
        (None, ("a", "r", "b"), "its triple"),
        (None, ("b", "s", "c"), "the triple after"),
        (None, ("x", "r", "y"), "not of the answer"),
        (1, ("a", "r", None), "its query"),
        (2, (None, "s", None), "the next query"),
        (3, (None, None, None), "a later row"),
    ],
)
def test_what_a_head_reads_is_named_by_the_answer(benchmarks, written, holds, found):
    heads, answer = benchmarks["heads"], [("a", "r", "b"), ("b", "s", "c")]
    read = heads.Read(3, 0.9, written, holds)
    assert heads.kind(read, ["query", "query", "answer", "answer"], 2, answer) == found
    assert heads.kind(read._replace(weight=0.4), ["query", "query", "answer", "answer"], 2, answer) == "none"
