"""The benchmark of a step runs at tiny sizes, without the other package, and prints the promised JSON."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from pathlib import Path

import pytest
import torch

STEP = Path(__file__).parents[2] / "benchmarks" / "step.py"


@pytest.fixture
def step(monkeypatch, tmp_path):
    """Return the command as a module, in a place where dnc is not installed."""
    monkeypatch.syspath_prepend(STEP.parent)
    spec = importlib.util.spec_from_file_location("benchmark_step", STEP)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RIVALS", tmp_path)
    monkeypatch.setattr(module, "MEMORY_ROUNDS", 1)  # each round starts a process for each network
    threads = torch.get_num_threads()
    yield module
    torch.set_num_threads(threads)


@pytest.mark.parametrize("own", [[], ["--own"], ["--masked"]])
def test_the_last_line_is_the_json_that_is_promised(step, capsys, own):
    step.main(["--json", "--rows", "12", "--batch", "2", "--steps", "5", "--rounds", "2", *own])
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert "step.py --install" in err
    record = json.loads(out.splitlines()[-1])
    for name in ("forward_backward_vs_dnc", "forward_vs_dnc", "memory_vs_dnc"):
        assert record[name] is None
        assert record["spreads"][name] is None
    low, high = record["spreads"]["forward_backward_vs_lstm"]
    assert low <= record["forward_backward_vs_lstm"] <= high
    assert (record["rows"], record["batch"], record["steps"], record["rounds"]) == (12, 2, 5, 2)
    assert record["torch"] == torch.__version__


def test_ratios_say_how_many_times_faster_and_how_much_of_the_memory(step):
    measured = {
        "graphdnc": {"forward": [1.0, 2.0], "forward_backward": [2.0, 4.0], "memory": [10.0]},
        "dnc": {"forward": [4.0, 4.0], "forward_backward": [12.0, 12.0], "memory": [40.0]},
        "lstm": {"forward": [0.5, 0.5], "forward_backward": [1.0, 1.0], "memory": [None]},
    }
    ratios = step.compare(measured)
    assert ratios["forward_vs_dnc"] == step.Ratio(3.0, 2.0, 4.0)
    assert ratios["forward_backward_vs_dnc"].median == 4.5
    assert ratios["memory_vs_dnc"].median == 0.25
    assert ratios["forward_backward_vs_lstm"] == step.Ratio(3.0, 2.0, 4.0)
    assert ratios["memory_vs_lstm"] is None


def test_the_best_batch_of_each_counts_on_a_gpu(step, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "step", step)
    gpu = importlib.import_module("gpu")
    monkeypatch.delitem(sys.modules, "gpu")
    speeds = [
        gpu.Speed("graphdnc", 2, [1.0, 4.0, 2.0], 1.0),  # one a second
        gpu.Speed("graphdnc", 8, [2.0, 2.0, 2.0], 1.0),  # four
        gpu.Speed("dnc", 8, [16.0], 1.0),
        gpu.Speed("dnc", 2, [1.0], 1.0),
        gpu.Speed("lstm", 8, [1.0], 1.0),
    ]
    assert gpu.record(speeds) == {
        "episodes_per_second": 4.0,
        "forward_backward_vs_dnc": 2.0,
        "forward_backward_vs_lstm": 2.0,
    }
    assert gpu.record(speeds[:1])["forward_backward_vs_dnc"] is None
    small = ["--rows", "12", "--steps", "3", "--rounds", "2", "--batches", "1", "2"]
    gpu.main(["--device", "cpu", "--json", *small])
    out, _ = capsys.readouterr()
    assert out.count("| graphdnc |") == out.count("| lstm |") == 2
    record = json.loads(out.splitlines()[-1])
    assert record["episodes_per_second"] > 0
    assert record["forward_backward_vs_dnc"] is None


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_nothing_is_measured(step, monkeypatch):
    monkeypatch.setitem(sys.modules, "step", step)
    gpu = importlib.import_module("gpu")
    monkeypatch.delitem(sys.modules, "gpu")
    with pytest.raises(SystemExit, match="no CUDA device was found"):
        gpu.main([])
