"""Accuracy and time by the size of the graph, from 10 to 100,000 triples.

    python benchmarks/sizes.py --csv docs/sizes.csv          # an hour; prints a Markdown table
    python benchmarks/sizes.py --csv docs/sizes.csv --plot docs/sizes.svg    # draws what was measured

*random*: every node has 4 of 12 relations, each to any other node. *near*: the paper's random graphs, with
edges to the nearest neighbours and out-degree 2-6. *metro*: invented metro maps. *streets*: a grid with four
directions. For each size and kind, questions are asked about new graphs (about one graph from 10,000 triples
on): walks of 7 steps, and shortest paths between any two nodes that have a path between them, with one try
and with as many as ``graphdnc ask`` makes. Seconds are for one thread and a question about a graph that is
not in memory yet, without reading the file: the median of the processor time, which other work does not
change.
"""

from __future__ import annotations

import csv
import math
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, get_type_hints

import numpy as np
import tables

from graphdnc import tasks
from graphdnc.answering.subgraph_session import open_session
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.generators.transit import transit_map
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.evaluation import Accuracy
from graphdnc.graph import Graph
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.oracle.distances import distances
from graphdnc.oracle.solve import is_answer
from graphdnc.pictures.charts import Panel, chart
from graphdnc.questions import Question, ShortestPath

SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
TASKS = ("traversal", "shortest-path")
VOTES = {name: tasks.TASKS[name].usual_votes for name in TASKS}
LARGE = 10_000
"""From this many triples on, all questions are about one graph."""
STEPS = 7


class Row(NamedTuple):
    """The figures for one task, kind of graph and size."""

    task: str
    graphs: str
    triples: int
    memorised: int
    questions: int
    one_try: float
    votes: float
    low: float
    high: float
    confidence: float
    seconds: float


