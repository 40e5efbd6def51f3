"""Corpora built on one core and on several, and the command that builds and describes them."""

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from graphdnc.cli.build_data import build_data
from graphdnc.corpus.files import Corpus
from graphdnc.corpus.schema import SPLITS
from graphdnc.datasets.build_corpus import BLOCK, build_corpus
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.lessons.curriculum import Lesson, load_curriculum
from graphdnc.datasets.questions.table import QUESTIONS
from graphdnc.datasets.splits import fingerprint, split_of
from graphdnc.errors import ConfigError, CorpusError, UsageError
from graphdnc.graph import Graph
from graphdnc.oracle.solve import shortest_path, traverse
from graphdnc.questions import ShortestPath, Traversal

SMALL = ((1, Lesson("random", (3, 4), (1, 2), (1, 2))),)
MIXED = (
    (2, Lesson("random", (5, 12), (1, 5), (2, 4))),
    (5, Lesson("transit", (10, 30), (1, 5))),
    (9, Lesson("family", (5, 12), (1, 5))),
)


def build(path, lessons=MIXED, episodes=BLOCK + 100, seed=3, workers=1, **options):
    return build_corpus(path, lessons, episodes, seed, workers, **options)


# The library


def test_the_same_seed_gives_the_same_bytes_for_any_number_of_workers(tmp_path):
    for name, seed, workers in (("one", 3, 1), ("two", 3, 2), ("other", 4, 1)):
        build(tmp_path / name, seed=seed, workers=workers, episodes=2 * BLOCK + 50)
    one, two, other = ((tmp_path / name).read_bytes() for name in ("one", "two", "other"))
    assert one == two
    assert one != other


def test_a_corpus_holds_what_was_asked_for(tmp_path):
    told = []
    counts = build(tmp_path / "c.h5", progress=told.append)
    corpus = Corpus(tmp_path / "c.h5")
    assert sum(told) == sum(counts.values()) == BLOCK + 100
    assert counts == {name: len(corpus.split(name)) for name in SPLITS}
    assert counts["train"] > 0.8 * sum(counts.values())
    assert (corpus.info.generator, corpus.info.seed) == ("random+transit+family", 3)
    assert corpus.info.parameters == {
        "episodes": BLOCK + 100,
        "lessons": [
            {
                "lesson": 2,
                "task": "traversal",
                "graphs": "random",
                "nodes": [5, 12],
                "path": [1, 5],
                "out_degree": [2, 4],
            },
            {"lesson": 5, "task": "traversal", "graphs": "transit", "triples": [10, 30], "path": [1, 5]},
            {"lesson": 9, "task": "traversal", "graphs": "family", "people": [5, 12], "path": [1, 5]},
        ],
    }
    stored = np.concatenate([corpus.split(name).columns["questions/lesson"] for name in SPLITS])
    assert np.bincount(stored)[[2, 5, 9]].tolist() == [200, 200, 200]
    for index in range(counts["test"]):
        example = corpus.example("test", index)
        assert traverse(example.graph, example.question) == [example.answer]


def test_a_corpus_of_shortest_paths_holds_shortest_paths(tmp_path):
    lesson = Lesson("random", (6, 12), (2, 3), (1, 3), task="shortest-path")
    counts = build(tmp_path / "c.h5", ((3, lesson),), episodes=100)
    corpus = Corpus(tmp_path / "c.h5")
    assert corpus.task == corpus.info.parameters["lessons"][0]["task"] == "shortest-path"
    drawn = [corpus.example(name, index) for name in SPLITS for index in range(counts[name])]
    assert {len(example.answer) for example in drawn} == {2, 3}
    for example in drawn:
        assert isinstance(example.question, ShortestPath)
        assert len(shortest_path(example.graph, example.question)) == len(example.answer)


