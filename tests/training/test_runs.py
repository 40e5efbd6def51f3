"""What a training run promises: it belongs to one process, loses nothing, and goes on as it began."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from small_runs import Stop, small_config, trainer, weights

from graphdnc.errors import CheckpointError, TrainingError
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.training import trainer as training
from graphdnc.training.config import as_toml, load_training_config
from graphdnc.training.fingerprints import PACKAGES, code_in, code_of_training
from graphdnc.training.run_folder import RunFolder
from graphdnc.training.trainer import Trainer
from graphdnc.utils.checksum import unsealed


def nothing(progress: object) -> None:
    pass


def run_to_the_end(folder: Path, **settings: Any) -> Trainer:
    whole = trainer(small_config(pass_accuracy=0.0, **settings), folder)
    assert whole.run(nothing)
    return whole


def metrics(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of the metrics, without times."""
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    times = ("seconds", "per_second", "data_share")
    return [{name: value for name, value in line.items() if name not in times} for line in lines]


def same_as(one: Trainer, other: Trainer) -> None:
    assert dataclasses.replace(one.at, seconds=0) == dataclasses.replace(other.at, seconds=0)
    for name, tensor in weights(one.network).items():
        assert torch.equal(tensor, other.network.state_dict()[name]), name
    assert metrics(one.folder) == metrics(other.folder)


# one process


