"""``graphdnc models``: what is installed, what a card says, and what a checkpoint may claim of itself."""

from __future__ import annotations

import json
import re
import shutil
import sys
import types

import pytest
from small_runs import change_config

from graphdnc.cli.models import DOES
from graphdnc.errors import CheckpointError
from graphdnc.networks.catalogue import find_checkpoint, installed, listing, read_config
from graphdnc.networks.checkpoint import load_checkpoint, save_checkpoint
from graphdnc.tasks import TASKS

RESULT = {"graphs": "rings", "steps": "2-5", "votes": 1, "episodes": 9, "accuracy": 0.9, "interval": [0.6, 1]}


@pytest.fixture
def run(run):
    return lambda *arguments: run("models", *arguments)


@pytest.fixture
def folder(tmp_path):
    """Return a checkpoint from elsewhere, without its weights: they are not needed to list it."""
    for name in ("config.json", "README.md"):
        shutil.copy(find_checkpoint("traversal") / name, tmp_path)
    return tmp_path


def test_all_that_is_installed_is_listed_with_what_it_does_and_how_well(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    for name in installed():
        one = listing(name)
        (row,) = [line for line in out.splitlines() if line.startswith(f"{name}  ") and " MB " in line]
        assert f"{one.training['examples']:,}" in row
        assert one.training["hardware"] in row
    assert re.search(r"754 triples +7 +1 +500 +100.00% +99.24% to 100.00%", out)


def test_every_kind_of_question_is_described():
    assert set(TASKS) <= set(DOES)


def test_json_has_one_object_a_network(run):
    records = [json.loads(line) for line in run("--json")[1].splitlines()]
    assert [record["name"] for record in records] == installed()
    (record,) = [json.loads(line) for line in run("traversal", "--json")[1].splitlines()]
    assert record in records
    assert list(record) == [
        "name",
        "folder",
        "task",
        "rung",
        "does",
        "results",
        "bytes",
        "training",
        "settings",
    ]
    assert record["results"][-1] == {
        "graphs": "London Underground, whole, 754 triples",
        "steps": "7",
        "votes": 8,
        "episodes": 500,
        "accuracy": 1.0,
        "interval": [0.9924, 1.0],
    }


@pytest.mark.parametrize("name", ["shortest-path", str(find_checkpoint("shortest-path"))])
def test_a_card_is_plain_text_with_its_settings(run, name):
    code, out, err = run(name)
    assert (code, err) == (0, "")
    assert out.startswith("shortest-path\n")
    assert "|" not in out
    assert "`" not in out
    assert "plans aloud" in out
    rows = [tuple(line.split()) for line in out.splitlines()]
    assert ("model.memory_width", "96") in rows
    assert ("training.seed", "1") in rows


def test_an_unknown_name_is_one_line_with_what_is_installed(run, tmp_path):
    code, out, err = run("no-such-network")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"installed: {', '.join(installed())}" in err
    assert "a folder without config.json" in run(tmp_path)[2]


def test_a_card_from_elsewhere_cannot_steer_the_terminal(run, folder):
    (folder / "README.md").write_text("# net\n\n|\x1b[2J\n|a\n|b|c|\nclear\x1b[2Jed\n")
    change_config(folder, task="\x1b[31mred", training={"hardware": "\x1b[0m"})
    for arguments in ((folder,), (folder, "--json")):
        code, out, _ = run(*arguments)
        assert code == 0
        assert "\x1b" not in out
    (folder / "README.md").unlink()
    assert "no card" in run(folder)[1]


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ("none", "a list of at most 100"),
        ([RESULT] * 101, "a list of at most 100"),
        ([3], "results are damaged"),
        ([{**RESULT, "graphs": "a\nb"}], "short texts of one line"),
        ([{**RESULT, "graphs": "\x1b[2J"}], "short texts of one line"),
        ([{**RESULT, "steps": 7}], "short texts of one line"),
        ([{**RESULT, "votes": 0}], "must be at least 1"),
        ([{**RESULT, "episodes": 9.5}], "must be at least 1"),
        ([{**RESULT, "accuracy": "1"}], "must be numbers"),
        ([{**RESULT, "accuracy": 1.5}], "from 0 to 1"),
        ([{**RESULT, "accuracy": float("nan")}], "from 0 to 1"),
        ([{**RESULT, "interval": [0.6]}], "must be a list of two numbers"),
        ([{**RESULT, "more": 1}], "unexpected keyword"),
        ([{"graphs": "rings"}], "'interval' is missing"),
    ],
)
def test_results_that_make_no_sense_are_refused(folder, results, said):
    change_config(folder, results=results)
    with pytest.raises(CheckpointError, match=said) as error:
        listing(str(folder))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"format": 2}, "reads format 1"), ({"task": 3}, "no task"), ({"training": None}, "no training")],
)
def test_what_is_no_checkpoint_is_refused(folder, changes, said):
    change_config(folder, **changes)
    with pytest.raises(CheckpointError, match=said):
        listing(str(folder))
    (folder / "config.json").write_text("[" * 100_000)
    with pytest.raises(CheckpointError, match="cannot be read"):
        listing(str(folder))


def test_a_changed_configuration_is_refused_before_it_is_listed(folder):
    path = folder / "config.json"
    path.write_text(path.read_text().replace('"accuracy": 1.0', '"accuracy": 0.999', 1))
    with pytest.raises(CheckpointError, match="it was damaged or changed after it was written") as error:
        listing(str(folder))
    assert "\n" not in str(error.value)
    change_config(folder)
    assert listing(str(folder)).task == "traversal"


def test_every_installed_network_has_checksums():
    for name in installed():
        assert set(read_config(find_checkpoint(name) / "config.json")["checksums"]) == {
            "model.safetensors",
            "config.json",
        }


def test_results_are_optional_and_kept_when_a_checkpoint_is_saved_again(folder, tmp_path):
    change_config(folder, results=[RESULT])
    assert listing(str(folder)).results[0].interval == (0.6, 1)
    loaded = load_checkpoint("traversal")
    save_checkpoint(tmp_path / "again", loaded, "")
    assert load_checkpoint(str(tmp_path / "again")).results == loaded.results != ()
    change_config(tmp_path / "again", results=[])
    assert load_checkpoint(str(tmp_path / "again")).results == ()


def hub(monkeypatch, download):
    monkeypatch.setitem(sys.modules, "huggingface_hub", types.SimpleNamespace(snapshot_download=download))


def test_a_network_is_downloaded_by_its_id_once_it_is_no_folder(monkeypatch, tmp_path):
    asked = []

    def download(name, allow_patterns):
        asked.append((name, allow_patterns))
        return str(find_checkpoint("traversal"))

    hub(monkeypatch, download)
    monkeypatch.chdir(tmp_path)
    assert listing("somebody/walker").task == "traversal"
    assert asked == [("somebody/walker", ["model.safetensors", "config.json", "README.md"])]
    (tmp_path / "somebody/walker").mkdir(parents=True)
    with pytest.raises(CheckpointError, match=r"a folder without config\.json"):
        find_checkpoint("somebody/walker")
    assert len(asked) == 1


def test_what_cannot_be_downloaded_is_said_in_one_line(monkeypatch):
    def download(name, allow_patterns):
        raise OSError("no route to host\nand more")

    hub(monkeypatch, download)
    with pytest.raises(CheckpointError) as caught:
        find_checkpoint("somebody/walker")
    assert str(caught.value) == (
        "'somebody/walker' cannot be downloaded (no route to host); give a folder instead"
    )
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(CheckpointError, match=r"install graphdnc\[hub\]"):
        find_checkpoint("somebody/walker")
