"""The scripts of ``examples/``: short, and run as a person would run them, with few examples."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOWS = {
    "training_loop": (("3",), "3 updates: loss"),
    "copy_sequences": (("256",), "40 vectors: "),
    "own_task": (("512",), "512: "),
    "trained_weights": ((), "read_output.weight"),
    "trace_to_arrays": ((), "said ('Moorgate', 'Circle clockwise', 'Embankment')"),
}
"""For each script its arguments here, and what it prints."""


def test_all_examples_are_run_here():
    assert {path.stem for path in (ROOT / "examples").glob("*.py")} == SHOWS.keys()


@pytest.mark.parametrize("name", SHOWS)
def test_an_example_is_short_and_runs(name, tmp_path):
    arguments, shown = SHOWS[name]
    path = ROOT / "examples" / f"{name}.py"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 40
    done = subprocess.run([sys.executable, path, *arguments], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout
