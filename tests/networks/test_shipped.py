"""The networks that come with graphdnc: their size, their card, and answers on graphs they never saw."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from graphdnc.answering.kinship.answer import CheckedRelation, CheckedRelatives
from graphdnc.answering.subgraph_session import load_session
from graphdnc.datasets.generators.lineages import lineage
from graphdnc.datasets.lessons.curriculum import load_curriculum
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.datasets.questions.inference import every_relation
from graphdnc.datasets.questions.kinship import balanced_kin, random_chain
from graphdnc.datasets.questions.shortest_path import pairs, shortest_path_between
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.datasets.real import real_graph_path
from graphdnc.episodes import encoding
from graphdnc.evaluation import evaluate, evaluate_sequences
from graphdnc.graph import Graph
from graphdnc.kinship import standard_vocabulary
from graphdnc.kinship.program import compile_rule
from graphdnc.kinship.vocabulary import number_of
from graphdnc.language.parse import parse_question
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.networks.catalogue import find_checkpoint, installed, listing
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.networks.sequence_checkpoint import load_sequence_checkpoint
from graphdnc.oracle.distances import distances
from graphdnc.questions import Example, ShortestPath
from graphdnc.questions.relation_table import edge_labelled
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner
from graphdnc.starts.initialise import initialise
from graphdnc.tasks import TASKS
from graphdnc.tasks.kinship.layout import Frame, instruction_labels, show_frames
from graphdnc.training.config import load_training_config
from graphdnc.utils.rng import Purpose, stream

ROOT = Path(__file__).parents[2]
LARGEST = 12 * 10**6
"""Bytes a shipped checkpoint may have."""


ABOUT_GRAPHS = [name for name in installed() if listing(name).task in TASKS]


@pytest.mark.parametrize("name", ABOUT_GRAPHS)
def test_a_shipped_network_is_small_and_has_a_card(name: str) -> None:
    folder = find_checkpoint(name)
    assert sum(file.stat().st_size for file in folder.iterdir()) <= LARGEST
    checkpoint = load_checkpoint(name)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.startswith(f"# {name}\n")
    assert f"{checkpoint.training['examples']:,}" in card
    assert "graphdnc eval" in card


@pytest.mark.parametrize("name", installed())
def test_the_results_of_a_shipped_network_are_those_of_its_card(name: str) -> None:
    one = listing(name)
    assert one.results
    for result in one.results:
        low, high = (f"{end:.2%}".replace("100.00%", "100%") for end in result.interval)
        right = f"{result.accuracy:.2%}".replace("100.00%", "100%")
        assert f"| {result.episodes:,} | {right} | {low} to {high} |" in one.card


def test_the_network_that_reuses_rows_is_that_of_its_configuration() -> None:
    checkpoint = load_sequence_checkpoint("memory-reuse")
    config = load_training_config(ROOT / "runs" / "memory-reuse.toml")
    assert checkpoint.network.config == config.model
    assert checkpoint.training["seed"] == config.seed
    assert sum(file.stat().st_size for file in find_checkpoint("memory-reuse").iterdir()) < 10**6
    rng = np.random.default_rng(2024)
    drawn = [checkpoint.task.draw(rng, {"pieces": (10, 10), "length": (5, 5)}) for _ in range(100)]
    assert evaluate_sequences(checkpoint.network, drawn, rows=10).accuracy.share >= 0.93


@pytest.mark.parametrize("name", ABOUT_GRAPHS)
def test_a_shipped_network_is_that_of_its_configuration(name: str) -> None:
    checkpoint = load_checkpoint(name)
    config, task = load_training_config(ROOT / "runs" / f"{name}.toml"), checkpoint.task.name
    assert name in (task, f"{task}-learned", f"{task}-silent")
    assert checkpoint.task.planning == (None if task == "traversal" else config.planning)
    assert checkpoint.task.code.known_relations == (task in ("inference", "kinship"))
    assert checkpoint.network.config == config.model
    assert checkpoint.training["seed"] == config.seed
    pool = config.schedule.batch * config.schedule.pool
    assert checkpoint.training["examples"] < config.schedule.examples + pool


def test_the_traversal_network_answers_on_fresh_graphs() -> None:
    final = load_curriculum("traversal-paper").lessons[-1]
    rng = stream(Purpose.EVALUATION, 2024)
    found = evaluate(load_checkpoint("traversal"), (draw_example(rng, final) for _ in range(192)), seed=2024)
    assert found.correct >= 190


def test_the_traversal_network_answers_on_the_underground() -> None:
    graph = read_graph(real_graph_path("underground"))
    rng = stream(Purpose.EVALUATION, 7)
    found = evaluate(
        load_checkpoint("traversal"), [random_traversal(rng, graph, 7) for _ in range(24)], seed=7
    )
    assert found.correct >= 22


def fresh(curriculum: str, episodes: int) -> list[Example]:
    """Return questions of the last lesson of a curriculum that nobody was trained on."""
    final, rng = load_curriculum(curriculum).lessons[-1], stream(Purpose.EVALUATION, 2024)
    return [draw_example(rng, final) for _ in range(episodes)]


def ways(graph: Graph, asked: np.ndarray) -> list[Example]:
    rng = stream(Purpose.EVALUATION, 7)
    return [shortest_path_between(rng, graph, *pair) for pair in asked.tolist()]


def test_the_shortest_path_network_answers_on_fresh_graphs() -> None:
    found = evaluate(load_checkpoint("shortest-path"), fresh("shortest-path-paper", 96), seed=2024)
    assert found.episodes == 96
    assert found.correct >= 95


def test_the_shortest_path_network_finds_ways_on_the_underground() -> None:
    """At any distance, each asked once."""
    graph = read_graph(real_graph_path("underground"))
    drawn = stream(Purpose.EVALUATION, 7).permutation(pairs(graph))[:16]
    found = evaluate(load_checkpoint("shortest-path"), ways(graph, drawn), seed=7)
    assert found.episodes == 16
    assert found.correct >= 15
    assert max(found.by("length")) > 10


def test_the_shortest_path_network_finds_ways_in_zone_1() -> None:
    """Four steps, as in the paper."""
    graph = read_graph(real_graph_path("underground_zone1"))
    found = evaluate(load_checkpoint("shortest-path"), ways(graph, pairs(graph, 4)[:20]), seed=7)
    assert found.episodes == 20
    assert found.correct >= 19


@pytest.mark.parametrize("seed", range(4))
def test_the_shortest_path_network_denies_a_goal_that_no_way_leads_to(seed: int) -> None:
    """One more node, which others are reached from, and nothing leads to."""
    graph = fresh("shortest-path-paper", seed + 1)[-1].graph
    away = np.concatenate([graph.triples, [[graph.nodes, 0, 0], [graph.nodes, 1, 1]]])
    larger = Graph(away, graph.nodes + 1, graph.relations)
    question = ShortestPath(2, graph.nodes)
    assert distances(larger, question.goal)[question.start] < 0
    answer = load_session(larger, "shortest-path").answer(question, seed=seed)
    assert (answer.path, answer.denies) == (None, True)


@pytest.mark.parametrize("name", ABOUT_GRAPHS)
def test_a_shipped_network_had_something_to_learn(name: str) -> None:
    """What its first weights say is not the answer."""
    checkpoint = load_checkpoint(name)
    torch.manual_seed(checkpoint.training["seed"])
    untrained = replace(checkpoint, network=EagerNetwork(initialise(DNC(checkpoint.network.config)).eval()))
    curriculum = "kinship" if name == "kinship" else f"{checkpoint.task.name}-paper"
    assert evaluate(untrained, fresh(curriculum, 64), seed=2024).accuracy.share < 0.2


inference = pytest.mark.skipif("inference" not in installed(), reason="no inference network is shipped yet")


@inference
def test_the_inference_network_answers_on_fresh_graphs() -> None:
    found = evaluate(load_checkpoint("inference"), fresh("inference-paper", 96), seed=2024)
    assert found.episodes == 96
    assert found.correct >= 95


@inference
def test_the_inference_network_tells_kin_of_the_family() -> None:
    """Four steps, as in the paper."""
    family = edge_labelled(read_graph(real_graph_path("family")))
    asked = every_relation(family, 4)
    drawn = stream(Purpose.EVALUATION, 7).permutation(len(asked))[:64]
    found = evaluate(load_checkpoint("inference"), [asked[index] for index in drawn], seed=7)
    assert found.episodes == 64
    assert found.correct >= 63


def test_the_learned_network_for_traversals_answers_on_the_underground() -> None:
    graph = read_graph(real_graph_path("underground"))
    rng = stream(Purpose.EVALUATION, 7)
    asked = [random_traversal(rng, graph, 7) for _ in range(24)]
    assert evaluate(load_checkpoint("traversal"), asked, votes=8, seed=7).correct >= 23


@pytest.mark.parametrize(("silent", "least"), [(False, 88), (True, 90)])
def test_the_learned_network_for_relations_answers_aloud_and_in_silence(silent: bool, least: int) -> None:
    checkpoint = load_checkpoint("inference")
    asked = fresh("inference-paper", 96)
    found = evaluate(checkpoint.in_silence() if silent else checkpoint, asked, seed=2024)
    assert found.correct >= least


def test_the_kinship_network_knows_the_instructions_of_every_term_by_heart() -> None:
    """Told the numbers of term and instruction alone; a term that is changed must be learned anew."""
    checkpoint = load_checkpoint("kinship")
    wanted = [
        (number_of(term), place, said)
        for term in standard_vocabulary()
        for place, said in enumerate([*map(instruction_labels, compile_rule(term.rule)), (0, 0, 0)])
    ]
    frames = [Frame(("planning", "recall"), term=term, number=place) for term, place, _ in wanted]
    shown = encoding.show(*show_frames(frames, checkpoint.task.code), checkpoint.task.code)
    network, count = checkpoint.network, len(frames)
    empty = network.memorise(np.zeros_like(shown)[None], np.zeros(count, np.int64), 2)
    logits = network.stepper(empty).step(shown, np.ones(count, bool))
    said = encoding.read_answers(logits, checkpoint.task.code).tolist()
    assert [tuple(labels) for labels in said] == [labels for _, _, labels in wanted]


def test_the_kinship_network_answers_about_fresh_families() -> None:
    rng = stream(Purpose.EVALUATION, 31)
    terms = standard_vocabulary().terms
    examples = [balanced_kin(rng, lambda rng: lineage(rng, (20, 60)), terms) for _ in range(60)]
    chains = [random_chain(rng, example.graph, 5 + index % 4) for index, example in enumerate(examples[:12])]
    assert evaluate(load_checkpoint("kinship"), [*examples, *chains], seed=31).correct == 72


@pytest.mark.parametrize("sentence", ["Who are Colin's cousins?", "Who is Freya's maternal great uncle?"])
def test_kin_of_the_family(sentence: str) -> None:
    answer = Reasoner(read_graph(real_graph_path("family"))).ask(sentence)
    assert isinstance(answer, CheckedRelatives)
    assert answer.check == "agrees"
    assert answer.ends
    assert answer.path
    assert answer.answer.agreeing == answer.votes


def test_how_two_of_the_family_are_related() -> None:
    reasoner = Reasoner(read_graph(real_graph_path("family")), votes=2)
    for sentence, term in {
        "How is Fergus related to Freya?": "maternal great-uncle",
        "How is Freya related to Fergus?": "great-niece",
        "How are Colin and Freya related?": None,
    }.items():
        answer = reasoner.ask(sentence)
        assert isinstance(answer, CheckedRelation)
        assert answer.check == "agrees"
        assert term is None or answer.ends == [term]


def test_a_ride_on_the_underground_with_all_its_stations() -> None:
    graph = read_graph(real_graph_path("underground"))
    sentence = (
        "Start at Stockwell, take the Victoria northbound four stops, then the Jubilee southbound two stops, "
        "then the Waterloo & City eastbound one stop: where am I?"
    )
    answer = load_session(graph).answer(parse_question(sentence, graph), votes=4)
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