def anywhere(rng: np.random.Generator, triples: int) -> Graph:
    """Draw a graph whose nodes have 4 of 12 relations each, to any other node."""
    nodes = max(3, triples // 4)
    relations = rng.random((nodes, 12)).argsort(axis=1)[:, :4]
    source = np.arange(nodes)[:, None].repeat(4, axis=1)
    target = (source + rng.integers(1, nodes, size=source.shape)) % nodes
    return Graph(np.stack([source, relations, target], axis=-1).reshape(-1, 3)[:triples], nodes, 12)


def near(rng: np.random.Generator, triples: int) -> Graph:
    """Draw a random graph of the paper with about this many triples."""
    return random_graph(rng, max(3, triples // 4), (2, 6), max(6, min(triples // 4, 1_000)))


def streets(_rng: np.random.Generator, triples: int) -> Graph:
    """Return a square grid of about this many triples, with four directions."""
    side = max(2, round((triples / 4) ** 0.5 + 0.5))
    here = np.arange(side * side).reshape(side, side)
    pairs = [(here[:, :-1], here[:, 1:]), (here[:-1], here[1:])]
    rows = [
        np.stack([source.ravel(), np.full(source.size, 2 * way + back), target.ravel()], axis=1)
        for way, (first, second) in enumerate(pairs)
        for back, (source, target) in enumerate([(first, second), (second, first)])
    ]
    return Graph(np.concatenate(rows), side * side, 4)


KINDS: dict[str, tuple[Callable[[np.random.Generator, int], Graph], int]] = {
    "random": (anywhere, 100_000),
    "near": (near, 10_000),
    "metro": (lambda rng, triples: transit_map(rng, (triples - 1, triples + 1)), 3_000),
    "streets": (streets, 100_000),
}
"""For each kind, the function that draws a graph of a size, and the largest size it can draw quickly."""


def question(task: str, rng: np.random.Generator, graph: Graph) -> Question:
    """Draw a walk, or two nodes with a path between them; ``ValueError`` if there is no walk."""
    if task == "traversal":
        return random_traversal(rng, graph, STEPS).question
    while True:
        start, goal = rng.integers(graph.nodes, size=2).tolist()
        if start != goal and distances(graph, goal)[start] > 0:
            return ShortestPath(start, goal)


def asked(task: str, kind: str, triples: int, questions: int, seed: int) -> Iterator[tuple[Graph, Question]]:
    """Draw questions of a task about graphs of a kind and size."""
    rng = np.random.default_rng([seed, triples])
    draw, left = KINDS[kind][0], questions
    graph = draw(rng, triples)
    while left:
        with suppress(ValueError):  # most tiny graphs have no walk of seven steps
            if triples < LARGE:
                graph = draw(rng, triples)
            yield graph, question(task, rng, graph)
            left -= 1


def measure(task: str, kind: str, triples: int, questions: int, seed: int, most_seconds: float) -> Row:
    """Ask questions about graphs of a kind and size; stop after ``most_seconds``."""
    checkpoint = load_checkpoint(task, threads=1)
    right = {1: 0, VOTES[task]: 0}
    seconds, confidences, memorised, started = [], [], [], time.process_time()
    for graph, question in asked(task, kind, triples, questions, seed):
        for votes in right:
            begun = time.process_time()
            answer = open_session(checkpoint, graph).answer(question, votes, seed)
            spent = time.process_time() - begun
            right[votes] += answer.path is not None and is_answer(graph, question, answer.path)
        seconds.append(spent)
        confidences.append(answer.confidence)
        memorised.append(answer.memorised)
        if time.process_time() - started > most_seconds:
            break
    count = len(seconds)
    voted = Accuracy(right[VOTES[task]], count)
    return Row(
        task,
        kind,
        len(graph),
        round(statistics.median(memorised)),
        count,
        right[1] / count,
        voted.share,
        *voted.interval,
        statistics.mean(confidences),
        statistics.median(seconds),
    )


def read(path: Path) -> list[Row]:
    """Read rows from a file; none if it does not exist."""
    if not path.exists():
        return []
    kinds = get_type_hints(Row)
    with path.open(newline="", encoding="utf-8") as lines:
        return [Row(**{name: kinds[name](line[name]) for name in kinds}) for line in csv.DictReader(lines)]


def write(path: Path, rows: list[Row]) -> None:
    """Write rows to a file."""
    rounded = ([round(value, 4) if isinstance(value, float) else value for value in row] for row in rows)
    tables.write_csv(path, Row._fields, rounded)


def as_line(row: Row) -> str:
    """Return a row as Markdown."""
    sizes = f"{row.triples:,}", f"{row.memorised:,}", row.questions
    shares = f"{row.one_try:.1%}", f"{row.votes:.1%}", f"{row.low:.1%} to {row.high:.1%}"
    return tables.line(row.task, row.graphs, *sizes, *shares, f"{row.seconds:.2f}")


def table(rows: list[Row]) -> str:
    """Return the rows as a table in Markdown."""
    sizes, shares = ("triples", "memorised", "questions"), ("one try", "votes", "95% interval")
    return "\n".join([tables.heading("question", "graphs", *sizes, *shares, "seconds"), *map(as_line, rows)])


def plot(rows: list[Row]) -> bytes:
    """Return charts of accuracy and seconds by number of triples, as SVG."""
    label = "triples in the graph"
    panels = []
    for task in dict.fromkeys(row.task for row in rows):
        shown = [row for row in rows if row.task == task]
        kinds = list(dict.fromkeys(row.graphs for row in shown))
        accuracy = {
            f"{kind}, {label}": [(row.triples, getattr(row, column)) for row in shown if row.graphs == kind]
            for label, column in (("one try", "one_try"), (f"{VOTES[task]} tries", "votes"))
            for kind in kinds
        }
        seconds = {
            kind: [(row.triples, row.seconds) for row in shown if row.graphs == kind] for kind in kinds
        }
        panels.append(Panel(f"{task}: whole answers right", accuracy, (0.5, 1), len(kinds), label))
        panels.append(Panel(f"{task}: seconds a question", seconds, None, 0, label))
    return chart(panels, "svg")


def main() -> None:
    """Measure and print, or draw what was measured."""
    parser = tables.parser(__doc__, questions=40, seed=1)
    parser.add_argument(
        "--csv", type=Path, required=True, help="the file for the figures; rows in it are kept"
    )
    parser.add_argument("--plot", type=Path, help="only draw the figures in the file")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=TASKS)
    parser.add_argument("--graphs", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--seconds", type=float, default=60, help="stop a row after this time")
    chosen = parser.parse_args()
    rows = read(chosen.csv)
    if chosen.plot is not None:
        chosen.plot.write_bytes(plot(rows))
        return
    done = {
        (row.task, row.graphs, min(SIZES, key=lambda size: abs(math.log(size / row.triples)))) for row in rows
    }
    for task in chosen.tasks:
        for kind in chosen.graphs:
            for size in (size for size in chosen.sizes if size <= KINDS[kind][1]):
                if (task, kind, size) not in done:
                    rows.append(measure(task, kind, size, chosen.questions, chosen.seed, chosen.seconds))
                    write(chosen.csv, rows)
                    tables.say(as_line(rows[-1]))
    print(table(rows))


if __name__ == "__main__":
    main()
