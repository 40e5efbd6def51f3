"""How long a person waits for an answer, and what sparse links cost and save.

    python benchmarks/answering.py
    python benchmarks/answering.py --only ask accuracy --model runs/traversal/best --episodes 2000

*ask*: ``graphdnc ask`` on the whole Underground in a new process, in turns with importing torch alone.
*first*: the same where nothing was compiled yet, for a walk and two ways.
*question*: memorising the Underground, one more question, and questions asked together, in one process.
*route*: shortest paths on the Underground, with 16 votes, in a new process and in one that runs.
*large*: memorising 10,000 triples, with 8 votes, and one question about them.
*growth*: one step with sparse links, for memories of 256 to 16,384 rows.
*accuracy*: the same episodes under the same labels with dense and with sparse links, one vote: those of the
paper's final lesson, and walks of seven steps through the Underground.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from graphdnc.answering.open_session import load_session
from graphdnc.datasets.lessons.curriculum import load_curriculum
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.datasets.questions.shortest_path import pairs
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.evaluation import evaluate
from graphdnc.graph import Graph
from graphdnc.model.config import Links
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.questions import Example, ShortestPath
from graphdnc.readers import read_graph
from graphdnc.utils.rng import Purpose, stream

UNDERGROUND = Path(__file__).parent.parent / "datasets" / "real" / "underground.csv"
SENTENCE = (
    "Start at Bond Street, take the Central eastbound one stop, then the Bakerloo southbound two stops: "
    "where am I?"
)
GRAPHDNC = "from graphdnc.cli.main import main; main()"
ROUTE = "How do you get from Moorgate to Piccadilly Circus?"
LONG_ROUTE = "How do you get from Heathrow Terminal 5 to Epping?"
VOTES, ROUTE_VOTES = 8, 16
ROUNDS = 9


def clock(*works: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Return the median seconds of each, all taking turns; one round warms up."""
    seconds: list[list[float]] = [[] for _ in works]
    for number in range(-1, rounds):
        for work, spent in zip(works, seconds, strict=True):
            started = time.perf_counter()
            work()
            if number >= 0:
                spent.append(time.perf_counter() - started)
    return [statistics.median(spent) for spent in seconds]


def tell(what: str, value: str) -> None:
    """Print a row of the table."""
    print(f"| {what} | {value} |", flush=True)


def new_process(*arguments: str, **environment: str) -> Callable[[], object]:
    """Return what starts Python and waits for its end."""
    command, around = [sys.executable, *arguments], os.environ | environment
    return lambda: subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=around)


def measure_ask(model: str, _episodes: int) -> None:
    """A question in a new process."""
    asking = new_process("-c", GRAPHDNC, "ask", str(UNDERGROUND), SENTENCE, "--model", model, "-q")
    whole, torch_alone = clock(asking, new_process("-c", "import torch"), rounds=5)
    tell("`graphdnc ask`, whole Underground, new process", f"{whole:.2f} s")
    tell("importing torch alone, which it needs no more", f"{torch_alone:.2f} s")


def measure_first(model: str, _episodes: int) -> None:
    """The first question that is ever asked on a machine."""

    def asking(*question: str) -> None:
        with tempfile.TemporaryDirectory() as nothing:
            new_process("-c", GRAPHDNC, "ask", str(UNDERGROUND), *question, "-q", GRAPHDNC_CACHE=nothing)()

    walk, way, long_way = clock(
        lambda: asking(SENTENCE, "--model", model),
        lambda: asking(ROUTE),
        lambda: asking(LONG_ROUTE),
        rounds=5,
    )
    tell("the first `graphdnc ask` of all, a walk", f"{walk:.2f} s")
    tell("the same, a way of 5 steps", f"{way:.2f} s")
    tell("the same, a way of 36 steps", f"{long_way:.2f} s")


def measure_question(model: str, _episodes: int) -> None:
    """Memorising and asking in one process."""
    graph, rng = read_graph(str(UNDERGROUND)), np.random.default_rng(0)
    questions = [random_traversal(rng, graph, 5).question for _ in range(16)]
    kept, fresh = load_session(graph, model), load_session(graph, model)
    seeds = iter(range(10**6))
    alone, together, memorising = clock(
        lambda: kept.answer(questions[0], VOTES),
        lambda: kept.answer_all(questions, VOTES),
        lambda: fresh.memorise(VOTES, next(seeds)),
    )
    tell(f"memorising {len(graph):,} triples", f"{memorising * 1e3:.0f} ms")
    tell("one more question of five steps", f"{alone * 1e3:.0f} ms")
    tell(f"each of {len(questions)} asked together", f"{together / len(questions) * 1e3:.0f} ms")


