"""Stories with questions: files, corpora, the layout by hand, what counts as right, training and commands."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from graphdnc.corpus.stories import StoryCorpus, columns_of, write_stories
from graphdnc.datasets.sources import source
from graphdnc.datasets.stories.babi import build_babi, read_stories
from graphdnc.errors import CheckpointError, ConfigError, CorpusError
from graphdnc.evaluation import evaluate_stories
from graphdnc.model.config import DNCConfig
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.networks.story_checkpoint import load_story_checkpoint
from graphdnc.tasks.stories import DASH, Story, answers_right, lay_out
from graphdnc.training.config import DataConfig, OptimiserConfig, ScheduleConfig, TrainingConfig
from graphdnc.training.trainer import Trainer
from graphdnc.utils.checksum import sealed, unsealed

PEOPLE = ("Ann", "Bob", "Cleo", "Dan")
PLACES = ("attic", "cellar", "garden", "harbour")


def where(person: str, place: str, other: str) -> str:
    """A story of task 1, with two questions."""
    return (
        f"1 {person} ran to the {place}.\n2 Where is {person}? \t{place}\t1\n"
        f"3 {other} ran to the {place}.\n4 Where is {other}? \t{place}\t3\n"
    )


def carries(person: str, one: str, two: str) -> str:
    """A story of task 8, with an answer of two words."""
    return f"1 {person} took the {one}.\n2 {person} took the {two}.\n3 What has {person}?\t{one},{two}\t1 2\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files as the tasks have them, of stories of our own."""
    path = tmp_path_factory.mktemp("tasks")
    pairs = [(one, two) for one in PEOPLE for two in PEOPLE if one != two]
    stories = [where(one, place, two) for one, two in pairs for place in PLACES]
    lists = [carries(one, *two) for one in PEOPLE for two in pairwise(PLACES)]
    lists += [carries(one, *two) for one in PEOPLE for two in pairwise(PLACES[::-1])]
    for name, own in (("qa1_one-fact", stories), ("qa8_lists", lists)):
        (path / f"{name}_train.txt").write_text("".join(own[4:]), "utf-8")
        (path / f"{name}_test.txt").write_text("".join(own[:4]), "utf-8")
    (path / "LICENSE.txt").write_text("read by people")
    return path


