"""``graphdnc eval`` from outside: what is asked, and how it is printed."""

from __future__ import annotations

import json
import re
import types

import pytest

from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.episodes.labels import DigitCode
from graphdnc.episodes.planning import Planning
from graphdnc.evaluation import Report
from graphdnc.readers import read_graph
from graphdnc.tasks import TASKS
from graphdnc.tasks.votes import Vote
from graphdnc.utils.rng import Purpose, stream

PLANNING = {
    "traversal": None,
    "shortest-path": Planning(),
    "inference": Planning(),
    "kinship": Planning(instructed=True),
}


@pytest.fixture
def asked(monkeypatch):
    """Let ``eval`` ask a stand-in named after its task, which is always right; return what was asked."""
    examples = []

    def load(name):
        return types.SimpleNamespace(task=TASKS[name](DigitCode(3), PLANNING[name]))

    def evaluate(checkpoint, drawn, votes, seed, report):
        counted = Report()
        examples[:] = drawn
        for example in examples:
            counted.add(example, [Vote(example.answer, 0.9)] * votes, rows=9)
        report(counted)
        return counted

    monkeypatch.setattr("graphdnc.networks.checkpoint.load_checkpoint", load)
    monkeypatch.setattr("graphdnc.evaluation.evaluate", evaluate)
    return examples


def test_shortest_paths_are_measured_on_the_last_lesson_of_their_curriculum(run, asked):
    code, out, err = run("eval", "shortest-path", "--episodes", 40, "--json")
    record = json.loads(out)
    assert (code, err, len(asked)) == (0, "", 40)
    assert all(20 <= example.graph.nodes <= 25 and 2 <= len(example.answer) <= 5 for example in asked)
    assert record.pop("interval")[1] == 1
    by_length = record.pop("by_length")
    assert list(by_length) == ["2", "3", "4", "5"]
    assert sum(row["episodes"] for row in by_length.values()) == 40
    assert by_length["2"].keys() == {"episodes", "accuracy", "interval"}
    assert record == {
        "task": "shortest-path",
        "graphs": "random",
        "episodes": 40,
        "accuracy": 1,
        "calibration_error": None,  # of one try
        "seed": 0,
        "model": "shortest-path",
        "settings": {"curriculum": "shortest-path-paper", "lesson": 15, "steps": "2-5", "votes": 1},
        "valid": 1,
    }


def test_how_often_answers_are_right_is_shown_by_confidence(run, asked):
    record = json.loads(run("eval", "shortest-path", "--episodes", 10, "--calibration", "--json")[1])
    assert record["settings"]["votes"] == 16, "as often as ask does"
    assert record["calibration"] == [
        {"low": 0.9, "high": 1.0, "answers": 10, "confidence": 1.0, "right": 1.0}
    ]
    assert record["calibration_error"] == 0
    out = run("eval", "traversal", "--episodes", 10, "--calibration", "--votes", 1)[1]
    bins = [re.split(r"  +", line.strip()) for line in out.splitlines()[-2:]]
    assert bins == [
        ["confidence", "episodes", "mean confidence", "right"],
        ["90% to 100%", "10", "90.0%", "100.0%"],
    ]


def test_nodes_and_steps_of_random_graphs_can_be_others(run, asked):
    options = ("--nodes", "30-32", "--steps", "2-4", "--episodes", 20, "--votes", 2)
    record = json.loads(run("eval", "shortest-path", *options, "--json")[1])
    assert {example.graph.nodes for example in asked} == {30, 31, 32}
    assert {len(example.answer) for example in asked} == {2, 3, 4}
    assert record["settings"] == {
        "curriculum": "shortest-path-paper",
        "lesson": 15,
        "steps": "2-4",
        "nodes": "30-32",
        "votes": 2,
    }


def test_pairs_of_a_file_are_asked_once_each_at_random(run, asked, city):
    for options, pairs, some in [((), 22, 5), (("--steps", "3"), 5, 3), (("--steps", "1-2"), 15, 100)]:
        arguments = ("eval", "shortest-path", "--graphs", city, *options, "--episodes")
        record = json.loads(run(*arguments, some, "--json")[1])
        asked_for = [example.question for example in asked]
        assert record["settings"]["pairs"] == pairs
        assert str(record["settings"]["steps"]) == (options[1] if options else "any")
        assert record["episodes"] == len(set(asked_for)) == min(some, pairs)
        run(*arguments, some)
        assert [example.question for example in asked] == asked_for
        run(*arguments, some, "--seed", 1)
        assert [example.question for example in asked] != asked_for


