"""How long a person waits for an answer, and what sparse links cost and save.

    python benchmarks/answering.py
    python benchmarks/answering.py --only ask accuracy --model runs/traversal/best --episodes 2000

*ask*: ``graphdnc ask`` on the whole Underground in a new process, in turns with importing torch alone.
*first*: the same before the kernels are compiled, for a walk and two shortest paths.
*question*: in one process, memorising the Underground, one question, and questions asked together.
*route*: shortest paths on the Underground with 16 votes, in a new process and in a running one.
*large*: memorising 10,000 triples with 8 votes, and questions about them.
*growth*: one step with sparse links, for memories of 256 to 16,384 rows.
*accuracy*: the same episodes with the same labels, with dense and with sparse links and one vote: the paper's
final lesson, and walks of seven steps on the Underground.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import tables
import torch

from graphdnc.answering.subgraph_session import load_session
from graphdnc.datasets.lessons.curriculum import load_curriculum
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.datasets.questions.shortest_path import pairs
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.datasets.real import real_graph_path
from graphdnc.evaluation import evaluate
from graphdnc.graph import Graph
from graphdnc.model.config import Links
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.questions import Example, ShortestPath
from graphdnc.readers import read_graph
from graphdnc.utils.rng import Purpose, stream

UNDERGROUND = real_graph_path("underground")
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
    """Return the median seconds of each call; they take turns."""
    return [statistics.median(spent) for spent in tables.in_turns(works, rounds)]


def new_process(*arguments: str, **environment: str) -> Callable[[], object]:
    """Return a call that runs Python with these arguments."""
    command, around = [sys.executable, *arguments], os.environ | environment
    return lambda: subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=around)


def measure_ask(model: str, _episodes: int) -> None:
    """A question in a new process."""
    asking = new_process("-c", GRAPHDNC, "ask", str(UNDERGROUND), SENTENCE, "--model", model, "-q")
    whole, torch_alone = clock(asking, new_process("-c", "import torch"), rounds=5)
    tables.row("`graphdnc ask`, whole Underground, new process", f"{whole:.2f} s")
    tables.row("importing torch alone, which `ask` does not need", f"{torch_alone:.2f} s")


def measure_first(model: str, _episodes: int) -> None:
    """The first question asked on a machine."""

    def asking(*question: str) -> None:
        with tempfile.TemporaryDirectory() as nothing:
            new_process("-c", GRAPHDNC, "ask", str(UNDERGROUND), *question, "-q", GRAPHDNC_CACHE=nothing)()

    questions = (SENTENCE, "--model", model), (ROUTE,), (LONG_ROUTE,)
    walk, path, long_path = clock(*(partial(asking, *question) for question in questions), rounds=5)
    tables.row("the first `graphdnc ask` on a machine, a walk", f"{walk:.2f} s")
    tables.row("the same, a shortest path of 5 steps", f"{path:.2f} s")
    tables.row("the same, a shortest path of 36 steps", f"{long_path:.2f} s")


def measure_question(model: str, _episodes: int) -> None:
    """Memorising and asking in one process."""
    graph, rng = read_graph(UNDERGROUND), np.random.default_rng(0)
    questions = [random_traversal(rng, graph, 5).question for _ in range(16)]
    kept, fresh = load_session(graph, model), load_session(graph, model)
    seeds = iter(range(10**6))
    alone, together, memorising = clock(
        lambda: kept.answer(questions[0], VOTES),
        lambda: kept.answer_all(questions, VOTES),
        lambda: fresh.memorise(VOTES, next(seeds)),
    )
    tables.row(f"memorising {len(graph):,} triples", f"{memorising * 1e3:.0f} ms")
    tables.row("one more question of five steps", f"{alone * 1e3:.0f} ms")
    tables.row(f"each of {len(questions)} asked together", f"{together / len(questions) * 1e3:.0f} ms")


def measure_route(_model: str, _episodes: int) -> None:
    """Shortest paths."""
    asking = new_process("-c", GRAPHDNC, "ask", str(UNDERGROUND), ROUTE, "-q")
    (whole,) = clock(asking, rounds=5)
    tables.row("`graphdnc ask` for a shortest path of 5 steps, new process", f"{whole:.2f} s")
    graph, rng = read_graph(UNDERGROUND), np.random.default_rng(0)
    session, chosen = load_session(graph, "shortest-path"), pairs(graph)
    drawn = chosen[rng.integers(len(chosen), size=20)].tolist()
    session.answer(ShortestPath(*drawn[0]), ROUTE_VOTES)
    started = time.perf_counter()
    answers = [session.answer(ShortestPath(*pair), ROUTE_VOTES) for pair in drawn]
    spent = (time.perf_counter() - started) / len(drawn)
    lengths = [len(answer.path or ()) for answer in answers]
    what = f"one more shortest path, {min(lengths)}-{max(lengths)} steps, {ROUTE_VOTES} votes, mean"
    tables.row(what, f"{spent:.2f} s")


def large_graph(triples: int) -> Graph:
    """Return a graph of 25 relations, each leading from every node to one random node."""
    rng, nodes = np.random.default_rng(0), -(-triples // 25)
    ends = rng.integers(nodes, size=(nodes, 25))
    return Graph.from_triples(
        (f"n{node}", f"r{relation}", f"n{ends[node, relation]}")
        for node, relation in list(np.ndindex(nodes, 25))[:triples]
    )


def measure_large(model: str, _episodes: int) -> None:
    """Memorising and asking about a graph that is too large for dense links."""
    graph = large_graph(10_000)
    session, seeds = load_session(graph, model), iter(range(10**6))
    (memorising,) = clock(lambda: session.memorise(VOTES, next(seeds)), rounds=3)
    examples = [random_traversal(np.random.default_rng(number), graph, 5) for number in range(20)]
    started = time.perf_counter()
    answers = session.answer_all([example.question for example in examples], VOTES, seed=next(seeds) - 1)
    asking = (time.perf_counter() - started) / len(examples)
    right = sum(answer.path == example.answer for answer, example in zip(answers, examples, strict=True))
    tables.row(
        f"memorising {len(graph):,} triples, {graph.nodes} nodes, {VOTES} votes", f"{memorising:.1f} s"
    )
    tables.row("a question about them, of five steps", f"{asking:.2f} s, {right} of {len(examples)} right")


def measure_growth(model: str, _episodes: int) -> None:
    """The time of a step as the memory grows."""
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
        value = f"{seconds * 100:.2f} ms, {share:.2f} of growing as N"
        tables.row(f"a step with {rows:,} rows, sparse links", value)


def measure_accuracy(model: str, episodes: int) -> None:
    """Dense and sparse links on the same episodes."""
    final = load_curriculum("traversal-paper").lessons[-1]
    underground = read_graph(UNDERGROUND)
    modes: tuple[Links, ...] = ("dense", "sparse")
    draws: dict[str, Callable[[np.random.Generator], Example]] = {
        "the paper's final lesson": lambda rng: draw_example(rng, final),
        "the Underground, seven steps": lambda rng: random_traversal(rng, underground, 7),
    }
    for what, draw in draws.items():
        for links in modes:
            checkpoint = load_checkpoint(model).with_links(links)
            rng = stream(Purpose.EVALUATION, 0)
            # with small batches both fit in memory, so the batches and their labels are the same
            found = evaluate(checkpoint, (draw(rng) for _ in range(episodes)), batch=16)
            value = tables.with_interval(found.accuracy, digits=2)
            tables.row(f"{found.episodes:,} fresh episodes of {what}, {links} links", value)


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
    parser = tables.parser(__doc__, episodes=2000)
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--model", default="traversal", help="a network's name or folder")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    tables.say(tables.heading("what", "measured"))
    for name in chosen.only:
        MEASURES[name](chosen.model, chosen.episodes)


if __name__ == "__main__":
    main()
