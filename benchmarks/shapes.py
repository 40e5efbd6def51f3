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
from functools import partial

import networkx as nx
import numpy as np
import tables

from graphdnc.answering.subgraph_session import load_session
from graphdnc.datasets.questions.shortest_path import pairs, pairs_without_path, shortest_path_between
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.evaluation import Accuracy, evaluate
from graphdnc.graph import Graph
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import ShortestPath

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


def ring(nodes: int) -> Graph:
    """A closed chain: every triple has the same relation."""
    return linked((node, (node + 1) % nodes) for node in range(nodes))


def up(nodes: int) -> Graph:
    """A binary tree whose nodes lead to their parents: every triple has the same relation."""
    return linked((node, (node - 1) // 2) for node in range(1, nodes))


def star(arms: int) -> Graph:
    """A hub with edges to and from every other node."""
    return linked(edge for arm in range(1, arms + 1) for edge in ((0, arm), (arm, 0)))


def numbered(graph: nx.DiGraph) -> Graph:
    """Return a graph with numbers for nodes."""
    return linked(nx.convert_node_labels_to_integers(graph).edges)


SHAPES: dict[str, Callable[[], Graph]] = {
    "chain, 300 nodes": lambda: linked((node, node + 1) for node in range(299)),
    **{f"ring of one relation, {nodes} nodes": partial(ring, nodes) for nodes in (300, 400, 500, 999)},
    **{f"star, {arms} arms, out and back": partial(star, arms) for arms in (300, 900)},
    "fan, 300 arms of two nodes, out only": lambda: linked(
        edge for arm in range(1, 301) for edge in ((0, arm), (arm, 300 + arm))
    ),
    "grid, 16 x 16": lambda: numbered(nx.grid_2d_graph(16, 16, create_using=nx.DiGraph)),
    "complete, 40 nodes": lambda: linked(nx.complete_graph(40, nx.DiGraph).edges),
    "binary tree, 255 nodes, down only": lambda: numbered(nx.balanced_tree(2, 7, nx.DiGraph)),
    **{f"binary tree, {nodes} nodes, up only": partial(up, nodes) for nodes in (400, 950)},
    "scale-free, 200 nodes": lambda: linked(
        (source, target) for source, target in nx.scale_free_graph(200, seed=1).edges() if source != target
    ),
    "random, 500 nodes, 1,000 triples": lambda: linked(nx.gnm_random_graph(500, 1000, 1, True).edges),
    "random, 100 nodes, 150 triples": lambda: linked(nx.gnm_random_graph(100, 150, 1, True).edges),
}


def walks(graph: Graph, questions: int, rng: np.random.Generator, model: str) -> tuple[str, str]:
    """Return how many walks were right, memorised whole and as asked; dashes if no walk is long enough."""
    try:
        asked = [random_traversal(rng, graph, STEPS) for _ in range(questions)]
    except ValueError:
        return "-", "-"
    whole = evaluate(load_checkpoint(model, threads=1), asked).accuracy
    answers = load_session(graph, model).answer_all([example.question for example in asked])
    right = sum(bool(one.path) and is_answer(graph, one.question, one.path) for one in answers)
    return shown(whole), shown(Accuracy(right, len(answers)))


def paths(graph: Graph, questions: int, rng: np.random.Generator) -> tuple[str, str]:
    """Return how many shortest paths were right, and for how many without a path the network said so."""
    chosen = rng.permutation(pairs(graph))[:questions].tolist()
    asked = [shortest_path_between(rng, graph, start, goal) for start, goal in chosen]
    found = evaluate(load_checkpoint("shortest-path", threads=1), asked).accuracy
    right = f"{shown(found)} of 1-{max(len(example.answer) for example in asked)} steps"
    none = rng.permutation(pairs_without_path(graph))[:questions].tolist()
    if not none:
        return right, "-"
    holder = load_session(graph, "shortest-path")
    answers = [
        holder.answer(ShortestPath(start, goal), seed=number) for number, (start, goal) in enumerate(none)
    ]
    denied = Accuracy(sum(answer.denies for answer in answers), len(answers))
    return right, shown(denied)


def shown(right: Accuracy) -> str:
    """Return right and all answers, with the 95% interval of the share."""
    return f"{right.correct} of {right.episodes} ({tables.interval(right)})"


def main() -> None:
    """Print a row for each shape."""
    parser = tables.parser(__doc__, questions=32, seed=1)
    parser.add_argument("--shapes", nargs="+", help="only shapes with one of these in the name")
    parser.add_argument("--walks", action="store_true", help="only walks")
    parser.add_argument("--walker", default="traversal", help="the network for walks, by name or folder")
    chosen = parser.parse_args()
    measured = ("walks of 7 steps, whole", "as asked", "shortest paths", "denied where there is none")
    tables.say(tables.heading("shape", "triples", *measured, "seconds"))
    for name, draw in SHAPES.items():
        if chosen.shapes and not any(part in name for part in chosen.shapes):
            continue
        rng, graph, started = np.random.default_rng(chosen.seed), draw(), time.perf_counter()
        walked = walks(graph, chosen.questions, rng, chosen.walker)
        cells = (*walked, *(("-", "-") if chosen.walks else paths(graph, chosen.questions, rng)))
        seconds = time.perf_counter() - started
        tables.row(name, f"{len(graph):,}", *cells, f"{seconds:.0f}")


if __name__ == "__main__":
    main()
