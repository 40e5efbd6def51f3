"""The benchmarks of reliability: they run at a small size, and they would see what is wrong."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from graphdnc.errors import CorpusError
from graphdnc.model.kernels.cpu.build import build_failure

FOLDER = Path(__file__).parents[2] / "benchmarks"
FAILURE = build_failure("forward") or build_failure("backward")


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)

    def load(name):
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    yield load
    for name in ("flips", "growth", "kills", "tables"):
        sys.modules.pop(name, None)


@pytest.mark.skipif(FAILURE is not None, reason=str(FAILURE))
def test_flipped_bits_of_every_kind_of_file_are_counted(benchmark, capsys):
    benchmark("flips").main(["--flips", "48"])
    *rows, _, total = capsys.readouterr().out.splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [
        "| corpus",
        "| checkpoint, model.safetensors",
        "| checkpoint, config.json",
        "| state",
        "| kernel, forward",
        "| kernel, backward",
    ]
    assert total == "48 of 48 noticed or harmless"


def test_what_is_not_noticed_is_said(benchmark, tmp_path, capsys):
    flips = benchmark("flips")
    path = tmp_path / "file"
    path.write_bytes(bytes(5000))
    careless = flips.Case("file", path, path.read_bytes)
    rng = np.random.default_rng(0)
    assert flips.measure(careless, 24, rng) == {"missed": 24}
    assert capsys.readouterr().out.count("missed: bit") == 24
    blind = flips.Case("file", path, lambda: np.zeros(3))
    assert flips.measure(blind, 12, rng) == {"harmless": 12}

    def refuses() -> Any:
        if any(path.read_bytes()):
            raise CorpusError("damaged")
        return 0

    assert flips.measure(flips.Case("file", path, refuses), 12, rng) == {"noticed": 12}
    covered = [range(*region) for region in flips.regions(5000)]
    assert [byte for region in covered for byte in region] == list(range(5000))


def test_the_memory_of_a_process_is_told_part_by_part(benchmark, monkeypatch, capsys):
    growth = benchmark("growth")
    monkeypatch.setattr(growth, "LARGE", 60)
    growth.main(["--questions", "15", "--warm", "6"])
    *rows, _, total = capsys.readouterr().out.splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == ["| 1 to 6", "| 7 to 12", "| 13 to 15"]
    assert "% after the first 6; " in total
    codes = total.rpartition("exit codes: ")[2].split(", ")
    assert sum(int(one.split()[0]) for one in codes) == 15
    assert codes[0].endswith(" with 0")


def test_growth_is_seen(benchmark, monkeypatch, capsys):
    growth = benchmark("growth")
    held = iter([*[(100.0, 0)] * 9, (101.0, 0), *[(130.0, 2)] * 2])
    monkeypatch.setattr(growth, "ask", lambda questions, seed: held)
    growth.main(["--questions", "12", "--warm", "4"])
    assert capsys.readouterr().out.splitlines()[-1].startswith("+30.0% after the first 4; ")


def test_every_difference_between_two_runs_is_named(benchmark):
    kills = benchmark("kills")
    one = {
        "network": {"a": torch.ones(2), "b": torch.ones(2)},
        "metrics": [{"loss": 1.0}],
        "best": np.ones(2),
    }
    assert kills.differences(one, one) == []
    other = {**one, "network": {"a": torch.ones(2), "b": torch.zeros(2)}, "metrics": [], "best": np.zeros(2)}
    assert kills.differences(one, other) == ["/network/b", "/metrics", "/best"]
    assert kills.differences(one, {**one, "network": {}}) == ["/network"]
