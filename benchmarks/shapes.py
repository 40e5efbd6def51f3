"""Accuracy on shapes of graphs that no network was trained on, with one try.

    python benchmarks/shapes.py
    python benchmarks/shapes.py --shapes ring "random, 500" --questions 100

For each shape: walks of 7 steps, with the graph memorised whole and as ``graphdnc ask`` does, which asks
about large graphs in parts; shortest paths between nodes drawn from all pairs with a path between them; and
how often the network says that there is no path if there is none. With 95% intervals.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import networkx as nx
import numpy as np
import tables

from graphdnc.answering.open_session import load_session
from graphdnc.datasets.questions.shortest_path import pairs, shortest_path_between
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.evaluation import Accuracy, evaluate
from graphdnc.graph import Graph
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Example, ShortestPath

STEPS = 7


def linked(edges: Iterable[tuple[int, int]]) -> Graph:
    """Return a graph of edges. The relations that leave a node are numbered from 0, so there are few."""
    leaving: dict[int, int] = {}
    rows = []
    for source, target in dict.fromkeys(edges):
        rows.append((source, leaving.setdefault(source, 0), target))
        leaving[source] += 1
    ends = [end for source, _, target in rows for end in (source, target)]
    return Graph(np.array(rows), max(ends) + 1, max(leaving.values()))


def chain(nodes: int) -> Graph:
    """A chain of nodes with edges in one direction."""
    return linked((node, node + 1) for node in range(nodes - 1))


def ring(nodes: int) -> Graph:
    """A closed chain: every triple has the same relation."""
    return linked((node, (node + 1) % nodes) for node in range(nodes))


def up(nodes: int) -> Graph:
    """A binary tree whose nodes lead to their parents: every triple has the same relation."""
    return linked((node, (node - 1) // 2) for node in range(1, nodes))


def star(arms: int) -> Graph:
    """A hub with edges to and from every other node."""
    return linked(edge for arm in range(1, arms + 1) for edge in ((0, arm), (arm, 0)))


def fan(arms: int) -> Graph:
    """A hub with arms of two nodes, with edges away from the hub only."""
    return linked(edge for arm in range(1, arms + 1) for edge in ((0, arm), (arm, arms + arm)))


def _grid(side: int) -> Graph:
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(side, side, create_using=nx.DiGraph))
    return linked(graph.edges)


def _scale_free(nodes: int) -> Graph:
    edges = nx.scale_free_graph(nodes, seed=1).edges()
    return linked((source, target) for source, target in edges if source != target)


SHAPES: dict[str, Callable[[], Graph]] = {
    "chain, 300 nodes": lambda: chain(300),
    "ring of one relation, 300 nodes": lambda: ring(300),
    "ring of one relation, 400 nodes": lambda: ring(400),
    "ring of one relation, 500 nodes": lambda: ring(500),
    "ring of one relation, 999 nodes": lambda: ring(999),
    "star, 300 arms, out and back": lambda: star(300),
    "star, 900 arms, out and back": lambda: star(900),
    "fan, 300 arms of two nodes, out only": lambda: fan(300),
    "grid, 16 x 16": lambda: _grid(16),
    "complete, 40 nodes": lambda: linked(nx.complete_graph(40, nx.DiGraph).edges),
    "binary tree, 255 nodes, down only": lambda: linked(
        nx.convert_node_labels_to_integers(nx.balanced_tree(2, 7, nx.DiGraph)).edges
    ),
    "binary tree, 400 nodes, up only": lambda: up(400),
    "binary tree, 950 nodes, up only": lambda: up(950),
    "scale-free, 200 nodes": lambda: _scale_free(200),
    "random, 500 nodes, 1,000 triples": lambda: linked(nx.gnm_random_graph(500, 1000, 1, True).edges),
    "random, 100 nodes, 150 triples": lambda: linked(nx.gnm_random_graph(100, 150, 1, True).edges),
}


def walks(graph: Graph, questions: int, rng: np.random.Generator) -> tuple[str, str]:
    """Return how many walks were right, memorised whole and as asked; dashes if no walk is long enough."""
    try:
        asked = [random_traversal(rng, graph, STEPS) for _ in range(questions)]
    except ValueError:
        return "-", "-"
    whole = evaluate(load_checkpoint("traversal", threads=1), asked).accuracy
    answers = load_session(graph, "traversal").answer_all([example.question for example in asked])
    right = sum(bool(one.path) and is_answer(graph, one.question, one.path) for one in answers)
    return shown(whole), shown(Accuracy(right, len(answers)))


def paths(graph: Graph, questions: int, rng: np.random.Generator) -> tuple[str, str]:
    """Return how many shortest paths were right, and for how many without a path the network said so."""
    connected = pairs(graph)
    chosen = rng.permutation(connected)[:questions].tolist()
    asked = [shortest_path_between(rng, graph, start, goal) for start, goal in chosen]
    found = evaluate(load_checkpoint("shortest-path", threads=1), asked)
    apart = ~np.eye(graph.nodes, dtype=bool)
    apart[tuple(connected.T)] = False
    none = rng.permutation(np.argwhere(apart))[:questions].tolist()
    if not none:
        return f"{shown(found.accuracy)} of 1-{longest(asked)} steps", "-"
    holder = load_session(graph, "shortest-path")
    answers = [
        holder.answer(ShortestPath(start, goal), seed=number) for number, (start, goal) in enumerate(none)
    ]
    denied = Accuracy(sum(answer.denies for answer in answers), len(answers))
    return f"{shown(found.accuracy)} of 1-{longest(asked)} steps", shown(denied)


def longest(asked: list[Example]) -> int:
    """Return the length of the longest answer."""
    return max(len(example.answer) for example in asked)


def shown(right: Accuracy) -> str:
    """Return right and all answers, with the 95% interval of the share."""
    return f"{right.correct} of {right.episodes} ({tables.interval(right)})"


def main() -> None:
    """Print a row for each shape."""
    parser = tables.parser(__doc__)
    parser.add_argument("--shapes", nargs="+", help="only shapes with one of these in the name")
    parser.add_argument("--walks", action="store_true", help="only walks")
    parser.add_argument("--questions", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    whole, asked = "walks of 7 steps, whole", "as asked"
    paths, denied = "shortest paths", "denied where there is none"
    tables.say(tables.heading("shape", "triples", whole, asked, paths, denied, "seconds"))
    for name, draw in SHAPES.items():
        if chosen.shapes and not any(part in name for part in chosen.shapes):
            continue
        rng, graph, started = np.random.default_rng(chosen.seed), draw(), time.perf_counter()
        walked = walks(graph, chosen.questions, rng)
        cells = (*walked, *(("-", "-") if chosen.walks else paths(graph, chosen.questions, rng)))
        seconds = time.perf_counter() - started
        tables.say(tables.line(name, f"{len(graph):,}", *cells, f"{seconds:.0f}"))


if __name__ == "__main__":
    main()
