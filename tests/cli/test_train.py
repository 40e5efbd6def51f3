"""``graphdnc train``: a run that ends, one that goes on, and what is said on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphdnc.networks.checkpoint import load_checkpoint

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
    assert f"continue it with graphdnc train {RUN} --resume {folder}, or choose another" in err
    code, _, err = run("train", RUN, *SHORT, "--resume", folder)
    assert code == 0, "there is nothing left to do"
    code, _, err = run("train", RUN, *SHORT, "--resume", folder, "-o", folder)
    assert code == 2


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
