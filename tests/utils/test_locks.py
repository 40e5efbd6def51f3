"""Claims of paths: one process has it, and a killed one leaves none."""

import os
import signal
import subprocess
import sys

import pytest

from graphdnc.utils import locks
from graphdnc.utils.locks import claimed

HOLD = """
import sys, pathlib
from graphdnc.utils.locks import claimed
with claimed(pathlib.Path(sys.argv[1])) as held:
    print(held, flush=True)
    sys.stdin.read()
"""


def test_one_process_has_a_claim_until_it_ends_however_it_ends(tmp_path):
    path = tmp_path / "c.h5"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"here\n"
        with claimed(path) as held:
            assert held == "elsewhere"
        assert os.listdir(tmp_path) == [".c.h5.claim"], "the claim of another process stays"
        os.kill(other.pid, signal.SIGKILL)
    with claimed(path) as held:
        assert held == "here"
    assert os.listdir(tmp_path) == []


def test_a_claim_ends_with_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), claimed(tmp_path / "c.h5"):
        raise ZeroDivisionError
    assert os.listdir(tmp_path) == []


def test_a_claim_that_its_owner_removes_meanwhile_is_made_anew(tmp_path, monkeypatch):
    path, really, removed = tmp_path / "c.h5", locks.lock, []

    def late(descriptor, wait=False):
        if not removed:
            removed.append((tmp_path / ".c.h5.claim").unlink())
        return really(descriptor, wait)

    monkeypatch.setattr(locks, "lock", late)
    with claimed(path) as held:
        assert (held, os.listdir(tmp_path)) == ("here", [".c.h5.claim"])


def test_without_locks_nothing_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "lock", lambda descriptor: "no locks")
    with claimed(tmp_path / "c.h5") as held:
        assert held == "no locks"
    assert os.listdir(tmp_path) == []
