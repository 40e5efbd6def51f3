"""The networks that come with graphdnc: their size, their card, and answers on graphs they never saw."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from graphdnc.datasets.lessons import draw_example, load_curriculum
from graphdnc.datasets.real import real_graph_path
from graphdnc.datasets.tasks import random_traversal
from graphdnc.evaluation import evaluate
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner
from graphdnc.sentences import parse_question
from graphdnc.training.checkpoint import find_checkpoint, installed, load_checkpoint
from graphdnc.training.config import load_training_config
from graphdnc.training.stream import Purpose, stream

ROOT = Path(__file__).parent.parent
LARGEST = 12 * 10**6
"""Bytes a shipped checkpoint may have."""


@pytest.mark.parametrize("name", installed())
def test_a_shipped_network_is_small_and_has_a_card(name: str) -> None:
    folder = find_checkpoint(name)
    assert sum(file.stat().st_size for file in folder.iterdir()) <= LARGEST
    checkpoint = load_checkpoint(name)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.startswith(f"# {name}\n")
    assert f"{checkpoint.training['examples']:,}" in card
    assert "graphdnc eval" in card


def test_the_traversal_network_is_that_of_its_configuration() -> None:
    checkpoint = load_checkpoint("traversal")
    config = load_training_config(ROOT / "runs" / "traversal.toml")
    assert checkpoint.network.config == config.model
    assert checkpoint.training["seed"] == config.seed
    assert checkpoint.training["examples"] <= config.schedule.examples


def test_the_traversal_network_answers_on_fresh_graphs() -> None:
    final = load_curriculum("traversal-paper").lessons[-1]
    rng = stream(Purpose.EVALUATION, 2024)
    found = evaluate(load_checkpoint("traversal"), (draw_example(rng, final) for _ in range(192)), seed=2024)
    assert found.correct >= 191


def test_the_traversal_network_answers_on_the_underground() -> None:
    graph = read_graph(real_graph_path("underground"))
    rng = stream(Purpose.EVALUATION, 7)
    found = evaluate(
        load_checkpoint("traversal"), [random_traversal(rng, graph, 7) for _ in range(24)], seed=7
    )
    assert found.correct >= 22


def test_a_ride_on_the_underground_with_all_its_stations() -> None:
    graph = read_graph(real_graph_path("underground"))
    sentence = (
        "Start at Stockwell, take the Victoria northbound four stops, then the Jubilee southbound two stops, "
        "then the Waterloo & City eastbound one stop: where am I?"
    )
    answer = Reasoner.load(graph).ask(parse_question(sentence, graph), votes=4)
    assert answer.path is not None
    stations = [graph.node_name(triple.target) for triple in answer.path]
    assert stations == ["Vauxhall", "Pimlico", "Victoria", "Green Park", "Westminster", "Waterloo", "Bank"]
    assert answer.agreeing >= 3


def test_the_readme_shows_what_is_printed() -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8").split("```")[1]
    command, _, output = shown.partition("$ graphdnc ")[2].partition('"\n')
    words = shlex.split(command.replace("\\\n", " ") + '"')
    call = [sys.executable, "-c", "from graphdnc.cli.main import main; main()", *words]
    printed = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line.rstrip() for line in printed.splitlines()] == output.strip().splitlines()
