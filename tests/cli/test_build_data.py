"""``graphdnc build-data``: the corpus that it builds, and what it says is in one."""

import os
import re
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from graphdnc.cli.build_data import build_data
from graphdnc.corpus.files import Corpus
from graphdnc.datasets.lessons.curriculum import load_curriculum
from graphdnc.datasets.questions.table import QUESTIONS
from graphdnc.errors import ConfigError, CorpusError, UsageError

app = typer.Typer()
app.command("build-data")(build_data)


def run(*words):
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "100"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.parametrize(("task", "generator", "final"), [
    ("traversal", "random", 14), ("traversal", "transit", 3), ("traversal", "family", 3),
    ("shortest-path", "random", 15), ("shortest-path", "transit", 3), ("inference", "random", 17),
])  # fmt: skip
def test_the_command_builds_the_final_lesson_of_each_task_and_generator(tmp_path, task, generator, final):
    path = tmp_path / "c.h5"
    result = run(generator, "--task", task, "--episodes", 40, "--workers", 1, "-o", path)
    assert result.stdout == ""
    assert "wrote " in result.stderr
    corpus = Corpus(path)
    (lesson,) = corpus.info.parameters["lessons"]
    assert (lesson["lesson"], lesson["graphs"], corpus.info.generator) == (final, generator, generator)
    assert (lesson["task"], corpus.info.task) == (task, task)


def test_describe_prints_what_is_inside_for_a_person(tmp_path):
    path = tmp_path / "c.h5"
    run("transit", "--lesson", "1", "--episodes", 60, "--seed", 11, "-o", path)
    result = run("--describe", path)
    example = Corpus(path).example("train", 0)
    start = example.graph.node_name(example.question.start)
    assert "traversal on transit graphs, seed 11" in result.stdout
    assert result.stdout.isascii(), "no lines around what goes into a file"
    assert "triples 10-30, path 1-3" in result.stdout
    assert f"question: Start at {start}, follow " in result.stdout
    for triple in example.answer:
        row = rf"{example.graph.node_name(triple.source)} .*{example.graph.relation_name(triple.relation)}"
        assert re.search(rf"{row} .*{example.graph.node_name(triple.target)}", result.stdout)


def test_describe_prints_a_shortest_path_as_a_question(tmp_path):
    path = tmp_path / "c.h5"
    run("transit", "--task", "shortest-path", "--lesson", "1", "--episodes", 60, "-o", path)
    shown, example = run("--describe", path).stdout, Corpus(path).example("train", 0)
    start, goal = (example.graph.node_name(n) for n in (example.question.start, example.question.goal))
    assert "shortest-path on transit graphs, seed 0" in shown
    assert "triples 10-30, path 1-3" in shown
    assert f"question: From {start} to {goal}: which way is shortest?" in shown


def test_describe_prints_a_relation_by_its_number(tmp_path):
    path = tmp_path / "c.h5"
    run("--task", "inference", "--lesson", "5", "--episodes", 60, "-o", path)
    shown, question = run("--describe", path).stdout, Corpus(path).example("train", 0).question
    assert "inference on random graphs, seed 0" in shown
    assert "nodes 6-12, path 2-2, out-degree 2-4, questions 3" in shown
    assert f"question: Start at {question.start}, follow relation number {question.relation}: where" in shown


def test_describe_shows_names_as_they_are_and_an_empty_split(tmp_path):
    path = tmp_path / "c.h5"
    run("random", "--lesson", "1", "--episodes", 1, "-o", path)
    assert "-" in run("--describe", path).stdout
    with pytest.raises(CorpusError, match="not an HDF5 file"):
        run("--describe", __file__)


def test_lessons_and_sizes_can_be_chosen(tmp_path):
    path = tmp_path / "c.h5"
    run("--lesson", "all", "--size", "5-6", "--episodes", 28, "-o", path)
    lessons = Corpus(path).info.parameters["lessons"]
    assert [lesson["lesson"] for lesson in lessons] == [*range(1, 15)]
    assert {tuple(lesson["nodes"]) for lesson in lessons} == {(5, 6)}
    run(
        "--lesson",
        "2",
        "--size",
        "7",
        "--episodes",
        5,
        "-o",
        path,
        "--force",
        "--curriculum",
        "traversal-family",
    )
    (lesson,) = Corpus(path).info.parameters["lessons"]
    assert (lesson["lesson"], lesson["people"]) == (2, [7, 7])


@pytest.mark.parametrize(("words", "error", "message"), [
    (["random"], UsageError, "no output; name the corpus to write: -o corpus.h5"),
    (["-o", "c.h5", "--lesson", "15"], UsageError,
     "no lesson '15' in traversal-paper; write --lesson 1 to 14, or final"),
    (["-o", "c.h5", "--lesson", "last"], UsageError, "no lesson 'last'"),
    (["-o", "c.h5", "--task", "singing"], UsageError,
     "no curriculum for the task 'singing'; write --task traversal or --task shortest-path or --task inf"),
    (["family", "-o", "c.h5", "--task", "inference"], UsageError,
     "no curriculum for --task inference on family graphs; choose random graphs"),
    (["family", "-o", "c.h5", "--task", "shortest-path"], UsageError,
     "no curriculum for --task shortest-path on family graphs; choose random or transit graphs"),
    (["-o", "c.h5", "--curriculum", "shortest-path"], UsageError,
     "shortest-path is not for the task 'traversal'; write --task shortest-path"),
    (["-o", "c.h5", "--size", "9-3"], UsageError, "--size: nodes: '9-3' is not a range from 2 up"),
    (["family", "-o", "c.h5", "--size", "3"], UsageError, "--size: people: '3' is not a range from 5 up"),
    (["family", "-o", "c.h5", "--curriculum", "traversal-transit"], UsageError, "draws transit graphs"),
    (["-o", "c.h5", "--curriculum", "nothing"], ConfigError, "no curriculum 'nothing'"),
])  # fmt: skip
def test_wrong_words_are_refused_in_one_line(tmp_path, monkeypatch, words, error, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message) as caught:
        run(*words)
    assert "\n" not in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_an_existing_corpus_is_kept_unless_forced(tmp_path):
    path = tmp_path / "c.h5"
    run("random", "--episodes", 5, "-o", path)
    with pytest.raises(CorpusError, match="exists already"):
        run("random", "--episodes", 5, "-o", path)
    run("random", "--episodes", 5, "-o", path, "--force")


def test_help_is_fast_because_nothing_heavy_is_imported():
    heavy = {"numpy", "h5py", "torch", "networkx", "rich"}
    script = f"import sys, graphdnc.cli.build_data; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_default_curricula_hold_one_task_and_one_generator_each():
    for task, questions in QUESTIONS.items():
        for generator, name in questions.curricula.items():
            lessons = load_curriculum(name).lessons
            assert {(lesson.task, lesson.graphs) for lesson in lessons} == {(task, generator)}
