"""Training: configurations, lessons, exact resumption, checkpoints that survive and refuse damage."""

from __future__ import annotations

import dataclasses
import gc
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from small_runs import LESSONS, ROOT, change_config, draw, saved, small_config, trainer, weights

from graphdnc.datasets.build_corpus import build_corpus
from graphdnc.datasets.sources import source
from graphdnc.errors import CheckpointError, ConfigError, CorpusError, UsageError
from graphdnc.networks import catalogue, checkpoint
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.questions import Example
from graphdnc.tasks import by_length
from graphdnc.tasks.traversal import encode_questions
from graphdnc.training.batches import draw_pool
from graphdnc.training.config import DataConfig, OptimiserConfig, ScheduleConfig, load_training_config
from graphdnc.training.device import choose_device
from graphdnc.training.metrics import MetricsFile
from graphdnc.utils import atomic_write
from graphdnc.utils.rng import Purpose, stream

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
        ("schedule.batch=many", "it must be of type int"),
        ("schedule.batch=1.5", "it must be of type int"),
        ("model.masked_keys=1", "it must be of type bool"),
        ("model.links=thick", "it must be 'dense' or 'sparse' or 'off'"),
        ("model.read_heads=0", "must be at least 1"),
        ("schedule.examples=0", "must be at least 1"),
        ("schedule.validate_every=0", "must be at least 1"),
        ("optimiser.learning_rate=nan", "between 0 and 1"),
        ("optimiser.keep_addressing=true", "weight_decay is 0.01; it must be 0 with keep_addressing"),
        ("planning.steps=-1", "must be 0 or more"),
        ("planning.aloud=loud", "it must be of type bool"),
        ("planning.depth=3", "unknown key 'depth'"),
        ("model.start=search", "the search start"),
        ("seed=-1", "0 or more"),
        ("model=3", "it must be a table"),
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

    batches = draw_pool(record, 2, schedule, by_length, np.random.default_rng(0))
    assert [len(batch) for batch in batches] == [16] * 8
    assert set(asked) == {0, 1, 2}
    assert 0.6 < asked.count(2) / 128 < 0.9
    asked.clear()
    draw_pool(record, 0, schedule, by_length, np.random.default_rng(0))
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


def test_a_short_run_learns(tmp_path: Path) -> None:
    """From random weights the loss falls long before a whole answer is right."""
    run = trainer(small_config(examples=2048, pass_accuracy=1.1), tmp_path)
    losses: list[float] = []
    run.run(lambda progress: losses.append(progress.loss))
    assert losses[-1] < 0.9 * losses[0]


def test_a_run_may_begin_with_the_weights_of_another_network(tmp_path: Path) -> None:
    first = trainer(small_config(examples=16), tmp_path / "first")
    first.run(lambda progress: None)
    config = dataclasses.replace(small_config(), weights=str(tmp_path / "first" / "last"), seed=9)
    second = trainer(config, tmp_path / "second")
    for name, tensor in weights(first.network).items():
        assert torch.equal(tensor, second.network.state_dict()[name]), name
    with pytest.raises(
        ConfigError, match=r"last has controller_size = 32, .* --set model.controller_size=32"
    ):
        trainer(
            dataclasses.replace(config, model=dataclasses.replace(config.model, controller_size=16)),
            tmp_path / "third",
        )


def test_a_run_whose_first_network_is_missing_says_what_to_do(tmp_path: Path) -> None:
    config = dataclasses.replace(small_config(), weights=str(tmp_path / "none"))
    with pytest.raises(
        ConfigError, match=r"weights: .*none' is neither .*; train that network first, or begin"
    ):
        trainer(config, tmp_path / "run")


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
    with pytest.raises(CheckpointError, match=r"began with schedule\.examples = \d+, not 512;"):
        trainer(small_config(examples=512), tmp_path).resume()
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="nothing to resume"):
        trainer(small_config(), tmp_path / "file").resume()
    (tmp_path / "state.pt").write_bytes((tmp_path / "state.pt").read_bytes()[:5000])
    with pytest.raises(CheckpointError, match="damaged"):
        trainer(small_config(), tmp_path).resume()


