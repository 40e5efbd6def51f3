"""Tasks about sequences: their layout by hand, what counts as right, training, files and commands."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from graphdnc.datasets.sources import source
from graphdnc.errors import CheckpointError, ConfigError
from graphdnc.evaluation import evaluate_sequences
from graphdnc.model.config import DNCConfig
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.networks.sequence_checkpoint import load_sequence_checkpoint
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.tasks.sequences.task import BITS, as_said, like_lengths, said_right, stack
from graphdnc.training.config import DataConfig, OptimiserConfig, ScheduleConfig, TrainingConfig
from graphdnc.training.trainer import Trainer

COPY, REPEAT, RECALL, FREE, REUSE, FACTS = (
    SEQUENCE_TASKS[name]
    for name in ("copy", "repeat-copy", "associative-recall", "free-recall", "memory-reuse", "fact-stream")
)


def drawn(task, seed=1, **sizes):
    return task.draw(np.random.default_rng(seed), {name: (size, size) for name, size in sizes.items()})


def test_a_copy_shows_vectors_and_then_asks_for_them():
    own = drawn(COPY, length=3)
    assert own.inputs.shape == (6, COPY.input_size)
    assert np.array_equal(own.targets[3:], own.inputs[:3, :BITS])
    assert own.wanted.tolist() == [False] * 3 + [True] * 3
    assert not own.inputs[3:, :BITS].any()
    assert own.inputs[:, COPY.start].tolist() == [1, 0, 0, 1, 0, 0]
    assert own.inputs[:, COPY.answer].tolist() == [0, 0, 0, 1, 1, 1]
    assert own.sizes == {"length": 3}


def test_pieces_are_copied_one_after_the_other():
    own = drawn(REUSE, pieces=4, length=2)
    for first in range(0, 16, 4):
        assert np.array_equal(own.targets[first + 2 : first + 4], own.inputs[first : first + 2, :BITS])
    assert own.wanted.tolist() == [False, False, True, True] * 4
    assert own.inputs[:, REUSE.start].tolist() == [1, 0] * 8
    assert len(np.unique(own.inputs[~own.wanted, :BITS], axis=0)) > 4, "each piece is drawn anew"


def test_a_sequence_is_repeated_as_often_as_is_said_and_then_the_end():
    own = drawn(REPEAT, length=2, times=3)
    assert len(own.inputs) == 2 + 6 + 1
    assert np.array_equal(own.targets[2:8, :BITS], np.tile(own.inputs[:2, :BITS], (3, 1)))
    assert own.targets[:, BITS].tolist() == [0] * 8 + [1]
    assert own.inputs[:, REPEAT.answer + 1].tolist() == pytest.approx([0, 0, 0.3] + [0] * 6)


def test_the_item_after_the_one_shown_again_is_asked_for():
    own = drawn(RECALL, items=4, length=2)
    items = own.inputs[:8, :BITS].reshape(4, 2, BITS)
    again = own.inputs[8:10, :BITS]
    (place,) = [number for number, item in enumerate(items) if np.array_equal(item, again)]
    assert np.array_equal(own.targets[10:], items[place + 1])
    assert own.inputs[:, RECALL.start].tolist() == [1, 0] * 6
    assert own.inputs[:, RECALL.answer + 1].tolist() == [0] * 8 + [1, 1, 0, 0]
    assert own.wanted.tolist() == [False] * 10 + [True] * 2


def test_a_list_of_distinct_vectors_is_asked_for_in_any_order():
    own = drawn(FREE, length=100)
    assert len(np.unique(own.inputs[:100, :BITS], axis=0)) == 100
    assert np.array_equal(own.targets[100:], own.inputs[:100, :BITS])
    assert np.array_equal(own.free, own.wanted)
    assert not drawn(COPY, length=3).free.any()


def in_order(episode, *order):
    """Return logits that say the targets of an episode in an order of their numbers."""
    logits = np.full((len(episode.inputs), BITS), 9.0, np.float32)
    logits[episode.wanted] = 2 * episode.targets[episode.wanted][list(order)] - 1
    return logits


def test_a_list_is_right_in_any_order_but_with_nothing_said_twice():
    episodes = [drawn(FREE, 1, length=3), drawn(FREE, 2, length=4)]
    arrays = stack(episodes)
    logits = np.full((*arrays.active.shape, BITS), 9.0, np.float32)
    logits[:6, 0], logits[:, 1] = in_order(episodes[0], 2, 0, 1), in_order(episodes[1], 3, 1, 0, 2)
    whole, steps = said_right(logits, arrays)
    assert whole.tolist() == [True, True]
    assert steps.sum(0).tolist() == [3, 4]
    logits[:6, 0] = in_order(episodes[0], 2, 0, 2)
    whole, steps = said_right(logits, arrays)
    assert whole.tolist() == [False, True]
    assert steps.sum(0).tolist() == [2, 4]


def test_what_is_unsure_is_taught_the_likeliest_of_what_is_left():
    arrays = stack([drawn(FREE, 1, length=3)])
    items = arrays.targets[3:, 0]
    logits = np.zeros((6, 1, BITS), np.float32)
    logits[3:, 0] = 0.2 * items[[1, 1, 2]] - 0.1  # the second item twice, none of them surely
    taught = as_said(logits, arrays.targets, arrays.free)[3:, 0]
    assert np.array_equal(taught[0], items[1])
    assert np.array_equal(np.sort(taught, axis=0), np.sort(items, axis=0))


def test_after_each_fact_one_that_was_shown_is_asked_for():
    own = drawn(FACTS, facts=20, popular=50)
    keys = own.inputs[:, FACTS.answer + 1 :]
    asked = FACTS.asked(own)
    assert len(np.unique(keys[::2], axis=0)) == 20
    assert (asked <= np.arange(20)).all()
    assert np.array_equal(keys[1::2], keys[::2][asked])
    assert np.array_equal(own.targets[1::2], own.inputs[::2, :BITS][asked])
    assert own.wanted.tolist() == [False, True] * 20
    assert own.inputs[:, FACTS.start].tolist() == [1, 0] * 20
    assert own.inputs[:, FACTS.answer].tolist() == [0, 1] * 20
    assert not own.inputs[1::2, :BITS].any()


def test_facts_are_asked_for_by_age_or_by_a_rank_for_good():
    ages, most = {}, {}
    for popular in (0, 100):
        asked = [FACTS.asked(drawn(FACTS, seed, facts=30, popular=popular)) for seed in range(200)]
        ages[popular] = np.mean([np.arange(30) - own for own in asked])
        most[popular] = np.mean([np.bincount(own).max() for own in asked])
    # by age the mean of the last question is (30 - H) / H with H = 1 + 1/2 + ... + 1/30 = 3.995, or 6.5
    assert ages[0] < 5 < ages[100]
    assert most[0] < 5 < most[100]


def test_no_two_items_begin_alike():
    for seed in range(20):
        own = drawn(RECALL, seed, items=100, length=1)
        assert len(np.unique(own.inputs[:100, :BITS], axis=0)) == 100


def test_the_same_stream_draws_the_same_episode():
    for task in SEQUENCE_TASKS.values():
        ranges = {name: (least, least + 3) for name, least in task.sizes.items()}
        one, other = (task.draw(np.random.default_rng(5), ranges) for _ in range(2))
        assert np.array_equal(one.inputs, other.inputs)
        assert np.array_equal(one.targets, other.targets)
        assert one.sizes == other.sizes


def test_an_episode_is_right_only_if_every_wanted_bit_is():
    arrays = stack([drawn(COPY, length=2), drawn(COPY, 2, length=3)])
    assert arrays.active.sum(0).tolist() == [4, 6]
    right = np.where(arrays.targets > 0.5, 1.0, -1.0)
    noise = np.where(arrays.wanted[..., None], right, 9.0)  # what nobody asks for does not count
    whole, steps = said_right(noise, arrays)
    assert whole.tolist() == [True, True]
    assert steps.sum() == 5
    noise[3, 0, 0] *= -1
    whole, steps = said_right(noise, arrays)
    assert whole.tolist() == [False, True]
    assert steps.sum() == 4


def test_batches_have_episodes_of_like_length_and_lose_none():
    episodes = [drawn(COPY, n, length=1 + n % 7) for n in range(20)]
    batches = like_lengths(episodes, 6)
    assert sorted(id(own) for batch in batches for own in batch) == sorted(map(id, episodes))
    assert max(map(len, batches)) == 6
    lengths = [own.sizes["length"] for batch in batches for own in batch]
    assert lengths == sorted(lengths)


class Perfect:
    """A network that says the targets of the batch that it is shown, but one bit of long episodes."""

    def begin(self, episodes, rows):
        self.rows = rows

    def run(self, inputs, state, active):
        steps = len(inputs)
        logits = np.full((steps, inputs.shape[1], BITS), -1.0)
        for number, length in enumerate((active.sum(0) // 2).tolist()):
            logits[length : 2 * length, number] = 2 * inputs[:length, number, :BITS] - 1
            if length > 3:
                logits[length, number, 0] *= -1
        return logits


def test_an_evaluation_counts_by_size():
    network, rng = Perfect(), np.random.default_rng(1)
    episodes = [COPY.draw(rng, {"length": (2, 5)}) for _ in range(40)]
    found = evaluate_sequences(network, episodes, 12, batch=8)
    long = sum(own.sizes["length"] > 3 for own in episodes)
    assert (found.episodes, found.correct, network.rows) == (40, 40 - long, 12)
    assert found.vectors == sum(own.sizes["length"] for own in episodes)
    assert found.vectors_right == found.vectors - long
    assert {size: own.share for size, own in found.by("length").items()} == {2: 1, 3: 1, 4: 0, 5: 0}


def config(examples=1024, **schedule):
    small = DNCConfig(
        input_size=10, output_size=8, controller_size=16, memory_rows=4, memory_width=8, read_heads=1
    )
    settings = {"examples": examples, "batch": 16, "pool": 4, "validation_episodes": 16, "validate_every": 4}
    return TrainingConfig(
        data=DataConfig(curriculum="copy"),
        model=small,
        optimiser=OptimiserConfig(learning_rate=1e-2),
        schedule=ScheduleConfig(**{**settings, **schedule}),
        seed=2,
    )


@pytest.fixture
def lessons(tmp_path):
    path = tmp_path / "short.toml"
    path.write_text('task = "copy"\n[[lesson]]\nlength = [1, 2]\n')
    return path


def trainer(settings, lessons, folder):
    settings = replace(settings, data=DataConfig(curriculum=str(lessons)))
    return Trainer(settings, source(settings.data, lessons.parent), folder, torch.device("cpu"))


def test_a_network_learns_and_its_file_gives_the_same_answers(lessons, tmp_path):
    run = trainer(config(6144), lessons, tmp_path / "run")
    losses = []
    assert run.run(lambda progress: losses.append(progress.loss))
    assert losses[-1] < 0.7 * losses[0]
    checkpoint = load_sequence_checkpoint(str(tmp_path / "run" / "last"))
    assert checkpoint.task is COPY
    assert checkpoint.training["examples"] == 6144
    arrays = stack([drawn(COPY, 3, length=2)])
    loaded, own = checkpoint.network, run.asked
    for network in (loaded, own):
        assert network.begin(1, 4).memory.shape == (1, 4, 8)
    answers = [net.run(arrays.inputs, net.begin(1, 4), arrays.active) for net in (loaded, own)]
    assert np.allclose(*answers, atol=1e-4)


def test_a_run_that_was_stopped_continues_to_the_same_weights(lessons, tmp_path):
    whole = trainer(config(), lessons, tmp_path / "whole")
    whole.run(lambda progress: None)
    first = trainer(config(), lessons, tmp_path / "parts")
    first.run(lambda progress: None, stop=lambda: first.at.examples >= 480)
    second = trainer(config(), lessons, tmp_path / "parts")
    second.resume()
    assert second.at.examples == 480
    second.run(lambda progress: None)
    for one, other in zip(whole.network.parameters(), second.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_run_begins_with_given_weights_in_a_memory_of_another_size_and_rule(untrained, lessons, tmp_path):
    model = replace(config().model, memory_rows=9, when_full="oldest")
    settings = replace(config(), model=model, weights=str(untrained))
    run = trainer(settings, lessons, tmp_path / "run")
    given = load_sequence_checkpoint(str(untrained)).network.weights
    for name, tensor in run.network.state_dict().items():
        assert np.array_equal(tensor.numpy(), given[name])


def test_a_run_of_other_sizes_is_refused(lessons, tmp_path):
    wrong = replace(config(), model=replace(config().model, input_size=11))
    with pytest.raises(
        ConfigError, match=r"model.input_size is 11; copy needs 10: --set model.input_size=10"
    ):
        trainer(wrong, lessons, tmp_path / "run")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('task = "copy"\n[[lesson]]\nlength = [0, 2]\n', r"is not a range from 1 up"),
        ('task = "copy"\n[[lesson]]\nnodes = [1, 2]\n', r"it has nodes; copy needs length"),
        ('task = "repeat-copy"\n[[lesson]]\nlength = [1, 2]\n', r"repeat-copy needs length and times"),
        ('task = "copy"\n', r"one \[\[lesson\]\] table for each lesson"),
    ],
)
def test_wrong_lessons_are_told(tmp_path, text, told):
    (tmp_path / "wrong.toml").write_text(text)
    with pytest.raises(ConfigError, match=told):
        source(DataConfig(curriculum="wrong.toml"), tmp_path)


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("untrained")
    path = folder / "short.toml"
    path.write_text('task = "copy"\n[[lesson]]\nlength = [1, 2]\n')
    run = trainer(config(64), path, folder / "run")
    run.run(lambda progress: None)
    return folder / "run" / "last"


def test_nobody_can_ask_it_about_a_graph(untrained, run):
    with pytest.raises(CheckpointError, match="a task about sequences, not graphs"):
        load_checkpoint(str(untrained))
    code, out, err = run("ask", "underground", "Bank to Angel", "--model", untrained)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"measure it with graphdnc eval {untrained}" in err


def test_the_command_measures_it(untrained, run):
    code, out, _ = run("eval", untrained, "--size", "length=2-3", "--rows", 9, "--episodes", 20, "--json")
    record = json.loads(out)
    assert code == 0
    assert list(record) == [
        *("task", "episodes", "accuracy", "interval", "vectors_right", "seed", "model", "settings"),
        "by_length",
    ]
    assert record["settings"] == {"length": "2-3", "rows": 9}
    assert (record["task"], record["episodes"]) == ("copy", 20)
    assert list(record["by_length"]) == ["2", "3"]
    code, out, _ = run("eval", untrained, "--lesson", 1, "--episodes", 4)
    assert (code, out.splitlines()[0].split("  ")[0]) == (0, "model")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--graphs", "random"), "use only --lesson, --size"),
        (("--size", "nodes=3"), "copy has no size 'nodes'; write --size length=N"),
        (("--size", "length=0"), "is not a range from 1 up; write for example --size length=2-8"),
        (("--lesson", "7"), "no lesson '7' in copy; write --lesson 1 to 1, or final"),
    ],
)
def test_what_does_not_apply_is_told_in_one_line(untrained, run, options, told):
    code, out, err = run("eval", untrained, *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert told in err


def test_sizes_are_refused_for_graphs(run):
    code, _, err = run("eval", "traversal", "--size", "length=4")
    assert (code, err.count("\n")) == (2, 1)
    assert "leave --size and --rows out" in err


def test_a_corpus_of_sequences_is_refused(run, tmp_path):
    code, _, err = run("build-data", "random", "--task", "copy", "-o", tmp_path / "c.h5")
    assert (code, err.count("\n")) == (2, 1)
