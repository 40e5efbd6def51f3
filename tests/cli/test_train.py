"""``graphdnc train``: a run that ends, one that goes on, and what is said on the way."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from graphdnc.errors import TrainingError
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.utils.processes import Alone

RUN = Path(__file__).parents[2] / "runs" / "smoke.toml"
SHORT = [
    *(
        "--set",
        "schedule.examples=64",
        "--set",
        "schedule.batch=16",
        "--set",
        "schedule.validation_episodes=8",
    ),
    *("--set", "model.controller_size=16"),
]


def test_a_run_ends_and_is_not_written_over(run, tmp_path):
    folder = tmp_path / "run"
    code, out, err = run("train", RUN, *SHORT, "-o", folder)
    said = err.splitlines()
    assert (code, out) == (0, "")
    assert "traversal, " in said[0]
    assert said[0].endswith(f"writing to {folder}")
    assert said[-1] == f"done: the best network is in {folder / 'best'}, the last in {folder / 'last'}"
    assert load_checkpoint(str(folder / "last")).training["examples"] == 64
    code, _, err = run("train", RUN, *SHORT, "-o", folder)
    assert (code, err.count("\n")) == (2, 1)
    assert f"continue it with graphdnc train --resume {folder}, or choose another" in err
    assert run("train", "--resume", folder)[0] == 0, "there is nothing left to do"
    assert run("train", RUN, *SHORT, "--resume", folder)[0] == 0
    code, _, err = run("train", RUN, *SHORT, "--resume", folder, "-o", folder)
    assert code == 2


def test_a_run_goes_on_from_its_folder_alone(run, tmp_path, monkeypatch):
    """Also from another current folder, and with a corpus that has been moved."""
    monkeypatch.chdir(tmp_path)
    corpus = ["random", "--lesson", "1", "--episodes", "200", "--workers", "1", "-o", "corpus.h5"]
    assert run("build-data", *corpus)[0] == 0
    stopped = (tmp_path / "run.toml", *SHORT, "-o", "run")
    text = RUN.read_text().replace('curriculum = "smoke"', 'corpus = "corpus.h5"')
    (tmp_path / "run.toml").write_text(text)
    with monkeypatch.context() as patched:
        patched.setattr("graphdnc.utils.interrupts.Interrupts.requested", lambda self: True)
        code, _, err = run("train", *stopped)
    assert code == 130
    assert err.splitlines()[-1] == "stopped and saved; continue with: graphdnc train --resume run"
    monkeypatch.chdir(tmp_path / "run")
    code, _, err = run("train", "--resume", tmp_path / "run", "--set", "schedule.batch=8")
    assert (code, err.count("\n")) == (1, 1)
    advice = "--set schedule.batch=16"
    assert err.endswith(f"began with schedule.batch = 16, not 8; resume with what it began with: {advice}\n")
    (tmp_path / "corpus.h5").rename(tmp_path / "moved.h5")
    moved = ("--set", f"data.corpus={tmp_path / 'moved.h5'}")
    code, _, err = run("train", "--resume", tmp_path / "run", *moved, *advice.split())
    assert code == 0, err
    assert load_checkpoint(str(tmp_path / "run" / "last")).training["data"] == "corpus.h5"
    assert run("build-data", *corpus[:-1], tmp_path / "moved.h5", "--seed", "1", "--force")[0] == 0
    code, _, err = run("train", "--resume", tmp_path / "run", *moved)
    assert (code, err.count("\n")) == (1, 1)
    assert "with another corpus" in err
    code, _, err = run("train", "--resume", tmp_path / "run", *moved, "--accept-changes")
    assert (code, err.splitlines()[0]) == (
        0,
        "note: the run goes on with another corpus; its networks say so",
    )


def test_what_is_said_of_damaged_states_can_be_typed(run, tmp_path):
    folder = tmp_path / "a run"
    assert run("train", RUN, *SHORT, "-o", folder)[0] == 0
    for name in ("state.pt", "state-before.pt"):
        (folder / name).write_bytes(b"")
    code, _, err = run("train", "--resume", folder)
    assert (code, err.count("\n")) == (1, 1)
    program, *words = shlex.split(err.strip().rpartition("begin again in another folder: ")[2])
    assert program == "graphdnc"
    assert run(*words)[0] == 0
    assert load_checkpoint(str(tmp_path / "a run-2" / "last")).training["examples"] == 64


def test_sigterm_saves_as_ctrl_c_does(tmp_path):
    command = [sys.executable, "-m", "graphdnc", "train", str(RUN), *SHORT[2:], "-o", str(tmp_path / "run")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as training:
        assert training.stderr is not None
        assert "writing to" in training.stderr.readline()
        while not (tmp_path / "run" / "state.pt").exists():
            assert training.poll() is None
            time.sleep(0.05)
        training.send_signal(signal.SIGTERM)
        said = training.stderr.read().splitlines()
    assert training.returncode == 130
    assert said[-2].startswith("stopping after this batch")
    assert said[-1] == f"stopped and saved; continue with: graphdnc train --resume {tmp_path / 'run'}"
    assert load_checkpoint(str(tmp_path / "run" / "last")).training["examples"] > 0


@pytest.mark.parametrize("number", [0, 1])
def test_of_several_processes_the_first_says_why_all_stop(run, tmp_path, monkeypatch, number):
    class Second(Alone):
        pass

    Second.number = number
    monkeypatch.setattr("graphdnc.utils.processes.joined", lambda device: nullcontext(Second()))

    def ends(self, report, stop):
        raise TrainingError("the loss was not a finite number")

    monkeypatch.setattr("graphdnc.training.trainer.Trainer.run", ends)
    code, _, err = run("train", RUN, *SHORT, "-o", tmp_path / "run")
    assert code == 1
    assert ("error: the loss was not a finite number" in err) == (number == 0), err


@pytest.mark.parametrize("arguments", [["--resume", "nothing"], [], [RUN, "--accept-changes"]])
def test_what_is_missing_is_said_in_one_line(run, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("train", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert list(tmp_path.iterdir()) == [], "no folder is made"


def test_it_is_said_where_training_is_slow_and_why(run, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "graphdnc.model.kernels.dispatch.build_failure", lambda part: f"no compiler for {part}"
    )
    code, _, err = run("train", RUN, *SHORT, "-o", tmp_path / "run")
    assert code == 0
    slow = "training runs step by step in torch, several times slower: no compiler for forward"
    assert err.splitlines()[1] == slow


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.toml"], "nothing.toml"),
        ([RUN, "--set", "schedule.example=1"], "schedule: unknown key 'example'"),
        ([RUN, "--device", "abacus"], "abacus"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run, arguments, message, tmp_path):
    code, out, err = run("train", *arguments, "-o", tmp_path / "run")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err