def test_damaged_lines_of_metrics_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    whole = '{"examples": 5, "loss": 1}\n'
    path.write_text(f'{whole}{{"loss": 1}}\n[1]\n{{"examples": }}\n{{"examples": 9}}\n{{"examples": 6')
    MetricsFile(path, 7)
    assert path.read_text() == whole


def test_rows_of_the_memory_are_no_setting_of_a_run(tmp_path: Path) -> None:
    config = small_config()
    config = dataclasses.replace(config, model=dataclasses.replace(config.model, memory_rows=10))
    with pytest.raises(ConfigError, match="memory_rows is 10, which training would not use"):
        trainer(config, tmp_path)


def test_a_full_disk_keeps_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = trainer(small_config(), tmp_path)
    run.save()
    before = (tmp_path / "state.pt").read_bytes()

    def full(path: Path) -> None:
        if "state" in path.name:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_write, "synchronise", full)
    with pytest.raises(CheckpointError, match="No space left"):
        run.save()
    assert (tmp_path / "state.pt").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


# checkpoints


def test_a_checkpoint_answers_as_before(tmp_path: Path) -> None:
    made = saved(tmp_path / "net")
    loaded = load_checkpoint(str(tmp_path / "net"))
    assert loaded.network.config == made.network.config
    assert (loaded.task.name, loaded.name, loaded.training) == ("traversal", "net", made.training)
    assert loaded.task.planning is None
    rng = np.random.default_rng(0)
    drawn = [draw(rng, 0) for _ in range(5)]
    graphs, questions = [example.graph for example in drawn], [example.question for example in drawn]
    told = loaded.task.encode_graphs(graphs, rng)
    asked = encode_questions(questions, told.labels, loaded.task.code)
    one, two = (
        network.run(asked.steps, network.memorise(told.inputs, told.lengths, 64), asked.active)
        for network in (made.network, loaded.network)
    )
    np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-5)
    for name, array in made.network.weights.items():
        assert np.array_equal(array, loaded.network.weights[name]), name


