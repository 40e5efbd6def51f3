"""How long people wait, by what they do, as a ratio against another version of graphdnc in the same run.

    python benchmarks/waiting.py --against OLD/.venv/bin/python
    python benchmarks/waiting.py --against OLD/.venv/bin/python --only way related --rounds 5

Each case runs ``graphdnc ask`` in a new process, this version and the other one in turn. Prints for each the
median seconds, the least and the greatest in brackets, the ratios of seconds and processor time, the
peak memory of the process, and how many answers the exact check agrees with. The kernels of both are compiled
before anything is measured.

*walk*: a walk on the whole Underground. *way*: one way in a random graph of 3,000 triples. *ways*: fifty ways
among 9,000 edges. *mixed*: a thousand questions about the Underground, 600 walks, 300 ways and 100 inverses.
*related*: how two people are related, far apart in an invented family of 3,000. *ends*: all ends of forty
walks of 1 to 4 steps in a graph of 135 nodes and 6,500 triples, whose 46 relations have many targets.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tables

from graphdnc.datasets.generators.families import family
from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph
from graphdnc.language.describe import describe
from graphdnc.oracle.distances import distances
from graphdnc.questions import Inverse, ShortestPath, Traversal
from graphdnc.readers import read_graph
from graphdnc.utils.rng import Purpose, stream

GRAPHDNC = "from graphdnc.cli.main import main; main()"
WALK = (
    "Start at Bond Street, take the Central eastbound one stop, then the Bakerloo southbound two stops: "
    "where am I?"
)


class Run(NamedTuple):
    """One process: wall-clock and processor seconds, peak memory in MB, and the answers that agree."""

    seconds: float
    processor: float
    megabytes: float
    agreeing: int
    answers: int


class Case(NamedTuple):
    """Arguments of ``graphdnc ask``."""

    what: str
    arguments: tuple[str, ...]


def main() -> None:
    """Measure the cases and print a table."""
    parser = tables.parser(__doc__, rounds=3)
    parser.add_argument("--against", required=True, help="the Python of the other version")
    parser.add_argument("--only", nargs="+", choices=list(CASES), default=list(CASES))
    arguments = parser.parse_args()
    pythons = (sys.executable, arguments.against)
    with tempfile.TemporaryDirectory() as folder:
        cases = {name: CASES[name](Path(folder)) for name in arguments.only}
        for python in pythons:
            compile_kernels(python)
        print(
            tables.heading("what", "now", "before", "times faster", "MB now", "before", "agree now", "before")
        )
        for case in cases.values():
            runs: list[list[Run]] = [[], []]
            for number in range(arguments.rounds):
                for which in (0, 1) if number % 2 else (1, 0):
                    runs[which].append(ask(pythons[which], case.arguments))
            report(case, *runs)


def compile_kernels(python: str) -> None:
    """Ask one question of each kind, so that nothing is compiled later."""
    ask(python, (str(real_graph_path("underground")), WALK))
    ask(python, (str(real_graph_path("underground")), "--from", "Moorgate", "--to", "Piccadilly Circus"))


def ask(python: str, arguments: Sequence[str]) -> Run:
    """Run ``graphdnc ask`` in a new process and return what it took."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        command = [python, "-c", GRAPHDNC, "ask", *arguments, "--json"]
        # another version may not be imported from the folder of this one
        around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, cwd="/", env=around)
        _, _, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        output.seek(0)
        answers = [json.loads(text) for text in output.read().splitlines()]
    agreeing = sum(answer.get("check") == "agrees" for answer in answers)
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, agreeing, len(answers))


def report(case: Case, now: list[Run], before: list[Run]) -> None:
    """Print a row: seconds with their spread, ratios of rounds, and so on."""
    ratios = [old.seconds / new.seconds for new, old in zip(now, before, strict=True)]
    work = [old.processor / new.processor for new, old in zip(now, before, strict=True)]
    tables.row(
        case.what,
        f"{spread([run.seconds for run in now])} s",
        f"{spread([run.seconds for run in before])} s",
        f"{spread(ratios)}; processor {spread(work)}",
        f"{max(run.megabytes for run in now):,.0f}",
        f"{max(run.megabytes for run in before):,.0f}",
        f"{now[-1].agreeing} of {now[-1].answers}",
        f"{before[-1].agreeing} of {before[-1].answers}",
    )


