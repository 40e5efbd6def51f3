"""Does a process that answers thousands of questions grow?

    python benchmarks/growth.py
    python benchmarks/growth.py --questions 60 --warm 20

Asks mixed questions, in words, in one process, with the shipped networks: about the Underground, which is
memorised whole; about a random graph that is too large for that; and about a family. They are walks, walks
asked for from their end, shortest paths, ways under conditions, lists, relatives, how two people are related,
and sentences that are refused. They take the way of ``graphdnc ask GRAPH -``: read, answered, checked and
printed, to nowhere.

Each row is a part of the questions: the mean and the greatest memory of the process after a question, in MiB.
The process has grown by as much as the greatest of the later rows is above the greatest of the first.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import tables

from graphdnc.cli.ask.asker import Asker
from graphdnc.cli.ask.batch import Line
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph
from graphdnc.kinship import standard_vocabulary
from graphdnc.language.describe import describe
from graphdnc.questions import Inverse, ShortestPath
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner

Draw = Callable[[Graph, np.random.Generator], str]
LARGE, RELATIONS = 1_000, 25
"""Nodes and relations of the random graph; 3 to 5 triples leave each node, about 4,000 in all."""


def names(graph: Graph, rng: np.random.Generator, number: int) -> list[str]:
    """Return the names of different random nodes."""
    return [graph.node_name(int(node)) for node in rng.choice(graph.nodes, number, replace=False)]


def walk(graph: Graph, rng: np.random.Generator) -> str:
    """Ask for the end of a walk."""
    return describe(graph, random_traversal(rng, graph, int(rng.integers(1, 8))).question)


def backwards(graph: Graph, rng: np.random.Generator) -> str:
    """Ask from where relations lead to a node."""
    example = random_traversal(rng, graph, int(rng.integers(1, 3)))
    return describe(graph, Inverse(example.answer[-1].target, example.question.relations))


def way(graph: Graph, rng: np.random.Generator) -> str:
    """Ask for a shortest path."""
    start, goal = map(int, rng.choice(graph.nodes, 2, replace=False))
    return describe(graph, ShortestPath(start, goal))


def condition(graph: Graph, rng: np.random.Generator) -> str:
    """Ask for a way under a condition."""
    start, goal, other = names(graph, rng, 3)
    how = ("avoiding {}", "via {}", "with the fewest changes")[rng.integers(3)].format(other)
    return f"How do you get from {start} to {goal} {how}?"


def listed(graph: Graph, rng: np.random.Generator) -> str:
    """Ask for a list."""
    forms = "What is next to {}?", "Which lines serve {}?", "What is within 2 steps of {}?"
    return forms[rng.integers(3)].format(*names(graph, rng, 1))


def relatives(graph: Graph, rng: np.random.Generator) -> str:
    """Ask for the relatives of a person by a term."""
    terms = list(standard_vocabulary())
    return f"Who is {names(graph, rng, 1)[0]}'s {terms[rng.integers(len(terms))].name}?"


def related(graph: Graph, rng: np.random.Generator) -> str:
    """Ask how two people are related."""
    return "How is {} related to {}?".format(*names(graph, rng, 2))


def refused(graph: Graph, rng: np.random.Generator) -> str:
    """Ask for what is nowhere, or what nobody understands."""
    number = rng.integers(10**6)
    forms = (
        "How do you get from Nowhere {} to {}?",
        "Where is stop {} of {}?",
        "{} {}",
        "Who is {}'s {}?",
    )
    return forms[rng.integers(4)].format(number, *names(graph, rng, 1))


MAP: tuple[Draw, ...] = (walk, walk, backwards, way, condition, listed, refused)
KINDS: dict[str, tuple[Draw, ...]] = {
    "underground": MAP,
    "large": (walk, way, listed, refused),
    "family": (relatives, relatives, related, listed, refused),
}


def memory() -> float:
    """Return the memory that this process holds now, in MiB (Linux)."""
    status = Path("/proc/self/status").read_text("utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def askers(rng: np.random.Generator) -> dict[str, Asker]:
    """Return what asks about each graph and prints the answers as JSON."""
    graphs = {name: read_graph(real_graph_path(name)) for name in ("underground", "family")}
    graphs["large"] = random_graph(rng, LARGE, (3, 5), RELATIONS)
    return {name: Asker(Reasoner(graph), True, False, []) for name, graph in graphs.items()}


def ask(questions: int, seed: int) -> Iterator[tuple[float, int]]:
    """Ask mixed questions; yield the memory after each, in MiB, and the exit code."""
    rng = np.random.default_rng(seed)
    asking = askers(rng)
    for number in range(questions):
        graph = list(KINDS)[number % len(KINDS)]
        draw = KINDS[graph][rng.integers(len(KINDS[graph]))]
        sentence = draw(asking[graph].reasoner.graph, rng)
        with (
            open(os.devnull, "w", encoding="utf-8") as nowhere,
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
        ):
            asking[graph].answer_lines([[Line(number + 1, sentence)]])
        yield memory(), asking[graph].exit_code


def main(arguments: list[str] | None = None) -> None:
    """Ask, and print a row for each part of the questions."""
    chosen = tables.parser(__doc__, questions=3000, warm=300, seed=0).parse_args(arguments)
    started, asked = time.perf_counter(), ask(chosen.questions, chosen.seed)
    tables.say(tables.heading("questions", "mean MiB", "greatest MiB"))
    greatest, codes = [], Counter[int]()
    while part := list(islice(asked, chosen.warm)):
        first, held = codes.total() + 1, [size for size, _ in part]
        codes.update(code for _, code in part)
        greatest.append(max(held))
        tables.row(f"{first} to {codes.total()}", f"{np.mean(held):.1f}", f"{greatest[-1]:.1f}")
    grown = max(greatest[1:], default=0) / greatest[0] - 1
    spent = (time.perf_counter() - started) / codes.total()
    ends = ", ".join(f"{number} with {code}" for code, number in sorted(codes.items()))
    tables.say(f"\n{grown:+.1%} after the first {chosen.warm}; {spent:.2f} s a question; exit codes: {ends}")


if __name__ == "__main__":
    main()
