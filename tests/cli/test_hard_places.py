"""Many at once, folders that cannot be written, and full disks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graphdnc.model.kernels.cpu.build import build_failure
from graphdnc.model.kernels.cpu.compiler import compiler

SUPPORT = Path(__file__).parents[1] / "support"
WALK = "From Bank take the Central westbound two stops: where am I?"
ASK = [sys.executable, "-m", "graphdnc", "ask", "underground", WALK, "-q"]
APART = ["unshare", "--map-root-user", "--mount"]
"""Runs a command that may mount a disk of its own."""


@pytest.mark.skipif(build_failure("forward") is not None, reason="the kernels cannot be built here")
def test_eight_that_ask_at_once_compile_once_and_all_answer(tmp_path):
    counting = tmp_path / "counting"
    counting.write_text(f'#!/bin/sh\necho once >> {tmp_path / "log"}\nexec {compiler()} "$@"\n')
    counting.chmod(0o755)
    cache = tmp_path / "cache"
    around = {**os.environ, "GRAPHDNC_CACHE": str(cache), "CXX": str(counting)}
    asking = [
        subprocess.Popen(ASK, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=around)
        for _ in range(8)
    ]
    told = [(*one.communicate(timeout=600), one.returncode) for one in asking]
    assert told == [("Chancery Lane\n", "", 0)] * 8
    assert (tmp_path / "log").read_text() == "once\n"
    assert sorted(path.suffix for path in cache.iterdir()) == [".lock", ".so"]


def test_without_a_home_that_can_be_written_answers_come_and_training_says_why_it_is_slow(tmp_path):
    (tmp_path / "file").touch()
    home = {"HOME": str(tmp_path / "file" / "home"), "MPLCONFIGDIR": str(tmp_path)}
    around = {
        name: value for name, value in os.environ.items() if name not in ("GRAPHDNC_CACHE", "XDG_CACHE_HOME")
    }
    around |= home
    done = subprocess.run(ASK, capture_output=True, text=True, timeout=600, env=around)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Chancery Lane\n", "")
    settings = [
        "--set",
        "schedule.examples=16",
        "--set",
        "schedule.batch=16",
        "--set",
        "model.controller_size=16",
    ]
    short = [*settings, "--set", "schedule.validation_episodes=8", "-o", str(tmp_path / "run")]
    train = [sys.executable, "-m", "graphdnc", "train", "smoke", *short]
    done = subprocess.run(train, capture_output=True, text=True, timeout=600, env=around)
    assert done.returncode == 0, done.stderr
    assert "several times slower: the kernels cannot be built or loaded" in done.stderr


@pytest.mark.parametrize("command", ["train", "build-data", "--show", "--trace"])
def test_a_place_that_cannot_be_written_is_named_in_one_line(run, tmp_path, command):
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "place.html"
    words = {
        "train": ("train", "smoke", "-o"),
        "build-data": ("build-data", "random", "--episodes", "10", "--workers", "1", "-o"),
    }.get(command, ("ask", "underground", WALK, "-q", command))
    code, out, err = run(*words, place)
    assert code in (1, 2)
    assert out in ("", "Chancery Lane\n")
    assert err.count("\n") == 1
    assert str(place) in err
    assert "Not a directory" in err or "no such folder" in err
    assert "Errno" not in err


def test_on_a_full_disk_nothing_is_lost_and_work_goes_on_when_there_is_room(tmp_path):
    mount = [*APART, "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)]
    if shutil.which("unshare") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    done = subprocess.run(
        [*APART, sys.executable, str(SUPPORT / "full_disk.py"), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=1800,
        env={**os.environ, "PYTHONPATH": str(SUPPORT)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["training", "corpus", "pictures", "output", "kernels"]