def test_what_a_checkpoint_folder_holds(tmp_path: Path) -> None:
    saved(tmp_path / "net")
    assert {file.name for file in (tmp_path / "net").iterdir()} == {
        "model.safetensors",
        "config.json",
        "README.md",
    }
    config = json.loads((tmp_path / "net" / "config.json").read_text())
    assert set(config) == {"format", "task", "labels", "planning", "model", "training", "checksums"}
    assert set(config["checksums"]) == {"model.safetensors", "config.json"}
    assert config["planning"] is None
    del config["planning"], config["checksums"]  # as in checkpoints made before there were any
    (tmp_path / "net" / "config.json").write_text(json.dumps(config))
    assert load_checkpoint(str(tmp_path / "net")).task.planning is None


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
        ({"planning": {"aloud": True}}, "its task and its planning do not fit"),
        ({"planning": {"aloud": 1}}, "planning: aloud is 1"),
        ({"planning": {"hours": 1}}, "unknown key 'hours'"),
        ({"planning": {"steps": -1}}, "must be 0 or more"),
        ({"planning": "aloud"}, "not a graphdnc checkpoint"),
        ({"planning": 3}, "not a graphdnc checkpoint"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    saved(tmp_path / "net")
    change_config(tmp_path / "net", **change)
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


def refusal(folder: Path) -> str | None:
    try:
        load_checkpoint(str(folder))
    except CheckpointError as error:
        return str(error)
    return None


def test_a_changed_byte_of_weights_or_configuration_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "net")
    rng = np.random.default_rng(0)
    for name in ("model.safetensors", "config.json"):
        path = tmp_path / "net" / name
        sound = path.read_bytes()
        for bit in rng.integers(8 * len(sound), size=60).tolist():
            damaged = bytearray(sound)
            damaged[bit // 8] ^= 1 << bit % 8
            path.write_bytes(damaged)
            said = refusal(tmp_path / "net")
            if said is None:
                assert name == "config.json", "its spaces do not count"
                assert load_checkpoint(str(tmp_path / "net")).training["examples"] == 0
            else:
                assert "\n" not in said
                assert str(tmp_path / "net") in said
        path.write_bytes(sound)
    path.write_bytes(sound.replace(b'"seed": 1', b'"seed": 2'))
    with pytest.raises(CheckpointError, match=r'json: .*; download it again, or take "checksums" out of it'):
        load_checkpoint(str(tmp_path / "net"))


def test_a_checkpoint_that_is_replaced_while_it_is_loaded_is_never_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = saved(tmp_path / "net")
    newer = dataclasses.replace(made, training={**made.training, "examples": 1})
    newer.network.weights["output.weight"][0, 0] += 1
    read, folder = checkpoint.read_config, tmp_path / "net"

    def replaced_meanwhile(path: Path) -> dict[str, object]:
        config = read(path)
        if config["training"]["examples"] == 0:
            checkpoint.save_checkpoint(folder, newer, "")
        return config

    monkeypatch.setattr(checkpoint, "read_config", replaced_meanwhile)
    found = load_checkpoint(str(folder))
    assert found.training["examples"] == 1
    assert np.array_equal(found.network.weights["output.weight"], newer.network.weights["output.weight"])


def test_weights_of_other_types(tmp_path: Path) -> None:
    weights = {
        name: torch.from_numpy(array) for name, array in saved(tmp_path / "net").network.weights.items()
    }
    path = tmp_path / "net" / "model.safetensors"
    change_config(tmp_path / "net")
    expected = load_checkpoint(str(tmp_path / "net")).network.weights["output.weight"]
    for dtype in (torch.float16, torch.float64):
        save_file({name: tensor.to(dtype) for name, tensor in weights.items()}, path)
        found = load_checkpoint(str(tmp_path / "net")).network.weights["output.weight"]
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=1e-3)
    for dtype, said in [(torch.int32, "int32 numbers"), (torch.bfloat16, "of an unknown type")]:
        save_file({name: tensor.to(dtype) for name, tensor in weights.items()}, path)
        with pytest.raises(CheckpointError, match=said):
            load_checkpoint(str(tmp_path / "net"))
    for number, dtype in [(torch.nan, torch.float32), (1e300, torch.float64)]:
        weights["output.weight"] = weights["output.weight"].to(dtype)
        weights["output.weight"][0, 0] = number
        save_file(weights, path)
        with pytest.raises(CheckpointError, match=r"output.weight has numbers that are infinite or NaN"):
            load_checkpoint(str(tmp_path / "net"))


def test_loading_leaves_the_garbage_collector_as_it_was(tmp_path: Path) -> None:
    saved(tmp_path / "net")
    loaded = load_checkpoint(str(tmp_path / "net"))
    gc.disable()
    try:
        loaded.with_links("sparse")
        assert not gc.isenabled()
    finally:
        gc.enable()
    loaded.with_links("sparse")
    assert gc.isenabled()


def test_an_unknown_name_says_what_is_installed(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="installed: "):
        load_checkpoint("no-such-network")
    with pytest.raises(CheckpointError, match="a folder without"):
        load_checkpoint(str(tmp_path))


def test_the_device_is_chosen_with_a_reason() -> None:
    assert choose_device("cpu") == (torch.device("cpu"), "as asked for")
    device, reason = choose_device("auto")
    assert device.type in ("cpu", "cuda")
    assert "CUDA" in reason
    for wrong in ("tpu", "cuda:", "cuda:x", "cpu:0", "cuda:-1"):
        with pytest.raises(UsageError, match="use auto, cpu, cuda, cuda:N or mps"):
            choose_device(wrong)


def test_any_gpu_that_is_there_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    for wanted in ("cuda", "cuda:0", "cuda:1", "mps"):
        assert choose_device(wanted) == (torch.device(wanted), "as asked for")
    assert choose_device("auto")[0] == torch.device("cuda")
    with pytest.raises(UsageError, match="--device cuda:2: the last one is cuda:1"):
        choose_device("cuda:2")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    for wanted in ("cuda", "cuda:1", "mps"):
        with pytest.raises(UsageError, match="there is none here; use auto"):
            choose_device(wanted)


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
