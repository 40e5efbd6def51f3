"""Corpora that are drawn on a cluster: the same bytes as on one machine, also if a worker is lost."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from graphdnc.datasets.build_corpus import BLOCK, build_corpus
from graphdnc.datasets.cluster import draw_on_cluster
from graphdnc.datasets.lessons.curriculum import Lesson
from graphdnc.errors import CorpusError, UsageError

pytest.importorskip("distributed", reason="the extra graphdnc[cluster] is not installed")

LESSONS = ((1, Lesson("random", (4, 8), (1, 3), (1, 3))),)
EPISODES = 12 * BLOCK


def start(*words):
    program = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
    return subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers, each a process; yield the address and the workers."""
    told = tmp_path / "scheduler.json"
    quiet = ("--no-dashboard",)
    started = [
        start("dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--scheduler-file", str(told), *quiet)
    ]
    try:
        while not told.exists() or not told.read_text().endswith("}"):
            assert started[0].poll() is None
            time.sleep(0.1)
        for number in range(2):
            options = ("--nworkers", "1", "--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path))
            started.append(
                start("dask_worker", "--scheduler-file", str(told), "--name", str(number), *options, *quiet)
            )
        yield json.loads(told.read_text())["address"], started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_lost_worker_costs_nothing_and_the_bytes_are_those_of_one_machine(tmp_path, cluster):
    address, (first, _) = cluster
    counts = build_corpus(tmp_path / "here.h5", LESSONS, EPISODES, 5, 1)
    drawn = 0

    def lose_a_worker(episodes):
        nonlocal drawn
        drawn += episodes
        if drawn == 4 * BLOCK:
            os.kill(first.pid, signal.SIGKILL)

    def draw(blocks):
        return draw_on_cluster(address, blocks)

    there = build_corpus(tmp_path / "there.h5", LESSONS, EPISODES, 5, 1, False, lose_a_worker, draw=draw)
    assert first.wait(10) == -signal.SIGKILL
    assert (drawn, there) == (EPISODES, counts)
    assert (tmp_path / "there.h5").read_bytes() == (tmp_path / "here.h5").read_bytes()


def test_a_cluster_that_does_not_answer_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("graphdnc.datasets.cluster.PATIENCE", 1)
    with pytest.raises(
        CorpusError, match=r"the cluster at tcp://127\.0\.0\.1:9 failed: .*; check that"
    ) as caught:
        list(draw_on_cluster("tcp://127.0.0.1:9", [(LESSONS, 0, 5, 0)]))
    assert "\n" not in str(caught.value)


def test_without_dask_the_option_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'graphdnc\[cluster\]'"):
        list(draw_on_cluster("tcp://127.0.0.1:9", []))