def test_tables_of_measurements(run, asked, city):
    code, out, _ = run("eval", "shortest-path", "--graphs", city, "--episodes", 10)
    rows = [re.split(r"  +", line.strip()) for line in out.splitlines()]
    assert code == 0
    assert rows[0] == [
        *("model", "graphs", "settings", "episodes", "whole answers right", "95% interval"),
        *("calibration error", "valid paths"),
    ]
    assert rows[1][2:5] == ["triples 8, steps any, pairs 22, votes 1", "10", "100.00%"]
    assert rows[1][-1] == "100.00%"
    assert rows[3] == ["steps", "episodes", "whole answers right", "95% interval"]
    code, out, _ = run("eval", "traversal", "--graphs", city, "--steps", "1-2", "--episodes", 10)
    rows = [re.split(r"  +", line.strip()) for line in out.splitlines()]
    assert [row[2:5] for row in rows] == [
        ["settings", "episodes", "whole answers right"],
        ["triples 8, steps 1-2, votes 1", "10", "100.00%"],
    ]
    assert {len(example.answer) for example in asked} == {1, 2}


def test_traversals_of_a_file_have_seven_steps_and_the_questions_they_always_had(run, asked, tmp_path):
    ring = tmp_path / "ring.csv"
    ring.write_text("".join(f"{node},r{node % 3},{(node + 1) % 9}\n" for node in range(9)))
    record = json.loads(run("eval", "traversal", "--graphs", ring, "--episodes", 4, "--json")[1])
    assert (record["settings"], "valid" in record) == ({"triples": 9, "steps": 7, "votes": 1}, False)
    rng, graph = stream(Purpose.EVALUATION, 0), read_graph(ring)
    assert [one.question for one in asked] == [random_traversal(rng, graph, 7).question for _ in range(4)]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("no such network",), 1, "neither a network"),
        (("traversal", "--task", "kinship"), 2, "was trained for traversal, not for 'kinship'"),
        (("traversal", "--task", "shortest-path"), 2, "leave --task out"),
        (("traversal", "--lesson", "99"), 2, "write --lesson 1 to 14, or final"),
        (("traversal", "--graphs", "no.csv"), 1, "there is no such file"),
        (("x", "--steps", "0"), 2, "--steps '0' is not a range from 1 to 200; write for example --steps 2-8"),
        (("x", "--steps", "8-2"), 2, "is not a range"),
        (("x", "--nodes", "1-5"), 2, "--nodes '1-5' is not a range"),
        (("x", "--nodes", "5-9", "--graphs", "transit"), 2, "--nodes is for random graphs"),
        (("traversal", "--graphs", "CITY", "--lesson", "2"), 2, "a graph file has no lessons"),
        (("traversal", "--graphs", "CITY", "--steps", "9"), 3, "write a smaller --steps"),
    ],
)
def test_errors_of_eval(run, city, arguments, code, message):
    arguments = [str(city) if argument == "CITY" else argument for argument in arguments]
    found, out, err = run("eval", *arguments)
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert message in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--graphs", "family"), 2, "choose random or transit graphs"),
        (("--graphs", "CITY", "--steps", "9-12"), 3, "no two nodes 9-12 steps apart; leave --steps out"),
    ],
)
def test_errors_of_eval_for_shortest_paths(run, asked, city, arguments, code, message):
    arguments = [str(city) if argument == "CITY" else argument for argument in arguments]
    found, out, err = run("eval", "shortest-path", *arguments)
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert message in err


def test_the_columns_of_a_graph_file_can_be_named(run, asked, tmp_path):
    ferries = tmp_path / "ferries.csv"
    ferries.write_text("".join(f"{number},n{number},line,n{(number + 1) % 5},60\n" for number in range(5)))
    refused = run("eval", "traversal", "--graphs", ferries)
    assert refused[0] == 1
    assert (
        "5 columns ('0', 'n0', 'line', 'n1', '60') and no header; choose three: --columns 1,2,3" in refused[2]
    )
    code, out, _ = run(
        "eval", "traversal", "--graphs", ferries, "--columns", "2,3,4", "--episodes", 4, "--json"
    )
    assert (code, json.loads(out)["episodes"]) == (0, 4)
    assert asked[0].graph.relation_names == ("line",)
    code, _, err = run("eval", "traversal", "--columns", "2,3,4")
    assert code == 2
    assert "--columns is for a graph file" in err
