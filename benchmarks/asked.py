"""How often ways under conditions, weighted ways and reached nodes are answered as exact search does.

    python benchmarks/asked.py
    python benchmarks/asked.py --questions 500 --graphs random --kinds ways weights

*ways* avoid a node, leave out a relation or lead via a node; *changes* are ways with the fewest changes;
*further* are the three best ways; *weights* are lightest ways, with weights from 1 to 10; *reach* lists what
a node leads to or what leads to it, along all relations, at any distance or within 1 to 4 steps. The graphs
are fresh random ones of 20 to 60 nodes, and the Underground. Answers come with the default votes. A
question without an answer is right if the network says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import tables

from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import GraphDNCError
from graphdnc.evaluation import Accuracy
from graphdnc.graph import Graph
from graphdnc.questions import Compound
from graphdnc.questions.lists import Reach
from graphdnc.questions.ways import Way
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner
from graphdnc.weights import Weights

GRAPHS = ("random", "underground")
Draw = Callable[[Graph, np.random.Generator], Compound]


def constrained(graph: Graph, rng: np.random.Generator) -> Way:
    """Draw a way that avoids a node, leaves out a relation, or leads via a node."""
    start, goal, other = map(int, rng.choice(graph.nodes, 3, replace=False))
    match int(rng.integers(3)):
        case 0:
            return Way(start, goal, avoiding=frozenset([other]))
        case 1:
            return Way(start, goal, without=frozenset([int(rng.integers(graph.relations))]))
    return Way(start, goal, via=(other,))


def fewest_changes(graph: Graph, rng: np.random.Generator) -> Way:
    """Draw a way with the fewest changes."""
    start, goal = map(int, rng.choice(graph.nodes, 2, replace=False))
    return Way(start, goal, least="changes")


def three(graph: Graph, rng: np.random.Generator) -> Way:
    """Draw a question for three ways."""
    start, goal = map(int, rng.choice(graph.nodes, 2, replace=False))
    return Way(start, goal, ways=3)


def lightest(graph: Graph, rng: np.random.Generator) -> Way:
    """Draw a lightest way."""
    start, goal = map(int, rng.choice(graph.nodes, 2, replace=False))
    return Way(start, goal, least="weight")


def reach(graph: Graph, rng: np.random.Generator) -> Reach:
    """Draw a question for what is reached, or from where."""
    within = None if rng.random() < 0.5 else int(rng.integers(1, 5))
    direction = "out" if rng.random() < 0.5 else "in"
    return Reach(int(rng.integers(graph.nodes)), frozenset(range(graph.relations)), direction, within)


KINDS: dict[str, Draw] = {
    "ways": constrained,
    "changes": fewest_changes,
    "further": three,
    "weights": lightest,
    "reach": reach,
}


def fresh(rng: np.random.Generator) -> Graph:
    """Draw a random graph of 20 to 60 nodes."""
    return random_graph(rng, int(rng.integers(20, 61)), (2, 4))


def weighted(graph: Graph, rng: np.random.Generator) -> Weights:
    """Draw weights from 1 to 10."""
    return Weights("minutes", {triple: int(rng.integers(1, 11)) for triple in graph})


def measure(graphs: str, kind: str, questions: int, seed: int) -> tuple[Accuracy, float, list[str]]:
    """Return the accuracy, seconds per question, and the questions that were answered wrongly."""
    rng = np.random.default_rng(seed)
    known = None if graphs == "random" else read_graph(real_graph_path("underground"))
    right, wrong, started = 0, [], time.perf_counter()
    reasoner = None if known is None else Reasoner(known, weights=weighted(known, rng))
    for _ in range(questions):
        if known is None:
            graph = fresh(rng)
            reasoner = Reasoner(graph, weights=weighted(graph, rng))
        assert reasoner is not None
        question = KINDS[kind](reasoner.graph, rng)
        try:
            agrees = reasoner.ask(question).check == "agrees"
        except GraphDNCError as error:
            agrees = False
            wrong.append(str(error))
        right += agrees
        wrong += [] if agrees else [str(question)]
    return Accuracy(right, questions), (time.perf_counter() - started) / questions, wrong


def main() -> None:
    """Measure and print a table."""
    parser = tables.parser(__doc__, questions=500, seed=0)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--graphs", nargs="+", choices=GRAPHS, default=list(GRAPHS))
    chosen = parser.parse_args()
    tables.say(tables.heading("graphs", "questions", "as exact search", "s a question"))
    missed = []
    for graphs in chosen.graphs:
        for kind in chosen.kinds:
            found, seconds, wrong = measure(graphs, kind, chosen.questions, chosen.seed)
            tables.row(graphs, f"{found.episodes} {kind}", tables.with_interval(found), f"{seconds:.2f}")
            missed += wrong
    for one in missed:
        tables.say(one)


if __name__ == "__main__":
    main()
