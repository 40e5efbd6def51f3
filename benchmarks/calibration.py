"""Does a confidence mean what it says? 1,000 questions, many of them harder than any in training.

    python benchmarks/calibration.py traversal --csv traversal.csv
    python benchmarks/calibration.py shortest-path --csv paths.csv --seed 2

Asks like ``graphdnc ask``, with as many votes, about graphs never trained on: a quarter each of tiny graphs,
rings of one relation, relations that lead to several places, and ordinary graphs (the paper's last lesson and
invented metro maps). Half of the shortest paths, except in rings, do not exist. Prints the expected
calibration error of 10 bins, and a row for each bin and each kind of graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tables
from ambiguous import blurred, walk
from shapes import ring

from graphdnc.answering.subgraph_session import open_session
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.generators.transit import transit_map
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.graph import Graph
from graphdnc.networks.calibration import Calibration
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.oracle.distances import distances
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Question, ShortestPath

RINGS = {"traversal": (300, 999), "shortest-path": (50, 250)}
"""Nodes of rings; hundreds of longer searches would take too long."""


class Asked(NamedTuple):
    """One question and its result."""

    graphs: str
    agreeing: int
    votes: int
    confidence: float
    right: bool


def tiny(rng: np.random.Generator) -> Graph:
    """Draw a graph of one to five triples."""
    nodes, relations, triples = int(rng.integers(2, 5)), int(rng.integers(1, 4)), int(rng.integers(1, 6))
    rows = {
        (int(source), int(rng.integers(relations)), int(target))
        for source, target in rng.integers(nodes, size=(triples, 2))
        if source != target
    }
    return Graph(np.array(sorted(rows)), nodes, relations) if rows else tiny(rng)


def ordinary(rng: np.random.Generator) -> Graph:
    """Draw a graph like those in training."""
    if rng.random() < 0.5:
        return transit_map(rng, (40, 120))
    return random_graph(rng, int(rng.integers(10, 41)), (2, 6))


def question(task: str, graphs: str, graph: Graph, rng: np.random.Generator) -> Question:
    """Draw a question about a graph; ``ValueError`` if there is none."""
    if task == "traversal":
        if graphs == "ambiguous":
            return walk(rng, graph, int(rng.integers(2, 8)))[0]
        return random_traversal(rng, graph, 1 if graphs == "tiny" else 7).question
    start, goal = rng.choice(graph.nodes, 2, replace=False).tolist()
    wanted = graphs == "rings" or rng.random() < 0.5
    if (distances(graph, goal)[start] > 0) != wanted:
        raise ValueError("the other kind of question is wanted")
    return ShortestPath(start, goal)


def is_right(graph: Graph, asked: Question, path: object, denies: bool) -> bool:
    """Return whether a path is an answer, or the network rightly says that there is none."""
    if path is None:
        absent = isinstance(asked, ShortestPath) and distances(graph, asked.goal)[asked.start] < 0
        return absent and denies
    return is_answer(graph, asked, path)  # type: ignore[arg-type]


def measure(task: str, questions: int, seed: int, model: str) -> list[Asked]:
    """Ask a network questions, a quarter about each kind of graph."""
    checkpoint = load_checkpoint(model, threads=1)
    (low, high), found = RINGS[task], []
    draws: dict[str, Callable[[np.random.Generator], Graph]] = {
        "tiny": tiny,
        "rings": lambda rng: ring(int(rng.integers(low, high + 1))),
        "ambiguous": blurred,
        "ordinary": ordinary,
    }
    for number, (graphs, draw) in enumerate(draws.items()):
        rng, left = np.random.default_rng([seed, number]), questions // 4
        for _ in range(100 * questions):
            if not left:
                break
            graph = draw(rng)
            try:
                asked = question(task, graphs, graph, rng)
            except ValueError:
                continue
            votes, drawn = checkpoint.task.usual_votes, int(rng.integers(2**31))
            answer = open_session(checkpoint, graph).answer(asked, votes, drawn)
            right = is_right(graph, asked, answer.path, answer.denies)
            found.append(Asked(graphs, answer.agreeing, answer.votes, answer.confidence, right))
            left -= 1
    return found


def report(found: list[Asked]) -> None:
    """Print the error, and confidence and accuracy for each bin and each kind of graph."""
    counted = Calibration()
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for asked in found:
        counted.add(asked.confidence, asked.right)
        kinds[asked.graphs].append(asked)
    print(f"expected calibration error {counted.error:.3f}, {len(found):,} questions\n")
    print(tables.heading("confidence", "questions", "mean confidence", "right"))
    for bin in counted.bins():
        span = f"{bin.low:.0%} to {bin.high:.0%}"
        tables.row(span, bin.answers, f"{bin.confidence:.1%}", f"{bin.right:.1%}")
    print("\n" + tables.heading("graphs", "questions", "mean confidence", "right"))
    for graphs, some in kinds.items():
        sure = np.mean([asked.confidence for asked in some])
        right = np.mean([asked.right for asked in some])
        tables.row(graphs, len(some), f"{sure:.1%}", f"{right:.1%}")


def main() -> None:
    """Ask and report."""
    parser = tables.parser(__doc__, questions=1000, seed=1)
    parser.add_argument("task", choices=RINGS)
    parser.add_argument("--model", help="a network, by name or folder; by default the installed one")
    parser.add_argument("--csv", type=Path, help="keep every answer")
    chosen = parser.parse_args()
    found = measure(chosen.task, chosen.questions, chosen.seed, chosen.model or chosen.task)
    if chosen.csv:
        tables.write_csv(chosen.csv, Asked._fields, found)
    report(found)


if __name__ == "__main__":
    main()
