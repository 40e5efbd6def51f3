"""Training of what is planned: shortest paths searched and relations followed, aloud or in silence."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from networks import INFERENCE, SEARCH, SHIPPED
from small_runs import ROOT, SMALL, change_config, saved, small_config, trainer, weights
from stand_ins import Follower, Seeker, Talker

from graphdnc.answering.decoding import Decoder
from graphdnc.datasets.build_corpus import build_corpus
from graphdnc.datasets.lessons.curriculum import Lesson
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.datasets.sources import source
from graphdnc.episodes.planning import Planning
from graphdnc.errors import CheckpointError, ConfigError
from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Example, ShortestPath
from graphdnc.tasks.votes import Vote
from graphdnc.training.batches import Source
from graphdnc.training.config import (
    DataConfig,
    OptimiserConfig,
    ScheduleConfig,
    TrainingConfig,
    load_training_config,
)
from graphdnc.training.freezing import keep_addressing
from graphdnc.training.tensors import encode
from graphdnc.training.trainer import Trainer
from graphdnc.utils.rng import Purpose, stream


def learns_with_every_weight(run: Trainer) -> None:
    """Assert that a run of six updates has a loss and changes all weights."""
    losses: list[float] = []
    before = weights(run.network)
    assert run.run(lambda progress: losses.append(progress.loss))
    assert run.at.updates == 6
    assert np.isfinite(losses).all()
    assert min(losses) > 0
    for name, tensor in weights(run.network).items():
        assert tensor.isfinite().all(), name
        assert not torch.equal(tensor, before[name]), name


# shortest paths

TINY = Lesson("random", size=(3, 6), path=(1, 2), out_degree=(1, 2), task="shortest-path")
SILENT = Planning(aloud=False, steps=2, steps_per_node=0.5)
SEEKING = {
    "aloud": (SEARCH, Planning()),
    "silent": (replace(SEARCH, input_size=92, start="plain", output_skip=False), SILENT),
}


def draw_way(rng: np.random.Generator, lesson: int) -> Example:
    return draw_example(rng, TINY)


def seeking_trainer(folder: Path, way: str = "aloud", keep: bool = False, **schedule: object) -> Trainer:
    settings = {"examples": 48, "batch": 8, "pool": 2, "validation_episodes": 8, "validate_every": 1}
    model, planning = SEEKING[way]
    config = TrainingConfig(
        data=DataConfig(curriculum="shortest-path"),
        model=model,
        optimiser=OptimiserConfig(learning_rate=3e-3, weight_decay=0.0, keep_addressing=keep),
        schedule=ScheduleConfig(**{**settings, **schedule}),  # type: ignore[arg-type]
        planning=planning,
        seed=3,
    )
    learned = Source("shortest-path", 2, training=draw_way, validation=draw_way)
    return Trainer(config, learned, folder, torch.device("cpu"))


@pytest.mark.parametrize("teacher", [1.0, 0.5])
@pytest.mark.parametrize("way", SEEKING)
def test_a_search_is_trained_step_by_step(tmp_path: Path, way: str, teacher: float) -> None:
    learns_with_every_weight(seeking_trainer(tmp_path, way, teacher=teacher))


def test_addressing_can_be_kept_to_the_bit(tmp_path: Path) -> None:
    """Of the interface the read modes alone are learned; without the option all of it is."""
    modes = interface_layout.slices(SEARCH)["read_modes"]
    for keep in (True, False):
        run = seeking_trainer(tmp_path / str(keep), keep=keep)
        before = weights(run.network)
        run.run(lambda progress: None)
        after = weights(run.network)
        for name in ("interface.weight", "interface.bias"):
            rows = torch.ones(len(before[name]), dtype=torch.bool)
            rows[modes] = False
            assert torch.equal(after[name][rows], before[name][rows]) == keep, name
            assert not torch.equal(after[name][modes], before[name][modes]), name
        for name in set(before) - {"interface.weight", "interface.bias"}:
            assert not torch.equal(after[name], before[name]), name
    without_bias = replace(SHIPPED, interface_skip=False, start="plain")
    optimiser = OptimiserConfig(weight_decay=0.0, keep_addressing=True)
    plain = trainer(replace(small_config(examples=32), model=without_bias, optimiser=optimiser), tmp_path)
    before = weights(plain.network)["interface.weight"]
    plain.run(lambda progress: None)
    place = interface_layout.slices(without_bias)["read_modes"]
    changed = (plain.network.interface.weight != before).any(1).nonzero().flatten().tolist()
    assert changed == list(range(place.start, place.stop))


@pytest.mark.parametrize("teacher", [1.0, 0.5])
@pytest.mark.parametrize("way", SEEKING)
def test_resuming_a_search_goes_on_exactly(tmp_path: Path, way: str, teacher: float) -> None:
    whole = seeking_trainer(tmp_path / "whole", way, teacher=teacher, pass_accuracy=0.0)
    assert whole.run(lambda progress: None)
    part = seeking_trainer(tmp_path / "part", way, teacher=teacher, pass_accuracy=0.0)
    assert not part.run(lambda progress: None, lambda: part.at.updates == 3)
    rest = seeking_trainer(tmp_path / "part", way, teacher=teacher, pass_accuracy=0.0)
    rest.resume()
    assert rest.run(lambda progress: None)
    assert dataclasses.replace(rest.at, seconds=0) == dataclasses.replace(whole.at, seconds=0)
    for name, tensor in weights(whole.network).items():
        assert torch.equal(tensor, rest.network.state_dict()[name]), name


def test_a_run_remembers_how_it_plans(tmp_path: Path) -> None:
    seeking_trainer(tmp_path, "silent").save()
    other = seeking_trainer(tmp_path, "silent")
    other.config = replace(other.config, planning=replace(SILENT, steps=3))
    with pytest.raises(CheckpointError, match=r"began with planning.steps = 2, not 3"):
        other.resume()


def same_votes(votes: list[Vote], others: list[Vote]) -> None:
    """By torch and by the kernels alone numbers are rounded in another order."""
    for vote, other in zip(votes, others, strict=True):
        assert vote._replace(probability=0) == other._replace(probability=0)
        assert vote.probability == pytest.approx(other.probability, rel=1e-3)


@pytest.mark.parametrize("way", SEEKING)
def test_a_checkpoint_plans_and_answers_as_before(tmp_path: Path, way: str) -> None:
    run = seeking_trainer(tmp_path, way, examples=16)
    run.run(lambda progress: None)
    loaded = load_checkpoint(str(tmp_path / "last"))
    assert (loaded.task.name, loaded.task.planning) == ("shortest-path", SEEKING[way][1])
    assert loaded.network.config == run.network.config
    assert load_checkpoint(str(tmp_path / "best")).task.planning == loaded.task.planning
    assert loaded.with_links("sparse").task.planning == loaded.task.planning
    rng = np.random.default_rng(0)
    drawn = [draw_way(rng, 0) for _ in range(6)]
    graphs = [example.graph for example in drawn]
    described = loaded.task.encode_graphs(graphs, rng)
    votes = []
    for network in (run.asked, loaded.network):
        state = network.memorise(described.inputs, described.lengths, 40)
        speaker = Decoder(network, loaded.task)
        questions = [example.question for example in drawn]
        votes.append(speaker.answer(state, graphs, questions, described.labels))
    same_votes(*votes)
    assert "shortest-path" in (tmp_path / "last" / "README.md").read_text()


@pytest.mark.parametrize(
    ("model", "planning", "said"),
    [
        (
            {"input_size": 94},
            Planning(),
            "shortest-path needs 93: --set model.input_size=93",
        ),
        ({"start": "plain", "input_size": 92}, Planning(), "model.input_size is 92; shortest-path needs 93"),
        ({}, SILENT, "model.input_size is 93; shortest-path needs 92"),
        ({"start": "plain", "output_size": 91}, Planning(), "model.output_size is 91; shortest-path needs 9"),
    ],
)
def test_a_network_that_does_not_fit_the_task_is_refused_in_one_line(
    tmp_path: Path, model: dict[str, object], planning: Planning, said: str
) -> None:
    config = replace(seeking_trainer(tmp_path).config, planning=planning)
    config = replace(config, model=replace(SEARCH, **model))  # type: ignore[arg-type]
    learned = Source("shortest-path", 1, training=draw_way, validation=draw_way)
    with pytest.raises(ConfigError, match=said) as error:
        Trainer(config, learned, tmp_path, torch.device("cpu"))
    assert "\n" not in str(error.value)
    with pytest.raises(ConfigError, match="input_size is 93; traversal needs 92"):
        trainer(replace(small_config(), model=replace(SMALL, input_size=93)), tmp_path)


def test_planning_is_a_table_of_a_run() -> None:
    run = ROOT / "runs" / "shortest-path.toml"
    assert load_training_config(run).planning == Planning()
    silent = load_training_config(run, ["planning.aloud=false", "planning.steps_per_node=2"])
    assert silent.planning == Planning(aloud=False, steps_per_node=2.0)


def test_the_accuracy_of_a_search_is_that_of_whole_shortest_paths(tmp_path: Path) -> None:
    run = seeking_trainer(tmp_path)

    def share(**options: bool) -> float:
        seeker = Talker(lambda triples, number: Seeker(triples, number, **options))
        run.asked = seeker  # type: ignore[assignment]
        return run.accuracy(0, 24, stream(Purpose.EVALUATION, 1))

    assert share() == 1
    assert share(denies=True) == 0
    assert 0 < share(detour=True) < 1, "a detour is as short where there is one way only"


@pytest.mark.parametrize(("teacher", "final"), [(1.0, 1.0), (0.8, 0.8), (1.0, 0.0)])
def test_the_teachers_share_changes_in_a_straight_line(teacher: float, final: float) -> None:
    schedule = ScheduleConfig(teacher=teacher, final_teacher=final)
    shares = [schedule.teacher_share(done) for done in (0, 0.5, 1, 1.1)]
    assert shares == pytest.approx([teacher, (teacher + final) / 2, final, final])


def test_a_corpus_of_shortest_paths_can_be_learned_from(tmp_path: Path) -> None:
    path = tmp_path / "ways.h5"
    second = replace(TINY, size=(5, 8), path=(2, 2))
    build_corpus(path, ((1, TINY), (2, second)), episodes=200, seed=1, workers=1)
    learned = source(DataConfig(corpus=str(path)), tmp_path)
    assert (learned.task, learned.lessons) == ("shortest-path", 2)
    rng = np.random.default_rng(0)
    for lesson, lengths in enumerate([{1, 2}, {2}]):
        drawn = [learned.training(rng, lesson) for _ in range(40)]
        assert {len(example.answer) for example in drawn} == lengths
        assert all(isinstance(example.question, ShortestPath) for example in drawn)
        assert all(is_answer(example.graph, example.question, example.answer) for example in drawn)
    config = replace(seeking_trainer(tmp_path).config, data=DataConfig(corpus=str(path)))
    run = Trainer(config, learned, tmp_path / "run", torch.device("cpu"))
    assert run.run(lambda progress: None)
    assert run.at.examples == 48


# relations

CHAINS = Lesson("random", size=(3, 5), path=(2, 2), out_degree=(2, 2), task="inference")


def draw_relation(rng: np.random.Generator, lesson: int) -> Example:
    return draw_example(rng, CHAINS)


def relating_trainer(
    folder: Path,
    model: DNCConfig = INFERENCE,
    planning: Planning | None = None,
    **schedule: object,
) -> Trainer:
    settings = {"examples": 48, "batch": 8, "pool": 2, "validation_episodes": 8, "validate_every": 1}
    config = TrainingConfig(
        data=DataConfig(curriculum="inference"),
        model=model,
        optimiser=OptimiserConfig(learning_rate=3e-3, weight_decay=0.0),
        schedule=ScheduleConfig(**{**settings, **schedule}),  # type: ignore[arg-type]
        planning=planning or Planning(),
        seed=3,
    )
    learned = Source("inference", 2, training=draw_relation, validation=draw_relation)
    return Trainer(config, learned, folder, torch.device("cpu"))


def test_relations_are_trained_step_by_step(tmp_path: Path) -> None:
    run = relating_trainer(tmp_path)
    assert run.teaching.task.code.known_relations
    learns_with_every_weight(run)


def test_what_a_controller_does_not_see_at_first_it_never_sees() -> None:
    network = DNC(SEARCH)
    layer = network.controller.layers[0]
    with torch.no_grad():
        layer.input_weight[:, ::3] = 0
    keep_addressing(network)
    (layer.input_weight.sum() + layer.hidden_weight.sum()).backward()
    assert torch.equal(layer.input_weight.grad == 0, layer.input_weight == 0)
    assert bool((layer.hidden_weight.grad != 0).all())


def test_a_network_that_hears_all_at_first_is_deaf_to_nothing_later(tmp_path: Path) -> None:
    run = seeking_trainer(tmp_path, keep=True)
    assert all((layer.input_weight != 0).all() for layer in run.network.controller.layers)
    before = run.network.controller.layers[0].input_weight.detach().clone()
    run.run(lambda progress: None)
    changed = run.network.controller.layers[0].input_weight != before
    assert changed.any(0).float().mean() > 0.5


def test_resuming_relations_goes_on_exactly(tmp_path: Path) -> None:
    whole = relating_trainer(tmp_path / "whole", pass_accuracy=0.0)
    assert whole.run(lambda progress: None)
    part = relating_trainer(tmp_path / "part", pass_accuracy=0.0)
    assert not part.run(lambda progress: None, lambda: part.at.updates == 3)
    rest = relating_trainer(tmp_path / "part", pass_accuracy=0.0)
    rest.resume()
    assert rest.run(lambda progress: None)
    assert dataclasses.replace(rest.at, seconds=0) == dataclasses.replace(whole.at, seconds=0)
    for name, tensor in weights(whole.network).items():
        assert torch.equal(tensor, rest.network.state_dict()[name]), name


def test_a_checkpoint_knows_its_relations_and_answers_as_before(tmp_path: Path) -> None:
    run = relating_trainer(tmp_path, examples=16)
    run.run(lambda progress: None)
    config = json.loads((tmp_path / "last" / "config.json").read_text())
    assert config["labels"] == {"code": "digits", "digits": 3, "known_relations": True}
    loaded = load_checkpoint(str(tmp_path / "last"))
    assert (loaded.task.name, loaded.task.planning, loaded.task.code.known_relations) == (
        "inference",
        Planning(),
        True,
    )
    assert loaded.network.config == run.network.config
    assert "inference" in (tmp_path / "last" / "README.md").read_text()
    rng = np.random.default_rng(0)
    drawn = [draw_relation(rng, 0) for _ in range(6)]
    batch = encode(drawn, rng, loaded.task)
    description, lengths = batch.description.numpy(), batch.lengths.numpy()
    answers, votes = [], []
    for network in (run.asked, loaded.network):
        state = network.memorise(description, lengths, batch.rows)
        answers.append(network.run(batch.steps.numpy(), state, batch.active.numpy()))
        speaker = Decoder(network, loaded.task)
        graphs, questions = [each.graph for each in drawn], [each.question for each in drawn]
        votes.append(speaker.answer(state, graphs, questions, batch.labels))
    np.testing.assert_allclose(*answers, rtol=1e-3, atol=1e-4)
    same_votes(*votes)
    saved(tmp_path / "walks")
    config = json.loads((tmp_path / "walks" / "config.json").read_text())
    assert config["labels"].pop("known_relations") is False
    change_config(tmp_path / "walks", labels=config["labels"])  # as they were before any were known
    assert not load_checkpoint(str(tmp_path / "walks")).task.code.known_relations


def test_the_accuracy_of_relations_is_that_of_whole_answers(tmp_path: Path) -> None:
    run = relating_trainer(tmp_path)

    def share(**options: bool) -> float:
        follower = Talker(lambda triples, number: Follower(triples, **options))
        run.asked = follower  # type: ignore[assignment]
        return run.accuracy(0, 24, stream(Purpose.EVALUATION, 1))

    assert share() == 1
    assert share(lost=True) == 0


def test_relations_can_be_trained_in_silence_from_the_first_example_on(tmp_path: Path) -> None:
    learns_with_every_weight(relating_trainer(tmp_path, planning=SILENT))


def test_a_network_of_another_size_cannot_follow_relations(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="input_size is 92; inference needs 93"):
        relating_trainer(tmp_path, model=replace(INFERENCE, input_size=92), planning=SILENT)


def test_a_checkpoint_of_another_size_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "net")
    change_config(tmp_path / "net", task="inference", planning={"aloud": False})
    with pytest.raises(CheckpointError, match="its labels and its network have different sizes"):
        load_checkpoint(str(tmp_path / "net"))