def spread(values: Sequence[float]) -> str:
    """Return the median with the least and the greatest value."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def walk(_folder: Path) -> Case:
    """A walk on the whole Underground."""
    return Case("a walk on the Underground", (str(real_graph_path("underground")), WALK))


def way(folder: Path) -> Case:
    """One way in a random graph of 3,000 triples."""
    graph, path = random_network(folder / "way.csv", 1_000, 3_000, seed=1)
    ((start, goal),) = far_pairs(graph, 1, seed=2)
    return Case("one way in 3,000 triples", (path, "--from", named(graph, start), "--to", named(graph, goal)))


def ways(folder: Path) -> Case:
    """Fifty ways among 9,000 edges."""
    graph, path = random_network(folder / "ways.csv", 3_000, 9_000, seed=3)
    asked = [ShortestPath(*pair) for pair in far_pairs(graph, 50, seed=4)]
    return Case("50 ways among 9,000 edges", (path, "--questions", listed(folder / "ways.txt", graph, asked)))


def mixed(folder: Path) -> Case:
    """A thousand questions about the Underground."""
    path = real_graph_path("underground")
    graph, rng = read_graph(path), stream(Purpose.EVALUATION, 5)
    asked: list[Traversal | ShortestPath | Inverse] = [
        ShortestPath(*pair) for pair in far_pairs(graph, 300, 6)
    ]
    asked += [Traversal(*random_walk(graph, rng, int(rng.integers(2, 8)))) for _ in range(600)]
    for _ in range(100):
        start, relations = random_walk(graph, rng, 1)
        asked.append(Inverse(graph.follow(start, relations[0])[0].target, relations))
    rng.shuffle(asked)  # type: ignore[arg-type]
    questions = listed(folder / "mixed.txt", graph, asked)
    return Case("1,000 mixed questions on the Underground", (str(path), "--questions", questions))


def related(folder: Path) -> Case:
    """How two people are related, far apart in a family of 3,000."""
    drawn = family(stream(Purpose.EVALUATION, 7), (3_000, 3_000))
    assert drawn.relation_names is not None
    stated = [drawn.relation_names.index(name) for name in ("mother", "father", "husband", "wife")]
    graph = replace(drawn, triples=drawn.triples[np.isin(drawn.triples[:, 1], stated)])
    names = [f"Person {number}" for number in range(graph.nodes)]
    path = write_graph(folder / "family.csv", graph, names)
    both = graph.undirected()
    away = distances(both, 0)
    far = int(np.flatnonzero(away == away.max())[0])
    return Case(
        f"how A is related to B among 3,000 people, {away.max()} facts apart",
        (path, f"How is {names[far]} related to {names[0]}?"),
    )


def ends(folder: Path) -> Case:
    """All ends of forty walks where relations have many targets."""
    rng = stream(Purpose.EVALUATION, 8)
    triples = {(int(a), int(r), int(b)) for a, r, b in rng.integers(0, (135, 46, 135), (7_000, 3))}
    graph = Graph(np.array(sorted(triples)[:], np.int32)[rng.permutation(len(triples))[:6_500]], 135, 46)
    path = write_graph(folder / "ends.csv", graph, [f"n{number}" for number in range(135)])
    graph = read_graph(path)
    asked = [Traversal(*random_walk(graph, rng, 1 + number % 4)) for number in range(40)]
    return Case(
        "all ends of 40 walks in 6,500 triples",
        (path, "--questions", listed(folder / "ends.txt", graph, asked)),
    )


def random_network(path: Path, nodes: int, triples: int, seed: int) -> tuple[Graph, str]:
    """Write a random graph with four relations; return it and the name of its file."""
    rng = stream(Purpose.EVALUATION, seed)
    drawn = {
        (int(a), int(r), int(b)) for a, r, b in rng.integers(0, (nodes, 4, nodes), (2 * triples, 3)) if a != b
    }
    rows = np.array(sorted(drawn), np.int32)[rng.permutation(len(drawn))[:triples]]
    write_graph(path, Graph(rows, nodes, 4), [f"n{number}" for number in range(nodes)])
    return read_graph(path), str(path)


def far_pairs(graph: Graph, count: int, seed: int) -> list[tuple[int, int]]:
    """Return pairs of nodes with a path of at least three triples between them, drawn at random."""
    rng, found = stream(Purpose.EVALUATION, seed), []
    while len(found) < count:
        start, goal = (int(node) for node in rng.integers(0, graph.nodes, 2))
        if distances(graph, goal)[start] >= 3:
            found.append((start, goal))
    return found


def random_walk(graph: Graph, rng: np.random.Generator, length: int) -> tuple[int, tuple[int, ...]]:
    """Return the start and the relations of a walk that exists."""
    while True:
        start = node = int(rng.integers(graph.nodes))
        relations = []
        while len(relations) < length and (leaving := graph.leaving(node)):
            triple = leaving[int(rng.integers(len(leaving)))]
            relations.append(triple.relation)
            node = triple.target
        if len(relations) == length:
            return start, tuple(relations)


def write_graph(path: Path, graph: Graph, nodes: Sequence[str]) -> str:
    """Write a graph as CSV with these names; return the name of the file."""
    relations = graph.relation_names or tuple(f"r{number}" for number in range(graph.relations))
    rows = ((nodes[a], relations[r], nodes[b]) for a, r, b in graph.triples.tolist())
    tables.write_csv(path, ("source", "relation", "target"), rows)
    return str(path)


def listed(path: Path, graph: Graph, asked: Sequence[Traversal | ShortestPath | Inverse]) -> str:
    """Write questions as sentences, one a line; return the name of the file."""
    path.write_text("".join(f"{describe(graph, question)}\n" for question in asked), encoding="utf-8")
    return str(path)


def named(graph: Graph, node: int) -> str:
    """Return the name of a node."""
    assert graph.node_names is not None
    return graph.node_names[node]


CASES: dict[str, Callable[[Path], Case]] = {
    "walk": walk,
    "way": way,
    "ways": ways,
    "mixed": mixed,
    "related": related,
    "ends": ends,
}


if __name__ == "__main__":
    main()