def test_a_corpus_of_relations_holds_three_questions_a_graph(tmp_path):
    lessons = tuple(enumerate(load_curriculum("inference-paper").lessons, start=1))[13:]
    counts = build(tmp_path / "c.h5", lessons, episodes=BLOCK + 100)
    corpus = Corpus(tmp_path / "c.h5")
    assert corpus.task == "inference"
    assert corpus.info.parameters["lessons"][0] == {
        "lesson": 14, "task": "inference", "graphs": "random", "nodes": [4, 6], "path": [2, 5],
        "out_degree": [2, 4], "questions": 3,
    }  # fmt: skip
    shared = [np.bincount(corpus.split(name).columns["questions/graph"]) for name in SPLITS]
    assert Counter(np.concatenate(shared).tolist()) == {3: 166 + 33, 2: 1, 1: 1}
    stored = np.concatenate([corpus.split(name).columns["questions/lesson"] for name in SPLITS])
    assert np.bincount(stored)[14:].min() > 140
    for name in SPLITS:
        for index in range(counts[name]):
            example = corpus.example(name, index)
            assert traverse(example.graph, Traversal(example.question.start, example.question.edges)) == [
                example.answer
            ]


def test_a_corpus_of_two_tasks_is_refused(tmp_path):
    mixed = (SMALL[0], (2, replace(SMALL[0][1], task="shortest-path")))
    with pytest.raises(UsageError, match="one task; choose lessons of traversal or of shortest-path"):
        build(tmp_path / "c.h5", mixed)
    assert os.listdir(tmp_path) == []


def canonical(graph: Graph) -> tuple:
    """The least list of triples over all numberings: equal exactly for graphs equal but for the numbers."""
    return min(
        tuple(sorted((nodes[s], relations[r], nodes[t]) for s, r, t in graph.triples.tolist()))
        for nodes in permutations(range(graph.nodes))
        for relations in permutations(range(graph.relations))
    )


def test_splits_share_no_graph_even_numbered_otherwise(tmp_path):
    found: dict[str, set] = {name: set() for name in SPLITS}
    for seed in (1, 2):
        path = tmp_path / f"{seed}.h5"
        counts = build(path, SMALL, episodes=300, seed=seed)
        corpus = Corpus(path)
        for name in SPLITS:
            found[name] |= {canonical(corpus.example(name, index).graph) for index in range(counts[name])}
    assert all(found.values())
    assert not found["train"] & found["validation"]
    assert not found["train"] & found["test"]
    assert not found["validation"] & found["test"]


@given(st.integers(0, 2**32), st.integers(2, 20))
@settings(max_examples=50, deadline=None)
def test_a_fingerprint_does_not_depend_on_the_numbering(seed, nodes):
    rng = np.random.default_rng(seed)
    graph = random_graph(rng, nodes, (1, 4))
    rows = rng.permutation(graph.triples)
    for column, count in ((0, nodes), (1, graph.relations)):
        numbers = rng.permutation(count)
        for same in (0, 2) if column == 0 else (1,):
            rows[:, same] = numbers[rows[:, same]]
    renumbered = Graph(rows, nodes, graph.relations)
    assert fingerprint(renumbered) == fingerprint(graph)
    assert split_of(renumbered) == split_of(graph)


def test_fingerprints_tell_graphs_apart():
    rng = np.random.default_rng(0)
    graphs = [random_graph(rng, 6, (1, 3)) for _ in range(500)]
    assert len({fingerprint(graph) for graph in graphs}) == 500
    triangle, path = np.array([[0, 0, 1], [1, 0, 2], [2, 0, 0]]), np.array([[0, 0, 1], [1, 0, 2], [0, 0, 2]])
    assert fingerprint(Graph(triangle, 3, 1)) != fingerprint(Graph(path, 3, 1))
    assert fingerprint(Graph(triangle, 3, 1)) != fingerprint(Graph(triangle, 4, 1))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_lesson_that_cannot_be_drawn_is_named(tmp_path, workers):
    impossible = ((4, Lesson("random", (5, 5), (1, 2), (4, 2))),)
    with pytest.raises(UsageError, match=r"lesson 4: random graphs cannot be drawn: .*; change their ranges"):
        build(tmp_path / "c.h5", impossible, workers=workers)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("wrong", [{"episodes": 0}, {"lessons": ()}, {"seed": -1}, {"seed": 2**63}])
def test_what_makes_no_corpus_is_refused(tmp_path, wrong):
    with pytest.raises(UsageError, match="a corpus needs"):
        build(tmp_path / "c.h5", **wrong)


# The command

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
    assert (lesson["task"], corpus.task) == (task, task)


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
