"""The benchmark of a step runs at tiny sizes, without its rival, and keeps its promises to scripts."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest
import torch

STEP = Path(__file__).parents[1] / "benchmarks" / "step.py"


@pytest.fixture
def step(monkeypatch, tmp_path):
    """Return the command as a module, in a place where dnc is not installed."""
    monkeypatch.syspath_prepend(STEP.parent)
    spec = importlib.util.spec_from_file_location("benchmark_step", STEP)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RIVALS", tmp_path)
    threads = torch.get_num_threads()
    yield module
    torch.set_num_threads(threads)


@pytest.mark.parametrize("own", [[], ["--own"]])
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