def measure_route(_model: str, _episodes: int) -> None:
    """Shortest paths, whose search is said step by step."""
    asking = new_process("-c", GRAPHDNC, "ask", str(UNDERGROUND), ROUTE, "-q")
    (whole,) = clock(asking, rounds=5)
    tell("`graphdnc ask` for a way of 5 steps, new process", f"{whole:.2f} s")
    graph, rng = read_graph(str(UNDERGROUND)), np.random.default_rng(0)
    session, chosen = load_session(graph, "shortest-path"), pairs(graph)
    drawn = chosen[rng.integers(len(chosen), size=20)].tolist()
    session.answer(ShortestPath(*drawn[0]), ROUTE_VOTES)
    started = time.perf_counter()
    answers = [session.answer(ShortestPath(*pair), ROUTE_VOTES) for pair in drawn]
    spent = (time.perf_counter() - started) / len(drawn)
    lengths = [len(answer.path or ()) for answer in answers]
    tell(f"one more way, {min(lengths)}-{max(lengths)} steps, {ROUTE_VOTES} votes, mean", f"{spent:.2f} s")


def large_graph(triples: int) -> Graph:
    """Return a graph of 25 relations, each leaving every node once, to a random one."""
    rng, nodes = np.random.default_rng(0), -(-triples // 25)
    ends = rng.integers(nodes, size=(nodes, 25))
    return Graph.from_triples(
        (f"n{node}", f"r{relation}", f"n{ends[node, relation]}")
        for node, relation in list(np.ndindex(nodes, 25))[:triples]
    )


def measure_large(model: str, _episodes: int) -> None:
    """Memorising and asking where dense links do not fit."""
    graph = large_graph(10_000)
    session, seeds = load_session(graph, model), iter(range(10**6))
    (memorising,) = clock(lambda: session.memorise(VOTES, next(seeds)), rounds=3)
    examples = [random_traversal(np.random.default_rng(number), graph, 5) for number in range(20)]
    started = time.perf_counter()
    answers = session.answer_all([example.question for example in examples], VOTES, seed=next(seeds) - 1)
    asking = (time.perf_counter() - started) / len(examples)
    right = sum(answer.path == example.answer for answer, example in zip(answers, examples, strict=True))
    tell(f"memorising {len(graph):,} triples, {graph.nodes} nodes, {VOTES} votes", f"{memorising:.1f} s")
    tell("a question about them, of five steps", f"{asking:.2f} s, {right} of {len(examples)} right")


def measure_growth(model: str, _episodes: int) -> None:
    """The cost of a step as the memory grows."""
    checkpoint = load_checkpoint(model)
    config = replace(checkpoint.network.config, links="sparse")
    network = EagerNetwork.of(config, checkpoint.network.weights).dnc
    inputs = torch.zeros(10, 1, network.config.input_size)

    def steps(rows: int) -> Callable[[], object]:
        state = network.initial_state(1, rows)
        return lambda: network(inputs, state)

    sizes = [2**power for power in range(8, 15)]
    with torch.inference_mode():
        spent = clock(*map(steps, sizes))
    for rows, seconds in zip(sizes, spent, strict=True):
        share = seconds / spent[0] / (rows / sizes[0])
        what = f"a step with {rows:,} rows, sparse links"
        tell(what, f"{seconds * 100:.2f} ms, {share:.2f} of growing as N")


def measure_accuracy(model: str, episodes: int) -> None:
    """Dense and sparse links on the same episodes."""
    final = load_curriculum("traversal-paper").lessons[-1]
    underground = read_graph(str(UNDERGROUND))
    modes: tuple[Links, ...] = ("dense", "sparse")
    draws: dict[str, Callable[[np.random.Generator], Example]] = {
        "the paper's final lesson": lambda rng: draw_example(rng, final),
        "the Underground, seven steps": lambda rng: random_traversal(rng, underground, 7),
    }
    for what, draw in draws.items():
        for links in modes:
            checkpoint = load_checkpoint(model).with_links(links)
            rng = stream(Purpose.EVALUATION, 0)
            # few at once fit with either links: the groups are the same, and so are the labels
            found = evaluate(checkpoint, (draw(rng) for _ in range(episodes)), batch=16)
            low, high = found.accuracy.interval
            shares = f"{found.accuracy.share:.2%} ({low:.2%} to {high:.2%})"
            tell(f"{found.episodes:,} fresh episodes of {what}, links {links}", shares)


MEASURES = {
    "ask": measure_ask,
    "first": measure_first,
    "question": measure_question,
    "route": measure_route,
    "large": measure_large,
    "growth": measure_growth,
    "accuracy": measure_accuracy,
}


def main() -> None:
    """Measure what was chosen, everything by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--model", default="traversal", help="a network's name or folder")
    parser.add_argument("--episodes", type=int, default=2000)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    print("| what | measured |\n|---|---|", flush=True)
    for name in chosen.only:
        MEASURES[name](chosen.model, chosen.episodes)


if __name__ == "__main__":
    main()