@pytest.fixture(scope="module")
def corpus(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "babi.h5"
    build_babi(folder, path, None)
    return path


def words_of(corpus: StoryCorpus, story: Story) -> str:
    return " ".join(corpus.info.vocabulary[word] for word in story.words)


# files


def test_a_story_is_read_word_by_word():
    (first, asked), (second, _) = read_stories(
        "file", "1 Ann's cat, 3 days old, left.\n2 Who?\tcat,Ann\t1\n\n1 Bob left.\n2 Who?\tbob\t1"
    )
    assert first == ["ann", "s", "cat", "days", "old", "left", ".", "who", "?", "cat", "ann"]
    assert asked == [False] * 9 + [True] * 2
    assert second == ["bob", "left", ".", "who", "?", "bob"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ann left.\n", r"line 1: 'Ann left.' is no numbered sentence"),
        ("1 Ann left.\n3 Who?\tann\t1\n", r"line 2: number 3 follows 1"),
        ("1 Ann left.\n2 Who?\t\t1\n", r"line 2: the answer has no word"),
        ("1 Ann left.\n1 Bob left.\n2 Who?\tbob\t1\n", r"line 2: the story before asks nothing"),
        ("1 Ann left.\n", r"at its end: the story before asks nothing"),
        ("1 " + "left " * 10_001, r"line 1: a story of more than 10,000 words"),
        ("\n", r"no files of the bAbI tasks"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(tmp_path, text, told):
    (tmp_path / "qa1_one-fact_train.txt").write_text(text)
    with pytest.raises(CorpusError, match=told) as error:
        build_babi(tmp_path, tmp_path / "out.h5", None)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out.h5").exists()


def test_what_is_no_text_is_refused(tmp_path):
    path = tmp_path / "qa1_one-fact_train.txt"
    path.write_bytes(b"1 Ann left.\n2 Who?\t\xff\t1\n")
    with pytest.raises(CorpusError, match="line 2: not UTF-8"):
        build_babi(tmp_path, tmp_path / "out.h5", None)
    path.unlink()
    path.mkdir()
    with pytest.raises(CorpusError, match="is not a regular file"):
        build_babi(tmp_path, tmp_path / "out.h5", None)
    with pytest.raises(CorpusError, match="no files of the bAbI tasks"):
        build_babi(tmp_path / "none", tmp_path / "out.h5", None)


def test_a_task_without_tests_is_refused(tmp_path):
    (tmp_path / "qa1_one-fact_train.txt").write_text(where("Ann", "attic", "Bob"))
    with pytest.raises(CorpusError, match=r"there is no qa1_one-fact_test\.txt"):
        build_babi(tmp_path, tmp_path / "out.h5", None)


# corpora


def test_a_corpus_has_every_story_once(folder, corpus):
    found = StoryCorpus(corpus)
    assert found.info.vocabulary[0] == DASH
    assert found.info.tasks == {1: "one-fact", 8: "lists"}
    assert "Weston" in found.info.attribution
    assert "Attribution 3.0" in found.info.licence
    stories = {
        split: {words_of(found, found.story(split, int(n))) for own in tasks.values() for n in own}
        for split, tasks in found.by_task.items()
    }
    assert not stories["test"] & (stories["train"] | stories["validation"])
    assert not stories["train"] & stories["validation"]
    assert len(found) == sum(map(len, stories.values())) == 48 + 24
    assert 0 < len(stories["validation"]) < 20
    story = found.story("test", int(found.by_task["test"][8][0]))
    assert words_of(found, story) == "ann took the attic . ann took the cellar . what has ann ? attic cellar"
    assert np.flatnonzero(story.asked).tolist() == [14, 15]


def test_the_same_files_give_the_same_bytes_and_no_file_is_lost(folder, corpus, tmp_path):
    again = tmp_path / "again.h5"
    build_babi(folder, again, None)
    assert again.read_bytes() == corpus.read_bytes()
    with pytest.raises(CorpusError, match="exists already"):
        build_babi(folder, again, None)


def test_long_stories_are_cut_behind_an_answer_but_tests_never(folder, tmp_path):
    build_babi(folder, tmp_path / "cut.h5", 15)
    found = StoryCorpus(tmp_path / "cut.h5")
    assert {len(found.story("train", int(n))) for n in found.by_task["train"][1]} == {11}
    assert {len(found.story("test", int(n))) for n in found.by_task["test"][1]} == {22}
    assert found.info.parameters["too_long"] == 20, "the lists have 16 words"
    kept = {
        split: {words_of(found, found.story(split, int(n))) for n in tasks[1]}
        for split, tasks in found.by_task.items()
    }
    assert not kept["train"] & kept["validation"], "stories that began alike are one now"


def test_a_story_of_a_test_is_not_trained_on(folder, tmp_path):
    for path in folder.glob("qa1*.txt"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "qa1_one-fact_train.txt").open("ab") as file:
        file.write((folder / "qa1_one-fact_test.txt").read_bytes())
    info = build_babi(tmp_path, tmp_path / "out.h5", None)
    assert info.parameters["also_in_tests"] == 4


def test_a_damaged_corpus_is_refused(corpus, tmp_path):
    content, path = corpus.read_bytes(), tmp_path / "damaged.h5"
    for wrong in (content[:-200], content[:3000] + b"!" + content[3001:], b"text", b""):
        path.write_bytes(wrong)
        with pytest.raises(CorpusError, match="damaged or incomplete"):
            StoryCorpus(path)
    with pytest.raises(CorpusError, match="cannot read"):
        StoryCorpus(tmp_path)


@pytest.mark.parametrize(
    ("name", "index", "value"),
    [("words", 0, 9999), ("asked", 0, 2), ("task", 0, 7), ("offsets", 1, -1), ("offsets", -1, 5)],
)
def test_a_corpus_with_wrong_numbers_is_refused(corpus, tmp_path, name, index, value):
    path = tmp_path / "wrong.h5"
    path.write_bytes(unsealed(corpus.read_bytes())[0])
    with h5py.File(path, "r+") as file:
        file[f"train/stories/{name}"][index] = value
    path.write_bytes(sealed(path.read_bytes()))
    with pytest.raises(CorpusError, match="damaged or incomplete"):
        StoryCorpus(path)


def test_a_story_that_asks_nothing_is_refused(corpus, tmp_path):
    info, mute = StoryCorpus(corpus).info, Story(np.array([1, 2]), np.array([False, False]), 1)
    splits = {split: columns_of([mute]) for split in ("train", "validation", "test")}
    write_stories(tmp_path / "mute.h5", info, splits)
    with pytest.raises(CorpusError, match="asks nothing"):
        StoryCorpus(tmp_path / "mute.h5")


# the layout, and what is right

VOCABULARY = (DASH, "a", "b", "c")


def story(words: str, task: int = 1) -> Story:
    """Return a story from words, those of answers in capitals."""
    numbers = [VOCABULARY.index(word.lower()) for word in words.split()]
    return Story(np.array(numbers), np.array([word.isupper() for word in words.split()]), task)


def test_dashes_are_shown_in_the_place_of_answers():
    arrays = lay_out([story("a b C"), story("a B C a A")], VOCABULARY)
    shown = np.where(arrays.active, arrays.inputs.argmax(-1), 9)
    assert shown.T.tolist() == [[1, 2, 0, 9, 9], [1, 0, 0, 1, 0]]
    assert not arrays.inputs[~arrays.active].any()
    assert (arrays.inputs.sum(-1) == arrays.active).all()
    assert arrays.wanted.T.tolist() == [[False, False, True, False, False], [False, True, True, False, True]]
    assert arrays.targets[arrays.wanted].tolist() == [2, 3, 3, 1]


def test_an_answer_is_right_only_if_all_of_its_words_are():
    arrays = lay_out([story("A B a C"), story("a b c A")], VOCABULARY)
    said = np.zeros_like(arrays.targets)
    said[:, 0], said[:, 1] = [1, 3, 0, 3], [9, 9, 9, 1]
    found = answers_right(said, arrays.targets, arrays.wanted)
    assert [own.tolist() for own in found] == [[False, True], [True]]


class Parrot:
    """A network that answers every question with the first word of its story."""

    def begin(self, episodes, rows):
        self.rows = rows

    def run(self, inputs, state, active):
        return np.broadcast_to(inputs[:1], inputs.shape)


def test_errors_are_counted_by_task():
    stories = [story("a A")] * 19 + [story("a B")] + [story("b A B", 2)] * 3 + [story("b B b B b A", 2)]
    network = Parrot()
    found = evaluate_stories(network, stories, VOCABULARY, 7, batch=4)
    assert {task: (own.correct, own.episodes) for task, own in found.by_task.items()} == {
        1: (19, 20),
        2: (2, 6),
    }
    assert found.failed == [2]
    assert found.mean_error == pytest.approx((1 / 20 + 4 / 6) / 2)
    assert (found.stories, network.rows) == (24, 7)


# training


def config(corpus: Path, examples: int = 512, **schedule: int) -> TrainingConfig:
    words = len(StoryCorpus(corpus).info.vocabulary)
    sizes = {"controller_size": 16, "memory_rows": 6, "memory_width": 8, "read_heads": 1}
    settings = {"examples": examples, "batch": 16, "pool": 4, "validation_episodes": 16, "validate_every": 2}
    return TrainingConfig(
        data=DataConfig(corpus=str(corpus)),
        model=DNCConfig(input_size=words, output_size=words, **sizes),
        optimiser=OptimiserConfig(learning_rate=2e-2),
        schedule=ScheduleConfig(**{**settings, **schedule}),
        seed=3,
    )


def trainer(settings: TrainingConfig, folder: Path) -> Trainer:
    return Trainer(settings, source(settings.data, Path()), folder, torch.device("cpu"))


@pytest.fixture(scope="module")
def trained(corpus, tmp_path_factory):
    """A short run: its folder, and its losses."""
    folder = tmp_path_factory.mktemp("trained")
    losses: list[float] = []
    assert trainer(config(corpus, 2048), folder).run(lambda progress: losses.append(progress.loss))
    return folder, losses


def test_a_network_learns_and_its_file_gives_the_same_answers(corpus, trained):
    folder, losses = trained
    assert losses[-1] < 0.5 * losses[0]
    checkpoint, found = load_story_checkpoint(str(folder / "last")), StoryCorpus(corpus)
    assert checkpoint.vocabulary == found.info.vocabulary
    assert "Facebook" in checkpoint.card
    run = trainer(config(corpus, 2048), folder)
    run.resume()
    arrays = lay_out([found.story("test", 0)], checkpoint.vocabulary)
    logits = [
        network.run(arrays.inputs, network.begin(1, 6), arrays.active)
        for network in (checkpoint.network, run.asked)
    ]
    assert np.allclose(*logits, atol=1e-4)


def test_a_run_that_was_stopped_continues_to_the_same_weights(corpus, tmp_path):
    whole = trainer(config(corpus), tmp_path / "whole")
    whole.run(lambda progress: None)
    first = trainer(config(corpus), tmp_path / "parts")
    first.run(lambda progress: None, stop=lambda: first.at.examples >= 240)
    second = trainer(config(corpus), tmp_path / "parts")
    second.resume()
    second.run(lambda progress: None)
    for one, other in zip(whole.network.parameters(), second.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_every_task_is_drawn_as_often(corpus):
    found, rng = source(DataConfig(corpus=str(corpus)), Path()), np.random.default_rng(1)
    tasks = [found.training(rng, 0).task for _ in range(400)]
    assert 150 < tasks.count(1) < 250


def test_a_network_of_another_size_is_refused(corpus, tmp_path):
    settings = config(corpus)
    wrong = TrainingConfig(settings.data, DNCConfig(input_size=3, output_size=3))
    words = settings.model.input_size
    with pytest.raises(ConfigError, match=rf"babi needs {words}: --set model.input_size={words}"):
        trainer(wrong, tmp_path)


def test_a_task_without_validation_is_refused(tmp_path):
    for kind in ("train", "test"):
        text = where("Ann", "attic" if kind == "train" else "garden", "Bob")
        (tmp_path / f"qa1_one-fact_{kind}.txt").write_text(text)
    build_babi(tmp_path, tmp_path / "small.h5", None)
    with pytest.raises(CorpusError, match=r"task 1 has no stories in (train|validation)"):
        source(DataConfig(corpus="small.h5"), tmp_path)


# commands


def test_the_commands_build_describe_and_measure(folder, trained, run, tmp_path):
    path, network = tmp_path / "babi.h5", trained[0] / "last"
    code, out, err = run("build-data", "babi", "--from", folder, "-o", path)
    assert (code, out) == (0, "")
    assert "2 tasks" in err
    code, out, _ = run("build-data", "--describe", path)
    assert code == 0
    assert "licence: Creative Commons Attribution 3.0" in out
    assert "one-fact" in out
    assert "[" in out.splitlines()[-1]
    code, out, _ = run("eval", network, "--stories", path)
    assert code == 0
    assert "failed (more than 5% wrong): " in out
    code, out, _ = run("eval", network, "--stories", path, "--episodes", 3, "--rows", 9, "--json")
    record = json.loads(out)
    assert (code, record["stories"], record["settings"]["rows"]) == (0, 6, 9)
    assert record["by_task"]["1"]["questions"] == 6
    assert record["mean_error"] == pytest.approx(
        np.mean([own["error"] for own in record["by_task"].values()]), abs=1e-5
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("build-data", "babi", "-o", "b.h5"), "--from tasks_1-20_v1-2/en-10k"),
        (("build-data", "random", "--longest", 9, "-o", "b.h5"), "are for stories"),
        (("build-data", "babi", "--from", "nowhere", "-o", "b.h5"), "no files of the bAbI tasks"),
        (("eval", "traversal", "--stories", "b.h5"), "was not trained on stories"),
    ],
)
def test_what_does_not_apply_is_told_in_one_line(run, words, told):
    code, out, err = run(*words)
    assert (code > 0, out, err.count("\n")) == (True, "", 1)
    assert told in err


def test_a_network_for_stories_says_what_it_is_for(corpus, trained, run):
    network = trained[0] / "last"
    with pytest.raises(CheckpointError, match="a task about stories, not graphs"):
        load_checkpoint(str(network))
    for words, told in (
        (("eval", network), "name a corpus of them: --stories babi.h5"),
        (("eval", network, "--stories", corpus, "--size", "length=3"), "use only --stories"),
        (("ask", "underground", "Bank to Angel", "--model", network), "a task about stories"),
    ):
        code, out, err = run(*words)
        assert (code > 0, out, err.count("\n")) == (True, "", 1), words
        assert told in err
    code, out, _ = run("models", network)
    assert code == 0
    assert "stories" in out
