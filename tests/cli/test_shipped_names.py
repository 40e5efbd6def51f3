"""Shipped graphs and runs by name; a file of the same name comes first, and that is said."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from graphdnc.datasets.real import NAMES, real_graph_path

ROOT = Path(__file__).parents[2]
CHANGES = (
    "schedule.examples=16",
    "schedule.batch=16",
    "schedule.validation_episodes=8",
    "model.controller_size=16",
)
SHORT = [word for change in CHANGES for word in ("--set", change)]


@pytest.mark.parametrize("name", NAMES)
def test_shipped_graphs_are_found_by_name(run, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shipped = run("inspect", real_graph_path(name))
    assert run("inspect", name) == shipped
    Path(name).write_text("source,relation,target\na,r,b\n")
    code, out, err = run("inspect", name)
    assert (code, out.splitlines()[1]) == (0, "1 triples, 2 nodes, 1 relations")
    assert (
        err
        == f"note: {name} here is read, not the shipped graph of that name; that is {real_graph_path(name)}\n"
    )


def test_a_shipped_graph_is_asked_and_evaluated_by_name(run, network, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (
        run("ask", "underground", "From Bank take the Central westbound: where am I?", "-q")[1]
        == "St Paul's\n"
    )
    code, out, _ = run("eval", "traversal", "--graphs", "underground_zone1", "--episodes", "2")
    assert (code, "underground_zone1" in out) == (0, True)


def test_shipped_runs_are_found_by_name(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = run("train", "smoke", *SHORT)
    assert (code, "writing to runs/smoke" in err) == (0, True)
    Path("smoke").write_text("")
    code, _, err = run("train", "smoke", *SHORT)
    assert code == 2
    assert err.startswith("note: the file smoke here is read, not the shipped run of that name; that is ")
    code, _, err = run("train", "runs/nothing")
    assert (code, "or the name of a shipped run" in err) == (2, True)


def test_what_is_shipped_is_installed():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    assert "*.csv" in data["graphdnc.datasets.real"]
    assert data["graphdnc.runs"] == ["*.toml"]
