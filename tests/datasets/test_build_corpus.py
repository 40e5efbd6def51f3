"""Corpora built on one core and on several."""

import os
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from graphdnc.corpus.files import Corpus
from graphdnc.corpus.schema import SPLITS
from graphdnc.datasets.build_corpus import BLOCK, build_corpus
from graphdnc.datasets.lessons.curriculum import Lesson, load_curriculum
from graphdnc.errors import UsageError
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
    assert corpus.info.task == corpus.info.parameters["lessons"][0]["task"] == "shortest-path"
    drawn = [corpus.example(name, index) for name in SPLITS for index in range(counts[name])]
    assert {len(example.answer) for example in drawn} == {2, 3}
    for example in drawn:
        assert isinstance(example.question, ShortestPath)
        assert len(shortest_path(example.graph, example.question)) == len(example.answer)


def test_a_corpus_of_relations_holds_three_questions_a_graph(tmp_path):
    lessons = tuple(enumerate(load_curriculum("inference-paper").lessons, start=1))[13:]
    counts = build(tmp_path / "c.h5", lessons, episodes=BLOCK + 100)
    corpus = Corpus(tmp_path / "c.h5")
    assert corpus.info.task == "inference"
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