def test_a_folder_belongs_to_one_process(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from graphdnc.training.run_folder import RunFolder
folder = RunFolder(Path({str(tmp_path / "run")!r}))
folder.claim()
print("claimed", flush=True)
sys.stdin.readline()
"""
    trainer(small_config(pass_accuracy=0.0), tmp_path / "run").save()
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "claimed\n"
        for resumed in (False, True):
            run = trainer(small_config(), tmp_path / "run")
            said = rf"run: a training runs there \(process {other.pid} on "
            with pytest.raises(CheckpointError, match=said) as error:
                run.resume() if resumed else run.run(nothing)
            assert "since 2" in str(error.value)
            assert str(error.value).endswith(f"-o {tmp_path / 'run-2'}")
        (tmp_path / "run" / ".state.pt.1-abc.part").write_text("half")
        other.kill()
    mine = RunFolder(tmp_path / "run")
    mine.claim()
    assert mine.locked, "a killed process keeps no lock"
    assert f"process {os.getpid()} on " in (tmp_path / "run" / "lock").read_text()
    assert not list((tmp_path / "run").glob(".*")), "its leftovers are removed"
    mine.release()
    run_to_the_end(tmp_path / "run")


def test_a_run_frees_its_folder_however_it_ends(tmp_path: Path) -> None:
    def stop(progress: object) -> None:
        raise Stop

    for _ in range(2):
        with pytest.raises(Stop):
            trainer(small_config(), tmp_path).run(stop)
    shutil.rmtree(tmp_path / "best", ignore_errors=True)
    first = trainer(small_config(examples=512), tmp_path)
    with pytest.raises(CheckpointError, match="began with"):
        first.resume()
    trainer(small_config(), tmp_path).resume()


def test_without_locks_a_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(descriptor: int, operation: int) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", none)
    run = run_to_the_end(tmp_path)
    assert not run.run_folder.locked
    assert load_checkpoint(str(tmp_path / "last")).training["examples"] == 256


# nothing is lost


@pytest.mark.parametrize("stop_after", [6, 9])
def test_a_line_of_the_metrics_covers_what_it_says_after_a_resume(tmp_path: Path, stop_after: int) -> None:
    whole = run_to_the_end(tmp_path / "whole", validate_every=2)
    part = trainer(small_config(pass_accuracy=0.0, validate_every=2), tmp_path / "part")
    assert not part.run(nothing, lambda: part.at.updates == stop_after)
    rest = trainer(small_config(pass_accuracy=0.0, validate_every=2), tmp_path / "part")
    assert rest.resume() == []
    rest.run(nothing)
    assert len(metrics(tmp_path / "whole")) == 2
    same_as(rest, whole)


@pytest.mark.parametrize("damage", ["flipped", "cut", "missing", "foreign"])
def test_a_broken_state_falls_back_to_the_one_before(tmp_path: Path, damage: str) -> None:
    whole = run_to_the_end(tmp_path / "whole")
    part = trainer(small_config(pass_accuracy=0.0), tmp_path / "part")
    part.run(nothing, lambda: part.at.updates == 13)
    state = tmp_path / "part" / "state.pt"
    content = bytearray(state.read_bytes())
    content[len(content) // 3] ^= 4
    damaged = {
        "flipped": bytes(content),
        "cut": bytes(content[:5000]),
        "foreign": b"source,relation,target\n",
    }
    if damage == "missing":
        state.unlink()
    else:
        state.write_bytes(damaged[damage])
    rest = trainer(small_config(pass_accuracy=0.0), tmp_path / "part")
    (note,) = rest.resume()
    assert note.startswith("state.pt is missing" if damage == "missing" else "state.pt is damaged")
    assert note.endswith("; the run goes on from state-before.pt, the one before")
    assert "\n" not in note
    assert rest.at.examples == 192, "of the last validation"
    rest.run(nothing)
    same_as(rest, whole)
    assert (tmp_path / "part" / "state-damaged.pt").exists() == (damage != "missing")


def test_two_broken_states_say_how_to_begin_again(tmp_path: Path) -> None:
    run_to_the_end(tmp_path / "run")
    for name in ("state.pt", "state-before.pt"):
        (tmp_path / "run" / name).write_bytes(b"PK")
    with pytest.raises(CheckpointError) as error:
        trainer(small_config(pass_accuracy=0.0), tmp_path / "run").resume()
    run = tmp_path / "run"
    advice = f"begin again in another folder: graphdnc train {run / 'settings.toml'} -o {run}-2"
    assert str(error.value).endswith(advice)
    assert "\n" not in str(error.value)


def test_settings_are_kept_as_a_configuration(tmp_path: Path) -> None:
    run = run_to_the_end(tmp_path)
    assert load_training_config(tmp_path / "settings.toml") == run.config
    every = dataclasses.replace(run.config, weights='a "strange"\\ name', seed=2**60)
    (tmp_path / "other.toml").write_text(as_toml(every))
    assert load_training_config(tmp_path / "other.toml") == every


def test_a_finished_run_has_what_its_state_says(tmp_path: Path) -> None:
    """Written in an order in which the state is the last."""
    run = run_to_the_end(tmp_path)
    written = {name: (tmp_path / name).stat().st_mtime_ns for name in ("last", "metrics.jsonl", "state.pt")}
    assert written["metrics.jsonl"] <= written["last"] <= written["state.pt"]
    saved = torch.load(tmp_path / "state.pt", weights_only=True)
    assert saved["position"]["examples"] == run.at.examples == 256
    assert unsealed((tmp_path / "state.pt").read_bytes())[1]


# what it is made of


def test_other_data_or_code_is_named_and_refused(tmp_path: Path) -> None:
    def made_of(**things: str) -> Trainer:
        run = trainer(small_config(pass_accuracy=0.0), tmp_path)
        run.source = dataclasses.replace(run.source, made_of=things)
        return run

    first = made_of(corpus="1")
    first.run(nothing, lambda: first.at.updates == 3)
    assert made_of(corpus="1").resume() == []
    with pytest.raises(
        CheckpointError, match=r"with another corpus, and not give the same .*--accept-changes"
    ) as error:
        made_of(corpus="2").resume()
    assert "\n" not in str(error.value)
    accepted = made_of(corpus="2")
    assert accepted.resume(changed=True) == ["the run goes on with another corpus; its networks say so"]
    accepted.run(nothing, lambda: accepted.at.updates == 6)
    again = made_of(corpus="2")
    assert again.resume() == []
    again.run(nothing)
    assert load_checkpoint(str(tmp_path / "last")).training["changed"] == ["another corpus"]


def test_a_changed_module_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_to_the_end(tmp_path)
    now = {**code_of_training(), "graphdnc/training/loss.py": "other", "torch": "1.0"}
    monkeypatch.setattr(training, "code_of_training", lambda: now)
    said = (
        f"with torch 1.0 instead of {torch.__version__} and another graphdnc/training/loss.py, and not give"
    )
    with pytest.raises(CheckpointError, match=said.replace("+", r"\+")):
        trainer(small_config(pass_accuracy=0.0), tmp_path).resume()


def test_comments_are_no_code(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    prints = []
    for text in ('"""One."""\nx = 1\n"""Doc."""', '"""Two."""\n\n# note\nx = 1', "x = 2"):
        path.write_text(text)
        prints.append(code_in(path, "module.py"))
    assert prints[0] == prints[1] != prints[2]
    assert set(prints[0]) == {"module.py"}


def test_all_code_that_training_runs_has_a_fingerprint() -> None:
    script = """
import sys
import graphdnc.training.trainer, graphdnc.datasets.sources
print(*(name for name in sys.modules if name.startswith("graphdnc.")))
"""
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    covered = {package.removesuffix(".py") for package in PACKAGES} | {"datasets"}
    others = {name.split(".")[1] for name in loaded.stdout.split()} - covered
    assert others <= {"errors", "names", "weights"}, "these say things and compute nothing"


def test_a_state_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    whole = run_to_the_end(tmp_path / "whole")
    part = trainer(small_config(pass_accuracy=0.0), tmp_path / "part")
    part.run(nothing, lambda: part.at.updates == 9)
    path = tmp_path / "part" / "state.pt"
    saved = torch.load(path, weights_only=True)
    for name in ("made_of", "since", "changed"):
        del saved[name]
    for name in ("validated", "not_finite"):
        del saved["position"][name]
    torch.save(saved, path)
    for name in ("settings.toml", "lock", "state-before.pt"):
        (tmp_path / "part" / name).unlink()
    rest = trainer(small_config(pass_accuracy=0.0), tmp_path / "part")
    assert rest.resume() == []
    rest.run(nothing)
    for name, tensor in weights(rest.network).items():
        assert torch.equal(tensor, whole.network.state_dict()[name]), name
    assert [line["examples"] for line in metrics(tmp_path / "part")] == [64, 128, 192, 256]
    assert (tmp_path / "part" / "settings.toml").exists()


# numbers that are none


def broken_from(first: int, last: int, monkeypatch: pytest.MonkeyPatch, run: Trainer) -> None:
    """Make the loss NaN in updates ``first`` to ``last``, counted from 0."""
    whole = run.teaching.losses

    def losses(*arguments: Any) -> tuple[list[torch.Tensor], torch.Tensor]:
        found, right = whole(*arguments)
        broken = first <= run.at.updates <= last
        return [loss * torch.nan for loss in found] if broken else found, right

    monkeypatch.setattr(run.teaching, "losses", losses)


def test_a_batch_without_a_finite_loss_changes_nothing_and_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trainer(small_config(pass_accuracy=1.1), tmp_path)
    broken_from(1, 2, monkeypatch, run)
    before: dict[int, dict[str, torch.Tensor]] = {}
    run.run(lambda progress: before.setdefault(run.at.updates, weights(run.network)) and None)
    for name, tensor in before[1].items():
        assert torch.equal(tensor, before[3][name]), name
    assert any(not torch.equal(tensor, before[4][name]) for name, tensor in before[3].items())
    assert [line["left_out"] for line in metrics(tmp_path)] == [2, 0, 0, 0]
    assert all(0 < line["loss"] < 100 for line in metrics(tmp_path))
    kept = torch.load(tmp_path / "not-finite-2.pt", weights_only=True)
    assert kept["loss"] != kept["loss"]
    assert kept["batch"]["steps"].shape[1] == 16
    assert kept["position"]["updates"] == 3
    for name, tensor in before[1].items():
        assert torch.equal(tensor, kept["network"][name]), name


def test_a_gradient_that_is_not_finite_counts_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trainer(small_config(pass_accuracy=1.1), tmp_path)
    run.network.interface.weight.register_hook(lambda gradient: gradient / 0)
    with pytest.raises(TrainingError, match="in 3 batches in a row, the last after 48 examples"):
        run.run(nothing)


@pytest.mark.parametrize("stopped", [False, True])
def test_three_in_a_row_stop_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped: bool) -> None:
    """Also when it was stopped and resumed between them. What was saved before stays."""
    run = trainer(small_config(pass_accuracy=1.1), tmp_path)
    broken_from(5, 99, monkeypatch, run)
    if stopped:
        run.run(nothing, lambda: run.at.updates == 7)
        run = trainer(small_config(pass_accuracy=1.1), tmp_path)
        broken_from(0, 99, monkeypatch, run)
        run.resume()
    with pytest.raises(TrainingError) as error:
        run.run(nothing)
    said = str(error.value)
    assert "\n" not in said
    assert (
        "the last after 128 examples; they are in not-finite-1.pt to not-finite-3.pt; lower the rate" in said
    )
    command = (
        f"graphdnc train {tmp_path / 'settings.toml'} -o {tmp_path}-2 --set optimiser.learning_rate=0.0015"
    )
    assert said.endswith(command)
    assert len(metrics(tmp_path)) == 1
    assert len(list(tmp_path.glob("not-finite-*.pt"))) == 3
    assert trainer(small_config(pass_accuracy=1.1), tmp_path).resume() == []


# kills


def test_a_kill_at_any_change_of_a_file_loses_nothing(tmp_path: Path) -> None:
    """``benchmarks/kills.py`` kills at random moments instead, and more often."""
    support = Path(__file__).parents[1] / "support"
    command = [sys.executable, str(support / "killed_run.py"), str(tmp_path), "7"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    changes, *tried = done.stdout.splitlines()
    assert int(changes) > 40
    assert tried == [str(moment) for moment in range(0, int(changes), 7)], "nothing is different"
