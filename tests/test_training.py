"""Training: configurations, lessons, exact resumption, checkpoints that survive and refuse damage."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from networks import INFERENCE, SEARCH, SHIPPED
from stand_ins import Follower, Seeker, Talker

from graphdnc.answering import Speaker
from graphdnc.cli.train import source
from graphdnc.datasets.build import build_corpus
from graphdnc.datasets.lessons import Lesson, draw_example, load_curriculum
from graphdnc.episodes import encoding
from graphdnc.episodes.labels import DigitCode
from graphdnc.episodes.search import Planning
from graphdnc.errors import CheckpointError, ConfigError, CorpusError, UsageError
from graphdnc.model import interface
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.oracle import is_answer
from graphdnc.questions import Example, ShortestPath
from graphdnc.training import catalogue
from graphdnc.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint, write_beside
from graphdnc.training.config import (
    DataConfig,
    OptimiserConfig,
    ScheduleConfig,
    TrainingConfig,
    load_training_config,
)
from graphdnc.training.device import choose_device
from graphdnc.training.stream import Purpose, Source, by_length, draw_pool, stream
from graphdnc.training.trainer import Trainer

ROOT = Path(__file__).parent.parent
LESSONS = load_curriculum("traversal").lessons
SMALL = replace(SHIPPED, controller_size=32, read_heads=2)


def draw(rng: np.random.Generator, lesson: int) -> Example:
    return draw_example(rng, LESSONS[lesson])


def small_config(examples: int = 256, **schedule: object) -> TrainingConfig:
    settings = {"examples": examples, "batch": 16, "pool": 4, "validation_episodes": 16, "validate_every": 1}
    return TrainingConfig(
        data=DataConfig(curriculum="traversal"),
        model=SMALL,
        optimiser=OptimiserConfig(learning_rate=3e-3),
        schedule=ScheduleConfig(**{**settings, **schedule}),  # type: ignore[arg-type]
        seed=3,
    )


def trainer(config: TrainingConfig, folder: Path, lessons: int = 2) -> Trainer:
    learned = Source("traversal", lessons, training=draw, validation=draw)
    return Trainer(config, learned, folder, torch.device("cpu"))


def weights(network: DNC) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


class Stop(Exception):
    pass


# configurations


def test_every_shipped_run_can_be_read() -> None:
    runs = sorted((ROOT / "runs").glob("*.toml"))
    assert {run.stem for run in runs} >= {"smoke", "traversal", "shortest-path", "inference"}
    for run in runs:
        assert load_training_config(run).schedule.examples > 0


def test_overrides_reach_their_table() -> None:
    config = load_training_config(
        ROOT / "runs" / "smoke.toml", ["schedule.batch=8", "model.links=off", "seed=9"]
    )
    assert (config.schedule.batch, config.model.links, config.seed) == (8, "off", 9)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("model.read_head=2", "unknown key 'read_head'"),
        ("schedule.batch=many", "a value of type int is wanted"),
        ("schedule.batch=1.5", "a value of type int is wanted"),
        ("model.masked_keys=1", "a value of type bool is wanted"),
        ("model.links=thick", "it can be 'dense' or 'sparse' or 'off'"),
        ("model.read_heads=0", "must be at least 1"),
        ("schedule.examples=0", "must be at least 1"),
        ("schedule.validate_every=0", "must be at least 1"),
        ("optimiser.learning_rate=nan", "between 0 and 1"),
        ("optimiser.keep_addressing=true", "weight_decay is 0.01; it must be 0 with keep_addressing"),
        ("planning.steps=-1", "no fewer than 0 steps"),
        ("planning.aloud=loud", "a value of type bool is wanted"),
        ("planning.depth=3", "unknown key 'depth'"),
        ("model.start=search", "the search start"),
        ("seed=-1", "0 or more"),
        ("model=3", "a table is wanted"),
        ("schedule.batch", "table.key=value"),
        ("data.corpus=x.h5", "either a curriculum or a corpus"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(override: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("(", r"\(")) as error:
        load_training_config(ROOT / "runs" / "smoke.toml", [override])
    assert "\n" not in str(error.value)


def test_a_missing_or_broken_file_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "run.toml"
    broken.write_text("[model\n")
    for path in (tmp_path / "none.toml", broken, tmp_path):
        with pytest.raises(ConfigError) as error:
            load_training_config(path)
        assert str(path) in str(error.value)


def test_the_rate_warms_up_holds_and_falls() -> None:
    optimiser = OptimiserConfig(learning_rate=1.0, warmup=4, decay_from=0.5, final_rate=0.1)
    assert [optimiser.rate(update, 0.0) for update in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert optimiser.rate(100, 0.5) == 1.0
    assert optimiser.rate(100, 0.75) == pytest.approx(0.55)
    assert optimiser.rate(100, 1.0) == pytest.approx(0.1)


# the stream of examples


def test_purposes_and_seeds_never_share_a_stream() -> None:
    first = {stream(purpose, seed).random() for purpose in Purpose for seed in range(50)}
    assert len(first) == len(Purpose) * 50


def test_a_pool_holds_the_lesson_and_some_rehearsal() -> None:
    schedule = ScheduleConfig(batch=16, pool=8, rehearsal=0.25)
    asked: list[int] = []

    def record(rng: np.random.Generator, lesson: int) -> Example:
        asked.append(lesson)
        return draw(rng, 0)

    batches = draw_pool(record, 2, schedule, np.random.default_rng(0))
    assert [len(batch) for batch in batches] == [16] * 8
    assert set(asked) == {0, 1, 2}
    assert 0.6 < asked.count(2) / 128 < 0.9
    asked.clear()
    draw_pool(record, 0, schedule, np.random.default_rng(0))
    assert set(asked) == {0}


def test_batches_by_length_lose_nothing_and_pad_less() -> None:
    rng = np.random.default_rng(0)
    examples = [draw(rng, 3) for _ in range(256)]
    batches = by_length(examples, 32)
    assert sorted(map(id, examples)) == sorted(id(example) for batch in batches for example in batch)

    def padded(groups: list[list[Example]]) -> int:
        return sum(len(group) * max(len(example.answer) for example in group) for group in groups)

    assert padded(batches) < 0.75 * padded([examples[at : at + 32] for at in range(0, 256, 32)])


# the loop


def test_a_short_run_learns_the_first_lesson(tmp_path: Path) -> None:
    config = small_config(examples=3072, pool=16, validation_episodes=128, pass_accuracy=1.1)
    run = trainer(config, tmp_path)
    before = run.accuracy(0, 128, stream(Purpose.EVALUATION, 1))
    run.run(lambda progress: None)
    after = run.accuracy(0, 128, stream(Purpose.EVALUATION, 1))
    assert before < 0.1
    assert after > 0.85


def test_lessons_are_passed_on_fresh_accuracy_alone(tmp_path: Path) -> None:
    lessons: list[int] = []
    run = trainer(small_config(pass_accuracy=0.0), tmp_path, lessons=2)
    run.run(lambda progress: lessons.append(progress.lesson) if progress.validated is not None else None)
    assert lessons == [1, 2, 2, 2]
    stays = trainer(small_config(pass_accuracy=1.1), tmp_path / "stays")
    stays.run(lambda progress: None)
    assert stays.at.lesson == 0


@pytest.mark.parametrize("stop_after", [2, 4, 7])
def test_resuming_goes_on_exactly(tmp_path: Path, stop_after: int) -> None:
    whole = trainer(small_config(pass_accuracy=0.0), tmp_path / "whole")
    assert whole.run(lambda progress: None)
    part = trainer(small_config(pass_accuracy=0.0), tmp_path / "part")
    assert not part.run(lambda progress: None, lambda: part.at.updates == stop_after)
    assert part.at.examples == 16 * stop_after
    rest = trainer(small_config(pass_accuracy=0.0), tmp_path / "part")
    rest.resume()
    rest.run(lambda progress: None)

    assert dataclasses.replace(rest.at, seconds=0) == dataclasses.replace(whole.at, seconds=0)
    for name, tensor in weights(whole.network).items():
        assert torch.equal(tensor, rest.network.state_dict()[name]), name
    lines = [
        [json.loads(line)["examples"] for line in (tmp_path / run / "metrics.jsonl").read_text().splitlines()]
        for run in ("whole", "part")
    ]
    assert lines[0] == lines[1] == [64, 128, 192, 256]


def test_resume_refuses_what_is_not_its_own(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="nothing to resume"):
        trainer(small_config(), tmp_path).resume()
    run = trainer(small_config(), tmp_path)
    run.folder.mkdir(exist_ok=True)
    run.save()
    with pytest.raises(CheckpointError, match="another configuration"):
        trainer(small_config(examples=512), tmp_path).resume()
    (tmp_path / "state.pt").write_bytes((tmp_path / "state.pt").read_bytes()[:5000])
    with pytest.raises(CheckpointError, match="damaged"):
        trainer(small_config(), tmp_path).resume()


def test_a_full_disk_keeps_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = trainer(small_config(), tmp_path)
    run.save()
    before = (tmp_path / "state.pt").read_bytes()

    def full(state: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(CheckpointError, match="No space left"):
        run.save()
    assert (tmp_path / "state.pt").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


# checkpoints


def saved(folder: Path) -> Checkpoint:
    torch.manual_seed(1)
    training = {"validation_accuracy": None, "examples": 0, "seed": 1}
    made = Checkpoint(DNC(SMALL).eval(), DigitCode(), "traversal", None, training, folder.name)
    save_checkpoint(folder, made, "# card\n")
    return made


def test_a_checkpoint_answers_as_before(tmp_path: Path) -> None:
    made = saved(tmp_path / "net")
    loaded = load_checkpoint(str(tmp_path / "net"))
    assert loaded.network.config == made.network.config
    assert (loaded.task, loaded.name, loaded.training) == ("traversal", "net", made.training)
    assert loaded.planning is None
    rng = np.random.default_rng(0)
    batch = encoding.encode([draw(rng, 0) for _ in range(5)], rng, loaded.code)
    with torch.no_grad():
        one, two = (
            network(batch.steps, network.memorise(batch.description, batch.lengths, 64), batch.active)[0]
            for network in (made.network, loaded.network)
        )
    assert torch.equal(one, two)


def test_what_a_checkpoint_folder_holds(tmp_path: Path) -> None:
    saved(tmp_path / "net")
    assert {file.name for file in (tmp_path / "net").iterdir()} == {
        "model.safetensors",
        "config.json",
        "README.md",
    }
    config = json.loads((tmp_path / "net" / "config.json").read_text())
    assert set(config) == {"format", "task", "labels", "planning", "model", "training"}
    assert config["planning"] is None
    del config["planning"]  # as in checkpoints made before there was any
    (tmp_path / "net" / "config.json").write_text(json.dumps(config))
    assert load_checkpoint(str(tmp_path / "net")).planning is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 99}, "format 99"),
        ({"model": {"controller_size": 64}}, "do not fit"),
        ({"model": {"no_such_option": 1}}, "no_such_option"),
        ({"labels": {"code": "digits", "digits": 4}}, "different sizes"),
        ({"task": None, "labels": {}}, "not a graphdnc checkpoint"),
        ({"task": "chess"}, "trained for 'chess'; this version of graphdnc knows traversal, shortest-path"),
        ({"task": "shortest-path"}, "its task and its planning do not fit"),
        ({"planning": {"aloud": False}}, "its task and its planning do not fit"),
        ({"planning": {"aloud": True}}, "different sizes"),
        ({"planning": {"aloud": 1}}, "planning: aloud is 1"),
        ({"planning": {"hours": 1}}, "unknown key 'hours'"),
        ({"planning": {"steps": -1}}, "no fewer than 0 steps"),
        ({"planning": "aloud"}, "not a graphdnc checkpoint"),
        ({"planning": 3}, "not a graphdnc checkpoint"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    saved(tmp_path / "net")
    path = tmp_path / "net" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(CheckpointError, match=said) as error:
        load_checkpoint(str(tmp_path / "net"))
    assert "\n" not in str(error.value)


def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path / "net")
    path = tmp_path / "net" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(str(tmp_path / "net"))
    path.unlink()
    with pytest.raises(CheckpointError, match="missing"):
        load_checkpoint(str(tmp_path / "net"))
    monkeypatch.setattr(catalogue, "LARGEST", 10)
    with pytest.raises(CheckpointError, match="larger than"):
        load_checkpoint(str(tmp_path / "net"))


def test_an_unknown_name_says_what_is_installed(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="installed: "):
        load_checkpoint("no-such-network")
    with pytest.raises(CheckpointError, match="a folder without"):
        load_checkpoint(str(tmp_path))


def test_write_beside_leaves_nothing_half_done(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fails(beside: Path) -> None:
        beside.write_text("half")
        raise Stop

    with pytest.raises(Stop):
        write_beside(path, fails)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_the_device_is_chosen_with_a_reason() -> None:
    assert choose_device("cpu") == (torch.device("cpu"), "as asked for")
    device, reason = choose_device("auto")
    assert device.type in ("cpu", "cuda")
    assert "CUDA" in reason
    with pytest.raises(UsageError, match="auto, cpu or cuda"):
        choose_device("tpu")


def test_a_corpus_is_validated_on_graphs_it_was_not_trained_on(tmp_path: Path) -> None:
    path = tmp_path / "corpus.h5"
    build_corpus(path, ((1, LESSONS[0]),), episodes=200, seed=1, workers=1)
    learned = source(DataConfig(corpus=str(path)), tmp_path)
    assert (learned.task, learned.lessons) == ("traversal", 1)
    rng = np.random.default_rng(0)
    trained, validated = (
        {draw(rng, 0).graph.triples.tobytes() for _ in range(400)}
        for draw in (learned.training, learned.validation)
    )
    assert trained
    assert validated
    assert not trained & validated
    build_corpus(tmp_path / "tiny.h5", ((1, LESSONS[0]),), episodes=2, seed=1, workers=1)
    with pytest.raises(CorpusError, match="more --episodes"):
        source(DataConfig(corpus=str(tmp_path / "tiny.h5")), tmp_path)


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
    run, losses = seeking_trainer(tmp_path, way, teacher=teacher), []
    before = weights(run.network)
    assert run.run(lambda progress: losses.append(progress.loss))
    assert run.at.updates == 6
    assert np.isfinite(losses).all()
    assert min(losses) > 0
    for name, tensor in weights(run.network).items():
        assert tensor.isfinite().all(), name
        assert not torch.equal(tensor, before[name]), name


def test_addressing_can_be_kept_to_the_bit(tmp_path: Path) -> None:
    """Of the interface the read modes alone are learned; without the option all of it is."""
    modes = interface.slices(SEARCH)["read_modes"]
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
    place = interface.slices(without_bias)["read_modes"]
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
    with pytest.raises(CheckpointError, match="another configuration"):
        other.resume()


@pytest.mark.parametrize("way", SEEKING)
def test_a_checkpoint_plans_and_answers_as_before(tmp_path: Path, way: str) -> None:
    run = seeking_trainer(tmp_path, way, examples=16)
    run.run(lambda progress: None)
    loaded = load_checkpoint(str(tmp_path / "last"))
    assert (loaded.task, loaded.planning) == ("shortest-path", SEEKING[way][1])
    assert loaded.network.config == run.network.config
    assert load_checkpoint(str(tmp_path / "best")).planning == loaded.planning
    assert loaded.with_memory("sparse").planning == loaded.planning
    rng = np.random.default_rng(0)
    drawn = [draw_way(rng, 0) for _ in range(6)]
    graphs = [example.graph for example in drawn]
    described = encoding.encode_graphs(graphs, rng, loaded.code, loaded.planning)
    votes = []
    for network in (run.network, loaded.network):
        with torch.no_grad():
            state = network.memorise(described.inputs, described.lengths, 40)
        speaker = Speaker(network, loaded.code, loaded.planning)
        questions = [example.question for example in drawn]
        votes.append(speaker.answer(state, graphs, questions, described.labels))
    assert votes[0] == votes[1]
    assert "shortest-path" in (tmp_path / "last" / "README.md").read_text()


@pytest.mark.parametrize(
    ("model", "planning", "said"),
    [
        ({"input_size": 94}, Planning(), "model.input_size is 94; shortest-path needs 93"),
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
        run.network = seeker  # type: ignore[assignment]
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
    keep: bool = True,
    model: DNCConfig = INFERENCE,
    planning: Planning | None = None,
    **schedule: object,
) -> Trainer:
    settings = {"examples": 48, "batch": 8, "pool": 2, "validation_episodes": 8, "validate_every": 1}
    config = TrainingConfig(
        data=DataConfig(curriculum="inference"),
        model=model,
        optimiser=OptimiserConfig(learning_rate=3e-3, weight_decay=0.0, keep_addressing=keep),
        schedule=ScheduleConfig(**{**settings, **schedule}),  # type: ignore[arg-type]
        planning=planning or Planning(),
        seed=3,
    )
    learned = Source("inference", 2, training=draw_relation, validation=draw_relation)
    return Trainer(config, learned, folder, torch.device("cpu"))


@pytest.mark.parametrize("start", ["inference", "plain"])
def test_relations_are_trained_step_by_step(tmp_path: Path, start: str) -> None:
    model = replace(INFERENCE, start=start)  # type: ignore[arg-type]
    run, losses = relating_trainer(tmp_path, keep=False, model=model), []
    assert run.code.known_relations
    before = weights(run.network)
    assert run.run(lambda progress: losses.append(progress.loss))
    assert run.at.updates == 6
    assert np.isfinite(losses).all()
    assert min(losses) > 0
    for name, tensor in weights(run.network).items():
        assert tensor.isfinite().all(), name
        assert not torch.equal(tensor, before[name]), name


def test_edges_are_learned_and_nothing_else_needs_to_be(tmp_path: Path) -> None:
    """One relation, so that it is soon known; all that is found, held and told is there from the start."""
    drawn = draw_relation(stream(Purpose.TRAINING, 1), 0)
    one = Source("inference", 1, training=lambda *_: drawn, validation=lambda *_: drawn)
    config = relating_trainer(tmp_path).config
    config = replace(config, optimiser=replace(config.optimiser, learning_rate=0.02))
    config = replace(config, schedule=replace(config.schedule, examples=640))
    run = Trainer(config, one, tmp_path, torch.device("cpu"))
    assert run.accuracy(0, 16, stream(Purpose.EVALUATION, 1)) < 0.5
    run.run(lambda progress: None)
    assert run.accuracy(0, 16, stream(Purpose.EVALUATION, 1)) == 1


@pytest.mark.parametrize("keep", [True, False])
def test_addressing_and_deafness_are_kept_to_the_bit(tmp_path: Path, keep: bool) -> None:
    """Of the interface the read modes alone are learned, of the controller's input what it hears at first."""
    run = relating_trainer(tmp_path, keep=keep)
    before = weights(run.network)
    run.run(lambda progress: None)
    after = weights(run.network)
    modes = interface.slices(INFERENCE)["read_modes"]
    for name in ("interface.weight", "interface.bias"):
        rows = torch.ones(len(before[name]), dtype=torch.bool)
        rows[modes] = False
        assert torch.equal(after[name][rows], before[name][rows]) == keep, name
        assert not torch.equal(after[name][modes], before[name][modes]), name
    name = "controller.layers.0.input_weight"
    deaf = before[name] == 0
    assert 0.5 < deaf.float().mean() < 1
    assert bool((after[name][deaf] == 0).all()) == keep
    assert (after[name][~deaf] != before[name][~deaf]).float().mean() > 0.5
    for name in set(before) - {"interface.weight", "interface.bias"}:
        assert not torch.equal(after[name], before[name]), name


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
    assert (loaded.task, loaded.planning, loaded.code.known_relations) == ("inference", Planning(), True)
    assert loaded.network.config == run.network.config
    assert "inference" in (tmp_path / "last" / "README.md").read_text()
    rng = np.random.default_rng(0)
    drawn = [draw_relation(rng, 0) for _ in range(6)]
    batch = encoding.encode(drawn, rng, loaded.code, loaded.planning)
    answers, votes = [], []
    for network in (run.network, loaded.network):
        with torch.no_grad():
            state = network.memorise(batch.description, batch.lengths, batch.rows)
            answers.append(network(batch.steps, state, batch.active)[0])
        speaker = Speaker(network, loaded.code, loaded.planning)
        graphs, questions = [each.graph for each in drawn], [each.question for each in drawn]
        votes.append(speaker.answer(state, graphs, questions, batch.labels))
    assert torch.equal(*answers)
    assert votes[0] == votes[1]
    saved(tmp_path / "walks")
    config = json.loads((tmp_path / "walks" / "config.json").read_text())
    assert config["labels"].pop("known_relations") is False
    (tmp_path / "walks" / "config.json").write_text(json.dumps(config))  # as they were before any were known
    assert not load_checkpoint(str(tmp_path / "walks")).code.known_relations


def test_the_accuracy_of_relations_is_that_of_whole_answers(tmp_path: Path) -> None:
    run = relating_trainer(tmp_path)

    def share(**options: bool) -> float:
        follower = Talker(lambda triples, number: Follower(triples, **options))
        run.network = follower  # type: ignore[assignment]
        return run.accuracy(0, 24, stream(Purpose.EVALUATION, 1))

    assert share() == 1
    assert share(lost=True) == 0


@pytest.mark.parametrize(
    "model",
    [INFERENCE, replace(INFERENCE, input_size=92, start="plain")],
)
def test_relations_planned_in_silence_are_refused_in_one_line(tmp_path: Path, model: DNCConfig) -> None:
    with pytest.raises(ConfigError) as error:
        relating_trainer(tmp_path, model=model, planning=SILENT)
    assert "\n" not in str(error.value)


def test_a_checkpoint_that_plans_relations_in_silence_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "net")
    path = tmp_path / "net" / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, "task": "inference", "planning": {"aloud": False}}))
    with pytest.raises(CheckpointError):
        load_checkpoint(str(tmp_path / "net"))
