"""Curricula as data: the paper's to the letter, and one line of help for every mistake in a file."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from graphdnc import runs
from graphdnc.datasets import lessons
from graphdnc.datasets.lessons.curriculum import LEAST, SIZES, Lesson, load_curriculum
from graphdnc.datasets.lessons.drawing import draw_example, draw_examples
from graphdnc.datasets.questions.table import QUESTIONS
from graphdnc.datasets.sources import source
from graphdnc.errors import ConfigError, UsageError
from graphdnc.kinship import relatives
from graphdnc.oracle.distances import distances
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Kin
from graphdnc.questions.relation_table import EDGES
from graphdnc.tasks import TASKS
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.training.config import load_training_config

SHIPPED = {
    "traversal": [
        *("smoke", "traversal", "traversal-paper", "traversal-transit", "traversal-family", "traversal-wide"),
    ],
    "shortest-path": [
        *("shortest-path", "shortest-path-city", "shortest-path-large", "shortest-path-paper"),
        *("shortest-path-silent", "shortest-path-transit", "shortest-path-wide"),
    ],
    "inference": ["inference", "inference-large", "inference-paper", "inference-wide"],
    "kinship": ["kinship"],
}
GOOD = """
task = "traversal"
[[lesson]]
graphs = "random"
nodes = [3, 10]
out_degree = [2, 4]
path = [1, 2]
"""
FAMILY = """
task = "traversal"
[[lesson]]
graphs = "family"
people = [5, 9]
path = [1, 2]
derived = true
"""


INFERENCE = GOOD.replace("traversal", "inference").replace("[1, 2]", "[2, 5]")


def written(folder, text):
    file = folder / "mine.toml"
    file.write_text(text)
    return file


def test_the_paper_curriculum_is_that_of_the_paper():
    table = [
        ((3, 10), (2, 4), 1), ((3, 10), (2, 4), 2), ((5, 10), (2, 4), 3), ((5, 10), (2, 4), 4),
        ((10, 15), (2, 4), 4), ((10, 15), (2, 4), 5), ((10, 20), (2, 4), 5), ((10, 20), (2, 4), 6),
        ((10, 30), (2, 4), 6), ((10, 30), (2, 4), 7), ((10, 30), (2, 4), 8), ((10, 30), (2, 4), 9),
        ((10, 40), (2, 6), 10), ((10, 40), (2, 6), 20),
    ]  # fmt: skip
    expected = tuple(Lesson("random", nodes, (1, longest), degree) for nodes, degree, longest in table)
    assert load_curriculum("traversal-paper").lessons == expected


def test_the_paper_curriculum_of_shortest_paths_is_that_of_the_paper():
    table = [
        ((5, 10), (1, 2), 2), ((5, 20), (1, 2), 2), ((10, 20), (1, 2), 2), ((10, 20), (1, 2), 3),
        ((10, 20), (1, 3), 3), ((10, 20), (2, 3), 3), ((10, 20), (2, 3), 4), ((10, 20), (2, 4), 4),
        ((10, 25), (2, 4), 4), ((10, 25), (2, 4), 5), ((10, 25), (2, 4), 5), ((15, 25), (2, 4), 5),
        ((15, 25), (2, 5), 5), ((20, 25), (2, 5), 5), ((20, 25), (2, 6), 5),
    ]  # fmt: skip
    expected = tuple(
        Lesson("random", nodes, (2, longest), degree, task="shortest-path")
        for nodes, degree, longest in table
    )
    assert load_curriculum("shortest-path-paper").lessons == expected


def test_the_paper_curriculum_of_inference_is_that_of_the_paper():
    table = [
        ((3, 3), (2, 2), 2), ((3, 5), (2, 2), 2), ((4, 6), (2, 4), 2), ((4, 6), (2, 4), 2),
        ((6, 12), (2, 4), 2), ((12, 18), (2, 4), 2), ((4, 6), (2, 4), 3), ((6, 12), (2, 4), 3),
        ((12, 18), (2, 4), 3), ((4, 6), (2, 4), 4), ((4, 6), (2, 4), 4), ((6, 12), (2, 4), 4),
        ((12, 18), (2, 4), 4), ((4, 6), (2, 4), 5), ((6, 12), (2, 4), 5), ((12, 18), (2, 4), 5),
        ((20, 25), (2, 4), 5),
    ]  # fmt: skip
    expected = tuple(
        Lesson("random", nodes, (2, longest), degree, task="inference", questions=3)
        for nodes, degree, longest in table
    )
    assert load_curriculum("inference-paper").lessons == expected


def test_every_shipped_curriculum_is_tested():
    names = {file.stem for file in Path(lessons.__file__).parent.glob("*.toml")}
    assert names == {name for names in SHIPPED.values() for name in names} | SEQUENCE_TASKS.keys()
    assert SHIPPED.keys() == TASKS.keys() == QUESTIONS.keys()


@pytest.mark.parametrize("name", SEQUENCE_TASKS)
def test_lessons_of_sequences_have_a_run_and_are_drawn(name):
    settings = load_training_config(Path(runs.__file__).parent / f"{name}.toml")
    learned = source(settings.data, Path())
    assert learned.task == name
    assert settings.model.input_size == SEQUENCE_TASKS[name].input_size
    for lesson in range(learned.lessons):
        episode = learned.training(np.random.default_rng(lesson), lesson)
        assert episode.wanted.any()
        assert len(episode.inputs) == len(episode.targets) == len(episode.wanted)
    with pytest.raises(ConfigError, match=f"{name} is about sequences and has no graphs"):
        load_curriculum(name)


@pytest.mark.parametrize(("task", "name"), [(task, name) for task in SHIPPED for name in SHIPPED[task]])
def test_shipped_lessons_draw_examples_within_their_ranges(task, name):
    curriculum, rng = load_curriculum(name), np.random.default_rng(0)
    assert (curriculum.name, curriculum.task) == (name, task)
    for lesson in curriculum.lessons:
        assert lesson.task == task
        for _ in range(20):
            example = draw_example(rng, lesson)
            graph = example.graph
            size = len(graph) if lesson.graphs == "transit" else graph.nodes
            assert isinstance(example.question, TASKS[task].question)
            assert lesson.size[0] <= size <= lesson.size[1]
            if isinstance(example.question, Kin):
                assert lesson.path[0] <= example.question.term.rule.steps <= lesson.path[1]
                assert example.people == relatives(graph, example.question.person, example.question.term)
                continue
            assert lesson.path[0] <= len(example.answer) <= lesson.path[1]
            question = example.question
            absent = not example.answer and distances(graph, question.goal)[question.start] < 0
            assert absent or is_answer(graph, question, example.answer)
            assert task != "inference" or graph.relations == EDGES


def test_several_questions_are_asked_about_one_graph():
    rng = np.random.default_rng(0)
    for lesson in load_curriculum("inference-paper").lessons:
        for _ in range(20):
            drawn = draw_examples(rng, lesson)
            assert len(drawn) == lesson.questions == 3
            assert all(example.graph is drawn[0].graph for example in drawn)
            assert all(is_answer(example.graph, example.question, example.answer) for example in drawn)
            assert all(lesson.path[0] <= len(example.answer) <= lesson.path[1] for example in drawn)


def test_questions_about_one_graph_have_lengths_of_their_own():
    lesson, rng = load_curriculum("inference-paper").lessons[-1], np.random.default_rng(0)
    drawn = [[len(example.answer) for example in draw_examples(rng, lesson)] for _ in range(300)]
    assert {length for lengths in drawn for length in lengths} == {2, 3, 4, 5}
    for place in range(3):
        counts = Counter(lengths[place] for lengths in drawn)
        assert max(counts.values()) < 1.6 * min(counts.values())
    assert sum(len(set(lengths)) == 1 for lengths in drawn) < 40


def test_one_question_is_drawn_as_the_first_of_several():
    lesson = Lesson("random", (3, 9), (1, 3), (2, 4))
    one, only = (draw(np.random.default_rng(1), lesson) for draw in (draw_example, draw_examples))
    assert [one.question, one.answer] == [only[0].question, only[0].answer]
    assert np.array_equal(one.graph.triples, only[0].graph.triples)


def test_lengths_are_uniform_where_few_graphs_have_the_long_ones():
    lesson, rng = Lesson("random", (5, 8), (1, 4), (1, 2), task="shortest-path"), np.random.default_rng(0)
    lengths = Counter(len(draw_example(rng, lesson).answer) for _ in range(800))
    assert sorted(lengths) == [1, 2, 3, 4]
    assert max(lengths.values()) - min(lengths.values()) < 60


@pytest.mark.parametrize(("lesson", "message"), [
    (Lesson("random", (5, 5), (5, 9), (1, 2), task="shortest-path"),
     "random graphs cannot be drawn: none of 1,000 has a question answered by [5-9] triples; change their"),
    (Lesson("random", (2, 2), (2, 6), (1, 1), task="inference", questions=2),
     "none of 1,000 has a question answered by [2-6] and [2-6] triples; change their ranges"),
    (Lesson("transit", (7, 7), (1, 2)), "transit graphs cannot be drawn: no map .*; change their ranges"),
])  # fmt: skip
def test_a_lesson_that_cannot_be_drawn_says_so(lesson, message):
    with pytest.raises(UsageError, match=message):
        draw_examples(np.random.default_rng(0), lesson)


def test_ranges_include_both_ends():
    lesson, rng = Lesson("random", (3, 5), (1, 3), (1, 2)), np.random.default_rng(0)
    drawn = [draw_example(rng, lesson) for _ in range(200)]
    assert {example.graph.nodes for example in drawn} == {3, 4, 5}
    assert {len(example.answer) for example in drawn} == {1, 2, 3}


def test_every_generator_can_draw_its_smallest_size():
    rng = np.random.default_rng(0)
    for graphs in SIZES:
        degree = (1, 1) if graphs == "random" else None
        assert draw_example(rng, Lesson(graphs, (LEAST[graphs],) * 2, (1, 1), degree)).answer


def test_a_file_of_ones_own(tmp_path):
    curriculum = load_curriculum(written(tmp_path, FAMILY))
    assert curriculum.name == "mine"
    assert curriculum.lessons == (Lesson("family", (5, 9), (1, 2), derived=True),)
    rng = np.random.default_rng(0)
    assert "aunt" in draw_example(rng, curriculum.lessons[0]).graph.relation_names


def test_few_relations_leave_many_nodes(tmp_path):
    text = GOOD.replace("[3, 10]", "[40, 60]") + "relations = [1, 2]"
    (lesson,) = load_curriculum(written(tmp_path, text)).lessons
    rng = np.random.default_rng(0)
    graphs = [draw_example(rng, lesson).graph for _ in range(8)]
    assert {graph.relations for graph in graphs} == {1, 2}
    assert {graph.relations == len(set(graph.triples[:, 1])) for graph in graphs} == {True}


@pytest.mark.parametrize(("text", "message"), [
    (GOOD + "paths = [1, 2]", "lesson 1: unknown key 'paths'"),
    ("tasks = 1\n" + GOOD, "unknown key 'tasks'"),
    (GOOD.replace('"traversal"', '"traverse"'), "task is 'traverse'; write one of traversal, shortest-"),
    (GOOD.replace('task = "traversal"', ""), "task is None"),
    (GOOD.replace('"traversal"', "[1]"), r"task is \[1\]"),
    (GOOD.replace('"random"', "{a = 1}"), "graphs is {'a': 1}"),
    (GOOD.replace('"random"', '"metro"'), "graphs is 'metro'; write one of random, transit, family"),
    (GOOD.replace("nodes", "triples"),
     "unknown key 'triples'; write one of graphs, nodes, out_degree, path, questions, relations"),
    (GOOD.replace("nodes = [3, 10]", ""), "nodes: None is not a range from 2 up; write nodes = "),
    (GOOD.replace("[1, 2]", "[2, 1]"), r"path: \[2, 1\] is not a range"),
    (GOOD.replace("[1, 2]", "[1]"), r"path: \[1\] is not a range"),
    (GOOD.replace("[1, 2]", "[0, 2]"), r"path: \[0, 2\] .* from 1 up"),
    (GOOD.replace("[1, 2]", "[1, 2.5]"), "path: .* is not a range"),
    (FAMILY + "out_degree = [1, 2]", "unknown key 'out_degree'"),
    (GOOD + "relations = [0, 2]", r"relations: \[0, 2\] is not a range from 1 up"),
    (INFERENCE + "relations = [1, 2]", "unknown key 'relations'"),
    (FAMILY.replace("true", "1"), "derived is 1; write true or false"),
    (FAMILY.replace("[5, 9]", "[4, 9]"), r"people: \[4, 9\] is not a range"),
    (GOOD + "questions = 0", "questions is 0; write a number from 1 up"),
    (GOOD + "questions = true", "questions is True"),
    (GOOD + "questions = [1, 2]", r"questions is \[1, 2\]"),
    (INFERENCE.replace("[2, 5]", "[1, 5]"), r"path: \[1, 5\] .* from 2 to 5; write path = "),
    (INFERENCE.replace("[2, 5]", "[2, 6]"), r"path: \[2, 6\] .* from 2 to 5; write path = "),
    (FAMILY.replace("traversal", "inference"), "graphs is 'family'; write one of random"),
    ('task = "traversal"', "no lessons"),
    ('task = "traversal"\nlesson = [1]', "no lessons"),
    ("task = ", "correct the TOML"),
])  # fmt: skip
def test_mistakes_in_a_file_are_named_with_file_and_key(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        load_curriculum(written(tmp_path, text))
    assert "mine.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_name_lists_the_shipped_ones():
    with pytest.raises(
        ConfigError,
        match="shortest-path-wide, smoke, traversal, traversal-family, traversal-paper",
    ):
        load_curriculum("no-such")
